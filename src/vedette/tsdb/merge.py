"""Merges what several sources (blocks, sealing head, head) have of the same series; the later source wins.

Sources are laid out first: which timestamps each row has. Rows that follow each other in time are then decoded
straight to their place in the result; only rows whose sources overlap in time are interleaved.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from msgspec import Struct

from vedette.model.special import BoolArray, FloatArray, IntArray
from vedette.storage.interface import ReadCost
from vedette.tsdb.columns import Columns
from vedette.tsdb.head_table import gather

_NEVER = -(2**63)


class Layout(Protocol):
    """Rows of one source, laid out but not decoded; BlockRead and HeadRead are such."""

    lengths: IntArray
    timestamps_ms: IntArray
    vector_starts: IntArray
    row_vector: IntArray

    def into(
        self, values: FloatArray, starts: IntArray, cost: ReadCost | None = None, warnings: list[str] | None = None
    ) -> IntArray:
        """Decode row r to values[starts[r]:][:lengths[r]]; positions of damaged rows."""
        ...


class ColumnsLayout:
    """Columns that are in memory already, as a source."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self.lengths = np.diff(columns.starts)
        self.timestamps_ms = columns.timestamps_ms
        self.vector_starts = columns.vector_starts
        self.row_vector = columns.row_vector

    def into(
        self,
        values: FloatArray,
        starts: IntArray,
        cost: ReadCost | None = None,
        warnings: list[str] | None = None,  # noqa: ARG002 - memory cannot be damaged
    ) -> IntArray:
        gather(self._columns.values, self._columns.starts[:-1], self.lengths, values, starts)
        if cost is not None:
            cost.samples += int(self.lengths.sum())
        return np.empty(0, dtype=np.int64)


class Source(Struct, frozen=True):
    """One source of a merge: its row i belongs to row where[i] of the result; None means they are the same rows."""

    layout: Layout
    where: IntArray | None = None


def merge(
    sources: Sequence[Source],
    rows: int,
    cost: ReadCost | None = None,
    warnings: list[str] | None = None,
) -> Columns:
    """Samples of `rows` rows from all sources; of equal timestamps the one of the last source stays."""
    filled = [source for source in sources if len(source.layout.timestamps_ms)]
    if not filled:
        return empty_columns(rows)
    if len(filled) == 1 and filled[0].where is None:
        columns = _single(filled[0].layout, cost, warnings)
        if columns is not None:
            return columns
    columns = _one_after_another(filled, rows, cost, warnings)
    if columns is not None:
        return columns
    spans = [_Span(source, rows) for source in filled]
    if _follow_each_other(spans):
        columns = _side_by_side(sorted(spans, key=lambda span: span.start_ms), rows, cost, warnings)
        if columns is not None:
            return columns
    return _interleaved(spans, rows, cost, warnings)


def latest_only(columns: Columns) -> Columns:
    """Only the newest sample of each row."""
    lengths = np.diff(columns.starts)
    full = lengths > 0
    ends = columns.vector_starts[columns.row_vector + 1] - 1
    times = columns.timestamps_ms[ends[full]]
    return one_sample_rows(full, times, columns.values[columns.starts[1:][full] - 1])


def one_sample_rows(full: BoolArray, timestamps_ms: IntArray, values: FloatArray) -> Columns:
    """Rows with one sample where `full` is true (timestamps and values are of those only), and empty rows elsewhere."""
    starts = np.zeros(len(full) + 1, dtype=np.int64)
    np.cumsum(full, out=starts[1:])
    if len(timestamps_ms) and (timestamps_ms == timestamps_ms[0]).all():
        vectors, inverse = timestamps_ms[:1], np.zeros(len(timestamps_ms), dtype=np.int64)
    else:
        vectors, inverse = np.unique(timestamps_ms, return_inverse=True)
    count = len(vectors)
    row_vector = np.full(len(full), count, dtype=np.int64)
    row_vector[full] = inverse
    vector_starts = np.arange(count + 2, dtype=np.int64)
    # The last vector is the empty one.
    vector_starts[-1] = count
    return Columns(values, starts, vectors, vector_starts, row_vector)


