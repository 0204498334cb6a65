"""Blocks made from plain dicts, and read back into plain dicts."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from crc32c import crc32c
from msgspec.structs import replace

from vedette.model.grid import Grid
from vedette.model.labels import Labels
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.tsdb.block import Block
from vedette.tsdb.block_meta import read_meta, write_meta
from vedette.tsdb.block_writer import INDEX_MAGIC, BlockBatch, BlockSpec, row_order, write_block
from vedette.tsdb.columns import Columns
from vedette.tsdb.files import BlockFiles, StoreFiles, new_block_id
from vedette.tsdb.sections import pack_sections, read_sections
from vedette.tsdb.series_id import series_id

KEY = b"0123456789abcdef"
Data = dict[Labels, dict[int, float]]
Bits = dict[Labels, dict[int, int]]


class Project:
    """A project folder with blocks."""

    def __init__(self, root: Path) -> None:
        self.store = StoreFiles(root)
        self.files = self.store.project("default")
        for folder in self.files.folders():
            folder.mkdir(parents=True)
        self._count = 0

    def new_id(self) -> str:
        self._count += 1
        return new_block_id(self._count, bytes(10))

    def write(self, data: Data, generation: int = 1, batch_rows: int = 3) -> Block:
        """Write a block of {labels: {timestamp_ms: value}} and open it."""
        spec = BlockSpec(self.new_id(), generation)
        meta = write_block(self.files, batches(data, batch_rows), spec)
        assert meta is not None
        return Block.open(self.files.block(meta.block_id))


def batches(data: Data, batch_rows: int = 3) -> list[BlockBatch]:
    """The rows of a dict as the writer wants them."""
    ordered = sorted(data, key=row_order)
    made = []
    for begin in range(0, len(ordered), batch_rows):
        labels = ordered[begin : begin + batch_rows]
        rows = [
            (np.array(sorted(data[one]), dtype=np.int64), column([data[one][t] for t in sorted(data[one])]))
            for one in labels
        ]
        grid = Grid.from_rows(labels, rows)
        columns = Columns(grid.values, grid.starts, grid.timestamps_ms, grid.vector_starts, grid.row_vector)
        ids = np.array([series_id(KEY, one) for one in labels], dtype=np.uint64)
        made.append(BlockBatch(labels, ids, columns))
    return made


def column(values: list[float]) -> np.ndarray:
    """float64[N], every bit pattern kept."""
    return np.frombuffer(struct.pack(f"<{len(values)}d", *values), dtype=np.float64)


def from_bits(pattern: int) -> float:
    """The float64 of a bit pattern."""
    return float(struct.unpack("<d", struct.pack("<Q", pattern))[0])


def bits(data: Data) -> Bits:
    """Values as bit patterns, series without samples left out."""
    return {
        labels: {time: struct.unpack("<Q", struct.pack("<d", value))[0] for time, value in samples.items()}
        for labels, samples in data.items()
        if samples
    }


def contents(block: Block, time_range: TimeRange = ALL_TIME) -> Bits:
    """All samples of a block in a time range, as bit patterns."""
    rows = block.find((), time_range)
    return read_bits(block, rows, time_range)


def read_bits(block: Block, rows: np.ndarray, time_range: TimeRange = ALL_TIME) -> Bits:
    """Samples of some rows, as bit patterns."""
    grid = block.read(rows, time_range).with_labels(block.labels(rows))
    result: Bits = {}
    for index, labels in enumerate(grid.labels):
        times, values = grid.row(index)
        assert len(times) == len(values)
        if len(times):
            result[labels] = dict(zip(times.tolist(), values.view(np.uint64).tolist(), strict=True))
    return result


def rewrite_index(block: Block, change: Callable[[dict[str, np.ndarray]], None]) -> None:
    """Change sections of a block's index and make all checksums and sizes right again."""
    path = BlockFiles(block.folder).index
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        arrays = {name: array.copy() for name, array in read_sections(path, data, INDEX_MAGIC).items()}
    change(arrays)
    content = pack_sections(INDEX_MAGIC, arrays)
    path.write_bytes(content)
    write_meta(block.folder, replace(read_meta(block.folder), index_bytes=len(content)))


def rewrite_chunks(block: Block, content: bytes) -> None:
    """Put other bytes of the same length into the file of chunks and make its checksums right again."""
    BlockFiles(block.folder).chunks.write_bytes(content)

    def change(arrays: dict[str, np.ndarray]) -> None:
        offset = arrays["chunk.offset"].tolist()
        arrays["chunk.checksum"][:] = [crc32c(content[begin:end]) for begin, end in pairwise(offset)]

    rewrite_index(block, change)
