"""Is the process alive, can it serve; and its own counters in exposition format."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from vedette.telemetry.present import Present


def always(state: Callable[[], str]) -> list[BaseRoute]:
    """Routes that answer also while starting and stopping; `state` is empty when ready, else the reason why not."""

    async def healthy(_request: Request) -> Response:
        return PlainTextResponse("Vedette is healthy.\n")

    async def ready(_request: Request) -> Response:
        reason = state()
        if reason:
            return PlainTextResponse(f"Vedette is {reason}.\n", 503, {"retry-after": "1"})
        return PlainTextResponse("Vedette is ready.\n")

    return [Route("/-/healthy", healthy), Route("/-/ready", ready)]


def routes(registry: CollectorRegistry) -> list[BaseRoute]:
    """`GET /metrics`."""

    present = Present(registry)

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(present), media_type=CONTENT_TYPE_LATEST)

    return [Route("/metrics", metrics)]
