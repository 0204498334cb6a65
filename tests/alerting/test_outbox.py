"""Delivery: at least once, in order, ever later after failures; dead letters, limits and digests."""

from __future__ import annotations

from collections.abc import Callable

from tests.alerting.world import HOOK, PROJECT, AlertWorld

from vedette.alerting.contact_points.kind import BellRequest, HttpRequest
from vedette.alerting.sending import Prepared
from vedette.alerting.settings import AlertingSettings
from vedette.catalog import outbox_rows
from vedette.catalog.alert_records import OutboxRow
from vedette.errors import BadData, TooBusy, Unavailable, VedetteError


def rows(alerts: AlertWorld, status: str = "") -> list[OutboxRow]:
    """Of the outbox, oldest first."""
    with alerts.catalog.read() as connection:
        return outbox_rows.page(connection, PROJECT, status, "", 0, 1000)[::-1]


def keys(alerts: AlertWorld) -> list[str]:
    """Idempotency keys of all requests that were sent."""
    return [it.request.headers["Idempotency-Key"] for it in alerts.notes.sent if isinstance(it.request, HttpRequest)]


def failing(*errors: VedetteError | None) -> Callable[[Prepared], VedetteError | None]:
    """These, one after the other; then nothing."""
    left = list(errors)
    return lambda _prepared: left.pop(0) if left else None


def fire(alerts: AlertWorld, *names: str) -> None:
    """A notification for each."""
    alerts.say(*({"alertname": name} for name in names))
    alerts.pass_s(1)


async def test_what_is_sent_is_noted(alerts: AlertWorld) -> None:
    """It is sent once, and never again, also by a process that comes after."""
    alerts.routes()
    fire(alerts, "A")
    await alerts.deliver(3)
    assert [(row.status, row.attempts) for row in rows(alerts)] == [("sent", 1)]
    after = alerts.twin()
    after.pass_s(1)
    await after.deliver(2)
    assert (len(alerts.notes.sent), len(after.notes.sent)) == (1, 0)
    after.close()


async def test_failures_are_tried_again_with_the_same_key(alerts: AlertWorld) -> None:
    """Later each time, with a spread; the error stands in the log of notifications."""
    alerts.routes()
    alerts.notes.fail = failing(Unavailable("down"), Unavailable("down"))
    fire(alerts, "A")
    await alerts.deliver(3)
    assert [(row.status, row.attempts, row.error) for row in rows(alerts)] == [("waiting", 1, "down")]
    waits = []
    for _ in range(2):
        (row,) = rows(alerts)
        waits.append(row.next_ms - alerts.clock.now_ms())
        alerts.pass_s(waits[-1] / 1000)
        await alerts.deliver()
    assert 800 <= waits[0] <= 1_200
    assert 1_600 <= waits[1] <= 2_400
    assert len(set(keys(alerts))) == 1
    assert [(row.status, row.attempts) for row in rows(alerts)] == [("sent", 3)]


async def test_a_process_that_dies_after_sending_sends_with_the_same_key(alerts: AlertWorld) -> None:
    """At least once: the receiver can tell that it has it already."""
    alerts.routes()
    fire(alerts, "A")
    await alerts.deliver()
    with alerts.catalog.begin() as connection:
        outbox_rows.mark(connection, [rows(alerts)[0].id], status="waiting")
    after = alerts.twin()
    after.pass_s(1)
    await after.deliver()
    assert keys(after) == keys(alerts)
    after.close()


async def test_what_is_refused_is_a_dead_letter_that_can_be_revived(alerts: AlertWorld) -> None:
    """At once where trying again is of no use, else after `max_attempts`; it keeps its key."""
    alerts.routes()
    alerts.notes.fail = failing(BadData("HTTP status 400"))
    fire(alerts, "A")
    await alerts.deliver(2)
    (dead,) = rows(alerts, "dead")
    assert (dead.attempts, dead.error) == (1, "HTTP status 400")
    with alerts.catalog.begin() as connection:
        assert outbox_rows.revive(connection, "other", [dead.id], 0) == 0
        assert outbox_rows.revive(connection, PROJECT, [dead.id], alerts.clock.now_ms()) == 1
    await alerts.deliver()
    assert [row.status for row in rows(alerts)] == ["sent"]
    assert len(set(keys(alerts))) == 1


async def test_trying_ends(alerts: AlertWorld) -> None:
    """After `max_attempts`, with a wait of at most `max_backoff`."""
    alerts.settings = AlertingSettings(max_attempts=3, max_backoff_ms=1_500)
    world = alerts.twin()
    world.routes()
    world.notes.fail = lambda _prepared: Unavailable("down")
    fire(world, "A")
    for _ in range(5):
        await world.deliver()
        world.pass_s(2)
    assert [(row.status, row.attempts) for row in rows(world)] == [("dead", 3)]
    world.close()


