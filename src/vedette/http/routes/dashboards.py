"""`/api/v1/dashboards/import`: a dashboard of Grafana as one of ours, to look at or to keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.catalog.document_spec import MAX_NAME
from vedette.dashboards.check import as_spec
from vedette.http.document_audit import noting
from vedette.http.gate import caller
from vedette.http.json_requests import Threads, answer, read_body

if TYPE_CHECKING:
    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Documents
    from vedette.dashboards.grafana.convert import Imported

_MAX_BODY_BYTES: Final = 16 * 2**20
KIND: Final = "dashboard"
Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]


class GrafanaDashboard(msgspec.Struct, forbid_unknown_fields=True):
    """What Grafana exports or its API answers; with `save` it becomes a document at once."""

    grafana: dict[str, Any]
    save: bool = False
    name: Name = ""
    """Instead of the title that it has."""


class DashboardRoutes:
    """Endpoints."""

    def __init__(self, documents: Callable[[], Documents], audit: Callable[[], Audit], threads: Threads) -> None:
        self._documents = documents
        self._audit = audit
        self._threads = threads

    async def take_over(self, request: Request) -> Response:
        """Answers 201 where it was saved."""
        who = caller(request.scope)
        given = await read_body(request, GrafanaDashboard, _MAX_BODY_BYTES, "the size of a dashboard to import")
        imported = await self._threads.run(lambda: _converted(given.grafana))
        name, spec = given.name.strip() or imported.name, as_spec(imported.dashboard)
        data: dict[str, Any] = {"name": name, "dashboard": spec, "report": imported.report, "document": None}
        if not given.save:
            return answer(data)
        data["document"] = await self._threads.run(
            lambda: self._documents().create(
                KIND,
                who.project,
                name,
                spec,
                who.principal.name,
                message="from Grafana",
                also=noting(self._audit(), who, "create"),
            )
        )
        return answer(data, 201)


def _converted(grafana: dict[str, Any]) -> Imported:
    # Few ever import: its tables need not be read at every start.
    from vedette.dashboards.grafana.convert import import_dashboard  # noqa: PLC0415 - as said above

    return import_dashboard(grafana)


def routes(documents: Callable[[], Documents], audit: Callable[[], Audit], threads: Threads) -> list[BaseRoute]:
    """`documents` and `audit` are called in threads, and may open the catalog first."""
    them = DashboardRoutes(documents, audit, threads)
    return [Route("/api/v1/dashboards/import", them.take_over, methods=["POST"])]
