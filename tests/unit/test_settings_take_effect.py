"""Settings reach the room that they are for: each test changes one and sees the difference in a whole server."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import structlog.testing
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock, SystemClock
from vedette.config.load import load
from vedette.errors import Unavailable
from vedette.http.app import Application
from vedette.live.client import Client
from vedette.live.hub import Hub
from vedette.live.metrics import LiveMetrics
from vedette.live.question import Evaluate
from vedette.live.settings import LiveSettings
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.promql.engine import Engine
from vedette.query.service import QueryService
from vedette.query.settings import QuerySettings
from vedette.server.build import build
from vedette.server.lifecycle import bind
from vedette.server.settings import Settings
from vedette.storage.memory import MemoryStorage
from vedette.storage.tee import Tee
from vedette.tsdb.db import Tsdb
from vedette.tsdb.settings import TsdbSettings

QUIET = {"http.no_auth": True, "host.enabled": False, "telemetry.export_interval": "0"}


@asynccontextmanager
async def serving(data: Path, **flags: object) -> AsyncIterator[httpx.AsyncClient]:
    """All rooms of a server, called without a socket; flags have `__` for the dot."""
    given = {name.replace("__", "."): value for name, value in flags.items()}
    loaded = load(Settings, None, {}, {**QUIET, "server.data": str(data), **given})
    registry = CollectorRegistry()
    instance = build(loaded, SystemClock(), registry)
    app = Application(loaded.require().http, registry)
    await instance.start()
    app.open(instance.routes, instance.gate, instance.fallback)
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            yield client
    finally:
        await instance.stop()
        await asyncio.to_thread(instance.close)


async def push(client: httpx.AsyncClient, text: str) -> httpx.Response:
    """Send samples."""
    return await client.post("/api/v1/import/prometheus", content=text)


def threads(prefix: str) -> int:
    """Living threads of a pool."""
    return sum(thread.name.startswith(prefix) for thread in threading.enumerate())


async def test_min_free_refuses_samples(tmp_path: Path) -> None:
    """More free space than any disk has: nothing is taken, and senders are told to come again."""
    async with serving(tmp_path, server__min_free="900000TiB") as client:
        refused = await push(client, "a 1")
        assert refused.status_code == 503
        assert "server.min_free" in refused.json()["error"]
        assert "retry-after" in refused.headers


@pytest.mark.parametrize(
    ("setting", "prefix"), [("server__ingest_workers", "ingest"), ("server__query_workers", "query")]
)
async def test_workers_bound_the_threads(tmp_path: Path, setting: str, prefix: str) -> None:
    """With one worker a burst of requests is served by one thread."""
    before = threads(prefix)
    async with serving(tmp_path, **{setting: 1}) as client:
        for _ in range(3):
            await asyncio.gather(*(push(client, f"a{number} 1") for number in range(8)))
            await asyncio.gather(*(client.get("/api/v1/labels") for _ in range(8)))
        assert threads(prefix) - before == 1


def test_no_auth_is_for_loopback_alone() -> None:
    """Any address is bound where people sign in; where they do not, only this machine's own."""
    opened = load(Settings, None, {}, {"http.host": "0.0.0.0", "http.port": 0}).require().http
    bind(opened).close()
    closed = load(Settings, None, {}, {"http.host": "0.0.0.0", "http.port": 0, "http.no_auth": True}).require().http
    with pytest.raises(Unavailable, match="--no-auth"):
        bind(closed)


async def test_allowed_hosts_are_served(tmp_path: Path) -> None:
    """A further name of the server is accepted once it is allowed."""
    async with serving(tmp_path, http__allowed_hosts="metrics.example") as client:
        assert (await client.get("/metrics", headers={"host": "metrics.example"})).status_code == 200
        assert (await client.get("/metrics", headers={"host": "other.example"})).status_code == 421


@pytest.mark.parametrize("wanted", [True, False])
async def test_access_log_is_written_when_asked_for(tmp_path: Path, wanted: bool) -> None:
    """Each request is a line with its status, or none is."""
    async with serving(tmp_path, http__access_log=wanted) as client:
        with structlog.testing.capture_logs() as lines:
            await client.get("/api/v1/labels")
    found = [line for line in lines if line["event"] == "request"]
    assert [(line["path"], line["status"]) for line in found] == ([("/api/v1/labels", 200)] if wanted else [])


