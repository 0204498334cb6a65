"""`POST /api/v1/graphql`: dashboards over GraphQL, as the GraphQL-over-HTTP specification has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.http.gate import caller
from vedette.http.json_requests import Threads, read_document

if TYPE_CHECKING:
    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Documents

PATH = "/api/v1/graphql"
_ANSWER = "application/graphql-response+json"


class GraphqlRequest(msgspec.Struct, rename="camel"):
    """What GraphQL clients send; what they add for others' servers is not looked at."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


class GraphqlRoutes:
    """The endpoint. What GraphQL needs is imported when it is first asked, so that a start does not wait for it."""

    def __init__(
        self,
        documents: Callable[[], Documents],
        audit: Callable[[], Audit],
        shared: Callable[[str], Iterable[str]],
        check_change: Callable[[str, str, str], None],
        threads: Threads,
        max_document_bytes: int,
    ) -> None:
        self._doors = (documents, audit, shared, check_change)
        self._threads = threads
        self._max_document_bytes = max_document_bytes

    async def answer(self, request: Request) -> Response:
        """Status 400 for what is no operation of the schema; else 200, with errors beside the data."""
        who = caller(request.scope)
        asked = await read_document(request, GraphqlRequest, self._max_document_bytes)
        from vedette.http.graphql.execution import operation_of, run  # noqa: PLC0415 - as said above

        # A query that is long, or wound up, is read beside the event loop.
        operation = await self._threads.run(lambda: operation_of(asked.query))
        request_id = str(request.scope.get("vedette.request_id", ""))
        status, body = await run(operation, asked, who, self._doors, self._threads.run, request_id)
        media_type = _ANSWER if _ANSWER in request.headers.get("accept", "") else "application/json"
        return Response(msgspec.json.encode(body), status, media_type=media_type)


def routes(
    documents: Callable[[], Documents],
    audit: Callable[[], Audit],
    shared: Callable[[str], Iterable[str]],
    check_change: Callable[[str, str, str], None],
    threads: Threads,
    max_document_bytes: int,
) -> list[BaseRoute]:
    """All of these are called in threads, and may open the catalog first; `shared`: see `graphql.dashboards.Doors`."""
    them = GraphqlRoutes(documents, audit, shared, check_change, threads, max_document_bytes)
    return [Route(PATH, them.answer, methods=["POST"])]
