"""Conditions, routes, inhibition, silences, wall clocks and shifts: the parts that are pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.alerting import check
from vedette.alerting.document import Condition, InhibitRule, Route, Schedule, Silence, TimeInterval, TimeOfDay
from vedette.alerting.inhibition import Inhibitor, compile_rule
from vedette.alerting.matching import parse_matchers, written
from vedette.alerting.mute_timings import compile_interval
from vedette.alerting.routing import Tree
from vedette.alerting.schedule import Rota
from vedette.alerting.silences import CompiledSilence, SilencesInForce
from vedette.errors import BadData
from vedette.model.matcher import Matcher, MatchOp

BERLIN = ZoneInfo("Europe/Berlin")


def ms(zone: ZoneInfo, *parts: int) -> int:
    """A moment by the clock on the wall."""
    return int(datetime(*parts, tzinfo=zone).timestamp() * 1000)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("{}", []),
        ("a=b", [("a", "=", "b")]),
        ('{a="b",c=~"d.*",}', [("a", "=", "b"), ("c", "=~", "d.*")]),
        ('a!="x y", "héllo wörld"!~"z"', [("a", "!=", "x y"), ("héllo wörld", "!~", "z")]),
        ('a="q\\"q\\\\n\\n"', [("a", "=", 'q"q\\n\n')]),
        ("a=", [("a", "=", "")]),
        (" { a = b } ", [("a", "=", "b")]),
    ],
)
def test_matchers_are_read_as_alertmanager_writes_them(text: str, expected: list[tuple[str, str, str]]) -> None:
    """With and without braces and quotes, names in UTF-8 when quoted."""
    assert [(it.name, it.op.value, it.value) for it in parse_matchers(text)] == expected


@pytest.mark.parametrize("text", ["{", "a", "a=~", "a==b", '"a', 'a="b" c="d"', "=b", 'a=~"("', ",", "{a=b"])
def test_what_is_no_matcher_is_told_with_its_place(text: str) -> None:
    """The message names the character, or what is wrong with the expression."""
    if text == "a=~":
        assert parse_matchers(text)[0].value == ""
        return
    with pytest.raises(BadData, match=r"character \d+|regular expression"):
        parse_matchers(text)


@given(
    st.lists(
        st.builds(
            Matcher,
            st.text(min_size=1, max_size=8).filter(lambda it: "\0" not in it),
            st.sampled_from([MatchOp.EQUAL, MatchOp.NOT_EQUAL]),
            st.text(max_size=8),
        ),
        max_size=4,
    )
)
@settings(max_examples=100, deadline=None)
def test_written_matchers_read_the_same(matchers: list[Matcher]) -> None:
    """Whatever characters names and values have."""
    assert list(parse_matchers(written(matchers))) == matchers


def tree(**root: Any) -> Tree:
    """A compiled tree."""
    return Tree("t", msgspec.convert({"receiver": "root", **root}, Route))


def where(it: Tree, **labels: str) -> list[str]:
    """Receivers of an alert."""
    return [leaf.receiver for leaf in it.find(labels)]


def test_the_deepest_node_takes_an_alert() -> None:
    """The first child that matches, unless it lets others be asked; else the node itself."""
    it = tree(
        routes=[
            {"receiver": "copy", "continue": True, "matchers": [{"label": "severity", "value": "critical"}]},
            {
                "receiver": "db",
                "matchers": [{"label": "team", "value": "db|store", "op": "=~"}],
                "routes": [{"receiver": "dba", "matchers": [{"label": "severity", "value": "critical"}]}],
            },
            {"receiver": "late", "matchers": [{"label": "severity", "value": "critical"}]},
        ]
    )
    assert where(it) == ["root"]
    assert where(it, team="db") == ["db"]
    assert where(it, team="store", severity="critical") == ["copy", "dba"]
    assert where(it, severity="critical") == ["copy", "late"]
    assert where(it, team="dbx") == ["root"]


def test_what_a_node_does_not_say_is_inherited() -> None:
    """Grouping, times, receiver and escalation; mute timings are each node's own."""
    it = tree(
        group_by=["a"],
        group_wait_ms=5,
        escalation="loud",
        routes=[
            {"matchers": [{"label": "x", "value": "1"}], "mute_timings": ["m"], "routes": [{"group_by": ["..."]}]},
            {"matchers": [{"label": "x", "value": "2"}], "escalation": ""},
        ],
    )
    (deep,) = it.find({"x": "1"})
    assert (deep.receiver, deep.by_all, deep.group_wait_ms, deep.escalation) == ("root", True, 5, "loud")
    assert (deep.mute_timings, deep.place) == ((), "routes[0].routes[0]")
    (other,) = it.find({"x": "2"})
    assert (other.group_by, other.escalation) == (("a",), "")


