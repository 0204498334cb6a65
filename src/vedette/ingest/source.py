"""A source: one sender or kind of senders with an intern table of the raw keys it uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from vedette.errors import BadData, LimitExceeded, Unavailable
from vedette.ingest.keys import MAX_NEW_KEYS_PER_REQUEST, Keys
from vedette.ingest.protocol import BadSeries, Decoded, Protocol, note_problems
from vedette.ingest.report import DropReason, IngestReport
from vedette.ingest.settings import SeriesLimits
from vedette.ingest.steps import BY_LIMITS, FIRST_MS, LAST_MS, Candidates, Transform, reason_of
from vedette.kernel import intern
from vedette.kernel.intern import Body
from vedette.model.batch import SampleBatch
from vedette.model.labels import EMPTY, Labels
from vedette.model.metadata import MetricMetadata
from vedette.model.special import STALE_NAN, BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from vedette.ingest.pipeline import Pipeline


class Written(Struct):
    """What became of one body. Counts are samples."""

    report: IngestReport
    refs: IntArray
    """int64: refs of stored samples that had no timestamp of their own; a series may occur twice."""
    scraped: int = 0
    """Samples that parsed."""
    kept: int = 0
    """Samples that relabelling and validation let through."""


class Source:
    """Writes what one kind of sender sends. Thread-safe; made by `Pipeline.source`."""

    def __init__(
        self, pipeline: Pipeline, project: str, protocol: str, transform: Transform | None, limits: SeriesLimits
    ) -> None:
        self.project = project
        self.protocol = protocol
        self._pipeline = pipeline
        self._transform = transform
        self._limits = limits
        self._wire = Keys(pipeline.clock, MAX_NEW_KEYS_PER_REQUEST)
        # Samples that come as Labels have a table of their own, so that no body can forge one of its keys.
        self._own = Keys(pipeline.clock, intern.MAX_SAMPLES)

    def write(self, body: Body, options: Any, default_timestamp_ms: int | None = None) -> Written:
        """Decode a body by this source's protocol and store it.

        Samples without a timestamp get `default_timestamp_ms`, or now. Raises BadData when nothing of the body can
        be used, TooBusy when the project has sent more than it may, and what `Storage.append` raises.
        """
        return self._counted(
            self._wire_request(self._pipeline.protocol(self.protocol), body, options, default_timestamp_ms)
        )

    def write_exposition(
        self,
        body: Body,
        content_type: str = "",
        default_timestamp_ms: int | None = None,
        *,
        honor_timestamps: bool = True,
        sample_limit: int = 0,
        strict: bool = False,
    ) -> Written:
        """Store Prometheus text or OpenMetrics, as `content_type` says.

        `sample_limit` (0: none) bounds the samples left after relabelling: beyond it nothing is stored and
        LimitExceeded is raised. `strict` raises BadData at the first malformed line and stores nothing, as a scrape
        does. `Written.refs` are those a scraper must end by `write_stale` when they are missing the next time.
        """
        protocol = self._pipeline.protocol("exposition")
        options = protocol.options(content_type=content_type, strict=strict)
        request = self._wire_request(protocol, body, options, default_timestamp_ms)
        request.honor_timestamps = honor_timestamps
        request.sample_limit = sample_limit
        request.is_strict = strict
        return self._counted(request)

    def write_samples(self, labels: Sequence[Labels], timestamps_ms: IntArray | int, values: FloatArray) -> Written:
        """Store N samples of series whose labels are final: no relabelling. One timestamp may stand for all."""
        keys = [one.json for one in labels]
        times = np.broadcast_to(np.asarray(timestamps_ms, dtype=np.int64), (len(keys),))

        def decode() -> Decoded:
            decoded = Decoded.of(self._own.table.lookup(keys))
            decoded.timestamps_ms, decoded.values = times, np.ascontiguousarray(values, dtype=np.float64)
            return decoded

        return self._counted(_Request(self._own, decode, _labels_of_json, None))

    def write_stale(self, refs: IntArray, timestamp_ms: int) -> None:
        """End these series: append a staleness marker to each. Refs the store has forgotten are passed over."""
        if len(refs) == 0:
            return
        times = np.full(len(refs), timestamp_ms, dtype=np.int64)
        self._pipeline.append(self.project, SampleBatch(refs, times, np.full(len(refs), STALE_NAN)), IngestReport())

    def write_metadata(self, metadata: dict[str, MetricMetadata]) -> None:
        """Remember types and help texts by metric family."""
        self._pipeline.put_metadata(self.project, metadata)

    def forget(self) -> None:
        """Empty the tables, as after a change of `transform`'s meaning."""
        self._wire.forget()
        self._own.forget()

    def _wire_request(self, protocol: Protocol, body: Body, options: Any, default_ms: int | None) -> _Request:
        self._pipeline.rates.check(self.project)

        def decode() -> Decoded:
            with self._pipeline.timed("decode"):
                return protocol.decode(body, self._wire.table, options)

        request = _Request(self._wire, decode, protocol.parse_key, self._transform, unit=protocol.unit)
        if protocol.fills_time:
            request.default_ms = self._pipeline.clock.now_ms() if default_ms is None else default_ms
        return request

    def _counted(self, request: _Request) -> Written:
        try:
            return self._store(request)
        except BadData as error:
            request.report.drop(DropReason.MALFORMED, 1, error.message)
            raise
        finally:
            self._pipeline.count(self.protocol, request.report)

    def _store(self, request: _Request) -> Written:
        request.keys.tend(self._pipeline.limits_of(self.project))
        decoded = request.decode()
        self._pipeline.rates.take(self.project, len(decoded.refs))
        report = request.report
        note_problems(decoded, request.unit, report)
        self._pipeline.put_metadata(self.project, decoded.metadata)
        refs = self._resolved(decoded, request)
        times, timed = request.times(decoded.timestamps_ms)
        rows = _kept(refs, times, report)
        if rows is None:
            batch = SampleBatch(refs, times, decoded.values)
        else:
            batch = SampleBatch(refs[rows], times[rows], decoded.values[rows])
        if 0 < request.sample_limit < len(batch):
            message = f"{len(batch)} samples, sample_limit is {request.sample_limit}"
            report.drop(DropReason.SAMPLE_LIMIT, len(batch), message)
            raise LimitExceeded(message, limit="sample_limit", value=request.sample_limit)
        appended = self._pipeline.append(self.project, batch, report)
        if len(appended.unknown):
            batch = self._append_again(request, batch, rows, appended.unknown)
        untimed_refs = batch.refs
        if timed is not None:
            untimed_refs = untimed_refs[~timed if rows is None else ~timed[rows]]
        return Written(report, untimed_refs[untimed_refs >= 0], len(refs), len(batch))

    def _resolved(self, decoded: Decoded, request: _Request) -> IntArray:
        """Refs with the misses of the walk filled in; refused samples keep negative codes and are in the report."""
        refs = decoded.refs
        if refs.min(initial=0) >= 0:
            return refs
        codes = refs[(refs < intern.UNRESOLVED) & (refs > intern.MISSED)]
        for code, count in zip(*np.unique(codes, return_counts=True), strict=True):
            request.report.drop(reason_of(int(code)), int(count))
        if not decoded.keys:
            return refs
        missed = refs <= intern.MISSED
        key_of_sample = np.where(missed, intern.MISSED - refs, 0)
        counts = np.bincount(key_of_sample[missed], minlength=len(decoded.keys))
        new_refs = self._resolve_keys(decoded, request, counts)
        return np.where(missed, new_refs[key_of_sample], refs)

    def _resolve_keys(self, decoded: Decoded, request: _Request, counts: IntArray) -> IntArray:
        labels: list[Labels] = []
        refused: dict[int, tuple[DropReason, str]] = {}
        for index, key in enumerate(decoded.keys):
            try:
                labels.append(request.parse_key(key))
            except BadSeries as bad:
                if request.is_strict:
                    # A scrape's error is shown to more people than its target's.
                    raise BadData(self._pipeline.conceal(self.project, bad.message)) from None
                labels.append(EMPTY)
                refused[index] = (bad.reason, bad.message)
        candidates = Candidates(self.project, labels, request.transform, self._limits, refused)
        refs = self._pipeline.admit(candidates, request.report, counts)
        request.keys.resolve(decoded, refs)
        return refs

    def _append_again(
        self, request: _Request, batch: SampleBatch, rows: IntArray | None, unknown: IntArray
    ) -> SampleBatch:
        """The store has forgotten idle series: learn their refs anew, from the same body, and send those again."""
        request.keys.forget()
        scratch = replace(request, report=IngestReport())
        refs = self._resolved(request.decode(), scratch)
        fresh = (refs if rows is None else refs[rows])[unknown]
        patched = batch.refs.copy()
        patched[unknown] = fresh
        for reason in BY_LIMITS:
            request.report.drop(reason, scratch.report.dropped.get(reason, 0))
        request.report.new_series += scratch.report.new_series
        places = unknown[fresh >= 0]
        again = SampleBatch(patched[places], batch.timestamps_ms[places], batch.values[places])
        if len(self._pipeline.append(self.project, again, request.report).unknown):
            raise Unavailable("the store forgot a series in the moment it was made")
        return SampleBatch(patched, batch.timestamps_ms, batch.values)


