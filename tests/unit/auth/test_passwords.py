"""What is accepted as a password, and how one is checked."""

from __future__ import annotations

import threading
import time

import pytest
from argon2 import PasswordHasher

from vedette.auth.common_passwords import COMMON_PASSWORDS
from vedette.auth.passwords import Passwords
from vedette.errors import BadData

PASSWORDS = Passwords(min_length=10, workers=2)
QUICK = Passwords(min_length=10, workers=2)
QUICK._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
QUICK._nobodys_hash = QUICK._hasher.hash("nobody's")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 10"),
        ("short", "at least 10"),
        ("x" * 257, "at most 256"),
        ("password123", "first that are tried"),
        ("PassWord123", "first that are tried"),
        ("aaaaaaaaaaaa", "first that are tried"),
        ("ababababababab", "first that are tried"),
        ("annabelle.smith", "user name"),
        ("Annabelle.Smith@example.org", "user name"),
        ("half a character \ud800", "valid text"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, why: str) -> None:
    """Too short, too long, among the first that are tried, or the name itself."""
    with pytest.raises(BadData, match=why):
        PASSWORDS.accept(password, "annabelle.smith@example.org")


def test_a_sentence_is_fine_and_its_accents_may_be_typed_either_way() -> None:
    """No rules about digits and capitals; composed and decomposed letters are the same."""
    stored = PASSWORDS.hash("café in the morning", "ann")
    assert stored.startswith("$argon2id$")
    assert PASSWORDS.verify(stored, "cafe\u0301 in the morning")
    assert not PASSWORDS.verify(stored, "cafe in the morning")


@pytest.mark.parametrize("stored", ["", "not a hash", "$argon2id$v=19$m=1$x", None])
@pytest.mark.parametrize("given", ["", "x", "\ud800", "x" * 300, "x" * 2_000_000])
def test_nothing_opens_what_has_no_password(stored: str | None, given: str) -> None:
    """An empty or damaged hash is no password that is empty, too; and a real one is not opened by an odd text."""
    real = QUICK.hash("a quiet long evening", "ann") if stored is None else stored
    assert not QUICK.verify(real, given)


def test_unknown_users_cost_the_same_work() -> None:
    """Without a hash a real one is checked all the same, so that time does not tell who exists."""
    passwords = Passwords(min_length=10, workers=1)
    verified: list[str] = []

    class Watched:
        def __init__(self, inner: object) -> None:
            self.inner = inner

        def verify(self, stored: str, given: str) -> bool:
            verified.append(stored)
            return bool(self.inner.verify(stored, given))  # type: ignore[attr-defined]

    stored = passwords.hash("a quiet long evening", "ann")
    passwords._hasher = Watched(passwords._hasher)  # type: ignore[assignment]
    assert passwords.verify(stored, "a quiet long evening")
    assert not passwords.verify(stored, "another evening")
    assert not passwords.verify("", "another evening")
    assert not passwords.verify("", "")
    assert len(verified) == 4
    parameters = {text.split("$")[3] for text in verified}
    assert len(parameters) == 1


def test_only_so_many_are_checked_at_one_time() -> None:
    """Each check takes 64 MiB: a crowd waits instead of filling the memory."""
    passwords = Passwords(min_length=10, workers=2)
    stored = passwords.hash("a quiet long evening", "ann")
    busy, most, lock = 0, 0, threading.Lock()

    class Counting:
        def verify(self, known: str, given: str) -> bool:
            nonlocal busy, most
            with lock:
                busy += 1
                most = max(most, busy)
            time.sleep(0.01)
            with lock:
                busy -= 1
            return False

    passwords._hasher = Counting()  # type: ignore[assignment]
    threads = [threading.Thread(target=passwords.verify, args=(stored, "no")) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= most <= 2


def test_the_list_holds_only_what_the_length_lets_through() -> None:
    """Shorter ones are refused by their length already."""
    assert all(len(text) >= 8 and text == text.casefold() for text in COMMON_PASSWORDS)
    assert len(COMMON_PASSWORDS) > 150
