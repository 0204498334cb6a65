"""One target scraped by hand, moment by moment: what is stored, reported and ended."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.relabel import RelabelRule
from vedette.ingest.settings import IngestSettings
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import is_stale
from vedette.model.timerange import ALL_TIME
from vedette.outbound.guard import Guard
from vedette.outbound.settings import OutboundSettings
from vedette.scrape.client import HttpClient
from vedette.scrape.config.job import JobConfig
from vedette.scrape.loop import LoopRooms, ScrapeLoop
from vedette.scrape.manager import make_counters
from vedette.scrape.report import ReportWriter
from vedette.scrape.target import SampleLabels, discovered_labels, make_target
from vedette.storage.memory import MemoryStorage

T0 = 1_700_000_000_000
JOB = JobConfig("j", interval_ms=1000, timeout_ms=500, extra_scrape_metrics=False)


class Bench:
    """A loop with everything below it, and the stored samples in words."""

    def __init__(self) -> None:
        self.clock = FakeClock(T0)
        self.storage = MemoryStorage(self.clock)
        registry = CollectorRegistry()
        self.pipeline = Pipeline(self.storage, self.clock, IngestSettings(), registry)
        self.client = HttpClient(self.clock, Guard(OutboundSettings()), 4)
        writers, counters = ThreadPoolExecutor(1), make_counters(registry)
        reports = ReportWriter(self.pipeline.source("default", "scrape"), writers, counters.unwritten)
        self.rooms = LoopRooms(self.client, self.clock, writers, reports, counters, 1_000_000)

    def loop(self, address: str, job: JobConfig = JOB) -> ScrapeLoop:
        target = make_target(job, discovered_labels(job, {"__address__": address, "instance": "i"}, {}))
        assert target is not None
        source = self.pipeline.source("default", "scrape", SampleLabels(job, target))
        return ScrapeLoop(job, target, source, self.rooms, "seed")

    def stored(self, metric: str = ".*") -> dict[str, list[tuple[int, float | str]]]:
        """Series in words (without job and instance) -> (milliseconds after T0, value or `stale`)."""
        self.rooms.reports.drain()
        found: dict[str, list[tuple[int, float | str]]] = {}
        matcher = Matcher("__name__", MatchOp.REGEX, metric)
        for part in self.storage.select("default", [matcher], ALL_TIME).parts:
            grid = part.load()
            for index, labels in enumerate(grid.labels):
                times, values = grid.row(index)
                ended = is_stale(np.ascontiguousarray(values))
                found[str(labels.drop(["job", "instance"]))] = [
                    (int(time) - T0, "stale" if end else float(value))
                    for time, value, end in zip(times, values, ended, strict=True)
                ]
        return found


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    await made.client.close()
    made.rooms.writers.shutdown()


def serving(status: str = "200 OK", content_type: str = "text/plain", body: bytes = b"m 1\n", *headers: str) -> Any:
    async def reply(_head: str, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", f"Content-Type: {content_type}", *headers]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)

    return reply


async def test_a_scrape_stores_samples_and_its_report(bench: Bench, target: Any) -> None:
    """Samples and report share the moment of the scrape; the report counts before and after relabelling."""
    rules = (RelabelRule(("__name__",), regex="secret", action="drop"),)
    loop = bench.loop(target.address, replace(JOB, metric_relabel=rules, extra_scrape_metrics=True, sample_limit=9))
    target.body = b'# TYPE a counter\na 1\nsecret 2\nb{x="y"} 3\n'
    await loop.scrape(T0)
    stored = bench.stored()
    assert stored.pop("scrape_duration_seconds") == [(0, 0.0)]
    assert stored == {
        "a": [(0, 1.0)],
        'b{x="y"}': [(0, 3.0)],
        "up": [(0, 1.0)],
        "scrape_samples_scraped": [(0, 3.0)],
        "scrape_samples_post_metric_relabeling": [(0, 2.0)],
        "scrape_series_added": [(0, 2.0)],
        "scrape_timeout_seconds": [(0, 0.5)],
        "scrape_sample_limit": [(0, 9.0)],
        "scrape_body_size_bytes": [(0, float(len(target.body)))],
    }
    assert bench.storage.metadata("default", "a")["a"].type == "counter"
    assert (loop.status.health, loop.status.last_error, loop.status.last_scrape_ms) == ("up", "", T0)
    head = target.heads[0]
    assert "X-Prometheus-Scrape-Timeout-Seconds: 0.5" in head
    assert "Accept: application/openmetrics-text;version=1.0.0" in head


async def test_series_that_disappear_are_ended_once(bench: Bench, target: Any) -> None:
    """A series missing in a scrape gets one staleness marker at that moment, and goes on when it comes back."""
    loop = bench.loop(target.address)
    for step, body in enumerate([b"a 1\nb 1\n", b"a 2\n", b"a 3\n", b"a 4\nb 4\n"]):
        target.body = body
        await loop.scrape(T0 + 1000 * step)
    stored = bench.stored()
    assert stored["a"] == [(0, 1.0), (1000, 2.0), (2000, 3.0), (3000, 4.0)]
    assert stored["b"] == [(0, 1.0), (1000, "stale"), (3000, 4.0)]
    assert stored["scrape_series_added"] == [(0, 2.0), (1000, 0.0), (2000, 0.0), (3000, 1.0)]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (serving("500 Internal Server Error"), "server returned HTTP status 500 Internal Server Error"),
        (serving("200 OK", "text/html", b"<html>"), "unsupported Content-Type 'text/html'"),
        (serving("200 OK", "text/plain", b"a 1\nthis is no sample\n"), "line 2: "),
        (serving("200 OK", "text/plain", b"x" * 2_000_000), "larger than body_size_limit = 1000000"),
        (
            serving("200 OK", "text/plain", gzip.compress(b"a 1\n" * 1_000_000), "Content-Encoding: gzip"),
            "larger than body_size_limit = 1000000",
        ),
        (serving("200 OK", "text/plain", b"a 1\n", "Content-Encoding: br"), "unknown content encoding 'br'"),
        (serving("200 OK", "application/openmetrics-text", b"a 1\n"), "EOF"),
    ],
    ids=["status", "type", "malformed", "huge", "bomb", "encoding", "openmetrics without end"],
)
async def test_a_failed_scrape_stores_nothing_but_its_report(
    bench: Bench, target: Any, reply: Any, message: str
) -> None:
    """Whatever fails: no sample of the answer is stored, `up` is 0, series are ended, the reason is told."""
    loop = bench.loop(target.address)
    target.body = b"a 1\n"
    await loop.scrape(T0)
    target.reply = reply
    await loop.scrape(T0 + 1000)
    assert message in loop.status.last_error
    assert loop.status.health == "down"
    stored = bench.stored()
    assert stored["a"] == [(0, 1.0), (1000, "stale")]
    assert stored["up"] == [(0, 1.0), (1000, 0.0)]
    target.reply = None
    await loop.scrape(T0 + 2000)
    assert bench.stored()["a"][2:] == [(2000, 1.0)]
    assert loop.status.last_error == ""


async def test_a_hanging_target_fails_within_its_timeout(bench: Bench, target: Any) -> None:
    """A target that never answers is down, and the next scrape is not held up by it."""

    async def hang(_head: str, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0)

    loop = bench.loop(target.address, replace(JOB, timeout_ms=50))
    target.reply = hang
    await loop.scrape(T0)
    assert "no answer within 0.05 s" in loop.status.last_error
    target.reply = None
    await loop.scrape(T0 + 1000)
    assert bench.stored()["up"] == [(0, 0.0), (1000, 1.0)]


async def test_limits_fail_the_scrape(bench: Bench, target: Any) -> None:
    """Beyond sample_limit or a label limit nothing is stored; below it the same target is fine again."""
    loop = bench.loop(target.address, replace(JOB, sample_limit=2, label_limit=4))
    target.body = b"a 1\nb 1\nc 1\n"
    await loop.scrape(T0)
    assert "sample_limit" in loop.status.last_error
    target.body = b'a 2\nb{x="1",y="2"} 2\n'
    await loop.scrape(T0 + 1000)
    assert "label_limit exceeded (metric: b, 5 labels, limit: 4)" in loop.status.last_error
    await loop.scrape(T0 + 2000)
    assert "label_limit exceeded" in loop.status.last_error
    assert "a" not in bench.stored()
    target.body = b"a 3\n"
    await loop.scrape(T0 + 3000)
    stored = bench.stored()
    assert stored["a"] == [(3000, 3.0)]
    assert stored["up"] == [(0, 0.0), (1000, 0.0), (2000, 0.0), (3000, 1.0)]


async def test_timestamps_are_honoured_or_not(bench: Bench, target: Any) -> None:
    """Explicit timestamps are taken unless honor_timestamps is off, and such series get no staleness marker."""
    target.body = f"a 1 {T0 - 5000}\nb 2\n".encode()
    honouring = bench.loop(target.address)
    await honouring.scrape(T0)
    target.body = b"c 1\n"
    await honouring.scrape(T0 + 1000)
    assert bench.stored()["a"] == [(-5000, 1.0)]
    assert bench.stored()["b"] == [(0, 2.0), (1000, "stale")]
    target.body = f"d 1 {T0 - 5000}\n".encode()
    await bench.loop(target.address, replace(JOB, honor_timestamps=False)).scrape(T0 + 2000)
    assert bench.stored()["d"] == [(2000, 1.0)]


async def test_fallback_protocol(bench: Bench, target: Any) -> None:
    """A target with a wrong content type is read as the job's fallback protocol says."""
    target.reply = serving("200 OK", "application/octet-stream", b"a 1\n")
    await bench.loop(target.address, replace(JOB, fallback_protocol="PrometheusText0.0.4")).scrape(T0)
    assert bench.stored()["a"] == [(0, 1.0)]


