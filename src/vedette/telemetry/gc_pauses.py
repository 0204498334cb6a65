"""Garbage collector pauses of this interpreter."""

from __future__ import annotations

import gc
import time
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

_BOUNDS_S = (0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0)
_GENERATIONS = ("0", "1", "2")


class GcPauses:
    """Counts collections from `start` to `stop`.

    The callback runs wherever an object is allocated, also inside the locks of a metrics library: it touches nothing
    but lists of its own.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._started_s = 0.0
        self._buckets = [[0] * (len(_BOUNDS_S) + 1) for _ in _GENERATIONS]
        self._sum_s = [0.0 for _ in _GENERATIONS]
        self._collected = [0 for _ in _GENERATIONS]
        self._uncollectable = [0 for _ in _GENERATIONS]
        registry.register(self)

    def start(self) -> None:
        """Begin to observe the interpreter's collector."""
        if self._observe not in gc.callbacks:
            gc.callbacks.append(self._observe)

    def stop(self) -> None:
        """Stop observing."""
        if self._observe in gc.callbacks:
            gc.callbacks.remove(self._observe)

    def _observe(self, phase: str, info: dict[str, Any]) -> None:
        if phase == "start":
            self._started_s = time.perf_counter()
            return
        pause_s = time.perf_counter() - self._started_s
        generation = min(int(info["generation"]), len(_GENERATIONS) - 1)
        self._buckets[generation][bisect_left(_BOUNDS_S, pause_s)] += 1
        self._sum_s[generation] += pause_s
        self._collected[generation] += info["collected"]
        self._uncollectable[generation] += info["uncollectable"]

    def collect(self) -> Iterator[Metric]:
        """What the registry asks for."""
        pauses = HistogramMetricFamily(
            "vedette_telemetry_gc_pause_seconds", "Pauses of the garbage collector.", labels=["generation"]
        )
        collected = CounterMetricFamily(
            "vedette_telemetry_gc_collected_objects", "Objects the garbage collector freed.", labels=["generation"]
        )
        uncollectable = CounterMetricFamily(
            "vedette_telemetry_gc_uncollectable_objects", "Objects that could not be freed.", labels=["generation"]
        )
        for index, generation in enumerate(_GENERATIONS):
            running, buckets = 0, []
            for bound, count in zip((*map(str, _BOUNDS_S), "+Inf"), self._buckets[index], strict=True):
                running += count
                buckets.append((bound, float(running)))
            pauses.add_metric([generation], buckets, self._sum_s[index])
            collected.add_metric([generation], self._collected[index])
            uncollectable.add_metric([generation], self._uncollectable[index])
        yield from (pauses, collected, uncollectable)
