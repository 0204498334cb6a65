"""Groups over a store: order, series that end, shared reads, restarts, what is told to whom, and when."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from vedette.clock import FakeClock
from vedette.errors import Unavailable
from vedette.model.alert import Alert, AlertState
from vedette.model.batch import SampleBatch
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import FloatArray, IntArray, is_stale
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.promql.engine import Engine
from vedette.rules.compiled import Defaults
from vedette.rules.evaluation import ALERTS
from vedette.rules.file import parse_rules
from vedette.rules.group import Evaluator, GroupState
from vedette.rules.history import periods
from vedette.rules.reads import SharedReads
from vedette.rules.restore import restore
from vedette.rules.sender import Sender
from vedette.rules.timetable import RULES_AT_ONCE, Timetable
from vedette.storage.interface import SelectHints, Selection
from vedette.storage.memory import MemoryStorage

MINUTE_MS = 60_000


class CountingStorage(MemoryStorage):
    """Counts what is selected and appended."""

    def __init__(self) -> None:
        super().__init__()
        self.selected: Counter[str] = Counter()
        self.appends = 0
        self.fails = False

    def select(
        self, project: str, matchers: Sequence[Matcher], time_range: TimeRange, hints: SelectHints | None = None
    ) -> Selection:
        self.selected[",".join(map(str, matchers))] += 1
        return super().select(project, matchers, time_range, hints)

    def write(self, project: str, labels: Sequence[Labels], times: IntArray, values: FloatArray) -> None:
        """As rules write."""
        if self.fails:
            raise Unavailable("the disk is full")
        self.appends += 1
        self.append(project, SampleBatch(self.intern(project, labels), times, np.array(values)))


class Listener:
    """Takes alerts, or fails to."""

    def __init__(self) -> None:
        self.taken: list[Alert] = []
        self.fails = False

    def take(self, alerts: Sequence[Alert]) -> None:
        if self.fails:
            raise Unavailable("nobody is there")
        self.taken += alerts

    def told(self) -> list[tuple[str, str]]:
        """(name, state), and forgets them."""
        told = [(alert.labels.get("alertname"), alert.state.value) for alert in self.taken]
        self.taken = []
        return told


class World:
    """Groups of a file over a store, evaluated when told."""

    def __init__(self, text: str, *, resend_ms: int = 5 * MINUTE_MS) -> None:
        self.storage = CountingStorage()
        self.clock = FakeClock(0)
        self.resend_ms = resend_ms
        self.listener = Listener()
        self.start(text)

    def start(self, text: str) -> None:
        """As after a restart: nothing is known but what is stored."""
        self.reads = SharedReads(self.storage)
        self.evaluator = Evaluator(Engine(self.reads), self.reads, self.storage.write, self.clock)
        self.groups = [GroupState(group) for group in parse_rules(text, Defaults()).groups]
        self.sender = Sender(self.listener, self.evaluator.surroundings, self.resend_ms)

    def restore(self, up_ms: int, grace_ms: int = MINUTE_MS) -> int:
        """How many alerts are put back of those within an hour."""
        states = [state for group in self.groups for state in group.rules]
        return restore(self.storage, "default", states, up_ms, 3_600_000, grace_ms, self.evaluator.moment)

    def put(self, time_ms: int, **values: float) -> None:
        """Samples of metrics without labels, but for `i` behind two underscores."""
        labels = [Labels.of({METRIC_NAME: n.split("__")[0], "i": n.partition("__")[2]}) for n in values]
        times = np.full(len(labels), time_ms, dtype=np.int64)
        batch = SampleBatch(self.storage.intern("default", labels), times, np.array([*values.values()]))
        self.storage.append("default", batch)

    def run(self, time_ms: int) -> list[str]:
        """Evaluate and tell; the errors."""
        self.clock.jump_to_ms(time_ms)
        outcome = self.evaluator.evaluate(self.groups, time_ms)
        self.sender.send(self.groups, time_ms)
        return list(outcome.errors.values())

    def series(self, name: str) -> dict[str, list[float | str]]:
        """Values of a metric's series, ends as text."""
        found: dict[str, list[float | str]] = {}
        selection = self.storage.select("default", [Matcher(METRIC_NAME, MatchOp.EQUAL, name)], ALL_TIME)
        for part in selection.parts:
            grid = part.load()
            for index, row in enumerate(part.series):
                values = grid.row(index)[1]
                cells = zip(values.tolist(), is_stale(values).tolist(), strict=True)
                found[str(selection.labels[row])] = ["end" if over else value for value, over in cells]
        return found


