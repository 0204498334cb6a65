"""What a document may be, whatever its kind: name, tags, size and shape of its JSON."""

from __future__ import annotations

import math
import re
from typing import Any, Final

import msgspec

from vedette.errors import BadData, LimitExceeded

MAX_NAME: Final = 200
MAX_MESSAGE: Final = 1000
MAX_TAGS: Final = 50
MAX_TAG: Final = 100
MAX_DEPTH: Final = 100
MAX_DESCRIPTION: Final = 500
"""Characters of a description that lists show."""
_MAX_SEARCH: Final = 20_000
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_id(document_id: str) -> None:
    """Raises BadData."""
    if not _ID.fullmatch(document_id):
        raise BadData("the id of a document has 1 to 64 letters, digits, - and _")


def checked_name(name: str) -> str:
    """The name without space around it. Raises BadData."""
    name = name.strip()
    _check_text("name", name, MAX_NAME)
    if not name:
        raise BadData("a document needs a name")
    return name


def checked_message(message: str) -> str:
    """What somebody says of a change. Raises BadData."""
    _check_text("message", message, MAX_MESSAGE)
    return message


def tags_of(spec: dict[str, Any]) -> tuple[str, ...]:
    """The tags of a document, each once. Raises BadData."""
    tags = spec.get("tags", [])
    if not isinstance(tags, list) or len(tags) > MAX_TAGS or not all(isinstance(tag, str) and tag for tag in tags):
        raise BadData(f"tags: expected a list of at most {MAX_TAGS} texts")
    for tag in tags:
        _check_text("tags", tag, MAX_TAG)
    return tuple(dict.fromkeys(tags))


def folder_of(spec: dict[str, Any]) -> str:
    """The id of the folder that a document says it is in; empty: in none."""
    folder = spec.get("folder", "")
    return folder if isinstance(folder, str) and _ID.fullmatch(folder) else ""


def description_of(spec: dict[str, Any]) -> str:
    """The beginning of what a document says about itself."""
    description = spec.get("description", "")
    if not isinstance(description, str):
        return ""
    return " ".join(description[: 4 * MAX_DESCRIPTION].split())[:MAX_DESCRIPTION]


def search_text(name: str, spec: dict[str, Any]) -> str:
    """What a document is found by, in one case, each on a line: name, tags, description, titles of its widgets."""
    parts = [name, *tags_of(spec), description_of(spec)]
    widgets = spec.get("widgets", [])
    for widget in widgets if isinstance(widgets, list) else []:
        title = widget.get("title", "") if isinstance(widget, dict) else ""
        if isinstance(title, str) and title:
            parts.append(title)
    return "\n".join(parts)[:_MAX_SEARCH].casefold()


def check_spec(spec: dict[str, Any], max_bytes: int) -> None:
    """Raises BadData for what is no JSON, LimitExceeded for what is too large."""
    _check_values(spec)
    try:
        size = len(msgspec.json.encode(spec))
    except (TypeError, ValueError, RecursionError) as error:
        raise BadData(f"the document is no JSON: {error}") from None
    if size > max_bytes:
        raise LimitExceeded(
            f"the document has {size} bytes, more than catalog.max_document = {max_bytes}",
            limit="catalog.max_document",
            value=max_bytes,
        )


def _check_values(spec: dict[str, Any]) -> None:
    level: list[object] = [spec]
    for _ in range(MAX_DEPTH):
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                if not all(isinstance(name, str) for name in value):
                    raise BadData("the document is no JSON: names must be texts")
                inner += value.values()
            elif isinstance(value, list):
                inner += value
            elif isinstance(value, float) and not math.isfinite(value):
                raise BadData(f"the document is no JSON: {value} is no number there")
        if not inner:
            return
        level = inner
    raise BadData(f"the document is nested deeper than {MAX_DEPTH} levels")


def _check_text(what: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise BadData(f"{what}: {len(text)} characters are more than {longest}")
    if _CONTROL.search(text):
        raise BadData(f"{what}: control characters are not allowed")
