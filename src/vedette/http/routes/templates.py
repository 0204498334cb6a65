"""`/api/v1/templates`: dashboards that come with the server, and which of them have data here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.auth.permission import Permission
from vedette.catalog.document_spec import MAX_NAME
from vedette.dashboards.provisioning import KIND
from vedette.dashboards.templates import Template, template_of
from vedette.errors import Conflict
from vedette.http.document_audit import noting
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import Threads, answer, read_body
from vedette.model.frame import QueryResult
from vedette.query.options import QueryOptions

if TYPE_CHECKING:
    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Documents
    from vedette.catalog.records import Document

_MOST_OF_ONE_TITLE = 100


class Asks(Protocol):
    """What `query.service.QueryService` answers."""

    def now_ms(self) -> int: ...

    def instant(self, project: str, text: str, time_ms: int, options: QueryOptions = ...) -> QueryResult: ...


class NewFromTemplate(msgspec.Struct, forbid_unknown_fields=True):
    """Without a name it gets the template's, with a number where there is one of that name."""

    name: Annotated[str, msgspec.Meta(max_length=MAX_NAME)] = ""


class TemplateRoutes:
    """Endpoints."""

    def __init__(
        self,
        templates: Callable[[], dict[str, Template]],
        documents: Callable[[], Documents],
        audit: Callable[[], Audit],
        service: Asks,
        threads: Threads,
        queries: Executor,
    ) -> None:
        self._templates = templates
        self._documents = documents
        self._audit = audit
        self._service = service
        self._threads = threads
        self._queries = queries

    async def list(self, request: Request) -> Response:
        """Without their widgets."""
        who = caller(request.scope)
        templates = await self._threads.run(self._templates)
        fitting: dict[str, bool | None] = dict.fromkeys(templates)
        if who.principal.may(Permission.METRICS_READ, who.project):
            loop = asyncio.get_running_loop()
            fitting.update(await loop.run_in_executor(self._queries, lambda: self._fitting(templates, who)))
        return answer([_head(template) | {"fits": fitting[template.id]} for template in templates.values()])

    async def get(self, request: Request) -> Response:
        """With everything."""
        templates = await self._threads.run(self._templates)
        template = template_of(templates, request.path_params["id"])
        return answer(_head(template) | {"spec": template.spec})

    async def instantiate(self, request: Request) -> Response:
        """Answers 201 with the new document."""
        who = caller(request.scope)
        wanted = await read_body(request, NewFromTemplate)
        templates = await self._threads.run(self._templates)
        template = template_of(templates, request.path_params["id"])
        document = await self._threads.run(lambda: self._create(template, wanted.name.strip(), who))
        return answer(document, 201, tag=document.version)

    def _fitting(self, templates: dict[str, Template], who: Caller) -> dict[str, bool]:
        options = QueryOptions(matchers=who.matchers)
        now_ms = self._service.now_ms()

        def has_data(selector: str) -> bool:
            frame = self._service.instant(who.project, f"group({selector})", now_ms, options).frame
            return frame is not None and len(frame.labels) > 0

        return {name: all(map(has_data, template.needs)) for name, template in templates.items()}

    def _create(self, template: Template, name: str, who: Caller) -> Document:
        names = [name] if name else _names(template.title)
        for attempt, title in enumerate(names, 1):
            try:
                return self._documents().create(
                    KIND,
                    who.project,
                    title,
                    template.spec,
                    who.principal.name,
                    message=f"from the template {template.id}",
                    also=noting(self._audit(), who, "create"),
                )
            except Conflict:
                if attempt == len(names):
                    raise
        raise AssertionError("BUG: there is at least one name")


def _names(title: str) -> list[str]:
    return [title, *(f"{title} {number}" for number in range(2, _MOST_OF_ONE_TITLE + 1))]


def _head(template: Template) -> dict[str, Any]:
    return {
        "id": template.id,
        "title": template.title,
        "category": template.category,
        "description": template.description,
        "needs": template.needs,
        "widgets": len(template.spec.get("widgets", ())),
    }


def routes(
    templates: Callable[[], dict[str, Template]],
    documents: Callable[[], Documents],
    audit: Callable[[], Audit],
    service: Asks,
    threads: Threads,
    queries: Executor,
) -> list[BaseRoute]:
    """What is called is called in threads; `queries` runs the questions whether there is data."""
    them = TemplateRoutes(templates, documents, audit, service, threads, queries)
    return [
        Route("/api/v1/templates", them.list, methods=["GET"]),
        Route("/api/v1/templates/{id}", them.get, methods=["GET"]),
        Route("/api/v1/templates/{id}/instantiate", them.instantiate, methods=["POST"]),
    ]
