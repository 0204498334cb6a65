"""A server with a small store for the tests of the Prometheus API, without sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import httpx
import numpy as np
from prometheus_client import CollectorRegistry

from vedette.auth.actor import Actor
from vedette.auth.audit import Audit
from vedette.clock import FakeClock
from vedette.http.app import Application
from vedette.http.deeds import Deeds
from vedette.http.gate import OpenGate
from vedette.http.routes import (
    federate,
    metrics_queries,
    metrics_query,
    prometheus,
    prometheus_admin,
    prometheus_metadata,
    prometheus_status,
    running,
)
from vedette.http.settings import HttpSettings
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.metadata import MetricMetadata
from vedette.promql.engine import Engine
from vedette.query.service import QueryService
from vedette.query.settings import QuerySettings
from vedette.storage.interface import DEFAULT_PROJECT
from vedette.storage.memory import MemoryStorage

NOW_MS = 1_700_000_000_000
STEP_MS = 10_000
POINTS = 60


class Lines(list[tuple[str, object]]):
    """An audit log in memory: actions with their details."""

    def note(self, _actor: Actor, action: str, *, detail: object = None, **_: object) -> None:
        self.append((action, detail))

    later = note


class World:
    """Ten minutes of three hosts: up{host, zone} and requests_total{host}, every 10 s until NOW_MS."""

    def __init__(self, settings: QuerySettings, executor: ThreadPoolExecutor) -> None:
        self.executor = executor
        self.clock = FakeClock(NOW_MS)
        self.storage = MemoryStorage()
        self.registry = CollectorRegistry()
        self.service = QueryService(Engine(self.storage, executor), self.clock, settings, self.registry)
        self.app = Application(HttpSettings(), self.registry)
        self.lines = Lines()
        self.deeds = Deeds(lambda: cast("Audit", self.lines))
        facts = prometheus_status.ServerFacts(NOW_MS, lambda: "[http]\n", lambda: {"http.port": "9000"}, "30d")
        self.app.open(
            [
                *prometheus.routes(self.service, executor),
                *prometheus_metadata.routes(self.storage, executor),
                *prometheus_status.routes(self.storage, executor, self.clock, facts),
                *prometheus_admin.routes(self.storage, executor, self.deeds, lambda: None, lambda: "20231114T221320Z"),
                *federate.routes(self.storage, executor, self.clock, 300_000),
                *metrics_query.routes(self.service, executor),
                *metrics_queries.routes(self.service, executor),
                *running.routes(self.service, executor, self.deeds),
            ],
            OpenGate(),
        )
        self._fill()

    def _fill(self) -> None:
        times = NOW_MS - np.arange(POINTS - 1, -1, -1, dtype=np.int64) * STEP_MS
        for index, host in enumerate("abc"):
            self.write(Labels.of(__name__="up", host=host, zone="z" + host), times, np.full(POINTS, float(index)))
            self.write(Labels.of(__name__="requests_total", host=host), times, np.arange(POINTS) * (index + 1.0))
        self.storage.put_metadata(DEFAULT_PROJECT, {"up": MetricMetadata("gauge", "Whether it answers.", "")})

    def write(self, labels: Labels, times: np.ndarray, values: np.ndarray) -> None:  # type: ignore[type-arg]
        refs = np.repeat(self.storage.intern(DEFAULT_PROJECT, [labels]), len(times))
        self.storage.append(DEFAULT_PROJECT, SampleBatch(refs, times, values.astype(np.float64)))

    @asynccontextmanager
    async def client(self, address: str = "127.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
        """Somebody who calls from that address."""
        app: Any = self.app
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9000") as client:
            yield client


@contextmanager
def world(settings: QuerySettings | None = None) -> Iterator[World]:
    """A fresh one; its threads end with it."""
    with ThreadPoolExecutor(3) as executor:
        yield World(settings or QuerySettings(), executor)
