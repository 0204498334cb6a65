"""A PromQL tree as the JSON of Prometheus' parse_query."""

from __future__ import annotations

from typing import Final

from vedette.model.matcher import Matcher
from vedette.promql import ast
from vedette.promql.functions.signature import Signature
from vedette.promql.functions.table import SIGNATURES
from vedette.promql.printer import format_float

Json = dict[str, object]
_TYPES: Final = {
    ast.ValueType.SCALAR: "scalar",
    ast.ValueType.VECTOR: "vector",
    ast.ValueType.MATRIX: "matrix",
    ast.ValueType.STRING: "string",
    ast.ValueType.NONE: "none",
}


def tree_json(expr: ast.Expr) -> Json:
    """Nodes by their `type`, children inside."""
    match expr:
        case ast.NumberLiteral():
            return {"type": "numberLiteral", "val": format_float(expr.value)}
        case ast.StringLiteral():
            value = expr.value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            return {"type": "stringLiteral", "val": value}
        case ast.VectorSelector():
            return _selector(expr, "vectorSelector")
        case ast.MatrixSelector():
            return {**_selector(expr.selector, "matrixSelector"), "range": _ms(expr.range)}
        case ast.Subquery():
            return {
                "type": "subquery",
                "expr": tree_json(expr.expr),
                "range": _ms(expr.range),
                "step": 0 if expr.step is None else _ms(expr.step),
                "offset": _ms(expr.offset),
                **_at(expr.at),
            }
        case _:
            return _operation(expr)


def _operation(expr: ast.Expr) -> Json:
    match expr:
        case ast.Call():
            return {
                "type": "call",
                "func": _function(SIGNATURES[expr.function]),
                "args": [tree_json(arg) for arg in expr.args],
            }
        case ast.Aggregate():
            return {
                "type": "aggregation",
                "op": expr.op,
                "expr": tree_json(expr.expr),
                "param": None if expr.param is None else tree_json(expr.param),
                "grouping": list(expr.grouping),
                "without": expr.without,
            }
        case ast.Binary():
            return {
                "type": "binaryExpr",
                "op": expr.op,
                "lhs": tree_json(expr.left),
                "rhs": tree_json(expr.right),
                "matching": _matching(expr.matching),
                "bool": expr.return_bool,
            }
        case ast.Unary():
            return {"type": "unaryExpr", "op": expr.op, "expr": tree_json(expr.expr)}
        case ast.Paren():
            return {"type": "parenExpr", "expr": tree_json(expr.expr)}
        case _:
            raise AssertionError(f"BUG: no JSON for {type(expr).__name__}")


def _selector(expr: ast.VectorSelector, kind: str) -> Json:
    return {
        "type": kind,
        "name": expr.name,
        "matchers": [_matcher(matcher) for matcher in expr.matchers],
        "offset": _ms(expr.offset),
        **_at(expr.at),
        "anchored": expr.anchored,
        "smoothed": expr.smoothed,
    }


def _at(at: ast.At | None) -> Json:
    return {
        "timestamp": at.time_ms if at is not None and at.kind == "time" else None,
        "startOrEnd": at.kind if at is not None and at.kind != "time" else None,
    }


def _matcher(matcher: Matcher) -> Json:
    return {"type": matcher.op.value, "name": matcher.name, "value": matcher.value}


def _ms(duration: ast.DurationMs) -> int:
    # A duration that is an expression has no number before the query's step is known.
    return duration if isinstance(duration, int) else 0


def _function(signature: Signature) -> Json:
    return {
        "name": signature.name,
        "argTypes": [_TYPES[kind] for kind in signature.args],
        "variadic": signature.variadic,
        "returnType": _TYPES[signature.returns],
    }


def _matching(matching: ast.VectorMatching | None) -> Json | None:
    if matching is None:
        return None
    return {
        "card": matching.card,
        "labels": list(matching.labels),
        "on": matching.on,
        "include": list(matching.include),
        "fillValues": {"lhs": matching.fill_left, "rhs": matching.fill_right},
    }
