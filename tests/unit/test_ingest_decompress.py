"""Decompression: every encoding, broken bodies, and bombs that must not go off."""

from __future__ import annotations

import gzip
import zlib

import cramjam
import pytest

from vedette.errors import BadData, LimitExceeded, Unsupported
from vedette.ingest.decompress import decompress
from vedette.ingest.settings import IngestSettings

SETTINGS = IngestSettings(max_body_decoded_bytes=4 * 2**20, max_body_ratio=100)
TEXT = b"".join(b"metric_%d 1\n" % number for number in range(5000))


def snappy(body: bytes) -> bytes:
    return bytes(cramjam.snappy.compress_raw(body))


def zstd(body: bytes) -> bytes:
    return bytes(cramjam.zstd.compress(body))


ENCODERS = {"gzip": gzip.compress, "deflate": zlib.compress, "snappy": snappy, "zstd": zstd}


@pytest.mark.parametrize("encoding", ENCODERS)
@pytest.mark.parametrize("body", [TEXT, b"a", b""])
def test_a_body_comes_back_whole(encoding: str, body: bytes) -> None:
    """What a sender compressed is what is decoded, also when it is nothing."""
    assert bytes(decompress(ENCODERS[encoding](body), encoding, SETTINGS)) == body
    assert bytes(decompress(ENCODERS[encoding](body), f" {encoding.upper()} ", SETTINGS)) == body


def test_plain_bodies_and_joined_members() -> None:
    """No encoding is `identity`; gzip files may be joined."""
    assert decompress(TEXT, "", SETTINGS) == TEXT
    assert decompress(TEXT, "identity", SETTINGS) == TEXT
    assert bytes(decompress(gzip.compress(b"a") + gzip.compress(b"b"), "gzip", SETTINGS)) == b"ab"
    assert bytes(decompress(zstd(b"a") + zstd(b"b"), "zstd", SETTINGS)) == b"ab"


@pytest.mark.parametrize("encoding", ENCODERS)
def test_a_broken_body_is_bad_data(encoding: str) -> None:
    """Bodies that are cut short, changed or of another kind are refused, never half used."""
    whole = ENCODERS[encoding](TEXT)
    for broken in (whole[:-9], whole[: len(whole) // 2], b"\xff" * 40, whole[:3], b"\x00garbage"):
        with pytest.raises((BadData, LimitExceeded)):
            decompress(broken, encoding, SETTINGS)


@pytest.mark.parametrize("encoding", ENCODERS)
def test_a_bomb_is_refused(encoding: str) -> None:
    """Beyond the size or the ratio nothing is kept, and the limit is named."""
    with pytest.raises(LimitExceeded, match="max_body_decoded") as caught:
        decompress(ENCODERS[encoding](b"0" * (5 * 2**20)), encoding, SETTINGS)
    assert caught.value.limit == "ingest.max_body_decoded"
    narrow = IngestSettings(max_body_decoded_bytes=4 * 2**20, max_body_ratio=10)
    with pytest.raises(LimitExceeded):
        decompress(ENCODERS[encoding](b"0" * (3 * 2**20)), encoding, narrow)
    # A high ratio is fine as long as the result is small.
    assert len(decompress(ENCODERS[encoding](b"0" * 2**20), encoding, narrow)) == 2**20


def test_a_declared_size_alone_takes_no_memory() -> None:
    """A few snappy bytes that claim to be gigabytes are refused before anything is allocated."""
    with pytest.raises(LimitExceeded):
        decompress(b"\xff\xff\xff\xff\x0f" + b"\x00" * 10, "snappy", SETTINGS)


def test_a_large_plain_body_is_refused() -> None:
    """The limit holds without compression, too."""
    with pytest.raises(LimitExceeded):
        decompress(b"0" * (5 * 2**20), "", SETTINGS)


def test_other_encodings_are_unsupported() -> None:
    """The complaint names what would be understood."""
    with pytest.raises(Unsupported, match="'br' is none of identity, gzip, deflate, snappy, zstd"):
        decompress(b"x", "br", SETTINGS)