def empty_columns(rows: int) -> Columns:
    """Rows without samples."""
    zeros = np.zeros(rows + 1, dtype=np.int64)
    return Columns(np.empty(0), zeros, np.empty(0, dtype=np.int64), zeros[:2] if rows else zeros, zeros[:rows])


class _Span:
    """A source spread over the rows of the result: vector -1 where it has nothing of a row."""

    def __init__(self, source: Source, rows: int) -> None:
        self.layout = layout = source.layout
        self.where = source.where
        filled = layout.lengths > 0
        sizes = np.diff(layout.vector_starts)
        self.vectors = len(sizes)
        last = np.maximum(layout.vector_starts[1:] - 1, 0)
        first = np.minimum(layout.vector_starts[:-1], len(layout.timestamps_ms) - 1)
        if source.where is None and filled.all():
            self.vector = layout.row_vector
            self.lengths = layout.lengths
        else:
            where = np.arange(rows) if source.where is None else source.where
            self.vector = np.full(rows, -1, dtype=np.int64)
            self.vector[where] = np.where(filled, layout.row_vector, -1)
            self.lengths = np.zeros(rows, dtype=np.int64)
            self.lengths[where] = layout.lengths
        used = self.vector >= 0
        self.first_ms = np.where(used, layout.timestamps_ms[first[self.vector]], 2**63 - 1)
        self.last_ms = np.where(used, layout.timestamps_ms[last[self.vector]], _NEVER)
        self.start_ms = int(layout.timestamps_ms.min())

    def times(self, vector: int) -> IntArray:
        """Timestamps of one vector; -1 has none."""
        if vector < 0:
            return self.layout.timestamps_ms[:0]
        starts = self.layout.vector_starts
        return self.layout.timestamps_ms[starts[vector] : starts[vector + 1]]

    def own(self, per_row: IntArray) -> IntArray:
        """From rows of the result to rows of the source."""
        return per_row if self.where is None else per_row[self.where]

    def leave_out(self, damaged: IntArray) -> None:
        """Have nothing of these rows of the source."""
        rows = damaged if self.where is None else self.where[damaged]
        self.vector, self.lengths = self.vector.copy(), self.lengths.copy()
        self.vector[rows] = -1
        self.lengths[rows] = 0


def _single(layout: Layout, cost: ReadCost | None, warnings: list[str] | None) -> Columns | None:
    starts = _offsets(layout.lengths)
    values = np.empty(int(starts[-1]))
    if len(layout.into(values, starts[:-1], cost, warnings)):
        return None
    return Columns(values, starts, layout.timestamps_ms, layout.vector_starts, layout.row_vector)


def _one_after_another(
    sources: Sequence[Source], rows: int, cost: ReadCost | None, warnings: list[str] | None
) -> Columns | None:
    """Sources that have all rows, each on one timestamp vector, as blocks of one scrape interval have; None when they
    are not such, overlap, or something was damaged."""
    layouts = [source.layout for source in sources if source.where is None and len(source.layout.vector_starts) == 2]
    if len(layouts) < len(sources):
        return None
    layouts.sort(key=lambda layout: int(layout.timestamps_ms[0]))
    if any(before.timestamps_ms[-1] >= after.timestamps_ms[0] for before, after in pairwise(layouts)):
        return None
    timestamps_ms = np.concatenate([layout.timestamps_ms for layout in layouts])
    width = len(timestamps_ms)
    starts = np.arange(rows + 1, dtype=np.int64) * width
    values = np.empty(rows * width)
    place = starts[:-1]
    # Told only when this is the answer: else the rows are read once more.
    problems: list[str] = []
    for layout in layouts:
        if len(layout.into(values, place, cost, problems)):
            return None
        place = place + len(layout.timestamps_ms)
    if warnings is not None:
        warnings.extend(problems)
    return Columns(values, starts, timestamps_ms, np.array((0, width), dtype=np.int64), np.zeros(rows, dtype=np.int64))


