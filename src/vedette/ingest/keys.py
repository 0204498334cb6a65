"""The keys of a source: its intern table, kept from growing without end."""

from __future__ import annotations

import threading
from typing import Final

import numpy as np

from vedette.clock import Clock
from vedette.ingest.protocol import Decoded
from vedette.ingest.steps import BY_LIMITS, code_of
from vedette.kernel import intern
from vedette.model.special import IntArray

MAX_NEW_KEYS_PER_REQUEST: Final = 300_000
"""New keys take microseconds each: a request with more has the rest learned with the next one."""
MAX_KEYS: Final = 2_000_000
MAX_KEY_BYTES_TOTAL: Final = 512 * 1024 * 1024
"""Sizes at which a table is emptied; live series are then looked up anew."""
SWEEP_S: Final = 3600.0
"""How often a table is looked through for keys that are no longer used."""
FEW_KEYS: Final = 10_000
RETRY_S: Final = 15.0
"""How long a series that a limit refused is refused without asking the limit again."""

_RETRIED: Final = [code_of(reason) for reason in BY_LIMITS]


class Keys:
    """Owns the table of one source; thread-safe."""

    def __init__(self, clock: Clock, max_new_keys: int) -> None:
        """`max_new_keys` bounds the keys that one request may add."""
        self.table = intern.new_table(max_new_keys)
        self._clock = clock
        self._lock = threading.Lock()
        self._count = 0
        self._bytes = 0
        self._has_refused = False
        self._retry_at_s = 0.0
        self._limits: object = None
        self._refused_under: object = None
        self._sweep_at_s = clock.monotonic_s() + SWEEP_S

    def tend(self, limits: object = None) -> None:
        """Before a request: forget what is no longer used, ask limits again about what they refused.

        `limits` are those of the project: others than before are asked at once.
        """
        now_s = self._clock.monotonic_s()
        with self._lock:
            self._limits = limits
            if self._has_refused and (now_s >= self._retry_at_s or limits != self._refused_under):
                self._has_refused = False
                self.table.retry(_RETRIED)
            if now_s >= self._sweep_at_s:
                self._sweep_at_s = now_s + SWEEP_S
                used, entries, _ = self.table.sweep()
                if entries > FEW_KEYS and used < entries // 2:
                    self._forget()
            if self._count > MAX_KEYS or self._bytes > MAX_KEY_BYTES_TOTAL:
                self._forget()

    def resolve(self, decoded: Decoded, refs: IntArray) -> None:
        """Teach the table what a walk has missed: refs int64[M] as ingest.steps codes them."""
        self.table.resolve(decoded.generation, decoded.missed.tobytes(), refs.tobytes())
        with self._lock:
            self._count += len(decoded.keys)
            self._bytes += sum(map(len, decoded.keys))
            if not self._has_refused and np.isin(refs, _RETRIED).any():
                self._has_refused = True
                self._refused_under = self._limits
                self._retry_at_s = self._clock.monotonic_s() + RETRY_S

    def forget(self) -> None:
        """Empty the table."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self.table.forget()
        self._count = self._bytes = 0
        self._has_refused = False
