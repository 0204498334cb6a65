"""What is told: the state of a group, for whatever way it goes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal

from msgspec import Struct

Reason = Literal["firing", "resolved", "repeat", "escalation", "acknowledged", "test", "digest"]
ALERT_NAME: Final = "alertname"
NEVER: Final = "0001-01-01T00:00:00Z"
_LAST_MS: Final = 253_402_300_799_999
_SEVERITIES: Final = ("critical", "high", "error", "page", "warning", "medium", "low", "info")
_KEY_BYTES: Final = 16


class NotifiedAlert(Struct, frozen=True, omit_defaults=True):
    """One alert of a group."""

    fingerprint: str
    firing: bool
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_ms: int
    ends_ms: int = 0
    """When it ended, or until when it is believed."""
    value: float | None = None
    generator_url: str = ""
    acked_by: str = ""
    rule: str = ""
    """What `Alert.rule` says."""


class Notification(Struct, frozen=True, omit_defaults=True):
    """A group at the moment when it is told; alerts that fire come first."""

    id: str
    """Idempotency key: whoever gets it twice has it already."""
    project: str
    receiver: str
    reason: Reason
    group_key: str
    """Readable: the route and the labels of the group."""
    group_id: str
    group_labels: dict[str, str]
    common_labels: dict[str, str]
    common_annotations: dict[str, str]
    alerts: tuple[NotifiedAlert, ...]
    firing: int
    resolved: int
    created_ms: int
    url: str = ""
    """The page about it."""
    by: str = ""
    note: str = ""
    parts: tuple[DigestPart, ...] = ()

    @property
    def status(self) -> str:
        """`firing` as long as anything does."""
        return "firing" if self.firing else "resolved"

    @property
    def truncated(self) -> int:
        """Alerts that are only counted."""
        return self.firing + self.resolved - len(self.alerts)

    @property
    def severity(self) -> str:
        """The worst that is said of an alert that fires; else of any."""
        found = [alert.labels.get("severity", "") for alert in self.alerts if alert.firing or not self.firing]
        known = [severity for severity in _SEVERITIES if severity in found]
        return known[0] if known else next((severity for severity in found if severity), "")


class DigestPart(Struct, frozen=True, omit_defaults=True):
    """One of the notifications that a digest stands for."""

    title: str
    status: str
    firing: int
    resolved: int


def id_of(*parts: object) -> str:
    """A short name for something that is told apart by these."""
    return hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=_KEY_BYTES).hexdigest()


def title_of(notification: Notification) -> str:
    """One line: `[FIRING:2] DiskFull (db)`."""
    if notification.reason == "digest":
        return f"{len(notification.parts)} groups of alerts: {notification.firing} firing"
    head = f"FIRING:{notification.firing}" if notification.firing else "RESOLVED"
    name = notification.group_labels.get(ALERT_NAME) or notification.common_labels.get(ALERT_NAME) or "alerts"
    rest = " ".join(value for label, value in sorted(notification.group_labels.items()) if label != ALERT_NAME)
    words = {"acknowledged": f"[ACKNOWLEDGED] {name}", "test": f"[TEST] {name}"}.get(
        notification.reason, f"[{head}] {name}"
    )
    return f"{words} ({rest})" if rest else words


def lines_of(notification: Notification, limit: int = 20) -> list[str]:
    """A line for each alert, or each part of a digest, with what people wrote about it."""
    if notification.reason == "digest":
        return [f"{part.status}: {part.title}" for part in notification.parts[:limit]]
    lines = [_line(alert) for alert in notification.alerts[:limit]]
    more = notification.firing + notification.resolved - len(lines)
    if notification.by:
        lines.insert(0, f"Acknowledged by {notification.by}" + (f": {notification.note}" if notification.note else ""))
    return [*lines, f"and {more} more"] if more > 0 else lines


def _line(alert: NotifiedAlert) -> str:
    said = alert.annotations.get("summary") or alert.annotations.get("description") or alert.annotations.get("message")
    labels = ", ".join(f"{name}={value}" for name, value in sorted(alert.labels.items()) if name != ALERT_NAME)
    name = alert.labels.get(ALERT_NAME, "alert")
    return ("" if alert.firing else "resolved: ") + (f"{said} ({labels})" if said else f"{name} ({labels})")


def common(maps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What all have."""
    if not maps:
        return {}
    shared = dict(maps[0])
    for other in maps[1:]:
        if not shared:
            break
        shared = {name: value for name, value in shared.items() if other.get(name) == value}
    return shared


def digest(target: str, digest_id: str, parts: Sequence[Notification], now_ms: int) -> Notification:
    """One message for many."""
    first = parts[0]
    return Notification(
        id=digest_id,
        project=first.project,
        receiver=first.receiver,
        reason="digest",
        group_key=f"digest:{target}",
        group_id=id_of("digest", target),
        group_labels={},
        common_labels=common([part.common_labels for part in parts]),
        common_annotations={},
        alerts=(),
        firing=sum(part.firing for part in parts),
        resolved=sum(part.resolved for part in parts),
        created_ms=now_ms,
        url=first.url,
        parts=tuple(DigestPart(title_of(part), part.status, part.firing, part.resolved) for part in parts[:100]),
    )


@lru_cache(maxsize=100_000)
def rfc3339(time_ms: int) -> str:
    """As Alertmanager writes moments; 0 is its zero, and what lies beyond the year 9999 is its end."""
    if not time_ms:
        return NEVER
    time_ms = min(time_ms, _LAST_MS)
    moment = datetime.fromtimestamp(time_ms / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time_ms % 1000:03d}Z"


def alertmanager_json(notification: Notification) -> dict[str, Any]:
    """The body of Alertmanager's webhooks, version 4, and what we know beyond it under names of our own."""
    return {
        "version": "4",
        "groupKey": notification.group_key,
        "truncatedAlerts": notification.truncated,
        "status": notification.status,
        "receiver": notification.receiver,
        "groupLabels": notification.group_labels,
        "commonLabels": notification.common_labels,
        "commonAnnotations": notification.common_annotations,
        "externalURL": notification.url,
        "alerts": [_alert_json(alert) for alert in notification.alerts],
        "project": notification.project,
        "reason": notification.reason,
        "idempotencyKey": notification.id,
        **({"acknowledgedBy": notification.by, "note": notification.note} if notification.by else {}),
    }


def _alert_json(alert: NotifiedAlert) -> dict[str, Any]:
    found: dict[str, Any] = {
        "status": "firing" if alert.firing else "resolved",
        "labels": alert.labels,
        "annotations": alert.annotations,
        "startsAt": rfc3339(alert.starts_ms),
        "endsAt": NEVER if alert.firing else rfc3339(alert.ends_ms),
        "generatorURL": alert.generator_url,
        "fingerprint": alert.fingerprint,
    }
    if alert.value is not None and math.isfinite(alert.value):
        found["value"] = alert.value
    return found
