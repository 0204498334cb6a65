"""Plain walks over line formats: Influx line protocol and Prometheus text exposition."""

from __future__ import annotations

import math
import re
import struct
from typing import Protocol

from vedette.kernel import intern
from vedette.kernel.intern import NORMAL_NAN_BITS

_NORMAL_NAN = struct.unpack("<d", struct.pack("<Q", NORMAL_NAN_BITS))[0]
_DECIMAL = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INFINITY = re.compile(rb"([+-]?)(?:inf|infinity)", re.IGNORECASE)
_INTEGER = re.compile(rb"[+-]?[0-9]+")
_TRUE = frozenset((b"t", b"T", b"true", b"True", b"TRUE"))
_FALSE = frozenset((b"f", b"F", b"false", b"False", b"FALSE"))
_BLANKS = b" \t"
_LAST_EXACT_MS = float(2**62)


class Sink(Protocol):
    """The columns being filled."""

    metadata: list[bytes]

    def problem(self, code: int, position: int, count: int = 1) -> None: ...

    def append(self, key: bytes, timestamp: int, value: float, position: int) -> None: ...


class _Bad(Exception):
    """The line is of no use; the argument is the code."""


def parse_decimal(text: bytes) -> float | None:
    """A decimal number, correctly rounded; None when it is none or too large for a float."""
    if _DECIMAL.fullmatch(text) is None:
        return None
    value = float(text)
    return None if math.isinf(value) else value


def parse_value(text: bytes) -> float | None:
    """A sample value of the exposition formats: a decimal, or NaN and infinities in any case."""
    if text.lower() == b"nan":
        return float(_NORMAL_NAN)
    infinity = _INFINITY.fullmatch(text)
    if infinity is not None:
        return -math.inf if infinity[1] == b"-" else math.inf
    return parse_decimal(text)


def parse_int64(text: bytes) -> int | None:
    """A signed 64-bit integer, but not the least one, which means 'no timestamp'."""
    # The slice keeps int() from quadratic work on absurdly long digits, which Python would refuse anyway.
    if _INTEGER.fullmatch(text) is None or len(text.lstrip(b"+-0")) > 19:
        return None
    value = int(text)
    return value if -(2**63) < value < 2**63 else None


def walk_exposition(sink: Sink, body: bytes, openmetrics: bool) -> None:
    """Fill the sink from Prometheus text or OpenMetrics."""
    ended = False
    lines = body.split(b"\n")
    for number, line in enumerate(lines, 1):
        line = line.removesuffix(b"\r").lstrip(_BLANKS)
        if not line:
            continue
        if ended:
            sink.problem(intern.AFTER_EOF, number)
            continue
        if line.startswith(b"#"):
            comment = line[1:].lstrip(_BLANKS)
            if openmetrics and comment.rstrip(_BLANKS) == b"EOF":
                ended = True
            elif comment[:5] in (b"HELP ", b"TYPE ", b"UNIT ", b"HELP\t", b"TYPE\t", b"UNIT\t"):
                sink.metadata.append(comment)
            continue
        try:
            _exposition_line(sink, line, openmetrics, number)
        except _Bad as bad:
            sink.problem(bad.args[0], number)
    if openmetrics and not ended:
        sink.problem(intern.NO_EOF, len(lines))


def _exposition_line(sink: Sink, line: bytes, openmetrics: bool, number: int) -> None:
    key_end = _exposition_key(line)
    rest = line[key_end:].lstrip(_BLANKS)
    token, rest = _token(rest)
    if not token:
        raise _Bad(intern.NO_VALUE)
    value = parse_value(token)
    if value is None:
        raise _Bad(intern.BAD_VALUE)
    timestamp = intern.NO_TIMESTAMP
    if rest and not rest.startswith(b"#"):
        token, rest = _token(rest)
        given = _seconds_as_ms(token) if openmetrics else parse_int64(token)
        if given is None:
            raise _Bad(intern.BAD_TIMESTAMP)
        timestamp = given
    if rest and not rest.startswith(b"#"):
        raise _Bad(intern.TRAILING_TEXT)
    if rest:
        sink.problem(intern.EXEMPLAR, number)
    sink.append(line[:key_end], timestamp, value, number)


def _exposition_key(line: bytes) -> int:
    """Where the text that identifies the series ends."""
    name_end = next((i for i, byte in enumerate(line) if byte in b" \t{"), len(line))
    brace = name_end
    while brace < len(line) and line[brace] in _BLANKS:
        brace += 1
    if brace == len(line) or line[brace : brace + 1] != b"{":
        return name_end
    quoted, position = False, brace + 1
    while position < len(line):
        byte = line[position : position + 1]
        if quoted and byte == b"\\":
            position += 1
        elif byte == b'"':
            quoted = not quoted
        elif byte == b"}" and not quoted:
            return position + 1
        position += 1
    raise _Bad(intern.BAD_LABELS)


def _token(text: bytes) -> tuple[bytes, bytes]:
    """The text up to the next blank, and what follows the blanks."""
    end = next((i for i, byte in enumerate(text) if byte in _BLANKS), len(text))
    return text[:end], text[end:].lstrip(_BLANKS)


