"""A file of named, checksummed NumPy arrays that are used where they lie in the mapping.

Layout: magic, count, a table of (name, dtype, offset, bytes, crc32c), the table's own crc32c, then the arrays.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vedette.errors import Corruption
from vedette.kernel.checksum import crc32c

ENTRY: Final = np.dtype([("name", "S24"), ("dtype", "S4"), ("crc", "<u4"), ("offset", "<u8"), ("bytes", "<u8")])
_MAGIC_BYTES: Final = 8
_ALIGN: Final = 8


def pack_sections(magic: bytes, arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """The whole file; arrays are stored little-endian and 8-byte aligned."""
    table = np.zeros(len(arrays), dtype=ENTRY)
    offset = _aligned(_MAGIC_BYTES + 4 + table.nbytes + 4)
    bodies = []
    for entry, (name, array) in zip(table, arrays.items(), strict=True):
        body = array.tobytes()
        dtype = array.dtype.newbyteorder("<").str.encode()
        entry["name"], entry["dtype"], entry["crc"] = name.encode(), dtype, crc32c(body)
        entry["offset"], entry["bytes"] = offset, len(body)
        bodies.append(body.ljust(_aligned(len(body)), b"\0"))
        offset += _aligned(len(body))
    head = magic + len(arrays).to_bytes(4, "little") + table.tobytes()
    head += crc32c(head).to_bytes(4, "little")
    return head.ljust(_aligned(len(head)), b"\0") + b"".join(bodies)


def read_sections(path: Path, data: mmap.mmap, magic: bytes) -> dict[str, npt.NDArray[Any]]:
    """Arrays by name, views into `data`. Raises Corruption for a wrong magic, checksum or bound."""
    size = len(data)
    if data[:_MAGIC_BYTES] != magic:
        raise Corruption(f"{path}: begins with {data[:_MAGIC_BYTES]!r}, not {magic!r}")
    count = int.from_bytes(data[_MAGIC_BYTES : _MAGIC_BYTES + 4], "little")
    end = _MAGIC_BYTES + 4 + count * ENTRY.itemsize
    if end + 4 > size or crc32c(data[:end]) != int.from_bytes(data[end : end + 4], "little"):
        raise Corruption(f"{path}: the table of sections fails its checksum")
    table = np.frombuffer(data, dtype=ENTRY, count=count, offset=_MAGIC_BYTES + 4)
    view = memoryview(data)
    arrays: dict[str, npt.NDArray[Any]] = {}
    for entry in table:
        name, offset, length = entry["name"].decode(errors="replace"), int(entry["offset"]), int(entry["bytes"])
        if offset + length > size or crc32c(view[offset : offset + length]) != int(entry["crc"]):
            raise Corruption(f"{path}: section {name} fails its checksum")
        try:
            dtype = np.dtype(entry["dtype"].decode())
            arrays[name] = np.frombuffer(view[offset : offset + length], dtype=dtype)
        except (TypeError, ValueError) as error:
            raise Corruption(f"{path}: section {name} has a type that makes no sense") from error
    return arrays


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGN) * _ALIGN
