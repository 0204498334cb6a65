"""Operations on many dashboards at once, and on what somebody likes to find first."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from vedette.catalog.records import Preferences
from vedette.dashboards.bundle import Bundle, Outcome
from vedette.dashboards.preferences import ChangedPreferences
from vedette.dashboards.search import Found
from vedette.http.openapi.operation import Content, Operation, Parameter, parameter
from vedette.http.routes.dashboard_sets import (
    CheckedDashboard,
    ExportedDashboards,
    ManyDashboards,
    ManyOutcome,
    TakenBundle,
)


class FoundAnswer(msgspec.Struct):
    """By name."""

    status: Literal["success"]
    data: list[Found]


class Checked(msgspec.Struct):
    """It is a dashboard."""

    widgets: int


class CheckedAnswer(msgspec.Struct):
    """Nothing is wrong."""

    status: Literal["success"]
    data: Checked


class ManyAnswer(msgspec.Struct):
    """In the order of the ids."""

    status: Literal["success"]
    data: list[ManyOutcome]


class BundleAnswer(msgspec.Struct):
    """The bundle."""

    status: Literal["success"]
    data: Bundle


class TakenAnswer(msgspec.Struct):
    """In the order of the bundle."""

    status: Literal["success"]
    data: list[Outcome]


class PreferencesAnswer(msgspec.Struct):
    """As they are now."""

    status: Literal["success"]
    data: Preferences


_PREFERENCES: Final = {200: Content("What is chosen.", shape=PreferencesAnswer)}

DASHBOARD_SETS: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/api/v1/dashboards/search"): Operation(
        "Dashboards and widgets by words",
        "dashboards",
        {200: Content("Dashboards, each with the widgets that the words are about.", shape=FoundAnswer)},
        description="Every word is in the name, a tag, the description or the title of a widget, in any case.",
        parameters=(
            parameter("query", "Words; without any all are found."),
            Parameter("limit", "How many at most.", schema={"type": "integer", "minimum": 1, "maximum": 100}),
        ),
        errors=(400,),
    ),
    ("POST", "/api/v1/dashboards/check"): Operation(
        "What is wrong with a dashboard",
        "dashboards",
        {200: Content("Nothing.", shape=CheckedAnswer)},
        bodies=(Content("The content of a document.", shape=CheckedDashboard),),
        errors=(400, 422),
    ),
    ("POST", "/api/v1/dashboards/many"): Operation(
        "Move, delete or restore several dashboards",
        "dashboards",
        {200: Content("What became of each.", shape=ManyAnswer)},
        bodies=(Content("What to do with which.", shape=ManyDashboards),),
        errors=(400, 404, 422),
    ),
    ("POST", "/api/v1/dashboards/export"): Operation(
        "Several dashboards with their folders as one file",
        "dashboards",
        {200: Content("The bundle.", shape=BundleAnswer)},
        bodies=(Content("Which; none named: all of the project.", shape=ExportedDashboards),),
        errors=(400, 422),
    ),
    ("POST", "/api/v1/dashboards/take"): Operation(
        "Take over the dashboards of a file",
        "dashboards",
        {200: Content("What became, or would become, of each.", shape=TakenAnswer)},
        bodies=(Content("The bundle, and where it goes.", shape=TakenBundle),),
        errors=(400, 404, 409, 422),
    ),
    ("GET", "/api/v1/preferences"): Operation("What you like to find first in the project", "dashboards", _PREFERENCES),
    ("PATCH", "/api/v1/preferences"): Operation(
        "Change what you like to find first",
        "dashboards",
        _PREFERENCES,
        bodies=(Content("What is not there stays.", shape=ChangedPreferences),),
        errors=(400, 404, 422),
    ),
}
