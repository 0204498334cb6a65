"""The operation of GraphQL; what may be asked its own schema says."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from vedette.http.openapi.operation import JSON, Content, Operation
from vedette.http.routes.graphql import PATH, GraphqlRequest


class GraphqlError(msgspec.Struct):
    """What went wrong with a field, or with the whole."""

    message: str
    locations: list[dict[str, int]] = []
    path: list[str | int] = []
    extensions: dict[str, Any] = {}
    """`code`, and what else an error of the REST API says."""


class GraphqlAnswer(msgspec.Struct):
    """Data in the shape of the question; `errors` only where there are some."""

    data: dict[str, Any] | None = None
    errors: list[GraphqlError] = []


GRAPHQL: Final[dict[tuple[str, str], Operation]] = {
    ("POST", PATH): Operation(
        "Dashboards over GraphQL: read, make, change, delete and restore them",
        "dashboards",
        {
            200: Content("The answer, with errors of single fields beside it.", shape=GraphqlAnswer),
            400: Content("What is no operation of the schema.", shape=GraphqlAnswer),
        },
        description="The schema is there by introspection. Changes need the right to change documents.",
        bodies=(Content("The operation.", JSON, GraphqlRequest, {"query": "{ dashboards { nodes { id name } } }"}),),
        errors=(413,),
    ),
}
