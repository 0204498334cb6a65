"""Aggregations that pick rows instead of folding them: topk, bottomk, limitk, limit_ratio."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from vedette.errors import BadData
from vedette.kernel.aggregate import kernel
from vedette.model.special import BoolArray, FloatArray, IntArray
from vedette.promql import plan
from vedette.promql.annotations import invalid_ratio, short_float
from vedette.promql.label_hash import label_hash
from vedette.promql.matrix import Matrix, Rows, Steps, empty
from vedette.promql.operators.base import Operator, ScalarOperator
from vedette.promql.run import Run


class PickOperator(Operator):
    """Keeps the cells of the picked rows, step by step."""

    node: plan.Aggregation
    inputs: tuple[Operator, ScalarOperator]

    def open(self, run: Run, steps: Steps) -> Rows:
        node, (child, param) = self.node, self.inputs
        numbers = param.numbers(run, steps)
        if np.isnan(numbers).any():
            raise BadData("Ratio value is NaN" if node.op == "limit_ratio" else "Parameter value is NaN")
        matrix = child.evaluate(run, steps)
        mask = matrix.mask
        group, labels = run.labels.groups(node.grouping, node.without, matrix.labels)
        if not len(labels):
            return empty(steps).rows()
        if node.op == "limit_ratio":
            keep = self._ratio(run, matrix, mask, numbers)
        else:
            keep = self._count(matrix, mask, group, len(labels), numbers)
        used = np.flatnonzero(keep.any(axis=1))
        if steps.count == 1 and node.op in ("topk", "bottomk"):
            used = _ranked(used, matrix.values[:, 0], group, bottom=node.op == "bottomk")
        picked = matrix.take(used)
        keep = keep[used]
        picked.present = None if keep.all() else keep
        picked.ordered = steps.count == 1 and node.op in ("topk", "bottomk")
        return picked.rows()

    def _count(self, matrix: Matrix, mask: BoolArray, group: IntArray, groups: int, numbers: FloatArray) -> BoolArray:
        rows = len(matrix.labels)
        if numbers.max() < 1:
            return np.zeros(mask.shape, dtype=np.bool_)
        for number in numbers.tolist():
            if not -(2**63) <= number < 2**63:
                raise BadData(f"Scalar value {short_float(number)} overflows int64")
        wanted = np.clip(np.trunc(numbers), 0, rows).astype(np.int64)
        keep = np.zeros(mask.shape, dtype=np.bool_)
        if self.node.op != "limitk":
            bottom = int(self.node.op == "bottomk")
            kernel.rank(np.ascontiguousarray(matrix.values), mask, group, groups, wanted, bottom, keep)
            return keep
        order = np.argsort(group, kind="stable")
        for first, last in _stretches(group[order]):
            members = order[first:last]
            keep[members] = mask[members] & (np.cumsum(mask[members], axis=0) <= wanted)
        return keep

    def _ratio(self, run: Run, matrix: Matrix, mask: BoolArray, ratios: FloatArray) -> BoolArray:
        for extreme, bound in ((float(ratios.max()), 1.0), (float(ratios.min()), -1.0)):
            if abs(extreme) > 1 and math.copysign(1, extreme) == bound:
                run.annotate(invalid_ratio(extreme, bound), self.node.param_span)
        capped = np.clip(ratios, -1, 1)
        place = np.array([label_hash(labels) / float(2**64 - 1) for labels in matrix.labels])[:, None]
        return mask & np.where(capped >= 0, place < capped, place >= 1 + capped)


def _stretches(values: IntArray) -> list[tuple[int, int]]:
    """Bounds of runs of equal values."""
    cuts = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(values)]
    return list(pairwise(cuts))


def _ranked(rows: IntArray, values: FloatArray, group: IntArray, *, bottom: bool) -> IntArray:
    """Rows by group, best first, NaN last; stable."""
    cells = values[rows]
    missing = np.isnan(cells)
    key = np.where(missing, 0, cells if bottom else -cells)
    appearance = {each: index for index, each in enumerate(dict.fromkeys(group.tolist()))}
    groups = np.array([appearance[each] for each in group[rows].tolist()], dtype=np.int64)
    return rows[np.lexsort((key, missing, groups))]
