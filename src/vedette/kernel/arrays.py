"""Types of the arrays that kernels take, and the bit pattern that ends a series."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

STALE_BITS: Final = 0x7FF0_0000_0000_0002
"""Prometheus' staleness marker."""
