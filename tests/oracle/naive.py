"""A PromQL evaluator as simple as it can be: plain Python, one series and one step at a time. The engine's oracle.

It follows the definition of each operation, knows nothing of plans, grids or parts, and shares with the engine only
the parser. Metric names are removed at the end of a query, as Prometheus does with delayed name removal.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from tests.oracle.naive_functions import (
    DATES,
    ELEMENTWISE,
    OVER_TIME,
    Point,
    arithmetic,
    bucket_fraction,
    bucket_quantile,
    compensated_mean,
    compensated_sum,
    natural_key,
    quantile,
)

from vedette.errors import BadData, Unsupported
from vedette.model.frame import Annotation, Frame, QueryResult, RawSeries
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher, MatchOp, compile_regex, matches_all
from vedette.model.special import FloatArray, IntArray, is_stale
from vedette.promql import ast
from vedette.promql.check import value_type
from vedette.promql.durations import resolve
from vedette.promql.lexer import COMPARISONS, SET_OPERATORS, go_quote
from vedette.promql.printer import format_float

LOOKBACK_MS = 300_000
SUBQUERY_STEP_MS = 60_000
RESERVED = (METRIC_NAME, "__type__", "__unit__")
SAME_LABELS = "vector cannot contain metrics with the same labelset"


@dataclass(frozen=True)
class Sample:
    """An element of a vector; `unnamed` says that its name goes away in the end."""

    labels: Labels
    value: float
    unnamed: bool = False
    time_ms: int = 0
    """When the sample was taken; only selectors know."""


@dataclass(frozen=True)
class Series:
    labels: Labels
    points: tuple[Point, ...]
    unnamed: bool = False


Vector = list[Sample]


@dataclass
class Query:
    """One query: the range that @ start() and @ end() mean, and what was remarked on."""

    start_ms: int
    end_ms: int
    step_ms: int
    warnings: dict[str, None] = field(default_factory=dict)
    infos: dict[str, None] = field(default_factory=dict)


class NaiveSubject:
    """Samples in a dict, queries by definition."""

    def __init__(self) -> None:
        self._series: dict[Labels, dict[int, float]] = {}

    def load(self, series: Sequence[tuple[Labels, IntArray, FloatArray]]) -> None:
        for labels, times, values in series:
            known = self._series.setdefault(labels, {})
            # Staleness markers are kept as None: they only say that there is no value.
            stale = is_stale(values).tolist()
            for time_ms, value, is_end in zip(times.tolist(), values.tolist(), stale, strict=True):
                known[time_ms] = None if is_end else value  # type: ignore[assignment]

    def close(self) -> None:
        self._series.clear()

    def instant(self, expr: ast.Expr, time_ms: int) -> QueryResult:
        query = Query(time_ms, time_ms, 0)
        expr = resolve(expr, step_ms=0, range_ms=0)
        while isinstance(expr, ast.Paren):
            expr = expr.expr
        if isinstance(expr, ast.StringLiteral):
            return QueryResult("string", text=expr.value, time_ms=time_ms)
        kind = value_type(expr)
        if kind is ast.ValueType.MATRIX:
            rows = self._matrix(expr, time_ms, query)
            found = [(cleaned(row.labels, row.unnamed), row.points) for row in rows]
            raw = [_raw(labels, points) for labels, points in sorted(found)]
            return self._answer(QueryResult("matrix", raw=raw, time_ms=time_ms), query)
        if kind is ast.ValueType.SCALAR:
            value = self._scalar(expr, time_ms, query)
            frame = Frame([Labels(())], np.array([time_ms]), np.array([[value]]))
            return self._answer(QueryResult("scalar", frame=frame, time_ms=time_ms), query)
        vector = self._vector(expr, time_ms, query)
        labels = [cleaned(sample.labels, sample.unnamed) for sample in vector]
        if len(set(labels)) != len(labels):
            raise BadData(SAME_LABELS)
        values = np.array([[sample.value] for sample in vector]).reshape(len(vector), 1)
        frame = Frame(labels, np.array([time_ms]), values)
        return self._answer(QueryResult("vector", frame=frame, time_ms=time_ms), query)

    def range(self, expr: ast.Expr, start_ms: int, end_ms: int, step_ms: int) -> QueryResult:
        query = Query(start_ms, end_ms, step_ms)
        expr = resolve(expr, step_ms=step_ms, range_ms=end_ms - start_ms)
        times = list(range(start_ms, end_ms + 1, step_ms))
        rows: dict[tuple[Labels, bool], dict[int, float]] = {}
        for time_ms in times:
            if value_type(expr) is ast.ValueType.SCALAR:
                vector = [Sample(Labels(()), self._scalar(expr, time_ms, query))]
            else:
                vector = self._vector(expr, time_ms, query)
            for sample in vector:
                row = rows.setdefault((sample.labels, sample.unnamed), {})
                if time_ms in row:
                    raise BadData(SAME_LABELS)
                row[time_ms] = sample.value
        # As newer Prometheus does, series that become equal are joined unless they meet at a step.
        joined: dict[Labels, dict[int, float]] = {}
        for (labels, unnamed), row in rows.items():
            target = joined.setdefault(cleaned(labels, unnamed), {})
            if target.keys() & row.keys():
                raise BadData(SAME_LABELS)
            target.update(row)
        named = sorted(joined.items(), key=lambda pair: pair[0])
        values = np.array([[row.get(t, 0.0) for t in times] for _, row in named]).reshape(len(named), len(times))
        present = np.array([[t in row for t in times] for _, row in named], dtype=bool).reshape(values.shape)
        frame = Frame([labels for labels, _ in named], np.array(times, dtype=np.int64), values, present)
        return self._answer(QueryResult("matrix", frame=frame, time_ms=end_ms, step_ms=step_ms), query)

    def _answer(self, result: QueryResult, query: Query) -> QueryResult:
        result.warnings = [Annotation(text) for text in query.warnings]
        result.infos = [Annotation(text) for text in query.infos]
        return result

    # Selectors

    def _selected(self, selector: ast.VectorSelector) -> Iterator[tuple[Labels, list[tuple[int, float | None]]]]:
        for labels, samples in sorted(self._series.items(), key=lambda item: item[0]):
            if matches_all(labels, selector.matchers):
                yield labels, sorted(samples.items())

    def _instant_selector(self, selector: ast.VectorSelector, time_ms: int, query: Query) -> Vector:
        moment = _moment(selector.at, _ms(selector.offset), time_ms, query)
        vector: Vector = []
        for labels, samples in self._selected(selector):
            seen = [(t, v) for t, v in samples if moment - LOOKBACK_MS < t <= moment]
            if seen and seen[-1][1] is not None:
                vector.append(Sample(labels, seen[-1][1], time_ms=seen[-1][0]))
        return vector

    def _matrix(self, expr: ast.Expr, time_ms: int, query: Query) -> list[Series]:
        while isinstance(expr, ast.Paren):
            expr = expr.expr
        if isinstance(expr, ast.Subquery):
            return self._subquery(expr, time_ms, query)
        assert isinstance(expr, ast.MatrixSelector)
        if expr.selector.anchored or expr.selector.smoothed:
            raise Unsupported("anchored and smoothed are not in the oracle")
        end = _moment(expr.selector.at, _ms(expr.selector.offset), time_ms, query)
        start = end - _ms(expr.range)
        rows: list[Series] = []
        for labels, samples in self._selected(expr.selector):
            points = tuple((t, v) for t, v in samples if start < t <= end and v is not None)
            if points:
                rows.append(Series(labels, points))
        return rows

    def _subquery(self, expr: ast.Subquery, time_ms: int, query: Query) -> list[Series]:
        end = _moment(expr.at, _ms(expr.offset), time_ms, query)
        step = SUBQUERY_STEP_MS if expr.step is None else _ms(expr.step)
        first = (end - _ms(expr.range)) // step * step + step
        rows: dict[Labels, tuple[list[Point], bool]] = {}
        for inner_ms in range(first, end + 1, step):
            for sample in self._vector(expr.expr, inner_ms, query):
                points, _ = rows.setdefault(sample.labels, ([], sample.unnamed))
                points.append((inner_ms, sample.value))
        return [Series(labels, tuple(points), unnamed) for labels, (points, unnamed) in rows.items()]

    # Values at one moment

    def _scalar(self, expr: ast.Expr, time_ms: int, query: Query) -> float:
        match expr:
            case ast.NumberLiteral():
                return expr.value
            case ast.Paren():
                return self._scalar(expr.expr, time_ms, query)
            case ast.Unary():
                value = self._scalar(expr.expr, time_ms, query)
                return -value if expr.op == "-" else value
            case ast.Binary():
                left, right = (self._scalar(side, time_ms, query) for side in (expr.left, expr.right))
                value, holds = arithmetic(expr.op, left, right)
                return float(holds) if expr.op in COMPARISONS else value
            case ast.Call(function="time"):
                return time_ms / 1000
            case ast.Call(function="pi"):
                return math.pi
            case ast.Call(function="start"):
                return query.start_ms / 1000
            case ast.Call(function="end"):
                return query.end_ms / 1000
            case ast.Call(function="step"):
                return query.step_ms / 1000
            case ast.Call(function="range"):
                return (query.end_ms - query.start_ms) / 1000
            case ast.Call(function="scalar"):
                vector = self._vector(expr.args[0], time_ms, query)
                return vector[0].value if len(vector) == 1 else math.nan
            case ast.Call(function=("max_of" | "min_of") as name):
                left, right = (self._scalar(arg, time_ms, query) for arg in expr.args)
                pick = max if name == "max_of" else min
                return math.nan if math.isnan(left) or math.isnan(right) else pick(left, right)
            case _:
                raise AssertionError(f"no scalar: {expr}")

    def _vector(self, expr: ast.Expr, time_ms: int, query: Query) -> Vector:
        match expr:
            case ast.Paren():
                return self._vector(expr.expr, time_ms, query)
            case ast.VectorSelector():
                return self._instant_selector(expr, time_ms, query)
            case ast.Unary():
                vector = self._vector(expr.expr, time_ms, query)
                return vector if expr.op == "+" else [Sample(s.labels, -s.value, True) for s in vector]
            case ast.Aggregate():
                return self._aggregate(expr, time_ms, query)
            case ast.Binary():
                return self._binary(expr, time_ms, query)
            case ast.Call():
                return self._call(expr, time_ms, query)
            case _:
                raise AssertionError(f"no vector: {expr}")

    # Functions

    def _call(self, expr: ast.Call, time_ms: int, query: Query) -> Vector:
        name, args = expr.function, expr.args
        if name in OVER_TIME or name == "absent_over_time":
            return self._over_time(expr, time_ms, query)
        if name in DATES:
            if not args:
                return [Sample(Labels(()), DATES[name](time_ms // 1000))]
            vector = self._vector(args[0], time_ms, query)
            return [Sample(s.labels, DATES[name](int(s.value)), True) for s in vector]
        if name in ELEMENTWISE:
            vector = self._vector(args[0], time_ms, query)
            rest = [self._scalar(arg, time_ms, query) for arg in args[1:]]
            if name == "clamp" and rest[1] < rest[0]:
                return []
            return [Sample(s.labels, ELEMENTWISE[name](s.value, *rest), True) for s in vector]
        special: dict[str, Callable[[ast.Call, int, Query], Vector]] = {
            "vector": lambda e, t, q: [Sample(Labels(()), self._scalar(e.args[0], t, q))],
            "absent": self._absent,
            "timestamp": self._timestamp,
            "sort": self._sort,
            "sort_desc": self._sort,
            "sort_by_label": self._sort_by_label,
            "sort_by_label_desc": self._sort_by_label,
            "label_replace": self._label_replace,
            "label_join": self._label_join,
            "histogram_quantile": self._histogram,
            "histogram_fraction": self._histogram,
        }
        if name not in special:
            raise Unsupported(f"{name} is not in the oracle")
        return special[name](expr, time_ms, query)

    def _over_time(self, expr: ast.Call, time_ms: int, query: Query) -> Vector:
        name = expr.function
        matrix = next(arg for arg in expr.args if value_type(arg) is ast.ValueType.MATRIX)
        scalars = [self._scalar(a, time_ms, query) for a in expr.args if value_type(a) is ast.ValueType.SCALAR]
        rows = self._matrix(matrix, time_ms, query)
        if name == "absent_over_time":
            return [] if rows else [Sample(_absent_labels(expr.args[0]), 1.0, True)]
        inner = matrix
        while isinstance(inner, ast.Paren):
            inner = inner.expr
        if isinstance(inner, ast.Subquery):
            end = _moment(inner.at, _ms(inner.offset), time_ms, query)
            range_ms = _ms(inner.range)
        else:
            assert isinstance(inner, ast.MatrixSelector)
            end = _moment(inner.selector.at, _ms(inner.selector.offset), time_ms, query)
            range_ms = _ms(inner.range)
        if name == "quantile_over_time" and rows and not 0 <= scalars[0] <= 1:
            query.warnings[_bad_quantile(scalars[0])] = None
        vector: Vector = []
        for row in rows:
            # Regression is about the moment of evaluation, which an offset does not move.
            value = OVER_TIME[name](row.points, end - range_ms, end, scalars, time_ms)
            if value is None:
                continue
            if name in ("rate", "increase"):
                self._doubt_counter(row.labels, query)
            keeps = name in ("last_over_time", "first_over_time") and not row.unnamed
            vector.append(Sample(row.labels, value, not keeps))
        return vector

    def _doubt_counter(self, labels: Labels, query: Query) -> None:
        if labels.name and not labels.name.endswith(("_total", "_sum", "_count", "_bucket")):
            text = "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
            query.infos[text + go_quote(labels.name)] = None

    def _absent(self, expr: ast.Call, time_ms: int, query: Query) -> Vector:
        if self._vector(expr.args[0], time_ms, query):
            return []
        return [Sample(_absent_labels(expr.args[0]), 1.0)]

    def _timestamp(self, expr: ast.Call, time_ms: int, query: Query) -> Vector:
        inner = expr.args[0]
        while isinstance(inner, ast.Paren):
            inner = inner.expr
        if isinstance(inner, ast.VectorSelector):
            return [Sample(s.labels, s.time_ms / 1000, True) for s in self._instant_selector(inner, time_ms, query)]
        return [Sample(s.labels, time_ms / 1000, True) for s in self._vector(inner, time_ms, query)]

    def _sort(self, expr: ast.Call, time_ms: int, query: Query) -> Vector:
        vector = self._vector(expr.args[0], time_ms, query)
        numbers = [s for s in vector if not math.isnan(s.value)]
        numbers.sort(key=lambda s: s.value, reverse=expr.function == "sort_desc")
        return numbers + [s for s in vector if math.isnan(s.value)]

    def _sort_by_label(self, expr: ast.Call, time_ms: int, query: Query) -> Vector:
        names = [_text(arg) for arg in expr.args[1:]]
        vector = self._vector(expr.args[0], time_ms, query)
        key = lambda s: ([natural_key(s.labels.get(name)) for name in names], s.labels.pairs)  # noqa: E731
        return sorted(vector, key=key, reverse=expr.function.endswith("desc"))

    def _label_replace(self, expr: ast.Call, time_ms: int, query: Query) -> Vector:
        target, replacement, source, pattern = (_text(arg) for arg in expr.args[1:])
        try:
            regex = compile_regex(pattern)
        except BadData:
            raise BadData(f"invalid regular expression in label_replace(): {pattern}") from None
        _check_label(target, f"invalid destination label name in label_replace(): {target!r}")
        vector: Vector = []
        for sample in self._vector(expr.args[0], time_ms, query):
            match = regex.fullmatch(sample.labels.get(source))
            if match is None:
                vector.append(sample)
                continue
            labels = sample.labels.with_label(target, _valid(_expand(replacement, match)))
            vector.append(Sample(labels, sample.value, sample.unnamed and target != METRIC_NAME))
        return _distinct(vector)

    def _label_join(self, expr: ast.Call, time_ms: int, query: Query) -> Vector:
        target, separator, *sources = (_text(arg) for arg in expr.args[1:])
        _check_label(target, f"invalid destination label name in label_join(): {target!r}")
        for source in sources:
            _check_label(source, f"invalid source label name in label_join(): {source!r}")
        vector: Vector = []
        for sample in self._vector(expr.args[0], time_ms, query):
            joined = _valid(separator).join(sample.labels.get(source) for source in sources)
            labels = sample.labels.with_label(target, joined)
            vector.append(Sample(labels, sample.value, sample.unnamed and target != METRIC_NAME))
        return _distinct(vector)

    def _histogram(self, expr: ast.Call, time_ms: int, query: Query) -> Vector:
        scalars = [self._scalar(arg, time_ms, query) for arg in expr.args[:-1]]
        if expr.function == "histogram_quantile" and not 0 <= scalars[0] <= 1:
            query.warnings[_bad_quantile(scalars[0])] = None
        groups: dict[Labels, list[tuple[float, float]]] = {}
        for sample in self._vector(expr.args[-1], time_ms, query):
            try:
                bound = float(sample.labels.get("le").replace("_", "x"))
            except ValueError:
                text = 'PromQL warning: bucket label "le" is missing or has a malformed value of '
                le, name = go_quote(sample.labels.get("le")), go_quote(sample.labels.name)
                query.warnings[f"{text}{le} for metric name {name}"] = None
                continue
            groups.setdefault(sample.labels.drop(["le"]), []).append((bound, sample.value))
        vector: Vector = []
        for labels, buckets in groups.items():
            if expr.function == "histogram_fraction":
                vector.append(Sample(labels, bucket_fraction(scalars[0], scalars[1], buckets), True))
                continue
            value, forced = bucket_quantile(scalars[0], buckets)
            if forced:
                query.infos[f"PromQL info: input to histogram_quantile needed to be fixed {labels.name}"] = None
            vector.append(Sample(labels, value, True))
        return vector

    # Aggregation

    def _aggregate(self, expr: ast.Aggregate, time_ms: int, query: Query) -> Vector:
        vector = self._vector(expr.expr, time_ms, query)
        if expr.op == "count_values":
            return self._count_values(expr, vector)
        param = self._scalar(expr.param, time_ms, query) if expr.param is not None else 0.0
        groups: dict[Labels, Vector] = {}
        for sample in vector:
            groups.setdefault(_group(sample.labels, expr), []).append(sample)
        if expr.op in ("topk", "bottomk", "limitk"):
            if math.isnan(param) or not -(2.0**63) <= param < 2.0**63:
                if not vector:
                    return []
                raise BadData(f"Scalar value {param} overflows int64")
            return [s for members in groups.values() for s in _best(expr.op, int(param), members)]
        if expr.op == "limit_ratio":
            if param > 1 or param < -1:
                bound = "1" if param > 1 else "-1"
                text = "PromQL warning: ratio value should be between -1 and 1, got "
                query.warnings[f"{text}{format_float(param)}, capping to {bound}"] = None
            return [sample for sample in vector if _is_drawn(sample.labels, param)]
        if expr.op == "quantile" and not 0 <= param <= 1:
            query.warnings[_bad_quantile(param)] = None
        return [
            Sample(labels, _fold(expr.op, param, [s.value for s in members]), members[0].unnamed)
            for labels, members in groups.items()
        ]

    def _count_values(self, expr: ast.Aggregate, vector: Vector) -> Vector:
        assert expr.param is not None
        name = _text(expr.param)
        _check_label(name, f"invalid label name {go_quote(name)}")
        counts: dict[Labels, int] = {}
        for sample in vector:
            labels = sample.labels.with_label(name, format_float(sample.value))
            grouped = (
                labels.drop([*expr.grouping, METRIC_NAME]) if expr.without else labels.keep([*expr.grouping, name])
            )
            counts[grouped] = counts.get(grouped, 0) + 1
        return [Sample(labels, float(count)) for labels, count in counts.items()]

    # Binary operators

    def _binary(self, expr: ast.Binary, time_ms: int, query: Query) -> Vector:
        scalar_left = value_type(expr.left) is ast.ValueType.SCALAR
        if scalar_left or value_type(expr.right) is ast.ValueType.SCALAR:
            number = self._scalar(expr.left if scalar_left else expr.right, time_ms, query)
            vector = self._vector(expr.right if scalar_left else expr.left, time_ms, query)
            return _with_scalar(expr, vector, number, scalar_left)
        left = self._vector(expr.left, time_ms, query)
        right = self._vector(expr.right, time_ms, query)
        matching = expr.matching or ast.VectorMatching()
        if expr.op in SET_OPERATORS:
            return _set_operation(expr.op, left, right, matching)
        return _match(expr, left, right, matching)


def _with_scalar(expr: ast.Binary, vector: Vector, number: float, scalar_left: bool) -> Vector:
    result: Vector = []
    for sample in vector:
        sides = (number, sample.value) if scalar_left else (sample.value, number)
        value, holds = arithmetic(expr.op, *sides)
        if expr.op not in COMPARISONS:
            result.append(Sample(sample.labels, value, True))
        elif expr.return_bool:
            result.append(Sample(sample.labels, float(holds), True))
        elif holds:
            result.append(sample)
    return result


def _signature(labels: Labels, matching: ast.VectorMatching) -> Labels:
    return labels.keep(matching.labels) if matching.on else labels.drop([*matching.labels, METRIC_NAME])


def _set_operation(op: str, left: Vector, right: Vector, matching: ast.VectorMatching) -> Vector:
    ours = {_signature(s.labels, matching) for s in left}
    theirs = {_signature(s.labels, matching) for s in right}
    if op == "and":
        return [s for s in left if _signature(s.labels, matching) in theirs]
    if op == "unless":
        return [s for s in left if _signature(s.labels, matching) not in theirs]
    return left + [s for s in right if _signature(s.labels, matching) not in ours]


def _match(expr: ast.Binary, left: Vector, right: Vector, matching: ast.VectorMatching) -> Vector:
    swapped = matching.card == "one-to-many"
    fills = (matching.fill_left, matching.fill_right)
    if fills == (None, None) and (not left or not right):
        return []
    many_fill, one_fill = fills if not swapped else fills[::-1]
    many, one = (right, left) if swapped else (left, right)
    ones: dict[Labels, Sample] = {}
    for sample in one:
        key = _signature(sample.labels, matching)
        if key in ones:
            raise BadData("found duplicate series for the match group")
        ones[key] = sample
    taken: dict[Labels, set[Labels]] = {}
    result: Vector = []
    for sample in many:
        key = _signature(sample.labels, matching)
        other = ones.get(key)
        if other is None and one_fill is None:
            continue
        if other is None:
            other = Sample(key, one_fill or 0.0)
        sides = (other.value, sample.value) if swapped else (sample.value, other.value)
        value, holds = arithmetic(expr.op, *sides)
        if expr.op in COMPARISONS:
            if not expr.return_bool and not holds:
                continue
            value = float(holds) if expr.return_bool else sides[0]
        labels = _result_labels(expr, sample.labels, other.labels, matching)
        mark = Labels(()) if matching.card == "one-to-one" else labels
        if mark in taken.setdefault(key, set()):
            raise BadData("multiple matches for labels")
        taken[key].add(mark)
        result.append(Sample(labels, value, expr.return_bool))
    if many_fill is not None:
        met = {_signature(sample.labels, matching) for sample in many}
        result += _unmet(expr, [s for key, s in ones.items() if key not in met], many_fill, matching)
    return result


def _unmet(expr: ast.Binary, ones: Vector, fill: float, matching: ast.VectorMatching) -> Vector:
    """What the one side has and the many side lacks, against the fill value."""
    result: Vector = []
    for other in ones:
        sides = (other.value, fill) if matching.card == "one-to-many" else (fill, other.value)
        value, holds = arithmetic(expr.op, *sides)
        if expr.op in COMPARISONS:
            if not expr.return_bool and not holds:
                continue
            value = float(holds) if expr.return_bool else sides[0]
        key = _signature(other.labels, matching)
        result.append(Sample(_result_labels(expr, key, other.labels, matching), value, expr.return_bool))
    return result


def _result_labels(expr: ast.Binary, many: Labels, one: Labels, matching: ast.VectorMatching) -> Labels:
    labels = many if expr.op in COMPARISONS else many.drop(RESERVED)
    if matching.card == "one-to-one":
        labels = labels.keep(matching.labels) if matching.on else labels.drop(matching.labels)
    for name in matching.include:
        labels = labels.with_label(name, one.get(name))
    return labels


def _group(labels: Labels, expr: ast.Aggregate) -> Labels:
    return labels.drop([*expr.grouping, METRIC_NAME]) if expr.without else labels.keep(expr.grouping)


def _best(op: str, count: int, members: Vector) -> Vector:
    if op == "limitk":
        return members[: max(count, 0)]
    numbers = sorted((s for s in members if not math.isnan(s.value)), key=lambda s: s.value, reverse=op == "topk")
    return (numbers + [s for s in members if math.isnan(s.value)])[: max(count, 0)]


def _is_drawn(labels: Labels, ratio: float) -> bool:
    """Whether a series belongs to a share of all, or with a negative ratio to the rest that -(1 - share) leaves."""
    place = int.from_bytes(hashlib.sha1(labels.json).digest()[:8]) / 2**64
    return place < ratio if ratio >= 0 else place >= 1 + ratio


def _fold(op: str, param: float, values: list[float]) -> float:
    match op:
        case "sum":
            return compensated_sum(values)
        case "avg":
            return compensated_mean(values)
        case "count":
            return float(len(values))
        case "group":
            return 1.0
        case "min" | "max":
            numbers = [v for v in values if not math.isnan(v)]
            return (min if op == "min" else max)(numbers) if numbers else math.nan
        case "stddev" | "stdvar":
            if not all(math.isfinite(v) for v in values):
                return math.nan
            mean = total = 0.0
            for count, value in enumerate(values, start=1):
                delta = value - mean
                mean += delta / count
                total += delta * (value - mean)
            return math.sqrt(total / len(values)) if op == "stddev" else total / len(values)
        case "quantile":
            return quantile(param, values)
        case _:
            raise AssertionError(f"no aggregation {op}")


def cleaned(labels: Labels, unnamed: bool) -> Labels:
    """The labels as the result shows them."""
    return labels.drop(RESERVED) if unnamed else labels


def _distinct(vector: Vector) -> Vector:
    if len({sample.labels for sample in vector}) != len(vector):
        raise BadData(SAME_LABELS)
    return vector


def _check_label(name: str, message: str) -> None:
    if not name or any(0xDC80 <= ord(char) <= 0xDCFF for char in name):
        raise BadData(message)


def _expand(replacement: str, match: object) -> str:
    groups: list[str | None] = [match.group(0), *match.groups()]  # type: ignore[attr-defined]
    names: dict[str, int] = dict(match.re.groupindex)  # type: ignore[attr-defined]
    result, position = "", 0
    while position < len(replacement):
        char = replacement[position]
        if char != "$":
            result, position = result + char, position + 1
            continue
        rest = replacement[position + 1 :]
        if rest.startswith("$"):
            result, position = result + "$", position + 2
            continue
        braced = rest.startswith("{")
        body = rest[1:].partition("}")[0] if braced else rest
        word = ""
        for letter in body:
            if not (letter.isalnum() or letter == "_"):
                break
            word += letter
        if not word or (braced and (word != body or "}" not in rest)):
            result, position = result + "$", position + 1
            continue
        position += 1 + len(word) + 2 * braced
        index = int(word) if word.isdecimal() else names.get(word, -1)
        result += (groups[index] or "") if 0 <= index < len(groups) else ""
    return result


def _valid(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _text(expr: ast.Expr) -> str:
    while isinstance(expr, ast.Paren):
        expr = expr.expr
    assert isinstance(expr, ast.StringLiteral)
    return expr.value


def _ms(duration: ast.DurationMs) -> int:
    assert isinstance(duration, int)
    return duration


def _moment(at: ast.At | None, offset_ms: int, time_ms: int, query: Query) -> int:
    if at is None:
        return time_ms - offset_ms
    pinned = {"time": at.time_ms, "start": query.start_ms, "end": query.end_ms}[at.kind]
    return pinned - offset_ms


def _absent_labels(expr: ast.Expr) -> Labels:
    while isinstance(expr, ast.Paren):
        expr = expr.expr
    if isinstance(expr, ast.MatrixSelector):
        expr = expr.selector
    if not isinstance(expr, ast.VectorSelector):
        return Labels(())
    by_name: dict[str, list[Matcher]] = {}
    for matcher in expr.matchers:
        by_name.setdefault(matcher.name, []).append(matcher)
    return Labels.of(
        {
            name: matchers[0].value
            for name, matchers in by_name.items()
            if name != METRIC_NAME and len(matchers) == 1 and matchers[0].op is MatchOp.EQUAL
        }
    )


def _bad_quantile(value: float) -> str:
    return f"PromQL warning: quantile value should be between 0 and 1, got {format_float(value)}"


def _raw(labels: Labels, points: tuple[Point, ...]) -> RawSeries:
    return RawSeries(labels, np.array([t for t, _ in points], dtype=np.int64), np.array([v for _, v in points]))
