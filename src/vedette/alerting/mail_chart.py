"""The chart in a mail: what the first alerts of a notification watched, from before they began until now."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
import numpy as np
import structlog
from msgspec import Struct

from vedette.alerting.chart_png import COLORS, chart_png
from vedette.alerting.notification import Notification, NotifiedAlert
from vedette.errors import VedetteError
from vedette.model.alert import Course, Courses
from vedette.model.labels import Labels
from vedette.model.special import FloatArray

_log = structlog.get_logger(__name__)
_POINTS: Final = 300
_AT_LEAST_MS: Final = 3_600_000
_AT_MOST_MS: Final = 86_400_000
_BEFORE: Final = 0.5
"""How much of the time since it began is shown from before."""
_MAX_NAME: Final = 120


class MailChart(Struct, frozen=True):
    """A picture, and in words what it shows."""

    png: bytes
    alt: str
    html: str
    """The legend; the picture stands above it."""


def chart_of(notification: Notification, courses: Courses) -> MailChart | None:
    """None where nothing is known of its alerts: they are another server's, or their rule is gone."""
    alerts = _shown(notification)
    if not alerts:
        return None
    end_ms = notification.created_ms
    since_ms = end_ms - min(alert.starts_ms for alert in alerts)
    length_ms = min(max(round(since_ms * (1 + _BEFORE)), _AT_LEAST_MS), _AT_MOST_MS)
    step_ms = -(-length_ms // _POINTS // 1000) * 1000
    start_ms = end_ms - length_ms // step_ms * step_ms
    labels = [Labels.of(alert.labels) for alert in alerts]
    try:
        course = courses.course(notification.project, alerts[0].rule, labels, start_ms, end_ms, step_ms)
    except VedetteError as error:
        # What is to be told must not be lost for want of a picture.
        _log.warning("chart_not_drawn", rule=alerts[0].rule, error=error.message)
        return None
    course = _without_empty(course) if course is not None else None
    if course is None:
        return None
    first = alerts[0]
    firing = [(first.starts_ms, end_ms if first.firing else first.ends_ms)]
    return MailChart(chart_png(course, firing), _alt(course), _legend(course))


def _shown(notification: Notification) -> Sequence[NotifiedAlert]:
    """Some alerts of one rule; those that fire come first."""
    first = next((alert for alert in notification.alerts if alert.rule), None)
    if first is None:
        return ()
    return [alert for alert in notification.alerts if alert.rule == first.rule][: len(COLORS)]


def _without_empty(course: Course) -> Course | None:
    kept = [place for place, values in enumerate(course.values) if np.isfinite(values).any()]
    if not kept:
        return None
    labels, values = (tuple(each[place] for place in kept) for each in (course.labels, course.values))
    return msgspec.structs.replace(course, labels=labels, values=values)


def _alt(course: Course) -> str:
    words = f"Chart of the last {_span(course)}: {_said(course.values[0])}"
    return words + (f", compared with {course.threshold:.4g}" if course.threshold is not None else "")


def _legend(course: Course) -> str:
    lines = []
    for number, (labels, values) in enumerate(zip(_names(course.labels), course.values, strict=True)):
        color = COLORS[number % len(COLORS)]
        name = html.escape(labels[:_MAX_NAME])
        lines.append(f"<span style='color:{color}'>&#9632;</span> {name} {_said(values)}<br>")
    if course.threshold is not None:
        lines.append(f"<span style='color:#d92d20'>- -</span> compared with {course.threshold:.4g}<br>")
    return "".join(lines) + f"{_clock(course.start_ms)} to {_clock(course.end_ms)} UTC"


def _names(every: Sequence[Labels]) -> list[str]:
    """Each series by the labels in which it is not like all others."""
    first = every[0].as_dict()
    shared = {name for name, value in first.items() if all(one.get(name) == value for one in every)}
    return [", ".join(f"{name}={value}" for name, value in one.pairs if name not in shared) for one in every]


def _said(values: FloatArray) -> str:
    finite = values[np.isfinite(values)]
    return f"now {finite[-1]:.4g}, between {finite.min():.4g} and {finite.max():.4g}"


def _span(course: Course) -> str:
    minutes = round((course.end_ms - course.start_ms) / 60_000)
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"


def _clock(time_ms: int) -> str:
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%b %d %H:%M}"
