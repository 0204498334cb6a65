"""PagerDuty's Events API v2: an incident for each group, triggered, acknowledged and resolved by its key."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final

import msgspec
from msgspec import Meta, Struct

from vedette.alerting.contact_points.kind import (
    Circumstances,
    HttpRequest,
    Line,
    Reply,
    Secret,
    Template,
    check_status,
    filled,
)
from vedette.alerting.notification import Notification, lines_of, rfc3339, title_of
from vedette.alerting.templates import Templates
from vedette.errors import BadData
from vedette.outbound.url import read_url

_API: Final = "https://events.pagerduty.com/v2/enqueue"
_MAX_SUMMARY: Final = 1_024
_SEVERITIES: Final = {
    "critical": "critical",
    "page": "critical",
    "high": "error",
    "error": "error",
    "medium": "warning",
    "warning": "warning",
    "low": "info",
    "info": "info",
}


class PagerDutyOptions(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`routing_key` is the integration key of a service or event orchestration."""

    routing_key: Secret
    api_url: Annotated[str, Meta(max_length=2_000, extra_json_schema={"format": "uri"})] = ""
    """Empty: at PagerDuty."""
    summary: Template = ""
    component: Line = ""
    group: Line = ""


class PagerDuty:
    """An event for each transition."""

    name: ClassVar[str] = "pagerduty"
    title: ClassVar[str] = "PagerDuty"
    options: ClassVar[type[Struct]] = PagerDutyOptions
    secrets: ClassVar[frozenset[str]] = frozenset(("routing_key",))
    place: ClassVar[frozenset[str]] = frozenset(("api_url",))
    has_digest: ClassVar[bool] = False
    tells_acknowledged: ClassVar[bool] = True

    def check(self, options: PagerDutyOptions, templates: Templates) -> None:
        if not options.routing_key:
            raise BadData("routing_key: it is missing")
        if options.api_url:
            read_url(options.api_url)
        templates.check(options.summary)

    def render(
        self, options: PagerDutyOptions, notification: Notification, circumstances: Circumstances
    ) -> HttpRequest:
        summary = filled(circumstances, options.summary, notification, title_of(notification))
        action = "acknowledge" if notification.reason == "acknowledged" else ""
        event: dict[str, Any] = {
            "routing_key": options.routing_key,
            "event_action": action or ("trigger" if notification.firing else "resolve"),
            "dedup_key": notification.group_id,
        }
        if event["event_action"] == "trigger":
            event["payload"] = _payload(options, notification, summary)
            event["client"] = "Vedette"
            if notification.url:
                event["client_url"] = notification.url
        body = msgspec.json.encode(event)
        return HttpRequest("POST", options.api_url or _API, {"Content-Type": "application/json"}, body)

    def read(self, reply: Reply, thread: str) -> str:
        check_status(reply, tell_body=True)
        return thread


def _payload(options: PagerDutyOptions, notification: Notification, summary: str) -> dict[str, Any]:
    labels = notification.common_labels
    began_ms = min((alert.starts_ms for alert in notification.alerts if alert.firing), default=notification.created_ms)
    found = {
        "summary": summary[:_MAX_SUMMARY] or "Alert",
        "source": labels.get("instance") or labels.get("host") or notification.project,
        "severity": _SEVERITIES.get(notification.severity, "error"),
        "timestamp": rfc3339(began_ms),
        "class": labels.get("alertname", ""),
        "component": options.component or labels.get("job", ""),
        "group": options.group,
        "custom_details": {
            "firing": notification.firing,
            "resolved": notification.resolved,
            "alerts": lines_of(notification),
            **notification.common_annotations,
        },
    }
    return {name: value for name, value in found.items() if value not in ("", None)}
