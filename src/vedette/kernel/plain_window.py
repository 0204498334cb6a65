"""The plain twin of the window kernel: one window after the other, by the book. Slow; the oracle of the kernel."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vedette.kernel.arrays import STALE_BITS, BoolArray, FloatArray, IntArray
from vedette.kernel.plain_extended import extended
from vedette.kernel.plain_sums import mean_of, quantile_of, sum_of, variance_of
from vedette.kernel.window import FUNCTIONS, PARAMS


@dataclass(frozen=True, slots=True)
class Window:
    """The samples of (end_ms - range_ms, end_ms] of one series."""

    times_ms: Sequence[int]
    values: Sequence[float]
    end_ms: int
    range_ms: int
    at_ms: int
    params: Sequence[float]


def _extrapolate(window: Window, increase: float, *, counter: bool, seconds: float = 1.0) -> float:
    """Prometheus' guess of the increase over the whole range from what was seen of it, over `seconds`."""
    times, values = window.times_ms, window.values
    to_start = (times[0] - (window.end_ms - window.range_ms)) / 1000
    to_end = (window.end_ms - times[-1]) / 1000
    sampled = (times[-1] - times[0]) / 1000
    between = sampled / (len(times) - 1)
    if to_start >= between * 1.1:
        to_start = between / 2
    if counter and increase > 0 and values[0] >= 0:
        to_start = min(to_start, sampled * (values[0] / increase))
    if to_end >= between * 1.1:
        to_end = between / 2
    return increase * ((sampled + to_start + to_end) / sampled / seconds)


def _counter_increase(window: Window, seconds: float = 1.0) -> float:
    values = window.values
    increase = values[-1] - values[0]
    for before, value in pairwise(values):
        if value < before:
            increase += before
    return _extrapolate(window, increase, counter=True, seconds=seconds)


def _irate(window: Window) -> float:
    before, value = window.values[-2:]
    seconds = (window.times_ms[-1] - window.times_ms[-2]) / 1000
    return (value if value < before else value - before) / seconds


def _changes(window: Window) -> float:
    pairs = pairwise(window.values)
    return float(sum(a != b and not (math.isnan(a) and math.isnan(b)) for a, b in pairs))


def _resets(window: Window) -> float:
    return float(sum(b < a for a, b in pairwise(window.values)))


def _line(window: Window, origin_ms: int) -> tuple[float, float]:
    """Slope and value at the origin of the least-squares line."""
    values = window.values
    if all(value == values[0] for value in values):
        return (math.nan, math.nan) if math.isinf(values[0]) else (0.0, values[0])
    seconds = [(time - origin_ms) / 1000 for time in window.times_ms]
    count = len(values)
    x, y = sum_of(seconds), sum_of(values)
    covariance = sum_of([a * b for a, b in zip(seconds, values, strict=True)]) - x * y / count
    spread = sum_of([a * a for a in seconds]) - x * x / count
    slope = covariance / spread if spread else math.nan
    return slope, y / count - slope * x / count


def _predict(window: Window) -> float:
    slope, intercept = _line(window, window.at_ms)
    return slope * window.params[0] + intercept


def _extreme(window: Window, *, largest: bool) -> float:
    best = window.values[0]
    for value in window.values:
        if math.isnan(best) or (value > best if largest else value < best):
            best = value
    return best


def _time_of_extreme(window: Window, *, largest: bool) -> float:
    best, time_ms = window.values[0], window.times_ms[0]
    for time, value in zip(window.times_ms, window.values, strict=True):
        if math.isnan(best) or (value >= best if largest else value <= best):
            best, time_ms = value, time
    return time_ms / 1000


def _mad(window: Window) -> float:
    if any(math.isnan(value) for value in window.values):
        return math.nan
    median = quantile_of(0.5, window.values)
    return quantile_of(0.5, [abs(value - median) for value in window.values])


def _smoothing(window: Window) -> float:
    factor, trend_factor = window.params
    before, level, trend = 0.0, window.values[0], window.values[1] - window.values[0]
    for index, value in enumerate(window.values[1:]):
        if index:
            trend = trend_factor * (level - before) + (1 - trend_factor) * trend
        before, level = level, factor * value + (1 - factor) * (level + trend)
    return level


