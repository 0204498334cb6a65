"""The storage port. It speaks only model types; tests/contract runs over every implementation.

All methods are synchronous and thread-safe; times are inclusive; a project is the tenancy boundary and an unknown
project is simply empty. Nothing handed out may be written to by the receiver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct, field

from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.grid import Grid
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher
from vedette.model.metadata import MetricMetadata
from vedette.model.special import IntArray
from vedette.model.timerange import TimeRange

DEFAULT_PROJECT = "default"


class SelectHints(Struct, frozen=True):
    """What the caller will do with the samples; a store may ignore all of it."""

    step_ms: int = 0
    range_ms: int = 0
    function: str = ""
    latest_at_ms: int | None = None
    """Only the newest sample at or before this moment matters (an instant selector asked at one moment): the store
    may return just that sample of each series, if it lies in the time range. Staleness markers count as samples."""


class ReadCost(Struct):
    """Filled in by parts while they load; approximate under concurrency is fine."""

    samples: int = 0
    bytes: int = 0
    chunks: int = 0


class Part(Protocol):
    """A few dozen to a few hundred series of a selection, not yet read."""

    @property
    def series(self) -> range:
        """Which of the selection's series this part holds."""
        ...

    def load(self) -> Grid:
        """Read and decode; callable from any thread, once. Rows are `selection.labels[part.series]` in that order;
        a series without samples in the range has an empty row. Overlapping sources are merged, last write wins,
        deleted ranges are cut out. Damaged chunks are skipped and appear in `Selection.warnings`."""
        ...


class Selection(Struct):
    """What a selector found: labels at once, samples part by part, so that memory follows the output.

    Labels are distinct, in no particular order. `parts` cover the series exactly, in order.
    """

    labels: Sequence[Labels]
    parts: Sequence[Part]
    samples_estimate: int = 0
    """Upper estimate of the samples that loading all parts decodes; for limits and scheduling."""
    cost: ReadCost = field(default_factory=ReadCost)
    warnings: list[str] = field(default_factory=list)


class StorageStats(Struct, frozen=True):
    """Figures of one project. Rankings are (name, count), highest first, at most `limit` long."""

    series: int
    samples: int
    """Stored samples, approximate while compaction runs."""
    label_pairs: int
    min_time_ms: int
    max_time_ms: int
    bytes_on_disk: int
    series_by_metric: Sequence[tuple[str, int]]
    values_by_label: Sequence[tuple[str, int]]
    series_by_pair: Sequence[tuple[str, int]]


class Storage(Protocol):
    """A place where samples are kept."""

    def intern(self, project: str, labels: Sequence[Labels]) -> IntArray:
        """Refs (int64, >= 0) for these series, creating those that are new; -1 where the store cannot take one.

        A ref stays valid until the store forgets the idle series; `append` then reports it as unknown. Refs are
        never reused within a process. Labels must be valid (non-empty, unique sorted names).
        """
        ...

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        """Store samples; returns when they are as durable as the store's mode promises. Atomic per batch in the log.

        Raises Unavailable when nothing can be written now (disk full, read-only, closing), LimitExceeded subclasses
        under pressure; then nothing of the batch is stored.
        """
        ...

    def select(
        self, project: str, matchers: Sequence[Matcher], time_range: TimeRange, hints: SelectHints | None = None
    ) -> Selection:
        """Series that fulfil all matchers and may have samples in the range."""
        ...

    def label_names(
        self, project: str, matchers: Sequence[Matcher], time_range: TimeRange, limit: int = 0
    ) -> list[str]:
        """Sorted names of labels in use; `limit` 0 means all."""
        ...

    def label_values(
        self, project: str, name: str, matchers: Sequence[Matcher], time_range: TimeRange, limit: int = 0
    ) -> list[str]:
        """Sorted values of one label."""
        ...

    def series(
        self, project: str, matcher_sets: Sequence[Sequence[Matcher]], time_range: TimeRange, limit: int = 0
    ) -> list[Labels]:
        """Label sets that fulfil any of the matcher sets."""
        ...

    def put_metadata(self, project: str, metadata: Mapping[str, MetricMetadata]) -> None:
        """Remember metadata by metric family name; the last word wins. Survives a restart."""
        ...

    def metadata(self, project: str, metric: str = "") -> dict[str, MetricMetadata]:
        """Metadata of one metric, or of all."""
        ...

    def delete(self, project: str, matchers: Sequence[Matcher], time_range: TimeRange) -> int:
        """Hide the samples at once and for good (space is given back later); the number of series touched."""
        ...

    def stats(self, project: str, limit: int = 10) -> StorageStats:
        """Sizes and rankings. With limit 0 no labels are read, which is quick: `label_pairs` is 0 then, and series
        whose samples were all deleted may still count.
        """
        ...

    def projects(self) -> list[str]:
        """Projects that have data."""
        ...

    def close(self) -> None:
        """Make everything durable and release files; further calls raise Unavailable."""
        ...


AppendObserver = Callable[[str, SampleBatch], None]
"""Called after a durable append with (project, batch); must be quick and must not raise."""

InternObserver = Callable[[str, Sequence[Labels], IntArray], None]
"""Called after `intern` with (project, labels, refs); the same series may be told several times."""
