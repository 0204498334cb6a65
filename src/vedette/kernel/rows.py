"""Decoding rows of a block by their numbers: the kernel finds their pages in the index and decodes them in one call.

It does most rows; it has no plain twin, since what it leaves over, and everything where it was not built, is planned
and decoded by `tsdb.decode`, which tests compare it with.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import numpy.typing as npt

from vedette.kernel import WANTED
from vedette.kernel.arrays import FloatArray, IntArray

SECTIONS: Final = (
    "row.vector",
    "row.chunk",
    "row.page",
    "row.scale",
    "row.newest",
    "constant",
    "scale.multiplier",
    "scale.divisor",
    "vector.count",
    "vector.first",
    "vector.last",
    "vector.step",
    "chunk.offset",
    "chunk.checksum",
    "chunk.kind",
    "chunk.page",
    "page.offset",
)
"""What the kernel takes of an index, in its order."""


_compiled: Any = None
if WANTED:
    with suppress(ImportError):
        from vedette.kernel import _rows as _compiled  # built only where a compiler is
BUILT: Final[bool] = _compiled is not None


class RowKernel:
    """The kernel over one block; thread-safe. It keeps the mapping alive, and some decoders."""

    __slots__ = ("_directory",)

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]], data: mmap.mmap | bytes, page_samples: int) -> None:
        """Over the sections of an index and the content of its chunks file; rows have pages of up to `page_samples`.

        Raises ValueError when the lengths of the sections do not fit each other.
        """
        self._directory = _compiled.directory(tuple(arrays[name] for name in SECTIONS), data, page_samples)

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], data: mmap.mmap | bytes, page_samples: int) -> RowKernel | None:
        """None where the kernel was not built."""
        return None if not BUILT else cls(arrays, data, page_samples)

    def lay_out(self, rows: IntArray, start_ms: int, end_ms: int) -> tuple[int, int, int] | None:
        """The one timestamp vector of all rows and which part of it lies in the time range, both ends included.

        (vector, low, high); low and high are -1 for a vector that is not even. None when the rows have several
        vectors, or there are none. Raises ValueError for rows that the block has not.
        """
        found: tuple[int, int, int] | None = _compiled.lay_out(self._directory, rows, start_ms, end_ms)
        return found

    def decode(
        self,
        rows: IntArray,
        low: IntArray,
        high: IntArray,
        begin: IntArray,
        checked: bytearray,
        values: FloatArray,
        left: bytearray,
        *,
        newest: bool,
    ) -> tuple[int, int, int, int]:
        """Put the columns low[k]:high[k] of row k at values[begin[k]:].

        rows, begin  int64[K]
        low, high    int64[K], or int64[1] for all rows
        checked      uint8[chunks]: becomes 1 for chunks whose checksum was found right; they are not summed again
        left         uint8[K], zeros: becomes 1 for rows that were left over: of chunks that are damaged, have
                     exceptions, hold floating-point numbers or make no sense
        newest       the newest sample of a row, wanted alone, is taken from the index

        Returns how many rows were left over, and of the others the chunks, samples and bytes that were decoded. Raises
        ValueError when a row does not exist or does not fit.
        """
        done: tuple[int, int, int, int] = _compiled.decode(
            self._directory, rows, low, high, begin, checked, newest, values, left
        )
        return done
