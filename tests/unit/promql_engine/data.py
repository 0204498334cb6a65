"""A small store with metrics, and ways to ask it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

import numpy as np

from vedette.clock import FakeClock
from vedette.model.batch import SampleBatch
from vedette.model.frame import QueryResult
from vedette.model.labels import Labels
from vedette.promql.context import QueryContext, QueryLimits
from vedette.promql.engine import Engine
from vedette.promql.parser import parse
from vedette.storage.interface import DEFAULT_PROJECT
from vedette.storage.memory import MemoryStorage

MINUTE = 60_000


def store(series: Mapping[str, Sequence[float | None]], gap_ms: int = MINUTE) -> MemoryStorage:
    """A store with series given as selectors; a sample every `gap_ms` from 0 on, None for no sample."""
    storage = MemoryStorage()
    for text, values in series.items():
        matchers = parse(text).matchers  # type: ignore[union-attr]  # the texts are selectors
        labels = Labels.of((matcher.name, matcher.value) for matcher in matchers)
        ref = storage.intern(DEFAULT_PROJECT, [labels])[0]
        kept = [(index * gap_ms, value) for index, value in enumerate(values) if value is not None]
        times = np.array([time for time, _ in kept], dtype=np.int64)
        numbers = np.array([value for _, value in kept], dtype=np.float64)
        storage.append(DEFAULT_PROJECT, SampleBatch(np.full(len(kept), ref), times, numbers))
    return storage


def context(limits: QueryLimits | None = None) -> QueryContext:
    """A query's context with a clock that stands still."""
    return QueryContext(FakeClock(), limits or QueryLimits())


def instant(storage: MemoryStorage, text: str, time_ms: int = 0, executor: Executor | None = None) -> QueryResult:
    """Ask for one moment."""
    return Engine(storage, executor).instant(parse(text), time_ms, context())


def over(storage: MemoryStorage, text: str, end_ms: int, step_ms: int = MINUTE, start_ms: int = 0) -> QueryResult:
    """Ask for a range."""
    return Engine(storage).range(parse(text), start_ms, end_ms, step_ms, context())


def cells(result: QueryResult) -> dict[str, list[float | None]]:
    """Values by label set as text; None where a value is absent."""
    frame = result.frame
    assert frame is not None
    mask = np.ones(frame.values.shape, dtype=np.bool_) if frame.present is None else frame.present
    return {
        str(labels): [value if there else None for value, there in zip(row.tolist(), flags.tolist(), strict=True)]
        for labels, row, flags in zip(frame.labels, frame.values, mask, strict=True)
    }
