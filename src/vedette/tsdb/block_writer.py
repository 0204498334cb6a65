"""Writes blocks: rows come in batches sorted by metric name and labels, memory stays bounded by one batch."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import ge
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from vedette.errors import BadData, Cancelled, LimitExceeded, Unavailable
from vedette.model.labels import Labels
from vedette.model.special import FloatArray, IntArray
from vedette.tsdb.block_meta import BlockMeta, write_meta
from vedette.tsdb.chunks import MAX_ROW_SAMPLES, ChunkWriter, table_arrays
from vedette.tsdb.codec import POWERS, Analysis, Kind, analyse
from vedette.tsdb.columns import Columns
from vedette.tsdb.files import BlockFiles, ProjectFiles, sync_folder
from vedette.tsdb.index import LabelIndexBuilder
from vedette.tsdb.sections import pack_sections
from vedette.tsdb.vectors import NO_CHUNK, VectorWriter

INDEX_MAGIC: Final = b"VDTIDX\x00\x01"
"""First bytes of the file `index`; the last is the version."""
_ANALYSED_SAMPLES: Final = 131_072
"""Samples looked at in one go: 1 MB of values, so that the passes over them stay in the cache."""


class BlockBatch(Struct, frozen=True):
    """Some rows of a block to be: labels, ids uint64[R] (tsdb.series_id) and samples, all of equal length.

    Over all batches of a block rows ascend strictly by `row_order(labels)`; rows without samples are left out.
    """

    labels: Sequence[Labels]
    ids: npt.NDArray[np.uint64]
    columns: Columns


class BlockSpec(Struct, frozen=True):
    """What the writer cannot know from the samples; see BlockMeta for the meaning of the fields."""

    block_id: str
    generation: int
    level: int = 1
    resolution_ms: int = 0
    sources: tuple[str, ...] = ()


RowOrder = tuple[str, tuple[tuple[str, str], ...]]


def row_order(labels: Labels) -> RowOrder:
    """The key by which rows of a block are sorted: metric name, then all labels."""
    return labels.name, labels.pairs


def write_block(
    files: ProjectFiles,
    batches: Iterable[BlockBatch],
    spec: BlockSpec,
    should_stop: Callable[[], bool] = lambda: False,
) -> BlockMeta | None:
    """Write one block: into the temporary folder, fsynced, then renamed into place; None when there was no sample.

    Not on the ingest path: most of the time is spent in NumPy and pco, which release the GIL. Raises Cancelled when
    `should_stop()` turns true (asked about every hundred thousand samples), BadData for rows out of order,
    Unavailable when the disk is full or read-only; then nothing remains on disk.
    """
    folder = files.temporary / spec.block_id
    try:
        folder.mkdir(parents=True)
        meta = _write_files(BlockFiles(folder), batches, spec, should_stop)
        if meta is None:
            shutil.rmtree(folder)
            return None
        write_meta(folder, meta)
        folder.rename(files.block(spec.block_id))
        sync_folder(files.blocks)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Unavailable(f"block {spec.block_id} cannot be written: {error.strerror or error}") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return meta


def _write_files(
    files: BlockFiles, batches: Iterable[BlockBatch], spec: BlockSpec, should_stop: Callable[[], bool]
) -> BlockMeta | None:
    with files.chunks.open("wb") as file:
        rows = _Rows(file, should_stop)
        for batch in batches:
            rows.add(batch)
        if rows.count == 0:
            return None
        rows.chunks.finish()
        _sync(file)
        chunks_bytes = file.tell()
    index = pack_sections(INDEX_MAGIC, rows.sections())
    _write_durably(files.index, index)
    oldest, newest = rows.vectors.bounds()
    return BlockMeta(
        block_id=spec.block_id,
        min_time_ms=oldest,
        max_time_ms=newest,
        series=rows.count,
        samples=rows.samples,
        longest_row=rows.longest,
        level=spec.level,
        generation=spec.generation,
        resolution_ms=spec.resolution_ms,
        sources=spec.sources,
        index_bytes=len(index),
        chunks_bytes=chunks_bytes,
    )


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        _sync(file)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


class _Rows:
    """The directory of rows as it grows; feeds chunks, vectors and labels."""

    def __init__(self, file: IO[bytes], should_stop: Callable[[], bool]) -> None:
        self.chunks = ChunkWriter(file)
        self.vectors = VectorWriter(self.chunks)
        self.samples = 0
        self.longest = 0
        self._labels = LabelIndexBuilder()
        self._should_stop = should_stop
        self._last: RowOrder | None = None
        self._ids: list[npt.NDArray[np.uint64]] = []
        self._vector: list[int] = []
        self._ticket: list[int] = []
        self._scale: list[int] = []
        self._constants: list[int] = []
        self._newest: list[npt.NDArray[np.uint64]] = []
        # Scale 0 stands for "as it is".
        self._scales: dict[tuple[int, int], int] = {(0, 1): 0}

    @property
    def count(self) -> int:
        """Rows so far."""
        return len(self._ticket)

    def add(self, batch: BlockBatch) -> None:
        """Append the rows of a batch that have samples."""
        columns = batch.columns
        kept = np.flatnonzero(np.diff(columns.starts) > 0)
        if len(kept) == 0:
            return
        self._ids.append(np.asarray(batch.ids, dtype=np.uint64)[kept])
        whole = len(kept) == len(batch.labels)
        self._add_labels(batch.labels if whole else [batch.labels[row] for row in kept.tolist()])
        self._add_vectors(columns, kept)
        # Empty rows take no room in the values, so without them the values are as contiguous as before.
        starts = np.append(columns.starts[kept], columns.starts[-1])
        for first, end in _groups(starts):
            if self._should_stop():
                raise Cancelled("writing a block was stopped")
            begin = int(starts[first])
            self._add_values(columns.values[begin : int(starts[end])], starts[first : end + 1] - begin)

    def sections(self) -> dict[str, npt.NDArray[Any]]:
        """All arrays of the index file; the chunk writer must be finished."""
        chunks = self.chunks
        # A constant row has ticket -1 - c, where c is the position of its value.
        chunk = [NO_CHUNK if t < 0 else chunks.row_chunk[t] for t in self._ticket]
        page = [-1 - t if t < 0 else chunks.row_page[t] for t in self._ticket]
        exponents, multipliers = zip(*self._scales, strict=True)
        return {
            "row.id": np.concatenate(self._ids).astype("<u8"),
            "row.vector": np.array(self._vector, dtype="<u4"),
            "row.chunk": np.array(chunk, dtype="<u4"),
            "row.page": np.array(page, dtype="<u4"),
            "row.scale": np.array(self._scale, dtype="<u4"),
            "row.newest": np.concatenate(self._newest).astype("<u8"),
            "constant": np.array(self._constants, dtype="<u8"),
            "scale.multiplier": np.array(multipliers, dtype="<f8"),
            "scale.divisor": POWERS[np.array(exponents)],
            **self.vectors.sections(),
            **table_arrays(chunks.table),
            **self._labels.sections(),
        }

    def _add_labels(self, rows: Sequence[Labels]) -> None:
        orders = [row_order(labels) for labels in rows]
        before = [] if self._last is None else [self._last]
        before += orders[:-1]
        after = orders[len(orders) - len(before) :]
        late = next((place for place, is_late in enumerate(map(ge, before, after)) if is_late), None)
        if late is not None:
            labels = rows[late + len(rows) - len(before)]
            raise BadData(f"rows of a block must ascend by metric name and labels: {labels} came too late")
        self._last = orders[-1]
        self._labels.add(rows)

    def _add_vectors(self, columns: Columns, kept: IntArray) -> None:
        numbers: dict[int, int] = {}
        for vector in columns.row_vector[kept].tolist():
            number = numbers.get(vector)
            if number is None:
                times = columns.timestamps_ms[columns.vector_starts[vector] : columns.vector_starts[vector + 1]]
                number = numbers[vector] = self.vectors.number(times)
            self._vector.append(number)

    def _add_values(self, values: FloatArray, starts: IntArray) -> None:
        longest = int(np.diff(starts).max())
        if longest > MAX_ROW_SAMPLES:
            raise LimitExceeded(
                f"one series has {longest} samples in a block, more than {MAX_ROW_SAMPLES}",
                limit="tsdb.block_row_samples",
                value=MAX_ROW_SAMPLES,
            )
        analysis = analyse(values, starts)
        tickets = self.chunks.add_rows(values, starts, analysis)
        self._newest.append(values[starts[1:] - 1].view(np.uint64))
        firsts = values[starts[:-1]].view(np.uint64)
        for row in np.flatnonzero(analysis.kind == Kind.CONSTANT).tolist():
            self._constants.append(int(firsts[row]))
            tickets[row] = -len(self._constants)
        self._ticket.extend(tickets)
        self._scale.extend(self._scale_of(analysis))
        self.longest = max(self.longest, longest)
        self.samples += len(values)

    def _scale_of(self, analysis: Analysis) -> list[int]:
        """For each row the number of its (exponent, multiplier)."""
        exponent, multiplier = analysis.exponent.copy(), analysis.multiplier.copy()
        whole = (analysis.kind == Kind.CONSTANT) | (analysis.kind == Kind.FLOAT64)
        exponent[whole], multiplier[whole] = 0, 1
        scales = self._scales
        pairs = zip(exponent.tolist(), multiplier.tolist(), strict=True)
        return [scales.setdefault(pair, len(scales)) for pair in pairs]


def _groups(starts: IntArray) -> Iterator[tuple[int, int]]:
    """Ranges of rows with about _ANALYSED_SAMPLES samples each."""
    rows = len(starts) - 1
    first = 0
    while first < rows:
        end = int(np.searchsorted(starts, starts[first] + _ANALYSED_SAMPLES, side="right")) - 1
        end = min(max(end, first + 1), rows)
        yield first, end
        first = end
