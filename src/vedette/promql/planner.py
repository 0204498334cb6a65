"""From the tree of a query to a plan. Types were checked by the parser; durations are plain milliseconds by now."""

from __future__ import annotations

from msgspec.structs import replace

from vedette.errors import QuerySyntax, Unsupported
from vedette.kernel.window import NUMBERS
from vedette.model.labels import METRIC_NAME
from vedette.model.matcher import Matcher, MatchOp
from vedette.promql import ast, plan
from vedette.promql.ast import Expr, Span, ValueType
from vedette.promql.check import value_type
from vedette.promql.functions.dates import DATES
from vedette.promql.functions.elementwise import ELEMENTWISE
from vedette.promql.functions.windows import WINDOWS

_SETS = ("and", "or", "unless")
_NATIVE_ONLY = ("histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum")
_QUERY_BOUNDS = ("start", "end", "range", "step")


def to_plan(expr: Expr) -> plan.Plan:
    """The plan before any rewrite. Raises Unsupported for what this build cannot evaluate."""
    match expr:
        case ast.NumberLiteral():
            return plan.Constant(expr.value)
        case ast.StringLiteral():
            return plan.Text(expr.value)
        case ast.Paren():
            return to_plan(expr.expr)
        case ast.Unary():
            return _unary(expr)
        case ast.VectorSelector():
            return plan.Select(expr.matchers, _ms(expr.offset), expr.at, smoothed=expr.smoothed)
        case ast.MatrixSelector() | ast.Subquery():
            return _samples(expr)
        case ast.Aggregate():
            return _aggregate(expr)
        case ast.Binary():
            return _binary(expr)
        case ast.Call():
            return _call(expr)


def bare(expr: Expr) -> Expr:
    """Without the parentheses around it."""
    while isinstance(expr, ast.Paren):
        expr = expr.expr
    return expr


def _ms(duration: ast.DurationMs) -> int:
    if not isinstance(duration, int):
        raise TypeError("durations have to be resolved before planning")
    return duration


def _vector(expr: Expr) -> plan.Vector:
    node = to_plan(expr)
    if not isinstance(node, plan.Vector):
        raise TypeError(f"an instant vector is needed, not {node.title}")
    return node


def _scalar(expr: Expr) -> plan.Scalar:
    node = to_plan(expr)
    if not isinstance(node, plan.Scalar):
        raise TypeError(f"a scalar is needed, not {node.title}")
    return node


def _text(expr: Expr) -> str:
    inner = bare(expr)
    if not isinstance(inner, ast.StringLiteral):
        raise TypeError("a string is needed")
    return inner.value


def _samples(expr: Expr) -> plan.Samples:
    expr = bare(expr)
    if isinstance(expr, ast.Subquery):
        child = to_plan(expr.expr)
        if not isinstance(child, plan.Vector | plan.Scalar):
            raise TypeError(f"a subquery cannot hold {child.title}")
        step_ms = 0 if expr.step is None else _ms(expr.step)
        return plan.Resample(child, _ms(expr.range), step_ms, _ms(expr.offset), expr.at)
    if not isinstance(expr, ast.MatrixSelector):
        raise TypeError("a range vector is needed")
    selector = expr.selector
    extension = "anchored" if selector.anchored else "smoothed" if selector.smoothed else ""
    return plan.SelectRange(selector.matchers, _ms(expr.range), _ms(selector.offset), selector.at, extension)


def _unary(expr: ast.Unary) -> plan.Plan:
    child = to_plan(expr.expr)
    if expr.op == "+":
        return child
    if isinstance(child, plan.Scalar):
        return plan.ScalarMath("negate", (child,))
    return plan.Elementwise("negate", _vector(expr.expr))


def _aggregate(expr: ast.Aggregate) -> plan.Vector:
    param: plan.Scalar | plan.Text | None = None
    param_span = plan.NOWHERE
    if expr.param is not None:
        param = plan.Text(_text(expr.param)) if expr.op == "count_values" else _scalar(expr.param)
        param_span = expr.param.span
    grouping = tuple(sorted(set(expr.grouping)))
    return plan.Aggregation(expr.op, _vector(expr.expr), grouping, expr.without, param, param_span)


def _binary(expr: ast.Binary) -> plan.Plan:
    left_scalar = value_type(expr.left) is ValueType.SCALAR
    right_scalar = value_type(expr.right) is ValueType.SCALAR
    if left_scalar and right_scalar:
        return plan.ScalarMath(expr.op, (_scalar(expr.left), _scalar(expr.right)))
    if left_scalar:
        return plan.WithScalar(expr.op, _vector(expr.right), _scalar(expr.left), True, expr.return_bool)
    if right_scalar:
        return plan.WithScalar(expr.op, _vector(expr.left), _scalar(expr.right), False, expr.return_bool)
    matching = expr.matching or ast.VectorMatching()
    if expr.op in _SETS:
        return plan.SetOperation(expr.op, _vector(expr.left), _vector(expr.right), matching)
    return plan.Match(expr.op, _vector(expr.left), _vector(expr.right), matching, expr.return_bool)