def _follow_each_other(spans: list[_Span]) -> bool:
    ordered = sorted(spans, key=lambda span: span.start_ms)
    reached = ordered[0].last_ms
    for span in ordered[1:]:
        if not (span.first_ms > reached).all():
            return False
        reached = np.maximum(reached, span.last_ms)
    return True


def _combinations(spans: list[_Span], rows: int) -> tuple[IntArray, IntArray]:
    """Distinct combinations of the sources' vectors: (a row of each, which one every row has)."""
    key = spans[0].vector
    for span in spans[1:]:
        key = key * (span.vectors + 1) + span.vector + 1
        if int(key.max()) > 2**31:
            key = np.unique(key, return_inverse=True)[1]
    if (key == key[0]).all():
        return np.zeros(1, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    _, examples, inverse = np.unique(key, return_index=True, return_inverse=True)
    return examples, inverse


def _side_by_side(spans: list[_Span], rows: int, cost: ReadCost | None, warnings: list[str] | None) -> Columns | None:
    """Decode every source to its place; None when something was damaged."""
    starts = _offsets(sum((span.lengths for span in spans[1:]), spans[0].lengths))
    values = np.empty(int(starts[-1]))
    place = starts[:-1]
    for span in spans:
        if len(span.layout.into(values, np.ascontiguousarray(span.own(place)), cost, warnings)):
            return None
        place = place + span.lengths
    examples, row_vector = _combinations(spans, rows)
    vectors = [
        np.concatenate([span.times(int(span.vector[example])) for span in spans]) for example in examples.tolist()
    ]
    return Columns(values, starts, np.concatenate(vectors), _offsets([len(v) for v in vectors]), row_vector)


def _interleaved(spans: list[_Span], rows: int, cost: ReadCost | None, warnings: list[str] | None) -> Columns:
    decoded: list[tuple[FloatArray, IntArray]] = []
    for span in spans:
        offsets = _offsets(span.lengths)
        values = np.empty(int(offsets[-1]))
        damaged = span.layout.into(values, np.ascontiguousarray(span.own(offsets[:-1])), cost, warnings)
        if len(damaged):
            span.leave_out(damaged)
        decoded.append((values, offsets))
    examples, row_vector = _combinations(spans, rows)
    vectors: list[IntArray] = []
    picks: list[IntArray] = []
    for example in examples.tolist():
        times = np.concatenate([span.times(int(span.vector[example])) for span in spans])
        order = np.argsort(times, kind="stable")
        times = times[order]
        last = np.ones(len(times), dtype=np.bool_)
        last[:-1] = times[1:] != times[:-1]
        vectors.append(times[last])
        picks.append(order[last])
    sizes = np.array([len(vector) for vector in vectors], dtype=np.int64)
    starts = _offsets(sizes[row_vector])
    result = np.empty(int(starts[-1]))
    members = np.argsort(row_vector, kind="stable")
    bounds = _offsets(np.bincount(row_vector, minlength=len(examples)))
    for number, pick in enumerate(picks):
        group = members[bounds[number] : bounds[number + 1]]
        if len(pick) == 0:
            continue
        parts = [
            values[offsets[group][:, None] + np.arange(int(span.lengths[group[0]]))]
            for span, (values, offsets) in zip(spans, decoded, strict=True)
        ]
        result[starts[group][:, None] + np.arange(len(pick))] = np.concatenate(parts, axis=1)[:, pick]
    return Columns(result, starts, np.concatenate(vectors), _offsets(sizes), row_vector)


def _offsets(lengths: IntArray | Sequence[int]) -> IntArray:
    result = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=result[1:])
    return result
