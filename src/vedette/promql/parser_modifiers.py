"""What follows a selector - range, offset, @, anchored, smoothed - put onto the frozen nodes."""

from __future__ import annotations

from msgspec.structs import replace

from vedette.errors import QuerySyntax
from vedette.promql import ast
from vedette.promql.check import span_of


def set_range(expr: ast.Expr, duration: ast.DurationMs, bracket_start: int, end: int) -> ast.Expr:
    """`selector[range]`; `bracket_start` and `end` enclose the brackets."""
    message = ""
    if not isinstance(expr, ast.VectorSelector):
        message = "ranges only allowed for vector selectors"
    elif expr.offset != 0:
        message = "no offset modifiers allowed before range"
    elif expr.at is not None:
        message = "no @ modifiers allowed before range"
    if message or not isinstance(expr, ast.VectorSelector):
        raise QuerySyntax(message, start=bracket_start, end=end)
    return ast.MatrixSelector(expr, duration, ast.Span(expr.span.start, end))


def set_offset(expr: ast.Expr, offset: ast.DurationMs, end: int) -> ast.Expr:
    """`expr offset duration`."""
    target = _target(expr, "offset modifier")
    if target.offset != 0:
        raise _refusal(expr, "offset may not be set multiple times")
    if isinstance(expr, ast.MatrixSelector):
        return replace(expr, selector=replace(expr.selector, offset=offset), span=_until(expr, end))
    return replace(target, offset=offset, span=_until(expr, end))


def set_at(expr: ast.Expr, at: ast.At, end: int) -> ast.Expr:
    """`expr @ time`."""
    target = _target(expr, "@ modifier")
    if target.at is not None:
        raise _refusal(expr, "@ <timestamp> may not be set multiple times")
    if isinstance(expr, ast.MatrixSelector):
        return replace(expr, selector=replace(expr.selector, at=at), span=_until(expr, end))
    return replace(target, at=at, span=_until(expr, end))


def set_extension(expr: ast.Expr, kind: str, end: int) -> ast.Expr:
    """`expr anchored` or `expr smoothed`."""
    if isinstance(expr, ast.Subquery):
        raise _refusal(expr, f"{kind} modifier is not supported for subqueries")
    if not isinstance(expr, (ast.VectorSelector, ast.MatrixSelector)):
        raise _refusal(expr, f"{kind} must be preceded by an instant vector selector or range vector selector")
    selector = expr.selector if isinstance(expr, ast.MatrixSelector) else expr
    selector = replace(
        selector, anchored=selector.anchored or kind == "anchored", smoothed=selector.smoothed or kind == "smoothed"
    )
    if selector.anchored and selector.smoothed:
        raise _refusal(expr, "anchored and smoothed modifiers cannot be used together")
    if isinstance(expr, ast.MatrixSelector):
        return replace(expr, selector=selector, span=_until(expr, end))
    return replace(selector, span=_until(expr, end))


def _target(expr: ast.Expr, what: str) -> ast.VectorSelector | ast.Subquery:
    if isinstance(expr, ast.MatrixSelector):
        return expr.selector
    if isinstance(expr, (ast.VectorSelector, ast.Subquery)):
        return expr
    raise _refusal(
        expr, f"{what} must be preceded by an instant vector selector or range vector selector or a subquery"
    )


def _until(expr: ast.Expr, end: int) -> ast.Span:
    return ast.Span(span_of(expr).start, end)


def _refusal(expr: ast.Expr, message: str) -> QuerySyntax:
    span = span_of(expr)
    return QuerySyntax(message, start=span.start, end=span.end)