class _Request(Struct):
    """One body on its way; `decode` may be asked twice."""

    keys: Keys
    decode: Callable[[], Decoded]
    parse_key: Callable[[bytes], Labels]
    transform: Transform | None
    unit: str = "sample"
    default_ms: int | None = None
    honor_timestamps: bool = True
    sample_limit: int = 0
    is_strict: bool = False
    """A key of no use spoils the whole body."""
    report: IngestReport = field(default_factory=IngestReport)

    def times(self, given: IntArray) -> tuple[IntArray, BoolArray | None]:
        """(timestamps with the default filled in, where the sender gave one; None: nowhere)."""
        if not self.honor_timestamps and self.default_ms is not None:
            return np.full(len(given), self.default_ms, dtype=np.int64), None
        missing = given == intern.NO_TIMESTAMP
        if self.default_ms is None or not missing.any():
            return given, ~missing
        if missing.all():
            return np.full(len(given), self.default_ms, dtype=np.int64), None
        return np.where(missing, self.default_ms, given), ~missing


def _kept(refs: IntArray, times: IntArray, report: IngestReport) -> IntArray | None:
    """Rows with a ref and a sane time; None for all."""
    has_ref = refs >= 0
    sane = (times >= FIRST_MS) & (times <= LAST_MS)
    keep = has_ref & sane
    if keep.all():
        return None
    report.drop(DropReason.BAD_TIMESTAMP, int((has_ref & ~sane).sum()), "no timestamp, or one out of range")
    return np.flatnonzero(keep)


def _labels_of_json(key: bytes) -> Labels:
    return Labels.of(orjson.loads(key))
