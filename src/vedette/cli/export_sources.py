"""Where exported samples come from: the store of a folder, or a server's own query API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from vedette.cli.folder import open_folder
from vedette.cli.remote import Remote
from vedette.errors import LimitExceeded
from vedette.model.grid import Grid
from vedette.model.labels import Labels
from vedette.model.timerange import TimeRange
from vedette.promql.parser import parse_selector
from vedette.storage.interface import DEFAULT_PROJECT, Selection

_FIRST_SLICE_MS: Final = 3_600_000
_LEAST_SLICE_MS: Final = 1_000


class Source(Protocol):
    """What is to be exported."""

    @property
    def label_names(self) -> Sequence[str]:
        """Names of all labels of the selected series, sorted."""
        ...

    def grids(self) -> Iterator[tuple[int, int, Grid]]:
        """(steps done since the last, steps in all, samples)."""
        ...


class FolderSource:
    """A selection of a store, read part by part."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self.label_names: Sequence[str] = sorted({name for labels in selection.labels for name, _ in labels})

    def grids(self) -> Iterator[tuple[int, int, Grid]]:
        for part in self._selection.parts:
            yield 1, len(self._selection.parts), part.load()


class ServerSource:
    """Slices of time through the query API; a slice that is too much for the server is halved."""

    def __init__(self, remote: Remote, selector: str, time_range: TimeRange) -> None:
        self._remote = remote
        self._selector = selector
        self._range = time_range
        form = {"match[]": selector, "start": time_range.start_ms / 1000, "end": time_range.end_ms / 1000}
        found: list[dict[str, str]] = remote.post("/api/v1/series", data=form)["data"]
        self.label_names: Sequence[str] = sorted({name for labels in found for name in labels})

    def grids(self) -> Iterator[tuple[int, int, Grid]]:
        # Range selectors leave out their first moment.
        at_ms, end_ms = self._range.start_ms - 1, self._range.end_ms
        total, slice_ms = end_ms - at_ms, _FIRST_SLICE_MS
        while at_ms < end_ms:
            slice_ms = min(slice_ms, end_ms - at_ms)
            form = {"query": f"{self._selector}[{slice_ms}ms]", "time": f"{(at_ms + slice_ms) / 1000:.3f}"}
            try:
                answer = self._remote.post("/api/v1/query", data=form)
            except LimitExceeded:
                if slice_ms <= _LEAST_SLICE_MS:
                    raise
                slice_ms //= 2
                continue
            yield slice_ms, total, _grid(answer["data"]["result"])
            at_ms += slice_ms


def _grid(series: Sequence[dict[str, Any]]) -> Grid:
    labels = [Labels.of(item["metric"]) for item in series]
    rows = [
        (
            np.array([round(float(at) * 1000) for at, _ in item["values"]], dtype=np.int64),
            np.array([float(value) for _, value in item["values"]], dtype=np.float64),
        )
        for item in series
    ]
    return Grid.from_rows(labels, rows)


@contextmanager
def folder_source(data: Path, selector: str, time_range: TimeRange) -> Iterator[FolderSource]:
    """The store of a folder."""
    with open_folder(data) as store:
        yield FolderSource(store.select(DEFAULT_PROJECT, parse_selector(selector), time_range))


@contextmanager
def server_source(url: str, key: str, selector: str, time_range: TimeRange) -> Iterator[ServerSource]:
    """A running server."""
    with Remote(url, key) as remote:
        yield ServerSource(remote, selector, time_range)
