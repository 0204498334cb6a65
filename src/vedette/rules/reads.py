"""One read for all rules of a tick that select the same series over the same time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from msgspec import Struct, field

from vedette.model.grid import Grid
from vedette.model.labels import METRIC_NAME
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.timerange import TimeRange
from vedette.promql import ast
from vedette.storage.interface import Part, SelectHints, Selection, Storage

Matchers = tuple[Matcher, ...]
_Key = tuple[str, Matchers, TimeRange, SelectHints | None]


def selectors_of(expr: ast.Expr) -> Iterator[Matchers]:
    """The matchers of every selector of an expression."""
    if isinstance(expr, ast.VectorSelector):
        yield expr.matchers
    for child in ast.children(expr):
        yield from selectors_of(child)


def name_of(matchers: Iterable[Matcher]) -> str:
    """The metric that matchers are about; empty when it is not one."""
    for matcher in matchers:
        if matcher.name == METRIC_NAME and matcher.op is MatchOp.EQUAL:
            return matcher.value
    return ""


class _SharedPart(Struct):
    """A part that is read once, whoever comes first."""

    series: range
    part: Part
    grid: Grid | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self) -> Grid:
        with self.lock:
            if self.grid is None:
                self.grid = self.part.load()
            return self.grid


class _Tick(threading.local):
    """What the thread's present tick has read; None outside of ticks."""

    wanted: Mapping[tuple[str, Matchers], int] | None = None
    found: dict[_Key, Selection]


class SharedReads:
    """The store as rules see it: within a tick selections that several of them need are kept until it is over."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._tick = _Tick()
        self.intern = storage.intern
        self.append = storage.append
        self.label_names = storage.label_names
        self.label_values = storage.label_values
        self.series = storage.series
        self.put_metadata = storage.put_metadata
        self.metadata = storage.metadata
        self.delete = storage.delete
        self.stats = storage.stats
        self.projects = storage.projects
        self.close = storage.close
        self.shared = 0
        """Selections that were answered from an earlier read."""

    @contextmanager
    def tick(self, wanted: Counter[tuple[str, Matchers]]) -> Iterator[None]:
        """Within it this thread's selections that are wanted more than once are read once."""
        self._tick.wanted, self._tick.found = wanted, {}
        try:
            yield
        finally:
            self._tick.wanted, self._tick.found = None, {}

    def forget(self, names: set[str]) -> None:
        """Samples of these metrics have come: what was read of them is no longer all there is."""
        found = self._tick.found
        for key in [key for key in found if not (name := name_of(key[1])) or name in names]:
            del found[key]

    def select(
        self, project: str, matchers: Sequence[Matcher], time_range: TimeRange, hints: SelectHints | None = None
    ) -> Selection:
        """As the store's; part by part, each read once."""
        tick, given = self._tick, tuple(matchers)
        if tick.wanted is None or tick.wanted.get((project, given), 0) < 2:
            return self._storage.select(project, matchers, time_range, hints)
        key = (project, given, time_range, hints)
        selection = tick.found.get(key)
        if selection is None:
            selection = self._storage.select(project, matchers, time_range, hints)
            selection.parts = [_SharedPart(part.series, part) for part in selection.parts]
            tick.found[key] = selection
        else:
            self.shared += 1
        return selection
