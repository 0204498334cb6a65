"""Protobuf's wire format, as far as remote write needs it."""

from __future__ import annotations

import struct
from typing import Final

from vedette.kernel import intern
from vedette.kernel.intern import NORMAL_NAN_BITS, STALE_BITS

_NORMAL_NAN: Final[float] = struct.unpack("<d", struct.pack("<Q", NORMAL_NAN_BITS))[0]
_U64: Final = 2**64 - 1


class Reader:
    """Reads protobuf wire format between two offsets; raises ValueError(code, offset)."""

    def __init__(self, body: bytes, start: int, end: int) -> None:
        self.body, self.position, self.end = body, start, end

    def __bool__(self) -> bool:
        return self.position < self.end

    def varint(self) -> int:
        """The next varint, modulo 2**64."""
        start, value = self.position, 0
        for shift in range(0, 70, 7):
            if self.position >= self.end:
                break
            byte = self.body[self.position]
            self.position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & _U64
        raise ValueError(intern.TRUNCATED, start)

    def field(self) -> tuple[int, int]:
        """The next (field number, wire type)."""
        start = self.position
        tag = self.varint()
        if tag >> 3 == 0 or tag & 7 not in (0, 1, 2, 5):
            raise ValueError(intern.BAD_WIRE_TYPE, start)
        return tag >> 3, tag & 7

    def span(self) -> tuple[int, int]:
        """(start, end) of the next length-delimited value."""
        start = self.position
        length = self.varint()
        if length > self.end - self.position:
            raise ValueError(intern.TRUNCATED, start)
        self.position += length
        return self.position - length, self.position

    def double(self) -> float:
        """The next fixed64 as a float; NaNs other than staleness markers are made one."""
        if self.end - self.position < 8:
            raise ValueError(intern.TRUNCATED, self.position)
        bits = self.body[self.position : self.position + 8]
        self.position += 8
        value: float = struct.unpack("<d", bits)[0]
        return _NORMAL_NAN if value != value and int.from_bytes(bits, "little") != STALE_BITS else value

    def skip(self, wire_type: int) -> None:
        """Pass over a value."""
        if wire_type == 0:
            self.varint()
        elif wire_type == 2:
            self.span()
        else:
            width = 8 if wire_type == 1 else 4
            if self.end - self.position < width:
                raise ValueError(intern.TRUNCATED, self.position)
            self.position += width


def varint(value: int) -> bytes:
    """Protobuf's variable-length integer."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
