"""One rule with what it remembers from one evaluation to the next."""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from vedette.errors import BadData, LimitExceeded
from vedette.model.alert import ALERT_NAME, Alert, AlertState
from vedette.model.frame import QueryResult
from vedette.model.labels import EMPTY, METRIC_NAME, Labels
from vedette.model.special import FloatArray, IntArray
from vedette.promql import ast
from vedette.rules.compiled import CompiledGroup, CompiledRule
from vedette.rules.reads import name_of, selectors_of
from vedette.rules.state import FIRING, INACTIVE, NEVER, PENDING, AlertTable, StateArray, Step, Timing
from vedette.rules.templates.expand import Surroundings, Template
from vedette.rules.writes import Writes

ALERTS: Final = "ALERTS"
FOR_STATE: Final = "ALERTS_FOR_STATE"
ALERT_STATE: Final = "alertstate"
_MAX_REMEMBERED: Final = 400_000

_NOTHING: Final = Step(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))

Ask = Callable[[ast.Expr, int], QueryResult]
"""The value of an expression at a moment in ms. Raises VedetteErrors."""


class Moment(Struct, frozen=True):
    """When a rule is evaluated: `time_ms`, about the data of `query_ms`."""

    time_ms: int
    query_ms: int
    ask: Ask
    around: Surroundings


class RuleState:
    """A rule that is evaluated again and again. Not thread-safe."""

    def __init__(self, rule: CompiledRule, group: CompiledGroup) -> None:
        self.rule = rule
        self.group = group
        self.error = ""
        """Why the last evaluation failed."""
        self.evaluated_ms = NEVER
        self.duration_s = 0.0
        self.limit = group.limit
        self.series = 0
        """How many the last evaluation yielded."""
        self.table = AlertTable(Timing(rule.for_ms, rule.keep_ms, rule.cooldown_ms, group.limit))
        self.reads = _reads(rule)
        self.lock = threading.Lock()
        """To be held by whoever looks at the table from another thread."""
        self._labelling = _Labelling(rule)
        self._recorded: Sequence[Labels] = ()
        self._cached: dict[Labels, tuple[float | None, Labels]] = {}
        self._states = _StateSeries()

    @property
    def key(self) -> str:
        """What `Alert.rule` says."""
        return f"{self.group.document or self.group.file}/{self.group.name}/{self.rule.id}"

    def evaluate(self, moment: Moment, writes: Writes) -> Step | None:
        """One evaluation; samples go to `writes`. None for a recording rule. Raises VedetteErrors."""
        results, values = vector_of(moment.ask(self.rule.expr, moment.query_ms))
        labels = self._labelling.of(results, values, moment.around)
        self.series = len(labels)
        if not self.rule.is_alert:
            self._record(labels, values, moment.query_ms, writes)
            return None
        if not len(labels) and not len(self.table):
            # So it is with nearly all alerting rules nearly always.
            return _NOTHING
        kept: Iterable[Labels] = ()
        if self.rule.keep_expr is not None and self.table.has_state(FIRING):
            still, their_values = vector_of(moment.ask(self.rule.keep_expr, moment.query_ms))
            kept = self._labelling.each(still, their_values, moment.around)
        with self.lock:
            self.table.sweep()
            try:
                step = self.table.step(moment.time_ms, labels, results, values, kept)
            except LimitExceeded:
                self._states.end_all(moment.query_ms, writes)
                raise
            self._states.write(self.table, moment.query_ms, writes)
        return step

    def recall(self, moment: Moment) -> None:
        """Alerts that are there take the values of a moment, and what they came from. Raises VedetteErrors."""
        results, values = vector_of(moment.ask(self.rule.expr, moment.query_ms))
        with self.lock:
            self.table.recall(self._labelling.each(results, values, moment.around), results, values)

    def end(self, time_ms: int, writes: Writes) -> list[int]:
        """The rule is no more: its series end; the rows that were firing."""
        writes.end(self.rule.name, [*self._recorded], time_ms)
        self._recorded = ()
        table = self.table
        firing = np.flatnonzero(table.state[: len(table)] == FIRING).tolist()
        self._states.adopt(table)
        self._states.end_all(time_ms, writes)
        return firing

    def inherit(self, other: RuleState) -> None:
        """Go on from where the same rule of a former version of the group was."""
        self.table, self._recorded, self._states = other.table, other._recorded, other._states
        timing = Timing(self.rule.for_ms, self.rule.keep_ms, self.rule.cooldown_ms, self.limit)
        self.table.timing = timing
        self.evaluated_ms, self.error, self.series = other.evaluated_ms, other.error, other.series

    def _record(self, labels: Sequence[Labels], values: FloatArray, time_ms: int, writes: Writes) -> None:
        if self.limit and len(labels) > self.limit:
            raise LimitExceeded(
                f"exceeded limit of {self.limit} with {len(labels)} series", limit="limit", value=self.limit
            )
        writes.add(self.rule.name, labels, time_ms, values)
        before = self._recorded
        if before is not labels:
            present = set(labels)
            writes.end(self.rule.name, [one for one in before if one not in present], time_ms)
            self._recorded = labels

    # Alerts as others see them.

    def annotations_of(self, rows: Sequence[int], around: Surroundings) -> list[Labels]:
        """Texts of rows, expanded when somebody asks."""
        templates = self.rule.annotations
        if not templates or not rows:
            return [EMPTY] * len(rows)
        results, values, cached = self.table.results, self.table.value, self._cached
        fixed = not any(template.uses_value for _, template in templates)
        lasting = fixed or not any("query" in template.source or "now" in template.source for _, template in templates)
        found = []
        for row, value in zip(rows, values[np.asarray(rows)].tolist(), strict=True):
            result = results[row]
            known = cached.get(result)
            # A moment later the value of most alerts is still the same.
            if known is None or known[0] != (None if fixed else value):
                known = (None if fixed else value), self._expand(result, value, around)
                if lasting:
                    if len(cached) >= _MAX_REMEMBERED:
                        cached.clear()
                    cached[result] = known
            found.append(known[1])
        return found

    def _expand(self, result: Labels, value: float, around: Surroundings) -> Labels:
        mapping = result.as_dict()
        pairs = [(name, template.expand(mapping, value, around)) for name, template in self.rule.annotations]
        return Labels(tuple((name, text) for name, text in pairs if text))

    def alert(self, row: int, around: Surroundings, *, ends_ms: int = 0, generator_url: str = "") -> Alert:
        """A row as a value; `ends_ms` until when a firing one is to be believed."""
        table = self.table
        state, resolved_ms = int(table.state[row]), int(table.resolved_ms[row])
        changed_ms = {
            PENDING: int(table.active_ms[row]),
            FIRING: int(table.fired_ms[row]),
            INACTIVE: resolved_ms,
        }[state]
        (annotations,) = self.annotations_of((row,), around)
        if table.is_flapping(row, around.time_ms):
            annotations = annotations.with_label("flapping", "true")
        return Alert(
            project=self.group.project,
            labels=table.labels[row],
            annotations=annotations,
            state={PENDING: AlertState.PENDING, FIRING: AlertState.FIRING, INACTIVE: AlertState.RESOLVED}[state],
            active_ms=int(table.active_ms[row]),
            changed_ms=max(changed_ms, 0),
            ends_ms=resolved_ms if state == INACTIVE else ends_ms,
            value=float(table.value[row]),
            rule=self.key,
            generator_url=generator_url,
        )


