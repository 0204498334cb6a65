"""Conditions of forms become PromQL, so that there is one way to evaluate, to backtest and to explain a rule."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from vedette.errors import BadData, QuerySyntax
from vedette.model.duration import parse_duration_ms, print_duration_ms
from vedette.promql import ast
from vedette.promql.check import value_type
from vedette.promql.parser import parse
from vedette.promql.printer import print_expr
from vedette.rules.document import Absence, Anomaly, Both, Change, Compare, Condition, Either, Not, Promql, Threshold

_TO_SIGMA: Final = "0.6745"
"""Median absolute deviations of a normal distribution in standard deviations."""
MAX_DEPTH: Final = 8


def compile_condition(condition: Condition) -> tuple[str, str]:
    """The PromQL of a condition, and of what keeps an alert firing or nothing. Raises BadData with the wrong field."""
    if isinstance(condition, Not):
        raise BadData("condition: not stands within and")
    keep = ""
    if isinstance(condition, Threshold) and condition.recover is not None:
        keep = _threshold(replace(condition, value=_recovery(condition), recover=None))
    return _text(condition, 0), keep


def _text(condition: Condition, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise BadData(f"condition: nested deeper than {MAX_DEPTH}")
    match condition:
        case Threshold():
            return _threshold(condition)
        case Compare():
            return _compare(condition)
        case Change():
            return _change(condition)
        case Absence():
            return _absence(condition)
        case Anomaly():
            return _anomaly(condition)
        case Promql():
            return print_expr(_vector("condition.query", condition.query))
        case Both():
            return _both(condition, depth)
        case Either():
            return _join("or", [_text(each, depth + 1) for each in condition.of], condition.on)
        case Not():
            raise BadData("condition: not stands within and")


def _threshold(condition: Threshold) -> str:
    return f"{_query(condition.query)} {condition.op} {_number(condition.value)}"


def _recovery(condition: Threshold) -> float:
    value, recover = condition.value, condition.recover
    if recover is None:
        return value
    if condition.op in ("==", "!="):
        raise BadData(f"condition.recover: {condition.op} has no further side")
    wrong = recover > value if condition.op in (">", ">=") else recover < value
    if wrong:
        raise BadData(f"condition.recover: {_number(recover)} is not on the calm side of {_number(value)}")
    return recover


def _compare(condition: Compare) -> str:
    right = _query(condition.right, "condition.right")
    if condition.factor != 1.0:
        right = f"({right} * {_number(condition.factor)})"
    left = _query(condition.left, "condition.left")
    return f"{left} {condition.op}{_on(condition.on)} {right}"


def _change(condition: Change) -> str:
    now = _vector("condition.query", condition.query)
    before = print_expr(shifted(now, _duration("condition.over", condition.over)))
    change = f"({print_expr(now)}) - ({before})"
    if condition.unit == "percent":
        # Of nothing there are no percents.
        change = f"100 * ({change}) / abs(({before}) != 0)"
    by = _number(abs(condition.by))
    match condition.direction:
        case "up":
            return f"({change}) > {by}"
        case "down":
            return f"({change}) < -{by}"
        case _:
            return f"abs({change}) > {by}"


def _absence(condition: Absence) -> str:
    expr = _vector("condition.query", condition.query)
    if not condition.over:
        return f"absent({print_expr(expr)})"
    window = print_duration_ms(_duration("condition.over", condition.over))
    plain = isinstance(expr, ast.VectorSelector) and expr.at is None and expr.offset == 0
    return f"absent_over_time({print_expr(expr) if plain else f'({print_expr(expr)})'}[{window}{'' if plain else ':'}])"


def _anomaly(condition: Anomaly) -> str:
    query = _vector("condition.query", condition.query)
    text = print_expr(query)
    step_ms = _duration("condition.step", condition.step)
    window = f"[{print_duration_ms(step_ms * condition.window)}:{print_duration_ms(step_ms)}]"
    match condition.method:
        case "zscore":
            usual, spread = f"avg_over_time(({text}){window})", f"stddev_over_time(({text}){window})"
        case "mad":
            usual = f"quantile_over_time(0.5, ({text}){window})"
            spread = f"(mad_over_time(({text}){window}) / {_TO_SIGMA})"
        case _:
            season_ms = _duration("condition.season", condition.season)
            moments = [f" offset {print_duration_ms(season_ms * number)}" for number in range(1, condition.seasons + 1)]
            usual = _mean([f"avg_over_time(({text}){window}{moment})" for moment in moments])
            spread = _mean([f"stddev_over_time(({text}){window}{moment})" for moment in moments])
    # Where nothing ever varied there is no measure of what is far.
    score = f"(({text}) - {usual}) / ({spread} > 0)"
    threshold = _number(condition.threshold)
    match condition.direction:
        case "up":
            return f"({score}) > {threshold}"
        case "down":
            return f"({score}) < -{threshold}"
        case _:
            return f"abs({score}) > {threshold}"


def _mean(texts: list[str]) -> str:
    return f"(({' + '.join(texts)}) / {len(texts)})" if len(texts) > 1 else texts[0]


def _both(condition: Both, depth: int) -> str:
    """What must hold first: `unless` needs something to take away from."""
    wanted = [each for each in condition.of if not isinstance(each, Not)]
    unwanted = [each.of for each in condition.of if isinstance(each, Not)]
    if not wanted:
        raise BadData("condition: something within and must hold, and not only be not so")
    text = _join("and", [_text(each, depth + 1) for each in wanted], condition.on)
    for each in unwanted:
        text = f"({text}) unless{_on(condition.on)} ({_text(each, depth + 1)})"
    return text


def _join(word: str, texts: list[str], on: tuple[str, ...] | None) -> str:
    return f" {word}{_on(on)} ".join(f"({text})" for text in texts)


def _on(labels: tuple[str, ...] | None) -> str:
    if labels is None:
        return ""
    for label in labels:
        if not label.isidentifier() or not label.isascii():
            raise BadData(f"condition.on: {label[:100]!r} is no name of a label")
    return f" on ({', '.join(labels)})"


def _query(text: str, place: str = "condition.query") -> str:
    return f"({print_expr(_parsed(place, text))})"


def _vector(place: str, text: str) -> ast.Expr:
    expr = _parsed(place, text)
    if value_type(expr) is not ast.ValueType.VECTOR:
        raise BadData(f"{place}: expected series, got a {value_type(expr).value}")
    return expr


def _parsed(place: str, text: str) -> ast.Expr:
    try:
        expr = parse(text)
    except QuerySyntax as error:
        raise BadData(f"{place}: {error.message}") from None
    if value_type(expr) not in (ast.ValueType.VECTOR, ast.ValueType.SCALAR):
        raise BadData(f"{place}: expected series or a number, got a {value_type(expr).value}")
    return expr


def _duration(place: str, text: str) -> int:
    try:
        duration_ms = parse_duration_ms(text)
    except BadData as error:
        raise BadData(f"{place}: {error.message}") from None
    if duration_ms <= 0:
        raise BadData(f"{place}: must be more than zero")
    return duration_ms


def _number(value: float) -> str:
    return f"{value:.17g}" if float(f"{value:.15g}") != value else f"{value:.15g}"


def shifted(expr: ast.Expr, offset_ms: int) -> ast.Expr:
    """The expression as it was `offset_ms` ago. Raises BadData where a selector's moment is fixed."""
    match expr:
        case ast.VectorSelector() | ast.Subquery():
            if expr.at is not None or not isinstance(expr.offset, int):
                raise BadData("condition.query: @ and computed offsets cannot be moved in time")
            return replace(expr, offset=expr.offset + offset_ms)
        case ast.MatrixSelector():
            selector: Any = shifted(expr.selector, offset_ms)
            return replace(expr, selector=selector)
        case ast.Call():
            return replace(expr, args=tuple(shifted(arg, offset_ms) for arg in expr.args))
        case ast.Aggregate():
            param = None if expr.param is None else shifted(expr.param, offset_ms)
            return replace(expr, expr=shifted(expr.expr, offset_ms), param=param)
        case ast.Binary():
            return replace(expr, left=shifted(expr.left, offset_ms), right=shifted(expr.right, offset_ms))
        case ast.Unary() | ast.Paren():
            return replace(expr, expr=shifted(expr.expr, offset_ms))
        case _:
            return expr