CHAIN = """
groups:
- name: g
  rules:
  - {record: a, expr: x}
  - {record: b, expr: a * 2}
  - {record: c, expr: y}
  - {alert: A, expr: b > 5}
  - {record: d, expr: 'count({__name__=~"ALERTS"})'}
"""


def test_rules_see_what_rules_before_them_have_made() -> None:
    """Within one evaluation, and with as few appends as that allows."""
    world = World(CHAIN)
    world.put(0, x=3, y=1)
    assert world.run(0) == []
    assert world.series("b") == {"b": [6.0]}
    assert world.series("d") == {"d": [1.0]}
    # Before b, before A, before d and at the end.
    assert world.storage.appends == 4


def test_series_end_with_what_they_are_about() -> None:
    """A result that is no more ends its series at once, and so does an alert that changes its state."""
    world = World("groups: [{name: g, rules: [{record: r, expr: x > 1}, {alert: A, expr: x > 1, for: 1m}]}]")
    for minute, value in enumerate((5, 5, 0)):
        world.put(minute * MINUTE_MS, x__a=value)
        world.run(minute * MINUTE_MS)
    assert world.series("r") == {'r{i="a"}': [5.0, 5.0, "end"]}
    pending = 'ALERTS{alertname="A", alertstate="pending", i="a"}'
    firing = 'ALERTS{alertname="A", alertstate="firing", i="a"}'
    assert world.series(ALERTS) == {pending: [1.0, "end"], firing: [1.0, "end"]}
    assert world.series("ALERTS_FOR_STATE") == {'ALERTS_FOR_STATE{alertname="A", i="a"}': [0.0, 0.0, "end"]}


def test_one_selector_is_read_once_for_all_rules_that_share_it() -> None:
    """Fifty rules about one metric are one read; what a rule has changed meanwhile is read again."""
    rules = ", ".join(f"{{alert: A{number}, expr: x > {number}}}" for number in range(50))
    world = World(f"groups: [{{name: g, rules: [{rules}]}}, {{name: h, rules: [{rules}]}}]")
    world.put(0, x=3)
    world.run(0)
    assert world.storage.selected == {'__name__="x"': 1}
    again = World("groups: [{name: g, rules: [{record: s, expr: x}, {record: x, expr: x + 1}, {record: t, expr: x}]}]")
    again.put(0, x=3)
    again.run(0)
    assert again.series("t") == {"t": [4.0]}


def test_a_rule_that_fails_keeps_no_other_from_being_evaluated() -> None:
    """Its error is noted, its former series do not end, and the next evaluation tries again."""
    world = World("groups: [{name: g, rules: [{alert: A, expr: x / on () y > 0}, {record: r, expr: x}]}]")
    world.put(0, x__a=1, y=1)
    assert world.run(0) == []
    world.put(MINUTE_MS, x__a=1, x__b=1, y=1, y__c=1)
    assert "many-to-many" in world.run(MINUTE_MS)[0]
    assert "many-to-many" in world.groups[0].rules[0].error
    assert world.series("r")['r{i="b"}'] == [1.0]
    assert world.series(ALERTS)['ALERTS{alertname="A", alertstate="firing"}'] == [1.0]


def test_a_store_that_fails_is_told_and_tried_again() -> None:
    """What rules have made may be lost with the disk full; evaluation goes on."""
    world = World("groups: [{name: g, rules: [{record: r, expr: x}]}]")
    world.put(0, x=1)
    world.storage.fails = True
    assert "the disk is full" in world.run(0)[0]
    world.storage.fails = False
    assert world.run(MINUTE_MS) == []
    assert world.series("r") == {"r": [1.0]}


