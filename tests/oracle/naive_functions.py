"""The arithmetic of the naive evaluator: functions of numbers and of lists of points."""

from __future__ import annotations

import calendar
import datetime
import math
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from vedette.errors import BadData

Point = tuple[int, float]
OverTime = Callable[[Sequence[Point], int, int, Sequence[float], int], "float | None"]
"""(points, start_ms, end_ms, scalar arguments, moment of evaluation) -> value, None where there is none."""


def arithmetic(op: str, left: float, right: float) -> tuple[float, bool]:
    """(value, whether the comparison holds)."""
    comparisons: dict[str, bool] = {
        "==": left == right,
        "!=": left != right,
        ">": left > right,
        "<": left < right,
        ">=": left >= right,
        "<=": left <= right,
    }
    if op in comparisons:
        return left, comparisons[op]
    a, b = np.float64(left), np.float64(right)
    with np.errstate(all="ignore"):
        value = {
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "/": lambda: a / b,
            "%": lambda: np.fmod(a, b),
            "^": lambda: np.power(a, b),
            "atan2": lambda: np.arctan2(a, b),
        }[op]()
    return float(value), True


def _ufunc(function: Callable[[np.float64], np.float64]) -> Callable[[float], float]:
    def apply(value: float) -> float:
        with np.errstate(all="ignore"):
            return float(function(np.float64(value)))

    return apply


def _round(value: float, nearest: float = 1.0) -> float:
    with np.errstate(all="ignore"):
        inverse = np.float64(1.0) / np.float64(nearest)
        return float(np.floor(np.float64(value) * inverse + 0.5) / inverse)


def _clamp(value: float, low: float, high: float) -> float:
    return float(np.maximum(low, np.minimum(high, value)))


def _sign(value: float) -> float:
    return 1.0 if value > 0 else -1.0 if value < 0 else value


ELEMENTWISE: dict[str, Callable[..., float]] = {
    "abs": abs,
    "ceil": _ufunc(np.ceil),
    "floor": _ufunc(np.floor),
    "exp": _ufunc(np.exp),
    "sqrt": _ufunc(np.sqrt),
    "ln": _ufunc(np.log),
    "log2": _ufunc(np.log2),
    "log10": _ufunc(np.log10),
    "sin": _ufunc(np.sin),
    "cos": _ufunc(np.cos),
    "tan": _ufunc(np.tan),
    "asin": _ufunc(np.arcsin),
    "acos": _ufunc(np.arccos),
    "atan": _ufunc(np.arctan),
    "sinh": _ufunc(np.sinh),
    "cosh": _ufunc(np.cosh),
    "tanh": _ufunc(np.tanh),
    "asinh": _ufunc(np.arcsinh),
    "acosh": _ufunc(np.arccosh),
    "atanh": _ufunc(np.arctanh),
    "rad": lambda value: value * math.pi / 180,
    "deg": lambda value: value * 180 / math.pi,
    "sgn": _sign,
    "round": _round,
    "clamp": _clamp,
    "clamp_min": lambda value, low: _clamp(value, low, math.inf),
    "clamp_max": lambda value, high: _clamp(value, -math.inf, high),
}


def _date(seconds: int) -> datetime.datetime:
    return datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=seconds)


DATES: dict[str, Callable[[int], float]] = {
    "minute": lambda s: float(_date(s).minute),
    "hour": lambda s: float(_date(s).hour),
    "day_of_month": lambda s: float(_date(s).day),
    "day_of_week": lambda s: float(_date(s).isoweekday() % 7),
    "day_of_year": lambda s: float(_date(s).timetuple().tm_yday),
    "days_in_month": lambda s: float(calendar.monthrange(_date(s).year, _date(s).month)[1]),
    "month": lambda s: float(_date(s).month),
    "year": lambda s: float(_date(s).year),
}


def add_compensated(value: float, total: float, rest: float) -> tuple[float, float]:
    """One step of a sum that keeps what rounding loses (Neumaier)."""
    new = total + value
    if math.isinf(new):
        return new, 0.0
    rest += (total - new) + value if abs(total) >= abs(value) else (value - new) + total
    return new, rest


def compensated_sum(values: Sequence[float]) -> float:
    """The sum; an infinite one is infinite, whatever was lost before."""
    total = rest = 0.0
    for value in values:
        total, rest = add_compensated(value, total, rest)
    return total if math.isinf(total) else total + rest


def compensated_mean(values: Sequence[float]) -> float:
    """The mean; incremental from where the sum would overflow."""
    total, rest, mean, incremental = values[0], 0.0, 0.0, False
    for count, value in enumerate(values[1:], start=2):
        if not incremental:
            new, new_rest = add_compensated(value, total, rest)
            if not math.isinf(new):
                total, rest = new, new_rest
                continue
            incremental = True
            mean = total / (count - 1)
            rest /= count - 1
        share = (count - 1) / count
        mean, rest = add_compensated(value / count, share * mean, share * rest)
    return mean + rest if incremental else total / len(values) + rest / len(values)


