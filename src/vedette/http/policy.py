"""Who may do what: one entry for every route and method. A route without an entry is refused, also at start."""

from __future__ import annotations

from enum import Enum
from typing import Final

from starlette.routing import BaseRoute, Route, WebSocketRoute


class Access(Enum):
    """The right that a route asks for, weakest first."""

    PUBLIC = "public"
    """Anybody who reaches the port: liveness, the page's own files."""
    INGEST = "ingest"
    """Send samples."""
    READ = "read"
    """Ask questions."""
    EDIT = "edit"
    """Change what is shown."""
    ADMIN = "admin"
    """Operate the server: settings, deletion, other people's queries."""


POLICY: Final[dict[tuple[str, str], Access]] = {
    ("GET", "/-/healthy"): Access.PUBLIC,
    ("GET", "/-/ready"): Access.PUBLIC,
    ("GET", "/"): Access.PUBLIC,
    ("GET", "/{path:path}"): Access.PUBLIC,
    ("GET", "/metrics"): Access.READ,
    ("GET", "/api/v1/openapi.json"): Access.PUBLIC,
    ("GET", "/api/v1/settings"): Access.ADMIN,
    ("WS", "/ws/metrics/stream"): Access.READ,
    ("GET", "/stream/metrics"): Access.READ,
}


def keys_of(route: BaseRoute) -> list[tuple[str, str]]:
    """(method, path) pairs of a route; HEAD follows GET, a socket's method is WS."""
    if isinstance(route, WebSocketRoute):
        return [("WS", route.path)]
    if isinstance(route, Route):
        methods = route.methods or {"GET"}
        return [(method, route.path) for method in sorted(methods) if method != "HEAD"]
    raise AssertionError(f"BUG: {route!r} is neither a Route nor a WebSocketRoute")
