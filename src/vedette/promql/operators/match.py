"""Operators between two vectors: rows find each other by their labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from vedette.errors import BadData
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.special import BoolArray, FloatArray, IntArray
from vedette.promql import plan
from vedette.promql.ast import VectorMatching
from vedette.promql.functions.scalars import ARITHMETIC, COMPARISONS
from vedette.promql.labelsets import METADATA_LABELS
from vedette.promql.matrix import Matrix, Rows, Steps, empty
from vedette.promql.operators.base import Operator
from vedette.promql.operators.merge import merged
from vedette.promql.run import Run


def signatures(run: Run, matching: VectorMatching, first: Matrix, second: Matrix) -> tuple[list[Labels], list[Labels]]:
    """What rows of both sides are matched by; equal ones are the same object."""
    both = [*first.labels, *second.labels]
    if matching.on:
        found = run.labels.only(tuple(sorted(set(matching.labels))), both)
    else:
        found = run.labels.without(tuple(sorted({METRIC_NAME, *matching.labels})), both)
    return found[: len(first.labels)], found[len(first.labels) :]


class _Pairs(Struct):
    """Rows of both sides that belong together; -1 stands for the fill value of that side."""

    many: list[int]
    one: list[int]
    signature: list[Labels]
    exclusive: bool
    """Every row is in one pair at most, and has its signature alone."""


class MatchOperator(Operator):
    """Arithmetic and comparisons, one to one or many to one."""

    node: plan.Match
    inputs: tuple[Operator, Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        left, right = (each.evaluate(run, steps) for each in self.inputs)
        swapped = self.node.matching.card == "one-to-many"
        many, one = (right, left) if swapped else (left, right)
        # As in Prometheus, the fill values do not change sides with group_right.
        fill_many, fill_one = self.node.matching.fill_left, self.node.matching.fill_right
        if (not len(many.labels) and fill_many is None) or (not len(one.labels) and fill_one is None):
            return empty(steps).rows()
        return _Matching(run, self.node, swapped, many, one, fill_many, fill_one, steps).result().rows()


class _Matching:
    """One evaluation: `many` is the side whose rows may share a partner."""

    def __init__(
        self,
        run: Run,
        node: plan.Match,
        swapped: bool,
        many: Matrix,
        one: Matrix,
        fill_many: float | None,
        fill_one: float | None,
        steps: Steps,
    ) -> None:
        self._run, self._node, self._swapped, self._steps = run, node, swapped, steps
        self._many, self._one = many, one
        self._fill_many, self._fill_one = fill_many, fill_one
        self._many_signatures, self._one_signatures = signatures(run, node.matching, many, one)

    def result(self) -> Matrix:
        self._unite_one_side()
        pairs = self._pairs()
        many_rows, one_rows = np.array(pairs.many, dtype=np.int64), np.array(pairs.one, dtype=np.int64)
        if not len(many_rows):
            return empty(self._steps)
        many_values, many_there = _cells(self._many, many_rows, self._fill_many)
        one_values, one_there = _cells(self._one, one_rows, self._fill_one)
        there = many_there & one_there
        there = self._without_filled(pairs, many_rows, one_rows, there)
        left, right = (one_values, many_values) if self._swapped else (many_values, one_values)
        self._run.hold(left.size)
        with np.errstate(all="ignore"):
            values, kept = self._compute(left, right, there)
        self._check_results(pairs, there if self._filled else kept)
        labels = self._labels(pairs)
        if not pairs.exclusive:
            self._check_groups(pairs, labels, kept)
        dropped = np.full(len(labels), self._node.return_bool, dtype=np.bool_)
        # Derived label sets are the same object when they are equal; included labels make new ones.
        distinct = not self._node.matching.include and len(set(map(id, labels))) == len(labels)
        return merged(Matrix(labels, values, None if kept.all() else kept, dropped, distinct))

    @property
    def _filled(self) -> bool:
        return self._fill_many is not None or self._fill_one is not None

    def _pairs(self) -> _Pairs:
        """Every row of the many side with its partner; after `_unite_one_side` there are rarely several."""
        ones, manys = list(map(id, self._one_signatures)), list(map(id, self._many_signatures))
        partner = dict(zip(ones, range(len(ones)), strict=True))
        if not self._filled and len(partner) == len(ones):
            found = list(map(partner.get, manys))
            many = [row for row, one in enumerate(found) if one is not None]
            one = [one for one in found if one is not None]
            return _Pairs(many, one, [self._many_signatures[row] for row in many], len(set(manys)) == len(manys))
        return self._all_pairs(ones, manys)

    def _all_pairs(self, ones: list[int], manys: list[int]) -> _Pairs:
        """With several partners for a row, or fill values for rows without one."""
        by_signature: dict[int, list[int]] = defaultdict(list)
        for row, key in enumerate(ones):
            by_signature[key].append(row)
        pairs = _Pairs([], [], [], exclusive=False)
        for row, key in enumerate(manys):
            partners = by_signature.get(key, [])
            if self._fill_one is not None:
                partners = [*partners, -1]
            pairs.many += [row] * len(partners)
            pairs.one += partners
            pairs.signature += [self._many_signatures[row]] * len(partners)
        if self._fill_many is not None:
            pairs.many += [-1] * len(ones)
            pairs.one += range(len(ones))
            pairs.signature += self._one_signatures
        return pairs

    def _without_filled(self, pairs: _Pairs, many: IntArray, one: IntArray, there: BoolArray) -> BoolArray:
        """A fill value stands in only where there is no partner at that step."""
        if not self._filled:
            return there
        there = there.copy()
        matched: dict[int, BoolArray] = {}
        by_many: dict[int, BoolArray] = {}
        for index, signature in enumerate(pairs.signature):
            if many[index] >= 0 and one[index] >= 0:
                for table, key in ((matched, id(signature)), (by_many, int(many[index]))):
                    table[key] = table[key] | there[index] if key in table else there[index]
        for index, signature in enumerate(pairs.signature):
            if one[index] < 0 and int(many[index]) in by_many:
                there[index] &= ~by_many[int(many[index])]
            if many[index] < 0 and id(signature) in matched:
                there[index] &= ~matched[id(signature)]
        return there

    def _compute(self, left: FloatArray, right: FloatArray, there: BoolArray) -> tuple[FloatArray, BoolArray]:
        compare = COMPARISONS.get(self._node.op)
        if compare is None:
            return ARITHMETIC[self._node.op](left, right), there
        fulfilled = compare(left, right)
        if self._node.return_bool:
            return fulfilled.astype(np.float64), there
        return left, there & fulfilled

    def _unite_one_side(self) -> None:
        """On the side that must be unique, no two rows of one signature may meet where anything is to be matched.

        Rows that never meet, and give the same labels to results, become one row.
        """
        if len(set(map(id, self._one_signatures))) == len(self._one_signatures):
            return
        groups: dict[int, list[int]] = defaultdict(list)
        for row, signature in enumerate(map(id, self._one_signatures)):
            groups[signature].append(row)
        active = np.ones(self._steps.count, dtype=np.bool_) if self._filled else self._many.mask.any(axis=0)
        mask = self._one.mask
        for rows in groups.values():
            both = (np.count_nonzero(mask[rows], axis=0) > 1) & active
            if both.any():
                first, second = [row for row in rows if mask[row, int(both.argmax())]][:2]
                self._refuse_one_side(first, second)
        numbers: dict[tuple[int, tuple[str, ...]], int] = {}
        source: list[int] = []
        group: list[int] = []
        for row, signature in enumerate(map(id, self._one_signatures)):
            included = tuple(map(self._one.labels[row].get, self._node.matching.include))
            number = numbers.setdefault((signature, included), len(source))
            if number == len(source):
                source.append(row)
            group.append(number)
        values, present = np.zeros((len(source), mask.shape[1])), np.zeros((len(source), mask.shape[1]), dtype=np.bool_)
        for row, number in enumerate(group):
            np.copyto(values[number], self._one.values[row], where=mask[row])
            present[number] |= mask[row]
        labels = [self._one.labels[row] for row in source]
        self._one_signatures = [self._one_signatures[row] for row in source]
        self._one = Matrix(labels, values, present, self._one.drop_name[source])

    def _refuse_one_side(self, first: int, second: int) -> None:
        matching = self._node.matching
        names = matching.labels
        labels = self._one.labels[second]
        group = labels.keep(names) if matching.on else labels.drop((METRIC_NAME, *names))
        side = "left" if self._swapped else "right"
        raise BadData(
            f"found duplicate series for the match group {_braced(group)} on the {side} hand-side of the operation: "
            f"[{_braced(labels)}, {_braced(self._one.labels[first])}];many-to-many matching not allowed: "
            "matching labels must be unique on one side"
        )

    def _check_results(self, pairs: _Pairs, kept: BoolArray) -> None:
        if pairs.exclusive or self._node.matching.card != "one-to-one":
            return
        groups: dict[int, list[int]] = defaultdict(list)
        for index, signature in enumerate(map(id, pairs.signature)):
            groups[signature].append(index)
        for members in groups.values():
            if len(members) > 1 and (np.count_nonzero(kept[members], axis=0) > 1).any():
                raise BadData(
                    "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                )

    def _check_groups(self, pairs: _Pairs, labels: Sequence[Labels], kept: BoolArray) -> None:
        if self._node.matching.card == "one-to-one":
            return
        groups: dict[tuple[int, Labels], list[int]] = defaultdict(list)
        for index, signature in enumerate(map(id, pairs.signature)):
            groups[signature, labels[index]].append(index)
        for members in groups.values():
            if len(members) > 1 and (np.count_nonzero(kept[members], axis=0) > 1).any():
                raise BadData("multiple matches for labels: grouping labels must ensure unique matches")

    def _labels(self, pairs: _Pairs) -> list[Labels]:
        node, matching = self._node, self._node.matching
        key = ("match", node.op in ARITHMETIC, matching.on, matching.labels, matching.card)
        bases = [
            self._many.labels[row] if row >= 0 else signature
            for row, signature in zip(pairs.many, pairs.signature, strict=True)
        ]
        results = self._run.labels.derive(key, self._result_labels, bases)
        if not matching.include:
            return results
        return [
            _included(result, self._one.labels[row] if row >= 0 else signature, matching.include)
            for result, row, signature in zip(results, pairs.one, pairs.signature, strict=True)
        ]

    def _result_labels(self, labels: Labels) -> Labels:
        matching = self._node.matching
        if self._node.op in ARITHMETIC:
            labels = labels.drop(METADATA_LABELS)
        if matching.card == "one-to-one":
            labels = labels.keep(matching.labels) if matching.on else labels.drop(matching.labels)
        return labels


def _cells(matrix: Matrix, rows: IntArray, fill: float | None) -> tuple[FloatArray, BoolArray]:
    """Values and presence of the rows; -1 gives the fill value everywhere."""
    if fill is None:
        return matrix.values[rows], matrix.mask[rows]
    steps = matrix.values.shape[1]
    values = np.vstack([matrix.values, np.full((1, steps), fill)])
    mask = np.vstack([matrix.mask, np.ones((1, steps), dtype=np.bool_)])
    return values[rows], mask[rows]


def _included(labels: Labels, source: Labels, names: tuple[str, ...]) -> Labels:
    merged_labels = labels.as_dict()
    for name in names:
        merged_labels[name] = source.get(name)
    return Labels.of(merged_labels)


def _braced(labels: Labels) -> str:
    text = ", ".join(f'{name}="{value}"' for name, value in labels)
    return "{" + text + "}"


class SetOperator(Operator):
    """`and`, `or`, `unless`."""

    node: plan.SetOperation
    inputs: tuple[Operator, Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        left, right = (each.evaluate(run, steps) for each in self.inputs)
        numbers: dict[int, int] = {}
        sides = [
            np.array([numbers.setdefault(id(each), len(numbers)) for each in side], dtype=np.int64)
            for side in signatures(run, self.node.matching, left, right)
        ]
        if self.node.op == "or":
            return self._union(left, right, sides, len(numbers)).rows()
        there = _any_by_group(right.mask, sides[1], len(numbers))[sides[0]] if len(left.labels) else left.mask
        kept = left.mask & (there if self.node.op == "and" else ~there)
        present = None if kept.all() else kept
        return Matrix(left.labels, left.values, present, left.drop_name, left.distinct, left.ordered).rows()

    def _union(self, left: Matrix, right: Matrix, sides: list[IntArray], groups: int) -> Matrix:
        if not len(right.labels):
            return left
        if not len(left.labels):
            return right
        taken = _any_by_group(left.mask, sides[0], groups)[sides[1]]
        kept = right.mask & ~taken
        used = np.flatnonzero(kept.any(axis=1))
        right = right.take(used)
        left = left.take(np.flatnonzero(left.mask.any(axis=1)))
        present = np.vstack([left.mask, kept[used]])
        return merged(
            Matrix(
                [*left.labels, *right.labels],
                np.vstack([left.values, right.values]),
                None if present.all() else present,
                np.concatenate([left.drop_name, right.drop_name]),
            )
        )


def _any_by_group(mask: BoolArray, group: IntArray, groups: int) -> BoolArray:
    """bool[G, K]: whether any row of the group is there."""
    result = np.zeros((groups, mask.shape[1]), dtype=np.bool_)
    if not len(group):
        return result
    order = np.argsort(group, kind="stable")
    firsts = np.flatnonzero(np.diff(group[order], prepend=-1))
    result[group[order][firsts]] = np.logical_or.reduceat(mask[order], firsts, axis=0)
    return result
