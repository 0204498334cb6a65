"""What the document says of one route and method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

JSON: Final = "application/json"
TEXT: Final = "text/plain"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `schema` is its JSON schema."""

    name: str
    description: str
    place: Literal["query", "path", "header"] = "query"
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Content:
    """A body: its media type with a type that msgspec can describe, or None where the body is no JSON."""

    description: str
    media_type: str = JSON
    shape: Any = None
    example: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One route and method."""

    summary: str
    tag: str
    answers: Mapping[int, Content]
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[Content, ...] = ()
    """Alternative request bodies, one for each media type."""
    form: bool = False
    """The query parameters may also come as a form in the body."""
    errors: tuple[int, ...] = ()
    """Statuses that are answered with the common error body, besides 500."""


def parameter(
    name: str, description: str, kind: str = "string", *, required: bool = False, many: bool = False
) -> Parameter:
    """A query parameter of a plain type."""
    schema: dict[str, Any] = {"type": kind}
    return Parameter(
        name, description, required=required, schema={"type": "array", "items": schema} if many else schema
    )


def in_path(name: str, description: str) -> Parameter:
    """A part of the path."""
    return Parameter(name, description, "path", required=True)
