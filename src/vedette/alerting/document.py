"""What people write about where alerts go, as documents: routes, inhibition, silences, mute timings, schedules.

Each is a JSON object of the catalog; durations and moments are milliseconds.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, field

ROUTE: Final = "alert_route"
INHIBIT_RULE: Final = "inhibit_rule"
MUTE_TIMING: Final = "mute_timing"
SILENCE: Final = "silence"
SCHEDULE: Final = "on_call_schedule"
ESCALATION: Final = "escalation"
CONTACT_POINT: Final = "contact_point"

MAX_ROUTES: Final = 1_000
MAX_ROUTE_DEPTH: Final = 20
GROUP_BY_ALL: Final = "..."
_MAX_MS: Final = 2**53

LabelName = Annotated[str, Meta(min_length=1, max_length=1_000)]
LabelValue = Annotated[str, Meta(max_length=10_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[str, Meta(max_length=10_000)]
Moment = Annotated[int, Meta(ge=0, le=_MAX_MS)]
Duration = Annotated[int, Meta(ge=0, le=366 * 86_400_000)]
Zone = Annotated[str, Meta(max_length=100)]


class Condition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One condition on a label; expressions must match the whole value."""

    label: LabelName
    value: LabelValue = ""
    op: Literal["=", "!=", "=~", "!~"] = "="


Conditions = Annotated[tuple[Condition, ...], Meta(max_length=100)]


class Route(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A node of a tree: an alert goes to the deepest nodes whose conditions it fulfils; what is None is inherited."""

    receiver: Annotated[str, Meta(max_length=200)] = ""
    """Name of a contact point."""
    matchers: Conditions = ()
    group_by: Annotated[tuple[LabelName, ...], Meta(max_length=50)] | None = None
    """Labels whose values make a group; `...` stands for all of them."""
    group_wait_ms: Duration | None = None
    """How long the first notification of a group waits for more alerts."""
    group_interval_ms: Annotated[int, Meta(ge=1_000, le=366 * 86_400_000)] | None = None
    """How long a group waits at least before it tells of changes."""
    repeat_interval_ms: Annotated[int, Meta(ge=1_000, le=366 * 86_400_000)] | None = None
    """When to say again what is still firing."""
    mute_timings: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    active_timings: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    escalation: str | None = None
    """Name of the steps that follow when nobody acknowledges; empty: none."""
    continue_: bool = field(name="continue", default=False)
    """Whether the nodes beside it are asked, too."""
    routes: Annotated[tuple[Route, ...], Meta(max_length=MAX_ROUTES)] = ()


class InhibitRule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Alerts that match the target are not told while one that matches the source fires with equal labels."""

    source_matchers: Conditions = ()
    target_matchers: Conditions = ()
    equal: Annotated[tuple[LabelName, ...], Meta(max_length=50)] = ()


class TimeOfDay(Struct, frozen=True, forbid_unknown_fields=True):
    """From `start` until before `end`, such as 09:00 and 17:30; 24:00 is the end of the day."""

    start: Annotated[str, Meta(max_length=5)]
    end: Annotated[str, Meta(max_length=5)]


Ranges = Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=50)]


class TimeInterval(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All that is given must hold, of a list one entry; ranges are written as in Alertmanager: `monday:friday`."""

    times: Annotated[tuple[TimeOfDay, ...], Meta(max_length=50)] = ()
    weekdays: Ranges = ()
    days_of_month: Ranges = ()
    """`1:5`; negative days count from the end: `-3:-1`."""
    months: Ranges = ()
    years: Ranges = ()
    location: Zone = ""
    """Name of a time zone; empty: UTC."""


Intervals = Annotated[tuple[TimeInterval, ...], Meta(max_length=50)]


class MuteTiming(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Times that routes name."""

    intervals: Intervals = ()


class Silence(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Hides alerts from `starts_ms` until `ends_ms`; with `recurring` only within these times."""

    matchers: Conditions
    starts_ms: Moment
    ends_ms: Moment
    created_by: Annotated[str, Meta(max_length=500)] = ""
    comment: Words = ""
    recurring: Intervals = ()


class Override(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody takes over for a time."""

    member: Name
    start_ms: Moment
    end_ms: Moment


class Member(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody on call, and the contact point by which they are reached."""

    name: Name
    contact_point: Name


class Schedule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A list of people who take turns, a week each."""

    members: Annotated[tuple[Member, ...], Meta(min_length=1, max_length=100)]
    starts_on: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    """A day of the week on which shifts change; the first member's first shift."""
    starts_at: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "09:00"
    location: Zone = ""
    overrides: Annotated[tuple[Override, ...], Meta(max_length=500)] = ()


class EscalationStep(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whom to tell when a group fires unacknowledged for so long."""

    after_ms: Duration
    receivers: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    schedules: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()


class Escalation(Struct, frozen=True, forbid_unknown_fields=True):
    """Steps in the order of their times."""

    steps: Annotated[tuple[EscalationStep, ...], Meta(min_length=1, max_length=50)]


class Integration(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way by which a contact point is reached; `options` are those of its type."""

    type: Annotated[str, Meta(max_length=50)]
    options: dict[str, Any] = {}
    send_resolved: bool = True


class ContactPoint(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where notifications go; routes call it by the name of its document."""

    integrations: Annotated[tuple[Integration, ...], Meta(min_length=1, max_length=50)]
