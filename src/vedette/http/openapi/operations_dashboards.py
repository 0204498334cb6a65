"""Operations on dashboards beyond keeping them: what is taken over from Grafana."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from vedette.catalog.records import Document
from vedette.dashboards.document import Dashboard
from vedette.dashboards.grafana.account import Report
from vedette.http.openapi.operation import Content, Operation
from vedette.http.routes.dashboards import GrafanaDashboard


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
}
