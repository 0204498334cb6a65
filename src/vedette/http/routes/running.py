"""Queries under way - `GET /api/v1/queries`, `DELETE /api/v1/queries/{id}` - and `/api/v1/explain`."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor

from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.http.deeds import Deeds
from vedette.http.gate import caller
from vedette.http.routes.prometheus import QUERY_METHODS, Endpoint
from vedette.http.routes.prometheus_answers import in_thread, send_data
from vedette.http.routes.prometheus_parameters import Parameters
from vedette.query.service import QueryService


def routes(service: QueryService, executor: Executor, deeds: Deeds) -> list[BaseRoute]:
    """Listing and killing need no free thread of `executor`, so that they work when all are busy."""

    async def running(_parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        project = caller(scope).project
        await send_data(scope, send, [query.as_json() for query in service.running() if query.project == project])

    async def kill(_parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        who, query_id = caller(scope), scope["path_params"]["id"]
        service.kill(query_id, who.project)
        await asyncio.to_thread(deeds.done, who, "query.kill", project=who.project, detail={"query": query_id})
        await send_data(scope, send, {"killed": query_id})

    async def explain(parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        who = caller(scope)
        text, options = parameters.text("query"), parameters.options(who.matchers)
        if parameters.text("start"):
            start_ms, end_ms = parameters.time_ms("start"), parameters.time_ms("end")
            step_ms = parameters.duration_ms("step")
            service.check_range(start_ms, end_ms, step_ms)
        else:
            start_ms = end_ms = parameters.time_ms("time", service.now_ms())
            step_ms = 0
        explained = await in_thread(
            executor, lambda: service.explain(who.project, text, start_ms, end_ms, step_ms, options)
        )
        await send_data(scope, send, {**explained.as_data(), "text": explained.text()})

    return [
        Route("/api/v1/queries", Endpoint(running), methods=["GET"]),
        Route("/api/v1/queries/{id}", Endpoint(kill), methods=["DELETE"]),
        Route("/api/v1/explain", Endpoint(explain), methods=QUERY_METHODS),
    ]
