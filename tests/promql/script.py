"""Reads promqltest scripts: Prometheus' own language of load, clear and eval commands.

Comments and blank lines end a command, as in Prometheus' runner. Values are floats, None (no sample) or HISTOGRAM
where the script writes a native histogram.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from vedette.errors import QuerySyntax
from vedette.model.duration import parse_duration_ms
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.special import STALE_NAN
from vedette.promql.lexer import unquote


class Histogram:
    """Stands for a native histogram sample."""


HISTOGRAM: Final = Histogram()
Value: TypeAlias = "float | Histogram | None"


@dataclass
class Clear:
    pass


@dataclass
class Load:
    gap_ms: int
    with_nhcb: bool
    series: list[tuple[Labels, list[Value]]] = field(default_factory=list)


@dataclass
class Expect:
    """`expect warn msg: ...`: kind is ordered, fail, warn, no_warn, info, no_info or string."""

    kind: str
    message: str | None = None
    regex: str | None = None

    def matches(self, text: str) -> bool:
        if self.message is not None:
            return self.message == text
        return self.regex is None or re.search(self.regex, text) is not None


@dataclass
class Eval:
    line: int
    expr: str
    start_ms: int
    end_ms: int
    step_ms: int
    mode: str = ""
    expects: list[Expect] = field(default_factory=list)
    series: list[tuple[Labels, list[Value]]] = field(default_factory=list)
    scalar: float | None = None
    text: str | None = None
    range_vector: tuple[int, int, int] | None = None
    """from, to and step of `expect range vector`."""

    @property
    def instant(self) -> bool:
        return self.step_ms == 0

    def expecting(self, kind: str) -> list[Expect]:
        return [expect for expect in self.expects if expect.kind == kind]

    @property
    def fails(self) -> bool:
        return self.mode == "fail" or bool(self.expecting("fail"))

    @property
    def ordered(self) -> bool:
        return self.mode == "ordered" or bool(self.expecting("ordered"))


Command: TypeAlias = "Clear | Load | Eval"

_LOAD = re.compile(r"load(_with_nhcb)?\s+(.+?)")
_INSTANT = re.compile(r"eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)")
_RANGE = re.compile(r"eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)")
_EXPECT = re.compile(r"expect\s+(ordered|fail|warn|no_warn|info|no_info|string|range vector)(?:\s+(.+))?")
_EXPECT_RANGE = re.compile(r"from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)")
_NUMBER = re.compile(r"[+-]?(?:inf|nan|(?:0x[0-9a-f]+|[0-9._]+(?:e[+-]?[0-9]+)?))", re.IGNORECASE)


def read_script(path: Path) -> list[Command]:
    """All commands of a file. Raises ValueError with the line."""
    lines = [line.strip() for line in path.read_text().split("\n")]
    lines = ["" if line.startswith("#") else line for line in lines]
    commands: list[Command] = []
    index = 0
    while index < len(lines):
        if not lines[index]:
            index += 1
            continue
        first = index
        while index < len(lines) and lines[index]:
            index += 1
            if lines[first].lower() == "clear":
                break
        try:
            commands.append(_command(lines[first:index], first + 1))
        except (ValueError, QuerySyntax) as error:
            raise ValueError(f"{path.name}:{first + 1}: {error}") from error
    return commands


def _command(lines: list[str], line: int) -> Command:
    head = lines[0]
    if head.lower() == "clear":
        return Clear()
    if match := _LOAD.fullmatch(head):
        return Load(parse_duration_ms(match[2]), bool(match[1]), [read_series(text) for text in lines[1:]])
    if match := _INSTANT.fullmatch(head):
        at = parse_duration_ms(match[2] or "0")
        return _expectations(Eval(line, match[3], at, at, 0, match[1] or ""), lines[1:])
    if match := _RANGE.fullmatch(head):
        start, end, step = (parse_duration_ms(match[index]) for index in (2, 3, 4))
        return _expectations(Eval(line, match[5], start, end, step, match[1] or ""), lines[1:])
    raise ValueError(f"unknown command {head!r}")


def _expectations(command: Eval, lines: list[str]) -> Eval:
    for line in lines:
        if line.startswith("expected_fail_message"):
            command.expects.append(Expect("fail", message=line.removeprefix("expected_fail_message").strip()))
        elif line.startswith("expected_fail_regexp"):
            command.expects.append(Expect("fail", regex=line.removeprefix("expected_fail_regexp").strip()))
        elif line.split(" ")[0] == "expect":
            _expect(command, line)
        elif _NUMBER.fullmatch(line):
            command.scalar = read_number(line)
        else:
            command.series.append(read_series(line))
    return command


def _expect(command: Eval, line: str) -> None:
    match = _EXPECT.fullmatch(line)
    if match is None:
        raise ValueError(f"bad expect line {line!r}")
    kind, rest = match[1], (match[2] or "").strip()
    if kind == "string":
        command.text = unquote(rest, 0)
    elif kind == "range vector":
        bounds = _EXPECT_RANGE.fullmatch(rest)
        if bounds is None:
            raise ValueError(f"bad expect line {line!r}")
        start, end, step = (parse_duration_ms(bounds[index]) for index in (1, 2, 3))
        command.range_vector = (start, end, step)
    elif rest.startswith("msg:"):
        command.expects.append(Expect(kind, message=rest.removeprefix("msg:").strip()))
    elif rest.startswith("regex:"):
        command.expects.append(Expect(kind, regex=rest.removeprefix("regex:").strip()))
    else:
        command.expects.append(Expect(kind))


def read_number(text: str) -> float:
    """A float, hexadecimal or leading-zero number as Go reads it."""
    lower = text.lower().lstrip("+-")
    sign = -1.0 if text.startswith("-") else 1.0
    if lower in ("inf", "nan"):
        return sign * (math.inf if lower == "inf" else math.nan)
    return sign * (float(int(lower, 16)) if lower.startswith("0x") else float(lower))


_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`")
_NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_SIGN = re.compile(r"\s*([={},])\s*")


def read_series(text: str) -> tuple[Labels, list[Value]]:
    """`name{label="value"} 1 2+3x4 _ stale {{...}}`."""
    labels, position = _read_metric(text)
    return labels, _read_values(text[position:])


def _read_metric(text: str) -> tuple[Labels, int]:
    pairs: dict[str, str] = {}
    position = 0
    if match := _NAME.match(text):
        pairs[METRIC_NAME] = match.group()
        position = match.end()
    if position < len(text) and text[position] == "{":
        position += 1
        while True:
            position += len(text[position:]) - len(text[position:].lstrip())
            if text[position] == "}":
                position += 1
                break
            position = _read_pair(text, position, pairs)
    return Labels.of(pairs), position


def _read_pair(text: str, position: int, pairs: dict[str, str]) -> int:
    quoted = _STRING.match(text, position)
    name = quoted or _NAME.match(text, position)
    if name is None:
        raise ValueError(f"bad label in {text!r}")
    label = unquote(name.group(), 0) if quoted else name.group()
    sign = _SIGN.match(text, name.end())
    if sign is not None and sign[1] == "=":
        value = _STRING.match(text, sign.end())
        if value is None:
            raise ValueError(f"bad label value in {text!r}")
        pairs[label] = unquote(value.group(), 0)
        sign = _SIGN.match(text, value.end())
    else:
        pairs[METRIC_NAME] = label
    if sign is None or sign[1] not in ",}":
        raise ValueError(f"bad labels in {text!r}")
    return sign.end() if sign[1] == "," else sign.start(1)


_ITEM = re.compile(
    r"\s*(?:(?P<histogram>\{\{.*?\}\})(?:[+-]\{\{.*?\}\})?(?:x(?P<histogram_times>\d+))?"
    r"|_(?:x(?P<blanks>\d+))?"
    r"|(?P<stale>stale)(?:x(?P<stale_times>\d+))?"
    r"|(?P<value>[+-]?(?:inf|nan|[0-9.]+(?:e[+-]?\d+)?))(?:(?P<step>[+-](?:inf|nan|[0-9.]+(?:e[+-]?\d+)?))?"
    r"x(?P<times>\d+))?)(?=\s|$)",
    re.IGNORECASE,
)


def _read_values(text: str) -> list[Value]:
    values: list[Value] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _ITEM.match(text, position)
        if match is None:
            raise ValueError(f"bad values {text[position:]!r}")
        position = match.end()
        values += _expand(match)
    return values


def _expand(match: re.Match[str]) -> list[Value]:
    if match["histogram"]:
        times = match["histogram_times"]
        return [HISTOGRAM] * (int(times) + 1 if times else 1)
    if match["stale"]:
        return [STALE_NAN] * int(match["stale_times"] or 1)
    if match["value"] is None:
        return [None] * int(match["blanks"] or 1)
    value = read_number(match["value"])
    if match["times"] is None:
        return [value]
    step = read_number(match["step"]) if match["step"] else 0.0
    values: list[Value] = []
    # The step is added again and again, as Prometheus does, not multiplied.
    for _ in range(int(match["times"]) + 1):
        values.append(value)
        value += step
    return values