async def test_openmetrics_is_read_as_such(bench: Bench, target: Any) -> None:
    """OpenMetrics timestamps are seconds."""
    target.reply = serving("200 OK", "application/openmetrics-text; version=1.0.0", b"a 1 1700000000.5\n# EOF\n")
    await bench.loop(target.address).scrape(T0)
    assert bench.stored()["a"] == [(500, 1.0)]


async def test_a_target_that_is_gone_ends_all_its_series(bench: Bench, target: Any) -> None:
    """After the last scrape every series gets a staleness marker, those of the report too."""
    loop = bench.loop(target.address)
    await loop.scrape(T0)
    bench.clock.advance_ms(300)
    await loop.end()
    stored = bench.stored()
    assert set(stored) == {
        "m",
        "up",
        "scrape_duration_seconds",
        "scrape_samples_scraped",
        "scrape_samples_post_metric_relabeling",
        "scrape_series_added",
    }
    assert all(series[-1] == (300, "stale") for series in stored.values())


async def test_a_loop_goes_on_where_another_stopped(bench: Bench, target: Any) -> None:
    """With changed rules the next scrape ends what it does not bring, and nothing else."""
    before = bench.loop(target.address)
    target.body = b"a 1\nb 1\n"
    await before.scrape(T0)
    rules = (RelabelRule(("__name__",), regex="b", action="drop"),)
    after = bench.loop(target.address, replace(JOB, metric_relabel=rules))
    after.follow(before)
    await after.settle()
    await after.scrape(T0 + 1000)
    stored = bench.stored()
    assert stored["a"] == [(0, 1.0), (1000, 1.0)]
    assert stored["b"] == [(0, 1.0), (1000, "stale")]
    assert stored["scrape_series_added"] == [(0, 2.0), (1000, 0.0)]


async def test_a_full_store_is_no_crash(bench: Bench, target: Any) -> None:
    """When nothing can be stored the loop says so and tries again."""
    loop = bench.loop(target.address)
    bench.storage.close()
    await loop.scrape(T0)
    assert loop.status.health == "down"
    assert loop.status.last_error


async def test_the_same_moment_twice_does_not_overwrite(bench: Bench, target: Any) -> None:
    """A reload within one moment makes a later sample, not a changed one."""
    loop = bench.loop(target.address)
    await loop.scrape(T0)
    target.body = b"m 2\n"
    await loop.scrape(T0)
    assert bench.stored()["m"] == [(0, 1.0), (1, 2.0)]


async def test_moments_are_the_targets_own(bench: Bench) -> None:
    """Scrapes are due once an interval at the target's offset; moments that have passed are left out."""
    loop = bench.loop("h:1")
    first_ms = loop.next_due_ms(T0)
    assert T0 < first_ms <= T0 + 1000
    assert (first_ms - loop.target.offset_ms("seed")) % 1000 == 0
    assert loop.next_due_ms(first_ms) == first_ms + 1000
    assert loop.next_due_ms(first_ms + 3500) == first_ms + 4000
