"""Tickets for sockets and event streams, whose addresses may not hold anything that works for long."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from vedette.auth.tokens import hash_token, new_token
from vedette.clock import Clock
from vedette.errors import TooBusy

MAX_TICKETS: Final = 10_000
MAX_TICKETS_PER_HOLDER: Final = 100


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a ticket was given to: the session or the key, one of the two."""

    session_id: str = ""
    key_id: str = ""


class Tickets:
    """Tickets that are out, in memory only: they are gone after a restart. Thread-safe."""

    def __init__(self, clock: Clock, lifetime_ms: int) -> None:
        self._clock = clock
        self._lifetime_s = lifetime_ms / 1000
        self._out: dict[str, tuple[Holder, float]] = {}
        self._held: dict[Holder, int] = {}
        self._lock = threading.Lock()

    def issue(self, holder: Holder) -> str:
        """A new ticket. Raises TooBusy when too many are out."""
        now_s = self._clock.monotonic_s()
        ticket = new_token()
        with self._lock:
            self._sweep(now_s)
            if len(self._out) >= MAX_TICKETS:
                raise self._too_many(MAX_TICKETS)
            if self._held.get(holder, 0) >= MAX_TICKETS_PER_HOLDER:
                raise self._too_many(MAX_TICKETS_PER_HOLDER)
            self._out[hash_token(ticket)] = (holder, now_s + self._lifetime_s)
            self._held[holder] = self._held.get(holder, 0) + 1
        return ticket

    def take(self, ticket: str) -> Holder | None:
        """Whom a ticket was given to; it works no more afterwards. None when it is unknown, used or too old."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            found = self._remove(hash_token(ticket))
        return found[0] if found is not None and now_s < found[1] else None

    def _remove(self, ticket_hash: str) -> tuple[Holder, float] | None:
        found = self._out.pop(ticket_hash, None)
        if found is not None:
            left = self._held[found[0]] - 1
            if left:
                self._held[found[0]] = left
            else:
                del self._held[found[0]]
        return found

    def _sweep(self, now_s: float) -> None:
        """Remove what is too old; they are in the order of their ends."""
        while self._out:
            ticket_hash, (_, end_s) = next(iter(self._out.items()))
            if end_s > now_s:
                return
            self._remove(ticket_hash)

    def _too_many(self, limit: int) -> TooBusy:
        return TooBusy("too many tickets are out", limit="tickets", value=limit, retry_after_s=self._lifetime_s)