class _Labelling:
    """From the labels of results to those of what a rule makes of them."""

    def __init__(self, rule: CompiledRule) -> None:
        self._rule = rule
        self._uses_value = any(template.uses_value for _, template in rule.labels)
        self._made: dict[Labels, Labels] = {}
        self._last: tuple[Sequence[Labels], Sequence[Labels]] = ((), ())

    def of(self, results: Sequence[Labels], values: FloatArray, around: Surroundings) -> Sequence[Labels]:
        """Theirs in the same order. Raises BadData where two come out the same."""
        before, made = self._last
        if not self._uses_value and len(before) == len(results) and all(map(operator.is_, before, results)):
            return made
        made = self.each(results, values, around)
        if len(set(made)) != len(made):
            what = "alert" if self._rule.is_alert else "rule"
            raise BadData(f"vector contains metrics with the same labelset after applying {what} labels")
        self._last = results, made
        return made

    def each(self, results: Sequence[Labels], values: FloatArray, around: Surroundings) -> list[Labels]:
        """Theirs, whether or not they are distinct."""
        known = self._made
        if len(known) > _MAX_REMEMBERED:
            known.clear()
        if self._uses_value:
            return [self._make(one, value, around) for one, value in zip(results, values.tolist(), strict=True)]
        made = []
        for one in results:
            found = known.get(one)
            if found is None:
                found = known[one] = self._make(one, 0.0, around)
            made.append(found)
        return made

    def _make(self, result: Labels, value: float, around: Surroundings) -> Labels:
        pairs = dict(result.pairs)
        pairs.pop(METRIC_NAME, None)
        whole = result.as_dict()
        for name, template in self._rule.labels:
            text = template.source if template.is_constant else template.expand(whole, value, around)
            pairs[name] = text
        pairs[ALERT_NAME if self._rule.is_alert else METRIC_NAME] = self._rule.name
        return Labels.of(pairs)