def _call(expr: ast.Call) -> plan.Plan:
    name, args = expr.function, expr.args
    if name in WINDOWS:
        return _window(expr)
    if name in ELEMENTWISE:
        return plan.Elementwise(name, _vector(args[0]), tuple(_scalar(arg) for arg in args[1:]))
    if name in DATES:
        child = _vector(args[0]) if args else plan.FromScalar(plan.Now())
        return plan.Elementwise(name, child)
    if name in _NATIVE_ONLY:
        return plan.NativeOnly(name, _vector(args[0]))
    if name in _QUERY_BOUNDS:
        return plan.QueryBound(name)
    if name in ("sort", "sort_desc", "sort_by_label", "sort_by_label_desc"):
        return plan.Sort(name, _vector(args[0]), tuple(map(_text, args[1:])))
    if name in ("label_replace", "label_join"):
        return plan.Relabel(name, _vector(args[0]), tuple(map(_text, args[1:])))
    if name in ("max_of", "min_of"):
        return plan.ScalarMath(name, tuple(map(_scalar, args)))
    return _special(expr)


def _special(expr: ast.Call) -> plan.Plan:
    name, args = expr.function, expr.args
    match name:
        case "time":
            return plan.Now()
        case "pi":
            return plan.Constant(3.141592653589793)
        case "scalar":
            return plan.OnlyValue(_vector(args[0]))
        case "vector":
            return plan.FromScalar(_scalar(args[0]))
        case "timestamp":
            child = _vector(args[0])
            if isinstance(child, plan.Select) and isinstance(bare(args[0]), ast.VectorSelector):
                return replace(child, timestamps=True, smoothed=False)
            return plan.StepTime(child)
        case "absent":
            return plan.Absent(_vector(args[0]), _absent_labels(args[0]))
        case "absent_over_time":
            present = _windowed("present_over_time", args[0], (), args[0].span)
            return plan.Absent(present, _absent_labels(args[0]))
        case "histogram_quantile" | "histogram_fraction":
            return _buckets(name, args[-1], args[:-1])
        case "histogram_quantiles":
            return _buckets(name, args[0], args[2:], _text(args[1]))
        case "info":
            return _info(expr)
        case _:
            raise Unsupported(f"function {name}() is not supported yet")


def _buckets(name: str, vector: Expr, params: tuple[Expr, ...], label: str = "") -> plan.Buckets:
    spans = tuple(param.span for param in params)
    return plan.Buckets(name, _vector(vector), tuple(map(_scalar, params)), label, vector.span, spans)


def _windowed(name: str, expr: Expr, params: tuple[plan.Scalar, ...], first_span: Span) -> plan.Window:
    samples, kernel = _samples(expr), WINDOWS[name].kernel
    extension = samples.extension if isinstance(samples, plan.SelectRange) else ""
    if extension:
        allowed = [each for each, row in WINDOWS.items() if f"{row.kernel}_{extension}" in NUMBERS]
        if name not in allowed:
            message = f"{extension} modifier can only be used with: {', '.join(sorted(allowed))} - not with {name}"
            raise QuerySyntax(message, start=expr.span.start, end=expr.span.end)
        kernel = f"{kernel}_{extension}"
    return plan.Window(name, kernel, samples, params, expr.span, first_span)


def _window(expr: ast.Call) -> plan.Window:
    at = WINDOWS[expr.function].samples_at
    params = tuple(_scalar(arg) for index, arg in enumerate(expr.args) if index != at)
    return _windowed(expr.function, expr.args[at], params, expr.args[0].span)


def _absent_labels(expr: Expr) -> tuple[tuple[str, str], ...]:
    """The labels that an equality matcher fixes; one that has two conditions is left out."""
    expr = bare(expr)
    if isinstance(expr, ast.MatrixSelector):
        expr = expr.selector
    if not isinstance(expr, ast.VectorSelector):
        return ()
    fixed: dict[str, str] = {}
    had: set[str] = set()
    for matcher in expr.matchers:
        if matcher.name == METRIC_NAME:
            continue
        if matcher.op is MatchOp.EQUAL and matcher.name not in had:
            fixed[matcher.name] = matcher.value
            had.add(matcher.name)
        else:
            fixed.pop(matcher.name, None)
    return tuple(sorted(item for item in fixed.items() if item[1]))


def _info(expr: ast.Call) -> plan.Info:
    matchers: tuple[Matcher, ...] | None = None
    if len(expr.args) > 1:
        selector = bare(expr.args[1])
        if not isinstance(selector, ast.VectorSelector):
            raise TypeError("info() needs a selector of labels")
        matchers = selector.matchers
    offset_ms, at = _time_of_first_selector(expr.args[0], 0) or (0, None)
    return plan.Info(_vector(expr.args[0]), matchers, offset_ms, at)


def _time_of_first_selector(expr: Expr, outer_ms: int) -> tuple[int, ast.At | None] | None:
    """Offset and `@` that the first selector below is read with."""
    if isinstance(expr, ast.VectorSelector):
        return (_ms(expr.offset), expr.at) if expr.at is not None else (_ms(expr.offset) + outer_ms, None)
    if isinstance(expr, ast.Subquery):
        if expr.at is None:
            return _time_of_first_selector(expr.expr, outer_ms + _ms(expr.offset))
        found = _time_of_first_selector(expr.expr, 0)
        if found is None or found[1] is not None:
            return found
        return found[0] + _ms(expr.offset), expr.at
    for child in ast.children(expr):
        found = _time_of_first_selector(child, outer_ms)
        if found is not None:
            return found
    return None
