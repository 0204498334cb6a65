"""Aggregation over series: rows of step values fold into groups, or the best of each group are picked.

The functions are the compiled kernel's where it was built, else those of the plain twin; both answer alike.
"""

from __future__ import annotations

from typing import Final, Protocol

from vedette.kernel import WANTED
from vedette.kernel.arrays import BoolArray, FloatArray, IntArray

OPERATIONS: Final = ("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar")
"""What `accumulate` can do; the position of a name is its number in the kernel."""
NUMBERS: Final = {name: number for number, name in enumerate(OPERATIONS)}


class Kernel(Protocol):
    """Shapes: S rows, K steps, G groups. All raise ValueError when shapes do not fit."""

    def accumulate(
        self,
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
        """Fold values[S, K] into the state arrays [G, K]: value, rest, count (0 = nothing yet) and flag."""
        ...

    def finish(self, number: int, value: FloatArray, rest: FloatArray, count: FloatArray, flag: BoolArray, /) -> int:
        """Turn the state into results, in `value`, and presence, in `flag`; the number of results."""
        ...

    def quantiles(
        self,
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
        """Quantile q[k] of each group at the steps first <= k < last, into out[G, K]."""
        ...

    def rank(
        self,
        values: FloatArray,
        present: BoolArray,
        group: IntArray,
        groups: int,
        k: IntArray,
        bottom: int,
        keep: BoolArray,
        /,
    ) -> None:
        """Mark in keep[S, K] the k[step] largest (bottom: smallest) values of each group at each step."""
        ...


def _choose() -> Kernel:
    if WANTED:
        try:
            from vedette.kernel import _aggregate  # noqa: PLC0415 - built only where a compiler is
        except ImportError:
            pass
        else:
            compiled: Kernel = _aggregate
            return compiled
    from vedette.kernel import plain_aggregate  # noqa: PLC0415 - it imports this module's tables

    return plain_aggregate


kernel: Final[Kernel] = _choose()
