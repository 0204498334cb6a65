"""An immutable block: sorted rows of one time range, found by labels and read as columns."""

from __future__ import annotations

import mmap
import threading
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from vedette.errors import Corruption
from vedette.model.grid import offsets
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher
from vedette.model.special import IntArray
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import ReadCost, SelectHints
from vedette.tsdb.aligned_read import AlignedRead, aligned_read
from vedette.tsdb.block_meta import BlockMeta, read_meta
from vedette.tsdb.block_read import BlockRead
from vedette.tsdb.block_writer import INDEX_MAGIC
from vedette.tsdb.chunks import ChunkArrays, ChunkReader
from vedette.tsdb.columns import Columns
from vedette.tsdb.decode import Directory
from vedette.tsdb.files import BlockFiles
from vedette.tsdb.index import LabelIndex
from vedette.tsdb.index_check import check_index
from vedette.tsdb.sections import read_sections
from vedette.tsdb.tombstones import Tombstones, read_tombstones, write_tombstones

IdArray = npt.NDArray[np.uint64]
LabelsCache = MutableMapping[int, Labels]
"""Series id -> Labels, shared by the blocks and the head of a project so that equal labels are one object."""

_KEPT_SEARCHES: Final = 64
"""Answers of `find` that are kept: live queries ask the same again every second."""
_KEPT_ROWS: Final = 50_000
"""Longer answers are found anew: searching is then cheap beside reading, and keeping them is not."""


