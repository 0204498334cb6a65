"""Reading rows of a block: lay out what a time range holds, then decode only the pages that are needed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vedette.errors import Corruption
from vedette.model.grid import offsets
from vedette.model.special import BoolArray, FloatArray, IntArray
from vedette.model.timerange import TimeRange
from vedette.storage.interface import ReadCost, SelectHints
from vedette.tsdb.decode import Directory, Wanted, decode
from vedette.tsdb.tombstones import Tombstones


class BlockRead:
    """Rows of a block laid out but not yet decoded, so that a merge can place several blocks side by side.

    lengths         int64[R]: samples of each row in the time range (deleted ranges are already cut out)
    timestamps_ms, vector_starts, row_vector: as in Columns
    problems        damaged timestamp vectors, in words; their rows are empty. `into` reports them too.
    """

    __slots__ = (
        "_cuts",
        "_directory",
        "_high",
        "_is_latest",
        "_low",
        "_rows",
        "lengths",
        "problems",
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
        self.problems: list[str] = []
        numbers, self.row_vector = _distinct(directory.vector[rows])
        latest = None if hints is None else hints.latest_at_ms
        end_ms = time_range.end_ms if latest is None else min(time_range.end_ms, latest)
        self._is_latest = latest is not None
        touched = tombstones.touched(rows)
        ended = np.zeros(len(numbers), dtype=np.bool_)
        if self._is_latest:
            ended = directory.vectors.last[numbers] <= end_ms
            ended[self.row_vector[touched]] = False
        bounds = np.empty((len(numbers), 2), dtype=np.int64)
        vectors: list[IntArray] = []
        for index, number in enumerate(numbers.tolist()):
            times, before = self._end(number) if ended[index] else (self._vector(number), 0)
            low = int(times.searchsorted(time_range.start_ms, side="left"))
            high = max(int(times.searchsorted(end_ms, side="right")), low)
            bounds[index] = before + low, before + high
            vectors.append(times[low:high])
        self._low, self._high = bounds[self.row_vector].T
        if len(touched):
            self._cut(tombstones, touched, vectors)
        if self._is_latest:
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
        problems = list(self.problems)
        wanted = np.flatnonzero(self.lengths > 0)
        cut = np.array([position for position in self._cuts if self.lengths[position]], dtype=np.int64)
        if len(cut):
            wanted = wanted[~np.isin(wanted, cut)]
        rows = Wanted(self._rows[wanted], self._low[wanted], self._high[wanted], starts[wanted])
        damaged = wanted[decode(self._directory, rows, values, cost, problems, newest=self._is_latest)]
        if len(cut):
            damaged = np.append(damaged, self._read_cut(cut, values, starts, cost, problems))
        if warnings is not None:
            warnings.extend(problems)
        return damaged

    def _read_cut(
        self, cut: IntArray, values: FloatArray, starts: IntArray, cost: ReadCost | None, problems: list[str]
    ) -> IntArray:
        """Rows with deleted ranges: decoded aside, then copied without the hidden samples."""
        at = offsets(self._high[cut] - self._low[cut])
        whole = np.empty(int(at[-1]))
        rows = Wanted(self._rows[cut], self._low[cut], self._high[cut], at[:-1])
        damaged = decode(self._directory, rows, whole, cost, problems)
        for index, position in enumerate(cut.tolist()):
            begin = int(starts[position])
            keep = self._cuts[position]
            values[begin : begin + int(self.lengths[position])] = whole[at[index] : at[index + 1]][keep]
        return cut[damaged]

    def _end(self, number: int) -> tuple[IntArray, int]:
        """The last timestamp of a vector, which the index has, and how many are before it."""
        vectors = self._directory.vectors
        return vectors.last[number : number + 1], int(vectors.count[number]) - 1

    def _vector(self, number: int) -> IntArray:
        """A timestamp vector; rows whose vector is damaged have no samples that could be placed in time."""
        try:
            return self._directory.vectors.get(number)
        except Corruption as error:
            self.problems.append(f"timestamps are lost: {error}")
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


def _distinct(numbers: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], IntArray]:
    """Distinct numbers and for each element its position among them."""
    if len(numbers) == 0 or bool((numbers == numbers[0]).all()):
        return numbers[:1], np.zeros(len(numbers), dtype=np.int64)
    distinct, inverse = np.unique(numbers, return_inverse=True)
    return distinct, inverse.astype(np.int64)
