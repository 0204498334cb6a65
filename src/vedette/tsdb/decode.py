"""Decoding rows of a block: by the row kernel as far as it goes, else all pages that are needed are planned at once and
decoded in one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from vedette.errors import Corruption
from vedette.kernel.pages import DAMAGED, DONE, PREFIX_STEP, StatusArray, unpack
from vedette.kernel.rows import RowKernel
from vedette.model.special import BoolArray, FloatArray, IntArray
from vedette.storage.interface import ReadCost
from vedette.tsdb.chunks import EXCEPTION, MAX_PAGE_SAMPLES, ChunkReader, page_sizes_of
from vedette.tsdb.vectors import NO_CHUNK, VectorReader

_NONE = np.empty(0, dtype=np.int64)


class Directory(Struct, frozen=True):
    """What the index says of rows, and the readers of their samples."""

    vector: npt.NDArray[np.uint32]
    chunk: npt.NDArray[np.uint32]
    page: npt.NDArray[np.uint32]
    scale: npt.NDArray[np.uint32]
    constant: npt.NDArray[np.uint64]
    newest: npt.NDArray[np.uint64]
    multiplier: FloatArray
    divisor: FloatArray
    chunks: ChunkReader
    vectors: VectorReader
    kernel: RowKernel | None
    """None where it was not built."""

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], chunks: ChunkReader) -> Directory:
        """Over the sections of an index file."""
        return cls(
            vector=arrays["row.vector"],
            chunk=arrays["row.chunk"],
            page=arrays["row.page"],
            scale=arrays["row.scale"],
            constant=arrays["constant"],
            newest=arrays["row.newest"],
            multiplier=arrays["scale.multiplier"],
            divisor=arrays["scale.divisor"],
            chunks=chunks,
            vectors=VectorReader(arrays, chunks),
            kernel=RowKernel.of(arrays, chunks.data, MAX_PAGE_SAMPLES),
        )


class Wanted(Struct):
    """K rows of a block, the columns low[k]:high[k] of each, to be put at values[begin[k]:].

    low and high may have one element, which is that of all rows.
    """

    rows: IntArray
    low: IntArray
    high: IntArray
    begin: IntArray

    def take(self, which: npt.NDArray[Any]) -> Wanted:
        """Some of the rows, by position."""
        if len(self.low) == 1:
            return Wanted(self.rows[which], self.low, self.high, self.begin[which])
        return Wanted(self.rows[which], self.low[which], self.high[which], self.begin[which])

    def spread(self) -> Wanted:
        """The same, `low` and `high` with one element a row."""
        if len(self.low) == len(self.rows):
            return self
        count = len(self.rows)
        return Wanted(self.rows, np.repeat(self.low, count), np.repeat(self.high, count), self.begin)


def decode(
    directory: Directory,
    wanted: Wanted,
    values: FloatArray,
    cost: ReadCost | None,
    problems: list[str],
    *,
    newest: bool = False,
) -> IntArray:
    """Fill `values`; returns the positions (in `wanted`) of rows in damaged chunks and describes those chunks.

    `newest`: a row's newest sample, wanted alone, may be taken from the index; any other read checks the page.
    """
    left: IntArray | None = None
    if directory.kernel is not None:
        left = _by_kernel(directory, directory.kernel, wanted, values, cost, newest=newest)
        if left is None:
            return _NONE
        wanted = wanted.take(left)
    wanted = wanted.spread()
    some = np.flatnonzero(wanted.high > wanted.low)
    if newest:
        some = some[~_fill_newest(directory, wanted.take(some), values, cost)]
    damaged = some[_by_plan(directory, wanted.take(some), values, cost, problems)]
    return damaged if left is None else left[damaged]


def _by_kernel(
    directory: Directory,
    kernel: RowKernel,
    wanted: Wanted,
    values: FloatArray,
    cost: ReadCost | None,
    *,
    newest: bool,
) -> IntArray | None:
    """Positions of rows that the kernel does not do; None when it did all."""
    left = bytearray(len(wanted.rows))
    count, *costs = kernel.decode(
        wanted.rows, wanted.low, wanted.high, wanted.begin, directory.chunks.checked, values, left, newest=newest
    )
    if cost is not None:
        cost.chunks += costs[0]
        cost.samples += costs[1]
        cost.bytes += costs[2]
    return np.flatnonzero(np.frombuffer(left, dtype=np.uint8)) if count else None


def _by_plan(
    directory: Directory, wanted: Wanted, values: FloatArray, cost: ReadCost | None, problems: list[str]
) -> IntArray:
    """As `decode`, of rows of which something is wanted."""
    chunk = directory.chunk[wanted.rows]
    positions = np.arange(len(chunk))
    constant = chunk == NO_CHUNK
    if constant.any():
        _fill_constants(directory, wanted.take(constant), values)
        positions = positions[~constant]
        chunk = chunk[positions]
    if len(chunk) == 0:
        return positions
    if bool((chunk[1:] < chunk[:-1]).any()):
        order = np.argsort(chunk, kind="stable")
        positions, chunk = positions[order], chunk[order]
    if len(positions) != len(wanted.rows) or bool((positions[1:] < positions[:-1]).any()):
        wanted = wanted.take(positions)
    segments = _segments(chunk.astype(np.int64))
    plan = _plan(directory, wanted, segments)
    status = np.zeros(len(segments.chunks), dtype=np.uint8)
    for index, number in enumerate(segments.chunks.tolist()):
        try:
            directory.chunks.check(number)
        except Corruption as error:
            problems.append(str(error))
            status[index] = DAMAGED
    known = status == DAMAGED
    unpack(directory.chunks.data, directory.chunks.header, *plan, values, status)
    if directory.chunks.odd[segments.chunks].any():
        _place_exceptions(directory, wanted, segments, status, values)
    if cost is not None:
        cost.chunks += len(segments.chunks)
        cost.samples += int(plan.pages[:, 3].sum())
        cost.bytes += int((plan.pages[:, 1] - plan.pages[:, 0]).sum())
    if (status == DONE).all():
        return positions[:0]
    nonsense = segments.chunks[(status == DAMAGED) & ~known]
    problems.extend(directory.chunks.nonsense(number) for number in nonsense.tolist())
    return np.asarray(positions[np.repeat(status == DAMAGED, segments.ends - segments.begins)])


def _fill_newest(directory: Directory, wanted: Wanted, values: FloatArray, cost: ReadCost | None) -> BoolArray:
    """Fill in rows of which only the newest sample is wanted, which takes no page; bool[K]: which rows these were."""
    samples = directory.vectors.count[directory.vector[wanted.rows]]
    newest = np.asarray((wanted.low + 1 == wanted.high) & (wanted.high == samples))
    values.view(np.uint64)[wanted.begin[newest]] = directory.newest[wanted.rows[newest]]
    if cost is not None:
        cost.samples += int(newest.sum())
    return newest


class _Segments(NamedTuple):
    """Rows begins[i]:ends[i] lie in chunk chunks[i]; all int64."""

    chunks: IntArray
    begins: IntArray
    ends: IntArray


class _Plan(NamedTuple):
    """What kernel.pages.Unpack takes."""

    chunks: IntArray
    rows: IntArray
    scales: FloatArray
    pages: IntArray


def _segments(chunk: IntArray) -> _Segments:
    edges = (chunk[1:] != chunk[:-1]).nonzero()[0]
    bounds = np.empty(len(edges) + 2, dtype=np.int64)
    bounds[0], bounds[1:-1], bounds[-1] = 0, edges + 1, len(chunk)
    return _Segments(chunk[bounds[:-1]], bounds[:-1], bounds[1:])


def _plan(directory: Directory, wanted: Wanted, segments: _Segments) -> _Plan:
    """Work out for every page where its bytes are and how much of it is needed."""
    table = directory.chunks.table
    samples = directory.vectors.count[directory.vector[wanted.rows]].astype(np.int64)
    size = page_sizes_of(samples)
    first = wanted.low // size
    count = (wanted.high - 1) // size - first + 1
    ends = np.cumsum(count)
    # A slice where every row has one page: the same, without gathering.
    row: IntArray | slice = np.repeat(np.arange(len(count)), count) if int(ends[-1]) > len(count) else slice(None)
    page = np.arange(int(ends[-1])) + (first - ends + count)[row]
    begin = page * size[row]
    pages = np.empty((len(page), 4), dtype=np.int64)
    entry = directory.page[wanted.rows].astype(np.int64)[row] + page
    base = np.repeat(table.offset[segments.chunks].astype(np.int64), segments.ends - segments.begins)[row]
    pages[:, 0] = base + table.page_offset[entry]
    pages[:, 1] = base + table.page_offset[entry + 1]
    pages[:, 2] = np.minimum(size[row], samples[row] - begin)
    needed = np.minimum(wanted.high[row] - begin, pages[:, 2])
    pages[:, 3] = np.minimum(-(-needed // PREFIX_STEP) * PREFIX_STEP, pages[:, 2])
    rows = np.empty((len(count), 5), dtype=np.int64)
    rows[:, 0], rows[:, 1] = ends - count, ends
    rows[:, 2] = wanted.low - first * size
    rows[:, 3] = wanted.high - wanted.low
    rows[:, 4] = wanted.begin
    chunks = np.empty((len(segments.chunks), 5), dtype=np.int64)
    chunks[:, 0] = table.kind[segments.chunks]
    chunks[:, 1] = table.offset[segments.chunks]
    chunks[:, 2] = chunks[:, 1] + table.page_offset[table.first_page[segments.chunks]]
    chunks[:, 3], chunks[:, 4] = segments.begins, segments.ends
    scales = np.empty((len(count), 2))
    scale = directory.scale[wanted.rows]
    scales[:, 0], scales[:, 1] = directory.multiplier[scale], directory.divisor[scale]
    return _Plan(chunks, rows, scales, pages)


def _fill_constants(directory: Directory, wanted: Wanted, values: FloatArray) -> None:
    constants = directory.constant[directory.page[wanted.rows]].view(np.float64)
    ends = (wanted.begin + wanted.high - wanted.low).tolist()
    for begin, end, value in zip(wanted.begin.tolist(), ends, constants, strict=True):
        values[begin:end] = value


def _place_exceptions(
    directory: Directory, wanted: Wanted, segments: _Segments, status: StatusArray, values: FloatArray
) -> None:
    """Overwrite values that their mantissas do not stand for; chunks whose exceptions make no sense are DAMAGED."""
    table, data = directory.chunks.table, directory.chunks.data
    tail = table.offset[segments.chunks] + table.page_offset[table.first_page[segments.chunks + 1] - 1]
    ends = table.offset[segments.chunks + 1]
    pages = np.diff(table.first_page)[segments.chunks] - 1
    for index in ((status == DONE) & directory.chunks.odd[segments.chunks]).nonzero()[0].tolist():
        content = data[int(tail[index]) : int(ends[index])]
        found = np.frombuffer(content, dtype=EXCEPTION, count=len(content) // EXCEPTION.itemsize)
        if len(content) % EXCEPTION.itemsize or int(found["page"].max()) >= int(pages[index]):
            status[index] = DAMAGED
            continue
        rows = np.arange(int(segments.begins[index]), int(segments.ends[index]))
        first_page = directory.page[wanted.rows[rows]].astype(np.int64)
        order = np.argsort(first_page)
        rows, first_page = rows[order], first_page[order]
        page = found["page"].astype(np.int64) + int(table.first_page[segments.chunks[index]])
        place = np.searchsorted(first_page, page, side="right") - 1
        row = rows[place]
        samples = directory.vectors.count[directory.vector[wanted.rows[row]]].astype(np.int64)
        size = page_sizes_of(samples)
        column = (page - first_page[place]) * size + found["position"]
        own = (place >= 0) & ((page - first_page[place]) * size < samples)
        if bool((found["position"] >= size)[own].any()):
            status[index] = DAMAGED
            continue
        inside = (place >= 0) & (column >= wanted.low[row]) & (column < wanted.high[row])
        values.view(np.uint64)[(wanted.begin[row] + column - wanted.low[row])[inside]] = found["bits"][inside]
