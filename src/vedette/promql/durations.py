"""Durations that are expressions: their value for one query's step and range."""

from __future__ import annotations

import math

from msgspec.structs import replace

from vedette.errors import QuerySyntax
from vedette.promql import ast

_MAX_SECONDS = 2**63 / 1e9


def literal_ms(seconds: float) -> int:
    """A literal's milliseconds: rounded to nanoseconds as Prometheus holds it, then cut."""
    return int(math.copysign(math.floor(abs(seconds) * 1e9 + 0.5) // 1e6, seconds))


def resolve(expr: ast.Expr, *, step_ms: int, range_ms: int) -> ast.Expr:
    """The same tree with every duration a plain int of milliseconds; the tree itself when all of them are.

    `step_ms` and `range_ms` are the query's (0 for an instant query). Raises QuerySyntax for a duration that is not
    positive where it must be, infinite, or divided by zero.
    """
    return _Resolver(step_ms / 1000, range_ms / 1000).visit(expr)


class _Resolver:
    def __init__(self, step_s: float, range_s: float) -> None:
        self._step_s = step_s
        self._range_s = range_s

    def visit(self, expr: ast.Expr) -> ast.Expr:
        match expr:
            case ast.VectorSelector():
                return self._selector(expr)
            case ast.MatrixSelector():
                selector = self._selector(expr.selector)
                range_ms = self._positive(expr.range)
                if selector is expr.selector and range_ms is expr.range:
                    return expr
                return replace(expr, selector=selector, range=range_ms)
            case ast.Subquery():
                return self._subquery(expr)
            case _:
                return self._inner(expr)

    def _inner(self, expr: ast.Expr) -> ast.Expr:
        match expr:
            case ast.Call():
                args = tuple(self.visit(arg) for arg in expr.args)
                same = all(new is old for new, old in zip(args, expr.args, strict=True))
                return expr if same else replace(expr, args=args)
            case ast.Aggregate():
                inner = self.visit(expr.expr)
                param = self.visit(expr.param) if expr.param is not None else None
                return expr if inner is expr.expr and param is expr.param else replace(expr, expr=inner, param=param)
            case ast.Binary():
                left, right = self.visit(expr.left), self.visit(expr.right)
                return expr if left is expr.left and right is expr.right else replace(expr, left=left, right=right)
            case ast.Unary() | ast.Paren():
                inner = self.visit(expr.expr)
                return expr if inner is expr.expr else replace(expr, expr=inner)
            case _:
                return expr

    def _selector(self, expr: ast.VectorSelector) -> ast.VectorSelector:
        if isinstance(expr.offset, int):
            return expr
        return replace(expr, offset=self._ms(expr.offset))

    def _subquery(self, expr: ast.Subquery) -> ast.Subquery:
        inner = self.visit(expr.expr)
        plain = isinstance(expr.range, int) and isinstance(expr.offset, int)
        if inner is expr.expr and plain and (expr.step is None or isinstance(expr.step, int)):
            return expr
        step = None if expr.step is None else self._positive(expr.step)
        offset = self._ms(expr.offset)
        return replace(expr, expr=inner, range=self._positive(expr.range), step=step, offset=offset)

    def _positive(self, duration: ast.DurationMs) -> int:
        if isinstance(duration, int):
            return duration
        if not self._seconds(duration) > 0:
            raise _refusal(duration, "duration must be greater than 0")
        return self._ms(duration)

    def _ms(self, duration: ast.DurationMs) -> int:
        if isinstance(duration, int):
            return duration
        seconds = self._seconds(duration)
        if not math.isfinite(seconds):
            raise _refusal(duration, "duration is NaN or infinite")
        if abs(seconds) > _MAX_SECONDS:
            raise _refusal(duration, "duration is out of range")
        return int(seconds * 1000)

    def _seconds(self, duration: ast.DurationExpr) -> float:
        if isinstance(duration, ast.NumberLiteral):
            return duration.value
        if isinstance(duration, ast.StepDuration):
            return self._step_s if duration.kind == "step" else self._range_s
        right = self._seconds(duration.right)
        if duration.left is None:
            return -right if duration.op == "-" else right
        return _apply(duration, self._seconds(duration.left), right)


def _apply(node: ast.DurationOp, left: float, right: float) -> float:
    match node.op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            if right == 0:
                raise _refusal(node, "division by zero")
            return left / right
        case "%":
            if right == 0:
                raise _refusal(node, "modulo by zero")
            return math.fmod(left, right) if math.isfinite(left) else math.nan
        case "^":
            try:
                return math.pow(left, right)
            except (OverflowError, ValueError):
                return math.nan
        case "min":
            return min(left, right)
        case "max":
            return max(left, right)


def _refusal(node: ast.DurationExpr, message: str) -> QuerySyntax:
    return QuerySyntax(message, start=node.span.start, end=node.span.end)
