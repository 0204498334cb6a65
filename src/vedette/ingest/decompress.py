"""Decompression of request bodies, bounded while it runs: a small body cannot become an enormous one."""

from __future__ import annotations

import zlib
from typing import Final

import cramjam

from vedette.errors import BadData, LimitExceeded, Unsupported
from vedette.ingest.settings import IngestSettings
from vedette.kernel.intern import Body
from vedette.kernel.protobuf import Reader

ENCODINGS: Final = ("identity", "gzip", "deflate", "snappy", "zstd")
RATIO_FREE_BYTES: Final = 1024 * 1024
"""Bodies up to this size may have any ratio: ten thousand equal lines compress well and harm nobody."""
_STEP_BYTES: Final = 1024 * 1024


def decompress(body: bytes, encoding: str, settings: IngestSettings) -> Body:
    """The body as its sender meant it; `encoding` is a Content-Encoding, in which snappy is the block format.

    Raises BadData for broken bytes, LimitExceeded beyond the sizes of the settings, Unsupported for other encodings.
    """
    name = encoding.strip().lower() or "identity"
    match name:
        case "identity":
            limit = settings.max_body_decoded_bytes
            return body if len(body) <= limit else _too_large(settings)
        case "gzip" | "x-gzip":
            return _inflate(body, 31, settings)
        case "deflate":
            return _inflate(body, 15, settings)
        case "snappy":
            return _snappy(body, settings)
        case "zstd":
            return _zstd(body, settings)
        case _:
            raise Unsupported(f"Content-Encoding {name!r} is none of {', '.join(ENCODINGS)}")


def allowed_bytes(body: bytes, settings: IngestSettings) -> int:
    """How large the body may become."""
    return min(settings.max_body_decoded_bytes, max(RATIO_FREE_BYTES, settings.max_body_ratio * len(body)))


def _too_large(settings: IngestSettings) -> Body:
    raise LimitExceeded(
        f"the decompressed body is larger than ingest.max_body_decoded = {settings.max_body_decoded_bytes} bytes "
        f"or more than ingest.max_body_ratio = {settings.max_body_ratio} times its compressed size",
        limit="ingest.max_body_decoded",
        value=settings.max_body_decoded_bytes,
    )


def _inflate(body: bytes, window_bits: int, settings: IngestSettings) -> Body:
    limit = allowed_bytes(body, settings)
    whole = bytearray()
    rest = body
    try:
        # One round for each member: gzip files may be joined.
        while rest or not whole:
            stream = zlib.decompressobj(window_bits)
            pending = rest
            while not stream.eof:
                piece = stream.decompress(pending, _STEP_BYTES)
                whole += piece
                if len(whole) > limit:
                    return _too_large(settings)
                pending = stream.unconsumed_tail
                if not piece and not pending and not stream.eof:
                    raise BadData("the compressed body is cut short")
            rest = stream.unused_data
            if not rest:
                break
    except zlib.error as error:
        raise BadData(f"the compressed body is broken: {error}") from None
    return whole


def _snappy(body: bytes, settings: IngestSettings) -> Body:
    try:
        size = Reader(body, 0, min(len(body), 10)).varint()
    except ValueError:
        raise BadData("the snappy body does not begin with its size") from None
    if size > allowed_bytes(body, settings):
        return _too_large(settings)
    whole = bytearray(size)
    try:
        written = cramjam.snappy.decompress_raw_into(body, whole)
    except cramjam.DecompressionError as error:
        raise BadData(f"the snappy body is broken: {error}") from None
    if written != size:
        raise BadData("the snappy body is cut short")
    return whole


def _zstd(body: bytes, settings: IngestSettings) -> Body:
    # Room for all that is allowed: memory that is never written to is never taken from the system.
    whole = bytearray(allowed_bytes(body, settings))
    try:
        written = cramjam.zstd.decompress_into(body, whole)
    except cramjam.DecompressionError as error:
        if "whole buffer" in str(error):
            return _too_large(settings)
        raise BadData(f"the zstd body is broken: {error}") from None
    del whole[written:]
    return whole
