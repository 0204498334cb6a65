"""Gathers appended samples in memory and hands them to a store as one finished block, however old they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol

import numpy as np

from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.grid import Grid
from vedette.model.labels import Labels
from vedette.model.special import FloatArray, IntArray
from vedette.storage.interface import Storage
from vedette.tsdb.block_writer import row_order
from vedette.tsdb.columns import Columns

_SERIES_PER_BATCH: Final = 256
_Rows = list[tuple[IntArray, FloatArray]]


class BlockStore(Storage, Protocol):
    """A store that takes finished blocks."""

    def import_block(self, project: str, batches: Iterable[tuple[Sequence[Labels], Columns]]) -> int:
        """Store durably as one piece; the number of samples."""
        ...


class Gatherer:
    """Implements `storage.interface.Storage` for one writer: appends wait for `flush`, all else is the store's."""

    def __init__(self, store: BlockStore, oldest_kept_ms: Callable[[], int]) -> None:
        """Samples before `oldest_kept_ms()` are refused as too old: the store would delete them at once."""
        self._store = store
        self._oldest_kept_ms = oldest_kept_ms
        self._refs: dict[tuple[str, Labels], int] = {}
        self._labels: list[Labels] = []
        self._batches: dict[str, list[SampleBatch]] = {}
        self.samples = 0
        """Samples that wait for `flush`."""
        self.select = store.select
        self.label_names = store.label_names
        self.label_values = store.label_values
        self.series = store.series
        self.put_metadata = store.put_metadata
        self.metadata = store.metadata
        self.delete = store.delete
        self.stats = store.stats
        self.projects = store.projects
        self.close = store.close

    @property
    def series_count(self) -> int:
        """Series that are remembered."""
        return len(self._labels)

    def intern(self, project: str, labels: Sequence[Labels]) -> IntArray:
        refs = np.empty(len(labels), dtype=np.int64)
        for index, one in enumerate(labels):
            ref = self._refs.get((project, one))
            if ref is None:
                ref = self._refs[project, one] = len(self._labels)
                self._labels.append(one)
            refs[index] = ref
        return refs

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        kept = batch.timestamps_ms >= self._oldest_kept_ms()
        if not kept.all():
            batch = SampleBatch(batch.refs[kept], batch.timestamps_ms[kept], batch.values[kept])
        if len(batch):
            self._batches.setdefault(project, []).append(batch)
            self.samples += len(batch)
        return AppendReport(accepted=len(batch), too_old=len(kept) - len(batch))

    def flush(self) -> int:
        """Store everything durably; the number of samples, with duplicates counted once."""
        stored = 0
        for project, batches in self._batches.items():
            stored += self._store.import_block(project, self._rows(batches))
        self._batches.clear()
        self.samples = 0
        return stored

    def _rows(self, batches: Sequence[SampleBatch]) -> Iterator[tuple[Sequence[Labels], Columns]]:
        refs = np.concatenate([batch.refs for batch in batches])
        times = np.concatenate([batch.timestamps_ms for batch in batches])
        values = np.concatenate([batch.values for batch in batches])
        used = sorted(np.unique(refs).tolist(), key=lambda ref: row_order(self._labels[ref]))
        rank = np.zeros(len(self._labels), dtype=np.int64)
        rank[used] = np.arange(len(used))
        # Stable, so that of samples with one timestamp the last that came in is the last here.
        order = np.lexsort((times, rank[refs]))
        ranks, times, values = rank[refs][order], times[order], values[order]
        last = np.append((ranks[1:] != ranks[:-1]) | (times[1:] != times[:-1]), np.True_)
        ranks, times, values = ranks[last], times[last], values[last]
        starts = np.searchsorted(ranks, np.arange(len(used) + 1))
        for first in range(0, len(used), _SERIES_PER_BATCH):
            members = range(first, min(first + _SERIES_PER_BATCH, len(used)))
            labels = [self._labels[used[row]] for row in members]
            rows: _Rows = [
                (times[starts[row] : starts[row + 1]], values[starts[row] : starts[row + 1]]) for row in members
            ]
            grid = Grid.from_rows(labels, rows)
            yield labels, Columns(grid.values, grid.starts, grid.timestamps_ms, grid.vector_starts, grid.row_vector)
