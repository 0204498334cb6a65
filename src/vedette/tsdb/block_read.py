"""Reading rows of a block: lay out what a time range holds, then decode only the pages that are needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from vedette.errors import Corruption
from vedette.model.grid import offsets
from vedette.model.special import BoolArray, FloatArray, IntArray
from vedette.model.timerange import TimeRange
from vedette.storage.interface import ReadCost, SelectHints
from vedette.tsdb.chunks import PREFIX_STEP, ChunkPages, ChunkReader, page_samples
from vedette.tsdb.codec import Kind, restore
from vedette.tsdb.tombstones import Tombstones
from vedette.tsdb.vectors import NO_CHUNK, VectorReader


@dataclass(frozen=True, slots=True)
class Directory:
    """What the index says of rows, and the readers of their samples."""

    vector: npt.NDArray[np.uint32]
    chunk: npt.NDArray[np.uint32]
    page: npt.NDArray[np.uint32]
    scale: npt.NDArray[np.uint32]
    constant: npt.NDArray[np.uint64]
    multiplier: FloatArray
    divisor: FloatArray
    chunks: ChunkReader
    vectors: VectorReader

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], chunks: ChunkReader) -> Directory:
        """Over the sections of an index file."""
        return cls(
            vector=arrays["row.vector"],
            chunk=arrays["row.chunk"],
            page=arrays["row.page"],
            scale=arrays["row.scale"],
            constant=arrays["constant"],
            multiplier=arrays["scale.multiplier"],
            divisor=arrays["scale.divisor"],
            chunks=chunks,
            vectors=VectorReader(arrays, chunks),
        )


@dataclass(slots=True)
class _Window:
    """The same columns [low, high) of rows that have `samples` columns; k rows at `positions` of the request."""

    positions: IntArray
    samples: int
    low: int
    high: int


class BlockRead:
    """Rows of a block laid out but not yet decoded, so that a merge can place several blocks side by side.

    lengths         int64[R]: samples of each row in the time range (deleted ranges are already cut out)
    timestamps_ms, vector_starts, row_vector: as in Columns
    """

    __slots__ = (
        "_cuts",
        "_directory",
        "_high",
        "_low",
        "_problems",
        "_rows",
        "lengths",
        "row_vector",
        "timestamps_ms",
        "vector_starts",
    )

    def __init__(
        self,
        directory: Directory,
        tombstones: Tombstones,
        rows: IntArray,
        time_range: TimeRange,
        hints: SelectHints | None = None,
    ) -> None:
        self._directory = directory
        self._rows = rows
        self._cuts: dict[int, BoolArray] = {}
        self._problems: list[str] = []
        numbers, self.row_vector = _distinct(directory.vector[rows])
        latest = None if hints is None else hints.latest_at_ms
        end_ms = time_range.end_ms if latest is None else min(time_range.end_ms, latest)
        bounds = np.empty((len(numbers), 2), dtype=np.int64)
        vectors: list[IntArray] = []
        for index, number in enumerate(numbers.tolist()):
            times = self._vector(number)
            low = int(times.searchsorted(time_range.start_ms, side="left"))
            high = max(int(times.searchsorted(end_ms, side="right")), low)
            bounds[index] = low, high
            vectors.append(times[low:high])
        self._low, self._high = bounds[self.row_vector].T
        touched = tombstones.touched(rows)
        if len(touched):
            self._cut(tombstones, touched, vectors)
        if latest is not None:
            self._keep_latest(vectors)
        self.vector_starts = offsets([len(times) for times in vectors])
        self.timestamps_ms = vectors[0] if len(vectors) == 1 else np.concatenate([np.empty(0, np.int64), *vectors])
        self.lengths = np.diff(self.vector_starts)[self.row_vector]

    def into(
        self, values: FloatArray, starts: IntArray, cost: ReadCost | None = None, warnings: list[str] | None = None
    ) -> IntArray:
        """Decode row r into values[starts[r]:starts[r] + lengths[r]]; starts int64[R], any layout without overlaps.

        Returns the positions of rows that are damaged (usually none): their part of `values` is undefined and the
        caller leaves those rows out; each damaged chunk adds one text to `warnings`. Callable from any thread.
        """
        damaged: list[IntArray] = []
        if warnings is not None:
            warnings.extend(self._problems)
        wanted = np.flatnonzero(self.lengths > 0)
        for chunk, positions in _by_chunk(self._directory.chunk[self._rows[wanted]], wanted):
            try:
                self._read_chunk(chunk, positions, values, starts, cost)
            except (Corruption, RuntimeError) as error:  # pco reports nonsense as RuntimeError
                damaged.append(positions)
                if warnings is not None:
                    warnings.append(str(error))
        return np.concatenate([np.empty(0, dtype=np.int64), *damaged])

    def _vector(self, number: int) -> IntArray:
        """A timestamp vector; rows whose vector is damaged have no samples that could be placed in time."""
        try:
            return self._directory.vectors.get(number)
        except (Corruption, RuntimeError) as error:
            self._problems.append(f"timestamps are lost: {error}")
            return np.empty(0, dtype=np.int64)

    def _cut(self, tombstones: Tombstones, touched: IntArray, vectors: list[IntArray]) -> None:
        """Give rows with deleted ranges timestamp vectors of their own."""
        for position in touched.tolist():
            times = vectors[self.row_vector[position]]
            keep = tombstones.kept(int(self._rows[position]), times)
            if not keep.all():
                self._cuts[position] = keep
                self.row_vector[position] = len(vectors)
                vectors.append(times[keep])

    def _keep_latest(self, vectors: list[IntArray]) -> None:
        """Narrow every row to its newest sample."""
        self._low = np.maximum(self._low, self._high - 1)
        for position, keep in self._cuts.items():
            last = np.flatnonzero(keep)[-1:]
            self._high[position] -= len(keep) - (int(last[0]) + 1 if len(last) else 0)
            self._low[position] = self._high[position] - len(last)
        self._cuts.clear()
        for index, times in enumerate(vectors):
            vectors[index] = times[-1:]

    def _read_chunk(
        self, chunk: int, positions: IntArray, values: FloatArray, starts: IntArray, cost: ReadCost | None
    ) -> None:
        directory = self._directory
        rows = self._rows[positions]
        if chunk == NO_CHUNK:
            constants = directory.constant[directory.page[rows]].view(np.float64)
            begins, lengths = starts[positions].tolist(), self.lengths[positions].tolist()
            for begin, length, value in zip(begins, lengths, constants, strict=True):
                values[begin : begin + length] = value
            return
        pages = directory.chunks.open(chunk)
        if cost is not None:
            cost.chunks += 1
        for window in self._windows(rows, positions):
            keep = self._cuts.get(int(window.positions[0])) if self._cuts else None
            begins = starts[window.positions]
            if keep is None:
                self._read_window(pages, window, values, begins, cost)
            else:
                row = np.empty(window.high - window.low)
                self._read_window(pages, window, row, np.zeros(1, dtype=np.int64), cost)
                values[int(begins[0]) : int(begins[0]) + int(keep.sum())] = row[keep]

    def _windows(self, rows: IntArray, positions: IntArray) -> Iterator[_Window]:
        """Rows of one chunk in groups that are read alike; rows with cuts come alone."""
        samples = self._directory.vectors.count[self._directory.vector[rows]].astype(np.int64)
        low, high = self._low[positions], self._high[positions]
        alike = bool((samples == samples[0]).all() and (low == low[0]).all() and (high == high[0]).all())
        if alike and not self._cuts:
            yield _Window(positions, int(samples[0]), int(low[0]), int(high[0]))
            return
        for index, shape in enumerate(zip(samples.tolist(), low.tolist(), high.tolist(), strict=True)):
            yield _Window(positions[index : index + 1], *shape)

    def _read_window(
        self, pages: ChunkPages, window: _Window, values: FloatArray, begins: IntArray, cost: ReadCost | None
    ) -> None:
        """Decode the pages around the window's columns, then scale all rows at once."""
        directory = self._directory
        rows = self._rows[window.positions]
        first_pages = directory.page[rows].astype(np.int64)
        size = page_samples(window.samples)
        first, last = window.low // size, (window.high - 1) // size
        base = first * size
        spans = _page_spans(window, size, first, last)
        numbers = np.empty((len(rows), spans[-1][3]), dtype=pages.dtype)
        read_bytes = 0
        for row_page, out in zip((first_pages + first).tolist(), numbers, strict=True):
            for page, samples, begin, end in spans:
                read_bytes += pages.read(row_page + page, samples, out[begin:end])
        if cost is not None:
            cost.samples += numbers.size
            cost.bytes += read_bytes
        target = _target(values, begins, window.high - window.low)
        part = numbers[:, window.low - base : window.high - base]
        scale = directory.scale[rows]
        if target is not None:
            self._scale_rows(part, scale, target)
        else:
            for index, begin in enumerate(begins.tolist()):
                out = values[begin : begin + window.high - window.low]
                restore(part[index], *self._factors(scale[index : index + 1]), out)
        if pages.kind not in (Kind.FLOAT64, Kind.RAW):
            _place_exceptions(pages, window, first_pages, size, values, begins)

    def _scale_rows(self, part: npt.NDArray[Any], scale: npt.NDArray[np.uint32], out: FloatArray) -> None:
        if len(scale) == 1 or bool((scale == scale[0]).all()):
            restore(part, *self._factors(scale[:1]), out)
            return
        multiplier, divisor = self._directory.multiplier[scale], self._directory.divisor[scale]
        restore(part, multiplier[:, None], divisor[:, None], out)

    def _factors(self, scale: npt.NDArray[np.uint32]) -> tuple[float, float]:
        return float(self._directory.multiplier[scale[0]]), float(self._directory.divisor[scale[0]])


