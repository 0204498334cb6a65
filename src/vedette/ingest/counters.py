"""Ingest's own counters, by protocol, reason and step."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from vedette.ingest.limits import SeriesLimiter
from vedette.ingest.report import DropReason, IngestReport

STEPS = ("decode", "relabel", "validate", "privacy", "limit", "append")


class Counters:
    """Children are made once: looking them up by label costs more than counting."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"vedette_ingest_{name}", text, labels, registry=registry)

        self._requests = counter("requests", "Requests and scrapes taken in.", "protocol")
        self._samples = counter("samples", "Samples stored.", "protocol")
        self._out_of_order = counter("out_of_order_samples", "Samples stored that were out of order.", "protocol")
        self._duplicates = counter("duplicate_samples", "Samples that replaced one of the same time.", "protocol")
        self._new_series = counter("new_series", "Series that were not active before.", "protocol")
        self._dropped = counter("dropped_samples", "Samples not stored, by reason.", "protocol", "reason")
        self._metadata = counter("dropped_metadata", "Metric families whose metadata was left out for their number.")
        self._seconds = counter("step_seconds", "Time spent in each step.", "step")
        self._steps = {step: self._seconds.labels(step) for step in STEPS}
        self._by_protocol: dict[str, tuple[Counter, ...]] = {}

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Add the time of a block to a step."""
        start_s = time.perf_counter()
        try:
            yield
        finally:
            self._steps[step].inc(time.perf_counter() - start_s)

    def metadata_left_out(self, families: int) -> None:
        """Count families whose metadata is not kept."""
        self._metadata.inc(families)

    def request(self, protocol: str, report: IngestReport) -> None:
        """Count a finished request."""
        children = self._by_protocol.get(protocol)
        if children is None:
            families = (self._requests, self._samples, self._out_of_order, self._duplicates, self._new_series)
            children = self._by_protocol[protocol] = tuple(family.labels(protocol) for family in families)
            for reason in DropReason:
                self._dropped.labels(protocol, reason.value)
        requests, samples, out_of_order, duplicates, new_series = children
        requests.inc()
        samples.inc(report.accepted)
        out_of_order.inc(report.out_of_order)
        duplicates.inc(report.duplicates)
        new_series.inc(report.new_series)
        for reason, count in report.dropped.items():
            self._dropped.labels(protocol, reason.value).inc(count)


class ActiveSeries(Collector):
    """Active series by project, read when asked for."""

    def __init__(self, limiter: SeriesLimiter) -> None:
        self._limiter = limiter

    def collect(self) -> Iterable[Metric]:
        family = GaugeMetricFamily(
            "vedette_ingest_active_series", "Series with a sample within the last hour.", labels=["project"]
        )
        for project, count in self._limiter.active_series().items():
            family.add_metric([project], count)
        yield family