ONE_ALERT = "groups: [{name: g, interval: 1m, rules: [{alert: A, expr: x > 1, annotations: {v: '{{ $value }}'}}]}]"


def test_transitions_are_told_once_and_firing_alerts_again_in_time() -> None:
    """Fired and resolved at once; what goes on is said again every `resend`."""
    world = World(ONE_ALERT)
    told = []
    for minute, value in enumerate((0, 5, 5, 5, 5, 5, 5, 0, 0)):
        world.put(minute * MINUTE_MS, x=value)
        world.run(minute * MINUTE_MS)
        told.append(world.listener.told())
    fired, resolved = [("A", "firing")], [("A", "resolved")]
    assert told == [[], fired, [], [], [], [], fired, resolved, []]


def test_how_often_is_set() -> None:
    """What goes on is said again as often as is asked for."""
    world = World(ONE_ALERT, resend_ms=2 * MINUTE_MS)
    told = []
    for minute in range(5):
        world.put(minute * MINUTE_MS, x=5)
        world.run(minute * MINUTE_MS)
        told.append(len(world.listener.told()))
    assert told == [1, 0, 1, 0, 1]


def test_an_alert_says_what_it_is() -> None:
    """Labels, texts, moments and until when it is to be believed."""
    world = World(ONE_ALERT)
    world.put(MINUTE_MS, x=5)
    world.run(MINUTE_MS)
    (alert,) = world.listener.taken
    assert (str(alert.labels), str(alert.annotations)) == ('{alertname="A"}', '{v="5"}')
    assert (alert.state, alert.active_ms, alert.changed_ms) == (AlertState.FIRING, MINUTE_MS, MINUTE_MS)
    assert (alert.ends_ms, alert.value, alert.project) == (21 * MINUTE_MS, 5.0, "default")


def test_what_is_not_taken_is_told_again() -> None:
    """Neither a firing nor an end is lost while nobody takes it."""
    world = World(ONE_ALERT)
    world.listener.fails = True
    for minute, value in enumerate((5, 5)):
        world.put(minute * MINUTE_MS, x=value)
        world.run(minute * MINUTE_MS)
    world.listener.fails = False
    world.run(2 * MINUTE_MS)
    assert world.listener.told() == [("A", "firing")]
    world.listener.fails = True
    world.put(3 * MINUTE_MS, x=0)
    world.run(3 * MINUTE_MS)
    world.listener.fails = False
    world.run(4 * MINUTE_MS)
    assert world.listener.told() == [("A", "resolved")]


def test_alerts_of_rules_that_are_gone_are_resolved() -> None:
    """A group that is changed hands its state on; what it has lost ends."""
    world = World(
        "groups: [{name: g, rules: [{alert: A, expr: x > 1}, {alert: B, expr: x > 1}, {record: r, expr: x}]}]"
    )
    world.put(0, x=5)
    world.run(0)
    world.listener.told()
    (after,) = parse_rules("groups: [{name: g, rules: [{alert: B, expr: x > 2}]}]", Defaults()).groups
    state = GroupState(after)
    gone = state.inherit(world.groups[0])
    world.sender.dismiss(gone, MINUTE_MS)
    world.evaluator.end(gone, MINUTE_MS)
    world.groups = [state]
    world.run(MINUTE_MS)
    assert world.listener.told() == [("A", "resolved")]
    assert world.series("r") == {"r": [5.0, "end"]}
    assert world.series(ALERTS)['ALERTS{alertname="B", alertstate="firing"}'] == [1.0, 1.0]
    assert int(state.rules[0].table.active_ms[0]) == 0


LONG = "groups: [{name: g, rules: [{alert: A, expr: x > 1, for: 10m, labels: {team: a}}, {alert: N, expr: x > 1}]}]"