_RULES: dict[str, tuple[int, Callable[[Window], float]]] = {
    "rate": (2, lambda window: _counter_increase(window, window.range_ms / 1000)),
    "increase": (2, _counter_increase),
    "delta": (2, lambda window: _extrapolate(window, window.values[-1] - window.values[0], counter=False)),
    "irate": (2, _irate),
    "idelta": (2, lambda window: window.values[-1] - window.values[-2]),
    "changes": (1, _changes),
    "resets": (1, _resets),
    "deriv": (2, lambda window: _line(window, window.times_ms[0])[0]),
    "predict_linear": (2, _predict),
    "sum": (1, lambda window: sum_of(window.values)),
    "avg": (1, lambda window: mean_of(window.values)),
    "min": (1, lambda window: _extreme(window, largest=False)),
    "max": (1, lambda window: _extreme(window, largest=True)),
    "count": (1, lambda window: float(len(window.values))),
    "stddev": (1, lambda window: math.sqrt(variance_of(window.values))),
    "stdvar": (1, lambda window: variance_of(window.values)),
    "last": (1, lambda window: window.values[-1]),
    "first": (1, lambda window: window.values[0]),
    "present": (1, lambda _: 1.0),
    "quantile": (1, lambda window: quantile_of(window.params[0], window.values)),
    "mad": (1, _mad),
    "ts_of_first": (1, lambda window: window.times_ms[0] / 1000),
    "ts_of_last": (1, lambda window: window.times_ms[-1] / 1000),
    "ts_of_min": (1, lambda window: _time_of_extreme(window, largest=False)),
    "ts_of_max": (1, lambda window: _time_of_extreme(window, largest=True)),
    "smoothing": (2, _smoothing),
}
"""By name: the samples a window needs at least, and the function of the window."""


def _check(grid_sizes: tuple[int, ...], number: int, starts: IntArray, vector_starts: IntArray, row_vector: IntArray,
           ends: IntArray) -> None:  # fmt: skip
    values, times, at, params, out, present = grid_sizes
    series, steps, vectors = len(row_vector), len(ends), len(vector_starts) - 1
    lengths, widths = starts[1:] - starts[:-1], vector_starts[1:] - vector_starts[:-1]
    good = (
        0 <= number < len(FUNCTIONS)
        and len(starts) == series + 1
        and vectors >= 0
        and starts[0] >= 0
        and starts[-1] <= values
        and vector_starts[0] >= 0
        and vector_starts[-1] <= times
        and bool((widths >= 0).all())
        and bool(((row_vector >= 0) & (row_vector < vectors)).all())
        and bool((lengths == widths[row_vector]).all())
        and bool((ends[1:] >= ends[:-1]).all())
        and at == steps
        and params == PARAMS.get(FUNCTIONS[number], 0) * steps
        and out == present == series * steps
    )
    if not good:
        raise ValueError("the arrays of the window function do not fit")


def _answer(name: str, window: Window, stale: bool) -> float | None:
    """The function's value; None when the window does not have what it needs. `stale`: it ends with a marker."""
    times, values = window.times_ms, window.values
    if not times:
        return None
    if name in ("newest", "newest_time"):
        return None if stale else times[-1] / 1000 if name == "newest_time" else values[-1]
    if name not in _RULES:
        return extended(name, times, values, window.params)
    least, rule = _RULES[name]
    return rule(window) if len(times) >= least else None


def evaluate(
    number: int,
    values: FloatArray,
    starts: IntArray,
    timestamps_ms: IntArray,
    vector_starts: IntArray,
    row_vector: IntArray,
    ends: IntArray,
    at: IntArray,
    range_ms: int,
    params: FloatArray,
    out: FloatArray,
    present: BoolArray,
) -> tuple[int, int]:
    """See window.Evaluate."""
    sizes = (len(values), len(timestamps_ms), len(at), params.size, out.size, present.size)
    _check(sizes, number, starts, vector_starts, row_vector, ends)
    steps, name = len(ends), FUNCTIONS[number]
    newest = name in ("newest", "newest_time")
    cells, flags = out.reshape(-1, steps), present.reshape(-1, steps)
    step_params = params.reshape(-1, steps).T.tolist() if params.size else [[]] * steps
    filled = seen = 0
    for row, vector in enumerate(row_vector):
        row_values = values[starts[row] : starts[row + 1]]
        markers = row_values.view("uint64") == STALE_BITS
        kept = np.ones_like(markers) if newest else ~markers
        times = timestamps_ms[vector_starts[vector] : vector_starts[vector + 1]][kept].tolist()
        numbers = row_values[kept].tolist()
        for step, end in enumerate(ends.tolist()):
            first, last = bisect_right(times, end - range_ms), bisect_right(times, end)
            window = Window(times[first:last], numbers[first:last], end, range_ms, int(at[step]), step_params[step])
            result = _answer(name, window, newest and last > first and bool(markers[last - 1]))
            cells[row, step], flags[row, step] = 0.0 if result is None else result, result is not None
            filled += result is not None
            seen += int(result is not None) if newest else last - first
    return filled, seen
