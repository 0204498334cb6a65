"""Refuses requests that a foreign page makes through a browser: DNS rebinding, cross-site posts and sockets."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from vedette.http.errors import request_id_of, response_of_status

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def host_name(authority: str) -> str:
    """The host of `host:port`, `[v6]:port` or `host`, in lower case."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.partition(":")[0].lower().rstrip(".")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class OriginCheck:
    """This server's names: every IP address (rebinding needs a name), localhost, the machine's own and those given."""

    def __init__(self, app: ASGIApp, names: Iterable[str] = (), origins: Iterable[str] = ()) -> None:
        self._app = app
        self._names = {"localhost", socket.gethostname().lower(), *(name.lower() for name in names)}
        self._origins = {origin.lower().rstrip("/") for origin in origins}
        self._known: dict[bytes, bool] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        host = origin = b""
        for name, value in scope["headers"]:
            if name == b"host":
                host = value
            elif name == b"origin":
                origin = value
        if not self._is_own(host):
            message = "this server is not known by that host name; allow it with the setting http.allowed_hosts"
            await self._refuse(421, message, scope, receive, send)
        elif (
            origin and (kind == "websocket" or scope["method"] not in _SAFE_METHODS) and self._is_foreign(origin, host)
        ):
            message = "request from a page of another origin; allow it with the setting http.allowed_origins"
            await self._refuse(403, message, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _refuse(self, status: int, message: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": message})
        else:
            await response_of_status(status, message, request_id_of(scope))(scope, receive, send)

    def _is_own(self, host: bytes) -> bool:
        known = self._known.get(host)
        if known is None:
            known = self._judge(host_name(host.decode("latin-1")))
            if len(self._known) < 1000:
                self._known[host] = known
        return known

    def _judge(self, name: str) -> bool:
        # No Host header at all comes from programs, never from a browser.
        if not name or name in self._names or name.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _is_foreign(self, origin: bytes, host: bytes) -> bool:
        text = origin.decode("latin-1").lower().rstrip("/")
        _, _, authority = text.partition("://")
        return authority != host.decode("latin-1").lower() and text not in self._origins
