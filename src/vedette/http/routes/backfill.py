"""`POST /api/v1/backfill`: samples of any age, as OpenMetrics, text, CSV or Parquet, straight into blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.errors import BadData
from vedette.http.answer import success
from vedette.http.deeds import Deeds
from vedette.http.gate import caller
from vedette.ingest.report import IngestReport

MEDIA_BY_TYPE: Final = {
    "application/openmetrics-text": "openmetrics",
    "text/plain": "text",
    "text/csv": "csv",
    "application/vnd.apache.parquet": "parquet",
}


Load = Callable[[str, str, bytes, str], IngestReport]
"""(project, kind of body, body, metric name for tables without one) -> what became of it."""


def routes(load: Load, executor: Executor, deeds: Deeds) -> list[BaseRoute]:
    """`load` stores one body durably; it may take a while."""

    async def backfill(request: Request) -> Response:
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        media = MEDIA_BY_TYPE.get(content_type)
        if media is None:
            raise BadData(f"content type {content_type!r} cannot be loaded; known are {', '.join(MEDIA_BY_TYPE)}")
        body, metric = await request.body(), request.query_params.get("metric", "")
        who = caller(request.scope)

        def job() -> IngestReport:
            report = load(who.project, media, body, metric)
            # A long file comes in many bodies, which are one line a minute.
            deeds.done(who, "samples.backfill", project=who.project)
            return report

        report = await asyncio.get_running_loop().run_in_executor(executor, job)
        return success(report.as_json())

    return [Route("/api/v1/backfill", backfill, methods=["POST"])]
