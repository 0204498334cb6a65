"""Samples that rules make, gathered so that many rules are one append."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from vedette.model.labels import Labels
from vedette.model.special import STALE_NAN, FloatArray, IntArray

Write = Callable[[str, Sequence[Labels], IntArray, FloatArray], None]
"""Stores samples of a project: labels, timestamps in ms and values side by side. Raises VedetteErrors."""


class Writes:
    """Samples of one project that are not stored yet."""

    def __init__(self, project: str, write: Write) -> None:
        self._project = project
        self._write = write
        self._labels: list[Labels] = []
        self._times: list[IntArray] = []
        self._values: list[FloatArray] = []
        self.names: set[str] = set()
        """Of the metrics among them."""

    def add(self, name: str, labels: Sequence[Labels], time_ms: int, values: FloatArray | float) -> None:
        """Samples of one metric at one moment."""
        if not labels:
            return
        self._labels += labels
        self._times.append(np.full(len(labels), time_ms, dtype=np.int64))
        self._values.append(np.broadcast_to(np.asarray(values, dtype=np.float64), (len(labels),)))
        self.names.add(name)

    def end(self, name: str, labels: Sequence[Labels], time_ms: int) -> None:
        """Mark series as over."""
        self.add(name, labels, time_ms, STALE_NAN)

    def flush(self) -> set[str]:
        """Store them; the names of their metrics. Raises VedetteErrors, and forgets them all the same."""
        if not self._labels:
            return set()
        labels, self._labels = self._labels, []
        times, self._times = np.concatenate(self._times), []
        values, self._values = np.concatenate(self._values), []
        names, self.names = self.names, set()
        self._write(self._project, labels, times, values)
        return names
