"""Operators between numbers, column-wise; the same functions serve vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from vedette.model.special import BoolArray, FloatArray

ARITHMETIC: Final[dict[str, Callable[..., FloatArray]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": np.power,
    "atan2": np.arctan2,
}
"""Each takes (left, right, out=)."""
COMPARISONS: Final[dict[str, Callable[..., BoolArray]]] = {
    "==": np.equal,
    "!=": np.not_equal,
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "<=": np.less_equal,
}
"""Each takes (left, right)."""


def larger(left: FloatArray, right: FloatArray) -> FloatArray:
    """The larger number; NaN unless the other one is +Inf, as in Go."""
    return np.where((left == np.inf) | (right == np.inf), np.inf, np.maximum(left, right))


def smaller(left: FloatArray, right: FloatArray) -> FloatArray:
    """The smaller number; NaN unless the other one is -Inf, as in Go."""
    return np.where((left == -np.inf) | (right == -np.inf), -np.inf, np.minimum(left, right))


def scalar_math(op: str, args: Sequence[FloatArray]) -> FloatArray:
    """An operator, `negate`, `max_of` or `min_of`; comparisons yield 1 and 0."""
    if op == "negate":
        return -args[0]
    left, right = args
    if op == "max_of":
        return larger(left, right)
    if op == "min_of":
        return smaller(left, right)
    if op in COMPARISONS:
        return COMPARISONS[op](left, right).astype(np.float64)
    return ARITHMETIC[op](left, right)
