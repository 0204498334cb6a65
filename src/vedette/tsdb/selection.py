"""Selections over blocks and heads: which series fulfil the matchers, where their rows are, and their samples."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Final

import numpy as np
from msgspec import Struct
from pyroaring import BitMap

from vedette.model.grid import Grid
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher
from vedette.model.special import IntArray
from vedette.model.timerange import TimeRange
from vedette.storage.interface import ReadCost, SelectHints, Selection
from vedette.tsdb.block import Block
from vedette.tsdb.columns import Columns
from vedette.tsdb.head import Head
from vedette.tsdb.merge import ColumnsLayout, Source, latest_only, merge, one_sample_rows
from vedette.tsdb.registry import IdArray, Registry
from vedette.tsdb.sources import Snapshot, Sources

_KEPT: Final = 256
"""Answers that are kept: live queries ask the same again every second."""
_KEPT_ROWS: Final = 2_000_000
"""Rows of all answers that are kept, 8 bytes each."""
_MIN_ROWS, _MAX_ROWS = 16, 512
_LATEST_ROWS, _LATEST_ROWS_OF_PAGES = 16_384, 1024
"""Rows of a part of which only the newest sample is wanted, from memory or from the pages of a block."""
_WORTH_HALVING = 150_000
"""Samples of one part that are worth a second thread."""


class Found(Struct, frozen=True):
    """Series that fulfil some matchers.

    labels  S label sets
    refs    int64[S]: ref of each series, -1 when it is in blocks only
    rows    for each block, then each head: int64[S] row of each series, -1 where it has none
    counts  samples of these rows in each block, all times
    """

    labels: Sequence[Labels]
    refs: IntArray
    rows: tuple[IntArray, ...]
    counts: tuple[int, ...]


class _Kept(Struct, frozen=True):
    stamp: tuple[object, ...]
    found: Found

    @property
    def size(self) -> int:
        return len(self.found.labels) * (len(self.found.rows) + 2)


_InHeads = tuple[IntArray, list[Labels], list[IntArray]]
"""Refs of series with rows in some head, their labels, and for each head the rows."""


class Finder:
    """Finds series; remembers answers until the series or the sources change."""

    def __init__(self, registry: Registry, sources: Sources) -> None:
        self._registry = registry
        self._sources = sources
        self._kept: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()
        self._kept_rows = 0
        self._lock = Lock()

    def find(self, matchers: Sequence[Matcher], snapshot: Snapshot) -> Found:
        """Series with rows in the snapshot."""
        key = (
            tuple(matchers),
            tuple(block.meta.block_id for block in snapshot.blocks),
            tuple(head.number for head in snapshot.heads),
        )
        stamp = (
            self._registry.version,
            self._sources.deletions,
            *(head.filled_rows for head in snapshot.heads),
        )
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.stamp == stamp:
                self._kept.move_to_end(key)
                return kept.found
        found = self._search(matchers, snapshot)
        with self._lock:
            self._keep(key, _Kept(stamp, found))
        return found

    def _keep(self, key: tuple[object, ...], answer: _Kept) -> None:
        before = self._kept.pop(key, None)
        self._kept[key] = answer
        self._kept_rows += answer.size - (before.size if before else 0)
        while len(self._kept) > _KEPT or (self._kept_rows > _KEPT_ROWS and len(self._kept) > 1):
            self._kept_rows -= self._kept.popitem(last=False)[1].size

    def _search(self, matchers: Sequence[Matcher], snapshot: Snapshot) -> Found:
        refs, head_labels, head_rows = self._in_heads(matchers, snapshot.heads)
        block_rows = [block.find(matchers) for block in snapshot.blocks]
        counts = tuple(
            int(block.sample_counts(rows).sum()) for block, rows in zip(snapshot.blocks, block_rows, strict=True)
        )
        if not any(map(len, block_rows)):
            nothing = np.full(len(refs), -1, dtype=np.int64)
            return Found(head_labels, refs, (*(nothing for _ in block_rows), *head_rows), counts)
        return self._union(snapshot.blocks, block_rows, (refs, head_labels, head_rows), counts)

    def _in_heads(self, matchers: Sequence[Matcher], heads: Sequence[Head]) -> _InHeads:
        if not heads:
            return np.empty(0, dtype=np.int64), [], []
        with self._sources.lock:
            refs = bitmap_refs(self._registry.postings.find(matchers))
            rows = [head.table.rows_of(refs) for head in heads]
            filled = np.logical_or.reduce([one >= 0 for one in rows])
            if not filled.all():
                refs, rows = refs[filled], [one[filled] for one in rows]
            return refs, self._registry.labels(refs.tolist()), rows

    def _union(
        self,
        blocks: Sequence[Block],
        block_rows: list[IntArray],
        in_heads: _InHeads,
        counts: tuple[int, ...],
    ) -> Found:
        """Bring the rows of all sources to one order: that of the block with the most rows, then the others."""
        refs, head_labels, head_rows = in_heads
        order = sorted(range(len(blocks)), key=lambda index: -len(block_rows[index]))
        ids: list[IdArray] = [blocks[index].ids[block_rows[index]] for index in order]
        ids.append(self._registry.ids[refs])
        every = np.concatenate(ids)
        if len(blocks) == 1 and len(ids[0]) == len(ids[1]) == 1 and ids[0][0] == ids[1][0]:
            first, place = np.zeros(1, dtype=np.int64), np.zeros(2, dtype=np.int64)
        else:
            _, first, inverse = np.unique(every, return_index=True, return_inverse=True)
            rank = np.empty(len(first), dtype=np.int64)
            rank[np.argsort(first)] = np.arange(len(first))
            place = rank[inverse]
            first = np.sort(first)
        series = len(first)
        bounds = np.cumsum([0, *map(len, ids)])
        rows: dict[int, IntArray] = {}
        labels: list[Labels] = []
        for number, index in enumerate(order):
            rows[index] = np.full(series, -1, dtype=np.int64)
            rows[index][place[bounds[number] : bounds[number + 1]]] = block_rows[index]
            own = first[(first >= bounds[number]) & (first < bounds[number + 1])] - bounds[number]
            labels += blocks[index].labels(block_rows[index][own])
        at = place[bounds[-2] :]
        labels += [head_labels[index] for index in (first[first >= bounds[-2]] - bounds[-2]).tolist()]
        result_refs = np.full(series, -1, dtype=np.int64)
        result_refs[at] = refs
        spread_heads = []
        for one in head_rows:
            spread = np.full(series, -1, dtype=np.int64)
            spread[at] = one
            spread_heads.append(spread)
        return Found(labels, result_refs, (*(rows[index] for index in range(len(blocks))), *spread_heads), counts)


class TsdbPart:
    """Some series of a selection; see storage.interface.Part."""

    def __init__(self, reader: Reader, series: range) -> None:
        self._reader = reader
        self._series = series

    @property
    def series(self) -> range:
        return self._series

    def load(self) -> Grid:
        return self._reader.load(self._series)


class Reader:
    """What the parts of one selection share."""

    def __init__(
        self,
        registry: Registry,
        sources: Sources,
        snapshot: Snapshot,
        found: Found,
        time_range: TimeRange,
        hints: SelectHints | None,
    ) -> None:
        self._registry = registry
        self._sources = sources
        self._snapshot = snapshot
        self._found = found
        self._range = time_range
        self._hints = hints
        self._latest = None if hints is None else hints.latest_at_ms
        if self._latest is not None and self._latest < time_range.end_ms:
            self._range = TimeRange(time_range.start_ms, self._latest)
        self.selection = Selection(found.labels, [], self._estimate())
        self._cost: ReadCost = self.selection.cost

    def make_parts(self, part_samples: int) -> Selection:
        """The selection with its parts."""
        series = len(self._found.labels)
        estimate = self.selection.samples_estimate
        if self._latest is not None:
            newest_ms = max((block.meta.max_time_ms for block in self._snapshot.blocks), default=self._latest)
            rows = _LATEST_ROWS if newest_ms <= self._latest else _LATEST_ROWS_OF_PAGES
        else:
            each = max(estimate // max(series, 1), 1)
            rows = min(max(part_samples // each // _MIN_ROWS * _MIN_ROWS, _MIN_ROWS), _MAX_ROWS)
            if rows >= series > 1 and estimate >= _WORTH_HALVING:
                rows = -(-series // 2)
        self.selection.parts = [
            TsdbPart(self, range(start, min(start + rows, series))) for start in range(0, series, rows)
        ]
        return self.selection

    def load(self, series: range) -> Grid:
        """Samples of some series."""
        labels = self._found.labels[series.start : series.stop]
        if self._latest is not None:
            return self._load_latest(series, self._latest).with_labels(labels)
        return self._merged(np.arange(series.start, series.stop)).with_labels(labels)

    def _load_latest(self, series: range, latest_ms: int) -> Columns:
        """The newest sample of each series, straight from memory where nothing in a block can be newer."""
        refs = self._found.refs[series.start : series.stop]
        with self._sources.lock:
            newest_in_blocks = self._sources.newest_in_blocks(self._snapshot)
            times = self._registry.newest.timestamps_ms[refs]
            values = self._registry.newest.values[refs]
        settled = (refs >= 0) & (times <= latest_ms) & (times > newest_in_blocks)
        full = settled & (times >= self._range.start_ms)
        self._cost.samples += int(full.sum())
        if settled.all():
            return one_sample_rows(full, times[full], values[full])
        open_rows = np.flatnonzero(~settled)
        rest = latest_only(self._merged(open_rows + series.start))
        has = np.diff(rest.starts) > 0
        filled = open_rows[has]
        full[filled] = True
        times[filled] = rest.timestamps_ms[rest.vector_starts[rest.row_vector[has]]]
        values[filled] = rest.values
        return one_sample_rows(full, times[full], values[full])

    def _merged(self, positions: IntArray) -> Columns:
        sources: list[Source] = []
        blocks = self._snapshot.blocks
        for block, rows in zip(blocks, self._found.rows, strict=False):
            own, where = _present(rows[positions])
            if len(own):
                in_block = block.lay_out(own, self._range, self._hints)
                if len(in_block.timestamps_ms) == 0:  # a merge leaves it out, and what it has to say
                    self.selection.warnings.extend(in_block.problems)
                sources.append(Source(in_block, where))
        for head, rows in zip(self._snapshot.heads, self._found.rows[len(blocks) :], strict=True):
            own, where = _present(rows[positions])
            if len(own) == 0:
                continue
            with self._sources.lock:
                layout = head.lay_out(own, self._range, self._latest)
            sources.append(Source(layout, where))
            late = head.late
            if late.count and late.min_ms <= self._range.end_ms and self._range.start_ms <= late.max_ms:
                sources.append(Source(ColumnsLayout(late.read(own, self._range)), where))
        return merge(sources, len(positions), self._cost, self.selection.warnings)

    def _estimate(self) -> int:
        if self._latest is not None:
            return len(self._found.labels)
        total = 0
        blocks = self._snapshot.blocks
        for block, count in zip(blocks, self._found.counts, strict=True):
            total += _share(count, block.meta.min_time_ms, block.meta.max_time_ms, self._range)
        for head, rows in zip(self._snapshot.heads, self._found.rows[len(blocks) :], strict=True):
            held = int(head.table.row_length[rows[rows >= 0]].sum()) + head.late.count
            total += _share(held, head.min_ms, head.max_ms, self._range)
        return total


def bitmap_refs(bitmap: BitMap) -> IntArray:
    """Members of a bitmap as int64, ascending."""
    return np.array(bitmap.to_array(), dtype=np.int64)


def _present(rows: IntArray) -> tuple[IntArray, IntArray | None]:
    """Rows that a source has, and where they belong; None when it has them all."""
    if len(rows) and int(rows.min()) >= 0:
        return rows, None
    where = np.flatnonzero(rows >= 0)
    return rows[where], where


def _share(count: int, min_ms: int, max_ms: int, time_range: TimeRange) -> int:
    """The part of evenly spread samples that lies in the range, rounded up."""
    low, high = max(min_ms, time_range.start_ms), min(max_ms, time_range.end_ms)
    if high < low or count == 0:
        return 0
    return min(count, int(count * (high - low + 1) / (max_ms - min_ms + 1)) + 1)
