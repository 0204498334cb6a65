"""Records our own counters as samples, so that they can be queried and drawn like everybody else's."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import structlog
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.metrics_core import Metric

from vedette.clock import Clock
from vedette.errors import VedetteError
from vedette.model.metadata import MetricMetadata, MetricType
from vedette.telemetry.present import Present
from vedette.telemetry.readings import Readings, ReadingsSink, ReadingsWriter
from vedette.telemetry.settings import TelemetrySettings

_log = structlog.get_logger(__name__)
_TYPES: dict[str, MetricType] = {
    "counter": "counter",
    "gauge": "gauge",
    "histogram": "histogram",
    "gaugehistogram": "gaugehistogram",
    "summary": "summary",
    "info": "info",
    "stateset": "stateset",
}


class SelfExporter:
    """Writes the registry's values every interval until stopped, all samples of a moment at one timestamp."""

    def __init__(
        self, registry: CollectorRegistry, sink: ReadingsSink, clock: Clock, settings: TelemetrySettings
    ) -> None:
        instance = settings.instance or platform.node() or "localhost"
        self._present = Present(registry)
        self._clock = clock
        self._interval_ms = settings.export_interval_ms
        self._writer = ReadingsWriter(sink, (("instance", instance), ("job", "vedette")))
        self._metadata: dict[str, MetricMetadata] = {}
        self._stopping = asyncio.Event()
        self._failures = Counter(
            "vedette_telemetry_failed_exports", "Recordings of our own counters that failed.", registry=registry
        )

    async def run(self) -> None:
        """Record until `stop` is called; returns at once when the interval is 0."""
        if self._interval_ms <= 0:
            return
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="self-export") as thread:
            while not self._stopping.is_set():
                now_ms = self._clock.now_ms()
                due_ms = (now_ms // self._interval_ms + 1) * self._interval_ms
                try:
                    await asyncio.wait_for(self._stopping.wait(), (due_ms - now_ms) / 1000)
                except TimeoutError:
                    await loop.run_in_executor(thread, self.record, due_ms)

    async def stop(self) -> None:
        """End `run` soon."""
        self._stopping.set()

    def record(self, timestamp_ms: int) -> None:
        """Write the present values; an error of the store is counted and the next recording tries again."""
        try:
            self._writer.write(timestamp_ms, {"self": self.read(self._present.collect())})
        except VedetteError as error:
            self._failures.inc()
            _log.warning("own_counters_not_recorded", error=error.message, code=error.code)

    def read(self, families: Iterable[Metric]) -> Readings:
        """The values of metric families."""
        out = Readings(self._metadata)
        values = out.values
        for family in families:
            name = family.name + "_total" if family.type == "counter" else family.name
            if name not in self._metadata:
                kind = _TYPES.get(family.type, "unknown")
                self._metadata[name] = MetricMetadata(kind, family.documentation, family.unit)
            for sample in family.samples:
                values[sample.name, tuple(sample.labels.items())] = sample.value
        return out
