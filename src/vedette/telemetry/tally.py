"""Counters and histograms for paths of which each microsecond counts: adding to them is an addition.

Those of prometheus_client take a microsecond or two, for a lock and a walk over the buckets. These have no lock: add to
one from a single thread, or under a lock of the caller's. Reading is safe from anywhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class Counts(Collector):
    """A counter by label values."""

    def __init__(self, name: str, documentation: str, labels: Sequence[str], registry: CollectorRegistry) -> None:
        self._name, self._documentation, self._labels = name, documentation, tuple(labels)
        self._values: dict[tuple[str, ...], float] = {}
        registry.register(self)

    def add(self, labels: tuple[str, ...], value: float = 1) -> None:
        """Count up; `labels` are the values of all labels in order."""
        self._values[labels] = self._values.get(labels, 0) + value

    def describe(self) -> Iterable[Metric]:
        return [CounterMetricFamily(self._name, self._documentation, labels=self._labels)]

    def collect(self) -> Iterable[Metric]:
        family = CounterMetricFamily(self._name, self._documentation, labels=self._labels)
        for labels, value in list(self._values.items()):
            family.add_metric(labels, value)
        return [family]


class Durations(Collector):
    """A histogram of seconds by label values."""

    def __init__(
        self,
        name: str,
        documentation: str,
        labels: Sequence[str],
        buckets_s: Sequence[float],
        registry: CollectorRegistry,
    ) -> None:
        """`buckets_s` are the upper bounds, rising, without infinity."""
        self._name, self._documentation, self._labels = name, documentation, tuple(labels)
        self._bounds_s = tuple(buckets_s)
        self._texts = [*map(floatToGoString, buckets_s), "+Inf"]
        self._cells: dict[tuple[str, ...], tuple[list[int], list[float]]] = {}
        registry.register(self)

    def add(self, labels: tuple[str, ...], seconds: float) -> None:
        """Take in one duration; `labels` are the values of all labels in order."""
        cell = self._cells.get(labels)
        if cell is None:
            cell = self._cells[labels] = ([0] * len(self._texts), [0.0])
        cell[0][bisect_left(self._bounds_s, seconds)] += 1
        cell[1][0] += seconds

    def describe(self) -> Iterable[Metric]:
        return [HistogramMetricFamily(self._name, self._documentation, labels=self._labels)]

    def collect(self) -> Iterable[Metric]:
        family = HistogramMetricFamily(self._name, self._documentation, labels=self._labels)
        for labels, (counts, (sum_s,)) in list(self._cells.items()):
            below, buckets = 0, []
            for text, count in zip(self._texts, list(counts), strict=True):
                below += count
                buckets.append((text, below))
            family.add_metric(labels, buckets, sum_s)
        return [family]