def labelling_of(rule: CompiledRule) -> Callable[[Labels, float], Labels]:
    """What a rule makes of the labels and the value of one result."""
    made = _Labelling(rule)
    around = Surroundings()
    return lambda result, value: made.each((result,), np.array([value]), around)[0]


class _StateSeries:
    """ALERTS and ALERTS_FOR_STATE of one rule's alerts."""

    def __init__(self) -> None:
        self._of: dict[Labels, tuple[Labels, Labels, Labels]] = {}
        self._open: tuple[Sequence[Labels], StateArray] = ((), np.empty(0, dtype=np.int8))

    def write(self, table: AlertTable, time_ms: int, writes: Writes) -> None:
        """Samples of all that are active, and the end of what is not any more."""
        count = len(table)
        state, written = table.state[:count], table.written[:count]
        for wanted, place in ((PENDING, 0), (FIRING, 1)):
            rows = np.flatnonzero(state == wanted)
            writes.add(ALERTS, self._series(table, rows, place), time_ms, 1.0)
            over = np.flatnonzero((written == wanted) & (state != wanted))
            writes.end(ALERTS, self._series(table, over, place), time_ms)
        rows = np.flatnonzero(state != INACTIVE)
        writes.add(FOR_STATE, self._series(table, rows, 2), time_ms, table.active_ms[rows] / 1000)
        over = np.flatnonzero((written != INACTIVE) & (state == INACTIVE))
        writes.end(FOR_STATE, self._series(table, over, 2), time_ms)
        written[:] = state
        if len(self._of) > 2 * count + 1_000:
            self._of = {one: self._of[one] for one in table.labels if one in self._of}
        self._open = table.labels, state.copy()

    def adopt(self, table: AlertTable) -> None:
        """Take what a table has written for open."""
        self._open = table.labels, table.written[: len(table)].copy()

    def end_all(self, time_ms: int, writes: Writes) -> None:
        """Mark everything that is open as over."""
        labels, states = self._open
        for row in np.flatnonzero(states != INACTIVE).tolist():
            three = self._three(labels[row])
            writes.end(ALERTS, [three[0] if states[row] == PENDING else three[1]], time_ms)
            writes.end(FOR_STATE, [three[2]], time_ms)
        self._open = (), np.empty(0, dtype=np.int8)

    def _series(self, table: AlertTable, rows: IntArray, place: int) -> list[Labels]:
        labels = table.labels
        return [self._three(labels[row])[place] for row in rows.tolist()]

    def _three(self, labels: Labels) -> tuple[Labels, Labels, Labels]:
        found = self._of.get(labels)
        if found is None:
            base = labels.with_label(METRIC_NAME, ALERTS)
            found = self._of[labels] = (
                base.with_label(ALERT_STATE, "pending"),
                base.with_label(ALERT_STATE, "firing"),
                labels.with_label(METRIC_NAME, FOR_STATE),
            )
        return found


def vector_of(result: QueryResult) -> tuple[Sequence[Labels], FloatArray]:
    """Labels and float64 values of an instant query's result; a scalar is one series without labels."""
    frame = result.frame
    if frame is None:
        raise BadData("rule result is not a vector or scalar")
    values = frame.values[:, 0] if frame.values.size else np.empty(0)
    if frame.present is None:
        return frame.labels, values
    rows = np.flatnonzero(frame.present[:, 0])
    return [frame.labels[row] for row in rows.tolist()], values[rows]


def _reads(rule: CompiledRule) -> frozenset[str] | None:
    """Names of the metrics that a rule reads; None: any."""
    templates: list[Template] = [template for _, template in rule.labels]
    if any(template.uses_value and "query" in template.source for template in templates):
        return None
    names = set()
    for expr in (rule.expr, rule.keep_expr):
        for matchers in selectors_of(expr) if expr is not None else ():
            name = name_of(matchers)
            if not name:
                return None
            names.add(name)
    return frozenset(names)