def test_paths_tell_nodes_apart() -> None:
    """Two siblings with the same conditions keep groups of their own; reordering others changes no path."""
    one = {"matchers": [{"label": "x", "value": "1"}], "continue": True}
    paths = [node.leaf.path for node in tree(routes=[one, one]).nodes]
    assert len(set(paths)) == 3
    other = {"matchers": [{"label": "y", "value": "1"}]}
    assert {node.leaf.path for node in tree(routes=[other, one]).nodes} >= {paths[1]}


@pytest.mark.parametrize(
    ("check_it", "spec", "words"),
    [
        (check.check_route, {}, "receiver"),
        (check.check_route, {"receiver": "a", "matchers": [{"label": "x"}]}, "root takes every alert"),
        (
            check.check_route,
            {"receiver": "a", "routes": [{"matchers": [{"label": "x", "op": "=~", "value": "("}]}]},
            r"routes\[0\].matchers\[0\].value",
        ),
        (check.check_route, {"receiver": "a", "routes": [{"nope": 1}]}, r"routes\[\.\.\.\]|nope"),
        (check.check_mute_timing, {"intervals": [{"times": [{"start": "9:00", "end": "10:00"}]}]}, r"times\[0\].start"),
        (check.check_mute_timing, {"intervals": [{"weekdays": ["friday:monday"]}]}, "ends before it begins"),
        (check.check_mute_timing, {"intervals": [{"days_of_month": ["0"]}]}, "no day of a month"),
        (check.check_mute_timing, {"intervals": [{"location": "Europe/Atlantis"}]}, "no time zone"),
        (check.check_mute_timing, {"intervals": [{"location": "../../etc/passwd"}]}, "no time zone"),
        (check.check_inhibit_rule, {"target_matchers": [{"label": "x"}]}, "source_matchers"),
        (check.check_silence, {"matchers": [], "starts_ms": 0, "ends_ms": 1}, "at least one"),
        (
            check.check_silence,
            {"matchers": [{"label": "x", "op": "=~", "value": ".*"}], "starts_ms": 0, "ends_ms": 1},
            "must not match",
        ),
        (check.check_schedule, {"members": [], "starts_on": "2024-01-01"}, "members"),
        (check.check_schedule, {"members": [{"name": "a", "contact_point": "b"}], "starts_on": "2024-13-01"}, "no day"),
        (check.check_steps, {"steps": [{"after_ms": 5}]}, "neither receivers nor schedules"),
    ],
)
def test_wrong_documents_are_told_with_the_field(check_it: Any, spec: dict[str, Any], words: str) -> None:
    """Each names what is wrong where."""
    with pytest.raises(BadData, match=words):
        check_it(spec)


def test_inhibition_needs_equal_labels_and_another_alert() -> None:
    """An alert that matches both sides inhibits neither itself nor another such; absent labels are equal."""
    rule = compile_rule(
        InhibitRule(
            source_matchers=(Condition(label="severity", value="critical"),),
            target_matchers=(Condition(label="severity", value="critical|warning", op="=~"),),
            equal=("host", "nowhere"),
        )
    )
    firing = {"s": {"severity": "critical", "host": "a"}}
    it = Inhibitor([rule], firing)
    assert it.inhibiting({"severity": "warning", "host": "a"}) == ["s"]
    assert it.inhibiting({"severity": "warning", "host": "b"}) == []
    assert it.inhibiting({"severity": "critical", "host": "a"}) == []
    assert not Inhibitor([rule], {})


def test_silences_hide_by_all_their_matchers() -> None:
    """Exact values are looked up, others are asked one by one."""
    both = Silence(
        matchers=(Condition(label="a", value="1"), Condition(label="b", value="x.*", op="=~")), starts_ms=0, ends_ms=10
    )
    odd = Silence(matchers=(Condition(label="c", value="", op="!="),), starts_ms=0, ends_ms=10)
    it = SilencesInForce([CompiledSilence("both", both), CompiledSilence("odd", odd)])
    assert it.hiding({"a": "1", "b": "xy"}) == ["both"]
    assert it.hiding({"a": "1", "b": "y", "c": "z"}) == ["odd"]
    assert it.hiding({"a": "1"}) == []


