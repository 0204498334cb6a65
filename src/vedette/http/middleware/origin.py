"""Refuses requests that a foreign page makes through a browser: DNS rebinding, cross-site posts and sockets."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vedette.http.errors import request_id_of, response_of_status

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
    (b"access-control-allow-headers", b"content-type, content-encoding"),
    (b"access-control-max-age", b"600"),
]


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

    def passes(self, scope: Scope) -> bool:
        """Whether the request is addressed to this server and comes from a program or from our own page."""
        host = origin = b""
        for name, value in scope["headers"]:
            if name == b"host":
                host = value
            elif name == b"origin":
                origin = value
        return self._is_own(host) and (not origin or _is_same(origin, host))

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
        elif not origin or _is_same(origin, host):
            await self._app(scope, receive, send)
        elif self._is_allowed(origin):
            await self._share(origin, scope, receive, send)
        elif kind == "http" and scope["method"] in _SAFE_METHODS:
            # Browsers keep such an answer from the page that asked; programs may read it.
            await self._app(scope, receive, send)
        else:
            message = "request from a page of another origin; allow it with the setting http.allowed_origins"
            await self._refuse(403, message, scope, receive, send)

    async def _share(self, origin: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a page of an allowed origin ask and read the answer."""
        shared = [(b"access-control-allow-origin", origin), (b"vary", b"origin")]
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": shared + _PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *shared]
            await send(message)

        await self._app(scope, receive, with_headers)

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

    def _is_allowed(self, origin: bytes) -> bool:
        return origin.decode("latin-1").lower().rstrip("/") in self._origins


def _is_same(origin: bytes, host: bytes) -> bool:
    return origin.lower().partition(b"://")[2] == host.lower()