def quantile(q: float, values: Sequence[float]) -> float:
    """Between the two nearest ranks, in proportion; NaN sorts first."""
    if not values or math.isnan(q):
        return math.nan
    if not 0 <= q <= 1:
        return -math.inf if q < 0 else math.inf
    ordered = sorted(values, key=lambda v: (not math.isnan(v), v))
    rank = q * (len(ordered) - 1)
    low = max(0, math.floor(rank))
    weight = rank - math.floor(rank)
    return ordered[low] * (1 - weight) + ordered[min(len(ordered) - 1, low + 1)] * weight


def _extrapolated(points: Sequence[Point], start_ms: int, end_ms: int, *, counter: bool, rate: bool) -> float | None:
    if len(points) < 2:
        return None
    result = points[-1][1] - points[0][1]
    if counter:
        for (_, before), (_, after) in pairwise(points):
            if after < before:
                result += before
    to_start = (points[0][0] - start_ms) / 1000
    to_end = (end_ms - points[-1][0]) / 1000
    sampled = (points[-1][0] - points[0][0]) / 1000
    average = sampled / (len(points) - 1)
    if to_start >= average * 1.1:
        to_start = average / 2
    if counter and result > 0 and points[0][1] >= 0:
        to_start = min(to_start, sampled * (points[0][1] / result))
    if to_end >= average * 1.1:
        to_end = average / 2
    factor = (sampled + to_start + to_end) / sampled
    return result * (factor / ((end_ms - start_ms) / 1000) if rate else factor)


def _instant_change(points: Sequence[Point], *, rate: bool) -> float | None:
    if len(points) < 2:
        return None
    (before_ms, before), (after_ms, after) = points[-2:]
    change = after if rate and after < before else after - before
    return change / ((after_ms - before_ms) / 1000) if rate else change


def _regression(points: Sequence[Point], origin_ms: int) -> tuple[float, float] | None:
    if len(points) < 2:
        return None
    if all(value == points[0][1] for _, value in points):
        return (math.nan, math.nan) if math.isinf(points[0][1]) else (0.0, points[0][1])
    x = [(time_ms - origin_ms) / 1000 for time_ms, _ in points]
    y = [value for _, value in points]
    n = float(len(points))
    sum_x, sum_y = compensated_sum(x), compensated_sum(y)
    covariance = compensated_sum([a * b for a, b in zip(x, y, strict=True)]) - sum_x * sum_y / n
    variance = compensated_sum([a * a for a in x]) - sum_x * sum_x / n
    with np.errstate(all="ignore"):
        slope = float(np.float64(covariance) / np.float64(variance))
    return slope, sum_y / n - slope * sum_x / n


def _deriv(points: Sequence[Point], *_: object) -> float | None:
    line = _regression(points, points[0][0])
    return None if line is None else line[0]


def _predict(points: Sequence[Point], _s: int, _e: int, scalars: Sequence[float], now_ms: int) -> float | None:
    line = _regression(points, now_ms)
    return None if line is None else line[0] * scalars[0] + line[1]


def _smooth(points: Sequence[Point], _s: int, _e: int, scalars: Sequence[float], _n: int) -> float | None:
    smoothing, trend_factor = scalars
    if not 0 < smoothing < 1:
        raise BadData("invalid smoothing factor")
    if not 0 < trend_factor < 1:
        raise BadData("invalid trend factor")
    if len(points) < 2:
        return None
    former, level = 0.0, points[0][1]
    trend = points[1][1] - points[0][1]
    for index in range(1, len(points)):
        if index > 1:
            trend = trend_factor * (level - former) + (1 - trend_factor) * trend
        former, level = level, smoothing * points[index][1] + (1 - smoothing) * (level + trend)
    return level


def _variance(points: Sequence[Point]) -> float:
    count, mean, mean_rest, total, total_rest = 0, 0.0, 0.0, 0.0, 0.0
    for _, value in points:
        count += 1
        delta = value - (mean + mean_rest)
        mean, mean_rest = add_compensated(delta / count, mean, mean_rest)
        total, total_rest = add_compensated(delta * (value - (mean + mean_rest)), total, total_rest)
    return (total + total_rest) / count


def _extreme(points: Sequence[Point], better: Callable[[float, float], bool]) -> Point:
    time_ms, best = points[0]
    for at_ms, value in points:
        if better(value, best) or math.isnan(best):
            time_ms, best = at_ms, value
    return time_ms, best


def _deviation(values: Sequence[float]) -> float:
    if any(math.isnan(value) for value in values):
        return math.nan
    median = quantile(0.5, values)
    return quantile(0.5, [abs(value - median) for value in values])


def _pairs(points: Sequence[Point], differ: Callable[[float, float], bool]) -> float:
    return float(sum(differ(before, after) for (_, before), (_, after) in pairwise(points)))


def _values(points: Sequence[Point]) -> list[float]:
    return [value for _, value in points]


