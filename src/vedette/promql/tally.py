"""How many samples the steps of a query looked at, counted as Prometheus counts them."""

from __future__ import annotations

import threading

import numpy as np
from msgspec import Struct, field

from vedette.model.special import IntArray


class Tally(Struct):
    """A sum, and where somebody asked for it one for each step. Thread-safe."""

    samples: int = 0
    per_step: IntArray | None = None
    """int64[K]; None: nobody asked."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, samples: int, per_step: IntArray | None = None) -> None:
        """Add the samples of all steps, int64[K] of each when there is a sum for each."""
        with self._lock:
            self.samples += samples
            if self.per_step is not None and per_step is not None:
                self.per_step += per_step

    def count_at_end(self, samples: int) -> None:
        """Add samples to the last step."""
        with self._lock:
            self.samples += samples
            if self.per_step is not None:
                self.per_step[-1] += samples

    def count_at_every_step(self, samples: int, steps: int) -> None:
        """Add samples to each of all steps."""
        with self._lock:
            self.samples += samples * steps
            if self.per_step is not None:
                self.per_step += samples

    def like(self) -> Tally:
        """An empty one with the same steps."""
        return Tally(per_step=None if self.per_step is None else np.zeros_like(self.per_step))
