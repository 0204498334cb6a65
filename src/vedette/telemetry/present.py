"""The present values of a registry, without the `_created` series that nobody asks for and that double the counters."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

_WITH_CREATION_TIMES = ("counter", "histogram", "summary")


class Present(Collector):
    """A view of a registry; prometheus_client's own switch would act on the whole process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        for family in self._registry.collect():
            if family.type in _WITH_CREATION_TIMES:
                created = family.name + "_created"
                family.samples = [sample for sample in family.samples if sample.name != created]
            yield family
