"""Plain twin of the compiled intern table: the same walks in Python, used where no compiler is and as the oracle.

Nothing here is fast, everything is obvious.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from vedette.kernel import intern
from vedette.kernel.intern import Body, Walk
from vedette.kernel.plain_lines import walk_exposition, walk_influx
from vedette.kernel.plain_remote_write import walk_remote_write_1, walk_remote_write_2


class PlainTable:
    """See `intern.TableDoor`."""

    def __init__(self, max_misses: int) -> None:
        self._max_misses = max_misses
        self._lock = threading.Lock()
        self._generation = 0
        self._entries: dict[bytes, int] = {}
        self._refs: list[int] = []
        self._seen: list[int] = []
        self._sweep = 1
        self._used = 0
        self._key_bytes = 0
        self._comments = b""

    def remote_write(self, body: Body, version: int) -> Walk:
        with self._lock:
            columns = Columns(self)
            if version == 1:
                walk_remote_write_1(columns, bytes(body))
            else:
                walk_remote_write_2(columns, bytes(body))
            return columns.walk()

    def influx(self, body: Body, multiply: int, divide: int) -> Walk:
        with self._lock:
            columns = Columns(self)
            walk_influx(columns, bytes(body), multiply, divide)
            return columns.walk()

    def exposition(self, body: Body, openmetrics: bool) -> Walk:
        with self._lock:
            columns = Columns(self)
            walk_exposition(columns, bytes(body), openmetrics)
            comments = b"\n".join(columns.metadata)
            if comments == self._comments:
                columns.metadata = []
            self._comments = comments
            return columns.walk()

    def lookup(self, keys: Sequence[bytes]) -> Walk:
        with self._lock:
            columns = Columns(self)
            for position, key in enumerate(keys):
                columns.append(key, 0, 0.0, position, keep_refused=True)
            return columns.walk()

    def resolve(self, generation: int, entries: bytes, refs: bytes) -> None:
        with self._lock:
            if generation != self._generation:
                return
            places = np.frombuffer(entries, dtype=np.int64).tolist()
            for entry, ref in zip(places, np.frombuffer(refs, dtype=np.int64).tolist(), strict=True):
                if not 0 <= entry < len(self._refs):
                    raise ValueError("no such entry")
                self._refs[entry] = ref

    def retry(self, codes: Sequence[int]) -> None:
        with self._lock:
            self._refs = [intern.UNRESOLVED if ref in codes else ref for ref in self._refs]

    def sweep(self) -> tuple[int, int, int]:
        with self._lock:
            used, self._used = self._used, 0
            self._sweep += 1
            return used, len(self._refs), self._key_bytes

    def forget(self) -> None:
        with self._lock:
            self._generation += 1
            self._entries.clear()
            self._refs.clear()
            self._seen.clear()
            self._used = self._key_bytes = 0
            self._comments = b""

    def find(self, key: bytes) -> int:
        """The entry of a key, made when it is new; marks it as used."""
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = len(self._refs)
            self._refs.append(intern.UNRESOLVED)
            self._seen.append(0)
            self._key_bytes += len(key)
        if self._seen[entry] != self._sweep:
            self._seen[entry] = self._sweep
            self._used += 1
        return entry

    def known(self, key: bytes) -> bool:
        return key in self._entries

    def ref(self, entry: int) -> int:
        return self._refs[entry]

    @property
    def generation(self) -> int:
        return self._generation

    @property
    def max_misses(self) -> int:
        return self._max_misses


class Columns:
    """What a walk fills."""

    def __init__(self, table: PlainTable) -> None:
        self._table = table
        self._refs: list[int] = []
        self._timestamps: list[int] = []
        self._values: list[float] = []
        self._missed: dict[int, int] = {}
        self._keys: list[bytes] = []
        self._problems: dict[int, int] = {}
        self._examples: list[tuple[int, int]] = []
        self.metadata: list[bytes] = []
        self._missed_bytes = 0
        self.built_bytes = 0

    def problem(self, code: int, position: int, count: int = 1) -> None:
        """Count a problem and keep its place while there is room."""
        if count:
            self._problems[code] = self._problems.get(code, 0) + count
            if len(self._examples) < intern.MAX_EXAMPLES:
                self._examples.append((code, position))

    def ref_of(self, key: bytes, position: int, samples: int) -> tuple[int, bool]:
        """(ref or code, whether this is a new miss); UNRESOLVED when its samples are to be left out."""
        if len(key) > intern.MAX_KEY_BYTES:
            self.problem(intern.KEY_TOO_LONG, position, samples)
            return intern.UNRESOLVED, False
        full = len(self._keys) >= self._table.max_misses or self._missed_bytes > intern.MAX_MISSED_KEY_BYTES
        if full and not self._table.known(key):
            self.problem(intern.TOO_MANY_MISSES, position, samples)
            return intern.UNRESOLVED, False
        entry = self._table.find(key)
        ref = self._table.ref(entry)
        if ref != intern.UNRESOLVED:
            return ref, False
        if entry in self._missed:
            return intern.MISSED - self._missed[entry], False
        if full:
            self.problem(intern.TOO_MANY_MISSES, position, samples)
            return intern.UNRESOLVED, False
        self._missed[entry] = len(self._keys)
        self._keys.append(key)
        self._missed_bytes += len(key)
        return intern.MISSED - self._missed[entry], True

    def append(self, key: bytes, timestamp: int, value: float, position: int, *, keep_refused: bool = False) -> None:
        """Add one sample."""
        ref, _ = self.ref_of(key, position, 1)
        if ref != intern.UNRESOLVED or keep_refused:
            self.append_ref(ref, timestamp, value)

    def append_ref(self, ref: int, timestamp: int, value: float) -> None:
        """Add one sample of a ref."""
        if len(self._refs) >= intern.MAX_SAMPLES:
            raise ValueError(intern.TOO_MANY_SAMPLES, 0)
        self._refs.append(ref)
        self._timestamps.append(timestamp)
        self._values.append(value)

    def walk(self) -> Walk:
        """The answer."""
        return (
            self._table.generation,
            bytearray(np.array(self._refs, dtype=np.int64).tobytes()),
            bytearray(np.array(self._timestamps, dtype=np.int64).tobytes()),
            bytearray(np.array(self._values, dtype=np.float64).tobytes()),
            bytearray(np.array(list(self._missed), dtype=np.int64).tobytes()),
            self._keys,
            self._problems,
            self._examples,
            self.metadata,
        )
