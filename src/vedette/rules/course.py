"""What an alerting rule watches, over time: the series of alerts, and the number that they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from vedette.model.alert import ALERT_NAME, Course
from vedette.model.frame import Frame, QueryResult
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import FloatArray
from vedette.promql import ast
from vedette.rules.compiled import CompiledRule

_TURNED: Final = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}
"""Comparisons, and each as it is with its sides exchanged."""
_OTHER_LABELS: Final = frozenset(
    ("label_replace", "label_join", "absent", "absent_over_time", "vector", "scalar", "time", "histogram_quantile")
)
"""Functions after which the labels of a series are not those that it was stored with."""

Ask = Callable[[ast.Expr, tuple[Matcher, ...]], QueryResult]
"""The values of an expression over the time that is looked at, every selector narrowed. Raises VedetteErrors."""


class Compared(Struct, frozen=True):
    """`expr op value`: what is compared with a number stands to the left."""

    expr: ast.Expr
    op: str
    value: float


def compared(expr: ast.Expr) -> Compared | None:
    """The two sides of a comparison with a number that keeps only what fulfils it; None for all else."""
    if not isinstance(expr, ast.Binary) or expr.op not in _TURNED or expr.return_bool:
        return None
    left, right = _number(expr.left), _number(expr.right)
    if right is not None:
        return Compared(expr.left, expr.op, right)
    return None if left is None else Compared(expr.right, _TURNED[expr.op], left)


class Watched(Struct, frozen=True):
    """The side of a rule's comparison that moves, and the other where it is a number."""

    expr: ast.Expr
    threshold: float | None = None


def watched(expr: ast.Expr) -> Watched:
    """Of `a > 5 and b < 3` it is a, and 5: the left side of `and` is what alerts get their values from."""
    match expr:
        case ast.Paren():
            return watched(expr.expr)
        case ast.Binary(op=op) if op in ("and", "unless"):
            return watched(expr.left)
        case ast.Binary(op=op) if op in _TURNED and not expr.return_bool:
            found = compared(expr)
            return Watched(expr.left) if found is None else Watched(found.expr, found.value)
        case _:
            return Watched(expr)


def course_of(
    rule: CompiledRule, alerts: Sequence[Labels], start_ms: int, end_ms: int, step_ms: int, ask: Ask
) -> Course | None:
    """The series of some alerts of a rule; None where none of them is there."""
    found = watched(rule.expr)
    added = {ALERT_NAME, METRIC_NAME, *(name for name, _ in rule.labels)}
    wanted = [{name: value for name, value in alert.pairs if name not in added} for alert in alerts]
    labels: list[Labels] = []
    values: list[FloatArray] = []
    narrow = _keeps_labels(found.expr)
    every = None if narrow else ask(found.expr, ()).frame
    for alert, of_series in zip(alerts, wanted, strict=True):
        frame = every
        if narrow:
            matchers = tuple(Matcher(name, MatchOp.EQUAL, value) for name, value in of_series.items())
            frame = ask(found.expr, matchers).frame
        row = _row(frame, of_series) if frame is not None else None
        if frame is not None and row is not None:
            labels.append(alert)
            values.append(_values(frame, row))
    if not labels:
        return None
    return Course(start_ms, end_ms, step_ms, tuple(labels), tuple(values), found.threshold)


def _row(frame: Frame, wanted: dict[str, str]) -> int | None:
    """The series whose labels are those wanted; else one that has them among others."""
    fitting = [
        row for row, one in enumerate(frame.labels) if all(one.get(name) == value for name, value in wanted.items())
    ]
    return min(fitting, key=lambda row: len(frame.labels[row].pairs), default=None)


def _values(frame: Frame, row: int) -> FloatArray:
    values = frame.values[row]
    return values if frame.present is None else np.where(frame.present[row], values, np.nan)


def _number(expr: ast.Expr) -> float | None:
    match expr:
        case ast.NumberLiteral():
            return expr.value
        case ast.Paren():
            return _number(expr.expr)
        case ast.Unary():
            value = _number(expr.expr)
            return value if value is None or expr.op == "+" else -value
        case _:
            return None


def _keeps_labels(expr: ast.Expr) -> bool:
    """Whether what comes out has the labels of what is stored, so that others need not be read."""
    match expr:
        case ast.VectorSelector() | ast.MatrixSelector() | ast.NumberLiteral() | ast.StringLiteral():
            return True
        case ast.Paren() | ast.Unary() | ast.Subquery():
            return _keeps_labels(expr.expr)
        case ast.Call():
            return expr.function not in _OTHER_LABELS and all(map(_keeps_labels, expr.args))
        case ast.Binary():
            return any(_number(side) is not None for side in (expr.left, expr.right)) and all(
                map(_keeps_labels, (expr.left, expr.right))
            )
        case _:
            return False
