"""Which notifications are made, and when: the rules of groups, over restarts, several processes and jumps of clocks."""

from __future__ import annotations

import msgspec
import pytest
from tests.alerting.world import HOOK, NOW_MS, PROJECT, AlertWorld, told

from vedette.alerting.document import Condition, Silence
from vedette.errors import Unavailable

DOWN = {"alertname": "Down", "host": "a"}
DOWN_B = {"alertname": "Down", "host": "b"}
FULL = {"alertname": "Full", "host": "a"}


def test_without_routes_the_bell_of_the_page_rings(alerts: AlertWorld) -> None:
    """Nothing has to be set up for an alert to be seen."""
    alerts.say(DOWN)
    (letter,) = alerts.pass_s(1)
    assert (letter.receiver, letter.reason, letter.group_labels) == ("dashboard", "firing", {"alertname": "Down"})


def test_a_group_waits_then_tells_all_at_once(alerts: AlertWorld) -> None:
    """Alerts that come within `group_wait` are one notification."""
    alerts.routes(group_by=["alertname"], group_wait_ms=10_000)
    alerts.say(DOWN)
    assert alerts.pass_s(5) == []
    alerts.say(DOWN_B)
    (letter,) = alerts.pass_s(5)
    assert (letter.firing, [alert.labels["host"] for alert in letter.alerts]) == (2, ["a", "b"])


def test_changes_wait_for_the_interval_and_the_end_is_told_once(alerts: AlertWorld) -> None:
    """A new alert, and what is over, are told at the group's next look; the same state is not told again."""
    alerts.routes(group_by=["alertname"], group_wait_ms=0, group_interval_ms=60_000)
    alerts.say(DOWN)
    assert told(alerts.pass_s(1)) == [("firing", ["Down"])]
    alerts.say(DOWN_B)
    assert alerts.pass_s(30) == []
    assert told(alerts.pass_s(31)) == [("firing", ["Down", "Down"])]
    alerts.say(DOWN, resolved=True)
    (letter,) = alerts.pass_s(61)
    assert (letter.reason, letter.firing, letter.resolved) == ("resolved", 1, 1)
    assert alerts.pass_s(600, 30) == []
    alerts.say(DOWN_B, resolved=True)
    (letter,) = alerts.pass_s(61)
    assert (letter.status, letter.resolved) == ("resolved", 1)
    assert alerts.pass_s(600, 30) == []
    assert len(alerts.alerting.dispatcher.groups) == 0


def test_what_keeps_firing_is_repeated(alerts: AlertWorld) -> None:
    """After `repeat_interval`, and not before; not while somebody takes care."""
    alerts.routes(group_wait_ms=0, group_interval_ms=60_000, repeat_interval_ms=3_600_000)
    alerts.say(DOWN)
    alerts.pass_s(1)
    assert alerts.pass_s(3_500, 10) == []
    assert told(alerts.pass_s(200, 10)) == [("repeat", ["Down"])]
    entry = next(iter(alerts.alerting.book.every()))
    alerts.alerting.book.acknowledge(entry, "ann", "on it", 0)
    (letter,) = alerts.pass_s(1)
    assert (letter.reason, letter.by, letter.note) == ("acknowledged", "ann", "on it")
    assert alerts.pass_s(8_000, 50) == []


def test_an_alert_that_nobody_says_again_ends(alerts: AlertWorld) -> None:
    """Its sender said until when it is to be believed."""
    alerts.routes(group_wait_ms=0, group_interval_ms=10_000)
    alerts.say(DOWN, ends_ms=NOW_MS + 30_000)
    assert told(alerts.pass_s(1)) == [("firing", ["Down"])]
    assert told(alerts.pass_s(60, 1)) == [("resolved", [])]


def test_silences_hide_and_give_free(alerts: AlertWorld) -> None:
    """While one holds nothing is told; what still fires afterwards is; what ended meanwhile is told as ended."""
    alerts.routes(group_by=["host"], group_wait_ms=0, group_interval_ms=10_000)
    silence = Silence(matchers=(Condition(label="alertname", value="Down"),), starts_ms=0, ends_ms=NOW_MS + 100_000)
    made = alerts.alerting.silences.put(PROJECT, "", silence, "ann")
    alerts.say(DOWN)
    assert alerts.pass_s(90, 5) == []
    assert told(alerts.pass_s(20, 5)) == [("firing", ["Down"])]
    again = msgspec.structs.replace(silence, ends_ms=alerts.clock.now_ms() + 100_000)
    made = alerts.alerting.silences.put(PROJECT, "", again, "ann")
    alerts.pass_s(1)
    alerts.say(DOWN, resolved=True)
    assert alerts.pass_s(50, 5) == []
    alerts.alerting.silences.expire(PROJECT, made, "ann")
    assert told(alerts.pass_s(11, 1)) == [("resolved", [])]


