"""`POST /-/reload`: read the scrape configuration, rule files and the certificate anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from vedette.http.deeds import Deeds
from vedette.http.gate import caller

Reload = Callable[[], Awaitable[None]]
"""Raises BadData with all errors; then everything goes on as before."""


def routes(reload: Reload, deeds: Deeds) -> list[BaseRoute]:
    """As Prometheus has it, but errors are the sender's: status 400 with all of them."""

    async def answer(request: Request) -> Response:
        await reload()
        await asyncio.to_thread(deeds.done, caller(request.scope), "config.reload")
        return PlainTextResponse("The scrape configuration and rule files were read.\n")

    return [Route("/-/reload", answer, methods=["POST", "PUT"])]
