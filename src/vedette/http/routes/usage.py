"""`GET /api/v1/projects/{project}/usage`: what a project uses of each of its limits, and which metrics are to blame."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.catalog.records import LimitsOf
from vedette.http.gate import caller
from vedette.http.json_requests import Threads, answer
from vedette.ingest.pipeline import Pipeline
from vedette.query.service import QueryService

_METRICS: Final = 10


class SeriesUse(msgspec.Struct):
    """Series with a sample within the last hour, and those that are new in this hour of the clock."""

    active: int
    limit: int
    per_metric_limit: int
    new_this_hour: int
    new_limit: int


class IngestUse(msgspec.Struct):
    """Samples a second over the last ten; a limit that is null does not exist."""

    samples_per_s: float
    limit: int | None


class StorageUse(msgspec.Struct):
    """Size on disk; beyond the limit the oldest blocks go."""

    bytes: int
    limit: int | None


class QueriesUse(msgspec.Struct):
    """Queries under way."""

    running: int
    limit: int | None


class MetricUse(msgspec.Struct):
    """Active series of a metric."""

    name: str
    count: int


class UsageView(msgspec.Struct):
    """What a project uses, against the limits that hold for it."""

    series: SeriesUse
    ingest: IngestUse
    storage: StorageUse
    queries: QueriesUse
    active_series_by_metric: list[MetricUse]
    """Those with the most series first."""


def routes(
    pipeline: Pipeline, service: QueryService, limits_of: LimitsOf, executor: Executor, retention_bytes: int
) -> list[BaseRoute]:
    """`retention_bytes` is the server's setting, 0 for none."""
    threads = Threads(executor)

    def usage(project: str) -> UsageView:
        used, own = pipeline.usage(project, _METRICS), limits_of(project)
        max_bytes = own.max_bytes if own is not None and own.max_bytes is not None else retention_bytes
        running, most = service.concurrent(project)
        bounds = used.bounds
        return UsageView(
            SeriesUse(
                used.active_series,
                bounds.max_active_series,
                bounds.max_active_series_per_metric,
                used.new_series_this_hour,
                used.new_series_allowed_this_hour,
            ),
            IngestUse(round(pipeline.rates.rate(project), 1), pipeline.rates.limit(project)),
            StorageUse(pipeline.storage.stats(project, 0).bytes_on_disk, max_bytes or None),
            QueriesUse(running, most),
            [MetricUse(name, count) for name, count in used.metrics],
        )

    async def get(request: Request) -> Response:
        project = caller(request.scope).project
        return answer(await threads.run(lambda: usage(project)))

    return [Route("/api/v1/projects/{project}/usage", get, methods=["GET"])]
