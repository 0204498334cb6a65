"""What the catalog keeps of alerts and notifications. Times are milliseconds; 0 stands for never."""

from __future__ import annotations

import msgspec


class AlertRow(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it was last said; labels and annotations are JSON objects."""

    project: str
    fingerprint: str
    labels: str
    annotations: str
    state: str
    active_ms: int
    changed_ms: int
    ends_ms: int
    value: str
    rule: str
    generator_url: str
    updated_ms: int
    seq: int
    """Grows with every change, so that processes find out what is new."""
    acked_by: str = ""
    ack_note: str = ""
    acked_ms: int = 0
    ack_until_ms: int = 0
    """0: until it is resolved."""
    ack_active_ms: int = 0
    """`active_ms` of the alert that was acknowledged: one that fires anew is another."""


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    """What was last told of a group by one way."""

    project: str
    group_key: str
    target: str
    firing: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    number: int = 0
    """How many notifications there were."""
    notified_ms: int = 0
    started_ms: int = 0
    """When the first notification was made since nothing of it fired."""
    steps: int = 0
    """Steps of the escalation that were taken since."""
    thread: str = ""
    """What the other side calls the conversation."""


class OutboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A notification on its way; `id` is its idempotency key."""

    id: str
    seq: int = 0
    project: str
    target: str
    contact_point: str
    integration: int
    type: str
    group_key: str
    reason: str
    status: str
    """`waiting`, `sent` or `dead`."""
    digest: str = ""
    """What is sent together has the same; empty: by itself."""
    attempts: int = 0
    created_ms: int
    next_ms: int
    done_ms: int = 0
    error: str = ""
    payload: str


class BellRow(msgspec.Struct, frozen=True, kw_only=True):
    """A notification in the page."""

    id: str
    project: str
    time_ms: int
    status: str
    severity: str
    title: str
    text: str
    group_key: str
    labels: dict[str, str]
