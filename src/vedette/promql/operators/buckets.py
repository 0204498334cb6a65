"""`histogram_quantile(s)` and `histogram_fraction`: rows with `le` labels become one row a histogram."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

import numpy as np

from vedette.model.labels import Labels
from vedette.model.special import BoolArray, FloatArray, IntArray
from vedette.promql import plan
from vedette.promql.annotations import BAD_BUCKET_LABEL, FORCED_MONOTONICITY, invalid_quantile, short_float
from vedette.promql.functions.histograms import bucket_fractions, bucket_quantiles
from vedette.promql.labelsets import number
from vedette.promql.matrix import Matrix, Rows, Steps, empty
from vedette.promql.operators.base import Operator, ScalarOperator
from vedette.promql.operators.merge import merged
from vedette.promql.printer import format_float
from vedette.promql.run import Run

_BUCKET_LABEL = "le"


class BucketsOperator(Operator):
    """All three functions; histograms that have the same buckets are computed together."""

    node: plan.Buckets

    def __init__(self, node: plan.Buckets, child: Operator, params: tuple[ScalarOperator, ...]) -> None:
        super().__init__(node, (child, *params))
        self._child = child
        self._params = params

    def open(self, run: Run, steps: Steps) -> Rows:
        params = [each.numbers(run, steps) for each in self._params]
        matrix = self._child.evaluate(run, steps)
        if self.node.function == "histogram_fraction":
            return self._results(run, steps, matrix, params).rows()
        for numbers, span in zip(params, self.node.param_spans, strict=True):
            for q in numbers[~((numbers >= 0) & (numbers <= 1))].tolist():
                run.annotate(invalid_quantile(q), span)
        if self.node.function == "histogram_quantile":
            return self._results(run, steps, matrix, params).rows()
        return self._several(run, steps, matrix, params).rows()

    def _several(self, run: Run, steps: Steps, matrix: Matrix, params: list[FloatArray]) -> Matrix:
        """The results of every quantile, each with the quantile as a label."""
        labels: list[Labels] = []
        blocks: list[Matrix] = []
        for numbers in params:
            block = self._results(run, steps, matrix, [numbers])
            # Of all NaNs one, as np.unique counts them: a NaN differs from every key of a mapping.
            for q in np.unique(numbers).tolist():
                label, text = self.node.label, quantile_text(q)
                labels += [each.with_label(label, text) for each in block.labels]
                there = block.mask & ((numbers == q) | np.isnan(numbers) & np.isnan(q))
                blocks.append(Matrix(block.labels, block.values, there, block.drop_name))
        values = np.vstack([block.values for block in blocks])
        present = np.vstack([block.mask for block in blocks])
        return merged(Matrix(labels, values, present, np.concatenate([block.drop_name for block in blocks])))

    def _results(self, run: Run, steps: Steps, matrix: Matrix, params: list[FloatArray]) -> Matrix:
        """A row a histogram."""
        bounds, rows = self._bounds(run, matrix)
        if not len(rows):
            return empty(steps)
        matrix = matrix.take(rows)
        group, labels = number(run.labels.without((_BUCKET_LABEL,), matrix.labels))
        values = np.zeros((len(labels), steps.count))
        present = np.zeros(values.shape, dtype=np.bool_)
        with np.errstate(all="ignore"):
            for members, groups in _alike(bounds, group, len(labels)):
                self._compute(run, matrix, bounds, members, groups, params, values, present, labels)
        dropped = np.ones(len(labels), dtype=np.bool_)
        return Matrix(labels, values, None if present.all() else present, dropped, distinct=True)

    def _bounds(self, run: Run, matrix: Matrix) -> tuple[FloatArray, IntArray]:
        """Upper bounds of the rows that have one, and which rows those are; others are warned of."""
        bounds: list[float] = []
        rows: list[int] = []
        for row in np.flatnonzero(matrix.mask.any(axis=1)).tolist():
            labels = matrix.labels[row]
            text = labels.get(_BUCKET_LABEL)
            bound = _parse_bound(text)
            if bound is None:
                run.annotate(BAD_BUCKET_LABEL.format(label=text, name=labels.name), self.node.span)
                continue
            bounds.append(bound)
            rows.append(row)
        return np.array(bounds), np.array(rows, dtype=np.int64)

    def _compute(
        self,
        run: Run,
        matrix: Matrix,
        bounds: FloatArray,
        members: IntArray,
        groups: IntArray,
        params: list[FloatArray],
        values: FloatArray,
        present: BoolArray,
        labels: list[Labels],
    ) -> None:
        """members int64[B, G]: rows by bucket and histogram; groups int64[G]: where their results go."""
        steps = values.shape[1]
        counts = matrix.values[members].reshape(len(members), -1)
        there = matrix.mask[members].reshape(len(members), -1)
        each_param = [np.tile(param, len(groups)) for param in params]
        cells = np.zeros(counts.shape[1])
        forced = np.zeros(counts.shape[1], dtype=np.bool_)
        for pattern, columns in _patterns(there):
            some = bounds[members[:, 0]][pattern]
            picked = counts[np.ix_(pattern, columns)]
            arguments = [param[columns] for param in each_param]
            if self.node.function != "histogram_fraction":
                cells[columns], forced[columns] = bucket_quantiles(arguments[0], some, picked)
            else:
                cells[columns] = bucket_fractions(arguments[0], arguments[1], some, picked)
        values[groups] = cells.reshape(-1, steps)
        present[groups] = there.any(axis=0).reshape(-1, steps)
        for index in np.flatnonzero(forced.reshape(-1, steps).any(axis=1)).tolist():
            run.annotate(FORCED_MONOTONICITY.format(name=f'"{labels[groups[index]].name}"'), self.node.span)


def quantile_text(q: float) -> str:
    """A quantile as a label value, as OpenMetrics writes numbers: `1.0`, `0.25`."""
    text = short_float(q)
    return text + ".0" if text.lstrip("-").isdigit() else text


@lru_cache(maxsize=4096)
def _parse_bound(text: str) -> float | None:
    """A bound as Go parses a float; None when it is none."""
    if not text or text != text.strip() or "_" in text:
        return None
    try:
        bound = float(text)
    except ValueError:
        return None
    return None if format_float(bound) == "NaN" else bound


def _alike(bounds: FloatArray, group: IntArray, groups: int) -> list[tuple[IntArray, IntArray]]:
    """Histograms that have the same bounds: (rows int64[B, G], histograms int64[G])."""
    order = np.lexsort((bounds, group))
    cuts = np.searchsorted(group[order], np.arange(groups + 1))
    shapes: dict[bytes, list[int]] = defaultdict(list)
    for index in range(groups):
        rows = order[cuts[index] : cuts[index + 1]]
        shapes[bounds[rows].tobytes()].append(index)
    return [
        (
            np.stack([order[cuts[index] : cuts[index + 1]] for index in same], axis=1),
            np.array(same, dtype=np.int64),
        )
        for same in shapes.values()
    ]


def _patterns(there: BoolArray) -> list[tuple[IntArray, IntArray]]:
    """Columns by which buckets they have: (buckets, columns); columns without any are left out."""
    if there.all():
        return [(np.arange(there.shape[0]), np.arange(there.shape[1]))]
    packed = np.packbits(there, axis=0)
    _, first, inverse = np.unique(packed, axis=1, return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    found = [(np.flatnonzero(there[:, column]), np.flatnonzero(inverse == index)) for index, column in enumerate(first)]
    return [(buckets, columns) for buckets, columns in found if len(buckets)]
