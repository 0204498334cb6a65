"""JSON of query results: the compiled kernel where it was built, else its plain twin; both give the same bytes."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from typing import Protocol

from vedette.kernel import plain_text
from vedette.kernel.plain_text import BoolArray, FloatArray, IntArray, format_time, format_value

__all__ = ["COMPILED", "columns", "format_time", "format_value", "matrix", "ragged", "vector"]


class Kernel(Protocol):
    """See plain_text for shapes and errors. Arrays must be contiguous."""

    def matrix(
        self,
        names: Sequence[bytes],
        order: IntArray,
        timestamps_ms: IntArray,
        values: FloatArray,
        present: BoolArray,
        /,
    ) -> bytes: ...

    def ragged(
        self, names: Sequence[bytes], starts: IntArray, timestamps_ms: IntArray, values: FloatArray, /
    ) -> bytes: ...

    def vector(
        self, names: Sequence[bytes], order: IntArray, time_ms: int, values: FloatArray, present: BoolArray, /
    ) -> bytes: ...

    def columns(
        self, names: Sequence[bytes], order: IntArray, steps: int, values: FloatArray, present: BoolArray, /
    ) -> bytes: ...


def _choose() -> tuple[Kernel, bool]:
    if os.environ.get("VEDETTE_NO_KERNEL") != "1":
        try:
            compiled: Kernel = importlib.import_module("vedette.kernel._text")
        except ImportError:
            pass
        else:
            return compiled, True
    return plain_text, False


_kernel, COMPILED = _choose()
matrix = _kernel.matrix
ragged = _kernel.ragged
vector = _kernel.vector
columns = _kernel.columns
