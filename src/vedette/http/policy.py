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
    ("POST", "/-/reload"): Access.ADMIN,
    ("PUT", "/-/reload"): Access.ADMIN,
    ("GET", "/"): Access.PUBLIC,
    ("GET", "/{path:path}"): Access.PUBLIC,
    ("GET", "/metrics"): Access.READ,
    ("GET", "/api/v1/openapi.json"): Access.PUBLIC,
    ("GET", "/api/v1/settings"): Access.ADMIN,
    ("POST", "/api/v1/write"): Access.INGEST,
    ("POST", "/write"): Access.INGEST,
    ("POST", "/api/v2/write"): Access.INGEST,
    ("GET", "/ping"): Access.PUBLIC,
    ("POST", "/api/v1/import/prometheus"): Access.INGEST,
    ("POST", "/api/v1/samples"): Access.INGEST,
    ("POST", "/metrics/{group:path}"): Access.INGEST,
    ("PUT", "/metrics/{group:path}"): Access.INGEST,
    ("DELETE", "/metrics/{group:path}"): Access.INGEST,
    ("POST", "/api/v1/import/prometheus/metrics/{group:path}"): Access.INGEST,
    ("PUT", "/api/v1/import/prometheus/metrics/{group:path}"): Access.INGEST,
    ("DELETE", "/api/v1/import/prometheus/metrics/{group:path}"): Access.INGEST,
    ("WS", "/api/v1/push"): Access.INGEST,
    ("GET", "/api/v1/status/cardinality"): Access.READ,
    ("WS", "/ws/metrics/stream"): Access.READ,
    ("GET", "/stream/metrics"): Access.READ,
    ("GET", "/api/v1/query"): Access.READ,
    ("POST", "/api/v1/query"): Access.READ,
    ("GET", "/api/v1/query_range"): Access.READ,
    ("POST", "/api/v1/query_range"): Access.READ,
    ("GET", "/api/v1/query_exemplars"): Access.READ,
    ("POST", "/api/v1/query_exemplars"): Access.READ,
    ("GET", "/api/v1/format_query"): Access.READ,
    ("POST", "/api/v1/format_query"): Access.READ,
    ("GET", "/api/v1/parse_query"): Access.READ,
    ("POST", "/api/v1/parse_query"): Access.READ,
    ("GET", "/api/v1/series"): Access.READ,
    ("POST", "/api/v1/series"): Access.READ,
    ("GET", "/api/v1/labels"): Access.READ,
    ("POST", "/api/v1/labels"): Access.READ,
    ("GET", "/api/v1/explain"): Access.READ,
    ("POST", "/api/v1/explain"): Access.READ,
    ("GET", "/api/v1/label/{name}/values"): Access.READ,
    ("GET", "/api/v1/metadata"): Access.READ,
    ("GET", "/api/v1/targets"): Access.READ,
    ("GET", "/api/v1/targets/metadata"): Access.READ,
    ("GET", "/api/v1/rules"): Access.READ,
    ("GET", "/api/v1/alerts"): Access.READ,
    ("GET", "/api/v1/alertmanagers"): Access.READ,
    ("GET", "/api/v1/status/buildinfo"): Access.READ,
    ("GET", "/api/v1/status/runtimeinfo"): Access.READ,
    ("GET", "/api/v1/status/tsdb"): Access.READ,
    ("GET", "/api/v1/status/walreplay"): Access.READ,
    ("GET", "/federate"): Access.READ,
    ("GET", "/api/v1/queries"): Access.READ,
    ("POST", "/api/v1/metrics/query"): Access.READ,
    ("GET", "/api/v1/status/config"): Access.ADMIN,
    ("GET", "/api/v1/status/flags"): Access.ADMIN,
    ("POST", "/api/v1/backfill"): Access.ADMIN,
    ("DELETE", "/api/v1/queries/{id}"): Access.ADMIN,
    ("POST", "/api/v1/admin/tsdb/delete_series"): Access.ADMIN,
    ("POST", "/api/v1/admin/tsdb/clean_tombstones"): Access.ADMIN,
    ("POST", "/api/v1/admin/tsdb/snapshot"): Access.ADMIN,
    ("PUT", "/api/v1/admin/tsdb/delete_series"): Access.ADMIN,
    ("PUT", "/api/v1/admin/tsdb/clean_tombstones"): Access.ADMIN,
    ("PUT", "/api/v1/admin/tsdb/snapshot"): Access.ADMIN,
}


def keys_of(route: BaseRoute) -> list[tuple[str, str]]:
    """(method, path) pairs of a route; HEAD follows GET, a socket's method is WS."""
    if isinstance(route, WebSocketRoute):
        return [("WS", route.path)]
    if isinstance(route, Route):
        methods = route.methods or {"GET"}
        return [(method, route.path) for method in sorted(methods) if method != "HEAD"]
    raise AssertionError(f"BUG: {route!r} is neither a Route nor a WebSocketRoute")
