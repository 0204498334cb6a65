"""Sample data: an hour of a made-up web shop in columns, so that there is something to look at before anything is sent.

What a series had at a moment follows from the moment alone: whoever asks again adds what is new and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from msgspec import Struct

from vedette.model.labels import Labels
from vedette.model.metadata import MetricMetadata
from vedette.model.special import FloatArray, IntArray

STEP_MS: Final = 15_000
REACH_MS: Final = 59 * 60_000
"""A little less than what may come late by default, since other samples arrive meanwhile."""
JOB: Final = "sample"
_DAY_MS: Final = 86_400_000
_STEPS_A_DAY: Final = _DAY_MS // STEP_MS
_INSTANCES: Final = ("shop-1", "shop-2")
_BOUNDS_S: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)

METADATA: Final = {
    "sample_http_requests_total": MetricMetadata("counter", "Requests that a made-up web shop answered."),
    "sample_http_request_duration_seconds": MetricMetadata("histogram", "How long they took.", "seconds"),
    "sample_orders_total": MetricMetadata("counter", "Orders that a made-up web shop took."),
    "sample_memory_bytes": MetricMetadata("gauge", "Memory that its processes use.", "bytes"),
    "sample_queue_length": MetricMetadata("gauge", "Mails that wait to be sent."),
}


class SampleColumns(Struct):
    """`values` float64[series, moments] at `times_ms` int64[moments]."""

    labels: list[Labels]
    times_ms: IntArray
    values: FloatArray


def sample_columns(now_ms: int) -> SampleColumns:
    """Everything of the hour until now, at multiples of the step."""
    last = now_ms // STEP_MS
    slots = np.arange(last - REACH_MS // STEP_MS, last + 1, dtype=np.int64)
    # Counters start anew each midnight, as those of a program that is started again.
    days = [_day(int(day)) for day in np.unique(slots // _STEPS_A_DAY)]
    whole = np.concatenate([values for _, values in days], axis=1)
    first = int(slots[0]) // _STEPS_A_DAY * _STEPS_A_DAY
    return SampleColumns(days[0][0], slots * STEP_MS, np.ascontiguousarray(whole[:, slots - first]))


def _day(day: int) -> tuple[list[Labels], FloatArray]:
    """Series and their values of a day, float64[series, steps of a day]."""
    chance = np.random.default_rng(day)
    hours = np.arange(_STEPS_A_DAY, dtype=np.float64) * (24 / _STEPS_A_DAY)
    labels: list[Labels] = []
    rows: list[FloatArray] = []

    def add(name: str, values: FloatArray, **more: str) -> None:
        labels.append(Labels.of({"__name__": name, "job": JOB, **more}))
        rows.append(values)

    for place, instance in enumerate(_INSTANCES):
        busy = _busy(hours, place, chance)
        _requests(add, instance, busy, chance)
        memory = 3.1e8 + 4e7 * place + 1.6e8 * ((hours * (0.9 + 0.2 * place)) % 1) + chance.normal(0, 2e6, hours.size)
        add("sample_memory_bytes", np.round(memory).astype(np.float64), instance=instance)
    orders = np.cumsum(chance.poisson(1.1 + np.sin(hours * 2) ** 2))
    add("sample_orders_total", orders.astype(np.float64))
    waiting = np.round(np.clip(6 + 9 * np.sin(hours * 5.3) + chance.normal(0, 2, hours.size), 0, None))
    add("sample_queue_length", waiting.astype(np.float64))
    return labels, np.stack(rows)


def _busy(hours: FloatArray, place: int, chance: np.random.Generator) -> FloatArray:
    """Requests a step: the day's course, waves of minutes, and a rush now and then."""
    course = 300 - 60 * place + 120 * np.sin((hours - 9) / 24 * 2 * np.pi) + 35 * np.sin(hours * 7 + place)
    rush = 220 * np.clip(np.sin(hours * 2.9 + 0.6), 0.93, None) / 0.07 - 220 * 0.93 / 0.07
    busy: FloatArray = chance.poisson(np.clip(course + rush, 20, None)).astype(np.float64)
    return busy


def _requests(add: Callable[..., None], instance: str, busy: FloatArray, chance: np.random.Generator) -> None:
    """Counts by status, and a histogram that gets slower where there is more to do."""
    failed = chance.binomial(busy.astype(np.int64), 0.004 + 0.03 * (busy > 430))
    missing = chance.binomial((busy - failed).astype(np.int64), 0.02)
    for status, counts in (("200", busy - failed - missing), ("404", missing), ("500", failed)):
        add("sample_http_requests_total", np.cumsum(counts).astype(np.float64), instance=instance, status=status)
    slow = 0.03 + 0.00012 * busy
    below = np.zeros_like(busy)
    name = "sample_http_request_duration_seconds"
    for bound_s in _BOUNDS_S:
        below = np.maximum(below, np.round(busy * (1 - np.exp(-((bound_s / slow) ** 1.3)))))
        add(f"{name}_bucket", np.cumsum(below), instance=instance, le=str(bound_s))
    add(f"{name}_bucket", np.cumsum(busy), instance=instance, le="+Inf")
    add(f"{name}_sum", np.cumsum(busy * slow), instance=instance)
    add(f"{name}_count", np.cumsum(busy), instance=instance)
