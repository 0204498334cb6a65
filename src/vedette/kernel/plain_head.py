"""Plain twin of the compiled `_head`: scatter a batch into rows of the head, gather slices of rows side by side.

Used where no compiler is and as the oracle in tests; the arrays of the table are described in tsdb/head_table.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FIRST_ROOM = 8
_Array = npt.NDArray[Any]
# Positions in the table of arrays and in its counters, as in `_head.cpp`.
ROW_OF, NEWEST_MS, NEWEST_VALUE, EXPECTED, ROW_REF, ROW_TRACK, ROW_LENGTH, ROW_BASE, ROW_ROOM = range(9)
VALUES, TRACK_BASE, TRACK_LENGTH, TRACK_ROOM, TRACK_PARENT, TRACK_FORK, TIMES, FORKS, COUNTERS = range(9, 18)
ROWS, VALUES_USED, TRACKS, TIMES_USED, OUT_OF_ORDER, DUPLICATES, LATE = range(7)


def scatter(
    table: tuple[_Array, ...], refs: _Array, timestamps_ms: _Array, values: _Array, start: int, late: _Array
) -> int:
    """Put samples from position `start` on into their rows; how many of the batch are in.

    Fewer than all means that some array must grow first. Positions of samples older than the newest of their row are
    written to `late`; counters are updated.
    """
    if not len(refs) == len(timestamps_ms) == len(values) <= len(late):
        raise ValueError("refs, timestamps_ms, values and late must have one length")
    rest = refs[start:]
    if len(rest) and (int(rest.min()) < 0 or int(rest.max()) >= len(table[ROW_OF])):
        raise IndexError("ref is out of range")
    if start == 0 and _scatter_aligned(table, refs, timestamps_ms, values):
        return len(refs)
    return _scatter_each(table, refs, timestamps_ms, values, start, late)


def gather(source: _Array, starts: _Array, lengths: _Array, target: _Array, target_starts: _Array) -> None:
    """target[target_starts[i]:][:lengths[i]] = source[starts[i]:][:lengths[i]] for each i; items of 8 bytes."""
    if not len(starts) == len(lengths) == len(target_starts):
        raise ValueError("starts, lengths and target_starts must have one length")
    if len(starts) == 0:
        return
    low = min(int(starts.min()), int(lengths.min()), int(target_starts.min()))
    if low < 0 or (starts + lengths).max() > len(source) or (target_starts + lengths).max() > len(target):
        raise IndexError("a slice lies outside")
    inner = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    target[np.repeat(target_starts, lengths) + inner] = source[np.repeat(starts, lengths) + inner]


def _scatter_aligned(table: tuple[_Array, ...], refs: _Array, timestamps_ms: _Array, values: _Array) -> bool:
    """The common case at once: distinct rows of one track and one length, one new timestamp, room everywhere."""
    if len(refs) == 0 or len(np.unique(refs)) != len(refs) or not (timestamps_ms == timestamps_ms[0]).all():
        return False
    time = int(timestamps_ms[0])
    rows = table[ROW_OF][refs]
    if (rows < 0).any():
        return False
    lengths = table[ROW_LENGTH][rows]
    tracks = table[ROW_TRACK][rows]
    length, track = int(lengths[0]), int(tracks[0])
    if length == 0 or not (lengths == length).all() or not (tracks == track).all():
        return False
    times, base = table[TIMES], int(table[TRACK_BASE][track])
    fits = bool((table[ROW_ROOM][rows] > length).all()) and times[base + length - 1] < time
    fits = fits and int(table[TRACK_LENGTH][track]) == length < int(table[TRACK_ROOM][track])
    newest = table[NEWEST_MS][refs]
    if not fits or not (newest < time).all():
        return False
    times[base + length] = time
    table[TRACK_LENGTH][track] = length + 1
    table[VALUES][table[ROW_BASE][rows] + length] = values
    table[ROW_LENGTH][rows] = length + 1
    table[NEWEST_MS][refs] = time
    table[NEWEST_VALUE][refs] = values
    return True


def _scatter_each(
    table: tuple[_Array, ...], refs: _Array, timestamps_ms: _Array, values: _Array, start: int, late: _Array
) -> int:
    counters, newest_ms, newest_value = table[COUNTERS], table[NEWEST_MS], table[NEWEST_VALUE]
    for index in range(start, len(refs)):
        ref, time = int(refs[index]), int(timestamps_ms[index])
        done = _put(table, ref, time, values[index])
        if done is None:
            return index
        if not done:
            late[counters[LATE]] = index
            counters[LATE] += 1
        if time >= newest_ms[ref]:
            counters[DUPLICATES] += time == newest_ms[ref]
            newest_ms[ref] = time
            newest_value[ref] = values[index]
        else:
            counters[OUT_OF_ORDER] += 1
    return len(refs)


def _put(table: tuple[_Array, ...], ref: int, time: int, value: float) -> bool | None:
    """True: stored; False: late; None: some array is full."""
    row = int(table[ROW_OF][ref])
    if row < 0:
        row = _new_row(table, ref)
        if row < 0:
            return None
    length, track = int(table[ROW_LENGTH][row]), int(table[ROW_TRACK][row])
    base, times = int(table[TRACK_BASE][track]), table[TIMES]
    if length:
        last = int(times[base + length - 1])
        if time < last:
            return False
        if time == last:
            table[VALUES][table[ROW_BASE][row] + length - 1] = value
            return True
    if not _widen_row(table, row):
        return None
    if length and int(table[TRACK_LENGTH][track]) == length:
        if not _extend_track(table, track, time):
            return None
    elif not length or int(times[base + length]) != time:
        track = _fork_track(table, track if length else 0, length, time)
        if track < 0:
            return None
        table[ROW_TRACK][row] = track
    table[VALUES][table[ROW_BASE][row] + length] = value
    table[ROW_LENGTH][row] = length + 1
    return True


def _new_row(table: tuple[_Array, ...], ref: int) -> int:
    counters = table[COUNTERS]
    row, room = int(counters[ROWS]), int(table[EXPECTED][ref])
    if row >= len(table[ROW_REF]) or int(counters[VALUES_USED]) + room > len(table[VALUES]):
        return -1
    table[ROW_BASE][row] = counters[VALUES_USED]
    counters[VALUES_USED] += room
    counters[ROWS] = row + 1
    table[ROW_REF][row] = ref
    table[ROW_TRACK][row] = 0
    table[ROW_LENGTH][row] = 0
    table[ROW_ROOM][row] = room
    table[ROW_OF][ref] = row
    return row


def _widen_row(table: tuple[_Array, ...], row: int) -> bool:
    length = int(table[ROW_LENGTH][row])
    if length < table[ROW_ROOM][row]:
        return True
    # Two to four times as much, by row: so rows that are scraped together do not all move in one batch.
    room = length * 2 + row * 7919 % (length * 2) if length else FIRST_ROOM
    base, old = int(table[COUNTERS][VALUES_USED]), int(table[ROW_BASE][row])
    if base + room > len(table[VALUES]):
        return False
    table[VALUES][base : base + length] = table[VALUES][old : old + length]
    table[COUNTERS][VALUES_USED] = base + room
    table[ROW_BASE][row] = base
    table[ROW_ROOM][row] = room
    return True


def _extend_track(table: tuple[_Array, ...], track: int, time: int) -> bool:
    times, length = table[TIMES], int(table[TRACK_LENGTH][track])
    if length == table[TRACK_ROOM][track]:
        room, old = max(length * 2, FIRST_ROOM), int(table[TRACK_BASE][track])
        base = int(table[COUNTERS][TIMES_USED])
        if base + room > len(times):
            return False
        times[base : base + length] = times[old : old + length]
        table[COUNTERS][TIMES_USED] = base + room
        table[TRACK_BASE][track] = base
        table[TRACK_ROOM][track] = room
    times[table[TRACK_BASE][track] + length] = time
    table[TRACK_LENGTH][track] = length + 1
    return True


def _fork_track(table: tuple[_Array, ...], parent: int, length: int, time: int) -> int:
    times, forks, counters = table[TIMES], table[FORKS], table[COUNTERS]
    slot = hash((parent, length, time)) & (len(forks) - 1)
    known = int(forks[slot])
    same_fork = known > 0 and table[TRACK_PARENT][known] == parent and table[TRACK_FORK][known] == length
    if same_fork and times[table[TRACK_BASE][known] + length] == time:
        return known
    track, base = int(counters[TRACKS]), int(counters[TIMES_USED])
    room = length + (FIRST_ROOM if length < FIRST_ROOM else length // 2)
    if track >= len(table[TRACK_BASE]) or base + room > len(times):
        return -1
    old = int(table[TRACK_BASE][parent])
    times[base : base + length] = times[old : old + length]
    times[base + length] = time
    counters[TRACKS] = track + 1
    counters[TIMES_USED] = base + room
    table[TRACK_BASE][track] = base
    table[TRACK_LENGTH][track] = length + 1
    table[TRACK_ROOM][track] = room
    table[TRACK_PARENT][track] = parent
    table[TRACK_FORK][track] = length
    forks[slot] = track
    return track
