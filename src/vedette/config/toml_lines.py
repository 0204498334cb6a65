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
_MAX_VALUE_LINES = 1000


def parse(text: str) -> tuple[dict[str, Any], list[tuple[int, str]]]:
    """The document and all syntax errors as (line from 1, message); the statements in error are left out."""
    try:
        return tomllib.loads(text), []
    except tomllib.TOMLDecodeError:
        lines = text.splitlines()
    errors = _drop_bad_statements(lines)
    # What is left are errors between statements, such as a name given twice.
    while len(errors) < _MAX_SYNTAX_ERRORS:
        try:
            return tomllib.loads("\n".join(lines) + "\n"), sorted(errors)
        except tomllib.TOMLDecodeError as error:
            where = _AT_LINE.search(str(error))
            line = min(int(where.group(1)), len(lines)) if where else len(lines)
            # A statement's errors may be noticed at the line after it.
            while line > 1 and not lines[line - 1].strip():
                line -= 1
            errors.append((line, _message(error)))
            if not lines[line - 1].strip():
                break
            lines[line - 1] = ""
    return {}, sorted(errors)


def _drop_bad_statements(lines: list[str]) -> list[tuple[int, str]]:
    """Blank the lines of statements that do not parse by themselves."""
    errors: list[tuple[int, str]] = []
    number = 1
    while number <= len(lines):
        end = _statement_end(lines, number)
        if isinstance(end, str):
            errors.append((number, end))
            lines[number - 1] = ""
            while number < len(lines) and not _begins_statement(lines[number]):
                lines[number] = ""
                number += 1
            end = number
        number = end + 1
    return errors


def _begins_statement(line: str) -> bool:
    return not line.strip() or bool(_HEADER.match(line) or _ASSIGNMENT.match(line) or line.lstrip().startswith("#"))


def _statement_end(lines: list[str], number: int) -> int | str:
    """Last line of the statement that begins at a line, or what is wrong with it."""
    message = ""
    for last in range(number, min(len(lines), number + _MAX_VALUE_LINES) + 1):
        try:
            tomllib.loads("\n".join(lines[number - 1 : last]))
        except tomllib.TOMLDecodeError as error:
            message = message or _message(error)
            if not _may_go_on(lines[number - 1]):
                break
        else:
            return last
    return message


def _may_go_on(line: str) -> bool:
    return any(opening in line for opening in ("[", "{", '"""', "'''"))


def _message(error: tomllib.TOMLDecodeError) -> str:
    text = str(error)
    return "the value does not end" if "(at end of document)" in text else _AT_LINE.sub("", text)


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
            end = _statement_end(source, number)
            skip_until = end if isinstance(end, int) else number
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(next(part for part in match.groups() if part is not None) for match in _KEY_PART.finditer(dotted))
