"""The engine: a query's tree and moments in, a result out. Synchronous; safe to call from several threads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
from msgspec import Struct

from vedette.errors import BadData, LimitExceeded, QuerySyntax
from vedette.model.frame import Frame, QueryResult, RawSeries
from vedette.model.labels import EMPTY, Labels
from vedette.model.special import BoolArray, FloatArray, is_stale
from vedette.model.timerange import TimeRange
from vedette.promql import plan
from vedette.promql.ast import Expr
from vedette.promql.context import QueryContext
from vedette.promql.durations import resolve
from vedette.promql.explain import Explained, explanation_of
from vedette.promql.labelsets import LabelSets
from vedette.promql.matrix import FARTHEST_MS, Matrix, Steps, no_drop
from vedette.promql.operators.base import Operator, ScalarOperator
from vedette.promql.operators.build import Builder
from vedette.promql.operators.extended_samples import extended_samples
from vedette.promql.operators.merge import merged
from vedette.promql.operators.select import SubquerySource, window_ends
from vedette.promql.planner import to_plan
from vedette.promql.rewrites import rewrite
from vedette.promql.run import Figures, Run
from vedette.promql.tally import Tally
from vedette.storage.interface import SelectHints, Storage

DEFAULT_SUBQUERY_STEP_MS = 60_000
_CACHED_PLANS = 512


class _Prepared(Struct, frozen=True):
    """A planned expression. The tree is held so that its id stays its own."""

    expr: Expr
    node: plan.Plan
    operator: Operator | ScalarOperator | None
    """None for strings and range vectors."""


class Engine:
    """Evaluates PromQL over a store.

    `executor` lends up to `workers` - 1 threads to large queries; the calling thread always works itself, so a busy
    executor slows a query down but never blocks it.
    """

    def __init__(
        self,
        storage: Storage,
        executor: Executor | None = None,
        *,
        workers: int = 2,
        subquery_step_ms: int = DEFAULT_SUBQUERY_STEP_MS,
        cached_plans: int = _CACHED_PLANS,
    ) -> None:
        self._storage = storage
        self._executor = executor
        self._workers = workers
        self._subquery_step_ms = subquery_step_ms
        self._labels = LabelSets()
        self._plans: dict[int, _Prepared] = {}
        self._cached_plans = cached_plans

    def instant(self, expr: Expr, time_ms: int, ctx: QueryContext) -> QueryResult:
        """The value at one moment. Raises VedetteErrors: bad data, limits, timeout, cancellation."""
        began_s = ctx.clock.monotonic_s()
        _check_moment(time_ms)
        prepared = self._prepare(expr, 0, 0)
        run = self._run(ctx, time_ms, time_ms, 0)
        steps = Steps(time_ms, 0, 1)
        planned_s = ctx.clock.monotonic_s()
        result = self._result(prepared, run, steps, instant=True)
        return _finish(result, run, began_s, planned_s)

    def range(self, expr: Expr, start_ms: int, end_ms: int, step_ms: int, ctx: QueryContext) -> QueryResult:
        """The values at start, start + step .. end. Raises as `instant` does."""
        began_s = ctx.clock.monotonic_s()
        steps = _steps(start_ms, end_ms, step_ms, ctx)
        prepared = self._prepare(expr, step_ms, end_ms - start_ms)
        run = self._run(ctx, start_ms, end_ms, step_ms)
        planned_s = ctx.clock.monotonic_s()
        result = self._result(prepared, run, steps, instant=False)
        return _finish(result, run, began_s, planned_s)

    def explain(self, expr: Expr, start_ms: int, end_ms: int, step_ms: int, ctx: QueryContext) -> Explained:
        """Run the query (at one moment when start and end are equal) and tell what it did."""
        began_s = ctx.clock.monotonic_s()
        instant = start_ms == end_ms
        _check_moment(start_ms)
        steps = Steps(start_ms, 0, 1) if instant else _steps(start_ms, end_ms, step_ms, ctx)
        prepared = self._prepare(expr, 0 if instant else step_ms, end_ms - start_ms)
        run = self._run(ctx, start_ms, end_ms, 0 if instant else step_ms)
        figures: dict[int, Figures] = {}
        run.figures = figures
        planned_s = ctx.clock.monotonic_s()
        result = _finish(self._result(prepared, run, steps, instant=instant), run, began_s, planned_s)
        return Explained(explanation_of(prepared.node, prepared.operator, figures), result)

    def plan_of(self, expr: Expr, step_ms: int = 0, range_ms: int = 0) -> plan.Plan:
        """The plan that `instant` or `range` would follow."""
        return self._prepare(expr, step_ms, range_ms).node

    def _prepare(self, expr: Expr, step_ms: int, range_ms: int) -> _Prepared:
        found = self._plans.get(id(expr))
        if found is not None:
            return found
        resolved = resolve(expr, step_ms=step_ms, range_ms=range_ms)
        node = rewrite(to_plan(resolved))
        operator = Builder().build(node) if isinstance(node, plan.Vector | plan.Scalar) else None
        prepared = _Prepared(expr, node, operator)
        if resolved is expr:
            if len(self._plans) >= self._cached_plans:
                self._plans = {}
            self._plans[id(expr)] = prepared
        return prepared

    def _run(self, ctx: QueryContext, start_ms: int, end_ms: int, step_ms: int) -> Run:
        steps = (end_ms - start_ms) // step_ms + 1 if step_ms else 1
        return Run(
            self._storage,
            self._executor,
            self._workers,
            ctx,
            self._labels,
            start_ms,
            end_ms,
            step_ms,
            self._subquery_step_ms,
            tally=Tally(per_step=np.zeros(steps, dtype=np.int64) if ctx.collect_per_step_stats else None),
        )

    def _result(self, prepared: _Prepared, run: Run, steps: Steps, *, instant: bool) -> QueryResult:
        run.ctx.check()
        operator, node = prepared.operator, prepared.node
        if isinstance(operator, ScalarOperator):
            values = operator.numbers(run, steps).reshape(1, -1)
            frame = Frame([EMPTY], steps.times_ms, values)
            return QueryResult("scalar" if instant else "matrix", frame, time_ms=steps.start_ms, step_ms=steps.step_ms)
        if operator is not None:
            matrix = self._named(operator.evaluate(run, steps))
            frame, ordered = _frame(matrix, steps, sort=not instant)
            return QueryResult(
                "vector" if instant else "matrix",
                frame,
                time_ms=steps.start_ms,
                step_ms=steps.step_ms,
                ordered=ordered,
            )
        if not instant:
            what = "string" if isinstance(node, plan.Text) else "range vector"
            message = f'invalid expression type "{what}" for range query, must be Scalar or instant Vector'
            raise QuerySyntax(message, start=prepared.expr.span.start, end=prepared.expr.span.end)
        if isinstance(node, plan.Text):
            return QueryResult("string", text=node.value, time_ms=steps.start_ms)
        return QueryResult("matrix", raw=self._raw(node, run, steps), time_ms=steps.start_ms)

    def _named(self, matrix: Matrix) -> Matrix:
        """Names dropped where they have to go, label sets distinct."""
        if matrix.drop_name.any():
            bare = self._labels.without_metadata(matrix.labels)
            if matrix.drop_name.all():
                labels: Sequence[Labels] = bare
                distinct = len(set(map(id, bare))) == len(bare)
            else:
                labels = [
                    short if drop else whole
                    for short, whole, drop in zip(bare, matrix.labels, matrix.drop_name.tolist(), strict=True)
                ]
                distinct = False
            done = no_drop(len(labels))
            matrix = Matrix(labels, matrix.values, matrix.present, done, distinct, matrix.ordered)
        return matrix if matrix.distinct else merged(matrix)

    def _raw(self, node: plan.Plan, run: Run, steps: Steps) -> list[RawSeries]:
        """A range vector: the samples themselves."""
        if isinstance(node, plan.SelectRange):
            return _raw_of_selector(node, run, steps)
        if not isinstance(node, plan.Resample):
            raise BadData(f"{node.title} cannot be asked for by itself")
        source = SubquerySource(node, Builder().build(node.child))
        within = Tally()
        with run.counting(within):
            found = source.rows(run, window_ends(run, steps, node.offset_ms, node.at))
            if found is None:
                return []
            rows, inner = found
            matrix = self._named(run.collect(rows, inner))
        run.tally.count_at_end(within.samples)
        mask = matrix.mask
        series = [
            RawSeries(labels, inner.times_ms[mask[row]], matrix.values[row][mask[row]])
            for row, labels in enumerate(matrix.labels)
            if mask[row].any()
        ]
        return sorted(series, key=lambda each: each.labels.pairs)


def _check_moment(time_ms: int) -> None:
    if abs(time_ms) > FARTHEST_MS:
        raise BadData(f"timestamp {time_ms} ms is out of range")


def _steps(start_ms: int, end_ms: int, step_ms: int, ctx: QueryContext) -> Steps:
    if step_ms <= 0:
        raise BadData("zero or negative query resolution step widths are not accepted. Try a positive integer")
    if end_ms < start_ms:
        raise BadData("end timestamp must not be before start time")
    _check_moment(start_ms)
    _check_moment(end_ms)
    count = (end_ms - start_ms) // step_ms + 1
    limit = ctx.limits.max_points_per_series
    if limit and count > limit:
        raise LimitExceeded(
            f"exceeded maximum resolution of {limit} points per timeseries (limit query.max_points_per_series): "
            "try a larger step or a shorter range",
            limit="query.max_points_per_series",
            value=limit,
        )
    return Steps(start_ms, step_ms, count)


def _frame(matrix: Matrix, steps: Steps, *, sort: bool) -> tuple[Frame, bool]:
    """Rows that hold anything; a range query's rows in the order of their labels."""
    values: FloatArray = matrix.values
    present: BoolArray | None = matrix.present
    labels = matrix.labels
    if present is not None:
        used = np.flatnonzero(present.any(axis=1))
        if len(used) < len(labels):
            labels = [labels[row] for row in used.tolist()]
            values, present = values[used], present[used]
            if present.all():
                present = None
    if sort and len(labels) > 1:
        keys = [each.pairs for each in labels]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        if order != list(range(len(keys))):
            labels = [labels[row] for row in order]
            values = values[order]
            present = None if present is None else present[order]
    return Frame(labels, steps.times_ms, values, present), matrix.ordered and not sort


