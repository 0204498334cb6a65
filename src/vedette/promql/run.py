"""One evaluation: what operators need from outside, the workers they run on, and what they leave behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager

import numpy as np
from msgspec import Struct, field

from vedette.model.frame import Annotation
from vedette.model.matcher import Matcher
from vedette.model.timerange import TimeRange
from vedette.promql.ast import Span
from vedette.promql.context import QueryContext
from vedette.promql.labelsets import LabelSets
from vedette.promql.matrix import Matrix, Rows, Steps
from vedette.promql.tally import Tally
from vedette.storage.interface import SelectHints, Selection, Storage

_SMALL = 100_000
"""Samples below which handing work to a second thread costs more than it brings."""


class Figures(Struct):
    """What one operator did; seconds include the operators below it."""

    rows: int = 0
    samples: int = 0
    seconds: float = 0.0


class Run(Struct):
    """State of one running query."""

    storage: Storage
    executor: Executor | None
    workers: int
    ctx: QueryContext
    labels: LabelSets
    start_ms: int
    end_ms: int
    step_ms: int
    """The query's own step; 0 for an instant query."""
    default_step_ms: int
    figures: dict[int, Figures] | None = None
    """By id of the operator, when the query is explained."""
    shared: dict[tuple[int, int, int, int], tuple[Matrix, Tally]] = field(default_factory=dict)
    selections: list[Selection] = field(default_factory=list)
    read_s: list[float] = field(default_factory=list)
    index_s: float = 0.0
    held: int = 0
    tally: Tally = field(default_factory=Tally)
    """Where operators that are opened now count the samples they look at."""
    _warnings: dict[Annotation, None] = field(default_factory=dict)
    _infos: dict[Annotation, None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def figures_of(self, operator: object) -> Figures | None:
        """Where to note what an operator does, when the query is explained."""
        return None if self.figures is None else self.figures.setdefault(id(operator), Figures())

    def annotate(self, message: str, span: Span) -> None:
        """Add a warning or an info, once; its text says which."""
        annotation = Annotation(message, span.start, span.end)
        kind = self._infos if message.startswith("PromQL info") else self._warnings
        kind[annotation] = None

    def annotations(self) -> tuple[list[Annotation], list[Annotation]]:
        """Warnings and infos."""
        return list(self._warnings), list(self._infos)

    def select(self, matchers: Sequence[Matcher], time_range: TimeRange, hints: SelectHints) -> Selection:
        """Ask the store, within the limits."""
        began_s = self.ctx.clock.monotonic_s()
        narrowed = (*matchers, *self.ctx.matchers) if self.ctx.matchers else matchers
        selection = self.storage.select(self.ctx.project, narrowed, time_range, hints)
        self.index_s += self.ctx.clock.monotonic_s() - began_s
        self.selections.append(selection)
        self.ctx.stats.series_read += len(selection.labels)
        self.ctx.check_series(len(selection.labels))
        return selection

    def hold(self, samples: int) -> None:
        """Count samples that now are in memory; a negative number lets go of some."""
        with self._lock:
            self.held += samples
            held = self.held
        if samples > 0:
            self.ctx.check_samples(held)

    @contextmanager
    def counting(self, tally: Tally) -> Iterator[None]:
        """Have the operators opened meanwhile count into this tally."""
        outer, self.tally = self.tally, tally
        try:
            yield
        finally:
            self.tally = outer

    def collect(self, rows: Rows, steps: Steps) -> Matrix:
        """Compute all chunks."""
        if rows.matrix is not None:
            return rows.matrix
        shape = (len(rows.labels), steps.count)
        self.hold(shape[0] * shape[1])
        values = np.empty(shape)
        present = np.empty(shape, dtype=np.bool_)
        filled = [0] * len(rows.chunks)

        def work(index: int) -> None:
            chunk = rows.chunks[index]
            where = slice(chunk.rows.start, chunk.rows.stop)
            filled[index] = chunk.fill(values[where], present[where], 0)

        self.each(len(rows.chunks), work, rows.cost)
        whole = sum(filled) == present.size
        return Matrix(rows.labels, values, None if whole else present, rows.drop_name, rows.distinct, rows.ordered)

    def each(self, count: int, work: Callable[[int], None], cost: int) -> None:
        """Call `work` for 0 .. count - 1, on several threads when that pays; the calling thread works too."""
        if count == 1:
            with np.errstate(all="ignore"):
                self.ctx.check()
                work(0)
            return
        positions = iter(range(count))
        failed = threading.Event()

        def drain() -> None:
            try:
                with np.errstate(all="ignore"):
                    for index in positions:
                        if failed.is_set():
                            return
                        self.ctx.check()
                        work(index)
            except BaseException:
                failed.set()
                raise

        helpers: list[Future[None]] = []
        if self.executor is not None and count > 1 and cost > _SMALL:
            helpers = [self.executor.submit(drain) for _ in range(min(self.workers, count) - 1)]
        try:
            drain()
        finally:
            # A helper that never started has nothing left to do.
            errors = [helper.exception() for helper in helpers if not helper.cancel()]
        for error in errors:
            if error is not None:
                raise error

    def finish(self) -> None:
        """Move the figures into the query's statistics."""
        stats = self.ctx.stats
        for selection in self.selections:
            stats.samples_read += selection.cost.samples
            stats.bytes_read += selection.cost.bytes
            stats.chunks_read += selection.cost.chunks
            for warning in selection.warnings:
                self._warnings[Annotation(warning)] = None
        stats.samples_total += self.tally.samples
        if self.tally.per_step is not None:
            moments = range(self.start_ms, self.end_ms + 1, self.step_ms or 1)
            stats.samples_per_step = list(zip(moments, self.tally.per_step.tolist(), strict=True))
        stats.timings_s["index"] = stats.timings_s.get("index", 0.0) + self.index_s
        stats.timings_s["read"] = stats.timings_s.get("read", 0.0) + sum(self.read_s)
