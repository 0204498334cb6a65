"""Questions to a store, with answers that are easy to compare."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.grid import Grid
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import SelectHints, Storage

Series = dict[str, list[tuple[int, str]]]
"""Labels as text -> (timestamp, value as its 64 bits in hexadecimal)."""


def match(text: str) -> Matcher:
    """A matcher of `name=value`, `name!=value`, `name=~value` or `name!~value`."""
    for op in (MatchOp.REGEX, MatchOp.NOT_REGEX, MatchOp.NOT_EQUAL, MatchOp.EQUAL):
        name, found, value = text.partition(op.value)
        if found:
            return Matcher(name, op, value)
    raise ValueError(text)


def put(store: Storage, labels: Labels, samples: Sequence[tuple[int, float]], project: str = "default") -> AppendReport:
    """Append samples of one series as one batch."""
    ref = store.intern(project, [labels])[0]
    return store.append(
        project,
        SampleBatch(
            np.full(len(samples), ref, dtype=np.int64),
            np.array([time_ms for time_ms, _ in samples], dtype=np.int64),
            np.array([value for _, value in samples], dtype=np.float64),
        ),
    )


def bits(value: float) -> str:
    """The 64 bits of a value: NaNs differ, and so do the two zeros."""
    return np.float64(value).tobytes()[::-1].hex()


def ask(
    store: Storage,
    *matchers: str,
    time_range: TimeRange = ALL_TIME,
    hints: SelectHints | None = None,
    project: str = "default",
) -> Series:
    """All samples of a selection; series without samples are left out. The rules of a grid are checked on the way."""
    selection = store.select(project, [match(text) for text in matchers], time_range, hints)
    found: Series = {}
    covered = 0
    for part in selection.parts:
        assert part.series.start == covered, "parts cover the series in order"
        covered = part.series.stop
        grid = part.load()
        check_grid(grid)
        assert list(grid.labels) == list(selection.labels[part.series.start : part.series.stop])
        for index, labels in enumerate(grid.labels):
            times, values = grid.row(index)
            if len(times):
                assert str(labels) not in found, "labels of a selection are distinct"
                found[str(labels)] = [(int(time), bits(value)) for time, value in zip(times, values, strict=True)]
    assert covered == len(selection.labels)
    return found


def expected(*series: tuple[Labels, Sequence[tuple[int, float]]]) -> Series:
    """What `ask` should give."""
    return {str(labels): [(time_ms, bits(value)) for time_ms, value in samples] for labels, samples in series}


def check_grid(grid: Grid) -> None:
    """Every promise of model.grid.Grid."""
    rows = len(grid.labels)
    assert grid.starts.shape == (rows + 1,)
    assert grid.row_vector.shape == (rows,)
    assert grid.starts[0] == 0
    assert grid.starts[-1] == len(grid.values)
    assert grid.values.dtype == np.float64
    assert grid.timestamps_ms.dtype == np.int64
    assert grid.vector_starts[-1] == len(grid.timestamps_ms)
    for index in range(rows):
        times, values = grid.row(index)
        assert len(times) == len(values)
        assert (np.diff(times) > 0).all(), "timestamps ascend"
