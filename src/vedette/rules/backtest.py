"""What a rule would have done: range queries over stretches of time, and the state machine over whole columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from msgspec import Struct

from vedette.errors import BadData
from vedette.model.alert import AlertState
from vedette.model.frame import Frame, QueryResult
from vedette.model.labels import Labels
from vedette.model.special import BoolArray, FloatArray
from vedette.promql import ast
from vedette.rules.compiled import CompiledRule
from vedette.rules.evaluation import labelling_of
from vedette.rules.templates.expand import Surroundings

STEPS_AT_ONCE: Final = 10_000
MAX_STEPS: Final = 1_000_000
MAX_BANDS: Final = 50_000

AskRange = Callable[[ast.Expr, int, int, int], QueryResult]
"""The values of an expression at start, start + step .. end. Raises VedetteErrors."""


class Band(Struct, frozen=True):
    """An alert in one state, from the evaluation that began it to the one that ended it; milliseconds."""

    labels: Labels
    state: AlertState
    start_ms: int
    end_ms: int
    is_open: bool
    """Whether it still is so at the end."""
    value: float
    """At its first evaluation."""


class Told(Struct, frozen=True):
    """A notification that would have been sent."""

    time_ms: int
    labels: Labels
    annotations: Labels
    state: AlertState


class Replay(Struct, frozen=True):
    """What came of a backtest."""

    bands: tuple[Band, ...]
    told: tuple[Told, ...]
    evaluations: int
    series: int
    is_cut: bool
    """Whether there would be more bands than may be shown."""


class _Alert(Struct):
    """The state of one alert between stretches; ticks count from the first evaluation."""

    labels: Labels
    result: Labels
    active: int = -1
    fired: int = -1
    keep_since: int = -1
    resolved: int = -(10**12)
    value: float = float("nan")


class Replayed:
    """Runs the state machine of one rule over columns. Made for one replay."""

    def __init__(self, rule: CompiledRule, start_ms: int, step_ms: int) -> None:
        self._rule = rule
        self._start_ms = start_ms
        self._step_ms = step_ms
        self._hold = -(-rule.for_ms // step_ms)
        self._keep = -(-rule.keep_ms // step_ms)
        self._cooldown = -(-rule.cooldown_ms // step_ms)
        self._labelling = labelling_of(rule)
        self._alerts: dict[Labels, _Alert] = {}
        self.bands: list[Band] = []
        self.told: list[Told] = []
        self.is_cut = False

    @property
    def series(self) -> int:
        """How many alerts there were."""
        return len(self._alerts)

    def feed(self, first: int, frame: Frame, kept: Frame | None) -> None:
        """The next stretch: `frame` from tick `first` on, and what keeps alerts firing over the same ticks."""
        present = _by_labels(self._labelling, frame)
        stays = _by_labels(self._labelling, kept) if kept is not None else {}
        count = len(frame.timestamps_ms)
        for labels, (result, mask, values) in present.items():
            alert = self._alerts.get(labels)
            if alert is None:
                alert = self._alerts[labels] = _Alert(labels, result)
            self._walk(alert, first, mask, values, stays.get(labels, (result, None, values))[1])
        nothing = np.zeros(count, dtype=np.bool_)
        for labels, alert in self._alerts.items():
            if labels not in present and alert.active >= 0:
                self._walk(alert, first, nothing, np.empty(0), stays.get(labels, (labels, None, None))[1])

    def finish(self, ticks: int) -> None:
        """What is still so at the end, `ticks` evaluations from the start."""
        for alert in self._alerts.values():
            if alert.active >= 0:
                self._close(alert, ticks - 1, is_open=True)

    def _walk(self, alert: _Alert, first: int, mask: BoolArray, values: FloatArray, stays: BoolArray | None) -> None:
        """Go from one change to the next; what lies between them needs no look."""
        count = len(mask)
        changes = np.flatnonzero(np.diff(mask)) + 1
        edges = [0, *changes.tolist(), count]
        for place in range(len(edges) - 1):
            start, end = edges[place], edges[place + 1]
            if mask[start]:
                self._holds(alert, first + start, first + end, values, first)
            elif alert.active >= 0:
                self._misses(alert, first + start, first + end, first, stays)

    def _holds(self, alert: _Alert, start: int, end: int, values: FloatArray, first: int) -> None:
        """The condition holds from tick `start` up to `end`."""
        if alert.active < 0:
            alert.active, alert.fired = start, -1
            alert.value = float(values[start - first])
        alert.keep_since = -1
        if alert.fired < 0:
            due = max(alert.active + self._hold, alert.resolved + self._cooldown, start)
            if due < end:
                alert.fired = due
                if due > alert.active:
                    self._band(alert, AlertState.PENDING, alert.active, due)
                alert.value = float(values[due - first]) if due >= first else alert.value
                self._tell(alert, AlertState.FIRING, due)

    def _misses(self, alert: _Alert, start: int, end: int, first: int, stays: BoolArray | None) -> None:
        """The condition does not hold from tick `start` up to `end`."""
        if alert.fired < 0:
            self._close(alert, start)
            return
        tick = start
        while tick < end:
            if stays is not None and stays[tick - first]:
                alert.keep_since = -1
                over = np.flatnonzero(~stays[tick - first : end - first])
                if not len(over):
                    return
                tick += int(over[0])
            if alert.keep_since < 0:
                alert.keep_since = tick
            last = alert.keep_since + self._keep
            if stays is not None:
                again = np.flatnonzero(stays[tick - first : min(last + 1, end) - first])
                if len(again):
                    tick += int(again[0])
                    continue
            if last < end:
                self._close(alert, last)
            return

    def _close(self, alert: _Alert, tick: int, *, is_open: bool = False) -> None:
        if alert.fired >= 0:
            self._band(alert, AlertState.FIRING, alert.fired, tick, is_open=is_open)
            if not is_open:
                alert.resolved = tick
                self._tell(alert, AlertState.RESOLVED, tick)
        else:
            self._band(alert, AlertState.PENDING, alert.active, tick, is_open=is_open)
        alert.active = alert.fired = alert.keep_since = -1

    def _band(self, alert: _Alert, state: AlertState, start: int, end: int, *, is_open: bool = False) -> None:
        if len(self.bands) >= MAX_BANDS:
            self.is_cut = True
            return
        self.bands.append(Band(alert.labels, state, self._moment(start), self._moment(end), is_open, alert.value))

    def _tell(self, alert: _Alert, state: AlertState, tick: int) -> None:
        if len(self.told) >= MAX_BANDS:
            self.is_cut = True
            return
        around = Surroundings(self._moment(tick))
        labels = alert.result.as_dict()
        texts = ((name, template.expand(labels, alert.value, around)) for name, template in self._rule.annotations)
        self.told.append(Told(self._moment(tick), alert.labels, Labels.of(texts), state))

    def _moment(self, tick: int) -> int:
        return self._start_ms + tick * self._step_ms


def replay(rule: CompiledRule, start_ms: int, end_ms: int, step_ms: int, ask: AskRange) -> Replay:
    """Evaluate an alerting rule at start, start + step .. end. Raises BadData, and what queries raise."""
    if not rule.is_alert:
        raise BadData("only alerting rules can be replayed")
    if step_ms <= 0 or end_ms < start_ms:
        raise BadData("a replay goes from an earlier moment to a later one")
    ticks = (end_ms - start_ms) // step_ms + 1
    if ticks > MAX_STEPS:
        raise BadData(f"{ticks} evaluations are more than {MAX_STEPS}: choose a shorter range or a longer interval")
    run = Replayed(rule, start_ms, step_ms)
    for first in range(0, ticks, STEPS_AT_ONCE):
        last = min(first + STEPS_AT_ONCE, ticks) - 1
        begin_ms, until_ms = start_ms + first * step_ms, start_ms + last * step_ms
        frame = _frame(ask(rule.expr, begin_ms, until_ms, step_ms))
        kept = None if rule.keep_expr is None else _frame(ask(rule.keep_expr, begin_ms, until_ms, step_ms))
        run.feed(first, frame, kept)
    run.finish(ticks)
    bands = sorted(run.bands, key=lambda band: (band.start_ms, band.labels.pairs, band.state))
    told = sorted(run.told, key=lambda one: (one.time_ms, one.labels.pairs))
    return Replay(tuple(bands), tuple(told), ticks, run.series, run.is_cut)


def _frame(result: QueryResult) -> Frame:
    if result.frame is None:
        raise BadData("rule result is not a vector or scalar")
    return result.frame


Labelling = Callable[[Labels, float], Labels]


def _by_labels(labelling: Labelling, frame: Frame) -> dict[Labels, tuple[Labels, BoolArray, FloatArray]]:
    """(labels of the result, where it is there, values) by labels of the alert."""
    found: dict[Labels, tuple[Labels, BoolArray, FloatArray]] = {}
    for row, result in enumerate(frame.labels):
        values = frame.values[row]
        there = np.ones(len(values), dtype=np.bool_) if frame.present is None else frame.present[row]
        places = np.flatnonzero(there)
        if not len(places):
            continue
        labels = labelling(result, float(values[places[0]]))
        if labels in found:
            other = found[labels]
            if (other[1] & there).any():
                raise BadData("vector contains metrics with the same labelset after applying alert labels")
            there, values = other[1] | there, np.where(there, values, other[2])
        found[labels] = (result, there, values)
    return found
