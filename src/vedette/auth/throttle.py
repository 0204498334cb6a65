"""Slows down guessing: after some wrong passwords each further attempt of a user, or from an address, has to wait."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from typing import Final

from msgspec import Struct

from vedette.clock import Clock
from vedette.errors import TooBusy

MAX_REMEMBERED: Final = 20_000
"""Users, and as many addresses; the ones seen longest ago are forgotten first."""
MAX_NAME_LENGTH: Final = 128
"""Of what is longer, only so much counts."""
_ADDRESS_FACTOR: Final = 4
"""Many people may share an address."""


class _Failures(Struct):
    count: int
    last_s: float
    free_at_s: float


class Throttle:
    """Counts every attempt as wrong before it is checked, so that many at one time do not slip through together.

    Names that do not exist are treated as those that do. Thread-safe.
    """

    def __init__(self, clock: Clock, free_attempts: int, delay_ms: int, delay_max_ms: int) -> None:
        self._clock = clock
        self._free_attempts = free_attempts
        self._delay_s = delay_ms / 1000
        self._delay_max_s = delay_max_ms / 1000
        self._names: OrderedDict[str, _Failures] = OrderedDict()
        self._addresses: OrderedDict[str, _Failures] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, name: str, address: str) -> None:
        """Note an attempt that is about to be made. Raises TooBusy with how long to wait."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            pairs = self._entries(name, address, now_s)
            wait_s = max(entry.free_at_s - now_s for entry, _ in pairs)
            if wait_s > 0:
                raise TooBusy(
                    f"too many attempts to sign in; try again in {max(1, round(wait_s))} s",
                    limit="auth.login_free_attempts",
                    value=self._free_attempts,
                    retry_after_s=wait_s,
                )
            for entry, free in pairs:
                entry.count += 1
                entry.last_s = now_s
                if entry.count >= free:
                    entry.free_at_s = now_s + min(self._delay_s * 2.0 ** min(entry.count - free, 40), self._delay_max_s)

    def succeeded(self, name: str, address: str) -> None:
        """It was right: the user's failures are forgotten; the address keeps what it did to other users."""
        with self._lock:
            self._forgive(name, address, None)

    def undecided(self, name: str, address: str) -> None:
        """It was right as far as it went: this one attempt was no failure, earlier ones stay."""
        with self._lock:
            self._forgive(name, address, 1)

    def _forgive(self, name: str, address: str, attempts: int | None) -> None:
        now_s = self._clock.monotonic_s()
        (user, _), *others = self._entries(name, address, now_s)
        forgiven = user.count if attempts is None else attempts
        user.count = max(0, user.count - forgiven)
        user.free_at_s = now_s
        for entry, _ in others:
            entry.count = max(0, entry.count - forgiven)
            entry.free_at_s = now_s

    def _entries(self, name: str, address: str, now_s: float) -> list[tuple[_Failures, int]]:
        """The counters that concern an attempt, each with its number of free attempts."""
        found = [(self._entry(self._names, name[:MAX_NAME_LENGTH].casefold(), now_s), self._free_attempts)]
        if address:
            entry = self._entry(self._addresses, network_of(address), now_s)
            found.append((entry, self._free_attempts * _ADDRESS_FACTOR))
        return found

    def _entry(self, table: OrderedDict[str, _Failures], key: str, now_s: float) -> _Failures:
        entry = table.get(key)
        if entry is None or (now_s - entry.last_s > self._delay_max_s and now_s >= entry.free_at_s):
            entry = table[key] = _Failures(0, now_s, now_s)
        table.move_to_end(key)
        while len(table) > MAX_REMEMBERED:
            table.popitem(last=False)
        return entry


def network_of(address: str) -> str:
    """What one customer gets: an IPv4 address, of IPv6 the /64."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:MAX_NAME_LENGTH]
    if parsed.version == 6:
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
