"""The ASGI application: layers around a table of routes. It answers from the first moment, 503 until it is ready.

A dashboard asks small questions by the hundred, and as much time as the question itself takes goes into a task, the
layers' wrappers and ASGI's messages. So endpoints that can may answer at once: `Application.at_once` is what the layers
do, in their order, for a request that none of them has anything to object to or to add to.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct
from prometheus_client import CollectorRegistry
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from vedette.errors import Unavailable
from vedette.http.answer import Answer, header_lines
from vedette.http.errors import Errors, response_to_any
from vedette.http.gate import Gate
from vedette.http.middleware.access import Access
from vedette.http.middleware.body import BodyLimit
from vedette.http.middleware.headers import API_HEADERS, SecurityHeaders
from vedette.http.middleware.origin import OriginCheck
from vedette.http.middleware.proxy import TrustedProxies
from vedette.http.policy import POLICY, keys_of
from vedette.http.route_table import RouteTable
from vedette.http.settings import HttpSettings

_API_LINES: Final = header_lines(API_HEADERS)


class WireAnswer(Struct, frozen=True):
    """An answer as it goes over the wire, but for the status line, the date and the length of the body."""

    status: int
    head: bytes
    """Header lines, each with its end."""
    body: bytes


class Application:
    """Give it the routes with `open`; take them away with `shut` when stopping."""

    def __init__(self, settings: HttpSettings, registry: CollectorRegistry, always: Sequence[BaseRoute] = ()) -> None:
        """`always` are the routes that answer before `open` and after `shut`."""
        self._always = RouteTable(always)
        self._table: RouteTable | None = None
        self._reason = "starting"
        app: ASGIApp = self._dispatch
        app = self._body = BodyLimit(app, settings.max_body_bytes)
        app = self._origin = OriginCheck(app, [settings.host, *settings.allowed_hosts], settings.allowed_origins)
        app = Errors(app)
        app = self._headers = SecurityHeaders(app, settings.hsts_max_age_s)
        app = self._proxies = TrustedProxies(app, settings.trusted_proxies)
        self._app = self._access = Access(app, registry, settings.access_log)

    @property
    def is_ready(self) -> bool:
        """Whether requests are served."""
        return self._table is not None

    @property
    def reason(self) -> str:
        """Why requests are not served."""
        return self._reason

    def open(self, routes: Sequence[BaseRoute], gate: Gate, fallback: Route | None = None) -> None:
        """Serve these routes from now on to whom `gate` lets in; `fallback` gets the GET requests that none takes.

        Each must have its entries in the policy table.
        """
        for route in [*routes, *([fallback] if fallback else [])]:
            for key in keys_of(route):
                if key not in POLICY:
                    raise AssertionError(f"BUG: {key} has no entry in http/policy.py")
        self._table = RouteTable([*routes, *self._always.routes], gate, fallback)

    def shut(self, reason: str) -> None:
        """Refuse everything but the routes that always answer; requests under way go on."""
        self._reason = reason
        self._table = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def at_once(self, scope: Scope, body: bytes | bytearray) -> WireAnswer | None:
        """The answer to a request whose whole body is there, or None when it has to go through the layers."""
        table = self._table
        prompt = table.prompt(scope) if table is not None else None
        self._proxies.note(scope)
        if table is None or prompt is None or not self._body.passes(body) or not self._origin.passes(scope):
            return None
        started_s = self._access.enter(scope)
        try:
            table.admit(scope)
            answer = prompt(scope, body)
        except Exception as error:  # noqa: BLE001 - as in `Errors`: whatever it is, the client gets an answer
            answer = _whole(response_to_any(error, scope))
        if answer is None:
            return None
        self._access.leave(scope, answer.status, started_s)
        transport = header_lines(self._headers.transport(scope))
        head = _lines(answer.headers) + _API_LINES + transport + self._access.id_line(scope)
        return WireAnswer(answer.status, head, answer.body)

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        if self._table is not None:
            await self._table(scope, receive, send)
        elif self._always.knows(scope):
            await self._always(scope, receive, send)
        else:
            raise Unavailable(f"the server is {self._reason}")


_lines = lru_cache(maxsize=64)(header_lines)


def _whole(response: Response) -> Answer:
    headers = tuple(header for header in response.raw_headers if header[0] != b"content-length")
    return Answer(bytes(response.body), response.status_code, headers)
