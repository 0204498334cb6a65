"""Type checks of a parsed tree, with Prometheus' wording and the position of what is wrong."""

from __future__ import annotations

from vedette.errors import QuerySyntax
from vedette.model.labels import METRIC_NAME
from vedette.promql import ast
from vedette.promql.ast import Expr, Span, ValueType
from vedette.promql.functions.table import SIGNATURES
from vedette.promql.lexer import COMPARISONS, SET_OPERATORS, go_quote

_SCALAR_PARAM = frozenset(("topk", "bottomk", "quantile", "limitk", "limit_ratio"))


def span_of(expr: Expr) -> Span:
    """Where the expression stands in the text."""
    return expr.span


def value_type(expr: Expr) -> ValueType:
    """What the expression yields."""
    while isinstance(expr, (ast.Paren, ast.Unary)):
        expr = expr.expr
    match expr:
        case ast.NumberLiteral():
            return ValueType.SCALAR
        case ast.StringLiteral():
            return ValueType.STRING
        case ast.MatrixSelector() | ast.Subquery():
            return ValueType.MATRIX
        case ast.Call():
            return SIGNATURES[expr.function].returns
        case ast.Binary():
            # The right side first: in a chain it is the short one.
            scalars = all(value_type(side) is ValueType.SCALAR for side in (expr.right, expr.left))
            return ValueType.SCALAR if scalars else ValueType.VECTOR
        case _:
            return ValueType.VECTOR


def check(expr: Expr, text: str, *, label_selector_only: bool = False) -> ValueType:
    """The type of the expression after everything below it was checked. Raises QuerySyntax."""
    match expr:
        case ast.Aggregate():
            _aggregate(expr, text)
        case ast.Binary():
            _binary(expr, text)
        case ast.Call():
            _call(expr, text)
        case ast.Paren():
            check(expr.expr, text)
        case ast.Unary():
            kind = check(expr.expr, text)
            if kind not in (ValueType.SCALAR, ValueType.VECTOR):
                raise _refusal(
                    expr.span,
                    "unary expression only allowed on expressions of type scalar or instant vector, "
                    f'got "{kind.value}"',
                )
        case ast.Subquery():
            kind = check(expr.expr, text)
            if kind is not ValueType.VECTOR:
                shown = {"range vector": "matrix", "instant vector": "vector"}.get(kind.value, kind.value)
                raise _refusal(expr.span, f"subquery is only allowed on instant vector, got {shown} instead")
        case ast.MatrixSelector():
            check(expr.selector, text)
        case ast.VectorSelector():
            _selector(expr, label_selector_only)
        case _:
            pass
    return value_type(expr)


def _selector(expr: ast.VectorSelector, label_selector_only: bool) -> None:
    if expr.name:
        for matcher in expr.matchers[:-1]:
            if matcher.name == METRIC_NAME:
                raise _refusal(
                    expr.span,
                    f"metric name must not be set twice: {go_quote(expr.name)} or {go_quote(matcher.value)}",
                )
    elif not label_selector_only and all(matcher.matches_empty for matcher in expr.matchers):
        raise _refusal(expr.span, "vector selector must contain at least one non-empty matcher")


def _aggregate(expr: ast.Aggregate, text: str) -> None:
    _expect(expr.expr, text, ValueType.VECTOR, "aggregation expression")
    if expr.param is not None:
        wanted = ValueType.SCALAR if expr.op in _SCALAR_PARAM else ValueType.STRING
        _expect(expr.param, text, wanted, "aggregation parameter")


def _expect(expr: Expr, text: str, wanted: ValueType, context: str) -> None:
    got = check(expr, text)
    if got is not wanted:
        raise _refusal(span_of(expr), f"expected type {wanted.value} in {context}, got {got.value}")


def _binary(expr: ast.Binary, text: str) -> None:
    left, right = check(expr.left, text), check(expr.right, text)
    matching = expr.matching
    if expr.return_bool and expr.op not in COMPARISONS:
        raise _refusal(_operator_span(expr, text), "bool modifier can only be used on comparison operators")
    scalars = left is ValueType.SCALAR and right is ValueType.SCALAR
    if expr.op in COMPARISONS and not expr.return_bool and scalars:
        raise _refusal(_operator_span(expr, text), "comparisons between scalars must use BOOL modifier")
    if matching is not None and matching.on:
        for label in matching.labels:
            if label in matching.include:
                raise _refusal(
                    _operator_span(expr, text),
                    f"label {go_quote(label)} must not occur in ON and GROUP clause at once",
                )
    for side, kind in ((expr.left, left), (expr.right, right)):
        if kind not in (ValueType.SCALAR, ValueType.VECTOR):
            raise _refusal(span_of(side), "binary expression must contain only scalar and instant vector types")
    vectors = left is ValueType.VECTOR and right is ValueType.VECTOR
    if matching is not None:
        _matching(expr, matching, vectors)
    if not vectors and expr.op in SET_OPERATORS:
        raise _refusal(expr.span, f'set operator "{expr.op}" not allowed in binary scalar expression')


def _matching(expr: ast.Binary, matching: ast.VectorMatching, vectors: bool) -> None:
    fills = matching.fill_left is not None or matching.fill_right is not None
    if not vectors:
        if matching.labels:
            raise _refusal(expr.span, "vector matching only allowed between instant vectors")
        if fills:
            raise _refusal(expr.span, "filling in missing series only allowed between instant vectors")
    elif expr.op in SET_OPERATORS:
        if matching.card != "many-to-many":
            raise _refusal(expr.span, f'no grouping allowed for "{expr.op}" operation')
        if fills:
            raise _refusal(expr.span, "filling in missing series not allowed for set operators")


def _operator_span(expr: ast.Binary, text: str) -> Span:
    start, end = span_of(expr.left).end, span_of(expr.right).start
    between = text[start:end]
    return Span(start + len(between) - len(between.lstrip()), start + max(len(between.rstrip()), 1))


def _call(expr: ast.Call, text: str) -> None:
    signature = SIGNATURES[expr.function]
    wanted, got = len(signature.args), len(expr.args)
    name = go_quote(expr.function)
    if signature.variadic == 0:
        if got != wanted:
            raise _refusal(expr.span, f"expected {wanted} argument(s) in call to {name}, got {got}")
    else:
        least = wanted - (signature.variadic if signature.variadic > 0 else 1)
        most = wanted if signature.variadic > 0 else got
        if got < least:
            raise _refusal(expr.span, f"expected at least {least} argument(s) in call to {name}, got {got}")
        if got > most:
            raise _refusal(expr.span, f"expected at most {most} argument(s) in call to {name}, got {got}")
    if expr.function == "info" and got > 1:
        _info_selector(expr)
    for index, arg in enumerate(expr.args):
        expected = signature.args[min(index, wanted - 1)]
        kind = check(arg, text, label_selector_only=expr.function == "info" and index == 1)
        if kind is not expected:
            raise _refusal(span_of(arg), f"expected type {expected.value} in call to function {name}, got {kind.value}")


def _info_selector(expr: ast.Call) -> None:
    selector = expr.args[1]
    kind = value_type(selector)
    if kind is not ValueType.VECTOR:
        raise _refusal(expr.span, f'expected type instant vector in call to function "info", got {kind.value}')
    if not isinstance(selector, ast.VectorSelector):
        raise _refusal(span_of(selector), "expected label selectors only")
    if selector.name:
        raise _refusal(selector.span, "expected label selectors only, got vector selector instead")


def _refusal(span: Span, message: str) -> QuerySyntax:
    return QuerySyntax(message, start=span.start, end=span.end)