@pytest.fixture
def targets() -> Iterator[list[str]]:
    """Addresses of a few targets that answer with one sample."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/plain")
            self.end_headers()
            self.wfile.write(b"a 1\n")

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield [f"{host}:{server.server_port}" for host in ("127.0.0.1", "localhost")]
    server.shutdown()
    server.server_close()


async def test_scrape_writers_bound_the_threads_that_store(tmp_path: Path, targets: list[str]) -> None:
    """With one writer all targets are stored by one thread."""
    config = tmp_path / "scrape.yml"
    text = {"scrape_configs": [{"job_name": "j", "scrape_interval": "100ms", "static_configs": [{"targets": targets}]}]}
    config.write_text(json.dumps(text))
    async with serving(tmp_path / "data", scrape__config_file=str(config), scrape__writers=1) as client:
        answer: list[int] = []
        for _ in range(200):
            result = (await client.get("/api/v1/query?query=count_over_time(up[1m])")).json()["data"]["result"]
            answer = [int(item["value"][1]) for item in result]
            if len(answer) == len(targets) and min(answer) >= 3:
                break
            await asyncio.sleep(0.05)
        assert min(answer) >= 3
        assert threads("scrape-write") == 1


def service_with(**settings: object) -> QueryService:
    """A query service over an empty store."""
    made = QuerySettings(**settings)  # type: ignore[arg-type]
    return QueryService(Engine(MemoryStorage()), SystemClock(), made, CollectorRegistry())


def test_max_cached_texts_bounds_what_is_remembered() -> None:
    """With room for one text the second drives out the first."""
    for texts, kept in ((1, False), (10, True)):
        service = service_with(max_cached_texts=texts)
        first = service.parse("a")
        service.parse("b")
        assert (service.parse("a") is first) == kept


def test_inline_decides_which_queries_change_threads() -> None:
    """A query that was quick before counts as quick only up to `query.inline`."""
    for inline_ms, expected in ((0.0, False), (60_000.0, True)):
        service = service_with(inline_ms=inline_ms)
        for _ in range(4):
            service.instant("default", "1 + 1", 0)
        query = service.admit_instant("default", "1 + 1", 0)
        assert query.is_quick == expected
        query.abandon()


async def test_max_bytes_per_s_slows_a_connection_down() -> None:
    """Messages beyond the bandwidth wait; within it they do not."""
    clock = SystemClock()
    waits = []
    for rate in (1_000_000, 200):
        client = Client("p", (), lambda: True, clock, LiveSettings(max_bytes_per_s=rate))
        for _ in range(3):
            client.push("x" * 100)
        started_s = clock.monotonic_s()
        for _ in range(3):
            await client.next_message()
        client.push("x")
        waited = asyncio.create_task(client.next_message())
        await asyncio.sleep(0)
        waits.append(waited.done())
        await waited
        assert clock.monotonic_s() >= started_s
    assert waits == [True, False]


def test_series_are_forgotten_after_the_idle_time(tmp_path: Path) -> None:
    """A ref without samples for `tsdb.idle_series`, while others go on, is unknown afterwards; before it is not."""
    for idle_ms, unknown in ((60_000, 1), (86_400_000, 0)):
        clock = FakeClock(1_700_000_000_000)
        store = Tsdb(
            tmp_path / str(idle_ms), TsdbSettings(idle_series_ms=idle_ms, background=False), clock, CollectorRegistry()
        )
        old, new = store.intern("p", [Labels.of(__name__="old"), Labels.of(__name__="new")])
        for ref in (old, new):
            store.append("p", SampleBatch(np.array([ref]), np.array([clock.now_ms()]), np.array([1.0])))
        store.seal("p")
        for _ in range(3):
            clock.advance_ms(600_000)
            store.append("p", SampleBatch(np.array([new]), np.array([clock.now_ms()]), np.array([1.0])))
            store.maintain()
        report = store.append("p", SampleBatch(np.array([old]), np.array([clock.now_ms()]), np.array([1.0])))
        assert len(report.unknown) == unknown
        store.close()


async def test_loop_probe_interval_sets_how_often_lag_is_measured(tmp_path: Path) -> None:
    """A short interval measures many times while a long one has not begun."""
    counts = []
    for interval in ("10ms", "2s"):
        async with serving(tmp_path / interval, telemetry__loop_probe_interval=interval) as client:
            await asyncio.sleep(0.5)
            text = (await client.get("/metrics")).text
            line = next(
                line for line in text.splitlines() if line.startswith("vedette_telemetry_event_loop_lag_seconds_count")
            )
            counts.append(float(line.split()[1]))
    assert counts[0] >= 3
    assert counts[1] == 0


async def test_process_groups_bound_the_commands_that_are_shown(tmp_path: Path) -> None:
    """With one group there are one command and `other`."""
    flags = {"host__enabled": True, "host__process_groups": 1, "host__process_interval": "1s"}
    async with serving(tmp_path, **flags) as client:
        names: set[str] = set()
        for _ in range(200):
            result = (await client.get("/api/v1/query?query=vedette_process_cpu_seconds_total")).json()["data"][
                "result"
            ]
            names = {item["metric"]["command"] for item in result}
            if names:
                break
            await asyncio.sleep(0.05)
        assert len(names) == 2
        assert "other" in names


async def test_filesystem_interval_sets_how_often_disks_are_looked_at(tmp_path: Path) -> None:
    """At one second there are several readings soon; by default there would be one in fifteen seconds."""
    async with serving(tmp_path, host__enabled=True, host__filesystem_interval="1s") as client:
        query = "max(count_over_time(node_filesystem_size_bytes[1m]))"
        readings = 0
        for _ in range(160):
            result = (await client.get("/api/v1/query", params={"query": query})).json()["data"]["result"]
            readings = int(result[0]["value"][1]) if result else 0
            if readings >= 3:
                break
            await asyncio.sleep(0.05)
        assert readings >= 3


def live_hub(storage: Tee, pool: ThreadPoolExecutor, **settings: object) -> Hub:
    """A hub whose questions are answered by the real engine."""
    service = QueryService(Engine(storage), SystemClock(), QuerySettings(), CollectorRegistry())
    made = LiveSettings(**settings)  # type: ignore[arg-type]
    evaluate: Evaluate = lambda *asked: service.range(*asked[:5])  # noqa: E731 - nobody is narrowed here
    hub = Hub(storage, evaluate, pool, SystemClock(), made, LiveMetrics(CollectorRegistry()))
    storage.observe(hub.on_append, hub.on_intern)
    return hub


async def frame_of(client: Client) -> dict[str, Any]:
    """The next frame."""
    while True:
        message: dict[str, Any] = json.loads(await asyncio.wait_for(client.next_message(), 5))
        if message["type"] == "frame":
            return message


async def test_max_backfill_points_bounds_what_a_client_gets_at_once() -> None:
    """A client that was away for long gets the newest moments only."""
    now_ms = SystemClock().now_ms() // 1000 * 1000
    storage = Tee(MemoryStorage())
    times = np.arange(now_ms - 20_000, now_ms + 1, 1000)
    refs = np.repeat(storage.intern("default", [Labels.of(__name__="m")]), len(times))
    storage.append("default", SampleBatch(refs, times, np.ones(len(times))))
    with ThreadPoolExecutor(1) as pool:
        hub = live_hub(storage, pool, max_backfill_points=3)
        client = hub.connect("default")
        wish = {"op": "subscribe", "id": "a", "promql": "m", "since_ms": now_ms - 15_000}
        await hub.receive(client, json.dumps(wish))
        frame = await frame_of(client)
        assert len(frame["timestamps_ms"]) == 3
        hub.disconnect(client)


@pytest.mark.parametrize(("pause_ms", "expected"), [(2000, 1), (0, 3)])
async def test_coalesce_answers_once_for_batches_that_come_together(pause_ms: int, expected: int) -> None:
    """With a long pause the batches of that time are sent at one moment, without it each as it comes."""
    storage = Tee(MemoryStorage())
    refs = storage.intern("default", [Labels.of(__name__="m")])
    with ThreadPoolExecutor(1) as pool:
        hub = live_hub(storage, pool, coalesce_ms=pause_ms)
        running = asyncio.create_task(hub.run())
        client = hub.connect("default")
        now_ms = SystemClock().now_ms()
        storage.append("default", SampleBatch(refs, np.array([now_ms - 10]), np.array([0.0])))
        await hub.receive(client, json.dumps({"op": "subscribe", "id": "a", "selector": "m", "interval_ms": 0}))
        # The subscription itself wakes the hub; the first pause is over before the samples come.
        await asyncio.sleep(pause_ms / 1000 + 0.1)
        moments = set()
        for offset in range(3):
            storage.append("default", SampleBatch(refs, np.array([now_ms + offset]), np.array([1.0])))
            if not pause_ms:
                moments.add((await frame_of(client))["now_ms"])
                await asyncio.sleep(0.02)
        if pause_ms:
            moments = {(await frame_of(client))["now_ms"] for _ in range(3)}
        apart_ms = max(10, pause_ms // 2)
        assert 1 + sum(after - before > apart_ms for before, after in pairwise(sorted(moments))) == expected
        running.cancel()
        hub.disconnect(client)
