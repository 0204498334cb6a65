"""Columns on their way from a file into blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from vedette.model.labels import Labels
from vedette.model.special import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Columns:
    """N samples of S series: series int64[N] are indexes into `labels`; timestamps_ms int64[N], values float64[N]."""

    labels: Sequence[Labels]
    series: IntArray
    timestamps_ms: IntArray
    values: FloatArray

    def __len__(self) -> int:
        return len(self.series)


class BlockImporter(Protocol):
    """A store that takes samples of any age as finished blocks."""

    def import_block(self, project: str, columns: Columns) -> int:
        """Store durably, as one piece; returns the number of samples stored."""
        ...
