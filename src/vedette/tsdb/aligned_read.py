"""Reading rows of a block that share one timestamp vector, nothing of them deleted: nearly every read."""

from __future__ import annotations

import numpy as np

from vedette.errors import Corruption
from vedette.kernel.rows import RowKernel
from vedette.model.special import FloatArray, IntArray
from vedette.model.timerange import TimeRange
from vedette.storage.interface import ReadCost
from vedette.tsdb.decode import Directory, Wanted, decode


class AlignedRead:
    """The same as BlockRead, with as little as can be done for every row; made by `aligned_read`."""

    __slots__ = (
        "_columns",
        "_directory",
        "_is_latest",
        "_rows",
        "lengths",
        "problems",
        "row_vector",
        "timestamps_ms",
        "vector_starts",
    )

    def __init__(self, directory: Directory, rows: IntArray, times: IntArray, first: int, *, is_latest: bool) -> None:
        """Columns from `first` on, which have these timestamps, of all rows."""
        count = len(times)
        self._directory = directory
        self._rows = rows
        self._columns = np.array(((first,), (first + count,)), dtype=np.int64)
        self._is_latest = is_latest
        self.problems: list[str] = []
        self.timestamps_ms = times
        self.vector_starts: IntArray = np.array((0, count), dtype=np.int64)
        self.row_vector: IntArray = np.zeros(len(rows), dtype=np.int64)
        self.lengths: IntArray = self.row_vector + count

    def into(
        self, values: FloatArray, starts: IntArray, cost: ReadCost | None = None, warnings: list[str] | None = None
    ) -> IntArray:
        """See BlockRead.into."""
        problems: list[str] = []
        low, high = self._columns
        wanted = Wanted(self._rows, low, high, starts)
        damaged = decode(self._directory, wanted, values, cost, problems, newest=self._is_latest)
        if problems and warnings is not None:
            warnings.extend(problems)
        return damaged


def aligned_read(
    directory: Directory, kernel: RowKernel, rows: IntArray, time_range: TimeRange, latest_at_ms: int | None
) -> AlignedRead | None:
    """Lay out rows; None when they have several timestamp vectors or theirs is damaged."""
    end_ms = time_range.end_ms if latest_at_ms is None else min(time_range.end_ms, latest_at_ms)
    start_ms = time_range.start_ms
    found = kernel.lay_out(rows, start_ms, end_ms)
    if found is None:
        return None
    vector, low, high = found
    try:
        if low < 0:
            times = directory.vectors.get(vector)
            low = int(times.searchsorted(start_ms, side="left"))
            high = max(int(times.searchsorted(end_ms, side="right")), low)
        if latest_at_ms is not None:
            low = max(low, high - 1)
        times = directory.vectors.part(vector, low, high)
    except Corruption:
        return None
    return AlignedRead(directory, rows, times, low, is_latest=latest_at_ms is not None)
