"""Group commit: batches of all threads go to the log together, become durable together, then enter the head."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Final

import numpy as np
from msgspec import Struct, field

from vedette.clock import Clock
from vedette.errors import TooBusy, Unavailable, VedetteError
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.special import FloatArray, IntArray
from vedette.tsdb.counters import TsdbCounters
from vedette.tsdb.registry import Registry
from vedette.tsdb.settings import TsdbSettings
from vedette.tsdb.sources import Sources
from vedette.tsdb.wal import Wal
from vedette.tsdb.wal_records import Buffers, Encoder

_GROUP_SAMPLES: Final = 1_000_000
"""No more than this is written at one time, so that the first of many waiting threads need not wait for the last."""

Columns3 = tuple[IntArray, IntArray, FloatArray]


class _Request(Struct):
    batch: SampleBatch
    report: AppendReport = field(default_factory=AppendReport)
    error: VedetteError | None = None
    done: bool = False
    admitted: Columns3 | None = None


class Committer:
    """Takes batches of one project. Whoever holds `lock` writes for all who wait."""

    def __init__(
        self,
        registry: Registry,
        wal: Wal,
        sources: Sources,
        settings: TsdbSettings,
        clock: Clock,
        counters: TsdbCounters,
    ) -> None:
        self.lock = Lock()
        """The lock of the log."""
        self.newest_ms: int | None = None
        """The newest timestamp of the project."""
        self.closed = False
        self._registry = registry
        self._wal = wal
        self._sources = sources
        self._settings = settings
        self._clock = clock
        self._counters = counters
        self._waiting: deque[_Request] = deque()

    def append(self, batch: SampleBatch) -> AppendReport:
        """See storage.interface.Storage.append."""
        if len(batch) == 0:
            return AppendReport()
        request = _Request(batch)
        self._waiting.append(request)
        with self.lock:
            while not request.done:
                self._commit(self._take())
        if request.error is not None:
            raise request.error
        return request.report

    def head_limit(self) -> int:
        """Samples in the head at which it is sealed."""
        settings = self._settings
        return max(settings.head_samples, settings.head_samples_per_series * len(self._registry))

    def write(self, records: list[Buffers]) -> None:
        """Write other records and make them durable; `lock` must be held. Raises Unavailable."""
        self.check_open()
        before = self._wal.written_bytes
        self._wal.write(records, sync=True)
        self._counters.wal_bytes.inc(self._wal.written_bytes - before)
        self._sources.head.records += len(records)

    def encoder(self) -> Encoder:
        """The encoder for `write`; `lock` must be held. Raises Unavailable."""
        if self._wal.segment_bytes > self._settings.wal_segment_bytes:
            self._wal.switch(self._wal.prepare())
        return self._wal.encoder()

    def describe(self, encoder: Encoder, refs: IntArray) -> Buffers | None:
        """A record for those series that the current segment does not describe yet."""
        logged = self._registry.logged
        fresh = refs[logged[refs] != self._wal.current]
        if len(fresh) == 0:
            return None
        numbers = sorted(set(fresh.tolist()))
        return encoder.series(numbers, self._registry.labels(numbers))

    def check_open(self) -> None:
        """Raise Unavailable after close."""
        if self.closed:
            raise Unavailable("the store is closed")

    def _take(self) -> list[_Request]:
        taken: list[_Request] = []
        samples = 0
        while self._waiting and samples < _GROUP_SAMPLES:
            taken.append(self._waiting.popleft())
            samples += len(taken[-1].batch)
        return taken

    def _commit(self, requests: list[_Request]) -> None:
        newest_ms = self.newest_ms
        try:
            self.check_open()
            self._check_backlog()
            for request in requests:
                self._admit(request)
            self._log(requests)
        except VedetteError as error:
            self.newest_ms = newest_ms
            for request in requests:
                request.error = error
        else:
            for request in requests:
                self._enter(request)
                request.done = True
        finally:
            for request in requests:
                if not request.done and request.error is None:
                    request.error = Unavailable("the batch could not be stored because of an internal error")
                request.done = True

    def _check_backlog(self) -> None:
        held = sum(head.samples for head in self._sources.now.heads)
        limit = self.head_limit() * self._settings.head_backlog
        if held > limit:
            raise TooBusy(
                f"{held} samples wait to be written to blocks (limit tsdb.head_backlog = "
                f"{self._settings.head_backlog} times tsdb.head_samples); try again in a moment",
                limit="tsdb.head_backlog",
                value=limit,
            )

    def _admit(self, request: _Request) -> None:
        """Leave out what cannot be stored, and say so in the report."""
        batch, report = request.batch, request.report
        refs, times, values = batch.refs, batch.timestamps_ms, batch.values
        lower, upper = self._settings.window.bounds(self.newest_ms, self._clock.now_ms())
        high = int(times.max())
        if int(times.min()) < lower or high > upper or not self._registry.all_known(refs):
            known = self._registry.is_known(refs)
            report.unknown = np.flatnonzero(~known)
            old, ahead = known & (times < lower), known & (times > upper)
            report.too_old, report.too_far_ahead = int(old.sum()), int(ahead.sum())
            self._counters.refused.labels("unknown").inc(len(report.unknown))
            self._counters.refused.labels("too_old").inc(report.too_old)
            self._counters.refused.labels("too_far_ahead").inc(report.too_far_ahead)
            good = known & ~old & ~ahead
            refs, times, values = refs[good], times[good], values[good]
            if len(refs) == 0:
                return
            high = int(times.max())
        report.accepted = len(refs)
        request.admitted = np.ascontiguousarray(refs), np.ascontiguousarray(times), np.ascontiguousarray(values)
        self.newest_ms = high if self.newest_ms is None else max(self.newest_ms, high)

    def _log(self, requests: list[_Request]) -> None:
        admitted = [request.admitted for request in requests if request.admitted is not None]
        if not admitted:
            return
        encoder = self.encoder()
        refs = admitted[0][0] if len(admitted) == 1 else np.concatenate([batch[0] for batch in admitted])
        description = self.describe(encoder, refs)
        records = [encoder.samples(*batch) for batch in admitted]
        if description is not None:
            records.insert(0, description)
        before = self._wal.written_bytes
        with self._counters.sync_seconds.time():
            self._wal.write(records, sync=self._settings.durability == "fsync")
        self._counters.wal_bytes.inc(self._wal.written_bytes - before)
        if description is not None:
            self._registry.logged[refs] = self._wal.current
        self._sources.head.records += len(records)

    def _enter(self, request: _Request) -> None:
        if request.admitted is None:
            return
        report = request.report
        with self._sources.lock:
            report.out_of_order, report.duplicates = self._sources.head.append(self._registry.newest, *request.admitted)
        self._counters.appended.inc(report.accepted)
        if report.out_of_order:
            self._counters.out_of_order.inc(report.out_of_order)
        if report.duplicates:
            self._counters.duplicates.inc(report.duplicates)
