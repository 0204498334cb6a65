"""`GET /api/v1/status/cardinality`: which metrics, labels and pairs make up the series, and what limits refused."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import asdict
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.errors import BadData
from vedette.http.answer import success
from vedette.http.gate import caller
from vedette.ingest.pipeline import Pipeline

_DEFAULT_LIMIT: Final = 10
_MAX_LIMIT: Final = 1000


def routes(pipeline: Pipeline, executor: Executor) -> list[BaseRoute]:
    """`?limit=` bounds each ranking."""

    async def cardinality(request: Request) -> Response:
        text = request.query_params.get("limit", str(_DEFAULT_LIMIT))
        if not text.isdecimal() or not 1 <= int(text) <= _MAX_LIMIT:
            raise BadData(f"limit must be a number from 1 to {_MAX_LIMIT}, not {text[:20]!r}")
        found = await asyncio.get_running_loop().run_in_executor(
            executor, _figures, pipeline, caller(request.scope).project, int(text)
        )
        return success(found)

    return [Route("/api/v1/status/cardinality", cardinality, methods=["GET"])]


def _figures(pipeline: Pipeline, project: str, limit: int) -> dict[str, Any]:
    usage = pipeline.usage(project, limit)
    stats = pipeline.storage.stats(project, limit)
    return {
        "limits": {**asdict(pipeline.settings.series), **msgspec.structs.asdict(usage.bounds)},
        "usage": {
            "active_series": usage.active_series,
            "new_series_this_hour": usage.new_series_this_hour,
            "new_series_allowed_this_hour": usage.new_series_allowed_this_hour,
            "stored_series": stats.series,
            "label_pairs": stats.label_pairs,
        },
        "active_series_by_metric": _ranking(usage.metrics),
        "stored_series_by_metric": _ranking(stats.series_by_metric),
        "values_by_label": _ranking(stats.values_by_label),
        "stored_series_by_pair": _ranking(stats.series_by_pair),
        "refusals": [
            {
                "time_ms": refusal.time_ms,
                "reason": refusal.reason.value,
                "metric": refusal.metric,
                "labels": refusal.labels,
                "count": refusal.count,
            }
            for refusal in usage.refusals
        ],
    }


def _ranking(pairs: Any) -> list[dict[str, Any]]:
    return [{"name": name, "count": count} for name, count in pairs]
