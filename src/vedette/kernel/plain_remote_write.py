"""Plain walks over Prometheus remote write, versions 1.0 and 2.0."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from vedette.kernel import intern
from vedette.kernel.protobuf import Reader, varint


class Sink(Protocol):
    """The columns being filled."""

    metadata: list[bytes]
    built_bytes: int

    def problem(self, code: int, position: int, count: int = 1) -> None: ...

    def ref_of(self, key: bytes, position: int, samples: int) -> tuple[int, bool]: ...

    def append_ref(self, ref: int, timestamp: int, value: float) -> None: ...


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


def walk_remote_write_1(columns: Sink, body: bytes) -> None:
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


def _series_1(columns: Sink, body: bytes, start: int, end: int, index: int) -> None:
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


def walk_remote_write_2(columns: Sink, body: bytes) -> None:
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


def _series_2(columns: Sink, body: bytes, symbols: Sequence[tuple[int, int]], start: int, end: int, index: int) -> None:
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


def label_key(texts: Sequence[bytes]) -> bytes:
    """Alternating names and values as the Label messages of remote write 1.0."""
    key = b""
    for name, value in zip(texts[::2], texts[1::2], strict=True):
        label = b"\x0a" + varint(len(name)) + name + b"\x12" + varint(len(value)) + value
        key += b"\x0a" + varint(len(label)) + label
    return key
