"""An alert: what a rule, or another server, says about one set of labels."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Protocol

from msgspec import Struct

from vedette.model.labels import Labels
from vedette.model.special import FloatArray

ALERT_NAME: Final = "alertname"


class AlertState(StrEnum):
    """Where an alert is in its life; acknowledging is a note of people beside it, kept where notifications are sent."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


class Alert(Struct, frozen=True):
    """One alert at one moment. All moments are milliseconds since 1970; 0: has not come."""

    project: str
    labels: Labels
    """Its identity within the project, `alertname` among them."""
    annotations: Labels
    state: AlertState
    active_ms: int
    """Since when its condition holds."""
    changed_ms: int
    """When it came into `state`."""
    ends_ms: int = 0
    """Resolved: since when. Firing: until when that is to be believed unless it is said again."""
    value: float = float("nan")
    rule: str = ""
    """Id of the rule document; empty when it came from another server."""
    generator_url: str = ""


class Course(Struct, frozen=True):
    """What the rule of alerts watches, over time.

    labels    of each series that is shown, in the order in which their alerts were named
    values    float64[K] of each, a value each `step_ms` from `start_ms` on; NaN where there is none
    """

    start_ms: int
    end_ms: int
    step_ms: int
    labels: tuple[Labels, ...]
    values: tuple[FloatArray, ...]
    threshold: float | None = None
    """The number that the rule compares with."""


class Courses(Protocol):
    """Who knows the course of alerts; `rules` does, `alerting` shows it."""

    def course(
        self, project: str, rule: str, alerts: Sequence[Labels], start_ms: int, end_ms: int, step_ms: int
    ) -> Course | None:
        """Of alerts of one rule, by what `Alert.rule` says; None: nothing is known. In a thread.

        Raises VedetteErrors.
        """


class AlertSink(Protocol):
    """Who wants to know; `alerting` implements it, `rules` and the Alertmanager routes call it."""

    def take(self, alerts: Sequence[Alert]) -> None:
        """Firing and resolved alerts, new or said again; in a thread, durable when it returns."""
