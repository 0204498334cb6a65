"""Texts of people's own: the template language of alerting rules over the fields of Alertmanager's notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from vedette.alerting.notification import Notification, rfc3339, title_of


class Templates(Protocol):
    """The language; it is handed in, for rules speak it, too. Nothing but the data is within its reach."""

    def check(self, text: str) -> None:
        """Raises BadData for what is no template."""
        ...

    def fill(self, text: str, data: Mapping[str, Any]) -> str:
        """The text with `data` as its dot. Raises BadData, also for what takes too long or grows too large."""
        ...


def data_of(notification: Notification) -> dict[str, Any]:
    """What templates see: Alertmanager's names, and some beyond."""
    alerts = [
        {
            "Status": "firing" if alert.firing else "resolved",
            "Labels": alert.labels,
            "Annotations": alert.annotations,
            "StartsAt": rfc3339(alert.starts_ms),
            "EndsAt": rfc3339(alert.ends_ms),
            "GeneratorURL": alert.generator_url,
            "Fingerprint": alert.fingerprint,
            "Value": alert.value if alert.value is not None else "",
            "AcknowledgedBy": alert.acked_by,
        }
        for alert in notification.alerts
    ]
    return {
        "Title": title_of(notification),
        "Status": notification.status,
        "Reason": notification.reason,
        "Receiver": notification.receiver,
        "Project": notification.project,
        "Severity": notification.severity,
        "GroupKey": notification.group_key,
        "GroupLabels": notification.group_labels,
        "CommonLabels": notification.common_labels,
        "CommonAnnotations": notification.common_annotations,
        "ExternalURL": notification.url,
        "TruncatedAlerts": notification.truncated,
        "Firing": notification.firing,
        "Resolved": notification.resolved,
        "AcknowledgedBy": notification.by,
        "Note": notification.note,
        "Parts": [{"Title": part.title, "Status": part.status} for part in notification.parts],
        "Alerts": alerts,
        "FiringAlerts": [alert for alert in alerts if alert["Status"] == "firing"],
        "ResolvedAlerts": [alert for alert in alerts if alert["Status"] == "resolved"],
    }
