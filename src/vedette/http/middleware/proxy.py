"""Who asks, and by which name and scheme: what a trusted proxy says of it; what anybody else says counts nothing.

Behind a trusted proxy `vedette.client_address` of the scope is the client's address, for rate limits and the audit log
(`gate.address_of` reads it), and `scheme` and the Host header are those that the client used.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from vedette.http.settings import read_networks

CLIENT_ADDRESS: Final = "vedette.client_address"
_SCHEMES: Final = {("http", b"https"): "https", ("http", b"http"): "http"} | {
    ("websocket", b"https"): "wss",
    ("websocket", b"http"): "ws",
    ("websocket", b"wss"): "wss",
    ("websocket", b"ws"): "ws",
}
_MAX_KNOWN: Final = 10_000
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TrustedProxies:
    """Reads `X-Forwarded-For`, `-Proto` and `-Host`, only from peers in the given networks.

    Of several addresses the last one counts that is no trusted proxy itself: those before it are what a client may
    have made up. Of several schemes and hosts the last one counts, which the nearest proxy has set.
    """

    def __init__(self, app: ASGIApp, trusted: Iterable[str] = ()) -> None:
        self._app = app
        self._trusted = read_networks(trusted)
        self._known: dict[str, bool] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            self.note(scope)
        await self._app(scope, receive, send)

    def note(self, scope: Scope) -> None:
        """Write into the scope who asks and how, if the peer is a trusted proxy."""
        if not self._trusted:
            return
        client = scope.get("client")
        peer = str(client[0]) if client else ""
        if self._is_trusted(peer):
            self._believe(scope, peer)

    def _believe(self, scope: Scope, peer: str) -> None:
        forwarded: list[bytes] = []
        scheme = host = b""
        for name, value in scope["headers"]:
            if name == b"x-forwarded-for":
                forwarded += value.split(b",")
            elif name == b"x-forwarded-proto":
                scheme = value.rpartition(b",")[2].strip().lower()
            elif name == b"x-forwarded-host":
                host = value.rpartition(b",")[2].strip()
        scope[CLIENT_ADDRESS] = self._sender(peer, forwarded)
        scope["scheme"] = _SCHEMES.get((scope["type"], scheme), scope["scheme"])
        if host:
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope["headers"] = [(b"host", host), *others]

    def _sender(self, peer: str, forwarded: list[bytes]) -> str:
        for entry in reversed(forwarded):
            address = _address_of(entry.decode("latin-1").strip())
            if address is None:
                # A proxy that does not tell: itself is all that is known.
                return peer
            peer = str(address)
            if not self._is_trusted(peer):
                return peer
        return peer

    def _is_trusted(self, peer: str) -> bool:
        known = self._known.get(peer)
        if known is None:
            address = _address_of(peer)
            known = address is not None and any(address in network for network in self._trusted)
            if len(self._known) < _MAX_KNOWN:
                self._known[peer] = known
        return known


def _address_of(text: str) -> _Address | None:
    """The address of `address`, `address:port`, `[v6]` or `[v6]:port`; an IPv4 address that IPv6 wraps, unwrapped."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
