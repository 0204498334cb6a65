"""Prometheus' query API: query, query_range, query_exemplars, format_query, parse_query.

Plain ASGI on purpose: a dashboard asks small questions by the hundred, and half a millisecond is the budget of one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from functools import partial

import orjson
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from vedette.errors import BadData, QuerySyntax
from vedette.http.answer import Answer
from vedette.http.errors import describe, request_id_of
from vedette.http.gate import Caller, caller
from vedette.http.gzip_answers import wants_gzip
from vedette.http.routes.prometheus_answers import Encode, run_query, send_data, send_json
from vedette.http.routes.prometheus_parameters import Parameters, parameters_of, read_parameters
from vedette.http.routes.prometheus_tree import tree_json
from vedette.promql.printer import pretty
from vedette.query.encode import prometheus_answer
from vedette.query.service import Query, QueryService

Respond = Callable[[Parameters, Scope, Receive, Send], Awaitable[None]]
QUERY_METHODS = ["GET", "POST"]


class Endpoint:
    """An ASGI endpoint that reads the parameters and answers."""

    def __init__(self, answer: Respond) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(await read_parameters(scope, receive), scope, receive, send)


def routes(service: QueryService, executor: Executor) -> list[BaseRoute]:
    """`executor` runs what takes longer than a moment."""
    api = _QueryApi(service)
    endpoints: dict[str, ASGIApp] = {
        "/api/v1/query": _Asking(api.query, executor),
        "/api/v1/query_range": _Asking(api.query_range, executor),
        "/api/v1/query_exemplars": Endpoint(api.query_exemplars),
        "/api/v1/format_query": Endpoint(api.format_query),
        "/api/v1/parse_query": Endpoint(api.parse_query),
    }
    return [Route(path, endpoint, methods=QUERY_METHODS) for path, endpoint in endpoints.items()]


Asked = tuple[Query, Encode]
"""An admitted query, and what makes the body of its result."""


class _Asking:
    """An endpoint that runs a query: a quick one at once, another in a thread."""

    def __init__(self, ask: Callable[[Parameters, Caller], Asked], executor: Executor) -> None:
        self._ask = ask
        self._executor = executor

    def at_once(self, scope: Scope, body: bytes | bytearray) -> Answer | None:
        query, encode = self._ask(parameters_of(scope, body), caller(scope))
        if not query.is_quick:
            query.abandon()
            return None
        try:
            return Answer(encode(query.run()))
        except BadData as error:
            return _unfit(error, scope)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query, encode = self._ask(await read_parameters(scope, receive), caller(scope))
        try:
            body, gzipped = await run_query(query, encode, receive, self._executor, gzip=wants_gzip(scope))
        except BadData as error:
            await _unfit(error, scope).send(send)
        else:
            await send_json(send, body, gzipped=gzipped)


def _unfit(error: BadData, scope: Scope) -> Answer:
    if isinstance(error, QuerySyntax):
        raise error
    # The request was well-formed; what it asks cannot be worked out from the data: Prometheus says 422.
    return Answer(orjson.dumps(describe(error, "execution", request_id_of(scope))), 422)


class _QueryApi:
    def __init__(self, service: QueryService) -> None:
        self._service = service

    def query(self, parameters: Parameters, who: Caller) -> Asked:
        time_ms = parameters.time_ms("time", self._service.now_ms())
        text, options = parameters.text("query"), parameters.options(who.matchers)
        with _names_the_parameter():
            query = self._service.admit_instant(who.project, text, time_ms, options)
        return query, partial(prometheus_answer, query=text, limit=options.limit, stats=parameters.text("stats"))

    def query_range(self, parameters: Parameters, who: Caller) -> Asked:
        start_ms, end_ms = parameters.time_ms("start"), parameters.time_ms("end")
        if end_ms < start_ms:
            raise BadData('invalid parameter "end": end timestamp must not be before start time')
        step_ms = parameters.duration_ms("step")
        if step_ms <= 0:
            raise BadData(
                'invalid parameter "step": zero or negative query resolution step widths are not accepted. '
                "Try a positive integer"
            )
        text, options = parameters.text("query"), parameters.options(who.matchers)
        with _names_the_parameter():
            query = self._service.admit_range(who.project, text, start_ms, end_ms, step_ms, options)
        return query, partial(prometheus_answer, query=text, limit=options.limit, stats=parameters.text("stats"))

    async def query_exemplars(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        parameters.range()
        with _names_the_parameter():
            self._service.parse(parameters.text("query"))
        await send_data(scope, send, [])

    async def format_query(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        with _names_the_parameter():
            expr = self._service.parse(parameters.text("query"))
        await send_data(scope, send, pretty(expr))

    async def parse_query(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        with _names_the_parameter():
            expr = self._service.parse(parameters.text("query"))
        await send_data(scope, send, tree_json(expr))


class _names_the_parameter:  # noqa: N801 - reads as a verb where it is used
    """Puts the parameter's name before the message of a syntax error, as Prometheus does."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, QuerySyntax):
            message = f'invalid parameter "query": {error.message}'
            raise QuerySyntax(message, start=error.start, end=error.end) from error
