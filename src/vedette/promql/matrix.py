"""What flows between operators: the steps of a query, and rows of one value a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from msgspec import Struct

from vedette.model.labels import EMPTY, Labels
from vedette.model.special import BoolArray, FloatArray, IntArray

BLOCK_ROWS = 128
"""Rows that are worked on at once where a whole matrix is at hand."""


FARTHEST_MS = 2**60
"""Moments further than this from 1970 are not asked for: far from the ends of int64."""


@dataclass(frozen=True, slots=True)
class Steps:
    """`count` moments, `step_ms` apart, from `start_ms` on."""

    start_ms: int
    step_ms: int
    count: int
    times_ms: IntArray = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # An instant has step 0.
        step_ms = self.step_ms or 1
        times = np.arange(self.start_ms, self.start_ms + self.count * step_ms, step_ms, dtype=np.int64)
        object.__setattr__(self, "times_ms", times)

    @property
    def end_ms(self) -> int:
        """The last moment."""
        return self.start_ms + (self.count - 1) * self.step_ms

    def first(self) -> Steps:
        """Only the first moment."""
        return self if self.count == 1 else Steps(self.start_ms, self.step_ms, 1)


class Matrix(Struct):
    """S rows over K steps; whoever gets one must not write to its arrays.

    values float64[S, K]; present bool[S, K], None when every cell is there; cells that are not there hold anything.
    """

    labels: Sequence[Labels]
    values: FloatArray
    present: BoolArray | None
    drop_name: BoolArray
    """bool[S]: the metric's name goes when the query is done (delayed name removal)."""
    distinct: bool = False
    """The label sets are known to differ from each other."""
    ordered: bool = False
    """The order of the rows is part of the answer."""

    @property
    def mask(self) -> BoolArray:
        """`present` as an array."""
        return np.ones(self.values.shape, dtype=np.bool_) if self.present is None else self.present

    def take(self, rows: IntArray) -> Matrix:
        """Some rows, in the given order."""
        return Matrix(
            [self.labels[row] for row in rows.tolist()],
            self.values[rows],
            None if self.present is None else self.present[rows],
            self.drop_name[rows],
            self.distinct,
            self.ordered,
        )

    def rows(self) -> Rows:
        """The same as blocks of rows."""
        size = len(self.labels)
        firsts = range(0, size, BLOCK_ROWS)
        chunks = [Chunk(range(first, min(first + BLOCK_ROWS, size)), self._filler(first)) for first in firsts]
        return Rows(self.labels, chunks, self.drop_name, self.distinct, self.ordered, self.values.size, self)

    def _filler(self, start: int) -> Fill:
        def fill(values: FloatArray, present: BoolArray, first: int) -> int:
            rows = slice(start + first, start + first + len(values))
            values[...] = self.values[rows]
            if self.present is None:
                present[...] = True
                return present.size
            present[...] = self.present[rows]
            return int(np.count_nonzero(present))

        return fill


Fill = Callable[[FloatArray, BoolArray, int], int]
"""Writes values[s, K] and present[s, K] of s rows of a chunk, beginning with the row given last (0 is the chunk's
first); returns how many cells are present. Rows are asked for once, in order, by one thread."""


class Chunk(Struct, frozen=True):
    """Some consecutive rows, not yet computed; `fill` may run on any thread."""

    rows: range
    fill: Fill


class Rows(Struct):
    """Rows whose labels are known and whose cells are computed chunk by chunk."""

    labels: Sequence[Labels]
    chunks: Sequence[Chunk]
    drop_name: BoolArray
    distinct: bool = False
    ordered: bool = False
    cost: int = 0
    """About how many samples have to be looked at."""
    matrix: Matrix | None = None
    """All of it, when it is at hand."""

    def mapped(self, change: Callable[[FloatArray, BoolArray], int | None], *, drop: bool) -> Rows:
        """Rows with `change` applied in place to every chunk; it returns the present cells when it changes them."""

        def wrapped(fill: Fill) -> Fill:
            def run(values: FloatArray, present: BoolArray, first: int) -> int:
                filled = fill(values, present, first)
                changed = change(values, present)
                return filled if changed is None else changed

            return run

        chunks = [Chunk(chunk.rows, wrapped(chunk.fill)) for chunk in self.chunks]
        dropped = np.ones(len(self.labels), dtype=np.bool_) if drop else self.drop_name
        return Rows(self.labels, chunks, dropped, self.distinct, self.ordered, self.cost)


def no_drop(rows: int) -> BoolArray:
    """`drop_name` of rows that keep their names."""
    return np.zeros(rows, dtype=np.bool_)


def empty(steps: Steps) -> Matrix:
    """No rows."""
    return Matrix([], np.empty((0, steps.count)), None, no_drop(0), distinct=True)


def single(values: FloatArray, present: BoolArray | None = None, labels: Labels = EMPTY) -> Matrix:
    """One row of K values."""
    cells = np.ascontiguousarray(values, dtype=np.float64).reshape(1, -1)
    flags = None if present is None else np.ascontiguousarray(present).reshape(1, -1)
    return Matrix([labels], cells, flags, no_drop(1), distinct=True)
