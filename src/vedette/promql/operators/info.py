"""`info()`: adds the data labels of info metrics to the rows that they describe."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from vedette.errors import BadData
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import BoolArray, FloatArray
from vedette.promql import plan
from vedette.promql.matrix import Matrix, Rows, Steps
from vedette.promql.operators.base import Operator
from vedette.promql.operators.merge import merged
from vedette.promql.operators.select import SelectOperator
from vedette.promql.run import Run

_IDENTIFYING = ("instance", "job")
_TARGET_INFO = Matcher(METRIC_NAME, MatchOp.EQUAL, "target_info")


class InfoOperator(Operator):
    """Rows whose enriched labels change over time become several rows."""

    node: plan.Info
    inputs: tuple[Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        base = self.inputs[0].evaluate(run, steps)
        data: dict[str, list[Matcher]] = defaultdict(list)
        for matcher in self.node.matchers or ():
            data[matcher.name].append(matcher)
        names = _effective_names(data.pop(METRIC_NAME, []))
        plain = [all(matcher.matches(labels.name) for matcher in names) for labels in base.labels]
        infos = self._infos(run, steps, base, plain, names, data)
        return _Enrichment(base, plain, infos, data, steps).result().rows()

    def _infos(
        self,
        run: Run,
        steps: Steps,
        base: Matrix,
        plain: Sequence[bool],
        names: list[Matcher],
        data: dict[str, list[Matcher]],
    ) -> Matrix | None:
        """The info series that may describe the rows; their values are their samples' times."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for labels, skip in zip(base.labels, plain, strict=True):
            for name in _IDENTIFYING:
                value = "" if skip else labels.get(name)
                if value:
                    wanted[name].add(value)
        if not wanted:
            return None
        matchers = [
            Matcher(name, MatchOp.REGEX, "|".join(sorted(map(re.escape, values)))) for name, values in wanted.items()
        ]
        matchers += [matcher for each in data.values() for matcher in each]
        select = plan.Select((*matchers, *names), self.node.offset_ms, self.node.at, timestamps=True)
        return SelectOperator(select).evaluate(run, steps)


def _effective_names(matchers: list[Matcher]) -> list[Matcher]:
    """Conditions on the names of info metrics: `target_info` unless something else is asked for."""
    if not matchers:
        return [_TARGET_INFO]
    if any(matcher.op in (MatchOp.EQUAL, MatchOp.REGEX) for matcher in matchers):
        return matchers
    return [Matcher(METRIC_NAME, MatchOp.REGEX, ".+_info"), *matchers]


class _Enrichment:
    """One evaluation."""

    def __init__(
        self, base: Matrix, plain: Sequence[bool], infos: Matrix | None, data: dict[str, list[Matcher]], steps: Steps
    ) -> None:
        self._base, self._plain, self._data, self._steps = base, plain, data, steps
        self._optional = all(matcher.matches("") for each in data.values() for matcher in each)
        self._infos: dict[tuple[str, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._source = infos
        if infos is not None:
            for row, labels in enumerate(infos.labels):
                self._infos[_identity(labels)][labels.name].append(row)

    def result(self) -> Matrix:
        labels: list[Labels] = []
        values: list[FloatArray] = []
        present: list[BoolArray] = []
        dropped: list[bool] = []
        mask = self._base.mask
        for row, source in enumerate(self._base.labels):
            for result, where in self._variants(row, source, mask[row]):
                labels.append(result)
                values.append(self._base.values[row])
                present.append(where)
                dropped.append(bool(self._base.drop_name[row]))
        shape = (len(labels), self._steps.count)
        flags = np.array(present, dtype=np.bool_).reshape(shape)
        return merged(Matrix(labels, np.array(values).reshape(shape), flags, np.array(dropped, dtype=np.bool_)))

    def _variants(self, row: int, source: Labels, there: BoolArray) -> list[tuple[Labels, BoolArray]]:
        """Label sets that the row has, and at which steps."""
        if self._plain[row]:
            return [(source, there)]
        candidates = self._infos.get(_identity(source))
        if candidates is None or self._source is None:
            return [(source, there)] if self._optional else []
        newest = [self._newest(rows, there) for rows in candidates.values()]
        combined = np.stack(newest)
        found: list[tuple[Labels, BoolArray]] = []
        for column in np.unique(combined[:, there], axis=1).T:
            where = there & (combined == column[:, None]).all(axis=0)
            rows = [int(each) for each in column if each >= 0]
            if rows:
                found.append((self._enriched(source, rows), where))
            elif self._optional:
                found.append((source, where))
        return found

    def _newest(self, rows: list[int], there: BoolArray) -> FloatArray:
        """Which info series of one metric describes each step: that with the newest sample; -1 for none."""
        assert self._source is not None  # noqa: S101 - there are rows
        times = np.where(self._source.mask[rows], self._source.values[rows], -np.inf)
        best = times.max(axis=0)
        if ((np.count_nonzero(times == best, axis=0) > 1) & (best > -np.inf) & there).any():
            names = ", ".join(str(self._source.labels[row]) for row in rows)
            raise BadData(f"found duplicate series for info metric: {names}")
        chosen = np.array(rows)[times.argmax(axis=0)]
        return np.where(best > -np.inf, chosen, -1)

    def _enriched(self, source: Labels, rows: list[int]) -> Labels:
        assert self._source is not None  # noqa: S101 - there are rows
        had = source.as_dict()
        added: dict[str, str] = {}
        for row in rows:
            for name, value in self._source.labels[row]:
                if name == METRIC_NAME or (self._data and name not in self._data):
                    continue
                if added.get(name, value) != value:
                    raise BadData(f"conflicting label: {name}")
                if name not in had:
                    added[name] = value
        return Labels.of({**had, **added})


def _identity(labels: Labels) -> tuple[str, ...]:
    return tuple(map(labels.get, _IDENTIFYING))