def test_silences_recur_by_the_calendar() -> None:
    """Between its ends it hides only within its times."""
    nightly = (TimeInterval(times=(TimeOfDay("22:00", "24:00"),), location="Europe/Berlin"),)
    it = CompiledSilence(
        "n", Silence(matchers=(Condition(label="a", value="1"),), starts_ms=0, ends_ms=2**50, recurring=nightly)
    )
    assert it.is_in_force(ms(BERLIN, 2024, 3, 1, 22, 30))
    assert not it.is_in_force(ms(BERLIN, 2024, 3, 1, 21, 59))


def test_intervals_follow_the_clock_on_the_wall() -> None:
    """On the days when summer time begins and ends the hours are still those of the wall."""
    it = compile_interval(TimeInterval(times=(TimeOfDay("09:00", "17:00"),), location="Europe/Berlin"))
    for day in ((2024, 3, 30), (2024, 3, 31), (2024, 10, 26), (2024, 10, 27)):
        assert it.holds(ms(BERLIN, *day, 9, 0))
        assert not it.holds(ms(BERLIN, *day, 8, 59))
        assert not it.holds(ms(BERLIN, *day, 17, 0))
    # 02:30 comes twice on that night, and both times it is 02:30.
    night = compile_interval(TimeInterval(times=(TimeOfDay("02:00", "03:00"),), location="Europe/Berlin"))
    first = ms(BERLIN, 2024, 10, 27, 2, 30)
    assert night.holds(first)
    assert night.holds(first + 3_600_000)
    # On the other it does not come at all.
    begin = ms(BERLIN, 2024, 3, 31, 0, 0)
    assert not any(night.holds(begin + minute * 60_000) for minute in range(23 * 60))


def test_days_are_counted_from_both_ends_of_a_month() -> None:
    """The last days of February are others than those of March; ranges beyond a month end with it."""
    last = compile_interval(TimeInterval(days_of_month=("-2:-1",)))
    utc = ZoneInfo("UTC")
    assert [day for day in range(1, 30) if last.holds(ms(utc, 2024, 2, day, 12))] == [28, 29]
    late = compile_interval(TimeInterval(days_of_month=("30:31",)))
    assert [day for day in range(1, 30) if late.holds(ms(utc, 2024, 2, day, 12))] == []
    weekdays = compile_interval(TimeInterval(weekdays=("monday:friday",), months=("january:2",), years=("2024",)))
    assert weekdays.holds(ms(utc, 2024, 1, 5, 0))
    assert not weekdays.holds(ms(utc, 2024, 1, 6, 0))
    assert not weekdays.holds(ms(utc, 2024, 3, 1, 0))
    assert not weekdays.holds(ms(utc, 2025, 1, 6, 0))


def rota(**more: Any) -> Rota:
    """Three people who change on Mondays at nine in Berlin."""
    members = [{"name": name, "contact_point": name} for name in ("ann", "bob", "eve")]
    spec = {"members": members, "starts_on": "2024-03-04", "location": "Europe/Berlin", **more}
    return Rota(msgspec.convert(spec, Schedule))


def test_shifts_change_at_the_same_hour_over_summer_time() -> None:
    """Each week the next, by the clock on the wall; before the first shift it goes backwards."""
    it = rota()
    assert it.on_call(ms(BERLIN, 2024, 3, 4, 9)).name == "ann"
    assert it.on_call(ms(BERLIN, 2024, 3, 4, 8, 59)).name == "eve"
    assert it.on_call(ms(BERLIN, 2024, 4, 1, 8, 59)).name == "ann"
    assert it.on_call(ms(BERLIN, 2024, 4, 1, 9)).name == "bob"
    shifts = it.shifts(ms(BERLIN, 2024, 3, 26, 0), 2)
    assert shifts == [
        (ms(BERLIN, 2024, 3, 25, 9), it.on_call(shifts[0][0])),
        (ms(BERLIN, 2024, 4, 1, 9), it.on_call(shifts[1][0])),
    ]


def test_overrides_come_before_turns() -> None:
    """For their time, and for no longer."""
    start = ms(BERLIN, 2024, 3, 5, 0)
    it = rota(overrides=[{"member": "eve", "start_ms": start, "end_ms": start + 1000}])
    assert [it.on_call(start + step).name for step in (-1, 0, 999, 1000)] == ["ann", "eve", "eve", "ann"]
