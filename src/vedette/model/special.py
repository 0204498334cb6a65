"""Float64 bit patterns with a meaning of their own."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

STALE_BITS: Final = 0x7FF0_0000_0000_0002
"""Prometheus' staleness marker: the series ended."""
NORMAL_NAN_BITS: Final = 0x7FF8_0000_0000_0001
"""The NaN that user-supplied NaNs are normalised to, as Prometheus does."""

STALE_NAN: Final[float] = float(np.array([STALE_BITS], dtype=np.uint64).view(np.float64)[0])


def is_stale(values: FloatArray) -> BoolArray:
    """Where the values are staleness markers; `values` must be contiguous in its last axis."""
    return np.asarray(values.view(np.uint64) == STALE_BITS)
