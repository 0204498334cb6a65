"""Undoes compression of answers within a limit that holds while it is undone."""

from __future__ import annotations

import zlib
from contextlib import suppress

import cramjam

from vedette.errors import BadData
from vedette.outbound.connection import body_too_large


def plain_body(body: bytes, encoding: str, max_body_bytes: int, limit: str = "body_size_limit") -> bytes:
    """A body without its Content-Encoding. Raises LimitExceeded, BadData. Slow: use a thread."""
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise BadData(f"unknown content encoding {encoding!r}")
    return gunzip(body, max_body_bytes, limit)


def gunzip(body: bytes, max_body_bytes: int, limit: str = "body_size_limit") -> bytes:
    """Undo gzip. Raises LimitExceeded as soon as the text would be larger than allowed, BadData when it is damaged."""
    # The trailer states the size, which spares growing; it is not trusted: what does not fit goes the careful way.
    stated = int.from_bytes(body[-4:], "little") if body.startswith(b"\x1f\x8b") and len(body) >= 18 else 0
    if stated > max_body_bytes:
        raise body_too_large(max_body_bytes, limit)
    if 0 < stated <= 1024 * len(body):
        plain = bytearray(stated)
        with suppress(cramjam.DecompressionError):
            if cramjam.gzip.decompress_into(body, plain) == stated:
                return bytes(plain)
    parts: list[bytes] = []
    size = 0
    rest = body
    try:
        while rest:
            stream = zlib.decompressobj(wbits=31)
            parts.append(stream.decompress(rest, max_body_bytes - size + 1))
            size += len(parts[-1])
            if size > max_body_bytes:
                raise body_too_large(max_body_bytes, limit)
            if not stream.eof:
                raise BadData("the gzip stream is cut short")
            rest = stream.unused_data
    except zlib.error as error:
        raise BadData(f"not valid gzip: {error}") from None
    return b"".join(parts)