def _raw_of_selector(node: plan.SelectRange, run: Run, steps: Steps) -> list[RawSeries]:
    end_ms = int(window_ends(run, steps, node.offset_ms, node.at)[0])
    start_ms = end_ms - node.range_ms
    smooth = node.extension == "smoothed"
    first_ms = start_ms - (run.ctx.lookback_ms if node.extension else 0) + 1
    last_ms = end_ms + (run.ctx.lookback_ms if smooth else 0)
    selection = run.select(node.matchers, TimeRange(first_ms, last_ms), SelectHints(0, last_ms - first_ms + 1, ""))
    found: list[RawSeries] = []
    for part in selection.parts:
        run.ctx.check()
        grid = part.load()
        run.hold(len(grid.values))
        for index, row in enumerate(part.series):
            times, values = grid.row(index)
            keep = (times >= first_ms) & (times <= last_ms) & ~is_stale(values)
            times, values = times[keep], values[keep]
            if node.extension:
                times, values = extended_samples(times, values, start_ms, end_ms, smooth=smooth)
            if len(times):
                run.tally.count_at_end(len(times))
                found.append(RawSeries(selection.labels[row], times, values))
    return sorted(found, key=lambda each: each.labels.pairs)


def _finish(result: QueryResult, run: Run, began_s: float, planned_s: float) -> QueryResult:
    """Annotations and statistics."""
    run.finish()
    result.warnings, result.infos = run.annotations()
    stats = result.stats = run.ctx.stats
    if result.frame is not None:
        frame = result.frame
        stats.result_series = len(frame.labels)
        stats.result_points = frame.values.size if frame.present is None else int(np.count_nonzero(frame.present))
    elif result.raw is not None:
        stats.result_series = len(result.raw)
        stats.result_points = sum(len(each.values) for each in result.raw)
    done_s = run.ctx.clock.monotonic_s()
    stats.timings_s["plan"] = stats.timings_s.get("plan", 0.0) + planned_s - began_s
    stats.timings_s["evaluate"] = stats.timings_s.get("evaluate", 0.0) + done_s - planned_s - run.index_s
    return result
