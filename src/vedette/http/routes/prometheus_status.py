"""Prometheus' API about the server itself: status/*."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct, field
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette import __version__
from vedette.clock import Clock
from vedette.http.gate import caller
from vedette.http.routes.prometheus import Endpoint, Respond
from vedette.http.routes.prometheus_answers import in_thread, send_data
from vedette.http.routes.prometheus_parameters import Parameters
from vedette.storage.interface import Storage

PROMETHEUS_VERSION: Final = "3.5.0"
"""Whose API this is: dashboards decide by it what they may ask."""
_MAX_RANKING: Final = 10_000


def _nothing() -> Mapping[str, str]:
    return {}


class ServerFacts(Struct, frozen=True):
    """What only the composition root knows."""

    started_ms: int
    config_text: Callable[[], str] = str
    """The settings in force as text."""
    flags: Callable[[], Mapping[str, str]] = _nothing
    """Settings by dotted name."""
    retention: str = ""
    data: Path = field(default_factory=Path)
    last_reload: Callable[[], tuple[bool, int]] | None = None
    """Whether the scrape configuration could be used when it was last read, and since when the one in force is."""


def routes(storage: Storage, executor: Executor, clock: Clock, facts: ServerFacts) -> list[BaseRoute]:
    """status/config, flags, runtimeinfo, buildinfo, tsdb and walreplay."""
    api = _StatusApi(storage, executor, clock, facts)
    handlers: dict[str, Respond] = {
        "config": api.config,
        "flags": api.flags,
        "runtimeinfo": api.runtimeinfo,
        "buildinfo": api.buildinfo,
        "tsdb": api.tsdb,
        "walreplay": api.walreplay,
    }
    return [Route(f"/api/v1/status/{name}", Endpoint(answer), methods=["GET"]) for name, answer in handlers.items()]


class _StatusApi:
    def __init__(self, storage: Storage, executor: Executor, clock: Clock, facts: ServerFacts) -> None:
        self._storage = storage
        self._executor = executor
        self._clock = clock
        self._facts = facts

    async def config(self, _parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        await send_data(scope, send, {"yaml": self._facts.config_text()})

    async def flags(self, _parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        await send_data(scope, send, dict(self._facts.flags()))

    async def runtimeinfo(self, _parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        facts = self._facts
        reloaded, config_ms = (True, facts.started_ms) if facts.last_reload is None else facts.last_reload()
        data = {
            "startTime": _rfc3339(facts.started_ms),
            "CWD": str(facts.data.resolve()),
            "hostname": socket.gethostname(),
            "serverTime": _rfc3339(self._clock.now_ms()),
            "reloadConfigSuccess": reloaded,
            "lastConfigTime": _rfc3339(config_ms),
            "corruptionCount": 0,
            "goroutineCount": threading.active_count(),
            "GOMAXPROCS": os.cpu_count() or 1,
            "GOMEMLIMIT": 0,
            "GOGC": "",
            "GODEBUG": "",
            "storageRetention": facts.retention,
        }
        await send_data(scope, send, data)

    async def buildinfo(self, _parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        data = {
            "version": f"{PROMETHEUS_VERSION}+vedette.{__version__}",
            "revision": __version__,
            "branch": "HEAD",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        }
        await send_data(scope, send, data)

    async def tsdb(self, parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        limit = min(parameters.count("limit", 10) or 10, _MAX_RANKING)
        project = caller(scope).project
        stats = await in_thread(self._executor, lambda: self._storage.stats(project, limit))
        data = {
            "headStats": {
                "numSeries": stats.series,
                "numLabelPairs": stats.label_pairs,
                "chunkCount": 0,
                "minTime": stats.min_time_ms,
                "maxTime": stats.max_time_ms,
            },
            "seriesCountByMetricName": _ranking(stats.series_by_metric),
            "labelValueCountByLabelName": _ranking(stats.values_by_label),
            "memoryInBytesByLabelName": [],
            "seriesCountByLabelValuePair": _ranking(stats.series_by_pair),
            "vedette": {"samples": stats.samples, "bytesOnDisk": stats.bytes_on_disk},
        }
        await send_data(scope, send, data)

    async def walreplay(self, _parameters: Parameters, scope: Scope, _receive: Receive, send: Send) -> None:
        # Requests are answered only once the log has been read.
        await send_data(scope, send, {"min": 0, "max": 0, "current": 0})


def _ranking(pairs: Sequence[tuple[str, int]]) -> list[dict[str, object]]:
    return [{"name": name, "value": count} for name, count in pairs]


def _rfc3339(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat().replace("+00:00", "Z")
