"""Functions of single values: mathematics, rounding, clamping, angles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from vedette.model.special import FloatArray
from vedette.promql.functions.scalars import larger, smaller

_Params = Sequence[FloatArray]


def _round(values: FloatArray, params: _Params) -> FloatArray:
    # Multiplying by the inverse is what Prometheus does: fewer accuracy surprises.
    inverse = 1.0 / params[0] if params else np.float64(1.0)
    return np.floor(values * inverse + 0.5) / inverse


def _clamp(values: FloatArray, params: _Params) -> FloatArray:
    low, high = params
    return larger(low, smaller(high, values))


def _clamp_max(values: FloatArray, params: _Params) -> FloatArray:
    return larger(np.float64(-np.inf), smaller(params[0], values))  # type: ignore[arg-type]  # broadcasts


def _clamp_min(values: FloatArray, params: _Params) -> FloatArray:
    return larger(params[0], smaller(np.float64(np.inf), values))  # type: ignore[arg-type]  # broadcasts


def _sign(values: FloatArray, _: _Params) -> FloatArray:
    return np.where(values < 0, -1.0, np.where(values > 0, 1.0, values))


def _plain(function: Callable[[FloatArray], FloatArray]) -> Callable[[FloatArray, _Params], FloatArray]:
    return lambda values, _: function(values)


ELEMENTWISE: Final[dict[str, Callable[[FloatArray, _Params], FloatArray]]] = {
    "abs": _plain(np.abs),
    "acos": _plain(np.arccos),
    "acosh": _plain(np.arccosh),
    "asin": _plain(np.arcsin),
    "asinh": _plain(np.arcsinh),
    "atan": _plain(np.arctan),
    "atanh": _plain(np.arctanh),
    "ceil": _plain(np.ceil),
    "clamp": _clamp,
    "clamp_max": _clamp_max,
    "clamp_min": _clamp_min,
    "cos": _plain(np.cos),
    "cosh": _plain(np.cosh),
    "deg": _plain(lambda values: values * 180 / np.pi),
    "exp": _plain(np.exp),
    "floor": _plain(np.floor),
    "ln": _plain(np.log),
    "log10": _plain(np.log10),
    "log2": _plain(np.log2),
    "negate": _plain(np.negative),
    "rad": _plain(lambda values: values * np.pi / 180),
    "round": _round,
    "sgn": _sign,
    "sin": _plain(np.sin),
    "sinh": _plain(np.sinh),
    "sqrt": _plain(np.sqrt),
    "tan": _plain(np.tan),
    "tanh": _plain(np.tanh),
}
"""By name: (values[s, K], parameters [K] each) -> values[s, K]."""
