"""Who may do what: one entry for every route and method. A route without an entry is refused, also at start."""

from __future__ import annotations

from enum import Enum
from typing import Final

from starlette.routing import BaseRoute, Route, WebSocketRoute

from vedette.auth.permission import Permission
from vedette.http.rates import RateClass

Key = tuple[str, str]
"""(method, path as the route has it); the method of a socket is WS."""


class Open(Enum):
    """What needs no right in particular."""

    PUBLIC = "public"
    """Anybody who reaches the port: liveness, the page's own files, signing in."""
    SIGNED_IN = "signed in"
    """Whoever is known: one's own profile."""


Need = Permission | Open

_READ: Final = Permission.METRICS_READ
_STATUS: Final = Permission.STATUS_READ
_INGEST: Final = Permission.SAMPLES_WRITE
_SEE: Final = Permission.DOCUMENTS_READ
_EDIT: Final = Permission.DOCUMENTS_WRITE
_SERIES: Final = Permission.SERIES_DELETE
_PROJECT: Final = Permission.PROJECT_ADMIN
_INSTANCE: Final = Permission.INSTANCE_ADMIN

POLICY: Final[dict[Key, Need]] = {
    ("GET", "/-/healthy"): Open.PUBLIC,
    ("GET", "/-/ready"): Open.PUBLIC,
    ("POST", "/-/reload"): _INSTANCE,
    ("PUT", "/-/reload"): _INSTANCE,
    ("GET", "/"): Open.PUBLIC,
    ("GET", "/{path:path}"): Open.PUBLIC,
    ("GET", "/metrics"): _STATUS,
    ("GET", "/api/v1/openapi.json"): Open.PUBLIC,
    ("GET", "/api/v1/settings"): _INSTANCE,
    ("POST", "/api/v1/write"): _INGEST,
    ("POST", "/write"): _INGEST,
    ("POST", "/api/v2/write"): _INGEST,
    ("GET", "/ping"): Open.PUBLIC,
    ("POST", "/api/v1/import/prometheus"): _INGEST,
    ("POST", "/api/v1/samples"): _INGEST,
    ("POST", "/api/v1/sample-data"): _INGEST,
    ("POST", "/metrics/{group:path}"): _INGEST,
    ("PUT", "/metrics/{group:path}"): _INGEST,
    ("DELETE", "/metrics/{group:path}"): _INGEST,
    ("POST", "/api/v1/import/prometheus/metrics/{group:path}"): _INGEST,
    ("PUT", "/api/v1/import/prometheus/metrics/{group:path}"): _INGEST,
    ("DELETE", "/api/v1/import/prometheus/metrics/{group:path}"): _INGEST,
    ("WS", "/api/v1/push"): _INGEST,
    ("GET", "/api/v1/status/cardinality"): _STATUS,
    ("WS", "/ws/metrics/stream"): _READ,
    ("GET", "/stream/metrics"): _READ,
    ("GET", "/api/v1/query"): _READ,
    ("POST", "/api/v1/query"): _READ,
    ("GET", "/api/v1/query_range"): _READ,
    ("POST", "/api/v1/query_range"): _READ,
    ("GET", "/api/v1/query_exemplars"): _READ,
    ("POST", "/api/v1/query_exemplars"): _READ,
    ("GET", "/api/v1/format_query"): _READ,
    ("POST", "/api/v1/format_query"): _READ,
    ("GET", "/api/v1/parse_query"): _READ,
    ("POST", "/api/v1/parse_query"): _READ,
    ("GET", "/api/v1/series"): _READ,
    ("POST", "/api/v1/series"): _READ,
    ("GET", "/api/v1/labels"): _READ,
    ("POST", "/api/v1/labels"): _READ,
    ("GET", "/api/v1/explain"): _READ,
    ("POST", "/api/v1/explain"): _READ,
    ("GET", "/api/v1/label/{name}/values"): _READ,
    ("GET", "/api/v1/metadata"): _READ,
    ("GET", "/api/v1/targets"): _STATUS,
    ("GET", "/api/v1/targets/metadata"): _STATUS,
    ("GET", "/api/v1/rules"): _READ,
    ("GET", "/api/v1/alerts"): _READ,
    ("GET", "/api/v1/alerts/history"): _READ,
    ("POST", "/api/v1/rules/backtest"): _READ,
    ("POST", "/api/v1/rules/watching"): _READ,
    ("POST", "/api/v1/rules/import"): _EDIT,
    ("GET", "/api/v1/alertmanagers"): _READ,
    ("GET", "/api/v1/status/buildinfo"): _READ,
    ("GET", "/api/v1/status/runtimeinfo"): _READ,
    ("GET", "/api/v1/status/tsdb"): _STATUS,
    ("GET", "/api/v1/status/walreplay"): _READ,
    ("GET", "/federate"): _READ,
    ("GET", "/api/history/metrics"): _READ,
    ("GET", "/api/metrics/at"): _READ,
    ("GET", "/api/v1/queries"): _STATUS,
    ("POST", "/api/v1/metrics/query"): _READ,
    ("POST", "/api/v1/metrics/queries"): _READ,
    ("GET", "/api/v1/status/config"): _INSTANCE,
    ("GET", "/api/v1/status/flags"): _INSTANCE,
    ("POST", "/api/v1/backfill"): _SERIES,
    ("DELETE", "/api/v1/queries/{id}"): _PROJECT,
    ("POST", "/api/v1/admin/tsdb/delete_series"): _SERIES,
    ("POST", "/api/v1/admin/tsdb/clean_tombstones"): _INSTANCE,
    ("POST", "/api/v1/admin/tsdb/snapshot"): _INSTANCE,
    ("PUT", "/api/v1/admin/tsdb/delete_series"): _SERIES,
    ("PUT", "/api/v1/admin/tsdb/clean_tombstones"): _INSTANCE,
    ("PUT", "/api/v1/admin/tsdb/snapshot"): _INSTANCE,
    ("GET", "/api/v1/documents/{kind}"): _SEE,
    ("POST", "/api/v1/documents/{kind}"): _EDIT,
    ("GET", "/api/v1/documents/{kind}/{id}"): _SEE,
    ("PUT", "/api/v1/documents/{kind}/{id}"): _EDIT,
    ("DELETE", "/api/v1/documents/{kind}/{id}"): _EDIT,
    ("POST", "/api/v1/documents/{kind}/{id}/restore"): _EDIT,
    ("GET", "/api/v1/documents/{kind}/{id}/versions"): _SEE,
    ("GET", "/api/v1/documents/{kind}/{id}/versions/{version}"): _SEE,
    ("GET", "/api/v1/alerting/alerts"): _READ,
    ("POST", "/api/v1/alerting/alerts/{fingerprint}/acknowledge"): _EDIT,
    ("DELETE", "/api/v1/alerting/alerts/{fingerprint}/acknowledge"): _EDIT,
    ("GET", "/api/v1/alerting/contact-types"): _SEE,
    # Only who may change contact points may make the server send to them.
    ("POST", "/api/v1/alerting/contact-points/test"): _EDIT,
    ("POST", "/api/v1/alerting/routes/test"): _STATUS,
    ("POST", "/api/v1/alerting/silences/preview"): _STATUS,
    ("GET", "/api/v1/alerting/on-call"): _SEE,
    # Notifications tell of whole groups, of which a role with a selector would see a part only.
    ("GET", "/api/v1/alerting/notifications"): _STATUS,
    ("GET", "/api/v1/alerting/notifications/{id}"): _STATUS,
    ("POST", "/api/v1/alerting/notifications/retry"): _EDIT,
    ("GET", "/api/v1/alerting/bell"): _STATUS,
    ("POST", "/api/v1/alerting/bell/read"): _STATUS,
    ("POST", "/api/v1/alerting/import"): _EDIT,
    ("GET", "/api/v2/alerts"): _READ,
    ("POST", "/api/v2/alerts"): _INGEST,
    ("GET", "/api/v2/alerts/groups"): _READ,
    ("GET", "/api/v2/silences"): _SEE,
    ("POST", "/api/v2/silences"): _EDIT,
    ("GET", "/api/v2/silence/{id}"): _SEE,
    ("DELETE", "/api/v2/silence/{id}"): _EDIT,
    ("GET", "/api/v2/receivers"): _SEE,
    ("GET", "/api/v2/status"): _SEE,
    ("GET", "/api/v1/annotations"): _SEE,
    ("POST", "/api/v1/annotations"): _EDIT,
    ("GET", "/api/v1/annotations/{id}"): _SEE,
    ("PATCH", "/api/v1/annotations/{id}"): _EDIT,
    ("DELETE", "/api/v1/annotations/{id}"): _EDIT,
    ("GET", "/api/v1/dashboards/search"): _SEE,
    ("POST", "/api/v1/dashboards/check"): _EDIT,
    ("POST", "/api/v1/dashboards/many"): _EDIT,
    ("POST", "/api/v1/dashboards/export"): _SEE,
    ("POST", "/api/v1/dashboards/take"): _EDIT,
    # What changes something asks for more, field by field.
    ("POST", "/api/v1/graphql"): _SEE,
    ("GET", "/api/v1/preferences"): _SEE,
    ("PATCH", "/api/v1/preferences"): _SEE,
    ("POST", "/api/v1/dashboards/import"): _EDIT,
    ("GET", "/api/v1/dashboards/provisioned"): _SEE,
    ("POST", "/api/v1/dashboards/{id}/write-back"): _EDIT,
    ("GET", "/api/v1/plugins"): _SEE,
    # Named by the hash of its content: who asks has seen the list, or was shown a dashboard that has one.
    ("GET", "/plugins/{name}/{digest}/{file}"): Open.PUBLIC,
    ("GET", "/api/v1/templates"): _SEE,
    ("GET", "/api/v1/templates/{id}"): _SEE,
    ("POST", "/api/v1/templates/{id}/instantiate"): _EDIT,
    ("GET", "/api/v1/shares"): _SEE,
    ("POST", "/api/v1/shares"): _EDIT,
    ("DELETE", "/api/v1/shares/{id}"): _EDIT,
    ("GET", "/api/v1/snapshots"): _SEE,
    ("POST", "/api/v1/snapshots"): _EDIT,
    ("POST", "/api/v1/snapshots/import"): _EDIT,
    ("DELETE", "/api/v1/snapshots/{id}"): _EDIT,
    ("GET", "/api/v1/snapshots/{id}/content"): _SEE,
    ("POST", "/api/v1/snapshots/{id}/link"): _EDIT,
    ("DELETE", "/api/v1/snapshots/{id}/link"): _EDIT,
    # These let in whoever has the token of a public link, and nobody else.
    ("GET", "/api/v1/public/dashboard"): Open.PUBLIC,
    ("POST", "/api/v1/public/query"): Open.PUBLIC,
    ("GET", "/api/v1/public/snapshot"): Open.PUBLIC,
    ("GET", "/api/v1/public/annotations"): Open.PUBLIC,
    ("GET", "/api/v1/public/plugins"): Open.PUBLIC,
    ("WS", "/ws/public"): Open.PUBLIC,
    ("GET", "/embed"): Open.PUBLIC,
    ("GET", "/api/v1/session"): Open.PUBLIC,
    ("POST", "/api/v1/session"): Open.PUBLIC,
    ("DELETE", "/api/v1/session"): Open.SIGNED_IN,
    ("POST", "/api/v1/setup"): Open.PUBLIC,
    ("GET", "/api/v1/oidc/{provider}/start"): Open.PUBLIC,
    ("GET", "/api/v1/oidc/{provider}/callback"): Open.PUBLIC,
    ("POST", "/api/v1/tickets"): Open.SIGNED_IN,
    ("GET", "/api/v1/profile"): Open.SIGNED_IN,
    ("PATCH", "/api/v1/profile"): Open.SIGNED_IN,
    ("POST", "/api/v1/profile/password"): Open.SIGNED_IN,
    ("POST", "/api/v1/profile/totp"): Open.SIGNED_IN,
    ("DELETE", "/api/v1/profile/totp"): Open.SIGNED_IN,
    ("POST", "/api/v1/profile/totp/confirm"): Open.SIGNED_IN,
    ("GET", "/api/v1/profile/sessions"): Open.SIGNED_IN,
    ("DELETE", "/api/v1/profile/sessions"): Open.SIGNED_IN,
    ("DELETE", "/api/v1/profile/sessions/{id}"): Open.SIGNED_IN,
    ("GET", "/api/v1/profile/keys"): Open.SIGNED_IN,
    ("POST", "/api/v1/profile/keys"): Open.SIGNED_IN,
    ("DELETE", "/api/v1/profile/keys/{id}"): Open.SIGNED_IN,
    ("GET", "/api/v1/users"): _INSTANCE,
    ("POST", "/api/v1/users"): _INSTANCE,
    ("GET", "/api/v1/users/{id}"): _INSTANCE,
    ("PATCH", "/api/v1/users/{id}"): _INSTANCE,
    ("DELETE", "/api/v1/users/{id}"): _INSTANCE,
    ("POST", "/api/v1/users/{id}/link"): _INSTANCE,
    ("DELETE", "/api/v1/users/{id}/sessions"): _INSTANCE,
    ("DELETE", "/api/v1/users/{id}/totp"): _INSTANCE,
    # Whoever assigns a role has to see what there is.
    ("GET", "/api/v1/roles"): Open.SIGNED_IN,
    ("GET", "/api/v1/roles/{name}"): Open.SIGNED_IN,
    ("POST", "/api/v1/roles"): _INSTANCE,
    ("PUT", "/api/v1/roles/{name}"): _INSTANCE,
    ("DELETE", "/api/v1/roles/{name}"): _INSTANCE,
    # Of the list everybody sees their own.
    ("GET", "/api/v1/projects"): Open.SIGNED_IN,
    ("POST", "/api/v1/projects"): _INSTANCE,
    ("GET", "/api/v1/projects/{project}"): _PROJECT,
    ("PATCH", "/api/v1/projects/{project}"): _PROJECT,
    ("DELETE", "/api/v1/projects/{project}"): _INSTANCE,
    ("POST", "/api/v1/projects/{name}/restore"): _INSTANCE,
    ("GET", "/api/v1/projects/{project}/members"): _PROJECT,
    ("PUT", "/api/v1/projects/{project}/members/{user}"): _PROJECT,
    ("DELETE", "/api/v1/projects/{project}/members/{user}"): _PROJECT,
    ("GET", "/api/v1/projects/{project}/keys"): _PROJECT,
    ("POST", "/api/v1/projects/{project}/keys"): _PROJECT,
    ("DELETE", "/api/v1/projects/{project}/keys/{id}"): _PROJECT,
    ("GET", "/api/v1/projects/{project}/usage"): _PROJECT,
    ("GET", "/api/v1/projects/{project}/privacy/rules"): _PROJECT,
    ("POST", "/api/v1/projects/{project}/privacy/rules"): _PROJECT,
    ("PUT", "/api/v1/projects/{project}/privacy/rules/{id}"): _PROJECT,
    ("DELETE", "/api/v1/projects/{project}/privacy/rules/{id}"): _PROJECT,
    ("POST", "/api/v1/projects/{project}/privacy/dry-run"): _PROJECT,
    ("GET", "/api/v1/projects/{project}/privacy/counts"): _PROJECT,
    ("GET", "/api/v1/audit"): _PROJECT,
    ("GET", "/api/v1/audit/export"): _PROJECT,
    ("GET", "/api/v1/audit/verify"): _INSTANCE,
}


