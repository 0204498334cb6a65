"""Operators that change which rows there are, their labels or their order, but no values."""

from __future__ import annotations

import functools
import re

import numpy as np

from vedette.model.labels import METRIC_NAME, Labels
from vedette.promql import plan
from vedette.promql.functions.labelling import join_rule, replace_rule
from vedette.promql.matrix import Matrix, Rows, Steps, single
from vedette.promql.operators.base import Operator
from vedette.promql.operators.merge import merged
from vedette.promql.run import Run

_NUMBER = re.compile(r"(\d+)")


class RelabelOperator(Operator):
    """`label_replace` and `label_join`."""

    node: plan.Relabel
    inputs: tuple[Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        texts = self.node.texts
        destination = texts[0]
        if self.node.function == "label_replace":
            rule = replace_rule(*texts)
        else:
            rule = join_rule(destination, texts[1], texts[2:])
        matrix = self.inputs[0].evaluate(run, steps)
        labels = run.labels.derive((self.node.function, *texts), rule, matrix.labels)
        dropped = matrix.drop_name
        if destination == METRIC_NAME:
            changed = [new is not old for new, old in zip(labels, matrix.labels, strict=True)]
            dropped = dropped & ~np.array(changed, dtype=np.bool_)
        return merged(Matrix(labels, matrix.values, matrix.present, dropped, ordered=matrix.ordered)).rows()


class SortOperator(Operator):
    """The four sort functions; a range query is sorted by labels anyway."""

    node: plan.Sort
    inputs: tuple[Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        if steps.count > 1:
            return self.inputs[0].series(run, steps)
        matrix = self.inputs[0].evaluate(run, steps)
        rows = np.flatnonzero(matrix.mask[:, 0])
        descending = self.node.function.endswith("_desc")
        if self.node.by:
            order = sorted(
                rows.tolist(), key=functools.cmp_to_key(_LabelOrder(matrix, self.node.by).compare), reverse=descending
            )
        elif self.node.function.startswith("sort_by_label"):
            order = sorted(rows.tolist(), key=lambda row: matrix.labels[row].pairs, reverse=descending)
        else:
            cells = matrix.values[rows, 0]
            missing = np.isnan(cells)
            order = rows[np.lexsort((np.where(missing, 0, -cells if descending else cells), missing))].tolist()
        result = matrix.take(np.array(order, dtype=np.int64))
        result.ordered = True
        return result.rows()


class _LabelOrder:
    """Natural order of some labels, then the order of the whole label set."""

    def __init__(self, matrix: Matrix, names: tuple[str, ...]) -> None:
        self._labels = matrix.labels
        self._names = names

    def compare(self, first: int, second: int) -> int:
        a, b = self._labels[first], self._labels[second]
        for name in self._names:
            left, right = a.get(name), b.get(name)
            if left != right:
                return -1 if comes_before(left, right) else 1
        return -1 if a < b else int(b < a)


def comes_before(left: str, right: str) -> bool:
    """Natural order: runs of digits compare as numbers."""
    a, b = _parts(left), _parts(right)
    for x, y in zip(a, b, strict=False):
        if x == y:
            continue
        if x.isdigit() and y.isdigit():
            if int(x) != int(y):
                return int(x) < int(y)
            return len(x) < len(y)
        return x < y
    return len(a) < len(b)


def _parts(text: str) -> list[str]:
    return [part for part in _NUMBER.split(text) if part]


class AbsentOperator(Operator):
    """`absent` and `absent_over_time`."""

    node: plan.Absent
    inputs: tuple[Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        matrix = self.inputs[0].evaluate(run, steps)
        present = np.logical_not(matrix.mask.any(axis=0))
        result = single(np.ones(steps.count), np.asarray(present), Labels(self.node.labels))
        return result.rows()
