"""`/api/v1/dashboards`: what is taken over from Grafana, and dashboards that come from files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.catalog.document_spec import MAX_NAME
from vedette.dashboards.check import as_spec
from vedette.dashboards.provisioning import KIND, ProvisionedFile, Provisioning
from vedette.http.document_audit import noting
from vedette.http.gate import caller
from vedette.http.json_requests import Threads, answer, read_body

if TYPE_CHECKING:
    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Documents
    from vedette.dashboards.grafana.convert import Imported

_MAX_BODY_BYTES: Final = 16 * 2**20
Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]


class GrafanaDashboard(msgspec.Struct, forbid_unknown_fields=True):
    """What Grafana exports or its API answers; with `save` it becomes a document at once."""

    grafana: dict[str, Any]
    save: bool = False
    name: Name = ""
    """Instead of the title that it has."""


class DashboardRoutes:
    """Endpoints."""

    def __init__(
        self,
        documents: Callable[[], Documents],
        audit: Callable[[], Audit],
        provisioning: Provisioning,
        threads: Threads,
    ) -> None:
        self._provisioning = provisioning
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

    async def provisioned(self, request: Request) -> Response:
        """Which dashboards come from files, and what is wrong with those that do not."""
        who = caller(request.scope)
        settings = self._provisioning.settings
        files = self._provisioning.files() if who.project == self._provisioning.project else []
        on = settings.provisioning_folder is not None
        return answer({"on": on, "allow_edits": settings.allow_edits, "files": files})

    async def write_back(self, request: Request) -> Response:
        """The file has the document's present state then."""
        who = caller(request.scope)
        document_id = request.path_params["id"]
        self._provisioning.check_change(KIND, who.project, document_id)

        def write() -> ProvisionedFile:
            file = self._provisioning.write_back(who.project, document_id)
            self._audit().note(
                who.actor,
                "document.write_back",
                object_kind=KIND,
                object_id=document_id,
                project=who.project,
                detail={"file": file.path},
            )
            return file

        return answer(await self._threads.run(write))


def _converted(grafana: dict[str, Any]) -> Imported:
    # Few ever import: its tables need not be read at every start.
    from vedette.dashboards.grafana.convert import import_dashboard  # noqa: PLC0415 - as said above

    return import_dashboard(grafana)


def routes(
    documents: Callable[[], Documents], audit: Callable[[], Audit], provisioning: Provisioning, threads: Threads
) -> list[BaseRoute]:
    """`documents` and `audit` are called in threads, and may open the catalog first."""
    them = DashboardRoutes(documents, audit, provisioning, threads)
    return [
        Route("/api/v1/dashboards/import", them.take_over, methods=["POST"]),
        Route("/api/v1/dashboards/provisioned", them.provisioned, methods=["GET"]),
        Route("/api/v1/dashboards/{id}/write-back", them.write_back, methods=["POST"]),
    ]
