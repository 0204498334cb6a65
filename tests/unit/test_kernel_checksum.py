"""CRC-32C as the formats on disk state it."""

from __future__ import annotations

import crc32c as package
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.kernel.checksum import crc32c


def test_the_check_value_of_the_standard() -> None:
    """RFC 3720 and the catalogue of CRCs state it for the nine digits."""
    assert crc32c(b"123456789") == 0xE3069283


@settings(deadline=None)
@given(head=st.binary(max_size=300), tail=st.binary(max_size=300))
def test_parts_give_what_the_whole_gives(head: bytes, tail: bytes) -> None:
    """A checksum goes on where an earlier call ended, on any buffer, and is the package's own."""
    assert crc32c(memoryview(tail), crc32c(head)) == crc32c(head + tail) == package.crc32c(head + tail)
