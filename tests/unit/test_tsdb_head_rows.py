"""Rows of the head: the compiled kernel, its plain twin and a dict agree; merging takes the last write."""

from __future__ import annotations

import importlib
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.kernel import plain_head
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.tsdb import head_table
from vedette.tsdb.columns import Columns
from vedette.tsdb.head import Head
from vedette.tsdb.head_table import NewestSamples
from vedette.tsdb.merge import ColumnsLayout, Source, latest_only, merge
from vedette.tsdb.seal import head_columns


def kernels() -> list[ModuleType]:
    """The plain kernel, and the compiled one where it was built."""
    try:
        return [plain_head, importlib.import_module("vedette.kernel._head")]
    except ImportError:
        return [plain_head]


@pytest.fixture(params=kernels(), ids=lambda module: module.__name__.rpartition(".")[2])
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The head runs on this kernel."""
    module: ModuleType = request.param
    monkeypatch.setattr(head_table, "scatter", module.scatter)
    return module


batches = st.lists(
    st.one_of(
        st.tuples(st.just("scrape"), st.integers(1, 12), st.integers(-3, 3)),
        st.tuples(st.just("any"), st.lists(st.tuples(st.integers(0, 11), st.integers(-5, 5)), max_size=15)),
    ),
    max_size=60,
)


@given(plan=batches)
@settings(max_examples=60, deadline=None)
def test_rows_hold_what_a_dict_would(plan: list[tuple[object, ...]]) -> None:
    """Any sequence of batches: same samples, same newest sample, same counts as a dict that is written in order."""
    for module in kernels():
        check_rows(module, plan)


def check_rows(module: ModuleType, plan: list[tuple[object, ...]]) -> None:
    original = head_table.scatter
    head_table.scatter = module.scatter
    try:
        head, newest = Head(1, 1), NewestSamples()
        truth: list[dict[int, float]] = [{} for _ in range(12)]
        time = 0
        for number, (kind, *arguments) in enumerate(plan):
            time += 1
            refs, offsets = picked(kind, arguments)
            if len(refs) == 0:
                continue
            times, values = time + offsets, np.arange(len(refs)) + number / 64
            late = repeated = 0
            latest = [max(row, default=-(2**63)) for row in truth]
            for ref, moment, value in zip(refs.tolist(), times.tolist(), values.tolist(), strict=True):
                late += moment < latest[ref]
                repeated += moment == latest[ref]
                latest[ref] = max(latest[ref], moment)
                truth[ref][moment] = value
            assert head.append(newest, refs, times, values) == (late, repeated)
        check_content(head, newest, truth)
    finally:
        head_table.scatter = original


def picked(kind: object, arguments: list[object]) -> tuple[np.ndarray, np.ndarray]:
    """Refs and offsets in time of a batch."""
    if kind == "scrape":
        count, offset = arguments
        return np.arange(count, dtype=np.int64), np.full(count, offset)  # type: ignore[call-overload]
    pairs = np.array(arguments[0], dtype=np.int64).reshape(-1, 2)
    return np.ascontiguousarray(pairs[:, 0]), pairs[:, 1]


def check_content(head: Head, newest: NewestSamples, truth: list[dict[int, float]]) -> None:
    refs = np.array([ref for ref, row in enumerate(truth) if row], dtype=np.int64)
    if len(refs) == 0:
        return
    assert sorted(head.refs().tolist()) == refs.tolist()
    columns = head_columns(head, head.table.rows_of(refs))
    for index, ref in enumerate(refs.tolist()):
        assert row_of(columns, index) == sorted(truth[ref].items())
        assert newest.timestamps_ms[ref] == max(truth[ref])
        assert newest.values[ref] == truth[ref][max(truth[ref])]


def row_of(columns: Columns, index: int) -> list[tuple[int, float]]:
    vector = columns.row_vector[index]
    times = columns.timestamps_ms[columns.vector_starts[vector] : columns.vector_starts[vector + 1]]
    values = columns.values[columns.starts[index] : columns.starts[index + 1]]
    return list(zip(times.tolist(), values.tolist(), strict=True))


def test_series_scraped_together_share_their_timestamps(kernel: ModuleType) -> None:
    """A thousand rows with one history have one timestamp vector; those that miss a scrape share another."""
    head, newest = Head(1, 1), NewestSamples()
    newest.reserve(1000)
    refs = np.arange(1000, dtype=np.int64)
    for step in range(100):
        present = refs if step != 50 else refs[refs % 100 >= 10]
        head.append(newest, present, np.full(len(present), step), np.full(len(present), float(step)))
    layout = head.lay_out(head.table.rows_of(refs), ALL_TIME)
    assert len(layout.vector_starts) - 1 == 2
    assert np.bincount(layout.row_vector).tolist() == [100, 900] or np.bincount(layout.row_vector).tolist() == [
        900,
        100,
    ]


def test_a_layout_is_not_changed_by_later_appends(kernel: ModuleType) -> None:
    """What was laid out under the lock can be copied later, after rows were moved, widened or deleted."""
    head, newest = Head(1, 1), NewestSamples()
    refs = np.arange(20, dtype=np.int64)
    for step in range(7):
        head.append(newest, refs, np.full(20, step), refs + step / 8)
    rows = head.table.rows_of(refs)
    layout = head.lay_out(rows, TimeRange(2, 6))
    for step in range(7, 3000):
        head.append(newest, refs, np.full(20, step), np.full(20, -1.0))
    head.delete(rows, TimeRange(0, 2990))
    values = np.empty(100)
    layout.into(values, np.arange(20) * 5)
    assert values.reshape(20, 5).tolist() == [[ref + step / 8 for step in range(2, 7)] for ref in range(20)]
    assert layout.timestamps_ms.tolist() == [2, 3, 4, 5, 6]


def test_the_kernel_refuses_what_does_not_fit(kernel: ModuleType) -> None:
    """Refs and slices outside their arrays, and arrays of unequal length, raise; nothing is written."""
    head, newest = Head(1, 1), NewestSamples()
    one = np.zeros(1, dtype=np.int64)
    for refs in (np.array([-1]), np.array([2**40]), np.array([256])):
        with pytest.raises(IndexError):
            head.append(newest, refs, one, np.zeros(1))
    with pytest.raises(ValueError, match="length"):
        head.append(newest, np.zeros(2, dtype=np.int64), one, np.zeros(1))
    source, target = np.arange(10.0), np.zeros(10)
    for start, length, place in ((8, 3, 0), (-1, 2, 0), (0, 2, 9), (0, -1, 0), (2**62, 2, 0), (0, 2, -1)):
        with pytest.raises(IndexError):
            kernel.gather(source, np.array([start]), np.array([length]), target, np.array([place]))
    assert not target.any()


rows_of_samples = st.lists(st.dictionaries(st.integers(0, 12), st.integers(0, 99), max_size=8), min_size=4, max_size=4)


@given(sources=st.lists(rows_of_samples, min_size=1, max_size=4), aligned=st.booleans(), data=st.data())
@settings(max_examples=150, deadline=None)
def test_merge_takes_the_last_source(sources: list[list[dict[int, int]]], aligned: bool, data: st.DataObject) -> None:
    """Sources of any overlap, with any rows: the result is that of updating dicts in order."""
    truth: list[dict[int, int]] = [{} for _ in range(4)]
    built = []
    for number, rows in enumerate(sources):
        offset = number * 20 if aligned else 0
        where = sorted(data.draw(st.sets(st.integers(0, 3))))
        shifted = [{time + offset: value for time, value in rows[index].items()} for index in where]
        for index, row in zip(where, shifted, strict=True):
            truth[index].update(row)
        everything = where == [0, 1, 2, 3] and data.draw(st.booleans())
        layout = ColumnsLayout(columns_of(shifted))
        built.append(Source(layout, None if everything else np.array(where, dtype=np.int64)))
    merged = merge(built, 4)
    latest = latest_only(merged)
    for index, row in enumerate(truth):
        assert row_of(merged, index) == sorted(row.items())
        assert row_of(latest, index) == sorted(row.items())[-1:]


def columns_of(rows: list[dict[int, int]]) -> Columns:
    """Rows with shared vectors where timestamps are equal."""
    vectors: dict[tuple[int, ...], int] = {}
    row_vector = [vectors.setdefault(tuple(sorted(row)), len(vectors)) for row in rows]
    sizes = np.cumsum([0, *map(len, vectors)])
    times = np.array([time for vector in vectors for time in vector], dtype=np.int64)
    values = np.array([row[time] for row in rows for time in sorted(row)], dtype=np.float64)
    starts = np.cumsum([0, *map(len, rows)])
    return Columns(values, starts, times, sizes, np.array(row_vector, dtype=np.int64))
