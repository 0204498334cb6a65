"""Samples that came in behind newer ones of their row: kept aside as columns, sorted when somebody looks."""

from __future__ import annotations

import threading

import numpy as np

from vedette.model.special import FloatArray, IntArray
from vedette.model.timerange import TimeRange
from vedette.tsdb.columns import Columns

_Sorted = tuple[IntArray, IntArray, FloatArray]


class LateSamples:
    """Late samples of one head by row; the last write of a timestamp wins. Thread-safe."""

    def __init__(self) -> None:
        self._batches: list[_Sorted] = []
        self._sorted: _Sorted = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        self._sorted_batches = 0
        self._lock = threading.Lock()
        self.count = 0
        self.min_ms = 0
        self.max_ms = 0

    def append(self, rows: IntArray, timestamps_ms: IntArray, values: FloatArray) -> None:
        """Keep samples; all arrays have one length."""
        low, high = int(timestamps_ms.min()), int(timestamps_ms.max())
        self.min_ms = min(self.min_ms, low) if self.count else low
        self.max_ms = max(self.max_ms, high) if self.count else high
        self._batches.append((rows, timestamps_ms, values))
        self.count += len(rows)

    def read(self, rows: IntArray, time_range: TimeRange) -> Columns:
        """Samples of rows in the range, each row with timestamps of its own."""
        by_row, times, values = self._by_row()
        first = np.searchsorted(by_row, rows, side="left")
        count = np.searchsorted(by_row, rows, side="right") - first
        owner = np.repeat(np.arange(len(rows)), count)
        positions = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(len(owner))
        wanted = (times[positions] >= time_range.start_ms) & (times[positions] <= time_range.end_ms)
        positions, owner = positions[wanted], owner[wanted]
        starts = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(np.bincount(owner, minlength=len(rows)), out=starts[1:])
        return Columns(values[positions], starts, times[positions], starts, np.arange(len(rows), dtype=np.int64))

    def remove(self, rows: IntArray, time_range: TimeRange) -> IntArray:
        """Forget samples of rows (ascending) in the range; the rows that had some."""
        by_row, times, values = self._by_row()
        with self._lock:
            gone = np.isin(by_row, rows) & (times >= time_range.start_ms) & (times <= time_range.end_ms)
            kept = ~gone
            self._batches = [(by_row[kept], times[kept], values[kept])]
            self._sorted, self._sorted_batches = self._batches[0], 1
            self.count = int(kept.sum())
        return np.unique(by_row[gone])

    def _by_row(self) -> _Sorted:
        """Distinct samples by row and time."""
        with self._lock:
            batches = len(self._batches)
            if batches == self._sorted_batches:
                return self._sorted
            fresh = [self._sorted, *self._batches[self._sorted_batches : batches]]
            rows, times, values = (np.concatenate([batch[column] for batch in fresh]) for column in range(3))
            order = np.lexsort((times, rows))
            rows, times, values = rows[order], times[order], values[order]
            last = np.ones(len(rows), dtype=np.bool_)
            last[:-1] = (rows[1:] != rows[:-1]) | (times[1:] != times[:-1])
            self._sorted = (rows[last], times[last], values[last])
            self._sorted_batches = batches
            return self._sorted
