"""Operations on notifications: who takes care, tests, the log and the page's bell."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import Struct

from vedette.alerting.desk import MAX_LIMIT
from vedette.alerting.desk_views import AlertView, Bell, Import, LogEntry, OnCall, RouteTest, SilencePreview
from vedette.alerting.notification import Notification
from vedette.http.openapi.operation import Content, Operation, Parameter, in_path, parameter
from vedette.http.routes.notifications import (
    Acknowledgement,
    AlertToRoute,
    ContactTest,
    FileToImport,
    Read,
    Retry,
    SilenceToTry,
    TestResult,
)


class AlertsAnswer(Struct):
    """Those that began last first; `total` is how many there are."""

    status: Literal["success"]
    data: list[AlertView]
    total: int


class AlertAnswer(Struct):
    """The alert."""

    status: Literal["success"]
    data: AlertView


class ContactType(Struct):
    """A way to reach people, with the JSON schema of its options."""

    type: str
    title: str
    secrets: list[str]
    schema: dict[str, Any]


class ContactTypesAnswer(Struct):
    """All there are."""

    status: Literal["success"]
    data: list[ContactType]


class ContactTestAnswer(Struct):
    """How it went."""

    status: Literal["success"]
    data: TestResult


class RouteTestAnswer(Struct):
    """Where it would go."""

    status: Literal["success"]
    data: RouteTest


class SilencePreviewAnswer(Struct):
    """What it would hide."""

    status: Literal["success"]
    data: SilencePreview


class OnCallAnswer(Struct):
    """By schedule."""

    status: Literal["success"]
    data: list[OnCall]


class LogAnswer(Struct):
    """Newest first; `next` is the `before` of the next page."""

    status: Literal["success"]
    data: list[LogEntry]
    next: int | None


class NotificationAnswer(Struct):
    """What it told."""

    status: Literal["success"]
    data: Notification


class Retried(Struct):
    """How many."""

    retried: int


class RetriedAnswer(Struct):
    """They are tried again."""

    status: Literal["success"]
    data: Retried


class BellAnswer(Struct):
    """What the page shows."""

    status: Literal["success"]
    data: Bell


class ImportAnswer(Struct):
    """What became of the file."""

    status: Literal["success"]
    data: Import


class ReadUntil(Struct):
    """Until when."""

    read_ms: int


class ReadAnswer(Struct):
    """Noted."""

    status: Literal["success"]
    data: ReadUntil


_PATH: Final = "/api/v1/alerting"
_TAG: Final = "alerting"
_FINGERPRINT: Final = in_path("fingerprint", "Of the alert.")
_LIMIT: Final = Parameter("limit", "How many at most.", schema={"type": "integer", "minimum": 1, "maximum": MAX_LIMIT})
_FILTER: Final = parameter("filter", 'A matcher such as `severity="critical"`; may be given several times.', many=True)
_FLAG: Final = {"type": "string", "enum": ["true", "false"]}
_STATUS: Final = {"type": "string", "enum": ["waiting", "sent", "dead"]}
_ALERT: Final = {200: Content("The alert.", shape=AlertAnswer)}

ALERTING: Final[dict[tuple[str, str], Operation]] = {
    ("GET", _PATH + "/alerts"): Operation(
        "Alerts that fire",
        _TAG,
        {200: Content("With who takes care and what hides them.", shape=AlertsAnswer)},
        parameters=(_FILTER, Parameter("active_only", "Leave out what is hidden.", schema=_FLAG), _LIMIT),
        errors=(400,),
    ),
    ("POST", _PATH + "/alerts/{fingerprint}/acknowledge"): Operation(
        "Say that one takes care of an alert",
        _TAG,
        _ALERT,
        parameters=(_FINGERPRINT,),
        bodies=(Content("A note, and until when.", shape=Acknowledgement),),
        errors=(400, 404, 422),
    ),
    ("DELETE", _PATH + "/alerts/{fingerprint}/acknowledge"): Operation(
        "Take that back", _TAG, _ALERT, parameters=(_FINGERPRINT,), errors=(404,)
    ),
    ("GET", _PATH + "/contact-types"): Operation(
        "Ways to reach people",
        _TAG,
        {200: Content("With the schema of their options.", shape=ContactTypesAnswer)},
    ),
    ("POST", _PATH + "/contact-points/test"): Operation(
        "Test a way to reach people",
        _TAG,
        {200: Content("The exact request without secrets, and how it went.", shape=ContactTestAnswer)},
        bodies=(Content("The integration.", shape=ContactTest),),
        errors=(400, 404, 422),
    ),
    ("POST", _PATH + "/routes/test"): Operation(
        "Where an alert would go",
        _TAG,
        {200: Content("The nodes that take it, and what would hide it.", shape=RouteTestAnswer)},
        bodies=(Content("Its labels.", shape=AlertToRoute),),
        errors=(400, 422),
    ),
    ("POST", _PATH + "/silences/preview"): Operation(
        "What a silence would hide",
        _TAG,
        {200: Content("Of what fires now.", shape=SilencePreviewAnswer)},
        bodies=(Content("The silence.", shape=SilenceToTry),),
        errors=(400, 422),
    ),
    ("GET", _PATH + "/on-call"): Operation("Who is on call", _TAG, {200: Content("By schedule.", shape=OnCallAnswer)}),
    ("GET", _PATH + "/notifications"): Operation(
        "The log of notifications",
        _TAG,
        {200: Content("Newest first.", shape=LogAnswer)},
        parameters=(
            Parameter("status", "Only these.", schema=_STATUS),
            parameter("group", "Only those of a group."),
            parameter("before", "`next` of the page before.", "integer"),
            _LIMIT,
        ),
        errors=(400,),
    ),
    ("GET", _PATH + "/notifications/{id}"): Operation(
        "What a notification told",
        _TAG,
        {200: Content("The state of the group then.", shape=NotificationAnswer)},
        parameters=(in_path("id", "Its id."),),
        errors=(404,),
    ),
    ("POST", _PATH + "/notifications/retry"): Operation(
        "Try dead letters again",
        _TAG,
        {200: Content("How many.", shape=RetriedAnswer)},
        bodies=(Content("Which; none: all.", shape=Retry),),
        errors=(400, 422),
    ),
    ("GET", _PATH + "/bell"): Operation(
        "Notifications in the page",
        _TAG,
        {200: Content("Newest first, and how many are unread.", shape=BellAnswer)},
        parameters=(parameter("after_ms", "Only those after this moment.", "integer"), _LIMIT),
        errors=(400,),
    ),
    ("POST", _PATH + "/bell/read"): Operation(
        "Note that all was seen",
        _TAG,
        {200: Content("Until when.", shape=ReadAnswer)},
        bodies=(Content("Until when.", shape=Read),),
        errors=(400, 422),
    ),
    ("POST", _PATH + "/import"): Operation(
        "Take over an alertmanager.yml",
        _TAG,
        {200: Content("What became of it; with errors nothing is written.", shape=ImportAnswer)},
        bodies=(Content("Its text.", shape=FileToImport),),
        errors=(400, 409, 422),
    ),
}
