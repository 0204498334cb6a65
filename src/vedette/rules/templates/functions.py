"""Functions of templates: Go's own and those that Prometheus adds."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import quote_plus

import re2

from vedette.errors import BadData
from vedette.model.duration import parse_duration_ms
from vedette.rules.templates.values import Moment, Sample, Span, go_float, go_text, go_time, printf

NAMES_OF_CALLER: Final = ("query", "now", "externalURL", "pathPrefix")
"""What depends on who expands; the interpreter is given these."""
_MAX_PATTERN: Final = 1_000
_GO_GROUP: Final = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})", re.ASCII)


def number_of(value: object) -> float:
    """Numbers, and texts and durations that are some. Raises BadData."""
    match value:
        case bool():
            pass
        case float() | int():
            return float(value)
        case Span():
            return value.seconds
        case str():
            try:
                return float(value)
            except ValueError:
                raise BadData(f"parsing {value[:100]!r}: invalid syntax") from None
    raise BadData(f"can't convert {go_text(value)[:100]} to float")


def humanize(value: object) -> str:
    """With a metric prefix."""
    number = number_of(value)
    if number == 0 or not math.isfinite(number):
        return go_float(number, 4)
    if abs(number) >= 1:
        return _scaled(number, 1000, ("k", "M", "G", "T", "P", "E", "Z", "Y"))
    return _small(number)


def humanize1024(value: object) -> str:
    """With a binary prefix."""
    number = number_of(value)
    if abs(number) <= 1 or not math.isfinite(number):
        return go_float(number, 4)
    return _scaled(number, 1024, ("ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"))


def _scaled(number: float, base: int, prefixes: Sequence[str]) -> str:
    prefix = ""
    for each in prefixes:
        if abs(number) < base:
            break
        prefix, number = each, number / base
    return go_float(number, 4) + prefix


def _small(number: float) -> str:
    prefix = ""
    for each in "munpfazy":
        if abs(number) >= 1:
            break
        prefix, number = each, number * 1000
    return go_float(number, 4) + prefix


def humanize_duration(value: object) -> str:
    """Days to seconds."""
    number = number_of(value)
    if not math.isfinite(number):
        return go_float(number, 4)
    if number == 0:
        return "0s"
    if abs(number) < 1:
        return _small(number) + "s"
    sign, number = ("-", -number) if number < 0 else ("", number)
    minutes, seconds = divmod(int(number), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    return f"{sign}{minutes}m {seconds}s" if minutes else f"{sign}{go_float(number, 4)}s"


def humanize_percentage(value: object) -> str:
    """Of a ratio."""
    return go_float(number_of(value) * 100, 4) + "%"


def humanize_timestamp(value: object) -> str:
    """Of seconds since 1970."""
    number = number_of(value)
    return go_time(_milliseconds(number)) if math.isfinite(number) else go_float(number, 4)


def _milliseconds(seconds: float) -> int:
    if not abs(seconds) < 2**53:
        raise BadData(f"{go_float(seconds)} cannot be represented as a timestamp")
    return math.floor(seconds * 1000 + 0.5)


def to_time(value: object) -> Moment:
    """Of seconds since 1970."""
    return Moment(_milliseconds(number_of(value)))


def to_duration(value: object) -> Span:
    """Of seconds."""
    return Span(number_of(value))


def parse_duration(text: object) -> float:
    """Seconds of a duration as Prometheus writes one."""
    return parse_duration_ms(_text("parseDuration", text)) / 1000


def first(samples: object) -> Sample:
    """The first of a query's results."""
    found = _samples("first", samples)
    if not found:
        raise BadData("first() called on vector with no elements")
    return found[0]


def label(name: object, sample: object) -> str:
    """A label of one result."""
    return _sample("label", sample).labels.get(_text("label", name), "")


def value_of(sample: object) -> float:
    """The value of one result."""
    return _sample("value", sample).value


def strvalue(sample: object) -> str:
    """The value that a text-valued exporter puts into a label."""
    return _sample("strvalue", sample).labels.get("__value__", "")


def sort_by_label(name: object, samples: object) -> list[Sample]:
    """By the text of a label."""
    wanted = _text("sortByLabel", name)
    return sorted(_samples("sortByLabel", samples), key=lambda sample: sample.labels.get(wanted, ""))


def match(pattern: object, text: object) -> bool:
    """Whether a pattern is found anywhere."""
    return _compiled("match", pattern).search(_text("match", text)) is not None


def re_replace_all(pattern: object, replacement: object, text: object) -> str:
    """Each place that fits the pattern, with $1 for its groups."""
    program, form = _compiled("reReplaceAll", pattern), _text("reReplaceAll", replacement)

    def put(found: Any) -> str:
        def group(reference: re.Match[str]) -> str:
            if reference[1]:
                return "$"
            name = reference[2] or reference[3]
            try:
                return found.group(int(name) if name.isdigit() else name) or ""
            except (IndexError, KeyError, re2.error):
                return ""

        return _GO_GROUP.sub(group, form)

    return str(program.sub(put, _text("reReplaceAll", text)))


def _compiled(what: str, pattern: object) -> Any:
    text = _text(what, pattern)
    if len(text) > _MAX_PATTERN:
        raise BadData(f"{what}: the pattern is longer than {_MAX_PATTERN}")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options=options)
    except re2.error as error:
        raise BadData(f"{what}: invalid regular expression {text[:100]!r}: {error}") from None


def strip_port(text: object) -> str:
    """host:port without the port."""
    host = _text("stripPort", text)
    found = re.fullmatch(r"\[([^\]]*)\]:\d*|([^:]*):[^:]*", host)
    return host if found is None else found[1] or found[2] or ""


