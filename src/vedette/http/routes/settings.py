"""The settings in force, with where each is from."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.config.effective import effective
from vedette.http.answer import success


def routes(settings: object, sources: Mapping[str, str]) -> list[BaseRoute]:
    """`sources` says where each setting that is no default is from."""

    async def everything(_request: Request) -> Response:
        return success(
            [
                {
                    "name": item.field.key,
                    "value": item.value,
                    "default": item.default,
                    "source": sources.get(item.field.key, ""),
                    "environment": item.field.env,
                    "description": item.description,
                }
                for item in effective(settings)
            ]
        )

    return [Route("/api/v1/settings", everything)]
