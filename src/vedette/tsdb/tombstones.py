"""Deleted ranges of a block's rows: hidden at once, dropped when compaction has cut the samples out."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.errors import Corruption
from vedette.kernel.checksum import crc32c
from vedette.model.special import BoolArray, IntArray
from vedette.model.timerange import TimeRange
from vedette.tsdb.files import replace_file

MAGIC: Final = b"VDTTMB\x00\x01"
"""First bytes of the file; the last is the version."""
ENTRY: Final = np.dtype([("row", "<u4"), ("start", "<i8"), ("end", "<i8")])
_CHECKSUM_BYTES: Final = 4

Entries = npt.NDArray[np.void]


class Tombstones:
    """Intervals (both ends included) by row; immutable, so that readers need no lock."""

    __slots__ = ("_entries", "_rows")

    def __init__(self, entries: Entries | None = None) -> None:
        """Take an ENTRY array in any order; overlapping intervals are joined."""
        self._entries = _joined(np.empty(0, dtype=ENTRY) if entries is None else entries)
        self._rows = self._entries["row"].astype(np.int64)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> Entries:
        """ENTRY array, ascending by row and start, disjoint within a row."""
        return self._entries

    def with_rows(self, rows: IntArray, time_range: TimeRange) -> Tombstones:
        """A copy that hides one time range of more rows."""
        added = np.empty(len(rows), dtype=ENTRY)
        added["row"], added["start"], added["end"] = rows, time_range.start_ms, time_range.end_ms
        return Tombstones(np.concatenate([self._entries, added]))

    def touched(self, rows: IntArray) -> IntArray:
        """Positions in `rows` (any order) that have any interval."""
        if len(self._rows) == 0:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(np.isin(rows, self._rows))

    def kept(self, row: int, timestamps_ms: IntArray) -> BoolArray:
        """Which of a row's timestamps are not hidden."""
        low, high = np.searchsorted(self._rows, (row, row + 1))
        keep = np.ones(len(timestamps_ms), dtype=np.bool_)
        for entry in self._entries[low:high]:
            first = np.searchsorted(timestamps_ms, entry["start"], side="left")
            end = np.searchsorted(timestamps_ms, entry["end"], side="right")
            keep[first:end] = False
        return keep

    def fully_hidden(self, first_ms: IntArray, last_ms: IntArray) -> IntArray:
        """Rows, ascending, one of whose intervals covers all of first_ms[row] to last_ms[row]."""
        rows = self._rows
        covers = (self._entries["start"] <= first_ms[rows]) & (self._entries["end"] >= last_ms[rows])
        return np.unique(rows[covers])


def _joined(entries: Entries) -> Entries:
    if len(entries) == 0:
        return entries
    ordered = np.sort(entries, order=("row", "start"))
    joined = [ordered[0].copy()]
    for entry in ordered[1:]:
        last = joined[-1]
        if entry["row"] == last["row"] and entry["start"] <= int(last["end"]) + 1:
            last["end"] = max(last["end"], entry["end"])
        else:
            joined.append(entry.copy())
    return np.array(joined, dtype=ENTRY)


def write_tombstones(path: Path, tombstones: Tombstones) -> None:
    """Replace the file durably."""
    body = MAGIC + tombstones.entries.tobytes()
    replace_file(path, body + crc32c(body).to_bytes(_CHECKSUM_BYTES, "little"))


def read_tombstones(path: Path, rows: int) -> Tombstones:
    """Read the file; no file means no tombstones. Raises Corruption when it is damaged or names rows that are not."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Tombstones()
    except OSError as error:
        raise Corruption(f"{path}: cannot be read: {error.strerror}") from error
    body, checksum = content[:-_CHECKSUM_BYTES], content[-_CHECKSUM_BYTES:]
    if not body.startswith(MAGIC) or crc32c(body) != int.from_bytes(checksum, "little"):
        raise Corruption(f"{path}: fails its checksum")
    if (len(body) - len(MAGIC)) % ENTRY.itemsize:
        raise Corruption(f"{path}: has a wrong length")
    entries = np.frombuffer(body, dtype=ENTRY, offset=len(MAGIC))
    if len(entries) and int(entries["row"].max()) >= rows:
        raise Corruption(f"{path}: names row {int(entries['row'].max())} of a block of {rows}")
    return Tombstones(entries)
