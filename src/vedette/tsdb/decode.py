"""Decoding rows of a block: all pages that are needed are planned at once, then decoded chunk by chunk.

A page costs a microsecond or a few inside pco, so everything that can be worked out for all of them together is:
the loop over pages slices bytes and calls the decoder, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vedette.errors import Corruption
from vedette.model.grid import offsets
from vedette.model.special import FloatArray, IntArray
from vedette.storage.interface import ReadCost
from vedette.tsdb.chunks import EXCEPTION, MAX_PAGE_SAMPLES, PREFIX_STEP, ChunkReader
from vedette.tsdb.codec import DTYPES, Kind, restore
from vedette.tsdb.vectors import NO_CHUNK, VectorReader

_BATCH_SAMPLES: Final = 65_536
"""Integers decoded before they are scaled: few calls, and they are still in the cache."""


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
class Wanted:
    """K rows of a block, the columns low[k]:high[k] of each (never none), to be put at values[begin[k]:]."""

    rows: IntArray
    low: IntArray
    high: IntArray
    begin: IntArray

    def take(self, which: npt.NDArray[Any]) -> Wanted:
        """Some of the rows, by position."""
        return Wanted(self.rows[which], self.low[which], self.high[which], self.begin[which])


def decode(
    directory: Directory, wanted: Wanted, values: FloatArray, cost: ReadCost | None, problems: list[str]
) -> IntArray:
    """Fill `values`; returns the positions (in `wanted`) of rows in damaged chunks and describes those chunks."""
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
    damaged = _Decoding(directory, wanted, chunk.astype(np.int64), values).run(cost, problems)
    return positions[damaged]


def _fill_constants(directory: Directory, wanted: Wanted, values: FloatArray) -> None:
    constants = directory.constant[directory.page[wanted.rows]].view(np.float64)
    ends = (wanted.begin + wanted.high - wanted.low).tolist()
    for begin, end, value in zip(wanted.begin.tolist(), ends, constants, strict=True):
        values[begin:end] = value


class _Decoding:
    """One call of `decode`: rows ascending by chunk, none of them constant."""

    def __init__(self, directory: Directory, wanted: Wanted, chunk: IntArray, values: FloatArray) -> None:
        self.directory = directory
        self.wanted = wanted
        self.values = values
        table = directory.chunks.table
        edges = [0, *(np.flatnonzero(chunk[1:] != chunk[:-1]) + 1).tolist(), len(chunk)]
        self.segments = list(pairwise(edges))
        """Rows [begin, end) of each chunk."""
        self.chunks = chunk[edges[:-1]]
        self.kinds = table.kind[self.chunks].tolist()
        samples = directory.vectors.count[directory.vector[wanted.rows]].astype(np.int64)
        self.size = -(-samples // -(-samples // MAX_PAGE_SAMPLES))
        """Samples a page of each row has, see chunks.page_samples."""
        first = wanted.low // self.size
        self.pages = (wanted.high - 1) // self.size - first + 1
        self.skip = wanted.low - first * self.size
        """Columns decoded before the first one that is wanted."""
        self.width = self._plan_pages(chunk, samples, first)
        """Columns decoded of each row."""

    def run(self, cost: ReadCost | None, problems: list[str]) -> IntArray:
        """Decode everything; the rows that are damaged."""
        damaged: list[IntArray] = []
        for begin, end in self._batches():
            first_row, end_row = self.segments[begin][0], self.segments[end - 1][1]
            at = offsets(self.width[first_row:end_row])
            numbers = np.empty(int(at[-1]), dtype=DTYPES[self.kinds[begin]])
            for segment in range(begin, end):
                try:
                    self._decode_chunk(segment, numbers, at[self.segments[segment][0] - first_row :])
                except (Corruption, RuntimeError) as error:  # pco reports what makes no sense as RuntimeError
                    problems.append(str(error))
                    damaged.append(np.arange(*self.segments[segment]))
            self._restore(first_row, end_row, numbers, at)
            if self.kinds[begin] not in (Kind.FLOAT64, Kind.RAW):
                self._place_exceptions(range(begin, end))
        if cost is not None:
            cost.chunks += len(self.segments)
            cost.samples += int(self.width.sum())
            cost.bytes += sum(self.page_end) - sum(self.page_begin)
        return np.concatenate([np.empty(0, dtype=np.int64), *damaged])

    def _plan_pages(self, chunk: IntArray, samples: IntArray, first: IntArray) -> IntArray:
        """Work out for every page where its bytes are and which part of its row's buffer it fills."""
        table = self.directory.chunks.table
        self.page_at = offsets(self.pages).tolist()
        row = np.repeat(np.arange(len(chunk)), self.pages)
        local = np.arange(len(row)) - np.repeat(np.array(self.page_at[:-1], dtype=np.int64), self.pages)
        size, page = self.size[row], first[row] + local
        page_samples = np.minimum(size, samples[row] - page * size)
        needed = np.minimum(self.wanted.high[row] - page * size, page_samples)
        length = np.minimum(-(-needed // PREFIX_STEP) * PREFIX_STEP, page_samples)
        entry = self.directory.page[self.wanted.rows].astype(np.int64)[row] + page
        base = table.offset[chunk].astype(np.int64)[row]
        self.page_begin = (base + table.page_offset[entry]).tolist()
        self.page_end = (base + table.page_offset[entry + 1]).tolist()
        self.page_samples = page_samples.tolist()
        self.page_out = (local * size).tolist()
        self.page_length = length.tolist()
        last = np.cumsum(self.pages) - 1
        return np.asarray(local[last] * self.size + length[last])

    def _batches(self) -> Iterator[tuple[int, int]]:
        """Ranges of segments with numbers of one kind, about _BATCH_SAMPLES each."""
        ends = np.cumsum(self.width)[[end - 1 for _, end in self.segments]].tolist()
        begin, done = 0, 0
        for index, end in enumerate(ends):
            following = index + 1
            last = following == len(ends)
            if last or self.kinds[following] != self.kinds[begin] or ends[following] - done > _BATCH_SAMPLES:
                yield begin, following
                begin, done = following, end

    def _decode_chunk(self, segment: int, numbers: npt.NDArray[Any], at: IntArray) -> None:
        """Decode the pages of one chunk's rows; row k of the chunk begins at numbers[at[k]]."""
        read = self.directory.chunks.decoder(int(self.chunks[segment]))
        data = self.directory.chunks.data
        first_row, end_row = self.segments[segment]
        bounds = self.page_at[first_row : end_row + 1]
        for (first, end), row_at in zip(pairwise(bounds), at.tolist(), strict=False):
            for page in range(first, end):
                out = row_at + self.page_out[page]
                content = data[self.page_begin[page] : self.page_end[page]]
                read(content, self.page_samples[page], numbers[out : out + self.page_length[page]])

    def _restore(self, first: int, end: int, numbers: npt.NDArray[Any], at: IntArray) -> None:
        """Turn the decoded numbers of rows [first, end) into values."""
        wanted = self.wanted
        part = slice(first, end)
        scale = self.directory.scale[wanted.rows[part]]
        begins, widths, skips = wanted.begin[part], self.width[part], self.skip[part]
        lengths = wanted.high[part] - wanted.low[part]
        same_scale = _all_equal(scale)
        multiplier, divisor = self.directory.multiplier[scale], self.directory.divisor[scale]
        if _all_equal(widths) and _all_equal(skips) and _all_equal(lengths):
            target = _as_rows(self.values, begins, int(lengths[0]))
            if target is not None:
                skip = int(skips[0])
                rows = numbers.reshape(end - first, int(widths[0]))[:, skip : skip + int(lengths[0])]
                if same_scale:
                    restore(rows, float(multiplier[0]), float(divisor[0]), target)
                else:
                    restore(rows, multiplier[:, None], divisor[:, None], target)
                return
        if same_scale and not skips.any() and bool((lengths == widths).all()) and _follow(begins, lengths):
            out = self.values[int(begins[0]) : int(begins[-1] + lengths[-1])]
            restore(numbers, float(multiplier[0]), float(divisor[0]), out)
            return
        froms = (at[:-1] + skips).tolist()
        for source, begin, length, m, d in zip(
            froms, begins.tolist(), lengths.tolist(), multiplier.tolist(), divisor.tolist(), strict=True
        ):
            restore(numbers[source : source + length], m, d, self.values[begin : begin + length])

    def _place_exceptions(self, segments: range) -> None:
        """Overwrite values that their mantissas do not stand for."""
        table, data = self.directory.chunks.table, self.directory.chunks.data
        chunks = self.chunks[segments.start : segments.stop]
        tail = table.offset[chunks] + table.page_offset[table.first_page[chunks + 1] - 1]
        ends = table.offset[chunks + 1]
        for index in np.flatnonzero(tail < ends).tolist():
            found = np.frombuffer(data[int(tail[index]) : int(ends[index])], dtype=EXCEPTION)
            first, end = self.segments[segments.start + index]
            rows = np.arange(first, end)
            first_page = self.directory.page[self.wanted.rows[rows]].astype(np.int64)
            order = np.argsort(first_page)
            rows, first_page = rows[order], first_page[order]
            page = found["page"].astype(np.int64) + int(table.first_page[chunks[index]])
            place = np.searchsorted(first_page, page, side="right") - 1
            row = rows[place]
            column = (page - first_page[place]) * self.size[row] + found["position"]
            inside = (place >= 0) & (column >= self.wanted.low[row]) & (column < self.wanted.high[row])
            at = (self.wanted.begin[row] + column - self.wanted.low[row])[inside]
            self.values.view(np.uint64)[at] = found["bits"][inside]


def _all_equal(array: npt.NDArray[Any]) -> bool:
    return len(array) == 1 or bool((array == array[0]).all())


def _follow(begins: IntArray, lengths: IntArray) -> bool:
    """Whether each row begins where the one before ends."""
    return bool((begins[1:] == begins[:-1] + lengths[:-1]).all())


def _as_rows(values: FloatArray, begins: IntArray, length: int) -> FloatArray | None:
    """Where rows go as one 2-D view of `values`, or None when they are not evenly spaced."""
    first = int(begins[0])
    if len(begins) == 1:
        return values[first : first + length].reshape(1, length)
    steps = begins[1:] - begins[:-1]
    step = int(steps[0])
    if step < length or not _all_equal(steps):
        return None
    return np.ndarray((len(begins), length), np.float64, values.data, first * 8, (step * 8, 8))
