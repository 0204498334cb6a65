import mmap
from typing import Any

import numpy.typing as npt

from vedette.kernel.arrays import FloatArray, IntArray

def checksum(data: bytes, by_tables: bool, /) -> int: ...
def directory(sections: tuple[npt.NDArray[Any], ...], data: mmap.mmap | bytes, page_samples: int, /) -> object: ...
def lay_out(directory: object, rows: IntArray, start_ms: int, end_ms: int, /) -> tuple[int, int, int] | None: ...
def decode(
    directory: object,
    rows: IntArray,
    low: IntArray,
    high: IntArray,
    begin: IntArray,
    checked: bytearray | bytes,
    newest: bool,
    values: FloatArray,
    left: bytearray,
    /,
) -> tuple[int, int, int, int]: ...
