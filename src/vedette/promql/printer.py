"""Trees to text: `print_expr` on one line, `pretty` broken and indented as Prometheus formats queries."""

from __future__ import annotations

import math
from typing import Final

from vedette.model.duration import print_duration_ms
from vedette.model.labels import METRIC_NAME, is_classic_label_name
from vedette.model.matcher import Matcher, MatchOp
from vedette.promql import ast
from vedette.promql.lexer import go_quote

MAX_LINE: Final = 100
"""Characters after which `pretty` breaks a line."""
_INDENT: Final = "  "
_QUOTED: Final = frozenset(("inf", "nan", "without"))
"""Labels that a grouping takes only in quotes."""
_EXTREMES: Final = {"min": "min_of", "max": "max_of"}


def print_expr(expr: ast.Expr) -> str:
    """The expression on one line; parsing it gives an equal tree, spans aside."""
    match expr:
        case ast.NumberLiteral():
            return print_number(expr)
        case ast.StringLiteral():
            return go_quote(expr.value)
        case ast.VectorSelector():
            return _selector(expr) + _at(expr.at) + _extension(expr) + _offset(expr.offset)
        case ast.MatrixSelector():
            inner = expr.selector
            suffix = f"[{_duration(expr.range)}]{_extension(inner)}{_at(inner.at)}{_offset(inner.offset)}"
            return _selector(inner) + suffix
        case ast.Subquery():
            return print_expr(expr.expr) + _subquery_suffix(expr)
        case ast.Call():
            return f"{expr.function}({', '.join(print_expr(arg) for arg in expr.args)})"
        case ast.Aggregate():
            args = [expr.expr] if expr.param is None else [expr.param, expr.expr]
            return f"{_aggregate_head(expr)}({', '.join(print_expr(arg) for arg in args)})"
        case ast.Binary():
            return f"{print_expr(expr.left)} {_operator(expr)} {print_expr(expr.right)}"
        case ast.Unary():
            return expr.op + print_expr(expr.expr)
        case ast.Paren():
            return f"({print_expr(expr.expr)})"


def pretty(expr: ast.Expr) -> str:
    """The expression over several lines where one would be longer than MAX_LINE characters."""
    return _pretty(expr, 0)


def _pretty(expr: ast.Expr, level: int) -> str:
    indent = _INDENT * level
    whole = print_expr(expr)
    if isinstance(expr, ast.Unary):
        return indent + expr.op + _pretty(expr.expr, level).strip()
    if len(whole) <= MAX_LINE:
        return indent + whole
    match expr:
        case ast.Aggregate():
            args = [expr.expr] if expr.param is None else [expr.param, expr.expr]
            inner = ",\n".join(_pretty(arg, level + 1) for arg in args)
            return f"{indent}{_aggregate_head(expr)}(\n{inner}\n{indent})"
        case ast.Call() if expr.args:
            inner = ",\n".join(_pretty(arg, level + 1) for arg in expr.args)
            return f"{indent}{expr.function}(\n{inner}\n{indent})"
        case ast.Paren():
            return f"{indent}(\n{_pretty(expr.expr, level + 1)}\n{indent})"
        case ast.Binary():
            left, right = _pretty(expr.left, level + 1), _pretty(expr.right, level + 1)
            return f"{left}\n{indent}{_operator(expr)}\n{right}"
        case ast.Subquery():
            return _pretty(expr.expr, level) + _subquery_suffix(expr)
        case _:
            return indent + whole


def format_float(value: float) -> str:
    """The shortest decimal notation without an exponent, as Prometheus prints numbers in queries."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(value)
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = _shift(mantissa, int(exponent))
    return text.removesuffix(".0")


def print_number(expr: ast.NumberLiteral) -> str:
    """A literal, as a duration when it was written as one."""
    if expr.is_duration:
        return print_duration_ms(round(expr.value * 1000))
    return format_float(expr.value)


def _shift(mantissa: str, exponent: int) -> str:
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = whole + fraction
    point = len(whole) + exponent
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    return sign + digits.ljust(point, "0") + ("." + digits[point:] if point < len(digits) else "")


def _selector(expr: ast.VectorSelector) -> str:
    matchers = sorted(_matcher(matcher) for matcher in expr.matchers if not _is_name(matcher, expr.name))
    return expr.name + ("{" + ",".join(matchers) + "}" if matchers or not expr.name else "")


def _is_name(matcher: Matcher, name: str) -> bool:
    return bool(name) and matcher.name == METRIC_NAME and matcher.op is MatchOp.EQUAL and matcher.value == name


def _matcher(matcher: Matcher) -> str:
    return f"{_label(matcher.name)}{matcher.op.value}{go_quote(matcher.value)}"


def _label(name: str) -> str:
    return name if is_classic_label_name(name) else go_quote(name)


def _labels(names: tuple[str, ...]) -> str:
    return "(" + ", ".join(go_quote(name) if name.lower() in _QUOTED else _label(name) for name in names) + ")"


def _at(at: ast.At | None) -> str:
    if at is None:
        return ""
    if at.kind != "time":
        return f" @ {at.kind}()"
    sign, rest = ("-", -at.time_ms) if at.time_ms < 0 else ("", at.time_ms)
    return f" @ {sign}{rest // 1000}.{rest % 1000:03d}"


def _extension(expr: ast.VectorSelector) -> str:
    return " anchored" if expr.anchored else " smoothed" if expr.smoothed else ""


def _offset(offset: ast.DurationMs) -> str:
    return "" if offset == 0 else f" offset {_duration(offset)}"


def _duration(duration: ast.DurationMs) -> str:
    if isinstance(duration, int):
        return print_duration_ms(duration)
    if isinstance(duration, ast.NumberLiteral):
        return print_number(duration)
    if isinstance(duration, ast.StepDuration):
        return f"{duration.kind}()"
    right = _duration(duration.right)
    if duration.op in _EXTREMES and duration.left is not None:
        text = f"{_EXTREMES[duration.op]}({_duration(duration.left)}, {right})"
    elif duration.left is None:
        text = right if duration.op == "+" else f"{duration.op}{right}"
    else:
        text = f"{_duration(duration.left)} {duration.op} {right}"
    return f"({text})" if duration.parenthesized else text


def _subquery_suffix(expr: ast.Subquery) -> str:
    step = "" if expr.step is None else _duration(expr.step)
    return f"[{_duration(expr.range)}:{step}]{_at(expr.at)}{_offset(expr.offset)}"


def _aggregate_head(expr: ast.Aggregate) -> str:
    if expr.without:
        return f"{expr.op} without {_labels(expr.grouping)} "
    # `by ()` means the same as no grouping at all.
    return f"{expr.op} by {_labels(expr.grouping)} " if expr.grouping else expr.op


def _operator(expr: ast.Binary) -> str:
    text = expr.op + (" bool" if expr.return_bool else "")
    matching = expr.matching
    if matching is None:
        return text
    grouped = matching.card in ("many-to-one", "one-to-many")
    if matching.labels or matching.on or grouped:
        text += f" {'on' if matching.on else 'ignoring'} {_labels(matching.labels)}"
    if grouped:
        side = "left" if matching.card == "many-to-one" else "right"
        text += f" group_{side} {_labels(matching.include)}"
    left, right = matching.fill_left, matching.fill_right
    if left is not None and right is not None and (left == right or (math.isnan(left) and math.isnan(right))):
        return f"{text} fill ({format_float(left)})"
    text += f" fill_left ({format_float(left)})" if left is not None else ""
    return text + (f" fill_right ({format_float(right)})" if right is not None else "")
