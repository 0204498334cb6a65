"""Grids: samples on their way out of a store, as rows that share timestamp vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct

from vedette.model.labels import Labels
from vedette.model.special import FloatArray, IntArray


class Grid(Struct, frozen=True):
    """S series with all their samples of a time range, in columns.

    Samples arrive in scrapes, so many rows have the same timestamps; each distinct timestamp vector is held once.

    labels          S label sets
    values          float64[N], contiguous; row s is values[starts[s]:starts[s + 1]]
    starts          int64[S + 1]
    timestamps_ms   int64[M]; vector v is timestamps_ms[vector_starts[v]:vector_starts[v + 1]], strictly increasing
    vector_starts   int64[V + 1]
    row_vector      int64[S]: which vector row s has; len(row s) == len(vector)

    Rows have no holes; they may hold staleness markers (model.special). Arrays must not be written to.
    """

    labels: Sequence[Labels]
    values: FloatArray
    starts: IntArray
    timestamps_ms: IntArray
    vector_starts: IntArray
    row_vector: IntArray

    def __len__(self) -> int:
        return len(self.labels)

    def row(self, index: int) -> tuple[IntArray, FloatArray]:
        """Timestamps and values of one series."""
        vector = self.row_vector[index]
        return (
            self.timestamps_ms[self.vector_starts[vector] : self.vector_starts[vector + 1]],
            self.values[self.starts[index] : self.starts[index + 1]],
        )

    def aligned(self) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
        """Groups of rows with one timestamp vector: (rows int64[R], timestamps int64[T], values float64[R, T])."""
        for vector in range(len(self.vector_starts) - 1):
            rows = np.flatnonzero(self.row_vector == vector)
            if len(rows) == 0:
                continue
            times = self.timestamps_ms[self.vector_starts[vector] : self.vector_starts[vector + 1]]
            width = len(times)
            first, last = rows[0], rows[-1]
            if last - first + 1 == len(rows):
                block = self.values[self.starts[first] : self.starts[last + 1]].reshape(len(rows), width)
            else:
                block = self.values[self.starts[rows][:, None] + np.arange(width)]
            yield rows, times, block

    @classmethod
    def from_rows(cls, labels: Sequence[Labels], rows: Sequence[tuple[IntArray, FloatArray]]) -> Grid:
        """Build from per-series (timestamps, values); rows with equal timestamps come to share a vector."""
        vectors: dict[bytes, int] = {}
        distinct: list[IntArray] = []
        row_vector = np.empty(len(rows), dtype=np.int64)
        for index, (times, _) in enumerate(rows):
            key = times.tobytes()
            if key not in vectors:
                vectors[key] = len(distinct)
                distinct.append(times)
            row_vector[index] = vectors[key]
        return cls(
            labels=labels,
            values=np.concatenate([values for _, values in rows]) if rows else np.empty(0),
            starts=offsets([len(values) for _, values in rows]),
            timestamps_ms=np.concatenate(distinct) if distinct else np.empty(0, dtype=np.int64),
            vector_starts=offsets([len(times) for times in distinct]),
            row_vector=row_vector,
        )

    @classmethod
    def shared(cls, labels: Sequence[Labels], timestamps_ms: IntArray, values: FloatArray) -> Grid:
        """Build from one timestamp vector int64[T] and values float64[S, T]."""
        series, width = values.shape
        return cls(
            labels=labels,
            values=np.ascontiguousarray(values).reshape(-1),
            starts=np.arange(series + 1, dtype=np.int64) * width,
            timestamps_ms=timestamps_ms,
            vector_starts=np.array([0, width], dtype=np.int64),
            row_vector=np.zeros(series, dtype=np.int64),
        )


def offsets(lengths: Sequence[int] | IntArray) -> IntArray:
    """int64[len + 1]: 0 and the running sum."""
    result = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=result[1:])
    return result