def strip_domain(text: object) -> str:
    """The first part of a host's name; addresses stay, and so does a port."""
    whole = _text("stripDomain", text)
    host = strip_port(whole)
    port = whole[len(host) :] if whole.startswith(host) and whole != host else ""
    if re.fullmatch(r"[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*", host):
        return whole
    return host.partition(".")[0] + port


def title(text: object) -> str:
    """Each word with a capital."""
    return re.sub(r"(^|[^\w'])(\w)", lambda found: found[1] + found[2].upper(), _text("title", text))


def graph_link(expr: object) -> str:
    """Where the page draws a query."""
    return f"/graph?g0.expr={quote_plus(_text('graphLink', expr))}&g0.tab=0"


def table_link(expr: object) -> str:
    """Where the page lists a query's results."""
    return f"/graph?g0.expr={quote_plus(_text('tableLink', expr))}&g0.tab=1"


def length(value: object) -> int:
    """Of a text in bytes, a list or a map."""
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, list | tuple | Mapping):
        return len(value)
    raise BadData(f"len of {go_text(value)[:100]}")


def index(item: object, *keys: object) -> object:
    """An item of a list or a map, and so on inward."""
    for key in keys:
        if isinstance(item, Mapping):
            item = item.get(_text("index", key), "")
        elif isinstance(item, list | tuple):
            if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key < len(item):
                raise BadData(f"index out of range: {go_text(key)[:100]}")
            item = item[key]
        else:
            raise BadData(f"can't index {go_text(item)[:100]}")
    return item


def cut(item: object, *ends: object) -> object:
    """`slice`: a part of a text or list."""
    if not isinstance(item, str | list) or not all(isinstance(end, int) and end >= 0 for end in ends) or len(ends) > 2:
        raise BadData("slice of something that has no parts")
    places: list[Any] = [*ends]
    start, stop = (places[0] if places else 0), (places[1] if len(places) > 1 else len(item))
    if not start <= stop <= len(item):
        raise BadData("slice: index out of range")
    return item[start:stop]


def printed(*values: object, line: bool = False) -> str:
    """Go's Sprint: a space between two that are no texts; with `line` between all."""
    text = ""
    for place, each in enumerate(values):
        before = values[place - 1] if place else ""
        if place and (line or (not isinstance(each, str) and not isinstance(before, str))):
            text += " "
        text += go_text(each)
    return text + "\n" if line else text


def is_true(value: object) -> bool:
    """Anything but empty and zero."""
    return not (
        value is None
        or value is False
        or value in (0, "")
        or (isinstance(value, list | tuple) and not value)
        or (isinstance(value, Mapping) and not value)
    )


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    return type(value).__name__


def equal(one: object, *others: object) -> bool:
    """Whether the first is equal to any of the others; kinds must fit as in Go."""
    if not others:
        raise BadData("missing argument for comparison")
    for other in others:
        if _kind(one) != _kind(other) or not isinstance(one, str | bool | int | float):
            raise BadData("incompatible types for comparison")
        if one == other:
            return True
    return False


def less(one: object, other: object) -> bool:
    """Whether the first comes before the second."""
    if _kind(one) != _kind(other) or isinstance(one, bool) or not isinstance(one, str | int | float):
        raise BadData("incompatible types for comparison")
    smaller: Any = one
    return bool(smaller < other)


def args_of(*values: object) -> dict[str, Any]:
    """Several values as one, for named templates."""
    return {f"arg{place}": value for place, value in enumerate(values)}


def _text(what: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadData(f"{what}: wrong type of argument; expected string, got {go_text(value)[:100]}")
    return value


def _samples(what: str, value: object) -> list[Sample]:
    if not isinstance(value, list):
        raise BadData(f"{what}: expected the results of a query, got {go_text(value)[:100]}")
    return value


def _sample(what: str, value: object) -> Sample:
    if not isinstance(value, Sample):
        raise BadData(f"{what}: expected one result of a query, got {go_text(value)[:100]}")
    return value


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "args": args_of,
    "eq": equal,
    "first": first,
    "ge": lambda one, other: not less(one, other),
    "graphLink": graph_link,
    "gt": lambda one, other: not less(one, other) and not equal(one, other),
    "html": lambda *values: html.escape(printed(*values)),
    "humanize": humanize,
    "humanize1024": humanize1024,
    "humanizeDuration": humanize_duration,
    "humanizePercentage": humanize_percentage,
    "humanizeTimestamp": humanize_timestamp,
    "index": index,
    "label": label,
    "le": lambda one, other: less(one, other) or equal(one, other),
    "len": length,
    "lt": less,
    "match": match,
    "ne": lambda one, other: not equal(one, other),
    "not": lambda value: not is_true(value),
    "parseDuration": parse_duration,
    "print": printed,
    "printf": printf,
    "println": partial(printed, line=True),
    "reReplaceAll": re_replace_all,
    "safeHtml": lambda text: _text("safeHtml", text),
    "slice": cut,
    "sortByLabel": sort_by_label,
    "stripDomain": strip_domain,
    "stripPort": strip_port,
    "strvalue": strvalue,
    "tableLink": table_link,
    "title": title,
    "toDuration": to_duration,
    "toLower": lambda text: _text("toLower", text).lower(),
    "toTime": to_time,
    "toUpper": lambda text: _text("toUpper", text).upper(),
    "urlQueryEscape": lambda text: quote_plus(_text("urlQueryEscape", text)),
    "urlquery": lambda *values: quote_plus(printed(*values)),
    "value": value_of,
}
NAMES: Final = frozenset((*FUNCTIONS, *NAMES_OF_CALLER, "and", "or", "tmpl"))
"""All that a template may call; `and` and `or` are the interpreter's, which stops at the first that decides."""
