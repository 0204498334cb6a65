import mmap

from vedette.kernel.arrays import FloatArray, IntArray
from vedette.kernel.plain_pages import StatusArray

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
) -> None: ...
