"""The pipeline: named steps that every new series and every batch passes; each drop has a reason and is counted."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import numpy as np
from prometheus_client import CollectorRegistry

from vedette.catalog.records import LimitsOf, no_limits
from vedette.clock import Clock
from vedette.ingest.counters import ActiveSeries, Counters
from vedette.ingest.limits import SeriesLimiter, Usage
from vedette.ingest.metadata import MetadataGate
from vedette.ingest.protocol import Protocol, find_protocols
from vedette.ingest.report import DropReason, IngestReport
from vedette.ingest.sample_rates import SampleRates
from vedette.ingest.settings import IngestSettings, SeriesLimits
from vedette.ingest.source import Source
from vedette.ingest.steps import Candidates, Privacy, Transform, code_of, relabel, validate
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.metadata import MetricMetadata
from vedette.model.special import IntArray
from vedette.storage.interface import Storage

Step = Callable[[Candidates], None]


class Pipeline:
    """Takes series and batches from sources to the store; thread-safe."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        settings: IngestSettings,
        registry: CollectorRegistry,
        privacy: Privacy | None = None,
        limits_of: LimitsOf = no_limits,
    ) -> None:
        """`limits_of` tells what a project may use, where that is not what the settings say."""
        self.storage = storage
        self.clock = clock
        self.settings = settings
        self.limits_of = limits_of
        self.limiter = SeriesLimiter(settings.series, clock, storage, limits_of)
        self.rates = SampleRates(clock, limits_of)
        self.protocols = find_protocols()
        self._privacy = privacy
        self._metadata = MetadataGate(storage, privacy.describe if privacy else None)
        self._steps: tuple[tuple[str, Step], ...] = (
            ("relabel", relabel),
            ("validate", validate),
            *([("privacy", privacy)] if privacy else []),
            ("limit", self._limit),
        )
        self._sources: weakref.WeakSet[Source] = weakref.WeakSet()
        self._push_sources: dict[tuple[str, str], Source] = {}
        self._lock = threading.Lock()
        self._counters = Counters(registry)
        registry.register(ActiveSeries(self.limiter))

    def source(
        self, project: str, protocol: str, transform: Transform | None = None, limits: SeriesLimits | None = None
    ) -> Source:
        """A new source with its own intern table, for one sender or one kind of senders.

        `protocol` names a wire protocol, or a producer within the process that only uses `write_samples`.
        `limits` replaces the label limits of the settings (not those of cardinality).
        """
        made = Source(self, project, protocol, transform, limits or self.settings.series)
        with self._lock:
            self._sources.add(made)
        return made

    def push_source(self, project: str, protocol: str) -> Source:
        """The source that all pushes of a project by one protocol share."""
        key = (project, protocol)
        with self._lock:
            found = self._push_sources.get(key)
        if found is None:
            made = self.source(project, protocol)
            with self._lock:
                found = self._push_sources.setdefault(key, made)
        return found

    def forget(self, project: str) -> None:
        """Let every series of a project pass the steps anew, as after a change of what a step decides."""
        with self._lock:
            sources = [source for source in self._sources if source.project == project]
        self._metadata.forget(project)
        for source in sources:
            source.forget()

    def protocol(self, name: str) -> Protocol:
        """A wire protocol by name."""
        return self.protocols[name]

    def admit(self, candidates: Candidates, report: IngestReport, counts: IntArray) -> IntArray:
        """Run the steps over new series and intern what is left: refs, or -(2 + index of the reason).

        `counts` int64[len(labels)] says how many samples of this request hang on each series.
        """
        for name, step in self._steps:
            with self._counters.timed(name):
                step(candidates)
        report.new_series += candidates.new
        refs = np.empty(len(candidates.labels), dtype=np.int64)
        for index, (reason, message) in candidates.refused.items():
            refs[index] = code_of(reason)
            if counts[index]:
                report.drop(reason, int(counts[index]), message)
        admitted = candidates.open()
        if not admitted:
            return refs
        labels = [candidates.labels[index] for index in admitted]
        interned = self.storage.intern(candidates.project, labels)
        self.limiter.register(candidates.project, labels, interned)
        refs[admitted] = np.where(interned >= 0, interned, code_of(DropReason.SERIES_LIMIT))
        refused_by_store = counts[admitted][interned < 0].sum()
        report.drop(DropReason.SERIES_LIMIT, int(refused_by_store), "the store takes no more series")
        return refs

    def append(self, project: str, batch: SampleBatch, report: IngestReport) -> AppendReport:
        """Store a batch whose refs are all >= 0 and enter what became of it into the report."""
        with self._counters.timed("append"):
            if len(batch) == 0:
                return AppendReport()
            appended = self.storage.append(project, batch)
            self.limiter.touch(project, batch.refs)
        report.accepted += appended.accepted
        report.out_of_order += appended.out_of_order
        report.duplicates += appended.duplicates
        report.drop(DropReason.TOO_OLD, appended.too_old, "older than the out-of-order window")
        report.drop(DropReason.TOO_FAR_AHEAD, appended.too_far_ahead, "the timestamp is too far in the future")
        return appended

    def timed(self, step: str) -> AbstractContextManager[None]:
        """Add the time of a block to a step's counter."""
        return self._counters.timed(step)

    def count(self, protocol: str, report: IngestReport) -> None:
        """Add a finished request to the counters."""
        self._counters.request(protocol, report)

    def put_metadata(self, project: str, metadata: Mapping[str, MetricMetadata]) -> None:
        """Store metadata by metric family, as far as it is news to the store."""
        left_out = self._metadata.put(project, metadata)
        if left_out:
            self._counters.metadata_left_out(left_out)

    def conceal(self, project: str, text: str) -> str:
        """A text about a series that has not passed the steps, without what must not be stored."""
        return text if self._privacy is None else self._privacy.conceal(project, text)

    def usage(self, project: str, limit: int = 10) -> Usage:
        """Active series against their limits."""
        return self.limiter.usage(project, limit)

    def _limit(self, candidates: Candidates) -> None:
        places = candidates.open()
        verdicts, candidates.new = self.limiter.admit(
            candidates.project, [candidates.labels[index] for index in places]
        )
        for index, reason in zip(places, verdicts, strict=True):
            if reason is not None:
                words = self._limit_text(candidates.project, reason)
                candidates.refused[index] = (reason, f"{words}: {candidates.labels[index]}")

    def _limit_text(self, project: str, reason: DropReason) -> str:
        limits = self.limiter.bounds(project)
        match reason:
            case DropReason.METRIC_SERIES_LIMIT:
                return f"the metric has max_active_series_per_metric = {limits.max_active_series_per_metric} series"
            case DropReason.NEW_SERIES_RATE:
                return f"max_new_series_per_hour = {limits.max_new_series_per_hour} is reached"
            case _:
                return f"the project has max_active_series = {limits.max_active_series} series"
