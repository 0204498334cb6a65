"""Batches: samples on their way into a store, as columns."""

from __future__ import annotations

import numpy as np
from msgspec import Struct, field

from vedette.model.special import FloatArray, IntArray


class SampleBatch(Struct, frozen=True):
    """N samples; `refs` come from `Storage.intern` of the same store and project.

    refs: int64[N], timestamps_ms: int64[N], values: float64[N]. One series may occur several times; within the
    batch, later entries win over earlier ones with the same timestamp. The receiver may keep the arrays: the
    sender must not write to them afterwards.
    """

    refs: IntArray
    timestamps_ms: IntArray
    values: FloatArray

    def __len__(self) -> int:
        return len(self.refs)


class AppendReport(Struct):
    """What became of a batch. Counts are samples; accepted + too_old + too_far_ahead + len(unknown) = N."""

    accepted: int = 0
    out_of_order: int = 0
    """Accepted, but older than the newest sample of their series."""
    duplicates: int = 0
    """Accepted, but with a timestamp the series already had (the last write wins)."""
    too_old: int = 0
    """Refused: older than the out-of-order window."""
    too_far_ahead: int = 0
    """Refused: further in the future than allowed."""
    unknown: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Positions in the batch whose ref the store no longer knows: intern again and resend those."""
