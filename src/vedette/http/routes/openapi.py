"""The OpenAPI document, written when somebody first asks for it."""

from __future__ import annotations

from functools import cache

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route


@cache
def document_bytes() -> bytes:
    """The document as JSON, the same bytes for the same version."""
    from vedette.http.openapi.document import document  # noqa: PLC0415 - describing shapes is slow to import
    from vedette.http.openapi.operations import OPERATIONS  # noqa: PLC0415 - the same

    return orjson.dumps(document(OPERATIONS), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def routes() -> list[BaseRoute]:
    """`GET /api/v1/openapi.json`."""

    def openapi(_request: Request) -> Response:
        return Response(document_bytes(), media_type="application/json")

    return [Route("/api/v1/openapi.json", openapi)]
