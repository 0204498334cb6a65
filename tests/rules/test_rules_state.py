"""The state machine against a plain one of one alert at a time, and backtests against the state machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.errors import LimitExceeded
from vedette.model.frame import Frame, QueryResult
from vedette.model.labels import Labels
from vedette.promql import ast
from vedette.rules.backtest import STEPS_AT_ONCE, replay
from vedette.rules.service import compiled_rule
from vedette.rules.state import FIRING, FLAP_COUNT, INACTIVE, PENDING, RETENTION_MS, AlertTable, Timing

STEP_MS = 60_000
NAMES = ("a", "b", "c")


@dataclass
class PlainAlert:
    """One alert as Prometheus' source describes it, with our cooldown and second condition."""

    state: str = "inactive"
    active_ms: int = 0
    keep_since_ms: int | None = None
    resolved_ms: int | None = None

    def step(self, now_ms: int, timing: Timing, *, holds: bool, stays: bool) -> None:
        if holds:
            if self.state == "inactive":
                self.state, self.active_ms = "pending", now_ms
            self.keep_since_ms = None
            waited = now_ms - self.active_ms >= timing.for_ms
            calm = self.resolved_ms is None or now_ms - self.resolved_ms >= timing.cooldown_ms
            if self.state == "pending" and waited and calm:
                self.state, self.resolved_ms = "firing", None
        elif self.state == "pending":
            self.state = "inactive"
        elif self.state == "firing":
            if stays:
                self.keep_since_ms = None
                return
            if timing.keep_ms:
                self.keep_since_ms = now_ms if self.keep_since_ms is None else self.keep_since_ms
                if now_ms - self.keep_since_ms < timing.keep_ms:
                    return
            self.state, self.resolved_ms, self.keep_since_ms = "inactive", now_ms, None


minutes = st.sampled_from([0, 30_000, 60_000, 150_000, 300_000])
timings = st.builds(Timing, for_ms=minutes, keep_ms=minutes, cooldown_ms=minutes)
histories = st.lists(st.tuples(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES))), max_size=60)


def labels_of(names: Sequence[str]) -> list[Labels]:
    """Alerts."""
    return [Labels.of(i=name) for name in names]


@settings(max_examples=200, deadline=None)
@given(timings, histories)
def test_columns_do_what_single_alerts_do(timing: Timing, history: list[tuple[set[str], set[str]]]) -> None:
    """At every evaluation each alert is as the plain machine says, and fires and is resolved with it."""
    table, plain = AlertTable(timing), {name: PlainAlert() for name in NAMES}
    for number, (holds, stays) in enumerate(history):
        now_ms = number * STEP_MS
        before = {name: alert.state for name, alert in plain.items()}
        for name, alert in plain.items():
            alert.step(now_ms, timing, holds=name in holds, stays=name in stays)
        table.sweep()
        present = labels_of(sorted(holds))
        step = table.step(now_ms, present, present, np.arange(len(present), dtype=np.float64), labels_of([*stays]))
        names = [labels.get("i") for labels in table.labels]
        states = {name: ("inactive", "pending", "firing")[table.state[row]] for row, name in enumerate(names)}
        assert {name: states.get(name, "inactive") for name in NAMES} == {n: a.state for n, a in plain.items()}
        for row, name in enumerate(names):
            if table.state[row] != INACTIVE:
                assert table.active_ms[row] == plain[name].active_ms
        fired = {names[row] for row in step.fired.tolist()}
        assert fired == {n for n, a in plain.items() if a.state == "firing" and before[n] != "firing"}
        resolved = {names[row] for row in step.resolved.tolist()}
        assert resolved == {n for n, a in plain.items() if a.state != "firing" and before[n] == "firing"}


