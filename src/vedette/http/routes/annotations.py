"""`/api/v1/annotations`: marks on the time axis; an id is always one of the project that the request is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.catalog.records import Annotation
from vedette.dashboards.annotations import Also, Annotations, ChangedAnnotation, NewAnnotation
from vedette.errors import BadData
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import Threads, answer, expected_version, number, read_body

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vedette.auth.audit import Audit

_PATH: Final = "/api/v1/annotations"
_MAX_DIGITS: Final = 16


class AnnotationView(msgspec.Struct):
    """An annotation; `end_ms` is null for a moment."""

    id: str
    time_ms: int
    end_ms: int | None
    title: str
    text: str
    tags: list[str]
    dashboard: str
    widget: str
    version: int
    created_ms: int
    created_by: str
    updated_ms: int
    updated_by: str


class AnnotationRoutes:
    """Endpoints."""

    def __init__(self, annotations: Annotations, audit: Callable[[], Audit], threads: Threads) -> None:
        self._annotations = annotations
        self._audit = audit
        self._threads = threads

    async def list(self, request: Request) -> Response:
        """Those that touch a time, newest first."""
        who, asked = caller(request.scope), request.query_params
        start_ms, end_ms = _moment("start_ms", asked.get("start_ms", "")), _moment("end_ms", asked.get("end_ms", ""))
        limit, dashboard = number(asked, "limit", 1_000), asked.get("dashboard", "")
        found = await self._threads.run(
            lambda: self._annotations.within(who.project, start_ms, end_ms, dashboard, limit)
        )
        return answer([_view(one) for one in found])

    async def create(self, request: Request) -> Response:
        """Answers 201."""
        who = caller(request.scope)
        new = await read_body(request, NewAnnotation)
        also = self._noting(who, "create")
        made = await self._threads.run(lambda: self._annotations.create(who.project, new, who.principal.name, also))
        return answer(_view(made), 201, tag=made.version)

    async def get(self, request: Request) -> Response:
        """One of the project."""
        who, annotation_id = caller(request.scope), request.path_params["id"]
        found = await self._threads.run(lambda: self._annotations.get(who.project, annotation_id))
        return answer(_view(found), tag=found.version)

    async def change(self, request: Request) -> Response:
        """What is not sent stays."""
        who, annotation_id = caller(request.scope), request.path_params["id"]
        expected = expected_version(request)
        changed = await read_body(request, ChangedAnnotation)
        by, also = who.principal.name, self._noting(who, "update")
        saved = await self._threads.run(
            lambda: self._annotations.change(who.project, annotation_id, changed, by, expected, also)
        )
        return answer(_view(saved), tag=saved.version)

    async def delete(self, request: Request) -> Response:
        """For good; answers with what it was."""
        who, annotation_id = caller(request.scope), request.path_params["id"]
        expected, also = expected_version(request), self._noting(who, "delete")
        gone = await self._threads.run(lambda: self._annotations.delete(who.project, annotation_id, expected, also))
        return answer(_view(gone))

    def _noting(self, who: Caller, verb: str) -> Also:
        def note(connection: Connection, annotation: Annotation) -> None:
            self._audit().note_in(
                connection,
                who.actor,
                f"annotation.{verb}",
                object_kind="annotation",
                object_id=annotation.id,
                project=annotation.project,
                detail={"title": annotation.title, "version": annotation.version},
            )

        return note


def _view(annotation: Annotation) -> AnnotationView:
    fields: dict[str, Any] = {name: getattr(annotation, name) for name in AnnotationView.__struct_fields__}
    fields["end_ms"] = None if annotation.end_ms == annotation.time_ms else annotation.end_ms
    fields["tags"] = [*annotation.tags]
    return AnnotationView(**fields)


def _moment(name: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS):
        raise BadData(f"{name}: expected milliseconds since 1970, got {text[:50]!r}")
    return int(text)


def routes(annotations: Annotations, audit: Callable[[], Audit], threads: Threads) -> list[BaseRoute]:
    """`audit` is called in threads, and may open the catalog first."""
    them = AnnotationRoutes(annotations, audit, threads)
    return [
        Route(_PATH, them.list, methods=["GET"]),
        Route(_PATH, them.create, methods=["POST"]),
        Route(_PATH + "/{id}", them.get, methods=["GET"]),
        Route(_PATH + "/{id}", them.change, methods=["PATCH"]),
        Route(_PATH + "/{id}", them.delete, methods=["DELETE"]),
    ]
