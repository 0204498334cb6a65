"""The samples of a range with the modifier `anchored` or `smoothed`, when they are asked for by themselves."""

from __future__ import annotations

import numpy as np

from vedette.model.special import FloatArray, IntArray

_NOTHING = np.empty(0, dtype=np.int64), np.empty(0)


def extended_samples(
    times_ms: IntArray, values: FloatArray, start_ms: int, end_ms: int, *, smooth: bool
) -> tuple[IntArray, FloatArray]:
    """What lies between the borders, and a sample at either border.

    times_ms int64[N] and values float64[N] reach beyond the borders, as far as there are samples within the lookback.
    The samples at the borders are interpolated when `smooth`, else those before them.
    """
    last = len(times_ms) - 1
    if last < 0:
        return _NOTHING
    first = max(0, int(times_ms[:last].searchsorted(start_ms, "right")) - 1)
    if smooth:
        last = int(times_ms[:last].searchsorted(end_ms, "left"))
    if times_ms[last] <= start_ms:
        return _NOTHING
    left, right = float(values[first]), float(values[last])
    if smooth and times_ms[first] < start_ms:
        left = _between(times_ms, values, first, start_ms)
    if smooth and last > 0 and times_ms[last] > end_ms:
        right = _between(times_ms, values, last - 1, end_ms)
    inner = slice(first + int(times_ms[first] <= start_ms), last + int(times_ms[last] < end_ms))
    times = np.concatenate([[start_ms], times_ms[inner], [end_ms]])
    return times, np.concatenate([[left], values[inner], [right]])


def _between(times_ms: IntArray, values: FloatArray, index: int, moment_ms: int) -> float:
    """The value at a moment between a sample and the next."""
    before, after = values[index : index + 2].tolist()
    start_ms, end_ms = times_ms[index : index + 2].tolist()
    return float(before + (after - before) * ((moment_ms - start_ms) / (end_ms - start_ms)))
