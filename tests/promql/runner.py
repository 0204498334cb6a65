"""Runs promqltest scripts against anything that answers PromQL and says which evaluations pass."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from msgspec.structs import replace
from tests.promql.script import HISTOGRAM, Clear, Eval, Load, Value, read_script

from vedette.errors import VedetteError
from vedette.model.frame import Annotation, QueryResult
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import matches_all
from vedette.model.special import FloatArray, IntArray
from vedette.promql import ast
from vedette.promql.parser import parse
from vedette.promql.printer import print_expr

_NATIVE_FUNCTIONS = frozenset(
    ("histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum")
)
_TIME_DEPENDENT = frozenset(
    (
        *("days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year"),
        *("predict_linear", "time", "timestamp"),
    )
)
_EPSILON = 1e-6
_SMALLEST_NORMAL = 2.2250738585072014e-308


class Subject(Protocol):
    """What is tested; it starts empty."""

    def load(self, series: Sequence[tuple[Labels, IntArray, FloatArray]]) -> None: ...

    def instant(self, expr: ast.Expr, time_ms: int) -> QueryResult: ...

    def range(self, expr: ast.Expr, start_ms: int, end_ms: int, step_ms: int) -> QueryResult: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Outcome:
    """One evaluation: `problem` is empty when it passed; `native` when it needs native histograms."""

    script: str
    line: int
    expr: str
    native: bool
    problem: str


def run_script(path: Path, open_subject: Callable[[], Subject]) -> Iterator[Outcome]:
    """Every evaluation of a script, in order; those that need native histograms are not asked."""
    subject = open_subject()
    histograms: list[Labels] = []
    try:
        for command in read_script(path):
            if isinstance(command, Clear):
                subject.close()
                subject = open_subject()
                histograms = []
            elif isinstance(command, Load):
                subject.load([_samples(labels, values, command.gap_ms) for labels, values in command.series])
                histograms += _histogram_series(command)
            else:
                native = needs_native_histograms(command, histograms)
                problem = "" if native else _evaluate(subject, command)
                yield Outcome(path.name, command.line, command.expr, native, problem)
    finally:
        subject.close()


def _samples(labels: Labels, values: list[Value], gap_ms: int) -> tuple[Labels, IntArray, FloatArray]:
    kept = [(index * gap_ms, value) for index, value in enumerate(values) if isinstance(value, float)]
    times = np.array([time for time, _ in kept], dtype=np.int64)
    return labels, times, np.array([value for _, value in kept], dtype=np.float64)


def _histogram_series(load: Load) -> Iterator[Labels]:
    for labels, values in load.series:
        if HISTOGRAM in values:
            yield labels
        elif load.with_nhcb and labels.name.endswith(("_bucket", "_count", "_sum")):
            yield labels.drop(["le"]).with_label(METRIC_NAME, labels.name.rsplit("_", 1)[0])


def needs_native_histograms(command: Eval, histograms: Sequence[Labels]) -> bool:
    """The rule: the expected result is one, a selector selects one, or a function is only about them."""
    if any(HISTOGRAM in values for _, values in command.series):
        return True
    for node in walk(parse(command.expr)):
        if isinstance(node, ast.Call) and node.function in _NATIVE_FUNCTIONS:
            return True
        if isinstance(node, ast.VectorSelector) and any(matches_all(labels, node.matchers) for labels in histograms):
            return True
    return False


def walk(expr: ast.Expr) -> Iterator[ast.Expr]:
    """The expression and everything below it."""
    yield expr
    for child in ast.children(expr):
        yield from walk(child)


def _evaluate(subject: Subject, command: Eval) -> str:
    expr = parse(command.expr)
    if not command.instant:
        return _range_problem(subject, command, expr)
    problem = _instant_problem(subject, command, expr, command.start_ms)
    if problem or command.fails:
        return problem
    for pinned, time_ms in _pinned(expr, command.start_ms):
        problem = _instant_problem(subject, command, pinned, time_ms)
        if problem:
            return f"{problem} (as {print_expr(pinned)} at {time_ms} ms)"
    return ""


def _pinned(expr: ast.Expr, time_ms: int) -> Iterator[tuple[ast.Expr, int]]:
    """The expression with every selector pinned by @, which must give the same at any other time."""
    if any(isinstance(node, ast.Call) and node.function in _TIME_DEPENDENT for node in walk(expr)):
        return
    pinned = _pin(expr, ast.At("time", time_ms))
    others = (-10 * time_ms, 0, time_ms // 5, time_ms, 10 * time_ms) if time_ms else (-1000, 0, 1000)
    for other in others:
        yield pinned, other


def _pin(expr: ast.Expr, at: ast.At) -> ast.Expr:
    match expr:
        case ast.VectorSelector():
            return expr if expr.at and expr.at.kind == "time" else replace(expr, at=at)
        case ast.MatrixSelector():
            selector = expr.selector
            pinned = selector.at is not None and selector.at.kind == "time"
            return expr if pinned else replace(expr, selector=replace(selector, at=at))
        case ast.Subquery():
            return expr if expr.at and expr.at.kind == "time" else replace(expr, at=at)
        case ast.Call():
            return replace(expr, args=tuple(_pin(arg, at) for arg in expr.args))
        case ast.Aggregate():
            param = None if expr.param is None else _pin(expr.param, at)
            return replace(expr, expr=_pin(expr.expr, at), param=param)
        case ast.Binary():
            return replace(expr, left=_pin(expr.left, at), right=_pin(expr.right, at))
        case ast.Unary() | ast.Paren():
            return replace(expr, expr=_pin(expr.expr, at))
        case _:
            return expr


def _ask(command: Eval, ask: Callable[[], QueryResult]) -> tuple[QueryResult | None, str]:
    try:
        result = ask()
    except VedetteError as error:
        if not command.fails:
            return None, f"failed: {error.message}"
        expects = command.expecting("fail")
        if expects and not expects[0].matches(error.message):
            return None, f"expected another error than: {error.message}"
        return None, ""
    return (result, "an error was expected") if command.fails else (result, "")


def _range_problem(subject: Subject, command: Eval, expr: ast.Expr) -> str:
    result, problem = _ask(command, lambda: subject.range(expr, command.start_ms, command.end_ms, command.step_ms))
    if result is None or problem:
        return problem
    return _annotation_problem(command, result) or _matrix_problem(command, result)


def _instant_problem(subject: Subject, command: Eval, expr: ast.Expr, time_ms: int) -> str:
    result, problem = _ask(command, lambda: subject.instant(expr, time_ms))
    if result is None or problem:
        return problem
    problem = _annotation_problem(command, result) or _result_problem(command, result)
    if problem or result.kind in ("string", "matrix"):
        return problem
    # A range query must say the same at its middle step.
    try:
        around = subject.range(expr, time_ms - 60_000, time_ms + 60_000, 60_000)
    except VedetteError as error:
        return f"in range mode: failed: {error.message}"
    if command.ordered:
        return ""
    points = [(labels, values[time_ms]) for labels, values in _series(around) if time_ms in values]
    if result.kind == "scalar":
        problem = _value_problem("scalar", command.scalar, points[0][1] if points else None)
    else:
        problem = _vector_problem(command, points)
    return f"in range mode: {problem}" if problem else ""


def _annotation_problem(command: Eval, result: QueryResult) -> str:
    if command.mode == "warn" and not result.warnings:
        return "a warning was expected"
    if command.mode == "info" and not result.infos:
        return "an info was expected"
    for kind, got in (("warn", result.warnings), ("info", result.infos)):
        problem = _notes_problem(command, kind, got)
        if problem:
            return problem
    return ""


def _notes_problem(command: Eval, kind: str, got: Sequence[Annotation]) -> str:
    if command.expecting(f"no_{kind}") and got:
        return f"unexpected {kind}: {got[0].message}"
    expects = command.expecting(kind)
    if not expects:
        return ""
    for expect in expects:
        if not any(expect.matches(note.message) for note in got):
            return f"missing {kind} {expect.message or expect.regex}, got {[note.message for note in got]}"
    for note in got:
        if not any(expect.matches(note.message) for expect in expects):
            return f"unexpected {kind}: {note.message}"
    return ""


def _series(result: QueryResult) -> list[tuple[Labels, dict[int, float]]]:
    if result.raw is not None:
        return [
            (row.labels, dict(zip(row.timestamps_ms.tolist(), row.values.tolist(), strict=True))) for row in result.raw
        ]
    frame = result.frame
    if frame is None:
        return []
    times = frame.timestamps_ms.tolist()
    rows: list[tuple[Labels, dict[int, float]]] = []
    for index, labels in enumerate(frame.labels):
        present = [True] * len(times) if frame.present is None else frame.present[index].tolist()
        values = frame.values[index].tolist()
        rows.append((labels, {t: v for t, v, there in zip(times, values, present, strict=True) if there}))
    return [row for row in rows if row[1]]


def _result_problem(command: Eval, result: QueryResult) -> str:
    if result.kind == "string":
        return "" if command.text == result.text else f"got the string {result.text!r}"
    if result.kind == "matrix" and command.range_vector is not None:
        start, end, step = command.range_vector
        spread = dataclasses.replace(command, start_ms=start, end_ms=end, step_ms=step)
        return _matrix_problem(spread, result)
    if result.kind == "matrix":
        return "a vector was expected, got a matrix"
    points = [(labels, value) for labels, values in _series(result) for value in values.values()]
    if result.kind == "scalar":
        return _value_problem("scalar", command.scalar, points[0][1] if points else None)
    if command.scalar is not None:
        return "a scalar was expected, got a vector"
    return _vector_problem(command, points)


def _vector_problem(command: Eval, points: Sequence[tuple[Labels, float]]) -> str:
    expected = dict(command.series)
    if len({labels for labels, _ in points}) != len(points):
        return "duplicate series in the result"
    for labels, value in points:
        if labels not in expected:
            return f"unexpected {labels} {value}"
        problem = _value_problem(str(labels), _number(expected[labels][0]), value)
        if problem:
            return problem
    got = {labels for labels, _ in points}
    for labels in expected:
        if labels not in got:
            return f"missing {labels}"
    if command.ordered and [labels for labels, _ in points] != [labels for labels, _ in command.series]:
        return f"wrong order: {[str(labels) for labels, _ in points]}"
    return ""


def _matrix_problem(command: Eval, result: QueryResult) -> str:
    rows = _series(result)
    if [labels for labels, _ in rows] != sorted(labels for labels, _ in rows):
        return "the series of a matrix must be sorted by their labels"
    got = dict(rows)
    if len(got) != len(rows):
        return "duplicate series in the result"
    expected = dict(command.series) if command.scalar is None else {Labels(()): [command.scalar]}
    for labels, values_got in got.items():
        if labels not in expected:
            return f"unexpected {labels} {values_got}"
    for labels, values in expected.items():
        wanted = {
            command.start_ms + index * command.step_ms: value for index, value in enumerate(values) if value is not None
        }
        if labels not in got:
            return f"missing {labels}"
        if got[labels].keys() != wanted.keys():
            return f"{labels}: expected points at {sorted(wanted)}, got {got[labels]}"
        for time_ms, value in wanted.items():
            problem = _value_problem(f"{labels} at {time_ms} ms", _number(value), got[labels][time_ms])
            if problem:
                return problem
    return ""


def _number(value: Value) -> float | None:
    return value if isinstance(value, float) else None


def _value_problem(what: str, expected: float | None, got: float | None) -> str:
    if expected is None or got is None:
        return f"{what}: expected {expected}, got {got}"
    return "" if almost_equal(expected, got) else f"{what}: expected {expected!r}, got {got!r}"


def almost_equal(left: float, right: float, epsilon: float = _EPSILON) -> bool:
    """Prometheus' comparison: relative to the sum of both, NaN equals NaN."""
    if math.isnan(left) and math.isnan(right):
        return True
    if left == right:
        return True
    total, difference = abs(left) + abs(right), abs(left - right)
    if left == 0 or right == 0 or total < _SMALLEST_NORMAL:
        return difference < epsilon * _SMALLEST_NORMAL
    return difference / min(total, 1.7976931348623157e308) < epsilon