async def test_who_says_when_to_come_again_is_heeded(alerts: AlertWorld) -> None:
    """Retry-After of a receiver that is too busy."""
    alerts.routes()
    alerts.notes.fail = failing(TooBusy("slow down", limit="x", value=0, retry_after_s=60))
    fire(alerts, "A")
    await alerts.deliver()
    (row,) = rows(alerts)
    assert row.next_ms - alerts.clock.now_ms() >= 60_000


async def test_one_target_does_not_hold_up_another(alerts: AlertWorld) -> None:
    """What hangs or fails waits alone; within a target the order stays."""
    alerts.put("contact_point", "two", {"integrations": [HOOK, {"type": "in_dashboard"}]})
    alerts.put("alert_route", "main", {"receiver": "two", "group_by": ["alertname"], "group_wait_ms": 0})
    alerts.notes.fail = lambda it: Unavailable("down") if isinstance(it.request, HttpRequest) else None
    fire(alerts, "A", "B", "C")
    await alerts.deliver(6)
    hooks = [it for it in alerts.notes.sent if isinstance(it.request, HttpRequest)]
    bells = [it for it in alerts.notes.sent if isinstance(it.request, BellRequest)]
    assert (len(hooks), len(bells)) == (1, 3)
    with alerts.catalog.read() as connection:
        assert len(outbox_rows.rung(connection, PROJECT, 0, 10)) == 3


async def test_a_target_gets_so_many_a_minute(alerts: AlertWorld) -> None:
    """A burst, then at the rate; nothing is dropped."""
    alerts.settings = AlertingSettings(rate_per_minute=60, digest_from=1_000)
    world = alerts.twin()
    world.routes(group_by=["alertname"], group_wait_ms=0)
    fire(world, *(f"A{number:02}" for number in range(30)))
    await world.deliver(40)
    assert len(world.notes.sent) == 10
    for _ in range(20):
        world.pass_s(1)
        await world.deliver(2)
    assert len(world.notes.sent) == 30
    assert [row.status for row in rows(world)] == ["sent"] * 30
    world.close()


async def test_a_storm_becomes_a_digest(alerts: AlertWorld) -> None:
    """One message where the type has such, with the same key when it is tried again; all parts count as sent."""
    alerts.put("alert_route", "main", {"receiver": "dashboard", "group_by": ["alertname"], "group_wait_ms": 0})
    alerts.notes.fail = failing(Unavailable("down"))
    fire(alerts, *(f"A{number:02}" for number in range(30)))
    await alerts.deliver()
    assert len({row.digest for row in rows(alerts)}) == 1
    alerts.say({"alertname": "later"})
    alerts.pass_s(2)
    await alerts.deliver()
    first, second = (it.request for it in alerts.notes.sent)
    assert isinstance(first, BellRequest)
    assert isinstance(second, BellRequest)
    assert first.row.id == second.row.id
    assert first.row.title == "30 groups of alerts: 30 firing"
    await alerts.deliver(2)
    assert [row.status for row in rows(alerts)] == ["sent"] * 31


async def test_a_contact_point_that_was_changed_is_told(alerts: AlertWorld) -> None:
    """What waits for an integration that is not there any more is a dead letter with a reason."""
    alerts.routes()
    fire(alerts, "A")
    (document,) = alerts.documents.every("contact_point")
    alerts.documents.delete("contact_point", PROJECT, document.id, by="x", expected_version=1)
    alerts.alerting.configs.refresh()
    await alerts.deliver()
    (row,) = rows(alerts)
    assert (row.status, "any more" in row.error) == ("dead", True)


async def test_only_who_is_in_charge_sends(alerts: AlertWorld) -> None:
    """Another process leaves the outbox alone, until it takes over."""
    alerts.routes()
    fire(alerts, "A")
    other = alerts.twin("two")
    other.alerting.dispatcher.tick()
    await other.deliver()
    assert other.notes.sent == []
    other.pass_s(20)
    await other.deliver()
    assert len(other.notes.sent) == 1
    other.close()


async def test_the_thread_of_a_group_is_kept(alerts: AlertWorld) -> None:
    """What the other side calls the conversation is handed to the next notification of the group."""
    alerts.routes(group_wait_ms=0, group_interval_ms=1_000)
    alerts.notes.thread = "17.5"
    fire(alerts, "A")
    await alerts.deliver()
    alerts.say({"alertname": "A"}, resolved=True)
    alerts.pass_s(2, 1)
    await alerts.deliver()
    assert [it.thread for it in alerts.notes.sent] == ["", "17.5"]


async def test_an_error_of_ours_harms_one_notification_only(alerts: AlertWorld) -> None:
    """It is tried again as any other failure."""
    alerts.routes()

    def broken(_prepared: Prepared) -> VedetteError | None:
        raise ZeroDivisionError

    alerts.notes.fail = broken
    fire(alerts, "A")
    await alerts.deliver()
    assert [(row.status, row.error) for row in rows(alerts)] == [("waiting", "internal error: ZeroDivisionError")]