class Block:
    """One block, mapped into memory. Thread-safe; files are released when the last reference goes."""

    def __init__(
        self, folder: Path, meta: BlockMeta, index: LabelIndex, ids: IdArray, directory: Directory, cache: LabelsCache
    ) -> None:
        self.folder = folder
        self.meta = meta
        self.ids = ids
        """uint64[R]: series id of each row."""
        self._index = index
        self._directory = directory
        self._cache = cache
        self._lock = threading.Lock()
        self._by_id: tuple[IdArray, IntArray] | None = None
        self._searches: dict[tuple[Matcher, ...], IntArray] = {}
        self._tombstones = read_tombstones(BlockFiles(folder).tombstones, meta.series)

    @classmethod
    def open(cls, folder: Path, labels_cache: LabelsCache | None = None) -> Block:
        """Map the files, check meta, sizes, and the index's checksums and sense (chunks are checked as they are read).

        Raises Corruption, saying what is wrong, when anything is missing, truncated or altered.
        """
        meta = read_meta(folder)
        files = BlockFiles(folder)
        index_data = _map(files.index, meta.index_bytes)
        chunks_data = _map(files.chunks, meta.chunks_bytes)
        arrays = read_sections(files.index, index_data, INDEX_MAGIC)
        check_index(arrays, meta)
        table = ChunkArrays(
            arrays["chunk.offset"],
            arrays["chunk.checksum"],
            arrays["chunk.kind"],
            arrays["chunk.page"],
            arrays["page.offset"],
        )
        chunks = ChunkReader(str(files.chunks), chunks_data, table)
        directory, index, ids = Directory.of(arrays, chunks), LabelIndex(arrays), arrays["row.id"]
        return cls(folder, meta, index, ids, directory, {} if labels_cache is None else labels_cache)

    @property
    def tombstones(self) -> Tombstones:
        """What was deleted since the block was written."""
        return self._tombstones

    @property
    def chunks(self) -> ChunkReader:
        """The block's chunks; for verification."""
        return self._directory.chunks

    @property
    def disk_bytes(self) -> int:
        """Size of the block's files, tombstones left out."""
        return self.meta.index_bytes + self.meta.chunks_bytes

    def find(self, matchers: Sequence[Matcher], time_range: TimeRange = ALL_TIME) -> IntArray:
        """Rows, int64 ascending, that fulfil all matchers and may have samples in the range; deleted rows are out."""
        meta = self.meta
        if not time_range.overlaps(meta.time_range):
            return np.empty(0, dtype=np.int64)
        rows = self._search(tuple(matchers))
        if time_range.start_ms > meta.min_time_ms or time_range.end_ms < meta.max_time_ms:
            vectors = self._directory.vectors
            overlaps = (vectors.first <= time_range.end_ms) & (vectors.last >= time_range.start_ms)
            if not overlaps.all():
                rows = rows[overlaps[self._directory.vector[rows]]]
        return rows

    def rows_of(self, ids: IdArray) -> IntArray:
        """int64[len(ids)]: the row of each series id, -1 where the block does not have it."""
        if self._by_id is None:
            order = np.argsort(self.ids)
            self._by_id = self.ids[order], order
        known, order = self._by_id
        place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        return np.where(known[place] == ids, order[place], -1)

    def decode_labels(self, rows: IntArray) -> list[Labels]:
        """Labels of rows, past the shared cache: for passes over whole blocks that keep none of them."""
        return self._index.labels(rows)

    def labels(self, rows: IntArray) -> list[Labels]:
        """Labels of rows, through the shared cache."""
        ids = self.ids[rows].tolist()
        get = self._cache.get
        found = [get(number) for number in ids]
        missing = [index for index, labels in enumerate(found) if labels is None]
        if missing:
            for index, labels in zip(missing, self._index.labels(rows[missing]), strict=True):
                found[index] = self._cache.setdefault(ids[index], labels)
        return [labels for labels in found if labels is not None]

    def label_names(self, rows: IntArray | None = None) -> set[str]:
        """Names of the labels in use, in all rows or in some."""
        return self._index.label_names(rows)

    def label_values(self, name: str, rows: IntArray | None = None) -> set[str]:
        """Values of one label, in all rows or in some."""
        return self._index.label_values(name, rows)

    def series_by_metric(self) -> list[tuple[str, int]]:
        """Metric names and how many series each has, sorted by name."""
        return self._index.series_by_metric()

    def sample_counts(self, rows: IntArray) -> IntArray:
        """int64[len(rows)]: stored samples of each row over the whole block."""
        return self._directory.vectors.count[self._directory.vector[rows]].astype(np.int64)

    def lay_out(
        self, rows: IntArray, time_range: TimeRange, hints: SelectHints | None = None
    ) -> AlignedRead | BlockRead:
        """Timestamps and lengths of what `read` would give; `hints.latest_at_ms` keeps one sample a row at most."""
        rows = np.ascontiguousarray(rows)
        kernel = self._directory.kernel
        if kernel is not None and len(self._tombstones) == 0:
            latest_at_ms = None if hints is None else hints.latest_at_ms
            aligned = aligned_read(self._directory, kernel, rows, time_range, latest_at_ms)
            if aligned is not None:
                return aligned
        return BlockRead(self._directory, self._tombstones, rows, time_range, hints)

    def lay_out_whole(self, rows: IntArray) -> BlockRead:
        """Rows with all their samples, the deleted ones too; for verification."""
        return BlockRead(self._directory, Tombstones(), rows, ALL_TIME)

    def newest_bits(self, rows: IntArray) -> IdArray:
        """uint64[len(rows)]: bit pattern of each row's newest value, as the index has it."""
        return self._directory.newest[rows]

    def read(
        self,
        rows: IntArray,
        time_range: TimeRange = ALL_TIME,
        hints: SelectHints | None = None,
        cost: ReadCost | None = None,
        warnings: list[str] | None = None,
    ) -> Columns:
        """Samples of rows (any order) in the range; only the pages that are needed are decoded.

        A row in a damaged chunk is empty and `warnings` says so.
        """
        laid_out = self.lay_out(rows, time_range, hints)
        starts = offsets(laid_out.lengths)
        values = np.empty(int(starts[-1]))
        damaged = laid_out.into(values, starts[:-1], cost, warnings)
        columns = Columns(values, starts, laid_out.timestamps_ms, laid_out.vector_starts, laid_out.row_vector)
        return without_rows(columns, damaged) if len(damaged) else columns

    def hidden_share(self) -> float:
        """About which part of the block's samples is deleted, 0.0 to 1.0."""
        entries = self._tombstones.entries
        rows, meta = entries["row"], self.meta
        counts = self.sample_counts(rows.astype(np.int64))
        vectors, vector = self._directory.vectors, self._directory.vector[rows]
        first, last = vectors.first[vector].astype(np.float64), vectors.last[vector].astype(np.float64)
        hidden = np.minimum(entries["end"], last) - np.maximum(entries["start"], first)
        share = np.where(last > first, hidden / np.maximum(last - first, 1), hidden >= 0)
        return float((counts * np.clip(share, 0, 1)).sum() / meta.samples)

    def delete(self, rows: IntArray, time_range: TimeRange) -> int:
        """Hide samples at once and durably; the number of rows that had any. Space is given back by compaction."""
        laid_out = self.lay_out(rows, time_range)
        touched = rows[laid_out.lengths > 0]
        if len(touched):
            with self._lock:
                tombstones = self._tombstones.with_rows(touched, time_range)
                write_tombstones(BlockFiles(self.folder).tombstones, tombstones)
                self._tombstones = tombstones
                self._searches.clear()
        return len(touched)

    def _search(self, matchers: tuple[Matcher, ...]) -> IntArray:
        rows = self._searches.get(matchers)
        if rows is None:
            tombstones = self._tombstones
            rows = self._index.find(matchers)
            if len(tombstones):
                vectors, vector = self._directory.vectors, self._directory.vector
                hidden = tombstones.fully_hidden(vectors.first[vector], vectors.last[vector])
                rows = rows[~np.isin(rows, hidden)]
            rows.flags.writeable = False
            with self._lock:
                if len(self._searches) >= _KEPT_SEARCHES:
                    self._searches.clear()
                if tombstones is self._tombstones and len(rows) <= _KEPT_ROWS:
                    self._searches[matchers] = rows
        return rows


def without_rows(columns: Columns, emptied: IntArray) -> Columns:
    """The same rows, those at the given positions without samples."""
    lengths = np.diff(columns.starts)
    drop = np.zeros(len(lengths), dtype=np.bool_)
    drop[emptied] = True
    keep = ~np.repeat(drop, lengths)
    row_vector = columns.row_vector.copy()
    row_vector[drop] = len(columns.vector_starts) - 1
    return Columns(
        values=columns.values[keep],
        starts=offsets(np.where(drop, 0, lengths)),
        timestamps_ms=columns.timestamps_ms,
        vector_starts=np.append(columns.vector_starts, columns.vector_starts[-1]),
        row_vector=row_vector,
    )


def _map(path: Path, size: int) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            actual = file.seek(0, 2)
            if actual != size or size == 0:
                raise Corruption(f"{path}: has {actual} bytes, not the {size} that meta.json states")
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise Corruption(f"{path}: cannot be read: {error.strerror}") from error
