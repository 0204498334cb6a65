"""What an ingest protocol is: a pure decoder from bytes to columns, found as the one constant of its file."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from msgspec import Struct, field

from vedette.errors import BadData
from vedette.ingest.report import DropReason, IngestReport
from vedette.kernel import intern
from vedette.kernel.intern import Body, TableDoor, Walk
from vedette.model.labels import Labels
from vedette.model.metadata import MetricMetadata
from vedette.model.special import FloatArray, IntArray


class BadSeries(Exception):
    """The bytes that identify a series are of no use. Never leaves ingest: it becomes a drop."""

    def __init__(self, reason: DropReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class Decoded(Struct):
    """N samples as columns, with what the intern table did not know.

    refs: int64[N], see `kernel.intern.Walk`; timestamps_ms: int64[N], `NO_TIMESTAMP` where the sender gave none;
    values: float64[N]; missed: int64[M] entries of the table; keys: M raw keys.
    """

    generation: int
    refs: IntArray
    timestamps_ms: IntArray
    values: FloatArray
    missed: IntArray
    keys: list[bytes]
    problems: dict[int, int]
    examples: list[tuple[int, int]]
    metadata: Mapping[str, MetricMetadata] = field(default_factory=dict)

    @classmethod
    def of(cls, walk: Walk) -> Decoded:
        """The columns of a walk; metadata slices are the protocol's business."""
        generation, refs, timestamps, values, missed, keys, problems, examples, _ = walk
        return cls(
            generation,
            np.frombuffer(refs, dtype=np.int64),
            np.frombuffer(timestamps, dtype=np.int64),
            np.frombuffer(values, dtype=np.float64),
            np.frombuffer(missed, dtype=np.int64),
            keys,
            problems,
            examples,
        )


class Protocol(Struct, frozen=True):
    """A wire format. `decode(body, table, options)` raises BadData when nothing of the body can be used;
    `parse_key(key)` gives the labels of a missed key or raises BadSeries; `unit` is what positions count."""

    name: str
    options: type[Any]
    decode: Callable[[Body, TableDoor, Any], Decoded]
    parse_key: Callable[[bytes], Labels]
    unit: str
    # Where a sample without a timestamp gets the time of its arrival; else it is dropped.
    fills_time: bool = True


# What the codes of kernel.intern mean: the reason and the words.
PROBLEMS: Final[Mapping[int, tuple[DropReason, str]]] = {
    intern.BAD_NAME: (DropReason.MALFORMED, "no metric name"),
    intern.BAD_LABELS: (DropReason.MALFORMED, "the labels are not closed by }"),
    intern.BAD_VALUE: (DropReason.MALFORMED, "the value is not a number"),
    intern.BAD_TIMESTAMP: (DropReason.BAD_TIMESTAMP, "the timestamp is not a number or out of range"),
    intern.TRAILING_TEXT: (DropReason.MALFORMED, "text after the timestamp"),
    intern.NO_VALUE: (DropReason.MALFORMED, "no value"),
    intern.NO_FIELDS: (DropReason.MALFORMED, "no fields"),
    intern.BAD_FIELD: (DropReason.MALFORMED, "a field is not name=value"),
    intern.STRING_VALUE: (DropReason.UNSUPPORTED_VALUE, "a string field is not stored"),
    intern.EXEMPLAR: (DropReason.EXEMPLAR, "exemplars are not stored"),
    intern.NATIVE_HISTOGRAM: (DropReason.NATIVE_HISTOGRAM, "native histograms are not stored"),
    intern.NO_EOF: (DropReason.MALFORMED, "the text does not end with # EOF, so it may be cut short"),
    intern.AFTER_EOF: (DropReason.MALFORMED, "text after # EOF"),
    intern.KEY_TOO_LONG: (DropReason.LABEL_LIMIT, f"labels longer than {intern.MAX_KEY_BYTES} bytes"),
    intern.BAD_SYMBOL: (DropReason.INVALID_LABELS, "a label reference is not in the symbol table"),
    intern.BAD_ITEM: (DropReason.MALFORMED, "neither a sample nor a series of columns"),
    intern.TOO_MANY_MISSES: (DropReason.NEW_SERIES_RATE, "too many new series in one request"),
}
FATAL: Final[Mapping[int, str]] = {
    intern.TRUNCATED: "cut short or with a wrong length",
    intern.BAD_WIRE_TYPE: "not a protobuf field",
    intern.TOO_MANY_SYMBOLS: f"more than {intern.MAX_SYMBOLS} symbols",
    intern.TOO_MANY_SAMPLES: f"more than {intern.MAX_SAMPLES} samples in one request",
}
_PLACED: Final = (intern.TRUNCATED, intern.BAD_WIRE_TYPE)


def walk(step: Callable[[], Walk], what: str) -> Walk:
    """Run a walk; a fatal problem becomes BadData with its place."""
    try:
        return step()
    except ValueError as error:
        code, position = error.args
        place = f" at byte {position}" if code in _PLACED else ""
        raise BadData(f"{what}: {FATAL[code]}{place}") from None


def note_problems(decoded: Decoded, unit: str, report: IngestReport) -> None:
    """Enter what the walk found wrong into the report."""
    for code, position in decoded.examples:
        reason, text = PROBLEMS[code]
        report.drop(reason, 1, f"{unit} {position}: {text}", position)
    shown = Counter(code for code, _ in decoded.examples)
    for code, count in decoded.problems.items():
        report.drop(PROBLEMS[code][0], count - shown[code])


def find_protocols() -> dict[str, Protocol]:
    """All protocols of the package by name; a file whose constant is missing or of another type is an error."""
    package = importlib.import_module("vedette.ingest.protocols")
    found: dict[str, Protocol] = {}
    for module in pkgutil.iter_modules(package.__path__):
        protocol = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "PROTOCOL", None)
        if not isinstance(protocol, Protocol):
            raise TypeError(f"BUG: ingest/protocols/{module.name}.py has no PROTOCOL")
        found[protocol.name] = protocol
    return found
