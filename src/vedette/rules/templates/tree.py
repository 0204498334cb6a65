"""The tree of a template."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class Literal(Struct, frozen=True):
    """A text, number, boolean or nil; numbers without a point are whole."""

    value: str | float | bool | int | None


class Dot(Struct, frozen=True):
    """`.`"""


class Variable(Struct, frozen=True):
    """`$name`"""

    name: str


class Field(Struct, frozen=True):
    """`operand.name`"""

    operand: Operand
    name: str


class Function(Struct, frozen=True):
    """The name of a function; called with the operands behind it."""

    name: str


class Command(Struct, frozen=True):
    """Operands side by side: a value, or a function with its arguments."""

    operands: tuple[Operand, ...]


class Pipeline(Struct, frozen=True):
    """Commands, each of which gets the value of the former as its last argument; the value may be named."""

    commands: tuple[Command, ...]
    names: tuple[str, ...] = ()
    is_new: bool = False
    """Whether the names are declared here."""


Operand: TypeAlias = "Literal | Dot | Variable | Field | Function | Pipeline"


class Text(Struct, frozen=True):
    """What stands as it is."""

    text: str


class Print(Struct, frozen=True):
    """`{{ pipeline }}`"""

    pipeline: Pipeline


class If(Struct, frozen=True):
    """`{{ if }}`; an `else if` is an If within the otherwise."""

    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


class With(Struct, frozen=True):
    """`{{ with }}`: as If, and the value is the dot."""

    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


class Range(Struct, frozen=True):
    """`{{ range }}`: the body for each item, which is the dot."""

    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


class Leave(Struct, frozen=True):
    """`{{ break }}` or `{{ continue }}`."""

    is_break: bool


class Define(Struct, frozen=True):
    """`{{ define "name" }}`"""

    name: str
    body: tuple[Node, ...]


class Use(Struct, frozen=True):
    """`{{ template "name" pipeline }}`"""

    name: str
    pipeline: Pipeline | None


Node: TypeAlias = "Text | Print | If | With | Range | Leave | Define | Use"
