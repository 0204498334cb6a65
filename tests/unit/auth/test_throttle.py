"""Guessing gets slower and slower; who types wrongly now and then does not notice."""

from __future__ import annotations

import pytest

from vedette.auth import throttle as module
from vedette.auth.throttle import Throttle
from vedette.clock import FakeClock
from vedette.errors import TooBusy


def make(free: int = 3) -> tuple[Throttle, FakeClock]:
    """Delays of 1 s up to a minute after `free` attempts."""
    clock = FakeClock(0)
    return Throttle(clock, free, delay_ms=1_000, delay_max_ms=60_000), clock


def wait_s(throttle: Throttle, name: str, address: str) -> float:
    """How long an attempt would have to wait; an attempt that need not is made."""
    try:
        throttle.attempt(name, address)
    except TooBusy as error:
        return error.retry_after_s
    return 0.0


def test_delays_of_one_user_double_up_to_the_longest() -> None:
    """The first attempts are free, then 1, 2, 4 ... s; Retry-After says how long."""
    throttle, clock = make()
    for _ in range(3):
        assert wait_s(throttle, "ann", "192.0.2.1") == 0
    delays = []
    for _ in range(9):
        delay_s = wait_s(throttle, "ann", "192.0.2.1")
        delays.append(delay_s)
        clock.advance_ms(round(delay_s * 1000))
        assert wait_s(throttle, "ann", "192.0.2.1") == 0
    assert delays == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_other_users_are_not_slowed_down_by_it() -> None:
    """A user's counter is theirs, from wherever the attempts come."""
    throttle, _ = make()
    for number in range(4):
        wait_s(throttle, "ann", f"192.0.2.{number}")
    assert wait_s(throttle, "Ann", "192.0.2.200") > 0
    assert wait_s(throttle, "bob", "192.0.2.1") == 0


def test_trying_many_names_from_one_address_slows_the_address() -> None:
    """One password for all users is guessing as well; an IPv6 customer has a whole /64."""
    throttle, _ = make()
    for number in range(12):
        assert wait_s(throttle, f"user{number}", f"2001:db8::{number:x}") == 0
    assert wait_s(throttle, "somebody", "2001:db8::ffff") > 0
    assert wait_s(throttle, "somebody", "2001:db8:0:1::1") == 0
    assert wait_s(throttle, "somebody", "::ffff:192.0.2.1") == 0


def test_success_forgets_the_users_failures_only() -> None:
    """An attacker's own account does not wash the address clean of what it did to others."""
    throttle, _ = make()
    for number in range(11):
        wait_s(throttle, f"victim{number}", "192.0.2.1")
    assert wait_s(throttle, "mallory", "192.0.2.1") == 0
    throttle.succeeded("mallory", "192.0.2.1")
    assert wait_s(throttle, "victim", "192.0.2.1") == 0
    assert wait_s(throttle, "victim", "192.0.2.1") > 0
    ann, _ = make()
    for _ in range(3):
        wait_s(ann, "ann", "192.0.2.9")
    ann.succeeded("ann", "192.0.2.9")
    assert [wait_s(ann, "ann", "192.0.2.9") for _ in range(3)] == [0, 0, 0]


def test_many_at_one_time_do_not_slip_through_together() -> None:
    """An attempt counts before it is checked: a thousand parallel ones get as many tries as a thousand in a row."""
    throttle, _ = make()
    assert sum(wait_s(throttle, "ann", "192.0.2.1") == 0 for _ in range(1000)) == 3


def test_a_right_password_without_its_code_is_no_failure_and_no_success() -> None:
    """Asking for the code does not wash away earlier wrong codes."""
    throttle, _ = make()
    wait_s(throttle, "ann", "192.0.2.1")
    wait_s(throttle, "ann", "192.0.2.1")
    for _ in range(10):
        assert wait_s(throttle, "ann", "192.0.2.1") == 0
        throttle.undecided("ann", "192.0.2.1")
    assert wait_s(throttle, "ann", "192.0.2.1") == 0
    assert wait_s(throttle, "ann", "192.0.2.1") > 0


def test_failures_are_forgotten_after_a_while() -> None:
    """Who comes back the next day starts anew."""
    throttle, clock = make()
    for _ in range(3):
        wait_s(throttle, "ann", "192.0.2.1")
    clock.advance_ms(61_000)
    assert [wait_s(throttle, "ann", "192.0.2.1") for _ in range(3)] == [0, 0, 0]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of names and addresses pushes out the oldest ones and no more."""
    monkeypatch.setattr(module, "MAX_REMEMBERED", 100)
    throttle, _ = make()
    for number in range(1000):
        wait_s(throttle, f"{number}" * 1000, f"10.0.{number // 250}.{number % 250}")
    assert len(throttle._names) == len(throttle._addresses) == 100
    assert max(map(len, throttle._names)) <= module.MAX_NAME_LENGTH
