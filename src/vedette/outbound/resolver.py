"""Names to addresses on threads of our own: a name server that does not answer must not stop everything else."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Final

from vedette.clock import Clock
from vedette.errors import Unavailable
from vedette.outbound.daemon_threads import DaemonThreads

Resolved = tuple[socket.AddressFamily, str]
"""An address as it is connected to."""

KEEP_S: Final = 30.0
"""How long an answer is used again."""


class Resolver:
    """Looks names up once for all who ask at the same time; addresses are then connected to as they are."""

    def __init__(self, clock: Clock, threads: DaemonThreads) -> None:
        self._clock = clock
        self._threads = threads
        self._known: dict[str, tuple[float, list[Resolved]]] = {}
        self._asking: dict[str, asyncio.Future[list[Resolved]]] = {}

    async def resolve(self, host: str) -> list[Resolved]:
        """Addresses in the order of preference, at least one. Raises Unavailable."""
        literal = _literal(host)
        if literal is not None:
            return [literal]
        kept = self._known.get(host)
        if kept is not None and kept[0] > self._clock.monotonic_s():
            return kept[1]
        asking = self._asking.get(host)
        if asking is None:
            asking = self._asking[host] = asyncio.ensure_future(self._threads.run(look_up, host))
            asking.add_done_callback(lambda done: self._answered(host, done))
        try:
            # One caller's timeout must not cancel the look-up for the others.
            return await asyncio.shield(asking)
        except (OSError, UnicodeError) as error:
            raise Unavailable(f"no address for host {host!r}: {reason_of(error)}") from None

    def forget(self, host: str) -> None:
        """Ask anew next time, after a failure to connect."""
        self._known.pop(host, None)

    def _answered(self, host: str, done: asyncio.Future[list[Resolved]]) -> None:
        self._asking.pop(host, None)
        if not done.cancelled() and done.exception() is None:
            now_s = self._clock.monotonic_s()
            if len(self._known) > 10_000:
                self._known = {name: kept for name, kept in self._known.items() if kept[0] > now_s}
            self._known[host] = (now_s + KEEP_S, done.result())


def is_loopback(address: str) -> bool:
    """Whether an address never leaves this machine."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _literal(host: str) -> Resolved | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return (socket.AF_INET if address.version == 4 else socket.AF_INET6), host


def look_up(host: str) -> list[Resolved]:
    """All addresses of a name, each once. Raises OSError or UnicodeError. Blocks for as long as name servers do."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    families = (socket.AF_INET, socket.AF_INET6)
    wanted = [(family, str(sockaddr[0])) for family, _, _, _, sockaddr in found if family in families]
    if not wanted:
        raise OSError("no IPv4 or IPv6 address")
    return list(dict.fromkeys(wanted))


def numeric(host: str) -> list[Resolved]:
    """The address that a text is, also in octal, hexadecimal or as one number; empty for a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [(family, str(sockaddr[0])) for family, _, _, _, sockaddr in found]


def reason_of(error: OSError | UnicodeError) -> str:
    """Why a name could not be looked up."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
