"""Timestamp vectors of a block: each distinct one is stored once, evenly spaced ones as three numbers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vedette.errors import Corruption
from vedette.model.special import IntArray
from vedette.tsdb.chunks import ChunkReader, ChunkWriter, page_sizes

NO_CHUNK: Final = 2**32 - 1
_CACHED_BYTES: Final = 8 * 2**20
"""Decoded vectors a block keeps: one of 12 h at 10 s has 35 kB."""


class VectorWriter:
    """Numbers distinct vectors from 0 and gives the index sections."""

    def __init__(self, chunks: ChunkWriter) -> None:
        self._chunks = chunks
        self._numbers: dict[bytes, int] = {}
        self._rows: list[tuple[int, int, int, int, int]] = []

    def number(self, timestamps_ms: IntArray) -> int:
        """The number of a vector, which is added if it is new; it must not be empty."""
        content = np.ascontiguousarray(timestamps_ms)
        key = blake2b(content.data, digest_size=16).digest()
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._rows)
            count = len(content)
            first, last = int(content[0]), int(content[-1])
            step = (last - first) // (count - 1) if count > 1 else 1
            even = bool((np.diff(content) == step).all())
            ticket = -1 if even else self._chunks.add_timestamps(content)
            self._rows.append((count, first, last, step if even else 0, ticket))
        return number

    def length(self, number: int) -> int:
        """Timestamps in a vector."""
        return self._rows[number][0]

    def bounds(self) -> tuple[int, int]:
        """The oldest and newest timestamp of all vectors."""
        return min(row[1] for row in self._rows), max(row[2] for row in self._rows)

    def sections(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by section name; the chunk writer must be finished."""
        count, first, last, step, ticket = zip(*self._rows, strict=True)
        chunk = [NO_CHUNK if t < 0 else self._chunks.row_chunk[t] for t in ticket]
        page = [0 if t < 0 else self._chunks.row_page[t] for t in ticket]
        return {
            "vector.count": np.array(count, dtype="<u4"),
            "vector.first": np.array(first, dtype="<i8"),
            "vector.last": np.array(last, dtype="<i8"),
            "vector.step": np.array(step, dtype="<i8"),
            "vector.chunk": np.array(chunk, dtype="<u4"),
            "vector.page": np.array(page, dtype="<u4"),
        }


class VectorReader:
    """Decodes vectors and keeps the ones used last."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]], chunks: ChunkReader) -> None:
        self.count = arrays["vector.count"]
        self.first = arrays["vector.first"]
        self.last = arrays["vector.last"]
        self._step = arrays["vector.step"]
        self._chunk = arrays["vector.chunk"]
        self._page = arrays["vector.page"]
        self._chunks = chunks
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, IntArray] = OrderedDict()
        self._kept_bytes = 0

    def __len__(self) -> int:
        return len(self.count)

    def get(self, number: int) -> IntArray:
        """int64[count], not to be written to. Raises Corruption."""
        with self._lock:
            vector = self._kept.get(number)
            if vector is not None:
                self._kept.move_to_end(number)
                return vector
        vector = self._decode(number)
        vector.flags.writeable = False
        with self._lock:
            if number not in self._kept:
                self._kept[number] = vector
                self._kept_bytes += vector.nbytes
            while self._kept_bytes > _CACHED_BYTES and len(self._kept) > 1:
                self._kept_bytes -= self._kept.popitem(last=False)[1].nbytes
        return vector

    def part(self, number: int, low: int, high: int) -> IntArray:
        """The timestamps low:high of a vector, not to be written to. Raises Corruption."""
        if high - low == 1 and high == self.count[number]:
            return self.last[number : number + 1]
        return self.get(number)[low:high]

    def _decode(self, number: int) -> IntArray:
        count, step = int(self.count[number]), int(self._step[number])
        if step:
            first = int(self.first[number])
            return np.arange(first, first + count * step, step, dtype=np.int64)
        vector = np.empty(count, dtype=np.int64)
        chunk, page, at = int(self._chunk[number]), int(self._page[number]), 0
        try:
            read = self._chunks.decoder(chunk)
            for size in page_sizes(count):
                read(self._chunks.page_bytes(chunk, page), size, vector[at : at + size])
                page, at = page + 1, at + size
        except (RuntimeError, ValueError) as error:  # pco reports what makes no sense as RuntimeError
            raise Corruption(self._chunks.nonsense(chunk)) from error
        ends = int(self.first[number]), int(self.last[number])
        if (int(vector[0]), int(vector[-1])) != ends or bool((vector[1:] <= vector[:-1]).any()):
            raise Corruption(self._chunks.nonsense(chunk))
        return vector
