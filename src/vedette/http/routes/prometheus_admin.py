"""Prometheus' admin API: delete_series, clean_tombstones, snapshot."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.errors import Unsupported
from vedette.http.deeds import Deeds
from vedette.http.gate import caller
from vedette.http.routes.prometheus import Endpoint
from vedette.http.routes.prometheus_answers import in_thread, send_data
from vedette.http.routes.prometheus_parameters import Parameters
from vedette.storage.interface import Storage

_METHODS = ["POST", "PUT"]


def routes(
    storage: Storage,
    executor: Executor,
    deeds: Deeds,
    clean_tombstones: Callable[[], object] | None = None,
    snapshot: Callable[[], str] | None = None,
) -> list[BaseRoute]:
    """`clean_tombstones` gives back the space of deleted samples; `snapshot` makes one and returns its name."""

    async def delete_series(parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        who = caller(scope)
        sets, time_range = parameters.matcher_sets(required=True, narrowing=who.matchers), parameters.range()

        def delete() -> None:
            for matchers in sets:
                storage.delete(who.project, matchers, time_range)

        detail = {"match": parameters.texts("match[]"), "start_ms": time_range.start_ms, "end_ms": time_range.end_ms}
        await in_thread(executor, lambda: deeds.do(who, "series.delete", delete, project=who.project, detail=detail))
        await _send_nothing(send)

    async def clean(_parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        who = caller(scope)
        if clean_tombstones is None:
            raise Unsupported("this store keeps nothing of deleted samples")
        await in_thread(executor, lambda: deeds.do(who, "storage.clean", clean_tombstones))
        await _send_nothing(send)

    async def make_snapshot(_parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        who = caller(scope)
        if snapshot is None:
            raise Unsupported("this store makes no snapshots")

        def take() -> str:
            return deeds.do(who, "storage.snapshot", snapshot)

        await send_data(scope, send, {"name": await in_thread(executor, take)})

    return [
        Route("/api/v1/admin/tsdb/delete_series", Endpoint(delete_series), methods=_METHODS),
        Route("/api/v1/admin/tsdb/clean_tombstones", Endpoint(clean), methods=_METHODS),
        Route("/api/v1/admin/tsdb/snapshot", Endpoint(make_snapshot), methods=_METHODS),
    ]


async def _send_nothing(send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})
