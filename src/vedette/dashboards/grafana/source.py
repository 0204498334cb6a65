"""Reading JSON that others have written: every question has a type and an answer, whatever stands there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def part(holder: Json, *path: str) -> Json:
    """The object at a path; an empty one where there is none."""
    value: Any = holder
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def parts(holder: Json, *path: str) -> list[Json]:
    """The objects of the list at a path."""
    return [item for item in items(holder, *path) if isinstance(item, Mapping)]


def items(holder: Json, *path: str) -> list[Any]:
    """The list at a path; an empty one where there is none."""
    value = part(holder, *path[:-1]).get(path[-1])
    return value if isinstance(value, list) else []


def text(holder: Json, name: str, default: str = "") -> str:
    """A text; numbers are written out."""
    value = holder.get(name)
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return plain(value)
    return default


def number(holder: Json, name: str) -> float | None:
    """A finite number, also one that stands there as a text."""
    return to_number(holder.get(name))


def to_number(value: object) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float, str)):
        try:
            found = float(value)
        except (ValueError, OverflowError):
            return None
        return found if math.isfinite(found) else None
    return None


def whole(holder: Json, name: str, default: int) -> int:
    """A number without its fraction, within what a place on a page can be."""
    found = number(holder, name)
    return default if found is None else int(max(-1e6, min(1e6, found)))


def truth(holder: Json, name: str) -> bool:
    """Whether it is there and true."""
    return holder.get(name) is True


def plain(value: float) -> str:
    """A number as people write it."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(value)


def clipped(value: str, longest: int = 200) -> str:
    """A text that fits a field."""
    return value if len(value) <= longest else value[: longest - 1] + "…"
