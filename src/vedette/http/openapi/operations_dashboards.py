"""Operations on dashboards beyond keeping them: what is taken over from Grafana."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from vedette.catalog.records import Document
from vedette.dashboards.document import Dashboard
from vedette.dashboards.grafana.account import Report
from vedette.dashboards.provisioning import ProvisionedFile
from vedette.http.openapi.operation import Content, Operation, in_path
from vedette.http.routes.dashboards import GrafanaDashboard
from vedette.http.routes.templates import NewFromTemplate


class ImportedDashboard(msgspec.Struct):
    """What became of it; `document` is there where it was saved."""

    name: str
    dashboard: Dashboard
    report: Report
    document: Document | None


class ImportAnswer(msgspec.Struct):
    """A dashboard with the account of what was taken, changed and left out."""

    status: Literal["success"]
    data: ImportedDashboard


class TemplateHead(msgspec.Struct):
    """A dashboard that comes with the server."""

    id: str
    title: str
    category: str
    description: str
    needs: list[str]
    """Selectors that must have data."""
    widgets: int
    fits: bool | None = None
    """Whether they have; null for who may not read metrics."""


class TemplateListAnswer(msgspec.Struct):
    """By category and title."""

    status: Literal["success"]
    data: list[TemplateHead]


class TemplateWhole(TemplateHead):
    """With what it shows."""

    spec: Dashboard = msgspec.field(default_factory=Dashboard)


class TemplateAnswer(msgspec.Struct):
    """One of them."""

    status: Literal["success"]
    data: TemplateWhole


class NewDashboardAnswer(msgspec.Struct):
    """The document that was made."""

    status: Literal["success"]
    data: Document


class Provisioned(msgspec.Struct):
    """Dashboards that come from files."""

    on: bool
    allow_edits: bool
    """Whether they may be changed in the page."""
    files: list[ProvisionedFile]


class ProvisionedAnswer(msgspec.Struct):
    """By path."""

    status: Literal["success"]
    data: Provisioned


class WrittenAnswer(msgspec.Struct):
    """The file as it is then."""

    status: Literal["success"]
    data: ProvisionedFile


_TEMPLATE: Final = in_path("id", "As in the list.")
DASHBOARDS: Final[dict[tuple[str, str], Operation]] = {
    ("POST", "/api/v1/dashboards/import"): Operation(
        "Take over a dashboard from Grafana",
        "dashboards",
        {
            200: Content("What would become of it.", shape=ImportAnswer),
            201: Content("It has been saved.", shape=ImportAnswer),
        },
        bodies=(Content("The JSON of a dashboard.", shape=GrafanaDashboard),),
        errors=(400, 404, 409, 422),
    ),
    ("GET", "/api/v1/dashboards/provisioned"): Operation(
        "Dashboards that come from files, and what is wrong with files",
        "dashboards",
        {200: Content("The files.", shape=ProvisionedAnswer)},
    ),
    ("POST", "/api/v1/dashboards/{id}/write-back"): Operation(
        "Write a dashboard that comes from a file into it",
        "dashboards",
        {200: Content("The file.", shape=WrittenAnswer)},
        parameters=(in_path("id", "Of the document."),),
        errors=(404, 409),
    ),
    ("GET", "/api/v1/templates"): Operation(
        "Dashboards that come with the server, and which have data here",
        "dashboards",
        {200: Content("Without their widgets.", shape=TemplateListAnswer)},
    ),
    ("GET", "/api/v1/templates/{id}"): Operation(
        "A dashboard that comes with the server",
        "dashboards",
        {200: Content("With everything.", shape=TemplateAnswer)},
        parameters=(_TEMPLATE,),
        errors=(404,),
    ),
    ("POST", "/api/v1/templates/{id}/instantiate"): Operation(
        "Make a dashboard from a template",
        "dashboards",
        {201: Content("The new document.", shape=NewDashboardAnswer)},
        parameters=(_TEMPLATE,),
        bodies=(Content("Empty, or a name.", shape=NewFromTemplate),),
        errors=(400, 404, 409, 422),
    ),
}