OVER_TIME: dict[str, OverTime] = {
    "rate": lambda p, s, e, _a, _n: _extrapolated(p, s, e, counter=True, rate=True),
    "increase": lambda p, s, e, _a, _n: _extrapolated(p, s, e, counter=True, rate=False),
    "delta": lambda p, s, e, _a, _n: _extrapolated(p, s, e, counter=False, rate=False),
    "irate": lambda p, *_: _instant_change(p, rate=True),
    "idelta": lambda p, *_: _instant_change(p, rate=False),
    "deriv": _deriv,
    "predict_linear": _predict,
    "double_exponential_smoothing": _smooth,
    "changes": lambda p, *_: _pairs(p, lambda a, b: a != b and not (math.isnan(a) and math.isnan(b))),
    "resets": lambda p, *_: _pairs(p, lambda a, b: b < a),
    "sum_over_time": lambda p, *_: compensated_sum(_values(p)),
    "avg_over_time": lambda p, *_: compensated_mean(_values(p)),
    "count_over_time": lambda p, *_: float(len(p)),
    "min_over_time": lambda p, *_: _extreme(p, lambda a, b: a < b)[1],
    "max_over_time": lambda p, *_: _extreme(p, lambda a, b: a > b)[1],
    "stdvar_over_time": lambda p, *_: _variance(p),
    "stddev_over_time": lambda p, *_: math.sqrt(v) if (v := _variance(p)) >= 0 else math.nan,
    "quantile_over_time": lambda p, _s, _e, a, _n: quantile(a[0], _values(p)),
    "mad_over_time": lambda p, *_: _deviation(_values(p)),
    "last_over_time": lambda p, *_: p[-1][1],
    "first_over_time": lambda p, *_: p[0][1],
    "present_over_time": lambda p, *_: 1.0,
    "ts_of_first_over_time": lambda p, *_: p[0][0] / 1000,
    "ts_of_last_over_time": lambda p, *_: p[-1][0] / 1000,
    "ts_of_min_over_time": lambda p, *_: _extreme(p, lambda a, b: a <= b)[0] / 1000,
    "ts_of_max_over_time": lambda p, *_: _extreme(p, lambda a, b: a >= b)[0] / 1000,
}


def _coalesced(buckets: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: dict[float, float] = {}
    for bound, count in sorted(buckets, key=lambda bucket: bucket[0]):
        merged[bound] = merged.get(bound, 0.0) + count
    return list(merged.items())


def bucket_quantile(q: float, buckets: Sequence[tuple[float, float]]) -> tuple[float, bool]:
    """(quantile of cumulative buckets, whether they had to be made monotonic)."""
    if math.isnan(q):
        return math.nan, False
    if not 0 <= q <= 1:
        return (-math.inf if q < 0 else math.inf), False
    ordered = _coalesced(buckets)
    if ordered[-1][0] != math.inf:
        return math.nan, False
    forced, before = False, ordered[0][1]
    fixed = [ordered[0]]
    for bound, count in ordered[1:]:
        close = count == before or _nearly(before, count)
        if not close and count < before:
            forced = True
        before = before if close or count < before else count
        fixed.append((bound, before))
    if len(fixed) < 2 or fixed[-1][1] == 0:
        return math.nan, False
    rank = q * fixed[-1][1]
    index = next((i for i, (_, count) in enumerate(fixed[:-1]) if count >= rank), len(fixed) - 1)
    if index == len(fixed) - 1:
        return fixed[-2][0], forced
    if index == 0 and fixed[0][0] <= 0:
        return fixed[0][0], forced
    low, below = fixed[index - 1] if index else (0.0, 0.0)
    high, count = fixed[index]
    with np.errstate(all="ignore"):
        share = float(np.float64(rank - below) / np.float64(count - below))
    return low + (high - low) * share, forced


def _nearly(left: float, right: float) -> bool:
    total = abs(left) + abs(right)
    return left != 0 and right != 0 and abs(left - right) / total < 1e-12


def bucket_fraction(lower: float, upper: float, buckets: Sequence[tuple[float, float]]) -> float:
    """The part of the observations between two bounds."""
    ordered = _coalesced(buckets)
    if ordered[-1][0] != math.inf:
        return math.nan
    count = ordered[-1][1]
    if count == 0 or math.isnan(lower) or math.isnan(upper):
        return math.nan
    if lower >= upper:
        return 0.0

    def rank(value: float) -> float:
        floor, below = -math.inf, 0.0
        for bound, total in ordered:
            if floor >= value:
                return below
            if bound > value:
                with np.errstate(all="ignore"):
                    share = float(np.float64(value - floor) / np.float64(bound - floor))
                return below + (total - below) * share
            floor, below = bound, total
        return count

    return (min(rank(upper), count) - min(rank(lower), count)) / count


def natural_key(text: str) -> list[tuple[bool, int, str]]:
    """Runs of digits compare as numbers."""
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.findall(r"\d+|\D+", text)]
