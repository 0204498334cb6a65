"""Operations of Alertmanager's API, version 2."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from vedette.alerting.document import TimeInterval
from vedette.http.openapi.operation import Content, Operation, Parameter, in_path, parameter
from vedette.http.routes.alertmanager import PostedAlert, PostedSilence


class Receiver(Struct):
    """A contact point."""

    name: str


class AlertStatus(Struct):
    """`state` is `active` or `suppressed`; then by which silences, or alerts."""

    state: str
    silencedBy: list[str]  # noqa: N815 - Alertmanager's name
    inhibitedBy: list[str]  # noqa: N815 - as above
    mutedBy: list[str]  # noqa: N815 - as above


class GettableAlert(Struct):
    """An alert."""

    labels: dict[str, str]
    annotations: dict[str, str]
    receivers: list[Receiver]
    fingerprint: str
    startsAt: str  # noqa: N815 - Alertmanager's name
    endsAt: str  # noqa: N815 - as above
    updatedAt: str  # noqa: N815 - as above
    generatorURL: str  # noqa: N815 - as above
    status: AlertStatus


class AlertGroup(Struct):
    """Alerts that are told together."""

    labels: dict[str, str]
    receiver: Receiver
    alerts: list[GettableAlert]


class SilenceStatus(Struct):
    """`pending`, `active` or `expired`."""

    state: str


class SilenceMatcher(Struct):
    """A matcher of a silence."""

    name: str
    value: str
    isRegex: bool  # noqa: N815 - Alertmanager's name
    isEqual: bool  # noqa: N815 - as above


class GettableSilence(Struct):
    """A silence; with times that come again it is `inForce` within these only."""

    id: str
    status: SilenceStatus
    updatedAt: str  # noqa: N815 - Alertmanager's name
    startsAt: str  # noqa: N815 - as above
    endsAt: str  # noqa: N815 - as above
    createdBy: str  # noqa: N815 - as above
    comment: str
    matchers: list[SilenceMatcher]
    recurring: list[TimeInterval] | UnsetType = UNSET
    inForce: bool | UnsetType = UNSET  # noqa: N815 - in Alertmanager's spelling


class SilenceMade(Struct):
    """Its id."""

    silenceID: str  # noqa: N815 - Alertmanager's name


class ClusterStatus(Struct):
    """There is no cluster; processes share a catalog."""

    status: str


class OriginalConfig(Struct):
    """The routes, as YAML."""

    original: str


class AlertmanagerStatus(Struct):
    """What Alertmanager says of itself."""

    cluster: ClusterStatus
    config: OriginalConfig
    uptime: str
    versionInfo: dict[str, str]  # noqa: N815 - Alertmanager's name


_TAG: Final = "alertmanager"
_WRONG: Final = Content("What is wrong, as text.", shape=str)
_ID: Final = in_path("id", "Its id.")
_FILTER: Final = parameter("filter", 'A matcher such as `severity="critical"`; may be given several times.', many=True)
_BOOLEAN: Final[dict[str, Any]] = {"type": "boolean", "default": True}


def _flag(name: str) -> Parameter:
    return Parameter(name, f"Whether {name} alerts are listed.", schema=_BOOLEAN)


_WANTED: Final = (
    _FILTER,
    parameter("receiver", "An expression that the name of a receiver must match."),
    *(_flag(name) for name in ("active", "silenced", "inhibited")),
)


def _operation(
    summary: str,
    answers: dict[int, Content],
    parameters: tuple[Parameter, ...] = (),
    bodies: tuple[Content, ...] = (),
    errors: tuple[int, ...] = (),
) -> Operation:
    return Operation(summary, _TAG, {**answers, 400: _WRONG}, parameters=parameters, bodies=bodies, errors=errors)


ALERTMANAGER: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/api/v2/alerts"): _operation(
        "Alerts that fire", {200: Content("Alerts.", shape=list[GettableAlert])}, _WANTED
    ),
    ("POST", "/api/v2/alerts"): _operation(
        "Take alerts of another server",
        {200: Content("Taken.", "")},
        bodies=(Content("Alerts.", shape=list[PostedAlert]),),
        errors=(409, 413, 422),
    ),
    ("GET", "/api/v2/alerts/groups"): _operation(
        "Alerts that fire, in groups", {200: Content("Groups.", shape=list[AlertGroup])}, _WANTED
    ),
    ("GET", "/api/v2/silences"): _operation(
        "Silences", {200: Content("Active ones first.", shape=list[GettableSilence])}, (_FILTER,)
    ),
    ("POST", "/api/v2/silences"): _operation(
        "Make or change a silence",
        {200: Content("Its id then: a change of what it hides makes a new one.", shape=SilenceMade)},
        bodies=(Content("The silence.", shape=PostedSilence),),
        errors=(404, 409, 413, 422),
    ),
    ("GET", "/api/v2/silence/{id}"): _operation(
        "A silence", {200: Content("The silence.", shape=GettableSilence)}, (_ID,), errors=(404,)
    ),
    ("DELETE", "/api/v2/silence/{id}"): _operation(
        "End a silence", {200: Content("It has ended.", "")}, (_ID,), errors=(404, 409)
    ),
    ("GET", "/api/v2/receivers"): _operation("Names of contact points", {200: Content("Names.", shape=list[Receiver])}),
    ("GET", "/api/v2/status"): _operation(
        "Version and routes", {200: Content("Without secrets.", shape=AlertmanagerStatus)}
    ),
}
