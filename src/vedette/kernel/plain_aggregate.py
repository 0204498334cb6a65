"""The plain twin of the aggregation kernel: cell after cell, by the book. Slow; the oracle of the kernel."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict

import numpy as np

from vedette.kernel.aggregate import OPERATIONS
from vedette.kernel.arrays import BoolArray, FloatArray, IntArray
from vedette.kernel.plain_sums import add, quantile_of


def _check(rows: int, steps: int, cells: list[int], group: IntArray, groups: int) -> None:
    inside = bool(((group >= 0) & (group < groups)).all())
    if steps <= 0 or not inside or any(size != rows * steps for size in cells):
        raise ValueError("the arrays of the aggregation do not fit")


def _first(name: str, x: float) -> tuple[float, float]:
    """Value and rest of a group that saw one number."""
    if name == "group":
        return 1.0, 0.0
    if name in ("stddev", "stdvar"):
        return (0.0 if math.isfinite(x) else math.nan), x
    return x, 0.0


def _fold(name: str, x: float, value: float, rest: float, count: float, flag: bool) -> tuple[float, float, bool]:
    """Value, rest and flag after one more number, the count-th."""
    if name == "sum":
        return *add(x, value, rest), flag
    if name == "avg":
        if not flag:
            after, rest_after = add(x, value, rest)
            if not math.isinf(after):
                return after, rest_after, False
            value, rest = value / (count - 1), rest / (count - 1)
        share = (count - 1) / count
        return *add(x / count, value * share, rest * share), True
    if name in ("min", "max"):
        better = math.isnan(value) or (x < value if name == "min" else x > value)
        return (x if better else value), rest, flag
    if name in ("stddev", "stdvar"):
        delta = x - rest
        mean = rest + delta / count
        return value + delta * (x - mean), mean, flag
    return value, rest, flag


def accumulate(
    number: int,
    values: FloatArray,
    present: BoolArray,
    group: IntArray,
    steps: int,
    value: FloatArray,
    rest: FloatArray,
    count: FloatArray,
    flag: BoolArray,
    /,
) -> None:
    """See aggregate.Kernel."""
    if (
        not 0 <= number < len(OPERATIONS)
        or steps <= 0
        or flag.size % steps
        or {value.size, rest.size, count.size} != {flag.size}
    ):
        raise ValueError("unknown operation or a state that does not fit")
    _check(len(group), steps, [values.size, present.size], group, flag.size // steps)
    name = OPERATIONS[number]
    rows, there = values.reshape(-1, steps), present.reshape(-1, steps)
    a, b, n, f = (array.reshape(-1, steps) for array in (value, rest, count, flag))
    for row, g in enumerate(group.tolist()):
        for k in range(steps):
            if not there[row, k]:
                continue
            x = float(rows[row, k])
            n[g, k] += 1
            if n[g, k] == 1:
                a[g, k], b[g, k] = _first(name, x)
                f[g, k] = False
            else:
                a[g, k], b[g, k], f[g, k] = _fold(
                    name, x, float(a[g, k]), float(b[g, k]), float(n[g, k]), bool(f[g, k])
                )


def finish(number: int, value: FloatArray, rest: FloatArray, count: FloatArray, flag: BoolArray, /) -> int:
    """See aggregate.Kernel."""
    if {value.size, rest.size, count.size} != {flag.size}:
        raise ValueError("the arrays of the state differ in size")
    name = OPERATIONS[number]
    filled = 0
    flat = [array.reshape(-1) for array in (value, rest, count, flag)]
    for index in range(flag.size):
        total, extra, n, incremental = (array[index] for array in flat)
        result = float(total)
        if name == "sum" or (name == "avg" and incremental):
            result = float(total + extra)
        elif name == "avg":
            result = float(total / n + extra / n) if n else 0.0
        elif name == "count":
            result = float(n)
        elif name in ("stddev", "stdvar") and n:
            result = float(total / n)
            result = math.sqrt(result) if name == "stddev" else result
        flat[0][index] = result if n else 0.0
        flat[3][index] = n > 0
        filled += int(n > 0)
    return filled


def quantiles(
    values: FloatArray,
    present: BoolArray,
    group: IntArray,
    q: FloatArray,
    first: int,
    last: int,
    out: FloatArray,
    out_present: BoolArray,
    /,
) -> None:
    """See aggregate.Kernel."""
    steps = len(q)
    if not 0 <= first <= last <= steps or not steps or out.size != out_present.size or out.size % steps:
        raise ValueError("the arrays of the aggregation do not fit")
    _check(len(group), steps, [values.size, present.size], group, out.size // steps)
    rows, there = values.reshape(-1, steps), present.reshape(-1, steps)
    for g in range(out.size // steps):
        members = np.flatnonzero(group == g)
        for k in range(first, last):
            found = [float(rows[row, k]) for row in members if there[row, k]]
            out.reshape(-1, steps)[g, k] = quantile_of(float(q[k]), found) if found else 0.0
            out_present.reshape(-1, steps)[g, k] = bool(found)


class _Candidate:
    """A row on the heap of its group; the weakest comes first, NaN is the weakest of all."""

    __slots__ = ("bottom", "row", "value")

    def __init__(self, value: float, row: int, bottom: bool) -> None:
        self.value, self.row, self.bottom = value, row, bottom

    def __lt__(self, other: _Candidate) -> bool:
        if math.isnan(self.value):
            return not math.isnan(other.value)
        return self.value > other.value if self.bottom else self.value < other.value


def rank(
    values: FloatArray,
    present: BoolArray,
    group: IntArray,
    groups: int,
    k: IntArray,
    bottom: int,
    keep: BoolArray,
    /,
) -> None:
    """See aggregate.Kernel; between equal values the choice is free."""
    steps = len(k)
    _check(len(group), max(steps, 1), [values.size, present.size, keep.size], group, groups)
    rows, there, kept = values.reshape(-1, steps), present.reshape(-1, steps), keep.reshape(-1, steps)
    kept[:] = False
    for step, wanted in enumerate(k.tolist()):
        heaps: dict[int, list[_Candidate]] = defaultdict(list)
        for row, g in enumerate(group.tolist()):
            if not there[row, step] or wanted <= 0:
                continue
            heap, candidate = heaps[g], _Candidate(float(rows[row, step]), row, bool(bottom))
            if len(heap) < wanted:
                heapq.heappush(heap, candidate)
            elif heap[0] < candidate:
                heapq.heapreplace(heap, candidate)
        for heap in heaps.values():
            for candidate in heap:
                kept[candidate.row, step] = True
