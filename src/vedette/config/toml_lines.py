"""Where each key of a TOML text stands; the standard parser reports lines only for its own errors."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(
    r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="""
)
_KEY_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:\.|$)""")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_MAX_SYNTAX_ERRORS = 20


def parse(text: str) -> tuple[dict[str, Any], list[tuple[int, str]]]:
    """The document and all syntax errors as (line from 1, message); lines in error are left out of the document."""
    lines = text.splitlines()
    errors: list[tuple[int, str]] = []
    while len(errors) < _MAX_SYNTAX_ERRORS:
        try:
            return tomllib.loads("\n".join(lines) + "\n"), sorted(errors)
        except tomllib.TOMLDecodeError as error:
            where = _AT_LINE.search(str(error))
            line = int(where.group(1)) if where else len(lines)
            # An unclosed string is noticed at the next line; blame a line that still has text.
            while line > 1 and not lines[min(line, len(lines)) - 1].strip():
                line -= 1
            line = max(1, min(line, len(lines)))
            message = _AT_LINE.sub("", str(error)).removesuffix(" (at end of document)")
            errors.append((line, message))
            if not lines or not lines[line - 1].strip():
                break
            lines[line - 1] = ""
    return {}, sorted(errors)


def locate(text: str) -> dict[str, int]:
    """Line (from 1) of each dotted key and table header."""
    lines: dict[str, int] = {}
    prefix: tuple[str, ...] = ()
    skip_until = 0
    source = text.splitlines()
    for number, line in enumerate(source, start=1):
        if number <= skip_until:
            continue
        if header := _HEADER.match(line):
            prefix = _parts(header.group(1))
            lines.setdefault(".".join(prefix), number)
        elif assignment := _ASSIGNMENT.match(line):
            name = ".".join(prefix + _parts(assignment.group(1)))
            lines.setdefault(name, number)
            skip_until = _value_end(source, number, line[assignment.end() :])
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(next(part for part in match.groups() if part is not None) for match in _KEY_PART.finditer(dotted))


def _value_end(source: list[str], number: int, value: str) -> int:
    """Line where a value that may span lines ends: tried with the real parser, line by line."""
    for last in range(number, min(len(source), number + 1000) + 1):
        candidate = "\n".join([value, *source[number:last]])
        try:
            tomllib.loads("v =" + candidate)
        except tomllib.TOMLDecodeError:
            continue
        return last
    return number
