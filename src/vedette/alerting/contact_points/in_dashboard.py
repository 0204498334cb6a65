"""The page's own bell: notifications that everybody of the project finds there."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from vedette.alerting.contact_points.kind import BellRequest, Circumstances, Reply
from vedette.alerting.notification import Notification, lines_of, title_of
from vedette.alerting.templates import Templates
from vedette.catalog.alert_records import BellRow


class InDashboardOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """None."""


class InDashboard:
    """Rings the bell."""

    name: ClassVar[str] = "in_dashboard"
    title: ClassVar[str] = "In the page"
    options: ClassVar[type[Struct]] = InDashboardOptions
    secrets: ClassVar[frozenset[str]] = frozenset()
    place: ClassVar[frozenset[str]] = frozenset()
    has_digest: ClassVar[bool] = True
    tells_acknowledged: ClassVar[bool] = True

    def check(self, _options: InDashboardOptions, _templates: Templates) -> None:
        """Nothing can be wrong."""

    def render(
        self, _options: InDashboardOptions, notification: Notification, circumstances: Circumstances
    ) -> BellRequest:
        return BellRequest(
            BellRow(
                id=notification.id,
                project=notification.project,
                time_ms=circumstances.now_ms,
                status=notification.reason if notification.reason in ("acknowledged", "test") else notification.status,
                severity=notification.severity,
                title=title_of(notification)[:500],
                text="\n".join(lines_of(notification))[:5_000],
                group_key=notification.group_id,
                labels=notification.group_labels,
            )
        )

    def read(self, _reply: Reply, thread: str) -> str:
        return thread
