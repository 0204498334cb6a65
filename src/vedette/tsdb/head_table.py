"""The arrays of a head: a row of values for each series, and tracks of timestamps that many rows share.

Rows move along tracks: a row of length n on track k has the first n timestamps of k. When rows of one track get
different timestamps, one part of them goes over to a new track with the same beginning (a fork). So series that are
scraped together hold their timestamps once. All arrays only grow, and what was written stays where it is until the
table goes: a reader that copied positions under the lock may copy samples without it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from vedette.kernel import WANTED, plain_head
from vedette.kernel.plain_head import (
    DUPLICATES,
    LATE,
    OUT_OF_ORDER,
    ROWS,
    TIMES_USED,
    TRACKS,
    VALUES_USED,
)
from vedette.model.special import FloatArray, IntArray

gather = plain_head.gather
scatter = plain_head.scatter
if WANTED:
    try:
        from vedette.kernel import _head  # type: ignore[attr-defined, unused-ignore]  # built where a compiler is

        gather, scatter = _head.gather, _head.scatter
    except ImportError:
        pass

Int32Array = npt.NDArray[np.int32]
_FIRST_ROWS = 256
_FIRST_SAMPLES = 4096
_FORK_SLOTS = 1 << 14
NEVER_MS = -(2**63)
"""The newest timestamp of a series that has none."""


class NewestSamples:
    """The newest sample of each series and the row length to expect, by ref; shared by all heads of a project."""

    def __init__(self) -> None:
        self.timestamps_ms: IntArray = np.full(_FIRST_ROWS, NEVER_MS, dtype=np.int64)
        self.values: FloatArray = np.zeros(_FIRST_ROWS)
        self.expected: Int32Array = np.zeros(_FIRST_ROWS, dtype=np.int32)

    def reserve(self, refs: int) -> None:
        """Make room for refs below this number."""
        if refs <= len(self.expected):
            return
        self.timestamps_ms = grown(self.timestamps_ms, refs, NEVER_MS)
        self.values = grown(self.values, refs)
        self.expected = grown(self.expected, refs)


class HeadTable:
    """Rows, tracks and samples. Not thread-safe: the project's lock is held around every call."""

    def __init__(self, samples: int = 0) -> None:
        """`samples`: how many to make ready for; that memory is touched now and not by the first appends."""
        self.row_of: Int32Array = np.full(_FIRST_ROWS, -1, dtype=np.int32)
        self.row_ref: Int32Array = np.zeros(_FIRST_ROWS, dtype=np.int32)
        self.row_track: Int32Array = np.zeros(_FIRST_ROWS, dtype=np.int32)
        self.row_length: Int32Array = np.zeros(_FIRST_ROWS, dtype=np.int32)
        self.row_base: IntArray = np.zeros(_FIRST_ROWS, dtype=np.int64)
        self.row_room: Int32Array = np.zeros(_FIRST_ROWS, dtype=np.int32)
        self.values: FloatArray = np.empty(_FIRST_SAMPLES + samples)
        self.values.fill(0)
        self.track_base: IntArray = np.zeros(_FIRST_ROWS, dtype=np.int64)
        self.track_length: Int32Array = np.zeros(_FIRST_ROWS, dtype=np.int32)
        self.track_room: Int32Array = np.zeros(_FIRST_ROWS, dtype=np.int32)
        self.track_parent: Int32Array = np.zeros(_FIRST_ROWS, dtype=np.int32)
        self.track_fork: Int32Array = np.zeros(_FIRST_ROWS, dtype=np.int32)
        self.times: IntArray = np.empty(_FIRST_SAMPLES, dtype=np.int64)
        self._forks: Int32Array = np.zeros(_FORK_SLOTS, dtype=np.int32)
        self._counters: IntArray = np.zeros(8, dtype=np.int64)
        # Track 0 is empty: where every row begins.
        self._counters[TRACKS] = 1

    @property
    def rows(self) -> int:
        """Rows in use; a row may be empty after a deletion."""
        return int(self._counters[ROWS])

    @property
    def bytes(self) -> int:
        """Memory in use for samples and timestamps."""
        return 8 * int(self._counters[VALUES_USED] + self._counters[TIMES_USED])

    def scatter(
        self, newest: NewestSamples, refs: IntArray, timestamps_ms: IntArray, values: FloatArray
    ) -> tuple[int, int, IntArray]:
        """Put a batch into rows: (out of order, duplicates, positions of samples that are late in their row)."""
        if len(self.row_of) < len(newest.timestamps_ms):
            self.row_of = grown(self.row_of, len(newest.timestamps_ms), -1)
        late = np.empty(len(refs), dtype=np.int64)
        counters = self._counters
        counters[OUT_OF_ORDER] = counters[DUPLICATES] = counters[LATE] = 0
        done = scatter(self._arrays(newest), refs, timestamps_ms, values, 0, late)
        while done < len(refs):
            self._grow(len(refs) - done + int(newest.expected[refs[done]]))
            done = scatter(self._arrays(newest), refs, timestamps_ms, values, done, late)
        return int(counters[OUT_OF_ORDER]), int(counters[DUPLICATES]), late[: int(counters[LATE])]

    def rows_of(self, refs: IntArray) -> IntArray:
        """int64[len(refs)]: row of each ref, -1 where it has no samples here."""
        known = refs < len(self.row_of)
        if known.all():
            rows = self.row_of[refs].astype(np.int64)
        else:
            rows = np.where(known, self.row_of[np.where(known, refs, 0)], -1).astype(np.int64)
        rows[rows >= 0] = np.where(self.row_length[rows[rows >= 0]] > 0, rows[rows >= 0], -1)
        return rows

    def rewrite_row(self, row: int, timestamps_ms: IntArray, values: FloatArray) -> None:
        """Replace the samples of a row, leaving the old ones in place for readers."""
        count = len(values)
        while not self._has_room(values=count, times=count, tracks=1):
            self._grow(max(count, 1))
        counters = self._counters
        track, base = int(counters[TRACKS]), int(counters[VALUES_USED])
        times_base = int(counters[TIMES_USED])
        self.values[base : base + count] = values
        self.times[times_base : times_base + count] = timestamps_ms
        counters[TRACKS] += 1
        counters[VALUES_USED] += count
        counters[TIMES_USED] += count
        self.track_base[track], self.track_length[track], self.track_room[track] = times_base, count, count
        self.track_parent[track] = -1
        self.row_base[row], self.row_length[row], self.row_room[row] = base, count, count
        self.row_track[row] = track

    def _has_room(self, values: int, times: int, tracks: int) -> bool:
        counters = self._counters
        return bool(
            counters[VALUES_USED] + values <= len(self.values)
            and counters[TIMES_USED] + times <= len(self.times)
            and counters[TRACKS] + tracks <= len(self.track_base)
        )

    def _arrays(self, newest: NewestSamples) -> tuple[npt.NDArray[Any], ...]:
        return (
            self.row_of,
            newest.timestamps_ms,
            newest.values,
            newest.expected,
            self.row_ref,
            self.row_track,
            self.row_length,
            self.row_base,
            self.row_room,
            self.values,
            self.track_base,
            self.track_length,
            self.track_room,
            self.track_parent,
            self.track_fork,
            self.times,
            self._forks,
            self._counters,
        )

    def _grow(self, samples: int) -> None:
        """Double whatever is nearly full; memory is touched only as it is written."""
        counters = self._counters
        if counters[ROWS] == len(self.row_ref):
            size = 2 * len(self.row_ref)
            self.row_ref, self.row_track, self.row_length = (
                grown(array, size) for array in (self.row_ref, self.row_track, self.row_length)
            )
            self.row_base, self.row_room = grown(self.row_base, size), grown(self.row_room, size)
        if counters[TRACKS] == len(self.track_base):
            size = 2 * len(self.track_base)
            self.track_base = grown(self.track_base, size)
            self.track_length, self.track_room, self.track_parent, self.track_fork = (
                grown(array, size) for array in (self.track_length, self.track_room, self.track_parent, self.track_fork)
            )
        longest = int(max(self.row_length.max(), self.track_length.max())) * 4 + samples + _FIRST_SAMPLES
        if counters[VALUES_USED] + longest > len(self.values):
            self._move_rows(longest)
        if counters[TIMES_USED] + longest > len(self.times):
            self.times = extended(self.times, int(counters[TIMES_USED]), longest)

    def _move_rows(self, more: int) -> None:
        """Move all rows to a larger array, side by side: what they left behind when they were widened is given back."""
        rows = self.rows
        room = self.row_room[:rows].astype(np.int64)
        base = np.cumsum(room) - room
        used = int(room.sum())
        values = np.empty(max(2 * len(self.values) if used > len(self.values) // 2 else len(self.values), used + more))
        lengths = self.row_length[:rows].astype(np.int64)
        gather(self.values, self.row_base[:rows], lengths, values, base)
        self.row_base[:rows] = base
        self.values = values
        self._counters[VALUES_USED] = used


def extended(array: npt.NDArray[Any], used: int, more: int) -> npt.NDArray[Any]:
    """A copy of the used part in an array at least twice as large."""
    larger = np.empty(max(2 * len(array), used + more), dtype=array.dtype)
    larger[:used] = array[:used]
    return larger


def grown(array: npt.NDArray[Any], size: int, fill: int = 0) -> npt.NDArray[Any]:
    """The array itself when it is large enough, else a larger copy."""
    if size <= len(array):
        return array
    larger = np.full(max(size, 2 * len(array)), fill, dtype=array.dtype)
    larger[: len(array)] = array
    return larger
