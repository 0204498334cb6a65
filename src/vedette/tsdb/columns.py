"""Columns: a grid without labels, the currency inside the store (head, blocks, merge, compaction)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from vedette.model.grid import Grid
from vedette.model.labels import Labels
from vedette.model.special import FloatArray, IntArray


class Columns(Struct, frozen=True):
    """R rows of samples; the layout is that of model.grid.Grid (same fields, same invariants), without labels."""

    values: FloatArray
    starts: IntArray
    timestamps_ms: IntArray
    vector_starts: IntArray
    row_vector: IntArray

    def __len__(self) -> int:
        return len(self.starts) - 1

    def with_labels(self, labels: Sequence[Labels]) -> Grid:
        """The grid of these columns; shares all arrays."""
        return Grid(labels, self.values, self.starts, self.timestamps_ms, self.vector_starts, self.row_vector)
