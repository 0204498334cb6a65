"""The structured form of a query: metric, filters, aggregation, interval, grouping -> PromQL text."""

from __future__ import annotations

from typing import Final, Literal, get_args

from msgspec import Struct

from vedette.errors import BadData
from vedette.model.labels import METRIC_NAME, is_classic_metric_name
from vedette.model.matcher import Matcher, MatchOp
from vedette.promql import ast
from vedette.promql.lexer import WORDS
from vedette.promql.printer import print_expr

Aggregation = Literal["none", "avg", "sum", "count", "min", "max", "p50", "p95", "p99"]
Interval = Literal["raw", "1m", "5m", "1h", "1d"]

_INTERVAL_MS: Final[dict[str, int]] = {"1m": 60_000, "5m": 300_000, "1h": 3_600_000, "1d": 86_400_000}
_QUANTILES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_OVER_SERIES: Final = {"avg": "avg", "sum": "sum", "count": "sum", "min": "min", "max": "max"}
_OPS: Final = {op.value: op for op in MatchOp}
_NOWHERE: Final = ast.Span(0, 0)
_TARGET_POINTS: Final = 1000
"""Steps of an aggregated answer whose interval is `raw`."""


class Filter(Struct, frozen=True):
    """A condition on a label; `op` is = != =~ or !~."""

    label: str
    op: str
    value: str


class StructuredQuery(Struct, frozen=True):
    """What is asked. `limit` 0 is no limit."""

    metric: str
    start_ms: int
    end_ms: int
    filters: tuple[Filter, ...] = ()
    aggregation: Aggregation = "none"
    interval: Interval = "raw"
    group_by: tuple[str, ...] = ()
    limit: int = 0


class Translation(Struct, frozen=True):
    """PromQL for it; `step_ms` 0 means: ask at `end_ms` and get the raw samples."""

    text: str
    start_ms: int
    end_ms: int
    step_ms: int


def translate(query: StructuredQuery) -> Translation:
    """PromQL with the same meaning. Raises BadData that names the field.

    Within each interval the function is applied to each series' samples, then over the series of a group: count and
    sum add up, a percentile is that of the series' percentiles. `raw` asks for the newest sample at each step, and
    without an aggregation for the samples as they are stored.
    """
    _check(query)
    selector = _selector(query)
    span_ms = query.end_ms - query.start_ms
    interval_ms = _INTERVAL_MS.get(query.interval, 0)
    if query.aggregation == "none" and not interval_ms:
        at_end = ast.MatrixSelector(selector, max(span_ms, 1), _NOWHERE)
        return Translation(print_expr(at_end), query.end_ms, query.end_ms, 0)
    if not interval_ms:
        step_ms = max(1000, -(-span_ms // (_TARGET_POINTS * 1000)) * 1000)
        expr = _grouped(query, selector, query.aggregation)
        return Translation(print_expr(expr), query.start_ms, query.end_ms, step_ms)
    # Each point stands at the end of its interval, which the windows look back over.
    first_ms = -(-(query.start_ms + 1) // interval_ms) * interval_ms
    last_ms = max(first_ms, -(-query.end_ms // interval_ms) * interval_ms)
    windows = ast.MatrixSelector(selector, interval_ms, _NOWHERE)
    expr = _over_time(query.aggregation, windows)
    if query.aggregation != "none":
        expr = _grouped(query, expr, query.aggregation)
    return Translation(print_expr(expr), first_ms, last_ms, interval_ms)


def _check(query: StructuredQuery) -> None:
    if not query.metric:
        raise BadData("metric: must not be empty")
    if query.end_ms < query.start_ms:
        raise BadData("end_ms: must not be before start_ms")
    if query.aggregation not in get_args(Aggregation):
        raise BadData(f"aggregation: must be one of {', '.join(get_args(Aggregation))}")
    if query.interval not in get_args(Interval):
        raise BadData(f"interval: must be one of {', '.join(get_args(Interval))}")
    if query.aggregation == "none" and query.group_by:
        raise BadData("group_by: needs an aggregation")
    if query.limit < 0:
        raise BadData("limit: must not be negative")
    for index, condition in enumerate(query.filters):
        if condition.op not in _OPS:
            raise BadData(f"filters[{index}].op: must be one of = != =~ !~, not {condition.op!r}")
        if not condition.label or condition.label == METRIC_NAME:
            raise BadData(f"filters[{index}].label: must be a label other than the metric name")
    if any(not label for label in query.group_by):
        raise BadData("group_by: a label name must not be empty")


def _selector(query: StructuredQuery) -> ast.VectorSelector:
    matchers: list[Matcher] = []
    for index, condition in enumerate(query.filters):
        try:
            matchers.append(Matcher(condition.label, _OPS[condition.op], condition.value))
        except BadData as error:
            raise BadData(f"filters[{index}].value: {error.message}") from error
    matchers.append(Matcher(METRIC_NAME, MatchOp.EQUAL, query.metric))
    # Words of the language are safe only between braces.
    plain = is_classic_metric_name(query.metric) and query.metric.lower() not in WORDS
    name = query.metric if plain else ""
    return ast.VectorSelector(name, tuple(matchers), _NOWHERE)


def _over_time(aggregation: Aggregation, windows: ast.MatrixSelector) -> ast.Expr:
    if aggregation in _QUANTILES:
        quantile = ast.NumberLiteral(_QUANTILES[aggregation], _NOWHERE)
        return ast.Call("quantile_over_time", (quantile, windows), _NOWHERE)
    name = "last" if aggregation == "none" else aggregation
    return ast.Call(f"{name}_over_time", (windows,), _NOWHERE)


def _grouped(query: StructuredQuery, expr: ast.Expr, aggregation: Aggregation) -> ast.Expr:
    if aggregation in _QUANTILES:
        quantile = ast.NumberLiteral(_QUANTILES[aggregation], _NOWHERE)
        return ast.Aggregate("quantile", expr, quantile, query.group_by, False, _NOWHERE, True)
    raw = query.interval == "raw"
    op = "count" if raw and aggregation == "count" else _OVER_SERIES[aggregation]
    return ast.Aggregate(op, expr, None, query.group_by, False, _NOWHERE, True)
