"""What routes answer about alerts, routes, silences, notifications and shifts."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from vedette.catalog.alert_records import BellRow


class AlertView(Struct, frozen=True):
    """An alert that fires; `value` is null where none is known."""

    fingerprint: str
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_ms: int
    ends_ms: int
    value: float | None
    rule: str
    generator_url: str
    receivers: tuple[str, ...]
    groups: tuple[str, ...]
    silenced_by: tuple[str, ...]
    inhibited_by: tuple[str, ...]
    acked_by: str
    ack_note: str
    acked_ms: int
    ack_until_ms: int


class RouteHit(Struct, frozen=True):
    """One node that an alert would go to."""

    tree: str
    place: str
    """Where in the document; empty: the root."""
    receiver: str
    contact_point_exists: bool
    integrations: tuple[str, ...]
    group_labels: dict[str, str]
    group_wait_ms: int
    group_interval_ms: int
    repeat_interval_ms: int
    muted_by: str
    escalation: str


class RouteTest(Struct, frozen=True):
    """Where an alert would go, and what would hide it."""

    hits: tuple[RouteHit, ...]
    silenced_by: tuple[str, ...]
    inhibited_by: tuple[str, ...]
    problems: tuple[str, ...]
    """Names in the trees that are not there."""


class SilencePreview(Struct, frozen=True):
    """What a silence would hide of what fires now."""

    count: int
    of: int
    alerts: tuple[AlertView, ...]


class LogEntry(Struct, frozen=True):
    """A notification in the log."""

    id: str
    seq: int
    contact_point: str
    type: str
    reason: str
    status: str
    attempts: int
    created_ms: int
    next_ms: int
    done_ms: int
    error: str
    group_id: str
    title: str
    firing: int
    resolved: int
    in_digest: bool


class Shift(Struct, frozen=True):
    """Somebody's turn."""

    start_ms: int
    member: str
    contact_point: str


class OnCall(Struct, frozen=True):
    """Who is on call in one schedule, and the next turns, the present one first."""

    schedule: str
    member: str
    contact_point: str
    shifts: tuple[Shift, ...]


class Bell(Struct, frozen=True):
    """Notifications in the page, newest first."""

    notifications: tuple[BellRow, ...]
    unread: int
    read_ms: int


class ImportedDocument(Struct, frozen=True):
    """A document of an import; `result` is `created`, `updated`, or empty where nothing was written."""

    kind: str
    name: str
    result: str
    spec: dict[str, Any]
    """Without secrets."""


class Import(Struct, frozen=True):
    """What a file became; with `errors` nothing was written."""

    documents: tuple[ImportedDocument, ...]
    errors: tuple[str, ...]
    notes: tuple[str, ...]
