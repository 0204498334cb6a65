"""`/api/v1/audit`: the audit log, page by page, as a file, and proved whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from vedette.auth.permission import Permission
from vedette.errors import BadData
from vedette.exposition.cells import csv_cell
from vedette.http.access_views import audit_view
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import Threads, answer, number

if TYPE_CHECKING:
    from vedette.auth.service import AuthService
    from vedette.catalog.audit_log import AuditFilter
    from vedette.catalog.records import AuditEntry

_MAX_PAGE: Final = 1000
_EXPORTED_AT_A_TIME: Final = 1000
_COLUMNS: Final = (
    "seq", "time_ms", "actor_kind", "actor_id", "actor", "action", "object_kind", "object_id", "project", "address",
    "result", "detail", "request_id", "previous_hash", "hash",
)  # fmt: skip


class AuditRoutes:
    """Endpoints. Who administers the instance sees every line, who administers a project those of the project."""

    def __init__(self, service: Callable[[], AuthService], threads: Threads) -> None:
        self._service = service
        self._threads = threads

    async def search(self, request: Request) -> Response:
        """Newest first; `next` is the `before` of the next page."""
        who = caller(request.scope)
        limit = number(request.query_params, "limit", 100)
        if not 0 < limit <= _MAX_PAGE:
            raise BadData(f"limit: 1 to {_MAX_PAGE}")
        before = number(request.query_params, "before")

        def job() -> Response:
            found = self._service().audit.search(_filter(request, who), limit, before)
            return answer([audit_view(entry) for entry in found], next=found[-1].seq if len(found) == limit else None)

        return await self._threads.run(job)

    async def export(self, request: Request) -> Response:
        """Oldest first, `format` jsonl or csv; the export itself is a line of the log."""
        who = caller(request.scope)
        kind = request.query_params.get("format", "jsonl")
        if kind not in ("jsonl", "csv"):
            raise BadData("format: jsonl or csv")

        def job() -> AuditFilter:
            wanted = _filter(request, who)
            project = wanted.project or ""
            self._service().audit.note(who.actor, "audit.export", project=project, detail={"format": kind})
            return wanted

        wanted = await self._threads.run(job)
        pieces = self._pieces(wanted, _as_csv if kind == "csv" else _as_lines)
        media_type = "text/csv; charset=utf-8" if kind == "csv" else "application/x-ndjson"
        headers = {"content-disposition": f'attachment; filename="audit.{kind}"'}
        return StreamingResponse(pieces, media_type=media_type, headers=headers)

    async def verify(self, request: Request) -> Response:
        """Whether a line is missing or was changed."""
        caller(request.scope).actor.require(Permission.INSTANCE_ADMIN)

        def job() -> list[str]:
            return self._service().audit.verify()

        problems = await self._threads.run(job)
        return answer({"intact": not problems, "problems": problems})

    def _pieces(self, wanted: AuditFilter, form: Callable[[list[AuditEntry], bool], bytes]) -> Iterator[bytes]:
        after = 0
        while True:
            entries = self._service().audit.export(wanted, after, _EXPORTED_AT_A_TIME)
            yield form(entries, after == 0)
            if len(entries) < _EXPORTED_AT_A_TIME:
                return
            after = entries[-1].seq


def _filter(request: Request, who: Caller) -> AuditFilter:
    """What the reader asks for, and may see of it."""
    from vedette.catalog.audit_log import AuditFilter  # noqa: PLC0415 - SQLAlchemy comes with it

    asked = request.query_params
    project: str | None = asked.get("of_project") or None
    if not who.principal.is_instance_admin:
        project = who.project
    return AuditFilter(
        since_ms=number(asked, "since_ms"),
        until_ms=number(asked, "until_ms"),
        actor=asked.get("actor", ""),
        actor_id=asked.get("actor_id", ""),
        action=asked.get("action", ""),
        object_kind=asked.get("object_kind", ""),
        object_id=asked.get("object_id", ""),
        project=project,
        address=asked.get("address", ""),
        result=asked.get("result", ""),
    )


def _as_lines(entries: list[AuditEntry], _first: bool) -> bytes:
    return b"".join(msgspec.json.encode(audit_view(entry)) + b"\n" for entry in entries)


def _as_csv(entries: list[AuditEntry], first: bool) -> bytes:
    """RFC 4180; texts are never formulas."""
    lines = [",".join(_COLUMNS)] if first else []
    for entry in entries:
        view = {**msgspec.structs.asdict(audit_view(entry)), "detail": msgspec.json.encode(entry.detail).decode()}
        lines.append(",".join(_cell(view[name]) for name in _COLUMNS))
    return "".join(line + "\r\n" for line in lines).encode()


def _cell(value: object) -> str:
    return csv_cell(value) if isinstance(value, str) else str(value)


def routes(service: Callable[[], AuthService], threads: Threads) -> list[BaseRoute]:
    """`service` as in `session.routes`."""
    them = AuditRoutes(service, threads)
    return [
        Route("/api/v1/audit", them.search, methods=["GET"]),
        Route("/api/v1/audit/export", them.export, methods=["GET"]),
        Route("/api/v1/audit/verify", them.verify, methods=["GET"]),
    ]
