"""The PromQL tree. Frozen values; every node knows its span in the query text; printing is in promql/printer.py.

Durations may be expressions of numbers (`[5m + 30s]`, `offset -(step() * 2)`): such a field holds an Expr until
`promql/durations.py` has resolved it for a given step and range; a plain duration is an int of milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from vedette.model.matcher import Matcher


class ValueType(Enum):
    """What an expression yields."""

    SCALAR = "scalar"
    VECTOR = "instant vector"
    MATRIX = "range vector"
    STRING = "string"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Span:
    """0-based offsets into the query text; `end` is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    """A number; `is_duration` when it was written as one (`5m` is 300)."""

    value: float
    span: Span
    is_duration: bool = False


@dataclass(frozen=True, slots=True)
class StringLiteral:
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class StepDuration:
    """`step()` in a duration: the query's step. `range()` likewise the query's whole range."""

    kind: Literal["step", "range"]
    span: Span


@dataclass(frozen=True, slots=True)
class DurationOp:
    """Arithmetic in a duration: + - * / % ^, unary minus (`left` None), or min/max of two."""

    op: Literal["+", "-", "*", "/", "%", "^", "min", "max"]
    left: DurationExpr | None
    right: DurationExpr
    span: Span
    parenthesized: bool = False


DurationExpr: TypeAlias = (
    "NumberLiteral | StringLiteral | VectorSelector | MatrixSelector | Subquery"
    " | Call | Aggregate | Binary | Unary | Paren"
)
