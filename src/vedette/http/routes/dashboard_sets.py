"""`/api/v1/dashboards`: many dashboards at once - found by words, moved, deleted, restored, exported, taken over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.catalog.document_spec import folder_of
from vedette.dashboards.bundle import MAX_DASHBOARDS, Bundle, Taking, bundle_of
from vedette.dashboards.check import check_dashboard
from vedette.dashboards.folder import KIND as FOLDER
from vedette.dashboards.preferences import DocumentId
from vedette.dashboards.provisioning import KIND
from vedette.dashboards.search import found
from vedette.errors import BadData, VedetteError
from vedette.http.document_audit import noting
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import Threads, answer, number, read_body

if TYPE_CHECKING:
    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Documents
    from vedette.catalog.records import Document

_MAX_BODY_BYTES: Final = 64 * 2**20
_BODY_LIMIT: Final = "the size of a bundle"
_MAX_CHARACTERS: Final = 200
_MAX_FOUND: Final = 100
Ids = Annotated[tuple[DocumentId, ...], msgspec.Meta(min_length=1, max_length=MAX_DASHBOARDS)]


class ManyDashboards(msgspec.Struct, forbid_unknown_fields=True):
    """The same for each of them; `folder` is where they are moved to, empty: out of all folders."""

    action: Literal["move", "delete", "restore"]
    ids: Ids
    folder: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$")] = ""


class ManyOutcome(msgspec.Struct):
    """What became of one."""

    id: str
    name: str
    error: str = ""
    """Empty where it was done."""


class ExportedDashboards(msgspec.Struct, forbid_unknown_fields=True):
    """Which to export; none named: all of the project."""

    ids: Annotated[tuple[DocumentId, ...], msgspec.Meta(max_length=MAX_DASHBOARDS)] = ()


class TakenBundle(msgspec.Struct, forbid_unknown_fields=True):
    """A file with dashboards, and where they go."""

    bundle: Bundle
    into: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$")] | None = None
    """Id of the folder for all of them, empty: none; without it the folders of the file, by their names."""
    same: Literal["copy", "replace"] = "copy"
    """What becomes of one whose id a dashboard has already."""
    dry_run: bool = False


class CheckedDashboard(msgspec.Struct, forbid_unknown_fields=True):
    """The content of a dashboard's document."""

    spec: dict[str, Any]


class DashboardSetRoutes:
    """Endpoints."""

    def __init__(
        self,
        documents: Callable[[], Documents],
        audit: Callable[[], Audit],
        check_change: Callable[[str, str, str], None],
        threads: Threads,
    ) -> None:
        self._documents = documents
        self._audit = audit
        self._check_change = check_change
        self._threads = threads

    async def search(self, request: Request) -> Response:
        """By name, with the widgets that the words are about."""
        who, text = caller(request.scope), request.query_params.get("query", "")
        limit = number(request.query_params, "limit", 50)
        if len(text) > _MAX_CHARACTERS:
            raise BadData(f"query: {len(text)} characters are more than {_MAX_CHARACTERS}")
        if not 1 <= limit <= _MAX_FOUND:
            raise BadData(f"limit must be 1 to {_MAX_FOUND}")
        hits = await self._threads.run(lambda: self._documents().search(KIND, who.project, text, limit))
        return answer([found(document, text) for document in hits])

    async def check(self, request: Request) -> Response:
        """Says what is wrong with the first field that is wrong; nothing is kept."""
        given = await read_body(request, CheckedDashboard, _MAX_BODY_BYTES, _BODY_LIMIT)
        check_dashboard(given.spec)
        return answer({"widgets": len(given.spec.get("widgets", ()))})

    async def many(self, request: Request) -> Response:
        """One after the other; what cannot be done with one does not stop the others."""
        who, wanted = caller(request.scope), await read_body(request, ManyDashboards, 2**20)
        return answer(await self._threads.run(lambda: self._do(wanted, who)))

    async def export(self, request: Request) -> Response:
        """A bundle, as `take` reads it."""
        who, wanted = caller(request.scope), await read_body(request, ExportedDashboards, 2**20)

        def export() -> Bundle:
            there = self._documents().every(KIND, who.project)
            chosen = [document for document in there if not wanted.ids or document.id in wanted.ids]
            return bundle_of(chosen, self._documents().every(FOLDER, who.project))

        return answer(await self._threads.run(export))

    async def take(self, request: Request) -> Response:
        """With `dry_run` only tells what would become of each."""
        who = caller(request.scope)
        given = await read_body(request, TakenBundle, _MAX_BODY_BYTES, _BODY_LIMIT)
        replace, dry_run = given.same == "replace", given.dry_run

        def take() -> Sequence[object]:
            def also(verb: str) -> Any:
                return noting(self._audit(), who, verb)

            by = who.principal.name
            taking = Taking(
                self._documents(),
                who.project,
                by,
                also,
                self._check_change,
                into=given.into,
                replace=replace,
                dry_run=dry_run,
            )
            return taking.take(given.bundle)

        return answer(await self._threads.run(take))

    def _do(self, wanted: ManyDashboards, who: Caller) -> list[ManyOutcome]:
        if wanted.action == "move" and wanted.folder:
            self._documents().get(FOLDER, who.project, wanted.folder)
        outcomes = []
        for document_id in dict.fromkeys(wanted.ids):
            outcome = ManyOutcome(document_id, "")
            try:
                deleted = wanted.action == "restore"
                now = self._documents().get(KIND, who.project, document_id, include_deleted=deleted)
                outcome.name = now.name
                self._check_change(KIND, who.project, document_id)
                self._do_one(wanted, now, who)
            except VedetteError as error:
                outcome.error = error.message
            outcomes.append(outcome)
        return outcomes

    def _do_one(self, wanted: ManyDashboards, now: Document, who: Caller) -> None:
        kind, project, by = now.kind, now.project, who.principal.name
        if wanted.action == "restore":
            self._documents().restore(kind, project, now.id, by=by, also=noting(self._audit(), who, "restore"))
        elif wanted.action == "delete":
            also = noting(self._audit(), who, "delete")
            self._documents().delete(kind, project, now.id, by=by, expected_version=now.version, also=also)
        elif folder_of(now.spec) != wanted.folder:
            spec = {name: value for name, value in now.spec.items() if name != "folder"}
            self._documents().update(
                kind,
                project,
                now.id,
                name=now.name,
                spec=spec | ({"folder": wanted.folder} if wanted.folder else {}),
                by=by,
                expected_version=now.version,
                message="moved",
                also=noting(self._audit(), who, "update"),
            )


def routes(
    documents: Callable[[], Documents],
    audit: Callable[[], Audit],
    check_change: Callable[[str, str, str], None],
    threads: Threads,
) -> list[BaseRoute]:
    """`documents` and `audit` are called in threads, and may open the catalog first.

    `check_change` is asked with kind, project and id before one is changed, and raises Forbidden.
    """
    them = DashboardSetRoutes(documents, audit, check_change, threads)
    return [
        Route("/api/v1/dashboards/search", them.search, methods=["GET"]),
        Route("/api/v1/dashboards/check", them.check, methods=["POST"]),
        Route("/api/v1/dashboards/many", them.many, methods=["POST"]),
        Route("/api/v1/dashboards/export", them.export, methods=["POST"]),
        Route("/api/v1/dashboards/take", them.take, methods=["POST"]),
    ]