def test_alerts_survive_a_restart() -> None:
    """Firing ones fire on and are not told as new; pending ones go on waiting, without the time that was missed."""
    world = World(LONG)
    for minute in range(4):
        world.put(minute * MINUTE_MS, x=5)
        world.run(minute * MINUTE_MS)
    world.start(LONG)
    down_ms, up_ms = 3 * MINUTE_MS, 33 * MINUTE_MS
    states = world.groups[0].rules
    assert world.restore(up_ms, 2 * MINUTE_MS) == 2
    world.put(up_ms, x=5)
    world.run(up_ms)
    waiting, firing = states[0].table, states[1].table
    assert int(waiting.active_ms[0]) == up_ms - down_ms
    assert (int(firing.active_ms[0]), int(firing.fired_ms[0])) == (0, 0)
    for minute in range(34, 41):
        world.put(minute * MINUTE_MS, x=5)
        world.run(minute * MINUTE_MS)
    assert waiting.state[0] == 2
    assert int(waiting.fired_ms[0]) == 40 * MINUTE_MS


def test_alerts_that_nothing_confirms_after_a_restart_keep_value_and_words() -> None:
    """They are what they were when the server went away, until there is data again or they are given up."""
    say = "annotations: {summary: '{{ $labels.i }} is {{ $value }}'}"
    text = f"groups: [{{name: g, query_offset: 1m, rules: [{{alert: A, expr: x > 1, for: 3m, {say}}}]}}]"
    world = World(text)
    for minute in range(5):
        world.put(minute * MINUTE_MS, x__a=minute + 3, x__b=7 if minute else 0)
        world.run((minute + 1) * MINUTE_MS)
    world.start(text)
    up_ms = 15 * MINUTE_MS
    (state,) = world.groups[0].rules
    assert world.restore(up_ms, 2 * MINUTE_MS) == 2
    world.listener.taken = []
    world.run(up_ms)
    shown = [state.alert(row, world.evaluator.surroundings("default", up_ms)) for row in range(2)]
    found = {one.labels.get("i"): (one.state, one.value, one.annotations.get("summary")) for one in shown}
    assert found == {"a": (AlertState.FIRING, 7.0, "a is 7"), "b": (AlertState.FIRING, 7.0, "b is 7")}
    assert all(math.isfinite(alert.value) for alert in world.listener.taken)


def test_after_a_long_outage_alerts_begin_anew() -> None:
    """What was long ago says nothing about now."""
    world = World(LONG)
    world.put(0, x=5)
    world.run(0)
    world.start(LONG)
    assert world.restore(2 * 3_600_000) == 0


def test_rules_that_cannot_be_told_apart_share_what_is_remembered() -> None:
    """Of two rules with one name each takes up those alerts that turn out to be its own."""
    text = "groups: [{name: g, rules: [{alert: A, expr: 'x{i=\"1\"} > 0'}, {alert: A, expr: 'x{i=\"2\"} > 0'}]}]"
    world = World(text)
    world.put(0, x__1=1, x__2=1)
    world.run(0)
    world.start(text)
    assert world.restore(MINUTE_MS) == 2
    world.put(MINUTE_MS, x__1=1, x__2=1)
    world.run(MINUTE_MS)
    tables = [state.table for state in world.groups[0].rules]
    assert [(len(table), int(table.active_ms[0]), int(table.state[0])) for table in tables] == [(1, 0, 2)] * 2


