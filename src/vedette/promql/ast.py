"""The PromQL tree. Frozen values; every node knows its span in the query text; printing is in promql/printer.py.

Durations may be expressions of numbers (`[5m + 30s]`, `offset -(step() * 2)`): such a field holds an Expr until
`promql/durations.py` has resolved it for a given step and range; a plain duration is an int of milliseconds.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal, TypeAlias

from msgspec import Struct

from vedette.model.matcher import Matcher


class ValueType(Enum):
    """What an expression yields."""

    SCALAR = "scalar"
    VECTOR = "instant vector"
    MATRIX = "range vector"
    STRING = "string"
    NONE = "none"


class Span(Struct, frozen=True):
    """0-based offsets into the query text; `end` is exclusive."""

    start: int
    end: int


class NumberLiteral(Struct, frozen=True):
    """A number; `is_duration` when it was written as one (`5m` is 300)."""

    value: float
    span: Span
    is_duration: bool = False


class StringLiteral(Struct, frozen=True):
    """A string; bytes that are no UTF-8 (`"\\xc5"`) are lone surrogates, as bytes.decode's surrogateescape has them."""

    value: str
    span: Span


class StepDuration(Struct, frozen=True):
    """`step()` in a duration: the query's step. `range()` likewise the query's whole range."""

    kind: Literal["step", "range"]
    span: Span


class DurationOp(Struct, frozen=True):
    """Arithmetic in a duration: + - * / % ^, unary minus (`left` None), or min/max of two."""

    op: Literal["+", "-", "*", "/", "%", "^", "min", "max"]
    left: DurationExpr | None
    right: DurationExpr
    span: Span
    parenthesized: bool = False


DurationExpr: TypeAlias = "NumberLiteral | StepDuration | DurationOp"
DurationMs: TypeAlias = "int | DurationExpr"


class At(Struct, frozen=True):
    """`@ 1609746000.5` (`time_ms`), `@ start()` or `@ end()`."""

    kind: Literal["time", "start", "end"]
    time_ms: int = 0


class VectorSelector(Struct, frozen=True):
    """`name{matchers}`; `matchers` includes the one on __name__ that `name` stands for, last."""

    name: str
    matchers: tuple[Matcher, ...]
    span: Span
    offset: DurationMs = 0
    at: At | None = None
    anchored: bool = False
    smoothed: bool = False


class MatrixSelector(Struct, frozen=True):
    """`selector[range]`; offset, at, anchored and smoothed live in the selector."""

    selector: VectorSelector
    range: DurationMs
    span: Span


class Subquery(Struct, frozen=True):
    """`expr[range:step]`; `step` None means the engine's default."""

    expr: Expr
    range: DurationMs
    step: DurationMs | None
    span: Span
    offset: DurationMs = 0
    at: At | None = None


class Call(Struct, frozen=True):
    """A function call; `function` is a name in promql/functions/table.py."""

    function: str
    args: tuple[Expr, ...]
    span: Span


class Aggregate(Struct, frozen=True):
    """`op by (grouping) (param, expr)`."""

    op: str
    expr: Expr
    param: Expr | None
    grouping: tuple[str, ...]
    without: bool
    span: Span
    has_grouping: bool = False
    """Whether `by` or `without` was written; `sum by ()` differs in text from `sum`."""


class VectorMatching(Struct, frozen=True):
    """`on|ignoring (labels) group_left|group_right (include)`."""

    on: bool = False
    labels: tuple[str, ...] = ()
    card: Literal["one-to-one", "many-to-one", "one-to-many", "many-to-many"] = "one-to-one"
    include: tuple[str, ...] = ()
    written: bool = False
    """Whether `on` or `ignoring` was written."""
    fill_left: float | None = None
    fill_right: float | None = None


class Binary(Struct, frozen=True):
    """op is one of + - * / % ^ atan2 == != > < >= <= and or unless."""

    op: str
    left: Expr
    right: Expr
    matching: VectorMatching | None
    """None when a side is a scalar."""
    return_bool: bool
    span: Span


class Unary(Struct, frozen=True):
    op: Literal["+", "-"]
    expr: Expr
    span: Span


class Paren(Struct, frozen=True):
    expr: Expr
    span: Span


Expr: TypeAlias = "NumberLiteral | StringLiteral | VectorSelector | MatrixSelector | Subquery | Call | Aggregate | Binary | Unary | Paren"  # noqa: E501 - a forward reference is one string


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly below, in the order of the text."""
    match expr:
        case Call():
            return expr.args
        case Aggregate():
            return (expr.expr,) if expr.param is None else (expr.param, expr.expr)
        case Binary():
            return (expr.left, expr.right)
        case Unary() | Paren() | Subquery():
            return (expr.expr,)
        case MatrixSelector():
            return (expr.selector,)
        case _:
            return ()
