"""Gives each request an id, times it and counts it by route; logs it when asked to."""

from __future__ import annotations

import itertools
import os
from time import perf_counter

import structlog
from prometheus_client import CollectorRegistry, Gauge
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vedette.http.errors import path_for_log
from vedette.telemetry.tally import Counts, Durations

_log = structlog.get_logger(__name__)
_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STARTS = ("http.response.start", "websocket.http.response.start")


class Access:
    """The outermost layer."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry, log_all: bool = False) -> None:
        self._app = app
        self._log_all = log_all
        # Unique without asking the system for randomness at each request.
        self._id_prefix = os.urandom(6).hex()
        self._ids = itertools.count(1)
        self._requests = Counts(
            "vedette_http_requests", "Requests by route, method and status.", ["route", "method", "status"], registry
        )
        self._seconds = Durations(
            "vedette_http_request_duration_seconds",
            "Time from the head of a request to the end of its answer.",
            ["route"],
            _BUCKETS_S,
            registry,
        )
        self._open = Gauge("vedette_http_open", "Requests and sockets being served.", ["kind"], registry=registry)
        self._open_by_kind = {kind: self._open.labels(kind) for kind in ("http", "websocket")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind not in self._open_by_kind:
            await self._app(scope, receive, send)
            return
        started_s = self.enter(scope)
        status = 0
        header = (b"x-request-id", scope["vedette.request_id"].encode())

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] in _STARTS:
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), header]
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.close" and status == 0:
                status = 403
            await send(message)

        self._open_by_kind[kind].inc()
        try:
            await self._app(scope, receive, with_id)
        finally:
            self._open_by_kind[kind].dec()
            self.leave(scope, status, started_s)

    def enter(self, scope: Scope) -> float:
        """Give the request its id; the moment to hand to `leave`."""
        scope["vedette.request_id"] = f"{self._id_prefix}-{next(self._ids)}"
        return perf_counter()

    def id_line(self, scope: Scope) -> bytes:
        """The header that tells the id, as it goes over the wire."""
        return b"x-request-id: %b\r\n" % scope["vedette.request_id"].encode()

    def leave(self, scope: Scope, status: int, started_s: float) -> None:
        """Count the request, and log it when asked to."""
        seconds = perf_counter() - started_s
        # Only known routes become label values: paths are the client's and without bound.
        route = getattr(scope.get("route"), "path", "")
        method = scope.get("method", "WS") if route else ""
        self._requests.add((route, method, str(status)))
        if scope["type"] == "http":
            self._seconds.add((route,), seconds)
        if self._log_all:
            _log.info(
                "request",
                method=method,
                path=path_for_log(scope),
                status=status,
                duration_ms=round(seconds * 1000, 1),
                request_id=scope["vedette.request_id"],
            )