def test_history_is_read_from_the_series() -> None:
    """Periods begin and end with their evaluations; the last may still be open."""
    world = World("groups: [{name: g, rules: [{alert: A, expr: x > 1, for: 1m}]}]")
    for minute, value in enumerate((5, 5, 5, 0, 5, 5)):
        world.put(minute * MINUTE_MS, x__a=value)
        world.run(minute * MINUTE_MS)
    found = periods(world.storage, "default", (), ALL_TIME, 5 * MINUTE_MS, 10)
    shown = [(one.state.value, one.start_ms // MINUTE_MS, one.end_ms // MINUTE_MS, one.is_open) for one in found]
    assert shown == [
        ("firing", 5, 5, True),
        ("pending", 4, 5, False),
        ("firing", 1, 3, False),
        ("pending", 0, 1, False),
    ]
    assert str(found[0].labels) == '{alertname="A", i="a"}'
    later = periods(world.storage, "default", (), ALL_TIME, 3_600_000, 1)
    assert [(one.state.value, one.is_open) for one in later] == [("firing", False)]


# -- When. ----------------------------------------------------------------------------------------------------------


def groups_of(count: int, rules: int, interval: str) -> list[GroupState]:
    """Groups with as many rules each."""
    each = ", ".join(["{alert: A, expr: x}"] * rules)
    text = "groups: [" + ", ".join(f"{{name: g{n}, interval: {interval}, rules: [{each}]}}" for n in range(count)) + "]"
    return [GroupState(group) for group in parse_rules(text, Defaults()).groups]


def test_few_rules_share_their_moments_and_many_are_spread() -> None:
    """Whole intervals for up to 250 rules; beyond that evaluations take turns within the interval."""
    few, many = Timetable(0), Timetable(0)
    few.plan(groups_of(10, 20, "30s"), 1_000)
    assert [(slot.offset_ms, slot.next_ms, len(slot.groups)) for slot in few.slots] == [(0, 30_000, 10)]
    many.plan(groups_of(60, 50, "30s"), 1_000)
    assert len(many.slots) == 16
    assert sum(len(slot.groups) for slot in many.slots) == 60
    assert all(slot.next_ms % 30_000 == slot.offset_ms for slot in many.slots)
    often = Timetable(0)
    often.plan(groups_of(10, RULES_AT_ONCE, "1s"), 0)
    assert [slot.offset_ms for slot in often.slots] == [0]


def test_missed_evaluations_are_made_up_for() -> None:
    """After a pause every missed moment is evaluated in order, but none that is too long ago."""
    timetable = Timetable(catch_up_ms=120_000)
    timetable.plan(groups_of(1, 1, "30s"), 0)
    assert [due.times_ms for due in timetable.due(0)] == [[0]]
    assert timetable.due(29_999) == []
    assert timetable.wait_s(29_000, 10) == 1
    assert [list(due.times_ms) for due in timetable.due(95_000)] == [[30_000, 60_000, 90_000]]
    (late,) = timetable.due(400_000)
    assert list(late.times_ms) == [300_000, 330_000, 360_000, 390_000]
    assert (timetable.missed, late.slot.groups[0].missed) == (6, 6)


def test_a_slot_that_is_busy_waits_for_itself() -> None:
    """The same rules are never evaluated twice at one time; what became due meanwhile follows."""
    timetable = Timetable(catch_up_ms=3_600_000)
    timetable.plan(groups_of(1, 1, "30s"), 0)
    (due,) = timetable.due(0)
    due.slot.is_running = True
    assert timetable.due(60_000) == []
    due.slot.is_running = False
    assert [list(due.times_ms) for due in timetable.due(60_000)] == [[30_000, 60_000]]


@pytest.mark.parametrize("jump_ms", [-3_600_000, 7_200_000])
def test_a_clock_that_jumps_misses_nothing_and_repeats_nothing(jump_ms: int) -> None:
    """Moved by hand or after a sleep of the machine: evaluation goes on from the new time."""
    timetable = Timetable(catch_up_ms=3_600_000)
    start_ms = 10_000_020_000
    timetable.plan(groups_of(1, 1, "30s"), start_ms)
    assert not timetable.jumped(start_ms, 100.0)
    assert not timetable.jumped(start_ms + 30_000, 130.0)
    now_ms = start_ms + jump_ms
    assert timetable.jumped(now_ms, 131.0)
    (slot,) = timetable.slots
    assert now_ms <= slot.next_ms < now_ms + 30_000


def test_a_changed_plan_keeps_moments() -> None:
    """A reload within an interval neither skips nor repeats an evaluation."""
    timetable = Timetable(0)
    timetable.plan(groups_of(2, 1, "30s"), 0)
    timetable.due(0)
    timetable.plan(groups_of(3, 1, "30s"), 10_000)
    assert [slot.next_ms for slot in timetable.slots] == [30_000]
