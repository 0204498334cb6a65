"""The head: recent samples in memory, from one seal to the next; its log segments restore it after a crash."""

from __future__ import annotations

import numpy as np

from vedette.model.special import FloatArray, IntArray
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import ReadCost
from vedette.tsdb.head_table import HeadTable, Int32Array, NewestSamples, gather
from vedette.tsdb.merge import ColumnsLayout, Source, merge
from vedette.tsdb.out_of_order import LateSamples


class HeadRead:
    """Rows of the head laid out; the samples can be copied later and without the lock (see head_table)."""

    def __init__(
        self, table: HeadTable, rows: IntArray, time_range: TimeRange | None, latest_at_ms: int | None = None
    ) -> None:
        """Lay out rows; `time_range` None means all samples. The project's lock must be held."""
        lengths = table.row_length[rows]
        tracks = table.row_track[rows]
        used, inverse = _distinct(tracks, lengths)
        track, length = tracks[used].astype(np.int64), lengths[used].astype(np.int64)
        base = table.track_base[track]
        if time_range is None and latest_at_ms is None:
            low, high = np.zeros_like(length), length
        else:
            low, high = _cut(table.times, base, length, time_range, latest_at_ms)
        counts = high - low
        self.lengths: IntArray = counts[inverse]
        self._values = table.values
        self._from = table.row_base[rows] + low[inverse]
        self.row_vector: IntArray = inverse
        self.vector_starts: IntArray = np.zeros(len(counts) + 1, dtype=np.int64)
        np.cumsum(counts, out=self.vector_starts[1:])
        self.timestamps_ms: IntArray = np.empty(int(self.vector_starts[-1]), dtype=np.int64)
        gather(table.times, base + low, counts, self.timestamps_ms, self.vector_starts[:-1])

    def into(
        self,
        values: FloatArray,
        starts: IntArray,
        cost: ReadCost | None = None,
        warnings: list[str] | None = None,  # noqa: ARG002 - memory cannot be damaged
    ) -> IntArray:
        gather(self._values, self._from, self.lengths, values, starts)
        if cost is not None:
            cost.samples += int(self.lengths.sum())
        return np.empty(0, dtype=np.int64)


class Head:
    """The samples between two seals. Writes and `lay_out` need the project's lock."""

    def __init__(self, number: int, first_segment: int, samples: int = 0) -> None:
        """`samples`: how many to make ready for."""
        self.number = number
        self.first_segment = first_segment
        """The oldest log segment that has samples of this head."""
        self.table = HeadTable(samples)
        self.late = LateSamples()
        self._deleted = False
        self.samples = 0
        self.records = 0
        """Log records a start after a crash would have to read for this head."""
        self.min_ms = 2**62
        self.max_ms = -(2**62)

    def append(
        self, newest: NewestSamples, refs: IntArray, timestamps_ms: IntArray, values: FloatArray
    ) -> tuple[int, int]:
        """Take samples in; (out of order, duplicates)."""
        out_of_order, duplicates, late = self.table.scatter(newest, refs, timestamps_ms, values)
        if len(late):
            rows = self.table.row_of[refs[late]].astype(np.int64)
            self.late.append(rows, timestamps_ms[late], values[late])
        self.samples += len(refs) - duplicates
        self.min_ms = min(self.min_ms, int(timestamps_ms.min()))
        self.max_ms = max(self.max_ms, int(timestamps_ms.max()))
        return out_of_order, duplicates

    def overlaps(self, time_range: TimeRange) -> bool:
        """Whether it may have samples in the range."""
        return self.min_ms <= time_range.end_ms and time_range.start_ms <= self.max_ms

    def lay_out(self, rows: IntArray, time_range: TimeRange, latest_at_ms: int | None = None) -> HeadRead:
        """Lay out rows (all >= 0), without their late samples."""
        whole = time_range.start_ms <= self.min_ms and self.max_ms <= time_range.end_ms
        return HeadRead(self.table, rows, None if whole else time_range, latest_at_ms)

    @property
    def filled_rows(self) -> int:
        """Rows that have samples."""
        if not self._deleted:
            return self.table.rows
        return int(np.count_nonzero(self.table.row_length[: self.table.rows]))

    def refs(self) -> Int32Array:
        """Refs of all rows that have samples."""
        rows = self.table.rows
        return self.table.row_ref[:rows][self.table.row_length[:rows] > 0]

    def delete(self, rows: IntArray, time_range: TimeRange) -> IntArray:
        """Remove samples of rows (ascending); the rows that had some."""
        touched = [row for row in rows.tolist() if self._delete_in_row(row, time_range)]
        hit = np.array(touched, dtype=np.int64)
        if self.late.count:
            hit = np.union1d(hit, self.late.remove(rows, time_range))
            self._take_late_in(hit)
        self._deleted = self._deleted or len(hit) > 0
        return hit

    def _take_late_in(self, rows: IntArray) -> None:
        """Move late samples of rows to their main part.

        After a deletion they might not be older than the newest one there, which appends rely on.
        """
        late = self.late.read(rows, ALL_TIME)
        own = np.flatnonzero(np.diff(late.starts))
        if len(own) == 0:
            return
        rows = rows[own]
        sources = [Source(self.lay_out(rows, ALL_TIME)), Source(ColumnsLayout(self.late.read(rows, ALL_TIME)))]
        merged = merge(sources, len(rows))
        for index, row in enumerate(rows.tolist()):
            vector = merged.row_vector[index]
            times = merged.timestamps_ms[merged.vector_starts[vector] : merged.vector_starts[vector + 1]]
            self.table.rewrite_row(row, times, merged.values[merged.starts[index] : merged.starts[index + 1]])
        self.late.remove(rows, ALL_TIME)

    def _delete_in_row(self, row: int, time_range: TimeRange) -> bool:
        read = HeadRead(self.table, np.array([row]), None)
        times = read.timestamps_ms
        kept = (times < time_range.start_ms) | (times > time_range.end_ms)
        if kept.all():
            return False
        values = np.empty(len(times))
        read.into(values, np.zeros(1, dtype=np.int64))
        self.table.rewrite_row(row, times[kept], values[kept])
        self.samples -= int((~kept).sum())
        return True


def _distinct(tracks: Int32Array, lengths: Int32Array) -> tuple[IntArray, IntArray]:
    """Distinct (track, length): (an example of each, which one every row has)."""
    count = len(tracks)
    if count == 0 or ((tracks == tracks[0]).all() and (lengths == lengths[0]).all()):
        return np.zeros(min(count, 1), dtype=np.int64), np.zeros(count, dtype=np.int64)
    key = tracks.astype(np.int64) << 32 | lengths
    _, examples, inverse = np.unique(key, return_index=True, return_inverse=True)
    return examples, inverse


def _cut(
    times: IntArray, base: IntArray, length: IntArray, time_range: TimeRange | None, latest_at_ms: int | None
) -> tuple[IntArray, IntArray]:
    """First and end position of what is wanted of each track."""
    low = np.empty_like(length)
    high = np.empty_like(length)
    for index, (start, count) in enumerate(zip(base.tolist(), length.tolist(), strict=True)):
        track = times[start : start + count]
        low[index] = track.searchsorted(time_range.start_ms, "left") if time_range else 0
        high[index] = track.searchsorted(time_range.end_ms, "right") if time_range else count
        if latest_at_ms is not None:
            high[index] = min(int(high[index]), int(track.searchsorted(latest_at_ms, "right")))
            low[index] = max(int(low[index]), int(high[index]) - 1)
    np.maximum(high, low, out=high)
    return low, high
