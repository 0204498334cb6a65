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


def _sample(body: bytes, start: int, end: int) -> tuple[int, float]:
    reader, timestamp, value = Reader(body, start, end), 0, 0.0
    while reader:
        match reader.field():
            case (1, 1):
                value = reader.double()
            case (2, 0):
                timestamp = reader.varint()
            case (_, wire_type):
                reader.skip(wire_type)
    return timestamp - 2**64 if timestamp >= 2**63 else timestamp, value


def _remote_write_1(columns: Columns, body: bytes) -> None:
    reader, index = Reader(body, 0, len(body)), 0
    while reader:
        match reader.field():
            case (1, 2):
                _series_1(columns, body, *reader.span(), index)
                index += 1
            case (3, 2):
                start, end = reader.span()
                columns.metadata.append(body[start:end])
            case (_, wire_type):
                reader.skip(wire_type)


def _series_1(columns: Columns, body: bytes, start: int, end: int, index: int) -> None:
    reader, key, samples, exemplars, histograms = Reader(body, start, end), b"", [], 0, 0
    while reader:
        begin = reader.position
        match reader.field():
            case (1, 2):
                key += body[begin : reader.span()[1]]
            case (2, 2):
                samples.append(_sample(body, *reader.span()))
            case (3, 2):
                reader.span()
                exemplars += 1
            case (4, 2):
                reader.span()
                histograms += 1
            case (_, wire_type):
                reader.skip(wire_type)
    columns.problem(intern.EXEMPLAR, index, exemplars)
    columns.problem(intern.NATIVE_HISTOGRAM, index, histograms)
    if samples:
        ref, _ = columns.ref_of(key, index, len(samples))
        if ref != intern.UNRESOLVED:
            for timestamp, value in samples:
                columns.append_ref(ref, timestamp, value)


def _remote_write_2(columns: Columns, body: bytes) -> None:
    symbols: list[tuple[int, int]] = []
    series: list[tuple[int, int]] = []
    reader = Reader(body, 0, len(body))
    while reader:
        match reader.field():
            case (4, 2):
                if len(symbols) >= intern.MAX_SYMBOLS:
                    raise ValueError(intern.TOO_MANY_SYMBOLS, 0)
                symbols.append(reader.span())
            case (5, 2):
                series.append(reader.span())
            case (_, wire_type):
                reader.skip(wire_type)
    for index, (start, end) in enumerate(series):
        _series_2(columns, body, symbols, start, end, index)


@dataclass(slots=True)
class _Series2:
    """The fields of a version 2.0 series."""

    refs: list[int] = field(default_factory=list)
    samples: list[tuple[int, float]] = field(default_factory=list)
    exemplars: int = 0
    histograms: int = 0
    described: bytes = b""


def _read_series_2(body: bytes, symbols: Sequence[tuple[int, int]], start: int, end: int) -> _Series2:
    reader, series = Reader(body, start, end), _Series2()
    while reader:
        match reader.field():
            case (1, 2):
                packed = Reader(body, *reader.span())
                while packed:
                    series.refs.append(packed.varint())
            case (1, 0):
                series.refs.append(reader.varint())
            case (2, 2):
                series.samples.append(_sample(body, *reader.span()))
            case (3, 2):
                reader.span()
                series.histograms += 1
            case (4, 2):
                reader.span()
                series.exemplars += 1
            case (5, 2):
                series.described = _metadata_2(body, symbols, *reader.span())
            case (_, wire_type):
                reader.skip(wire_type)
    return series


def _series_2(
    columns: Columns, body: bytes, symbols: Sequence[tuple[int, int]], start: int, end: int, index: int
) -> None:
    series = _read_series_2(body, symbols, start, end)
    columns.problem(intern.EXEMPLAR, index, series.exemplars)
    columns.problem(intern.NATIVE_HISTOGRAM, index, series.histograms)
    samples = series.samples
    if not samples:
        return
    if len(series.refs) > intern.MAX_LABEL_REFS:
        columns.problem(intern.KEY_TOO_LONG, index, len(samples))
        return
    if len(series.refs) % 2 or any(ref >= len(symbols) for ref in series.refs):
        columns.problem(intern.BAD_SYMBOL, index, len(samples))
        return
    spans = [symbols[ref] for ref in series.refs]
    built = sum(stop - first for first, stop in spans)
    columns.built_bytes += built
    if built > intern.MAX_KEY_BYTES or columns.built_bytes > intern.MAX_BUILT_KEY_BYTES:
        columns.problem(intern.KEY_TOO_LONG, index, len(samples))
        return
    ref, missed = columns.ref_of(label_key([body[first:stop] for first, stop in spans]), index, len(samples))
    if missed:
        columns.metadata.append(series.described)
    if ref != intern.UNRESOLVED:
        for timestamp, value in samples:
            columns.append_ref(ref, timestamp, value)


def _metadata_2(body: bytes, symbols: Sequence[tuple[int, int]], start: int, end: int) -> bytes:
    reader, kind, spans = Reader(body, start, end), 0, {3: (0, 0), 4: (0, 0)}
    while reader:
        match reader.field():
            case (1, 0):
                kind = reader.varint()
            case (3 | 4 as number, 0):
                ref = reader.varint()
                spans[number] = symbols[ref] if ref < len(symbols) else (0, 0)
            case (_, wire_type):
                reader.skip(wire_type)
    offsets = [offset for first, stop in (spans[3], spans[4]) for offset in (first, stop - first)]
    return struct.pack("<5q", kind & 0xFFFF, *offsets)


def varint(value: int) -> bytes:
    """Protobuf's variable-length integer."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