def test_inhibition_hides_what_follows_from_another(alerts: AlertWorld) -> None:
    """While the source fires with equal labels; with other labels it hides nothing."""
    alerts.routes(group_by=["..."], group_wait_ms=0, group_interval_ms=10_000)
    alerts.put(
        "inhibit_rule",
        "dead hosts",
        {
            "source_matchers": [{"label": "alertname", "value": "Dead"}],
            "target_matchers": [{"label": "alertname", "value": "Dead", "op": "!="}],
            "equal": ["host"],
        },
    )
    alerts.say({"alertname": "Dead", "host": "a"}, DOWN, DOWN_B)
    assert sorted(told(alerts.pass_s(1))) == [("firing", ["Dead"]), ("firing", ["Down"])]
    alerts.say({"alertname": "Dead", "host": "a"}, resolved=True)
    assert sorted(told(alerts.pass_s(20, 5))) == [("firing", ["Down"]), ("resolved", [])]


def test_muted_routes_tell_afterwards(alerts: AlertWorld) -> None:
    """At night the route is quiet; in the morning it tells what fires, and the end of what it had told."""
    alerts.put("mute_timing", "night", {"intervals": [{"times": [{"start": "22:00", "end": "24:00"}]}]})
    child = {"matchers": [{"label": "alertname", "value": "Down"}], "mute_timings": ["night"]}
    alerts.routes(group_wait_ms=0, group_interval_ms=60_000, routes=[child])
    # NOW_MS is 22:13 UTC.
    alerts.say(DOWN)
    assert alerts.pass_s(3_600, 60) == []
    assert told(alerts.pass_s(3_600, 60)) == [("firing", ["Down"])]


def test_escalation_goes_on_until_somebody_takes_care(alerts: AlertWorld) -> None:
    """Each step once, at its time; the end is told to all who were told."""
    alerts.put("contact_point", "boss", {"integrations": [HOOK]})
    alerts.put("contact_point", "ann", {"integrations": [HOOK]})
    alerts.put(
        "on_call_schedule",
        "rota",
        {"members": [{"name": "Ann", "contact_point": "ann"}], "starts_on": "2023-11-06"},
    )
    steps = [{"after_ms": 60_000, "schedules": ["rota"]}, {"after_ms": 300_000, "receivers": ["boss"]}]
    alerts.put("escalation", "loud", {"steps": steps})
    alerts.routes(group_wait_ms=0, group_interval_ms=3_600_000, escalation="loud")
    alerts.say(DOWN)
    assert [it.receiver for it in alerts.pass_s(1)] == ["ops"]
    assert [(it.receiver, it.reason) for it in alerts.pass_s(100, 5)] == [("ann", "escalation")]
    assert [(it.receiver, it.reason) for it in alerts.pass_s(300, 5)] == [("boss", "escalation")]
    assert alerts.pass_s(600, 5) == []
    alerts.say(DOWN, resolved=True)
    assert sorted(it.receiver for it in alerts.pass_s(3_600, 60)) == ["ann", "boss", "ops"]


def test_acknowledging_stops_escalation(alerts: AlertWorld) -> None:
    """Who takes care is told to the others, and nobody else is woken; when it expires the steps go on."""
    alerts.put("contact_point", "boss", {"integrations": [HOOK]})
    alerts.put("escalation", "loud", {"steps": [{"after_ms": 60_000, "receivers": ["boss"]}]})
    alerts.routes(group_wait_ms=0, group_interval_ms=10_000, escalation="loud")
    alerts.say(DOWN)
    alerts.pass_s(1)
    entry = next(iter(alerts.alerting.book.every()))
    alerts.alerting.book.acknowledge(entry, "ann", "", alerts.clock.now_ms() + 600_000)
    assert [it.reason for it in alerts.pass_s(500, 5)] == ["acknowledged"]
    assert [it.receiver for it in alerts.pass_s(200, 5)] == ["boss"]


def test_a_killed_process_goes_on_where_it_was(alerts: AlertWorld) -> None:
    """What was told is not told again, what was only said is told, what ended meanwhile is told as ended."""
    alerts.routes(group_by=["host"], group_wait_ms=0, group_interval_ms=60_000)
    alerts.say(DOWN, DOWN_B)
    assert len(alerts.pass_s(1)) == 2
    alerts.say({**FULL, "host": "c"})
    alerts.say(DOWN_B, resolved=True)
    after = alerts.twin()
    assert told(after.pass_s(1)) == [("firing", ["Full"])]
    assert told(after.pass_s(120, 10)) == [("resolved", [])]
    assert after.pass_s(600, 10) == []
    after.close()


