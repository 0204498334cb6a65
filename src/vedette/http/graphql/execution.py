"""Runs an operation: within limits, each error with its code, and no error of the program told to anybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import structlog
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    MaxIntrospectionDepthRule,
    ValidationRule,
    execute,
    parse,
    specified_rules,
    validate,
)

from vedette.errors import VedetteError
from vedette.http.errors import describe, status_of
from vedette.http.gate import Caller
from vedette.http.graphql.dashboards import RESOLVERS, Asked, Doors
from vedette.http.graphql.schema import make_schema

if TYPE_CHECKING:
    from vedette.http.routes.graphql import GraphqlRequest

MAX_TOKENS: Final = 2_000
MAX_QUERY: Final = 100_000
"""Characters; what is long belongs into variables."""
MAX_ROOT_FIELDS: Final = 10
"""Questions, or changes, in one request: each may read a page of dashboards."""
_MAX_ERRORS: Final = 20
_BUG: Final = "Vedette failed while answering this; the log has more"
_log = structlog.get_logger(__name__)
_SCHEMA: Final = make_schema(RESOLVERS)


class FewRootFields(ValidationRule):
    """Counts what stands at the root, in fragments as well, whatever names it is given."""

    count = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Tells of the first that is too many."""
        if self.context.get_parent_type() not in (_SCHEMA.query_type, _SCHEMA.mutation_type):
            return
        self.count += 1
        if self.count == MAX_ROOT_FIELDS + 1:
            self.report_error(GraphQLError(f"a request may ask {MAX_ROOT_FIELDS} things at its root", node))


_RULES: Final = (*specified_rules, MaxIntrospectionDepthRule, FewRootFields)


def operation_of(text: str) -> DocumentNode | list[GraphQLError]:
    """The operations of a text, or what is wrong with it."""
    try:
        document = parse(text, max_tokens=MAX_TOKENS, max_source_length=MAX_QUERY)
    except GraphQLError as error:
        return [error]
    except RecursionError:
        return [GraphQLError("the query is nested too deeply")]
    return validate(_SCHEMA, document, _RULES, max_errors=_MAX_ERRORS) or document


async def run(
    document: DocumentNode | list[GraphQLError],
    request: GraphqlRequest,
    who: Caller,
    doors: tuple[Any, Any, Any, Any],
    in_thread: Callable[[Callable[[], Any]], Awaitable[Any]],
    request_id: str,
) -> tuple[int, dict[str, object]]:
    """HTTP status and body of the answer."""
    if isinstance(document, list):
        return 400, {"errors": [_told(error, request_id) for error in document]}
    result = execute(
        _SCHEMA,
        document,
        context_value=Asked(who, Doors(*doors), in_thread),
        variable_values=request.variables,
        operation_name=request.operation_name,
    )
    if not isinstance(result, ExecutionResult):
        result = await result
    errors = {"errors": [_told(error, request_id) for error in result.errors]} if result.errors else {}
    # Without an operation that could be begun there is no data at all.
    begun = result.data is not None or any(error.path for error in result.errors or [])
    return (200, {"data": result.data, **errors}) if begun else (400, {**errors})


def _told(error: GraphQLError, request_id: str) -> dict[str, object]:
    """An error as clients see it."""
    told: dict[str, object] = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, VedetteError):
        status, error_type = status_of(cause)
        more = describe(cause, error_type, request_id)
        told["message"] = more.pop("error")
        told["extensions"] = {**more, "status": status}
    elif cause is not None and not isinstance(cause, GraphQLError):
        _log.error("graphql_failed", request_id=request_id, exc_info=cause)
        told["message"] = _BUG
        told["extensions"] = {"code": "internal", "status": 500, "request_id": request_id}
    return told
