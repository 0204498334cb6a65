"""Sums, means, variances and quantiles of a list of numbers, as PromQL defines them."""

from __future__ import annotations

import math
from collections.abc import Sequence


def add(value: float, total: float, rest: float) -> tuple[float, float]:
    """One step of Neumaier's compensated sum: the new (total, rest)."""
    after = total + value
    if math.isinf(after):
        rest = 0.0
    elif abs(total) >= abs(value):
        rest += (total - after) + value
    else:
        rest += (value - after) + total
    return after, rest


def sum_of(values: Sequence[float]) -> float:
    """Compensated sum."""
    total = rest = 0.0
    for value in values:
        total, rest = add(value, total, rest)
    return total if math.isinf(total) else total + rest


def mean_of(values: Sequence[float]) -> float:
    """Mean from the sum, or from incremental means when the sum would overflow."""
    total, rest = values[0], 0.0
    for count, value in enumerate(values[1:], 2):
        after, rest_after = add(value, total, rest)
        if math.isinf(after):
            return _incremental_mean(values, count, total / (count - 1), rest / (count - 1))
        total, rest = after, rest_after
    return total / len(values) + rest / len(values)


def _incremental_mean(values: Sequence[float], count: int, mean: float, rest: float) -> float:
    for seen in range(count, len(values) + 1):
        share = (seen - 1) / seen
        mean, rest = add(values[seen - 1] / seen, mean * share, rest * share)
    return mean + rest


def variance_of(values: Sequence[float]) -> float:
    """Population variance (Welford, compensated)."""
    mean = mean_rest = squares = squares_rest = 0.0
    for count, value in enumerate(values, 1):
        delta = value - (mean + mean_rest)
        mean, mean_rest = add(delta / count, mean, mean_rest)
        squares, squares_rest = add(delta * (value - (mean + mean_rest)), squares, squares_rest)
    return (squares + squares_rest) / len(values)


def quantile_of(q: float, values: Sequence[float]) -> float:
    """Interpolated quantile; NaNs sort first, a q outside [0, 1] gives an infinity."""
    if not values or math.isnan(q):
        return math.nan
    if not 0 <= q <= 1:
        return -math.inf if q < 0 else math.inf
    ordered = sorted(values, key=lambda value: (not math.isnan(value), value))
    rank = q * (len(values) - 1)
    lower = math.floor(rank)
    upper = min(len(values) - 1, lower + 1)
    weight = rank - lower
    return ordered[lower] * (1 - weight) + ordered[upper] * weight