@dataclass
class Recorded:
    """A query whose answer was made beforehand."""

    frames: dict[str, np.ndarray] = field(default_factory=dict)  # type: ignore[type-arg]  # bool[S, K] by text

    def ask(self, expr: ast.Expr, start_ms: int, end_ms: int, step_ms: int) -> QueryResult:
        mask = self.frames[expr.name if isinstance(expr, ast.VectorSelector) else ""]
        times = np.arange(start_ms, end_ms + 1, step_ms)
        part = mask[:, start_ms // step_ms : end_ms // step_ms + 1]
        frame = Frame(labels_of(NAMES), times, np.where(part, 7.0, np.nan), part)
        return QueryResult("matrix", frame)


@settings(max_examples=300, deadline=None)
@given(timings, histories.filter(bool), st.sampled_from([1, 3, STEPS_AT_ONCE]))
def test_backtests_are_what_evaluations_would_have_been(
    timing: Timing, history: list[tuple[set[str], set[str]]], at_once: int
) -> None:
    """Whatever stretches the time is cut into, the bands are those of the plain machine."""
    duration = {"for": timing.for_ms, "keep_firing_for": timing.keep_ms, "cooldown": timing.cooldown_ms}
    spec = {"alert": "A", "expr": "x", "keep_firing_while": "y", **{k: f"{v}ms" for k, v in duration.items()}}
    rule = compiled_rule(spec)
    held = np.array([[name in holds for holds, _ in history] for name in NAMES])
    stays = np.array([[name in kept for _, kept in history] for name in NAMES])
    answers = Recorded({"x": held, "y": stays})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vedette.rules.backtest.STEPS_AT_ONCE", at_once)
        found = replay(rule, 0, (len(history) - 1) * STEP_MS, STEP_MS, answers.ask)
    expected: set[tuple[str, str, int, int]] = set()
    for name in NAMES:
        alert, begun = PlainAlert(), 0
        for number, (holds, kept) in enumerate(history):
            before, active_ms = alert.state, alert.active_ms
            alert.step(number * STEP_MS, timing, holds=name in holds, stays=name in kept)
            if alert.state != before or (before == "pending" and alert.active_ms != active_ms):
                if before != "inactive":
                    expected.add((name, before, begun, number * STEP_MS))
                begun = number * STEP_MS
        if alert.state != "inactive":
            expected.add((name, alert.state, begun, (len(history) - 1) * STEP_MS))
    got = {(band.labels.get("i"), band.state.value, band.start_ms, band.end_ms) for band in found.bands}
    assert got == expected
    ends = [one for one in found.told if one.state == "resolved"]
    assert len(found.told) - 2 * len(ends) == sum(band.is_open and band.state == "firing" for band in found.bands)


def test_the_limit_forgets_all() -> None:
    """As in Prometheus: beyond its limit a rule has no alerts at all."""
    table = AlertTable(Timing(limit=2))
    two, three = labels_of("ab"), labels_of("abc")
    table.step(0, two, two, np.ones(2))
    with pytest.raises(LimitExceeded, match="exceeded limit of 2 with 3 alerts"):
        table.step(STEP_MS, three, three, np.ones(3))
    assert len(table) == 0


def test_resolved_alerts_are_forgotten_in_time() -> None:
    """They are kept so that whoever listens can be told again, and then make room."""
    table = AlertTable(Timing())
    one = labels_of("a")
    table.step(0, one, one, np.ones(1))
    table.step(STEP_MS, [], [], np.empty(0))
    for now_ms in range(2 * STEP_MS, RETENTION_MS + 3 * STEP_MS, STEP_MS):
        table.sweep()
        assert len(table) == 1
        table.step(now_ms, [], [], np.empty(0))
    table.sweep()
    assert len(table) == 0


def test_flapping_is_noticed() -> None:
    """An alert that fires again and again within an hour flaps; afterwards it is calm."""
    table, one = AlertTable(Timing()), labels_of("a")
    for number in range(2 * FLAP_COUNT):
        holds = one if number % 2 == 0 else []
        table.step(number * STEP_MS, holds, holds, np.ones(len(holds)))
        assert table.is_flapping(0, number * STEP_MS) == (number >= 2 * FLAP_COUNT - 2)
    assert not table.is_flapping(0, 3 * 3_600_000)


@pytest.mark.parametrize("firing", [True, False])
def test_restored_alerts_stay_until_they_are_confirmed_or_not_believed_any_more(firing: bool) -> None:
    """Without data after a restart nothing is resolved at once, and later it is."""
    table = AlertTable(Timing(for_ms=10 * STEP_MS))
    table.restore(Labels.of(i="a"), -5 * STEP_MS, firing=firing, for_ms=10 * STEP_MS, until_ms=2 * STEP_MS)
    state = FIRING if firing else PENDING
    assert table.step(0, [], [], np.empty(0)).resolved.tolist() == []
    assert table.state[0] == state
    step = table.step(2 * STEP_MS, [], [], np.empty(0))
    assert (step.resolved.tolist(), table.state[0]) == ([0] if firing else [], INACTIVE)
    again = AlertTable(Timing(for_ms=10 * STEP_MS))
    again.restore(Labels.of(i="a"), -5 * STEP_MS, firing=firing, for_ms=10 * STEP_MS, until_ms=2 * STEP_MS)
    present = labels_of("a")
    fired = [again.step(number * STEP_MS, present, present, np.ones(1)).fired.tolist() for number in range(7)]
    assert fired == ([[]] * 7 if firing else [[]] * 5 + [[0]] + [[]])
