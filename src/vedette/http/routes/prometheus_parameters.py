"""Parameters of Prometheus' HTTP API: from the query string and a form body, with its formats and error texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.types import Receive, Scope

from vedette.errors import BadData
from vedette.model.duration import parse_duration_ms
from vedette.model.matcher import Matcher
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.promql.lexer import go_quote
from vedette.promql.parser import parse_selector
from vedette.query.options import DEFAULT_OPTIONS, QueryOptions

MAX_FORM_BYTES: Final = 2 * 2**20
"""Of a form body; the longest query is far shorter."""
_MAX_FIELDS: Final = 1000
_MAX_MATCHERS: Final = 100
_MIN_TIME: Final = "-292273086-05-16T16:47:06Z"
_MAX_TIME: Final = "292277025-08-18T07:12:54.999999999Z"
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?([Zz]|[+-]\d\d:\d\d)")
_FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_MAX_MS: Final = 2**62
_MAX_INT_DIGITS: Final = 12


class Parameters:
    """All values of each name; the form's come first, as in Go."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def text(self, name: str) -> str:
        """The first value, or nothing."""
        values = self._values.get(name)
        return values[0] if values else ""

    def texts(self, name: str) -> list[str]:
        """All values."""
        return self._values.get(name, [])

    def time_ms(self, name: str, default_ms: int | None = None) -> int:
        """Seconds with a fraction, or RFC 3339. Without a default the parameter must be there."""
        value = self.text(name)
        if not value and default_ms is not None:
            return default_ms
        time_ms = parse_time_ms(value)
        if time_ms is None:
            raise _invalid(name, f"cannot parse {go_quote(value[:100])} to a valid timestamp")
        return time_ms

    def duration_ms(self, name: str) -> int:
        """Seconds with a fraction, or a duration such as 5m."""
        value = self.text(name)
        if _FLOAT.fullmatch(value):
            milliseconds = float(value) * 1000
            if not abs(milliseconds) < _MAX_MS:
                raise _invalid(name, f"cannot parse {go_quote(value[:100])} to a valid duration. It overflows int64")
            return int(milliseconds)
        try:
            duration_ms = parse_duration_ms(value)
        except (BadData, ValueError):
            duration_ms = _MAX_MS
        if duration_ms >= _MAX_MS:
            raise _invalid(name, f"cannot parse {go_quote(value[:100])} to a valid duration")
        return duration_ms

    def count(self, name: str, default: int = 0) -> int:
        """A whole number from 0 on."""
        value = self.text(name)
        if not value:
            return default
        if not value.isascii() or not value.isdigit() or len(value) > _MAX_INT_DIGITS:
            raise _invalid(name, "must be a whole number and not negative")
        return int(value)

    def range(self) -> TimeRange:
        """`start` and `end`, all of time without them."""
        start_ms = self.time_ms("start", ALL_TIME.start_ms)
        end_ms = self.time_ms("end", ALL_TIME.end_ms)
        if end_ms < start_ms:
            raise _invalid("end", "end timestamp must not be before start time")
        return TimeRange(start_ms, end_ms)

    def matcher_sets(self, *, required: bool, narrowing: tuple[Matcher, ...] = ()) -> list[tuple[Matcher, ...]]:
        """`match[]`, each a selector, all narrowed; none at all is one that selects everything it may."""
        texts = self.texts("match[]")
        if required and not texts:
            raise BadData("no match[] parameter provided")
        if len(texts) > _MAX_MATCHERS:
            raise _invalid("match[]", f"more than {_MAX_MATCHERS} selectors")
        sets = []
        for value in texts:
            try:
                sets.append((*parse_selector(value), *narrowing))
            except BadData as error:
                raise _invalid("match[]", error.message) from error
        return sets or [narrowing]

    def options(self, matchers: tuple[Matcher, ...] = ()) -> QueryOptions:
        """`timeout`, `lookback_delta`, `limit` and `stats`; `matchers` narrow what is asked."""
        if self._values.keys().isdisjoint(("timeout", "lookback_delta", "limit", "stats")):
            return QueryOptions(matchers=matchers) if matchers else DEFAULT_OPTIONS
        timeout_s = 0.0
        if self.text("timeout"):
            timeout_s = self.duration_ms("timeout") / 1000
            if timeout_s <= 0:
                raise _invalid("timeout", "must be greater than 0")
        lookback_ms = self.duration_ms("lookback_delta") if self.text("lookback_delta") else 0
        if lookback_ms < 0:
            raise _invalid("lookback_delta", "must not be negative")
        return QueryOptions(timeout_s, lookback_ms, self.count("limit"), self.text("stats") == "all", matchers)


async def read_parameters(scope: Scope, receive: Receive) -> Parameters:
    """Query string and, for a POST, the form body. Raises BadData."""
    return parameters_of(scope, await read_body(receive) if _has_form(scope) else b"")


def parameters_of(scope: Scope, body: bytes | bytearray) -> Parameters:
    """The same of a request whose whole body is there."""
    pairs: list[tuple[str, str]] = []
    if body and _has_form(scope):
        if len(body) > MAX_FORM_BYTES:
            raise _too_long(MAX_FORM_BYTES)
        pairs = _fields(bytes(body))
    if scope["query_string"]:
        pairs += _fields(scope["query_string"])
    return Parameters(pairs)


def _has_form(scope: Scope) -> bool:
    if scope["method"] != "POST":
        return False
    content_type = _header(scope, b"content-type")
    return not content_type or content_type.split(b";")[0].strip().lower() == b"application/x-www-form-urlencoded"


async def read_body(receive: Receive, limit: int = MAX_FORM_BYTES) -> bytes:
    """The whole request body. Raises BadData when it is longer than `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BadData("the request ended before its body was whole")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_long(limit)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _too_long(limit: int) -> BadData:
    return BadData(f"the body is longer than {limit} bytes")


def parse_time_ms(value: str) -> int | None:
    """Milliseconds of a timestamp, or None when it is none."""
    if _FLOAT.fullmatch(value):
        milliseconds = float(value) * 1000
        return round(milliseconds) if abs(milliseconds) < _MAX_MS else None
    match = _RFC3339.fullmatch(value)
    if match is not None:
        date, clock, fraction, zone = match.groups()
        try:
            moment = datetime.fromisoformat(f"{date}T{clock}{'+00:00' if zone in 'Zz' else zone}")
            whole_s = (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
        except (ValueError, OverflowError):
            return None
        return int(whole_s) * 1000 + int((fraction or "0").ljust(3, "0")[:3])
    if value == _MIN_TIME:
        return ALL_TIME.start_ms
    return ALL_TIME.end_ms if value == _MAX_TIME else None


def _fields(encoded: bytes) -> list[tuple[str, str]]:
    if encoded.count(b"&") >= _MAX_FIELDS:
        raise BadData(f"the parameters cannot be read: there are more than {_MAX_FIELDS}")
    fields = []
    for field in encoded.decode("utf-8", "replace").split("&"):
        if field:
            name, _, value = field.partition("=")
            if "%" in field or "+" in field:
                name, value = _resolved(name), _resolved(value)
            fields.append((name, value))
    return fields


def _resolved(text: str) -> str:
    """Without percent signs and plus signs; what is no UTF-8 then is replaced."""
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


def _header(scope: Scope, wanted: bytes) -> bytes:
    for name, value in scope["headers"]:
        if name == wanted:
            return bytes(value)
    return b""


def _invalid(name: str, message: str) -> BadData:
    return BadData(f"invalid parameter {go_quote(name)}: {message}")
