"""The host collector: reads this machine at whole seconds and writes each moment as one batch."""

from __future__ import annotations

import asyncio
import platform
import time
from concurrent.futures import ThreadPoolExecutor

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from vedette.clock import Clock
from vedette.errors import VedetteError
from vedette.model.metadata import MetricMetadata
from vedette.scrape.host.processes import ProcessReader
from vedette.scrape.host.procfs import ProcFs
from vedette.scrape.host.readers import (
    BackgroundReading,
    fast_readers,
    filesystem_readers,
    read_all,
    slow_readers,
)
from vedette.scrape.host.settings import HostSettings
from vedette.telemetry.readings import Readings, ReadingsSink, ReadingsWriter

_log = structlog.get_logger(__name__)


class HostCollector:
    """Observes this machine until stopped. All samples of a tick have one timestamp, a multiple of the interval."""

    def __init__(
        self,
        source: ReadingsSink,
        clock: Clock,
        settings: HostSettings,
        registry: CollectorRegistry | None = None,
        proc: ProcFs | None = None,
    ) -> None:
        """`proc` is where /proc and /sys are found; tests give a folder of their own."""
        proc = proc or ProcFs()
        self._clock = clock
        self._settings = settings
        instance = settings.instance or platform.node() or "localhost"
        self._writer = ReadingsWriter(source, (("instance", instance), ("job", "host")))
        self._fast = fast_readers(proc)
        self._metadata: dict[str, MetricMetadata] = {}
        self._background = [
            BackgroundReading("slow", slow_readers(proc), settings.filesystem_interval_ms),
            BackgroundReading("filesystem", filesystem_readers(proc), settings.filesystem_interval_ms),
        ]
        if settings.process_interval_ms > 0:
            processes = ProcessReader(proc, settings.process_groups)
            readers = [("processes", processes.read)]
            self._background.append(BackgroundReading("processes", readers, settings.process_interval_ms))
        registry = registry or CollectorRegistry()
        self._failures = Counter("vedette_host_failed_ticks", "Ticks that could not be written.", registry=registry)
        self._missed = Counter(
            "vedette_host_missed_ticks", "Ticks left out because an earlier one took too long.", registry=registry
        )
        self._duration = Histogram(
            "vedette_host_tick_duration_seconds",
            "Time to read this machine once and write it.",
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0),
            registry=registry,
        )
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Tick until `stop` is called."""
        # A thread of its own: a tick waits for the disk and must not wait behind other rooms' work.
        with ThreadPoolExecutor(1, thread_name_prefix="host") as thread:
            loop = asyncio.get_running_loop()
            interval_ms = self._settings.interval_ms
            due_ms = self._next_ms()
            while not self._stopping.is_set():
                if await self._sleep_until(due_ms):
                    break
                due_ms = self._not_past(due_ms)
                await loop.run_in_executor(thread, self.tick, due_ms)
                next_ms = self._next_ms()
                if next_ms > due_ms + interval_ms:
                    self._missed.inc((next_ms - due_ms) // interval_ms - 1)
                due_ms = next_ms

    async def stop(self) -> None:
        """End `run` soon; the tick under way is finished."""
        self._stopping.set()

    def tick(self, timestamp_ms: int) -> None:
        """Read and write once; errors of the store are counted and the next tick tries again."""
        started = time.perf_counter()
        out = Readings(self._metadata)
        read_all(self._fast, out)
        out.gauge("node_time_seconds", "System time in seconds since epoch (1970).", timestamp_ms / 1000)
        groups = {"fast": out}
        for reading in self._background:
            finished = reading.poll(timestamp_ms)
            if finished is not None:
                groups[reading.name] = finished
        try:
            self._writer.write(timestamp_ms, groups)
        except VedetteError as error:
            self._failures.inc()
            _log.warning("host_tick_not_written", error=error.message, code=error.code)
        self._duration.observe(time.perf_counter() - started)

    def join_readings(self, timeout_s: float = 5.0) -> None:
        """Wait for background readings under way, so that the next tick has them."""
        for reading in self._background:
            reading.join(timeout_s)

    def _next_ms(self) -> int:
        interval_ms = self._settings.interval_ms
        return (self._clock.now_ms() // interval_ms + 1) * interval_ms

    def _not_past(self, due_ms: int) -> int:
        """The tick's own moment, or the latest one when the process or the machine was held up meanwhile: what is read
        now and stamped with a moment long gone would make rates jump."""
        interval_ms = self._settings.interval_ms
        late = (self._clock.now_ms() - due_ms) // interval_ms
        if late <= 0:
            return due_ms
        self._missed.inc(late)
        return due_ms + late * interval_ms

    async def _sleep_until(self, due_ms: int) -> bool:
        """Wait for the moment; whether the collector was stopped meanwhile."""
        while (wait_ms := due_ms - self._clock.now_ms()) > 0:
            # A clock set back by hours must not silence the collector for hours.
            if wait_ms > 2 * self._settings.interval_ms:
                return False
            try:
                await asyncio.wait_for(self._stopping.wait(), wait_ms / 1000)
            except TimeoutError:
                continue
            return True
        return self._stopping.is_set()
