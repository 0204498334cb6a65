"""Vedette's own JSON: samples one by one, or one series with columns.

A document is a sample, a list of samples, a series of columns, or an object with `samples` and `series`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, TypeVar

import msgspec
import numpy as np
import orjson
from msgspec import Struct

from vedette.errors import BadData
from vedette.ingest.protocol import Decoded, Protocol
from vedette.ingest.protocols.exposition import labels_of
from vedette.kernel import intern
from vedette.kernel.intern import Body, TableDoor
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.special import NORMAL_NAN_BITS

TimestampMs = Annotated[int, msgspec.Meta(gt=-(2**62), lt=2**62)]
Value = float | bool | str | None
T = TypeVar("T")

# A key of an object that is not UTF-8 comes out of msgspec as it is.
_NO_JSON: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_NAN: Final = float(np.array([NORMAL_NAN_BITS], dtype=np.uint64).view(np.float64)[0])
_WORDS: Final = {"NaN": _NAN, "+Inf": math.inf, "Inf": math.inf, "-Inf": -math.inf}


class Options(Struct, frozen=True):
    """None."""


class Sample(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One sample; `name` is short for the label `__name__`; without `timestamp_ms` it is of now."""

    value: Value
    name: str = ""
    labels: dict[str, str] = {}
    timestamp_ms: TimestampMs = intern.NO_TIMESTAMP


class Columns(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One series with as many values as timestamps; null values are passed over."""

    timestamps_ms: list[TimestampMs]
    values: list[Value]
    name: str = ""
    labels: dict[str, str] = {}


class _Filled:
    """The columns while they grow; `position` counts samples and series of the document from 1."""

    def __init__(self) -> None:
        self.keys: list[bytes] = []
        self.timestamps_ms: list[int] = []
        self.values: list[float] = []
        self.problems: dict[int, int] = {}
        self.examples: list[tuple[int, int]] = []

    def bad(self, code: int, position: int) -> None:
        self.problems[code] = self.problems.get(code, 0) + 1
        if len(self.examples) < intern.MAX_EXAMPLES:
            self.examples.append((code, position))

    def add(self, key: bytes, timestamp_ms: int, value: Value, position: int) -> None:
        number = _WORDS.get(value) if isinstance(value, str) else value
        if number is None:
            self.bad(intern.BAD_VALUE, position)
            return
        self.keys.append(key)
        self.timestamps_ms.append(timestamp_ms)
        self.values.append(float(number))


def decode(body: Body, table: TableDoor, _options: Options) -> Decoded:
    """Samples of a document. Raises BadData when it is no JSON or no document."""
    samples, series = _split(body)
    filled = _Filled()
    position = 0
    for sample in _items(samples, list[Sample], Sample):
        position += 1
        if sample is None:
            filled.bad(intern.BAD_ITEM, position)
        else:
            filled.add(_key(sample.name, sample.labels), sample.timestamp_ms, sample.value, position)
    for columns in _items(series, list[Columns], Columns):
        position += 1
        if columns is None or len(columns.timestamps_ms) != len(columns.values):
            filled.bad(intern.BAD_ITEM, position)
        else:
            _add_columns(filled, columns, position)
    decoded = Decoded.of(table.lookup(filled.keys))
    decoded.timestamps_ms = np.array(filled.timestamps_ms, dtype=np.int64)
    decoded.values = np.array(filled.values, dtype=np.float64)
    for code, count in filled.problems.items():
        decoded.problems[code] = decoded.problems.get(code, 0) + count
    decoded.examples = (filled.examples + decoded.examples)[: intern.MAX_EXAMPLES]
    return decoded


def parse_key(key: bytes) -> Labels:
    """Labels of a canonical JSON object."""
    return labels_of(list(orjson.loads(key).items()))


def _split(body: Body) -> tuple[Body, Body]:
    """(list of samples, list of series) of a document, still as JSON text."""
    start = body.lstrip()[:1]
    if start == b"[":
        return body, b"[]"
    try:
        names = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        if "value" in names:
            return b"[" + body + b"]", b"[]"
        if "values" in names:
            return b"[]", b"[" + body + b"]"
    except _NO_JSON as error:
        raise BadData(f"JSON samples: {error}") from None
    unknown = sorted(set(names) - {"samples", "series"})
    if unknown:
        raise BadData(f"JSON samples: unknown field {unknown[0][:100]!r}, expected samples, series, value or values")
    return bytes(names.get("samples", b"[]")), bytes(names.get("series", b"[]"))


def _items(text: Body, whole: type[list[T]], one: type[T]) -> Iterable[T | None]:
    """The items of a list, None for those that are not as they should be."""
    try:
        return msgspec.json.decode(text, type=whole)
    except _NO_JSON:
        # Some item is wrong: only now each is looked at by itself.
        return _items_one_by_one(text, one)


def _items_one_by_one(text: Body, one: type[T]) -> Iterable[T | None]:
    try:
        items = msgspec.json.decode(text, type=list[msgspec.Raw])
    except _NO_JSON as error:
        raise BadData(f"JSON samples: {error}") from None
    found: list[T | None] = []
    for item in items:
        try:
            found.append(msgspec.json.decode(item, type=one))
        except _NO_JSON:
            found.append(None)
    return found


def _add_columns(filled: _Filled, columns: Columns, position: int) -> None:
    key = _key(columns.name, columns.labels)
    for timestamp_ms, value in zip(columns.timestamps_ms, columns.values, strict=True):
        if value is not None:
            filled.add(key, timestamp_ms, value, position)


def _key(name: str, labels: Mapping[str, str]) -> bytes:
    named = {METRIC_NAME: name, **labels} if name else labels
    return orjson.dumps(named, option=orjson.OPT_SORT_KEYS)


PROTOCOL = Protocol("json", Options, decode, parse_key, "item")
