"""Rows of alerts and of the outbox, on both back ends."""

from __future__ import annotations

from msgspec.structs import replace
from tests.stored.make_catalog import ALERT, GROUP, LETTER, RING

from vedette.catalog import alert_rows, outbox_rows
from vedette.catalog.database import Catalog


def test_what_is_said_again_keeps_who_takes_care(catalog: Catalog) -> None:
    """Saving an alert changes what was said of it, and nothing that people noted."""
    with catalog.begin() as connection:
        seq = alert_rows.next_seq(connection)
        alert_rows.save(connection, [replace(ALERT, seq=seq)])
        acked = replace(ALERT, acked_by="ann", ack_note="é", acked_ms=5, ack_active_ms=6, seq=seq + 1)
        alert_rows.acknowledge(connection, acked)
        alert_rows.save(connection, [replace(ALERT, state="resolved", seq=seq + 2)])
    with catalog.read() as connection:
        (row,) = alert_rows.since(connection, seq)
        assert (row.state, row.acked_by, row.ack_note, row.seq) == ("resolved", "ann", "é", seq + 2)
        assert alert_rows.since(connection, seq + 2) == []


def test_numbers_of_changes_grow(catalog: Catalog) -> None:
    """Each transaction has the next, so that nobody misses one."""
    found = []
    for _ in range(3):
        with catalog.begin() as connection:
            found.append(alert_rows.next_seq(connection))
    assert found == [found[0], found[0] + 1, found[0] + 2]


def test_only_what_was_not_said_again_is_forgotten(catalog: Catalog) -> None:
    """Between the decision and the deletion another process may have said an alert."""
    with catalog.begin() as connection:
        alert_rows.save(connection, [replace(ALERT, seq=5), replace(ALERT, fingerprint="f2", seq=9)])
        alert_rows.forget(connection, [("web", "f1"), ("web", "f2"), ("web", "f3")], 7)
        assert [row.fingerprint for row in alert_rows.since(connection, 0)] == ["f2"]


def test_groups_keep_their_thread(catalog: Catalog) -> None:
    """It is noted by whoever sends, and stays when the next notification is made."""
    with catalog.begin() as connection:
        alert_rows.save_groups(connection, [GROUP])
        alert_rows.set_thread(connection, "web", "g1", "ops/0/webhook", "17.5")
        alert_rows.save_groups(connection, [replace(GROUP, number=2, firing=(), resolved=("f1",))])
        (row,) = alert_rows.groups(connection)
        assert (row.number, row.firing, row.resolved, row.thread) == (2, (), ("f1",), "17.5")
        alert_rows.forget_groups(connection, GROUP.notified_ms + 1)
        assert alert_rows.groups(connection) == []


def test_the_outbox_keeps_its_order(catalog: Catalog) -> None:
    """New ones come last, revived ones behind them, with the same id; done ones go with their time."""
    with catalog.begin() as connection:
        outbox_rows.add(connection, [replace(LETTER, id=name, status="waiting") for name in ("c", "a", "b")])
        assert [row.id for row in outbox_rows.waiting(connection, 0, 10)] == ["c", "a", "b"]
        outbox_rows.mark(connection, ["c"], status="dead", done_ms=50, error="x", attempts=9)
        assert outbox_rows.dead_of(connection, "web", 10) == ["c"]
        assert outbox_rows.revive(connection, "web", ["c", "a", "nope"], 99) == 1
        found = outbox_rows.waiting(connection, 0, 10)
        assert [(row.id, row.attempts) for row in found] == [("a", 0), ("b", 0), ("c", 0)]
        outbox_rows.mark(connection, ["a", "b"], status="sent", done_ms=50)
        outbox_rows.forget(connection, 51)
        assert [row.id for row in outbox_rows.page(connection, "web", "", "", 0, 10)] == ["c"]
        assert outbox_rows.page(connection, "other", "", "", 0, 10) == []


def test_the_bell_rings_once(catalog: Catalog) -> None:
    """What arrives twice is shown once; each reader has a mark of their own."""
    with catalog.begin() as connection:
        outbox_rows.ring(connection, [RING])
        outbox_rows.ring(connection, [RING])
        assert outbox_rows.rung(connection, "web", 0, 10) == [RING]
        outbox_rows.note_read(connection, "web", "ann", 5)
        outbox_rows.note_read(connection, "web", "ann", 7)
        assert outbox_rows.read_until_ms(connection, "web", "ann") == 7
        assert outbox_rows.read_until_ms(connection, "web", "bob") == 0
