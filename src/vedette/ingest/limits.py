"""Cardinality limits: who may add a series, what is in use, and whom to blame."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from vedette.catalog.records import LimitsOf, ProjectLimits, no_limits
from vedette.clock import Clock
from vedette.ingest.report import DropReason
from vedette.ingest.settings import SeriesLimits
from vedette.model.labels import Labels
from vedette.model.special import IntArray
from vedette.storage.interface import Storage

ACTIVE_MINUTES: Final = 60
SWEEP_MINUTES: Final = 5
RECENT_REFUSALS: Final = 100
HOUR_MS: Final = 3_600_000
MINUTE_MS: Final = 60_000


class Refusal(Struct, frozen=True):
    """A series that was refused; repeated refusals of one metric for one reason within a minute are counted."""

    time_ms: int
    reason: DropReason
    metric: str
    labels: str
    count: int


class Bounds(Struct, frozen=True):
    """Limits of cardinality that hold for a project."""

    max_active_series: int
    max_active_series_per_metric: int
    max_new_series_per_hour: int


class Usage(Struct, frozen=True):
    """How much of its limits a project uses; `metrics` are (name, active series), highest first."""

    bounds: Bounds
    active_series: int
    new_series_this_hour: int
    new_series_allowed_this_hour: int
    metrics: Sequence[tuple[str, int]]
    refusals: Sequence[Refusal]


class _Project(Struct):
    """Series are known by the hash of their labels, so that a million of them stay small: two series with one hash
    count as one, which only makes the limit a series wider."""

    hour: int
    on_top: int
    """Series that may be new in this hour beyond the limit."""
    new: int = 0
    swept_minute: int = 0
    hashes: set[int] = field(default_factory=set)
    metric_ids: dict[str, int] = field(default_factory=dict)
    metric_names: list[str] = field(default_factory=list)
    metric_series: list[int] = field(default_factory=list)
    # By ref: the minute of the newest sample (0: not active), the metric, the hash of the labels.
    seen_minute: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    metric: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    hash: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    refusals: deque[Refusal] = field(default_factory=lambda: deque(maxlen=RECENT_REFUSALS))

    def metric_id(self, name: str) -> int:
        found = self.metric_ids.get(name)
        if found is None:
            found = self.metric_ids[name] = len(self.metric_names)
            self.metric_names.append(name)
            self.metric_series.append(0)
        return found

    def grow(self, length: int) -> None:
        if length <= len(self.seen_minute):
            return
        room = max(1024, length + length // 2) - len(self.seen_minute)
        self.seen_minute = np.concatenate([self.seen_minute, np.zeros(room, dtype=np.int32)])
        self.metric = np.concatenate([self.metric, np.zeros(room, dtype=np.int32)])
        self.hash = np.concatenate([self.hash, np.zeros(room, dtype=np.int64)])


class SeriesLimiter:
    """Counts active series in memory; thread-safe. A series is active for an hour after its newest sample arrived."""

    def __init__(self, settings: SeriesLimits, clock: Clock, storage: Storage, limits_of: LimitsOf = no_limits) -> None:
        self._of_server = Bounds(
            settings.max_active_series, settings.max_active_series_per_metric, settings.max_new_series_per_hour
        )
        self._limits_of = limits_of
        self._clock = clock
        self._storage = storage
        self._projects: dict[str, _Project] = {}
        self._lock = threading.Lock()

    def bounds(self, project: str) -> Bounds:
        """What holds now."""
        own = self._limits_of(project)
        return self._of_server if own is None else _bounds_of(own, self._of_server)

    def admit(self, project: str, labels: Sequence[Labels]) -> tuple[list[DropReason | None], int]:
        """For each series None when it may be stored, which counts it, else why not; and how many are new."""
        home, bounds = self._home(project), self.bounds(project)
        with self._lock:
            self._turn_hour(home)
            before = home.new
            return [self._admit_one(home, bounds, one) for one in labels], home.new - before

    def _admit_one(self, home: _Project, bounds: Bounds, labels: Labels) -> DropReason | None:
        key = hash(labels)
        if key in home.hashes:
            return None
        name = labels.name
        metric = home.metric_ids.get(name)
        reason = None
        if len(home.hashes) >= bounds.max_active_series:
            reason = DropReason.SERIES_LIMIT
        elif metric is not None and home.metric_series[metric] >= bounds.max_active_series_per_metric:
            reason = DropReason.METRIC_SERIES_LIMIT
        elif home.new >= bounds.max_new_series_per_hour + home.on_top:
            reason = DropReason.NEW_SERIES_RATE
        if reason is not None:
            self._refuse(home, reason, name, labels)
            return reason
        home.hashes.add(key)
        home.metric_series[home.metric_id(name)] += 1
        home.new += 1
        return None

    def register(self, project: str, labels: Sequence[Labels], refs: IntArray) -> None:
        """Tie admitted series to their refs; a negative ref gives the place back."""
        home = self._home(project)
        minute = self._minute()
        with self._lock:
            home.grow(int(refs.max(initial=-1)) + 1)
            keys = np.array([hash(one) for one in labels], dtype=np.int64)
            metrics = np.array([home.metric_id(one.name) for one in labels], dtype=np.int32)
            made = refs >= 0
            if not made.all():
                self._release(home, keys[~made].tolist(), metrics[~made].tolist())
                refs, keys, metrics = refs[made], keys[made], metrics[made]
            home.seen_minute[refs] = minute
            home.metric[refs] = metrics
            home.hash[refs] = keys

    def touch(self, project: str, refs: IntArray) -> None:
        """Note that these refs (int64, all from `register`) have new samples."""
        if len(refs) == 0:
            return
        home = self._home(project)
        minute = self._minute()
        with self._lock:
            home.grow(int(refs.max()) + 1)
            if not home.seen_minute[refs].all():
                self._revive(home, refs)
            home.seen_minute[refs] = minute
            if minute - home.swept_minute >= SWEEP_MINUTES:
                self._sweep(home, minute)

    def usage(self, project: str, limit: int = 10) -> Usage:
        """What a project uses now."""
        home, bounds = self._home(project), self.bounds(project)
        with self._lock:
            self._turn_hour(home)
            self._sweep(home, self._minute())
            ranking = sorted(
                zip(home.metric_series, home.metric_names, strict=True), key=lambda pair: (-pair[0], pair[1])
            )
            return Usage(
                bounds,
                len(home.hashes),
                home.new,
                bounds.max_new_series_per_hour + home.on_top,
                [(name, count) for count, name in ranking[:limit] if count],
                list(reversed(home.refusals)),
            )

    def active_series(self) -> dict[str, int]:
        """Active series by project."""
        with self._lock:
            return {name: len(home.hashes) for name, home in self._projects.items()}

    def _home(self, project: str) -> _Project:
        home = self._projects.get(project)
        if home is not None:
            return home
        # What the store already holds is no new series when its senders are heard again after a restart.
        known = self._storage.stats(project, 0).series
        hour = self._clock.now_ms() // HOUR_MS
        fresh = _Project(hour, known, swept_minute=self._minute())
        with self._lock:
            return self._projects.setdefault(project, fresh)

    def _minute(self) -> int:
        # The monotonic clock: a jump of the wall clock must not end all series. Plus one, as 0 means 'not active'.
        return int(self._clock.monotonic_s() // 60) + 1

    def _turn_hour(self, home: _Project) -> None:
        hour = self._clock.now_ms() // HOUR_MS
        if hour != home.hour:
            home.hour, home.new, home.on_top = hour, 0, 0

    def _refuse(self, home: _Project, reason: DropReason, metric: str, labels: Labels) -> None:
        now_ms = self._clock.now_ms()
        for index in range(len(home.refusals) - 1, max(-1, len(home.refusals) - 9), -1):
            last = home.refusals[index]
            if last.reason is reason and last.metric == metric and now_ms - last.time_ms < MINUTE_MS:
                home.refusals[index] = Refusal(last.time_ms, reason, metric, last.labels, last.count + 1)
                return
        home.refusals.append(Refusal(now_ms, reason, metric, str(labels)[:1000], 1))

    def _revive(self, home: _Project, refs: IntArray) -> None:
        """Series that were idle and come back by a ref that a source still knows."""
        for ref in np.unique(refs[home.seen_minute[refs] == 0]).tolist():
            key = int(home.hash[ref])
            if key not in home.hashes:
                home.hashes.add(key)
                if home.metric_names:
                    home.metric_series[int(home.metric[ref])] += 1

    def _sweep(self, home: _Project, minute: int) -> None:
        home.swept_minute = minute
        idle = np.flatnonzero((home.seen_minute > 0) & (home.seen_minute < minute - ACTIVE_MINUTES))
        if len(idle):
            home.seen_minute[idle] = 0
            self._release(home, home.hash[idle].tolist(), home.metric[idle].tolist())

    @staticmethod
    def _release(home: _Project, keys: Sequence[int], metrics: Sequence[int]) -> None:
        for key, metric in zip(keys, metrics, strict=True):
            if key in home.hashes:
                home.hashes.discard(key)
                home.metric_series[metric] -= 1


def _bounds_of(own: ProjectLimits, of_server: Bounds) -> Bounds:
    return Bounds(
        of_server.max_active_series if own.max_active_series is None else own.max_active_series,
        of_server.max_active_series_per_metric
        if own.max_active_series_per_metric is None
        else own.max_active_series_per_metric,
        of_server.max_new_series_per_hour if own.max_new_series_per_hour is None else own.max_new_series_per_hour,
    )