def _distinct(numbers: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], IntArray]:
    """Distinct numbers and for each element its position among them."""
    if len(numbers) == 0 or bool((numbers == numbers[0]).all()):
        return numbers[:1], np.zeros(len(numbers), dtype=np.int64)
    distinct, inverse = np.unique(numbers, return_inverse=True)
    return distinct, inverse.astype(np.int64)


def _by_chunk(chunk: npt.NDArray[np.uint32], positions: IntArray) -> Iterator[tuple[int, IntArray]]:
    """Positions grouped by chunk, each chunk once."""
    if len(positions) == 0:
        return
    if bool((chunk[1:] < chunk[:-1]).any()):
        order = np.argsort(chunk, kind="stable")
        chunk, positions = chunk[order], positions[order]
    edges = [0, *(np.flatnonzero(chunk[1:] != chunk[:-1]) + 1).tolist(), len(chunk)]
    for begin, end in pairwise(edges):
        yield int(chunk[begin]), positions[begin:end]


def _page_spans(window: _Window, size: int, first: int, last: int) -> list[tuple[int, int, int, int]]:
    """For each page of a row: page from the first one read, its samples, and which columns of the buffer it fills."""
    spans = []
    for page in range(first, last + 1):
        samples = min(size, window.samples - page * size)
        needed = min(window.high - page * size, samples)
        length = min(-(-needed // PREFIX_STEP) * PREFIX_STEP, samples)
        begin = (page - first) * size
        spans.append((page - first, samples, begin, begin + length))
    return spans


def _target(values: FloatArray, begins: IntArray, length: int) -> FloatArray | None:
    """Where rows go as one 2-D view of `values`, or None when they are not evenly spaced."""
    first = int(begins[0])
    if len(begins) == 1:
        return values[first : first + length].reshape(1, length)
    steps = np.diff(begins)
    step = int(steps[0])
    if step < length or not bool((steps == step).all()):
        return None
    return np.ndarray((len(begins), length), np.float64, values.data, first * 8, (step * 8, 8))


def _place_exceptions(
    pages: ChunkPages, window: _Window, first_pages: IntArray, size: int, values: FloatArray, begins: IntArray
) -> None:
    """Overwrite values that their mantissas do not stand for."""
    found = pages.exceptions()
    if found is None:
        return
    order = np.argsort(first_pages)
    page = found["page"].astype(np.int64) + pages.first_page
    place = np.searchsorted(first_pages[order], page, side="right") - 1
    row = order[np.maximum(place, 0)]
    column = (page - first_pages[row]) * size + found["position"]
    inside = (place >= 0) & (column >= window.low) & (column < window.high)
    at = begins[row[inside]] + column[inside] - window.low
    values.view(np.uint64)[at] = found["bits"][inside]
