"""Influx line protocol; the metric name is `measurement_field`, tags are labels."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from vedette.errors import BadData
from vedette.ingest.protocol import BadSeries, Decoded, Protocol, walk
from vedette.ingest.protocols.exposition import labels_of
from vedette.ingest.report import DropReason
from vedette.kernel.intern import Body, TableDoor
from vedette.model.labels import METRIC_NAME, Labels

# Milliseconds = timestamp * first // second.
PRECISIONS: Final = {
    "ns": (1, 1_000_000),
    "n": (1, 1_000_000),
    "us": (1, 1000),
    "u": (1, 1000),
    "µ": (1, 1000),
    "ms": (1, 1),
    "s": (1000, 1),
    "m": (60_000, 1),
    "h": (3_600_000, 1),
}
_ESCAPED: Final = re.compile(r"\\([,= \\])")


class Options(Struct, frozen=True):
    """`precision` of the timestamps: ns, us, ms, s, m or h."""

    precision: str = "ns"


def decode(body: Body, table: TableDoor, options: Options) -> Decoded:
    """Samples of line protocol, one for each field."""
    factors = PRECISIONS.get(options.precision or "ns")
    if factors is None:
        raise BadData(f"precision {options.precision!r} is none of ns, us, ms, s, m, h")
    return Decoded.of(walk(lambda: table.influx(body, *factors), "line protocol"))


def parse_key(key: bytes) -> Labels:
    """Labels of `measurement,tag=value field`."""
    try:
        text = key.decode()
    except UnicodeDecodeError:
        raise BadSeries(DropReason.INVALID_LABELS, f"not UTF-8: {key[:100]!r}") from None
    head, _, field = _cut(text, " ")
    measurement, _, tags = _cut(head, ",")
    name = f"{_unescape(measurement)}_{_unescape(field)}"
    pairs = [(METRIC_NAME, name)]
    while tags:
        tag, _, tags = _cut(tags, ",")
        label, equals, value = _cut(tag, "=")
        if not label or not equals:
            raise BadSeries(DropReason.MALFORMED, f"a tag is not name=value: {head[:200]}")
        pairs.append((_unescape(label), _unescape(value)))
    return labels_of(pairs)


def _cut(text: str, separator: str) -> tuple[str, str, str]:
    """As str.partition, but a backslash protects the character after it."""
    if "\\" not in text:
        return text.partition(separator)
    position = 0
    while position < len(text) and text[position] != separator:
        position += 2 if text[position] == "\\" else 1
    return text[:position], text[position : position + 1], text[position + 1 :]


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


PROTOCOL = Protocol("influx", Options, decode, parse_key, "line")
