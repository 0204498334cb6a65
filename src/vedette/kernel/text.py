"""JSON of query results: the compiled kernel where it was built, else its plain twin; both give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from vedette.kernel import WANTED, plain_text
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
    if WANTED:
        try:
            from vedette.kernel import _text  # noqa: PLC0415 - built only where a compiler is
        except ImportError:
            pass
        else:
            return _text, True
    return plain_text, False


_kernel, COMPILED = _choose()
matrix = _kernel.matrix
ragged = _kernel.ragged
vector = _kernel.vector
columns = _kernel.columns
