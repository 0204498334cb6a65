"""What the scripts are run against: the engine over a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from vedette.clock import FakeClock
from vedette.model.batch import SampleBatch
from vedette.model.frame import QueryResult
from vedette.model.labels import Labels
from vedette.model.special import FloatArray, IntArray
from vedette.promql import ast
from vedette.promql.context import QueryContext
from vedette.promql.engine import Engine
from vedette.storage.interface import DEFAULT_PROJECT, Storage


class EngineSubject:
    """The engine over any store, which it closes."""

    def __init__(self, storage: Storage, executor: ThreadPoolExecutor) -> None:
        self._storage = storage
        self._engine = Engine(storage, executor)

    def load(self, series: Sequence[tuple[Labels, IntArray, FloatArray]]) -> None:
        kept = [entry for entry in series if len(entry[1])]
        if not kept:
            return
        refs = self._storage.intern(DEFAULT_PROJECT, [labels for labels, _, _ in kept])
        batch = SampleBatch(
            np.repeat(refs, [len(times) for _, times, _ in kept]),
            np.concatenate([times for _, times, _ in kept]),
            np.concatenate([values for _, _, values in kept]),
        )
        # In time order, as real senders deliver it.
        order = np.argsort(batch.timestamps_ms, kind="stable")
        report = self._storage.append(
            DEFAULT_PROJECT, SampleBatch(batch.refs[order], batch.timestamps_ms[order], batch.values[order])
        )
        assert report.accepted == len(batch), report

    def instant(self, expr: ast.Expr, time_ms: int, *, per_step: bool = False) -> QueryResult:
        context = QueryContext(FakeClock(), collect_per_step_stats=per_step)
        return self._engine.instant(expr, time_ms, context)

    def range(self, expr: ast.Expr, start_ms: int, end_ms: int, step_ms: int, *, per_step: bool = False) -> QueryResult:
        context = QueryContext(FakeClock(), collect_per_step_stats=per_step)
        return self._engine.range(expr, start_ms, end_ms, step_ms, context)

    def close(self) -> None:
        self._storage.close()


def engine_over(open_storage: Callable[[], Storage], executor: ThreadPoolExecutor) -> Callable[[], EngineSubject]:
    """A maker of subjects, each over an empty store."""
    return lambda: EngineSubject(open_storage(), executor)
