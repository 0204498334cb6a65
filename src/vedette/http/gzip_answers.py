"""Compressed answers: for whom, and a stream of gzip whose parts are compressed wherever there is room for it."""

from __future__ import annotations

import ipaddress
import struct
import zlib
from typing import Final

import cramjam
from starlette.types import Scope

GZIP_FROM_BYTES: Final = 32 * 1024
"""Smaller answers are not worth compressing."""
GZIP_HEADERS: Final = ((b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"))
_LEVEL: Final = 1
_FORWARDED: Final = frozenset((b"x-forwarded-for", b"forwarded", b"via"))


def accepts_gzip(scope: Scope) -> bool:
    """Whether the client asked for gzip."""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            return any(
                part.split(b";")[0].strip() == b"gzip" and part.partition(b";")[2].strip() != b"q=0"
                for part in value.split(b",")
            )
    return False


def wants_gzip(scope: Scope) -> bool:
    """The same without clients on this machine: compressing takes longer than the bytes that it saves."""
    return accepts_gzip(scope) and not _is_near(scope)


def _is_near(scope: Scope) -> bool:
    client = scope.get("client")
    if not client or any(name in _FORWARDED for name, _ in scope["headers"]):
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def compress(body: bytes) -> bytes:
    """gzip at its fastest level."""
    return bytes(cramjam.gzip.compress(body, level=_LEVEL))


def deflate(part: bytes) -> bytes:
    """A part of a `GzipStream`, which knows nothing of the parts before it."""
    stream = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(part) + stream.flush(zlib.Z_SYNC_FLUSH)


class GzipStream:
    """One gzip member (RFC 1952) of parts that were compressed by themselves: what pigz does to use many cores."""

    HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
    _LAST_BLOCK: Final = b"\x03\x00"

    def __init__(self) -> None:
        self._crc = 0
        self._size_bytes = 0

    def count(self, part: bytes) -> None:
        """Take note of a part that is sent next."""
        self._crc = zlib.crc32(part, self._crc)
        self._size_bytes += len(part)

    def tail(self) -> bytes:
        """What follows the last part."""
        return self._LAST_BLOCK + struct.pack("<II", self._crc, self._size_bytes & 0xFFFFFFFF)
