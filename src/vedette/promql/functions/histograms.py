"""Classic histograms: quantiles and fractions from cumulative bucket counts, many histograms at a time."""

from __future__ import annotations

import numpy as np

from vedette.model.special import BoolArray, FloatArray

_TOLERANCE = 1e-12
"""Relative difference between neighbouring buckets that is put down to rounding."""
_SMALLEST_NORMAL = 2.2250738585072014e-308


def coalesced(bounds: FloatArray, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Buckets of one bound added up. bounds float64[B] ascending, counts float64[B, N]."""
    firsts = np.flatnonzero(np.concatenate([[True], bounds[1:] != bounds[:-1]]))
    if len(firsts) == len(bounds):
        return bounds, counts
    return bounds[firsts], np.add.reduceat(counts, firsts, axis=0)


def monotonic(counts: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Counts that never fall from bucket to bucket, and where more than rounding had to be mended (bool[N])."""
    fixed = counts.copy()
    forced = np.zeros(counts.shape[1], dtype=np.bool_)
    before = fixed[0].copy()
    for bucket in range(1, len(fixed)):
        now = fixed[bucket]
        close = _almost_equal(before, now)
        falls = (now < before) & ~close
        forced |= falls
        fixed[bucket] = np.where(close | falls, before, now)
        before = fixed[bucket]
    return fixed, forced


def _almost_equal(a: FloatArray, b: FloatArray) -> BoolArray:
    total, difference = np.abs(a) + np.abs(b), np.abs(a - b)
    tiny = (a == 0) | (b == 0) | (total < _SMALLEST_NORMAL)
    relative = difference / np.minimum(total, np.finfo(np.float64).max)
    near = np.where(tiny, difference < _TOLERANCE * _SMALLEST_NORMAL, relative < _TOLERANCE)
    close: BoolArray = (a == b) | (np.isnan(a) & np.isnan(b)) | near
    return close


def bucket_quantiles(q: FloatArray, bounds: FloatArray, counts: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Quantiles q[N] of N histograms, and which of them had to be made monotonic.

    bounds float64[B] ascending, counts float64[B, N]. NaN without a +Inf bucket, with fewer than two buckets, or
    without observations.
    """
    size = counts.shape[1]
    out_of_range = np.where(q < 0, -np.inf, np.where(q > 1, np.inf, np.nan))
    unforced = np.zeros(size, dtype=np.bool_)
    if bounds[-1] != np.inf:
        return np.where((q >= 0) & (q <= 1), np.nan, out_of_range), unforced
    bounds, counts = coalesced(bounds, counts)
    counts, forced = monotonic(counts)
    inside = (q >= 0) & (q <= 1)
    if len(bounds) < 2:
        return np.where(inside, np.nan, out_of_range), unforced
    observations = counts[-1]
    rank = q * observations
    # The first bucket but the last whose count reaches the rank; the counts are monotonic unless they hold NaN.
    reached = counts[:-1] >= rank
    bucket = np.where(reached.any(axis=0), reached.argmax(axis=0), len(bounds) - 1)
    columns = np.arange(size)
    below = np.maximum(bucket - 1, 0)
    start = np.where(bucket > 0, bounds[below], 0.0)
    before = np.where(bucket > 0, counts[below, columns], 0.0)
    inner = start + (bounds[bucket] - start) * ((rank - before) / (counts[bucket, columns] - before))
    result = np.where(bucket == len(bounds) - 1, bounds[-2], inner)
    result = np.where((bucket == 0) & (bounds[0] <= 0), bounds[0], result)
    result = np.where(observations == 0, np.nan, result)
    return np.where(inside, result, out_of_range), forced & inside & (observations != 0)


def bucket_fractions(lower: FloatArray, upper: FloatArray, bounds: FloatArray, counts: FloatArray) -> FloatArray:
    """The share of observations between lower[N] and upper[N] in N histograms; shapes as in `bucket_quantiles`."""
    if bounds[-1] != np.inf:
        return np.full(counts.shape[1], np.nan)
    bounds, counts = coalesced(bounds, counts)
    total = counts[-1]
    low, high = _rank_at(lower, bounds, counts), _rank_at(upper, bounds, counts)
    low = np.where(low > total, total, low)
    high = np.where(high > total, total, high)
    share = np.where(lower >= upper, 0.0, (high - low) / total)
    return np.where((total == 0) | np.isnan(lower) | np.isnan(upper), np.nan, share)


def _rank_at(value: FloatArray, bounds: FloatArray, counts: FloatArray) -> FloatArray:
    """How many observations lie below a value, linear within a bucket."""
    rank = np.zeros(counts.shape[1])
    result: FloatArray = counts[-1].copy()
    found = np.zeros(counts.shape[1], dtype=np.bool_)
    # A first bucket with a positive bound is taken to begin at 0.
    low = 0.0 if bounds[0] > 0 else -np.inf
    for bound, count in zip(bounds, counts, strict=True):
        at_border = ~found & (low >= value)
        result = np.where(at_border, rank, result)
        found |= at_border
        inside = ~found & (low < value) & (bound > value)
        # Within a bucket that reaches to minus infinity there is no telling.
        linear = count if low == -np.inf else rank + (count - rank) * (value - low) / (bound - low)
        result = np.where(inside, linear, result)
        found |= inside
        rank, low = count, bound
    return result
