"""The host collector as a whole: one moment a tick, ends of series, behaviour when the store refuses."""

from __future__ import annotations

import asyncio
import re
import threading
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock, SystemClock
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.settings import IngestSettings
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import is_stale
from vedette.model.timerange import ALL_TIME
from vedette.scrape.host.collector import HostCollector
from vedette.scrape.host.procfs import ProcFs
from vedette.scrape.host.readers import BackgroundReading
from vedette.scrape.host.settings import HostSettings
from vedette.storage.memory import MemoryStorage

T0 = 1_700_000_000_000


class Machine:
    """A made-up machine with a collector over an in-memory store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.net("eth0")
        (folder / "proc" / "stat").write_text("cpu0 1 2 3 4 5 6 7 8\n")
        self.clock = FakeClock(T0)
        self.storage = MemoryStorage(self.clock)
        self.registry = CollectorRegistry()
        pipeline = Pipeline(self.storage, self.clock, IngestSettings(), self.registry)
        settings = HostSettings(instance="box", process_interval_ms=0)
        source = pipeline.source("default", "host")
        self.collector = HostCollector(source, self.clock, settings, self.registry, ProcFs(folder))

    def net(self, *devices: str) -> None:
        path = self.folder / "proc" / "net" / "dev"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a\nb\n" + "".join(f"{device}: {' '.join(['1'] * 16)}\n" for device in devices))

    def samples(self, metric: str) -> dict[str, list[tuple[int, float | str]]]:
        found: dict[str, list[tuple[int, float | str]]] = {}
        for part in self.storage.select("default", [Matcher("__name__", MatchOp.REGEX, metric)], ALL_TIME).parts:
            grid = part.load()
            for index, labels in enumerate(grid.labels):
                times, values = grid.row(index)
                ended = is_stale(np.ascontiguousarray(values))
                found[labels.get("device") or labels.name] = [
                    (int(time) - T0, "stale" if end else float(value))
                    for time, value, end in zip(times, values, ended, strict=True)
                ]
        return found


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_tick_is_one_moment(machine: Machine) -> None:
    """All samples of a tick share its timestamp, slow readings too; every series is of job host and this instance."""
    machine.collector.tick(T0)
    machine.collector.join_readings()
    machine.collector.tick(T0 + 1000)
    everything = machine.storage.select("default", [Matcher("job", MatchOp.EQUAL, "host")], ALL_TIME)
    times = {int(time) for part in everything.parts for time in part.load().timestamps_ms}
    assert times == {T0, T0 + 1000}
    assert machine.storage.stats("default").series == len(everything.labels)
    assert {labels.get("instance") for labels in everything.labels} == {"box"}
    assert machine.samples("node_time_seconds")["node_time_seconds"] == [(0, T0 / 1000), (1000, T0 / 1000 + 1)]
    metadata = machine.storage.metadata("default")
    assert metadata["node_cpu_seconds_total"].type == "counter"
    assert all(metadata[labels.name].help for labels in everything.labels)


def test_a_device_that_is_gone_is_ended(machine: Machine) -> None:
    """Series that a later tick does not have get one staleness marker, and go on when they come back."""
    machine.net("eth0", "usb0")
    machine.collector.tick(T0)
    machine.net("eth0")
    machine.collector.tick(T0 + 1000)
    machine.collector.tick(T0 + 2000)
    machine.net("eth0", "usb0")
    machine.collector.tick(T0 + 3000)
    received = machine.samples("node_network_receive_bytes_total")
    assert received["usb0"] == [(0, 1.0), (1000, "stale"), (3000, 1.0)]
    assert [value for _, value in received["eth0"]] == [1.0] * 4


def test_slow_readings_do_not_end_between_rounds(machine: Machine) -> None:
    """A tick without a slow round leaves its series as they are."""
    for step in range(4):
        machine.collector.tick(T0 + 1000 * step)
        machine.collector.join_readings()
    assert machine.samples("node_uname_info")["node_uname_info"] == [(1000, 1.0)]


def test_a_store_that_refuses_is_counted(machine: Machine) -> None:
    """A tick that cannot be written is counted and the collector goes on."""
    machine.storage.close()
    machine.collector.tick(T0)
    machine.collector.tick(T0 + 1000)
    assert machine.registry.get_sample_value("vedette_host_failed_ticks_total") == 2


def test_a_hanging_reader_holds_up_nothing() -> None:
    """While a background round hangs, polls return at once and no second round is begun."""
    release, begun = threading.Event(), []

    def hang(_out: object) -> None:
        begun.append(1)
        release.wait(10)

    reading = BackgroundReading("x", [("x", hang)], 1000)
    assert [reading.poll(T0 + 1000 * step) for step in range(5)] == [None] * 5
    assert begun == [1]
    release.set()
    reading.join(10)
    assert reading.poll(T0 + 1500) is not None


async def test_run_ticks_at_whole_intervals(tmp_path: Path) -> None:
    """`run` writes at multiples of the interval until stopped, and stop waits for nothing."""
    machine = Machine(tmp_path)
    clock = SystemClock()
    pipeline = Pipeline(machine.storage, clock, IngestSettings(), CollectorRegistry())
    settings = HostSettings(interval_ms=50, process_interval_ms=0)
    collector = HostCollector(pipeline.source("default", "h"), clock, settings, proc=ProcFs(tmp_path))
    running = asyncio.create_task(collector.run())
    async with asyncio.timeout(20):
        while len(machine.samples("node_time_seconds").get("node_time_seconds", [])) < 3:  # noqa: ASYNC110 - a thread writes
            await asyncio.sleep(0.01)
    await collector.stop()
    await asyncio.wait_for(running, 10)
    times = [time + T0 for time, _ in machine.samples("node_time_seconds")["node_time_seconds"]]
    assert all(time % 50 == 0 for time in times)
    assert sorted(set(times)) == times


async def test_a_held_up_tick_is_stamped_with_the_present(machine: Machine) -> None:
    """When the process was stopped for a while, what is read now is not stamped with the moment it was due."""
    pipeline = Pipeline(machine.storage, machine.clock, IngestSettings(), CollectorRegistry())
    settings = HostSettings(interval_ms=50, process_interval_ms=0)
    registry = CollectorRegistry()
    source = pipeline.source("default", "h")
    collector = HostCollector(source, machine.clock, settings, registry, ProcFs(machine.folder))
    running = asyncio.create_task(collector.run())
    await asyncio.sleep(0)
    machine.clock.advance_ms(520)
    async with asyncio.timeout(20):
        while not machine.samples("node_time_seconds"):  # noqa: ASYNC110 - a thread writes
            await asyncio.sleep(0.01)
    await collector.stop()
    await asyncio.wait_for(running, 10)
    assert [time for time, _ in machine.samples("node_time_seconds")["node_time_seconds"]] == [500]
    assert registry.get_sample_value("vedette_host_missed_ticks_total") == 9


def test_every_metric_is_documented() -> None:
    """What this machine gives is in docs/reference/host-metrics.md, by its name or a pattern."""
    page = Path(__file__).parents[3] / "docs" / "reference" / "host-metrics.md"
    patterns = re.findall(r"`((?:node|vedette)_[\w*]+)`", page.read_text())
    storage = MemoryStorage(SystemClock())
    pipeline = Pipeline(storage, SystemClock(), IngestSettings(), CollectorRegistry())
    collector = HostCollector(pipeline.source("default", "host"), SystemClock(), HostSettings())
    now_ms = SystemClock().now_ms()
    collector.tick(now_ms - 1000)
    collector.join_readings()
    collector.tick(now_ms)
    names = storage.label_values("default", "__name__", [], ALL_TIME)
    assert len(names) > 20
    assert [name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)] == []