def test_of_two_processes_one_tells(alerts: AlertWorld) -> None:
    """The other takes over when the first is gone for longer than the lease, and tells nothing twice."""
    alerts.routes(group_by=["..."], group_wait_ms=0, group_interval_ms=10_000)
    alerts.pass_s(1)
    other = alerts.twin("two")
    other.say(DOWN)
    assert other.pass_s(1) == []
    assert told(alerts.pass_s(1)) == [("firing", ["Down"])]
    alerts.say(FULL)
    assert told(other.pass_s(30, 5)) == [("firing", ["Full"])]
    assert not alerts.alerting.dispatcher.leads
    assert alerts.pass_s(60, 5) == []
    assert other.pass_s(60, 5) == []
    other.close()


def test_who_stops_in_good_order_hands_over_at_once(alerts: AlertWorld) -> None:
    """The other need not wait until the lease would have ended, and tells nothing twice."""
    alerts.routes(group_wait_ms=0)
    alerts.say({"alertname": "A"})
    other = alerts.twin("two")
    assert len(alerts.pass_s(1)) == 1
    other.alerting.dispatcher.tick()
    assert not other.alerting.dispatcher.leads
    alerts.alerting.dispatcher.resign()
    assert other.pass_s(6) == []
    assert other.alerting.dispatcher.leads
    assert not alerts.alerting.dispatcher.leads
    other.close()


def test_who_lost_the_lease_unnoticed_tells_nothing(alerts: AlertWorld) -> None:
    """The lease is part of the transaction: after a long pause, as of a machine that slept, the other has told it."""
    alerts.routes(group_by=["..."], group_wait_ms=0, group_interval_ms=10_000)
    alerts.pass_s(1)
    other = alerts.twin("two")
    alerts.say(DOWN)
    # The wall clock goes on while this process's own stands still.
    alerts.clock.jump_to_ms(alerts.clock.now_ms() + 60_000)
    assert other.alerting.dispatcher.tick() >= 0
    assert len(alerts.letters()) == 1
    with pytest.raises(Unavailable, match="another process"):
        alerts.alerting.dispatcher.tick()
    assert len(alerts.letters()) == 1
    other.close()


def test_a_clock_that_is_set_back_silences_nothing(alerts: AlertWorld) -> None:
    """Groups are looked at by a clock that nobody sets; repeats come once more rather than never."""
    alerts.routes(group_wait_ms=0, group_interval_ms=60_000)
    alerts.say(DOWN)
    alerts.pass_s(1)
    alerts.clock.jump_to_ms(NOW_MS - 86_400_000)
    alerts.say(DOWN_B)
    letters = alerts.pass_s(65, 5)
    assert [it.firing for it in letters] == [2]


def test_new_routes_hold_for_what_fires_already(alerts: AlertWorld) -> None:
    """A change of the tree moves alerts to their new groups."""
    alerts.say(DOWN)
    alerts.pass_s(1)
    alerts.routes(group_by=["host"], group_wait_ms=0)
    (letter,) = alerts.pass_s(1)
    assert (letter.receiver, letter.group_labels) == ("ops", {"host": "a"})


def test_a_contact_point_that_is_gone_loses_nothing(alerts: AlertWorld) -> None:
    """What would go to it rings the bell."""
    alerts.put("alert_route", "main", {"receiver": "gone"})
    alerts.say(DOWN)
    assert [it.receiver for it in alerts.pass_s(1)] == ["dashboard"]


def test_an_integration_may_leave_out_the_end(alerts: AlertWorld) -> None:
    """It is not told, but noted: when the same alert fires again, that is told."""
    alerts.put("contact_point", "ops", {"integrations": [{**HOOK, "send_resolved": False}]})
    alerts.put("alert_route", "main", {"receiver": "ops", "group_wait_ms": 0, "group_interval_ms": 10_000})
    alerts.say(DOWN)
    assert len(alerts.pass_s(1)) == 1
    alerts.say(DOWN, resolved=True)
    assert alerts.pass_s(60, 5) == []
    alerts.say(DOWN)
    assert told(alerts.pass_s(15, 5)) == [("firing", ["Down"])]


def test_silences_that_ended_long_ago_go(alerts: AlertWorld) -> None:
    """They can be looked at for some days."""
    silence = Silence(matchers=(Condition(label="a", value="b"),), starts_ms=0, ends_ms=NOW_MS + 1_000)
    alerts.alerting.silences.put(PROJECT, "", silence, "ann")
    alerts.clock.advance_ms(4 * 86_400_000)
    alerts.alerting.silences.forget_old()
    assert len(alerts.alerting.silences.every(PROJECT)) == 1
    alerts.clock.advance_ms(2 * 86_400_000)
    alerts.alerting.silences.forget_old()
    assert alerts.alerting.silences.every(PROJECT) == []
