"""The window functions that look beyond the range: `anchored` and `smoothed`. Plain, as all of the twin."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise


def _between(times_ms: Sequence[int], values: Sequence[float], index: int, moment: float, *, counter: bool) -> float:
    """The value at a moment between a sample and the next; a counter that was reset began at 0."""
    before, after = values[index : index + 2]
    if counter and after < before:
        before = 0.0
    return before + (after - before) * ((moment - times_ms[index]) / (times_ms[index + 1] - times_ms[index]))


def extended_increase(
    times_ms: Sequence[int],
    values: Sequence[float],
    start: float,
    end: float,
    *,
    smooth: bool,
    counter: bool,
) -> float | None:
    """What the value grew by from start to end; None when there is nothing to tell it from."""
    last = len(times_ms) - 1
    first = max(0, bisect_right(times_ms, start, 0, last) - 1)
    if smooth:
        last = bisect_left(times_ms, end, 0, last)
    if times_ms[last] <= start or (smooth and times_ms[first] > end):
        return None
    left, right = values[first], values[last]
    if smooth and times_ms[first] < start:
        left = _between(times_ms, values, first, start, counter=counter)
    if smooth and last > 0 and times_ms[last] > end:
        right = _between(times_ms, values, last - 1, end, counter=counter)
    increase = right - left
    if counter:
        inner = values[first + (times_ms[first] <= start) : last + (times_ms[last] < end)]
        increase += sum((before for before, now in pairwise([left, *inner, right]) if now < before), 0.0)
    return increase


def anchored_count(times_ms: Sequence[int], values: Sequence[float], start: float, *, resets: bool) -> float | None:
    """Resets or changes since the last sample at or before the start; None without a sample after it."""
    later = bisect_right(times_ms, start)
    if later >= len(times_ms):
        return None
    pairs = pairwise(values[max(0, later - 1) :])
    if resets:
        return float(sum(now < before for before, now in pairs))
    return float(sum(now != before and not (math.isnan(now) and math.isnan(before)) for before, now in pairs))


def smoothed_value(times_ms: Sequence[int], values: Sequence[float], moment: float) -> float | None:
    """The value at a moment, interpolated; the last known one where nothing follows; None before the first."""
    following = bisect_left(times_ms, moment)
    if following < len(times_ms) and times_ms[following] == moment:
        return values[following]
    if following == 0:
        return None
    if following == len(times_ms):
        return values[-1]
    return _between(times_ms, values, following - 1, moment, counter=False)


def extended(name: str, times_ms: Sequence[int], values: Sequence[float], borders: Sequence[float]) -> float | None:
    """The function `name` of window.FUNCTIONS; `borders` are start and end of the range, milliseconds."""
    start, end = borders
    if not times_ms:
        return None
    kind, _, extension = name.partition("_")
    if kind == "value":
        return smoothed_value(times_ms, values, end)
    if kind in ("changes", "resets"):
        return anchored_count(times_ms, values, start, resets=kind == "resets")
    increase = extended_increase(times_ms, values, start, end, smooth=extension == "smoothed", counter=kind != "delta")
    return increase / ((end - start) / 1000) if kind == "rate" and increase is not None else increase