def _seconds_as_ms(text: bytes) -> int | None:
    seconds = parse_decimal(text)
    if seconds is None:
        return None
    return math.floor(seconds * 1000.0 + 0.5) if abs(seconds) < _LAST_EXACT_MS / 1000.0 else None


class _Cursor:
    """A place in line protocol; `stop` is where the present line ends (strings may hold newlines)."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.position = 0
        self.number = 0
        self.newline = -1
        self.stop = 0

    def next_line(self) -> bool:
        """Move to the next line; False at the end."""
        if self.newline >= len(self.body):
            return False
        self.number += 1
        self.position = self.newline + 1
        self.find_stop(self.position)
        return True

    def find_stop(self, start: int) -> None:
        """Look for the end of the line from here."""
        found = self.body.find(b"\n", start)
        self.newline = len(self.body) if found < 0 else found
        self.stop = self.newline
        if self.stop > start and self.body[self.stop - 1 : self.stop] == b"\r":
            self.stop -= 1

    def skip_blanks(self) -> None:
        while self.position < self.stop and self.body[self.position] in _BLANKS:
            self.position += 1

    def until(self, ends: bytes, *, escapes: bool) -> bytes:
        """The text up to one of these bytes or the end of the line."""
        start = self.position
        while self.position < self.stop and self.body[self.position] not in ends:
            self.position += 2 if escapes and self.body[self.position : self.position + 1] == b"\\" else 1
        self.position = min(self.position, self.stop)
        return self.body[start : self.position]

    def peek(self) -> bytes:
        return self.body[self.position : self.position + 1] if self.position < self.stop else b""

    def string(self) -> None:
        """Pass over a quoted string, which may hold newlines."""
        position = self.position + 1
        while position < len(self.body) and self.body[position : position + 1] != b'"':
            position += 2 if self.body[position : position + 1] == b"\\" else 1
        if position >= len(self.body):
            raise _Bad(intern.BAD_FIELD)
        self.position = position + 1
        if position > self.newline:
            self.number += self.body.count(b"\n", self.newline, position)
            self.find_stop(self.position)


def walk_influx(sink: Sink, body: bytes, multiply: int, divide: int) -> None:
    """Fill the sink from line protocol."""
    cursor = _Cursor(body)
    while cursor.next_line():
        cursor.skip_blanks()
        if cursor.peek() in (b"", b"#"):
            continue
        number = cursor.number
        try:
            _influx_line(sink, cursor, multiply, divide, number)
        except _Bad as bad:
            sink.problem(bad.args[0], number)


def _influx_line(sink: Sink, cursor: _Cursor, multiply: int, divide: int, number: int) -> None:
    key = cursor.until(b" ", escapes=True)
    if not key or key.startswith(b","):
        raise _Bad(intern.BAD_NAME)
    cursor.skip_blanks()
    if not cursor.peek():
        raise _Bad(intern.NO_FIELDS)
    fields: list[tuple[bytes, float]] = []
    strings = 0
    while True:
        name = cursor.until(b"=, ", escapes=True)
        if not name or cursor.peek() != b"=":
            raise _Bad(intern.BAD_FIELD)
        cursor.position += 1
        if cursor.peek() == b'"':
            cursor.string()
            strings += 1
        else:
            fields.append((name, _field_value(cursor.until(b", ", escapes=False))))
        if cursor.peek() != b",":
            break
        cursor.position += 1
    if cursor.peek() not in (b" ", b"\t", b""):
        raise _Bad(intern.BAD_FIELD)
    timestamp = _influx_timestamp(cursor, multiply, divide)
    sink.problem(intern.STRING_VALUE, number, strings)
    for name, value in fields:
        sink.append(key + b" " + name, timestamp, value, number)


def _influx_timestamp(cursor: _Cursor, multiply: int, divide: int) -> int:
    cursor.skip_blanks()
    token = cursor.until(_BLANKS, escapes=False)
    if not token:
        return intern.NO_TIMESTAMP
    timestamp = parse_int64(token)
    if timestamp is None or not -(2**63) < timestamp * multiply < 2**63:
        raise _Bad(intern.BAD_TIMESTAMP)
    cursor.skip_blanks()
    if cursor.peek():
        raise _Bad(intern.TRAILING_TEXT)
    return timestamp * multiply // divide


def _field_value(text: bytes) -> float:
    if text in _TRUE:
        return 1.0
    if text in _FALSE:
        return 0.0
    value: float | None
    if text.endswith((b"i", b"u")):
        digits = text[:-1]
        low, high = (-(2**63), 2**63) if text.endswith(b"i") else (0, 2**64)
        whole = int(digits) if _INTEGER.fullmatch(digits) and len(digits.lstrip(b"+-0")) <= 20 else high
        value = float(whole) if low <= whole < high else None
    else:
        value = parse_decimal(text)
    if value is None:
        raise _Bad(intern.BAD_VALUE)
    return value
