"""Operators that read the store: the instant selector, and windows over ranges of samples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from msgspec import Struct

from vedette.errors import BadData
from vedette.kernel import window as kernel
from vedette.model.grid import Grid, offsets
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import BoolArray, FloatArray, IntArray
from vedette.model.timerange import TimeRange
from vedette.promql import plan
from vedette.promql.annotations import NOT_A_COUNTER, invalid_quantile
from vedette.promql.ast import At
from vedette.promql.functions.windows import COUNTER_SUFFIXES, WINDOWS
from vedette.promql.matrix import FARTHEST_MS, Chunk, Fill, Rows, Steps, no_drop, single
from vedette.promql.operators.base import Operator, ScalarOperator
from vedette.promql.printer import format_float
from vedette.promql.run import Figures, Run
from vedette.promql.tally import Tally
from vedette.storage.interface import Part, SelectHints

_NO_PARAMS = np.empty(0)
_SLOW = frozenset(
    ("quantile", "mad", "stddev", "stdvar", "deriv", "predict_linear", "smoothing", "ts_of_min", "ts_of_max")
)
"""Window functions that look at every sample of every window."""
_SAMPLES_FOR_LATEST = 32
_SAMPLES_AT_ONCE = 20_000_000
"""How much such a function may do before the deadline is looked at again."""


def window_ends(run: Run, steps: Steps, offset_ms: int, at: At | None) -> IntArray:
    """The moments that steps look back from, int64[K]."""
    if at is None:
        return steps.times_ms - offset_ms if offset_ms else steps.times_ms
    moment = {"time": at.time_ms, "start": run.start_ms, "end": run.end_ms}[at.kind]
    return np.full(steps.count, min(max(moment - offset_ms, -FARTHEST_MS), FARTHEST_MS), dtype=np.int64)


class _Question(Struct, frozen=True):
    """What is asked of every grid of a selection."""

    run: Run
    function: str
    ends: IntArray
    at: IntArray
    range_ms: int
    params: FloatArray
    tally: Tally
    figures: Figures | None = None
    """Of the operator that asks, when the query is explained."""

    def answer(self, grid: Grid, values: FloatArray, present: BoolArray) -> int:
        """One kernel call for the whole grid; the number of present cells."""
        filled, seen = kernel.evaluate(
            kernel.NUMBERS[self.function],
            grid.values,
            grid.starts,
            grid.timestamps_ms,
            grid.vector_starts,
            grid.row_vector,
            self.ends,
            self.at,
            self.range_ms,
            self.params,
            values,
            present,
        )
        self.tally.count(seen, None if self.tally.per_step is None else self._seen_by_step(grid, present))
        if self.figures is not None:
            self.figures.samples += seen
        return filled

    def _seen_by_step(self, grid: Grid, present: BoolArray) -> IntArray:
        """int64[K]: how many samples each step looks at; a second look, for those who ask for it."""
        if self.function in ("newest", "newest_time"):
            return np.asarray(np.count_nonzero(present, axis=0))
        counts, there = np.zeros(present.shape), np.empty(present.shape, dtype=np.bool_)
        kernel.evaluate(
            kernel.NUMBERS["count"],
            grid.values,
            grid.starts,
            grid.timestamps_ms,
            grid.vector_starts,
            grid.row_vector,
            self.ends,
            self.at,
            self.range_ms,
            _NO_PARAMS,
            counts,
            there,
        )
        return np.asarray(np.where(there, counts, 0).sum(axis=0), dtype=np.int64)

    def of_part(self, part: Part) -> Fill:
        """Load and answer in one go, so that the samples of one part at a time are in memory."""
        run = self.run
        loaded: list[Grid] = []

        def fill(values: FloatArray, present: BoolArray, first: int) -> int:
            if not first:
                clock = run.ctx.clock
                began_s = clock.monotonic_s()
                loaded.append(part.load())
                run.read_s.append(clock.monotonic_s() - began_s)
                run.hold(len(loaded[0].values))
            grid = loaded[0]
            filled = self._answer_blocks(grid, values, present, first)
            if first + len(values) == len(grid):
                run.hold(-len(grid.values))
                loaded.clear()
            return filled

        return fill

    def _answer_blocks(self, grid: Grid, values: FloatArray, present: BoolArray, first: int) -> int:
        """Rows from `first` on, with a look at the deadline between blocks that take long."""
        rows = len(values)
        most = rows
        if self.function in _SLOW and rows:
            # Samples of all windows of a row, if they are spread evenly over the time that is looked at.
            span_ms = int(self.ends[-1] - self.ends[0]) + self.range_ms
            share = self.range_ms / max(span_ms, 1)
            work = len(grid.values) / len(grid) * share * len(self.ends)
            most = max(1, min(rows, int(_SAMPLES_AT_ONCE / max(work, 1))))
        if most == len(grid):
            return self.answer(grid, values, present)
        filled = 0
        for start in range(0, rows, most):
            stop = min(start + most, rows)
            filled += self.answer(_rows_of(grid, first + start, first + stop), values[start:stop], present[start:stop])
            self.run.ctx.check()
        return filled


class SelectOperator(Operator):
    """The newest sample within the lookback, or its timestamp."""

    node: plan.Select

    def open(self, run: Run, steps: Steps) -> Rows:
        node = self.node
        ends = window_ends(run, steps, node.offset_ms, node.at)
        first_ms, last_ms = int(ends[0]), int(ends[-1])
        lookback_ms = run.ctx.lookback_ms
        selection = run.select(
            node.matchers,
            TimeRange(first_ms - lookback_ms + 1, last_ms),
            SelectHints(steps.step_ms, lookback_ms, "", last_ms if first_ms == last_ms else None),
        )
        if node.smoothed:
            return self._smoothed(run, steps, ends)
        function = "newest_time" if node.timestamps else "newest"
        figures = run.figures_of(self)
        question = _Question(run, function, ends, steps.times_ms, lookback_ms, _NO_PARAMS, run.tally, figures)
        chunks = [Chunk(part.series, question.of_part(part)) for part in selection.parts]
        size = len(selection.labels)
        dropped = np.ones(size, dtype=np.bool_) if node.timestamps else no_drop(size)
        # To find one sample a store may have to read a page of them.
        samples = size * _SAMPLES_FOR_LATEST if first_ms == last_ms else selection.samples_estimate
        cost = max(samples, size * steps.count)
        return Rows(selection.labels, chunks, dropped, distinct=True, cost=cost)

    def _smoothed(self, run: Run, steps: Steps, ends: IntArray) -> Rows:
        lookback_ms = run.ctx.lookback_ms
        borders = np.concatenate([ends, ends]).astype(np.float64)
        figures = run.figures_of(self)
        ends = ends + lookback_ms
        question = _Question(run, "value_smoothed", ends, steps.times_ms, 2 * lookback_ms, borders, run.tally, figures)
        return _rows_of_selection(self.node.matchers, run, question, "", steps)


class WindowOperator(Operator):
    """A function of the samples in each window, of a selector or of a subquery."""

    node: plan.Window

    def __init__(self, node: plan.Window, samples: RangeSource, params: tuple[ScalarOperator, ...]) -> None:
        super().__init__(node, (*samples.inputs, *params))
        self._samples = samples
        self._params = params

    def open(self, run: Run, steps: Steps) -> Rows:
        node, function = self.node, WINDOWS[self.node.function]
        params = [each.numbers(run, steps) for each in self._params]
        flat = np.concatenate(params) if params else _NO_PARAMS
        source = self._samples
        ends = window_ends(run, steps, source.node.offset_ms, source.node.at)
        range_ms = source.node.range_ms
        if isinstance(source.node, plan.SelectRange) and source.node.extension:
            # The window reaches further than the range; the function is told the range's borders.
            flat = np.concatenate([ends - range_ms, ends]).astype(np.float64)
            lookback_ms = run.ctx.lookback_ms
            range_ms += lookback_ms
            if source.node.extension == "smoothed":
                ends, range_ms = ends + lookback_ms, range_ms + lookback_ms
        figures = run.figures_of(self)
        question = _Question(run, node.kernel, ends, steps.times_ms, range_ms, flat, run.tally, figures)
        rows = source.open(run, question, node.function, steps)
        if function.counter:
            self._watch(rows, lambda where, present: self._note_names(run, rows, where, present))
        if node.kernel == "smoothing":
            self._watch(rows, lambda _, present: _check_smoothing(params, present))
        if node.kernel == "quantile":
            self._watch(rows, lambda _, present: self._note_quantiles(run, params[0], present))
        if not function.keeps_name:
            rows.drop_name = np.ones(len(rows.labels), dtype=np.bool_)
        return rows

    def _watch(self, rows: Rows, look: Callable[[range, BoolArray], None]) -> None:
        """Have every chunk looked at after it was computed."""

        def watched(chunk: Chunk) -> Fill:
            def fill(values: FloatArray, present: BoolArray, first: int) -> int:
                filled = chunk.fill(values, present, first)
                if filled:
                    start = chunk.rows.start + first
                    look(range(start, start + len(values)), present)
                return filled

            return fill

        rows.chunks = [Chunk(chunk.rows, watched(chunk)) for chunk in rows.chunks]

    def _note_names(self, run: Run, rows: Rows, where: range, present: BoolArray) -> None:
        name = self._samples.metric_name
        if name:
            names = {name}
        else:
            there = np.flatnonzero(present.any(axis=1)).tolist()
            names = {rows.labels[where[row]].name for row in there}
        for each in names:
            if each and not each.endswith(COUNTER_SUFFIXES):
                run.annotate(NOT_A_COUNTER.format(name=f'"{each}"'), self.node.span)

    def _note_quantiles(self, run: Run, q: FloatArray, present: BoolArray) -> None:
        wrong = ~((q >= 0) & (q <= 1))
        if wrong.any():
            for step in np.flatnonzero(wrong & present.any(axis=0)).tolist():
                run.annotate(invalid_quantile(float(q[step])), self.node.first_span)


def _check_smoothing(params: list[FloatArray], present: BoolArray) -> None:
    used = present.any(axis=0)
    for what, values in zip(("smoothing", "trend"), params, strict=True):
        wrong = values[used & ~((values > 0) & (values < 1))]
        if len(wrong):
            raise BadData(f"invalid {what} factor. Expected: 0 < {what[0]}f < 1, got: {format_float(float(wrong[0]))}")


class RangeSource(ABC):
    """Where a window gets its samples from."""

    node: plan.SelectRange | plan.Resample
    inputs: tuple[Operator | ScalarOperator, ...] = ()
    metric_name = ""
    """The name that all rows have, when that is known beforehand."""

    @abstractmethod
    def open(self, run: Run, question: _Question, function: str, steps: Steps) -> Rows:
        """Rows whose chunks answer the question."""


class SelectorSource(RangeSource):
    """Samples of the store."""

    node: plan.SelectRange

    def __init__(self, node: plan.SelectRange) -> None:
        self.node = node
        self.metric_name = _fixed_name(node.matchers)

    def open(self, run: Run, question: _Question, function: str, steps: Steps) -> Rows:
        return _rows_of_selection(self.node.matchers, run, question, function, steps)


def _rows_of_selection(
    matchers: tuple[Matcher, ...], run: Run, question: _Question, function: str, steps: Steps
) -> Rows:
    time_range = TimeRange(int(question.ends[0]) - question.range_ms + 1, int(question.ends[-1]))
    selection = run.select(matchers, time_range, SelectHints(steps.step_ms, question.range_ms, function))
    chunks = [Chunk(part.series, question.of_part(part)) for part in selection.parts]
    size = len(selection.labels)
    cost = max(selection.samples_estimate, size * steps.count)
    return Rows(selection.labels, chunks, no_drop(size), distinct=True, cost=cost)


def _fixed_name(matchers: tuple[Matcher, ...]) -> str:
    for matcher in matchers:
        if matcher.name == METRIC_NAME and matcher.op is MatchOp.EQUAL:
            return matcher.value
    return ""


class SubquerySource(RangeSource):
    """Results of an expression at steps of its own."""

    node: plan.Resample

    def __init__(self, node: plan.Resample, child: Operator | ScalarOperator) -> None:
        self.node = node
        self.inputs = (child,)
        self._child = child

    def rows(self, run: Run, ends: IntArray) -> tuple[Rows, Steps] | None:
        """The inner results and their steps; None when no step falls into the range."""
        node = self.node
        step_ms = node.step_ms or run.default_step_ms
        first_ms = ((int(ends[0]) - node.range_ms) // step_ms + 1) * step_ms
        count = (int(ends[-1]) - first_ms) // step_ms + 1
        if count <= 0:
            return None
        run.ctx.check_samples(run.held + count)
        inner = Steps(first_ms, step_ms, count)
        if isinstance(self._child, ScalarOperator):
            return single(self._child.numbers(run, inner)).rows(), inner
        return self._child.series(run, inner), inner

    def open(
        self,
        run: Run,
        question: _Question,
        function: str,  # noqa: ARG002 - hints are for stores
        steps: Steps,  # noqa: ARG002 - the question knows the ends of the windows
    ) -> Rows:
        # What the windows look at counts, not what their samples were made from.
        with run.counting(Tally()):
            found = self.rows(run, question.ends)
        if found is None:
            return Rows([], [], no_drop(0), distinct=True)
        rows, inner = found

        def answered(chunk: Chunk) -> Fill:
            def fill(values: FloatArray, present: BoolArray, first: int) -> int:
                shape = (len(values), inner.count)
                run.hold(shape[0] * shape[1])
                cells, there = np.empty(shape), np.empty(shape, dtype=np.bool_)
                filled = chunk.fill(cells, there, first)
                start = chunk.rows.start + first
                grid = _as_grid(rows.labels[start : start + len(values)], inner, cells, there, filled)
                answer = question.answer(grid, values, present)
                run.hold(-shape[0] * shape[1])
                return answer

            return fill

        chunks = [Chunk(chunk.rows, answered(chunk)) for chunk in rows.chunks]
        cost = max(rows.cost, len(rows.labels) * inner.count)
        return Rows(rows.labels, chunks, rows.drop_name, rows.distinct, cost=cost)


def _rows_of(grid: Grid, first: int, last: int) -> Grid:
    """Some rows of a grid; shares its arrays."""
    starts, vectors = grid.starts[first : last + 1], grid.row_vector[first:last]
    return Grid(grid.labels[first:last], grid.values, starts, grid.timestamps_ms, grid.vector_starts, vectors)


def _as_grid(labels: object, steps: Steps, values: FloatArray, present: BoolArray, filled: int) -> Grid:
    """Step values as samples; rows with holes get timestamp vectors of their own."""
    names: list[Labels] = labels if isinstance(labels, list) else list(labels)  # type: ignore[call-overload]  # a sequence of Labels
    if filled == present.size:
        return Grid.shared(names, steps.times_ms, values)
    starts = offsets(np.count_nonzero(present, axis=1).tolist())
    times = np.broadcast_to(steps.times_ms, present.shape)[present]
    return Grid(names, values[present], starts, times, starts, np.arange(len(names), dtype=np.int64))