_LOGIN: Final[frozenset[Key]] = frozenset(
    (("POST", "/api/v1/session"), ("POST", "/api/v1/setup"), ("GET", "/api/v1/oidc/{provider}/callback"))
)
"""Routes at which secrets could be guessed."""

_UNCOUNTED: Final[frozenset[Key]] = frozenset(
    (
        *(("GET", "/-/healthy"), ("GET", "/-/ready"), ("GET", "/ping"), ("GET", "/"), ("GET", "/{path:path}")),
        ("GET", "/plugins/{name}/{digest}/{file}"),
    )
)
"""Open to all and cheaper than a refusal: liveness, and the page's files, which a whole office may load at once."""


def needs_of(key: Key) -> Need:
    """What a route asks for; a route without an entry is never opened, see `Application.open`."""
    return POLICY[key]


def rate_class_of(key: Key) -> RateClass:
    """Which rate limit counts a route's requests."""
    return _RATE_CLASSES[key]


def counts_by_address(key: Key) -> bool:
    """Whether requests at a route that is open to all are counted by where they come from."""
    return key not in _UNCOUNTED


def _rate_class(key: Key, need: Need) -> RateClass:
    if key in _LOGIN:
        return RateClass.LOGIN
    if need is Permission.SAMPLES_WRITE:
        return RateClass.INGEST
    if need is Permission.METRICS_READ or key[0] in ("GET", "WS"):
        return RateClass.QUERY
    return RateClass.CHANGE


_RATE_CLASSES: Final = {key: _rate_class(key, need) for key, need in POLICY.items()}


def keys_of(route: BaseRoute) -> list[tuple[str, str]]:
    """(method, path) pairs of a route; HEAD follows GET, a socket's method is WS."""
    if isinstance(route, WebSocketRoute):
        return [("WS", route.path)]
    if isinstance(route, Route):
        methods = route.methods or {"GET"}
        return [(method, route.path) for method in sorted(methods) if method != "HEAD"]
    raise AssertionError(f"BUG: {route!r} is neither a Route nor a WebSocketRoute")
