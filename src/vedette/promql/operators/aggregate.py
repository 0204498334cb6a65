"""Aggregations that fold rows into groups, chunk by chunk, so that the rows never exist all at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from vedette.errors import BadData
from vedette.kernel.aggregate import NUMBERS, kernel
from vedette.model.labels import Labels
from vedette.model.special import BoolArray, FloatArray, IntArray
from vedette.promql import plan
from vedette.promql.annotations import invalid_quantile
from vedette.promql.functions.labelling import is_label_name
from vedette.promql.lexer import go_quote
from vedette.promql.matrix import Matrix, Rows, Steps, empty
from vedette.promql.operators.base import Operator, ScalarOperator
from vedette.promql.printer import format_float
from vedette.promql.run import Run

_COLUMNS_AT_ONCE = 64
_CELLS_AT_ONCE = 1_000_000
"""A block of rows that is computed before it is folded; more would not fit the cache anyway."""


class _InOrder:
    """Lets threads compute blocks of rows in any order and takes them in theirs, so that sums do not vary."""

    def __init__(self, take: Callable[[int, FloatArray, BoolArray], None]) -> None:
        self._take = take
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[FloatArray, BoolArray]] = {}
        self._next = 0

    def put(self, start: int, values: FloatArray, present: BoolArray) -> None:
        """Take the block whose first row is `start`, and those that waited for it, when it is its turn."""
        with self._lock:
            self._waiting[start] = (values, present)
            while self._next in self._waiting:
                values, present = self._waiting.pop(self._next)
                self._take(self._next, values, present)
                self._next += len(values)


class FoldOperator(Operator):
    """sum, avg, min, max, count, group, stddev, stdvar."""

    node: plan.Aggregation
    inputs: tuple[Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        node = self.node
        rows = self.inputs[0].series(run, steps)
        group, labels = run.labels.groups(node.grouping, node.without, rows.labels)
        shape = (len(labels), steps.count)
        if not len(labels):
            return empty(steps).rows()
        if len(labels) == len(rows.labels):
            return _each_by_itself(node.op, rows, labels)
        run.hold(4 * shape[0] * shape[1])
        state = (np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.bool_))
        number = NUMBERS[node.op]

        def take(start: int, values: FloatArray, present: BoolArray) -> None:
            kernel.accumulate(number, values, present, group[start : start + len(values)], steps.count, *state)

        ordered = _InOrder(take)
        most = max(1, _CELLS_AT_ONCE // steps.count)

        def work(index: int) -> None:
            chunk = rows.chunks[index]
            for first in range(0, len(chunk.rows), most):
                count = min(most, len(chunk.rows) - first)
                run.hold(count * steps.count)
                values, present = np.empty((count, steps.count)), np.empty((count, steps.count), dtype=np.bool_)
                chunk.fill(values, present, first)
                ordered.put(chunk.rows.start + first, values, present)
                run.hold(-count * steps.count)

        run.each(len(rows.chunks), work, rows.cost)
        filled = kernel.finish(number, *state)
        run.hold(-3 * shape[0] * shape[1])
        whole = filled == shape[0] * shape[1]
        dropped = drop_of_groups(rows.drop_name, group, len(labels))
        return Matrix(labels, state[0], None if whole else state[3], dropped, distinct=True).rows()


def _each_by_itself(op: str, rows: Rows, labels: list[Labels]) -> Rows:
    """Every row is a group of its own: nothing to fold, and the values go straight where they are wanted."""

    def change(values: FloatArray, _: BoolArray) -> None:
        if op in ("sum", "avg"):
            values += 0.0  # a compensated sum of -0 is 0
        elif op in ("count", "group"):
            values[...] = 1.0
        elif op in ("stddev", "stdvar"):
            values[...] = np.where(np.isfinite(values), 0.0, np.nan)

    alone = rows.mapped(change, drop=False)
    alone.labels, alone.distinct, alone.ordered = labels, True, False
    return alone


def drop_of_groups(drop_name: BoolArray, group: IntArray, groups: int) -> BoolArray:
    """Whether the name of each group goes: when that of any of its rows does."""
    dropped = np.zeros(groups, dtype=np.bool_)
    dropped[group[drop_name]] = True
    return dropped


class QuantileOperator(Operator):
    """quantile: needs all rows of a step at hand."""

    node: plan.Aggregation
    inputs: tuple[Operator, ScalarOperator]

    def open(self, run: Run, steps: Steps) -> Rows:
        node, (child, param) = self.node, self.inputs
        q = np.ascontiguousarray(param.numbers(run, steps))
        matrix = child.evaluate(run, steps)
        self._warn(run, q)
        group, labels = run.labels.groups(node.grouping, node.without, matrix.labels)
        if not len(labels):
            return empty(steps).rows()
        shape = (len(labels), steps.count)
        out, present = np.empty(shape), np.empty(shape, dtype=np.bool_)
        mask = matrix.mask

        def work(index: int) -> None:
            first = index * _COLUMNS_AT_ONCE
            last = min(first + _COLUMNS_AT_ONCE, steps.count)
            kernel.quantiles(matrix.values, mask, group, q, first, last, out, present)

        run.each(-(-steps.count // _COLUMNS_AT_ONCE), work, matrix.values.size)
        run.hold(out.size - matrix.values.size)
        dropped = drop_of_groups(matrix.drop_name, group, len(labels))
        return Matrix(labels, out, None if present.all() else present, dropped, distinct=True).rows()

    def _warn(self, run: Run, q: FloatArray) -> None:
        wrong = [np.nan] if np.isnan(q).any() else []
        finite = q[~np.isnan(q)]
        wrong += [bound for bound in (finite.max(initial=0), finite.min(initial=0)) if not 0 <= bound <= 1]
        for value in wrong:
            run.annotate(invalid_quantile(float(value)), self.node.param_span)


class CountValuesOperator(Operator):
    """count_values: a row for every value of every group."""

    node: plan.Aggregation
    inputs: tuple[Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        node = self.node
        label = node.param.value if isinstance(node.param, plan.Text) else ""
        if not is_label_name(label):
            raise BadData(f"invalid label name {go_quote(label)}")
        matrix = self.inputs[0].evaluate(run, steps)
        # The value takes the label's place before rows are grouped.
        group, groups = run.labels.groups(
            tuple(name for name in node.grouping if name != label),
            node.without,
            run.labels.without((label,), matrix.labels),
        )
        hidden = node.without and label in node.grouping
        rows: dict[Labels, FloatArray] = {}
        mask = matrix.mask
        for index, labels in enumerate(groups):
            members = np.flatnonzero(group == index)
            cells, there = matrix.values[members], mask[members]
            for text, counts in _by_value(run, cells, there):
                name = labels if hidden else labels.with_label(label, text)
                rows[name] = rows[name] + counts if name in rows else counts
        if not rows:
            return empty(steps).rows()
        values = np.array(list(rows.values()))
        present = values > 0
        dropped = np.zeros(len(rows), dtype=np.bool_)
        return Matrix(list(rows), values, None if present.all() else present, dropped, distinct=True).rows()


def _by_value(run: Run, cells: FloatArray, there: BoolArray) -> list[tuple[str, FloatArray]]:
    """Each distinct value as text, and how often it is there at each step, float64[K]."""
    bits, which = np.unique(cells[there].view(np.uint64), return_inverse=True)
    steps = cells.shape[1]
    run.hold(len(bits) * steps)
    at = np.broadcast_to(np.arange(steps), cells.shape)[there]
    counts = np.bincount(which * steps + at, minlength=len(bits) * steps).reshape(len(bits), steps).astype(np.float64)
    found: dict[str, FloatArray] = {}
    # NaNs of different bits print alike.
    for value, row in zip(bits.view(np.float64).tolist(), counts, strict=True):
        text = format_value(value)
        found[text] = found[text] + row if text in found else row
    return list(found.items())


def format_value(value: float) -> str:
    """A sample's value as text: shortest, without an exponent."""
    return "-0" if value == 0 and np.signbit(value) else format_float(value)
