"""Our own log and counters."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import time
from collections.abc import Iterator, Sequence

import pytest
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest

from vedette.clock import FakeClock, SystemClock
from vedette.errors import Unavailable
from vedette.model.labels import Labels
from vedette.model.metadata import MetricMetadata
from vedette.model.special import FloatArray, is_stale
from vedette.telemetry.gc_pauses import GcPauses
from vedette.telemetry.log import configure_log
from vedette.telemetry.loop_lag import LoopLag
from vedette.telemetry.present import Present
from vedette.telemetry.process import ProcessFacts
from vedette.telemetry.self_export import SelfExporter
from vedette.telemetry.settings import TelemetrySettings


class FakeSink:
    """Keeps what is written, in words."""

    def __init__(self) -> None:
        self.written: list[tuple[int, dict[str, float | str]]] = []
        self.metadata: dict[str, MetricMetadata] = {}
        self.refuses = False

    def write_samples(self, labels: Sequence[Labels], timestamps_ms: int, values: FloatArray, /) -> None:
        if self.refuses:
            raise Unavailable("the disk is full")
        stale = is_stale(values)
        rows = {
            str(one): "stale" if end else float(value) for one, value, end in zip(labels, values, stale, strict=True)
        }
        self.written.append((timestamps_ms, rows))

    def write_metadata(self, metadata: dict[str, MetricMetadata], /) -> None:
        self.metadata.update(metadata)


def exporter(registry: CollectorRegistry, sink: FakeSink, interval_ms: int = 1000) -> SelfExporter:
    settings = TelemetrySettings(export_interval_ms=interval_ms, instance="box")
    return SelfExporter(registry, sink, SystemClock() if interval_ms < 100 else FakeClock(), settings)


def test_all_kinds_of_metrics_are_recorded() -> None:
    """Counters, gauges, histograms and infos get the names and types a scrape of /metrics would give them."""
    registry, sink = CollectorRegistry(), FakeSink()
    Counter("vedette_x_things", "Things.", ["kind"], registry=registry).labels("a").inc(3)
    Gauge("vedette_x_level", "Level.", registry=registry).set(2.5)
    Histogram("vedette_x_seconds", "Time.", buckets=(0.1, 1), registry=registry).observe(0.5)
    Info("vedette_x", "Facts.", registry=registry).info({"version": "1"})
    exporter(registry, sink).record(5000)
    moment, rows = sink.written[0]
    assert moment == 5000
    constant = 'instance="box", job="vedette"'
    assert rows[f'vedette_x_things_total{{{constant}, kind="a"}}'] == 3
    assert rows[f"vedette_x_level{{{constant}}}"] == 2.5
    assert rows[f'vedette_x_seconds_bucket{{{constant}, le="1.0"}}'] == 1
    assert rows[f"vedette_x_seconds_sum{{{constant}}}"] == 0.5
    assert rows[f'vedette_x_info{{{constant}, version="1"}}'] == 1
    assert not any("_created" in name for name in rows)
    types = {name: metadata.type for name, metadata in sink.metadata.items()}
    assert types["vedette_x_things_total"] == "counter"
    assert types["vedette_x_seconds"] == "histogram"
    lines = generate_latest(Present(registry)).decode().splitlines()
    exported = {line.split(" ")[0].partition("{")[0] for line in lines if line and not line.startswith("#")}
    assert {name.partition("{")[0] for name in rows} == exported


def test_creation_times_are_no_series() -> None:
    """Neither /metrics nor the recording has the `_created` twin of a counter; a gauge of such a name stays."""
    registry = CollectorRegistry()
    Counter("vedette_x_things", "Things.", registry=registry)
    Gauge("vedette_x_created", "A gauge.", registry=registry)
    assert b"things_created" in generate_latest(registry)
    answer = generate_latest(Present(registry))
    assert b"things_created" not in answer
    assert b"vedette_x_things_total 0.0" in answer
    assert b"vedette_x_created 0.0" in answer


def test_a_label_value_that_is_gone_is_ended() -> None:
    """A removed child of a metric gets a staleness marker once."""
    registry, sink = CollectorRegistry(), FakeSink()
    gauge = Gauge("vedette_x_level", "Level.", ["job"], registry=registry)
    gauge.labels("a").set(1)
    own = exporter(registry, sink)
    own.record(1000)
    gauge.remove("a")
    own.record(2000)
    own.record(3000)
    series = 'vedette_x_level{instance="box", job="a"}'
    assert [rows.get(series) for _, rows in sink.written] == [1.0, "stale", None]


def test_a_store_that_refuses_is_counted() -> None:
    """A failed recording is counted, and recorded as soon as the store takes samples again."""
    registry, sink = CollectorRegistry(), FakeSink()
    own = exporter(registry, sink)
    sink.refuses = True
    own.record(1000)
    sink.refuses = False
    own.record(2000)
    assert sink.written[0][1]['vedette_telemetry_failed_exports_total{instance="box", job="vedette"}'] == 1


async def test_run_records_at_whole_intervals_until_stopped() -> None:
    """Moments are multiples of the interval; an interval of 0 turns recording off."""
    registry, sink = CollectorRegistry(), FakeSink()
    own = exporter(registry, sink, interval_ms=20)
    running = asyncio.create_task(own.run())
    async with asyncio.timeout(20):
        while len(sink.written) < 3:  # noqa: ASYNC110 - a thread writes
            await asyncio.sleep(0.005)
    await own.stop()
    await asyncio.wait_for(running, 5)
    assert all(moment % 20 == 0 for moment, _ in sink.written)
    await asyncio.wait_for(exporter(CollectorRegistry(), sink, interval_ms=0).run(), 5)


async def test_a_blocked_loop_is_seen() -> None:
    """Somebody who blocks the event loop shows in the lag."""
    registry = CollectorRegistry()
    lag = LoopLag(SystemClock(), 5, registry)
    running = asyncio.create_task(lag.run())
    await asyncio.sleep(0.01)
    time.sleep(0.08)  # noqa: ASYNC251 - blocking is what is measured
    await asyncio.sleep(0.02)
    await lag.stop()
    await running
    assert (registry.get_sample_value("vedette_telemetry_event_loop_lag_max_seconds") or 0) > 0.05
    assert (registry.get_sample_value("vedette_telemetry_event_loop_lag_seconds_count") or 0) >= 2


def test_the_largest_lag_is_forgotten_in_time() -> None:
    """The maximum is of the last ten to twenty seconds."""
    registry, clock = CollectorRegistry(), FakeClock()
    lag = LoopLag(clock, 100, registry)
    seen = []
    for lag_s in (0.5, 0.01, 0.01, 0.01):
        lag.observe(lag_s)
        seen.append(registry.get_sample_value("vedette_telemetry_event_loop_lag_max_seconds"))
        clock.advance_ms(10_000)
    assert seen == [0.5, 0.5, 0.01, 0.01]


def test_collector_pauses_are_counted() -> None:
    """Each collection is counted in its generation between start and stop."""
    registry = CollectorRegistry()
    pauses = GcPauses(registry)

    def full() -> float:
        return registry.get_sample_value("vedette_telemetry_gc_pause_seconds_count", {"generation": "2"}) or 0

    pauses.start()
    pauses.start()
    gc.collect()
    during = full()
    pauses.stop()
    gc.collect()
    assert during >= 1
    assert full() == during


def test_process_facts_are_of_this_process() -> None:
    """The usual names are there with values that make sense."""
    registry = CollectorRegistry()
    ProcessFacts(registry)
    assert 10e6 < (registry.get_sample_value("process_resident_memory_bytes") or 0) < 100e9
    assert (registry.get_sample_value("process_cpu_seconds_total") or 0) > 0
    assert (registry.get_sample_value("process_open_fds") or 0) > 2
    assert (registry.get_sample_value("process_threads") or 0) >= 1


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """A JSON log into memory; logging is as before afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_log(TelemetrySettings(log_format="json", log_level="info"), stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_log_lines_are_json(log: io.StringIO) -> None:
    """Our own lines and those of libraries are one JSON object a line, with level, logger and time."""
    structlog.get_logger("vedette.x").info("thing_done", count=3)
    logging.getLogger("library").warning("old %s", "style")
    logging.getLogger("library").debug("not shown")
    first, second = lines(log)
    assert (first["event"], first["count"], first["level"], first["logger"]) == ("thing_done", 3, "info", "vedette.x")
    assert second["event"] == "old style"
    assert str(first["time"]).endswith("Z")


def test_secrets_are_not_logged(log: io.StringIO) -> None:
    """Fields whose name says secret are blanked."""
    structlog.get_logger("x").info("login", password="hunter2", Authorization="Basic abc", user="me")
    assert "hunter2" not in log.getvalue()
    assert "Basic abc" not in log.getvalue()
    assert lines(log)[0]["user"] == "me"


def test_exceptions_are_in_their_line(log: io.StringIO) -> None:
    """A traceback is a field, not loose lines."""
    try:
        int("broken")
    except ValueError:
        structlog.get_logger("x").exception("failed")
    assert "ValueError: invalid literal" in str(lines(log)[0]["exception"])
