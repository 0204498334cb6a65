"""Prometheus text 0.0.4 and OpenMetrics 1.0: what targets serve and what is pushed in the same notation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from vedette.errors import BadData
from vedette.exposition.metadata import parse_metadata
from vedette.ingest.protocol import PROBLEMS, BadSeries, Decoded, Protocol, walk
from vedette.ingest.report import DropReason
from vedette.kernel import intern
from vedette.kernel.intern import Body, TableDoor
from vedette.model.labels import METRIC_NAME, Labels, is_classic_metric_name

OPENMETRICS: Final = "application/openmetrics-text"

# Problems that leave samples out by design; all others make a scrape fail.
_HARMLESS: Final = frozenset((intern.EXEMPLAR, intern.TOO_MANY_MISSES))
_LABEL: Final = re.compile(
    r'[ \t]*(?:([a-zA-Z_][a-zA-Z0-9_]*)|"((?:[^"\\]|\\.)*)")[ \t]*(=)?[ \t]*(?(3)"((?:[^"\\]|\\.)*)")[ \t]*(,|$)',
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n"}


class Options(Struct, frozen=True):
    """`content_type` as sent; `strict`: the first malformed line spoils the whole body."""

    content_type: str = ""
    strict: bool = False


def decode(body: Body, table: TableDoor, options: Options) -> Decoded:
    """Samples of an exposition."""
    openmetrics = options.content_type.partition(";")[0].strip().lower() == OPENMETRICS
    walked = walk(lambda: table.exposition(body, openmetrics), "exposition")
    decoded = Decoded.of(walked)
    if options.strict:
        for code, line in decoded.examples:
            if code not in _HARMLESS:
                raise BadData(f"line {line}: {PROBLEMS[code][1]}")
    decoded.metadata = parse_metadata(walked[-1], openmetrics=openmetrics)
    return decoded


def parse_key(key: bytes) -> Labels:
    """Labels of the text before the value."""
    try:
        text = key.decode()
    except UnicodeDecodeError:
        raise BadSeries(DropReason.INVALID_LABELS, f"not UTF-8: {key[:100]!r}") from None
    name, brace, inside = text.partition("{")
    name = name.rstrip(" \t")
    if name and not is_classic_metric_name(name):
        raise BadSeries(DropReason.MALFORMED, f"not a metric name: {name[:200]!r}")
    labels = [(METRIC_NAME, name)] if name else []
    if brace:
        labels += _parse_pairs(inside[:-1], text)
    return labels_of(labels)


def labels_of(pairs: Sequence[tuple[str, str]]) -> Labels:
    """Labels of pairs in any order; a repeated name is refused."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise BadSeries(DropReason.INVALID_LABELS, f"a label name occurs twice: {values!s:.300}")
    return Labels(tuple(sorted(pair for pair in pairs if pair[1]) if "" in values.values() else sorted(pairs)))


def _parse_pairs(inside: str, text: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    position = 0
    inside = inside.rstrip(" \t")
    while position < len(inside):
        match = _LABEL.match(inside, position)
        if match is None:
            raise BadSeries(
                DropReason.MALFORMED, f"labels do not parse at {inside[position : position + 40]!r}: {text[:200]}"
            )
        bare, quoted, equals, value, _ = match.groups()
        if equals is not None:
            pairs.append((bare if bare is not None else _unescape(quoted), _unescape(value)))
        elif quoted is not None and position == 0 and text.startswith("{"):
            # As Prometheus 3 writes names outside the classic character set: {"name", label="value"}.
            pairs.append((METRIC_NAME, _unescape(quoted)))
        else:
            raise BadSeries(DropReason.MALFORMED, f"a label without a value: {text[:200]}")
        position = match.end()
    return pairs


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1] if match[1] in '\\"' else match[0]), text)


PROTOCOL = Protocol("exposition", Options, decode, parse_key, "line")
