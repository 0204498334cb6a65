"""An immutable block: sorted rows of one time range, found by labels and read as columns."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vedette.model.labels import Labels
from vedette.model.matcher import Matcher
from vedette.model.special import FloatArray, IntArray
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import ReadCost, SelectHints
from vedette.tsdb.block_meta import BlockMeta
from vedette.tsdb.columns import Columns

IdArray = npt.NDArray[np.uint64]
LabelsCache = MutableMapping[int, Labels]
"""Series id -> Labels, shared by the blocks and the head of a project so that equal labels are one object."""


class BlockRead:
    """Rows of a block laid out but not yet decoded, so that a merge can place several blocks side by side.

    lengths         int64[R]: samples of each row in the time range (deleted ranges are already cut out)
    timestamps_ms, vector_starts, row_vector: as in Columns
    """

    lengths: IntArray
    timestamps_ms: IntArray
    vector_starts: IntArray
    row_vector: IntArray

    def into(
        self, values: FloatArray, starts: IntArray, cost: ReadCost | None = None, warnings: list[str] | None = None
    ) -> IntArray:
        """Decode row r into values[starts[r]:starts[r] + lengths[r]]; starts int64[R], any layout without overlaps.

        Returns the positions of rows that are damaged (usually none): their part of `values` is undefined and the
        caller leaves those rows out; each damaged chunk adds one text to `warnings`. Callable from any thread.
        """
        raise NotImplementedError


class Block:
    """One block, mapped into memory. Thread-safe; closed by `close` or when the last reference goes."""

    meta: BlockMeta

    @classmethod
    def open(cls, folder: Path, labels_cache: LabelsCache | None = None) -> Block:
        """Map the files and check meta, sizes and the index's checksums (chunks are checked as they are read).

        Raises Corruption, saying what is wrong, when anything is missing, truncated or altered.
        """
        raise NotImplementedError

    @property
    def ids(self) -> IdArray:
        """uint64[R]: series id of each row."""
        raise NotImplementedError

    def find(self, matchers: Sequence[Matcher], time_range: TimeRange = ALL_TIME) -> IntArray:
        """Rows, int64 ascending, that fulfil all matchers and may have samples in the range; deleted rows are out."""
        raise NotImplementedError

    def rows_of(self, ids: IdArray) -> IntArray:
        """int64[len(ids)]: the row of each series id, -1 where the block does not have it."""
        raise NotImplementedError

    def labels(self, rows: IntArray) -> list[Labels]:
        """Labels of rows, through the shared cache."""
        raise NotImplementedError

    def label_names(self, rows: IntArray | None = None) -> set[str]:
        """Names of the labels in use, in all rows or in some."""
        raise NotImplementedError

    def label_values(self, name: str, rows: IntArray | None = None) -> set[str]:
        """Values of one label, in all rows or in some."""
        raise NotImplementedError

    def sample_counts(self, rows: IntArray) -> IntArray:
        """int64[len(rows)]: stored samples of each row over the whole block."""
        raise NotImplementedError

    def lay_out(self, rows: IntArray, time_range: TimeRange, hints: SelectHints | None = None) -> BlockRead:
        """Timestamps and lengths of what `read` would give; `hints.latest_at_ms` keeps one sample a row at most."""
        raise NotImplementedError

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
        raise NotImplementedError

    def delete(self, rows: IntArray, time_range: TimeRange) -> int:
        """Hide samples at once and durably; the number of rows that had any. Space is given back by compaction."""
        raise NotImplementedError

    def close(self) -> None:
        """Release the files; reads that are under way finish first."""
        raise NotImplementedError
