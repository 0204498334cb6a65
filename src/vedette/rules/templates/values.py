"""What templates work with, and how Go prints it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from vedette.errors import BadData

_VERB: Final = re.compile(r"%([+\-# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z%])")
MAX_WIDTH: Final = 1_000


class Sample(Struct, frozen=True):
    """One of a query's results."""

    labels: Mapping[str, str]
    value: float


class Moment(Struct, frozen=True):
    """A time, as `toTime` makes it; prints as Go prints one."""

    time_ms: int


class Span(Struct, frozen=True):
    """A duration, as `toDuration` makes it."""

    seconds: float


class Root(Struct, frozen=True):
    """The dot of a label's or annotation's template."""

    labels: Mapping[str, str]
    external_labels: Mapping[str, str]
    external_url: str
    value: float


def go_float(value: float, digits: int | None = None) -> str:
    """As Go's %v; with `digits` as %.{digits}g."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if digits is not None:
        return f"{value:.{digits}g}"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    mantissa, _, power = f"{Decimal(repr(value)):e}".lstrip("-").partition("e")
    place = int(power)
    text = mantissa.replace(".", "").rstrip("0")
    exponent = place - len(text) + 1
    minus = "-" if value < 0 else ""
    # Go's shortest form has an exponent below -4 and from 6 on.
    if place < -4 or place >= 6:
        mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
        return f"{minus}{mantissa}e{'-' if place < 0 else '+'}{abs(place):02d}"
    if exponent >= 0:
        return minus + text + "0" * exponent
    if place < 0:
        return f"{minus}0.{'0' * (-place - 1)}{text}"
    return f"{minus}{text[: place + 1]}.{text[place + 1 :]}"


def go_text(value: object) -> str:
    """As Go's template engine prints a value."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return go_float(value)
        case None:
            return "<no value>"
        case Moment():
            return go_time(value.time_ms)
        case Span():
            return go_duration(value.seconds)
        case Sample():
            return f"{{{go_text(value.labels)} {go_float(value.value)}}}"
        case Mapping():
            return f"map[{' '.join(f'{name}:{go_text(value[name])}' for name in sorted(value))}]"
        case list() | tuple():
            return f"[{' '.join(map(go_text, value))}]"
        case Root():
            return f"{{{go_text(value.labels)} {go_float(value.value)}}}"
        case _:
            raise BadData("a value that cannot be printed")


def go_time(time_ms: int) -> str:
    """`2006-01-02 15:04:05.999 +0000 UTC`. Raises BadData out of the calendar."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 - few templates print a time

    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=time_ms)
    except OverflowError:
        raise BadData(f"{time_ms} ms is out of the calendar") from None
    fraction = f".{time_ms % 1000:03d}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%d %H:%M:%S}{fraction} +0000 UTC"


def go_duration(seconds: float) -> str:
    """As Go prints a time.Duration."""
    nanoseconds = round(abs(seconds) * 1e9)
    sign = "-" if seconds < 0 and nanoseconds else ""
    if nanoseconds == 0:
        return "0s"
    if nanoseconds < 1_000_000_000:
        for unit, size in (("ms", 1_000_000), ("µs", 1_000)):
            if nanoseconds >= size:
                return f"{sign}{go_float(nanoseconds / size)}{unit}"
        return f"{sign}{nanoseconds}ns"
    minutes, rest = divmod(nanoseconds, 60_000_000_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{go_float(rest / 1e9)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return sign + (f"{hours}h{text}" if hours else text)


def printf(form: object, *values: object) -> str:
    """Go's fmt.Sprintf for the verbs that templates use."""
    if not isinstance(form, str):
        raise BadData(f"printf: expected a text, got {go_text(form)[:100]}")
    waiting = list(values)

    def one(match: re.Match[str]) -> str:
        flags, width, precision, verb = match.groups()
        if verb == "%":
            return "%"
        if "*" in (width, precision):
            raise BadData("printf: * is not supported")
        if not waiting:
            return f"%!{verb}(MISSING)"
        if any(len(size or "") > 4 or int(size or 0) > MAX_WIDTH for size in (width, precision)):
            raise BadData(f"printf: wider than {MAX_WIDTH}")
        has_point = "." in match[0]
        return _formatted(waiting.pop(0), verb, flags, width or "", precision or ("0" if has_point else None))

    text = _VERB.sub(one, form)
    if waiting:
        text += f"%!(EXTRA {', '.join(f'{_go_type(value)}={go_text(value)}' for value in waiting)})"
    return text


def _formatted(value: Any, verb: str, flags: str, width: str, precision: str | None) -> str:
    is_int = isinstance(value, int) and not isinstance(value, bool)
    text: str | None = None
    if verb == "v":
        text = go_text(value)
    elif verb == "T":
        text = _go_type(value)
    elif verb == "t" and isinstance(value, bool):
        text = go_text(value)
    elif isinstance(value, float) and verb in "eEfFgG":
        text = _go_number(value, verb, precision, flags)
    elif is_int and verb in "dxXobc":
        sign = "+" if "+" in flags and verb == "d" else " " if " " in flags and verb == "d" else ""
        text = format(value, f"{sign}{verb}")
    elif verb == "s" and not isinstance(value, int | float):
        text = go_text(value) if precision is None else go_text(value)[: int(precision)]
    elif verb == "q" and isinstance(value, str):
        text = '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
    elif verb in "xX" and isinstance(value, str):
        text = format(int.from_bytes(value.encode(), "big"), verb).zfill(2 * len(value.encode())) if value else ""
    if text is None:
        return f"%!{verb}({_go_type(value)}={go_text(value)})"
    return _padded(text, flags, width, is_number=is_int or isinstance(value, float))


def _go_number(value: float, verb: str, precision: str | None, flags: str) -> str:
    if verb in "gG" and precision is None:
        text = go_float(value)
        text = text.upper() if verb == "G" else text
    elif math.isfinite(value):
        text = format(value, f".{6 if precision is None else precision}{verb}")
    else:
        text = go_float(value)
    if "+" in flags and not text.startswith(("-", "+")):
        return f"+{text}"
    return text if "+" in flags else text.removeprefix("+")


def _padded(text: str, flags: str, width: str, *, is_number: bool) -> str:
    if not width:
        return text
    if "-" in flags:
        return text.ljust(int(width))
    if "0" in flags and is_number:
        sign = text[:1] if text[:1] in ("+", "-") else ""
        return sign + text[len(sign) :].rjust(int(width) - len(sign), "0")
    return text.rjust(int(width))


def _go_type(value: object) -> str:
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float64"
        case str():
            return "string"
        case None:
            return "<nil>"
        case Mapping():
            return "map[string]string"
        case _:
            return "template.queryResult"
