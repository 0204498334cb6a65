"""Tickets for sockets: once, briefly, and never more than whoever took them."""

from __future__ import annotations

import pytest
from tests.unit.auth.world import World

from vedette.auth import tickets as module
from vedette.auth.actor import CLI
from vedette.auth.tickets import Holder, Tickets
from vedette.clock import FakeClock
from vedette.errors import TooBusy


def test_a_ticket_works_once() -> None:
    """Whoever reads it in a log later has nothing."""
    tickets = Tickets(FakeClock(0), 30_000)
    ticket = tickets.issue(Holder(key_id="k"))
    assert tickets.take(ticket) == Holder(key_id="k")
    assert tickets.take(ticket) is None
    assert tickets.take("") is None


def test_a_ticket_works_for_half_a_minute() -> None:
    """Neither later, nor is what is too old kept."""
    clock = FakeClock(0)
    tickets = Tickets(clock, 30_000)
    early, late = tickets.issue(Holder(key_id="k")), tickets.issue(Holder(key_id="k"))
    clock.advance_ms(29_999)
    assert tickets.take(early) is not None
    clock.advance_ms(1)
    assert tickets.take(late) is None
    for _ in range(10):
        tickets.issue(Holder(key_id="k"))
        clock.advance_ms(31_000)
    assert len(tickets._out) == 1


def test_nobody_can_hoard_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many for each holder and in all; others still get theirs."""
    monkeypatch.setattr(module, "MAX_TICKETS_PER_HOLDER", 3)
    monkeypatch.setattr(module, "MAX_TICKETS", 4)
    clock = FakeClock(0)
    tickets = Tickets(clock, 30_000)
    for _ in range(3):
        tickets.issue(Holder(key_id="k"))
    with pytest.raises(TooBusy):
        tickets.issue(Holder(key_id="k"))
    tickets.issue(Holder(key_id="other"))
    with pytest.raises(TooBusy):
        tickets.issue(Holder(key_id="third"))
    clock.advance_ms(30_000)
    assert tickets.issue(Holder(key_id="k"))


def test_a_ticket_ends_with_the_key_or_session_that_took_it(quick_world: World) -> None:
    """Revoking takes effect before the ticket does."""
    service = quick_world.service
    made = service.keys.create(CLI, "default", "agent", ["read"])
    found = service.by_key(made.secret)
    assert found is not None
    ticket, second = service.ticket(found), service.ticket(found)
    taken = service.by_ticket(ticket)
    assert taken is not None
    assert (taken.principal, taken.key) == (found.principal, found.key)
    service.keys.revoke(CLI, made.key.id)
    assert service.by_ticket(second) is None
    quick_world.user("ann")
    signed_in = quick_world.sign_in("ann")
    session = service.by_session(signed_in.token)
    assert session is not None
    ticket = service.ticket(session)
    service.sign_out(quick_world.actor_of(signed_in))
    assert service.by_ticket(ticket) is None


def test_how_long_a_ticket_works_is_a_setting(quick_world: World) -> None:
    """`auth.ticket_lifetime`."""
    quick_world.again(ticket_lifetime_ms=5_000)
    service = quick_world.service
    made = service.keys.create(CLI, "default", "agent", ["read"])
    found = service.by_key(made.secret)
    assert found is not None
    ticket = service.ticket(found)
    quick_world.clock.advance_ms(5_000)
    assert service.by_ticket(ticket) is None
