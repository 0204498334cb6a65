"""Decoding of many pages of compressed numbers in one call.

The compiled kernel decodes integers, without the GIL; what it leaves over, and everything where it was not built, the
plain twin does.
"""

from __future__ import annotations

import mmap
from typing import Final, Protocol

from vedette.kernel import WANTED, plain_pages
from vedette.kernel.arrays import FloatArray, IntArray
from vedette.kernel.plain_pages import DAMAGED, DONE, PENDING, StatusArray

__all__ = ["COMPILED", "DAMAGED", "DONE", "PENDING", "PREFIX_STEP", "StatusArray", "Unpack", "unpack"]

PREFIX_STEP: Final = 256
"""Wanted prefixes of a page are a multiple of this, or the whole page."""


class Unpack(Protocol):
    """Decode pages of pco's wrapped format to values = integer * multiplier / divisor.

    data    the file; header is pco's own file header
    chunks  int64[C, 5]: kind, begin and end of the chunk's description in data, first and end row
    rows    int64[R, 5]: first and end page, how many numbers to skip, how many values to give, where in `values`
    scales  float64[R, 2]: multiplier and divisor
    pages   int64[P, 4]: begin and end in data, numbers in the page, how many of them are wanted
    status  uint8[C]: only chunks that are PENDING are decoded, and become DONE or DAMAGED

    The numbers of a row are those wanted of its pages, one after the other. Raises ValueError when the plan points
    outside of its arrays.
    """

    def __call__(
        self,
        data: mmap.mmap | bytes,
        header: bytes,
        chunks: IntArray,
        rows: IntArray,
        scales: FloatArray,
        pages: IntArray,
        values: FloatArray,
        status: StatusArray,
        /,
    ) -> None: ...


def _load() -> Unpack | None:
    if not WANTED:
        return None
    try:
        from vedette.kernel import _pages  # noqa: PLC0415 - built only where a compiler is
    except ImportError:
        return None
    compiled: Unpack = _pages.unpack
    return compiled


COMPILED: Final = _load()


def unpack(
    data: mmap.mmap | bytes,
    header: bytes,
    chunks: IntArray,
    rows: IntArray,
    scales: FloatArray,
    pages: IntArray,
    values: FloatArray,
    status: StatusArray,
    /,
) -> None:
    """See Unpack."""
    if COMPILED is not None:
        COMPILED(data, header, chunks, rows, scales, pages, values, status)
    if (status == PENDING).any():
        plain_pages.unpack(data, header, chunks, rows, scales, pages, values, status)
