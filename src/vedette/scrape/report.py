"""Report series (`up` and its companions) of many targets, written together: whatever waits goes into one batch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from typing import Final

import numpy as np
import structlog
from prometheus_client import Counter

from vedette.errors import VedetteError
from vedette.ingest.source import Source
from vedette.model.labels import Labels

_GATHER_S: Final = 0.05
"""How long reports wait for company."""
_log = structlog.get_logger(__name__)


class ReportWriter:
    """Writes in the order of `put`, one batch at a time; while one is being stored the next one gathers."""

    def __init__(self, source: Source, writers: Executor, unwritten: Counter) -> None:
        """`unwritten` counts reports that the store did not take."""
        self._source = source
        self._writers = writers
        self._unwritten = unwritten
        self._lock = threading.Lock()
        self._labels: list[Labels] = []
        self._times_ms: list[int] = []
        self._values: list[float] = []
        self._reports = 0
        self._running: Future[None] | None = None
        self._hurry = threading.Event()

    def put(self, labels: Sequence[Labels], timestamp_ms: int, values: Sequence[float]) -> None:
        """Take one report; from any thread, without waiting for the store."""
        with self._lock:
            self._labels += labels
            self._times_ms += [timestamp_ms] * len(labels)
            self._values += values
            self._reports += 1
            if self._running is None:
                self._running = self._writers.submit(self._write)

    def drain(self) -> None:
        """Wait until everything taken so far is written, now."""
        self._hurry.set()
        while (running := self._running) is not None:
            running.result()
        self._hurry.clear()

    def _write(self) -> None:
        while True:
            self._hurry.wait(_GATHER_S)
            with self._lock:
                if not self._reports:
                    self._running = None
                    return
                labels, times, values, reports = self._labels, self._times_ms, self._values, self._reports
                self._labels, self._times_ms, self._values, self._reports = [], [], [], 0
            try:
                self._source.write_samples(labels, np.array(times, dtype=np.int64), np.array(values, dtype=np.float64))
            except VedetteError as error:
                self._unwritten.inc(reports)
                _log.warning("reports_not_stored", reports=reports, error=error.message, code=error.code)
            except Exception:  # noqa: BLE001 - an unexpected failure must not end the writing of reports for good
                self._unwritten.inc(reports)
                _log.exception("reports_broke", reports=reports)
