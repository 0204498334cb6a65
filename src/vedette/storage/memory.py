"""The in-memory store: dicts and lists, no files, no index. For tests, and the oracle of the storage contract."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace

from vedette.clock import Clock, SystemClock
from vedette.errors import Unavailable
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.grid import Grid
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher, matches_all
from vedette.model.metadata import MetricMetadata
from vedette.model.special import IntArray
from vedette.model.timerange import TimeRange
from vedette.storage.interface import ReadCost, SelectHints, Selection, StorageStats
from vedette.storage.window import UNBOUNDED, AppendWindow

PART_SERIES = 64


@dataclass(slots=True)
class _Series:
    labels: Labels
    samples: dict[int, float] = field(default_factory=dict)
    newest_ms: int | None = None

    def has_samples(self, time_range: TimeRange) -> bool:
        return any(time_range.contains(time_ms) for time_ms in self.samples)

    def items(self, time_range: TimeRange, latest_at_ms: int | None) -> list[tuple[int, float]]:
        found = sorted((time_ms, value) for time_ms, value in self.samples.items() if time_range.contains(time_ms))
        if latest_at_ms is None:
            return found
        return [item for item in found if item[0] <= latest_at_ms][-1:]


@dataclass(slots=True)
class _Project:
    series: list[_Series] = field(default_factory=list)
    refs: dict[Labels, int] = field(default_factory=dict)
    metadata: dict[str, MetricMetadata] = field(default_factory=dict)
    newest_ms: int | None = None

    def find(self, matchers: Sequence[Matcher], time_range: TimeRange) -> list[_Series]:
        return [
            series for series in self.series if matches_all(series.labels, matchers) and series.has_samples(time_range)
        ]


@dataclass(frozen=True, slots=True)
class _MemoryPart:
    series: range
    members: Sequence[_Series]
    time_range: TimeRange
    hints: SelectHints
    cost: ReadCost
    lock: threading.RLock

    def load(self) -> Grid:
        with self.lock:
            found = [series.items(self.time_range, self.hints.latest_at_ms) for series in self.members]
        rows = [
            (
                np.array([time_ms for time_ms, _ in items], dtype=np.int64),
                np.array([value for _, value in items], dtype=np.float64),
            )
            for items in found
        ]
        self.cost.samples += sum(map(len, found))
        return Grid.from_rows([series.labels for series in self.members], rows)


class MemoryStorage:
    """Implements `storage.interface.Storage`; nothing survives the process. Takes samples of any age by default."""

    def __init__(self, clock: Clock | None = None, window: AppendWindow = UNBOUNDED) -> None:
        self._clock = clock or SystemClock()
        self._window = window
        self._projects: dict[str, _Project] = {}
        self._lock = threading.RLock()
        self._closed = False

    def intern(self, project: str, labels: Sequence[Labels]) -> IntArray:
        with self._lock:
            self._check_open()
            home = self._projects.setdefault(project, _Project())
            refs = np.empty(len(labels), dtype=np.int64)
            for index, one in enumerate(labels):
                ref = home.refs.get(one)
                if ref is None:
                    ref = home.refs[one] = len(home.series)
                    home.series.append(_Series(one))
                refs[index] = ref
            return refs

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        with self._lock:
            self._check_open()
            home = self._projects.setdefault(project, _Project())
            lower, upper = self._window.bounds(home.newest_ms, self._clock.now_ms())
            report = AppendReport()
            unknown: list[int] = []
            columns = zip(batch.refs.tolist(), batch.timestamps_ms.tolist(), batch.values.tolist(), strict=True)
            for position, (ref, time_ms, value) in enumerate(columns):
                if not 0 <= ref < len(home.series):
                    unknown.append(position)
                elif time_ms < lower:
                    report.too_old += 1
                elif time_ms > upper:
                    report.too_far_ahead += 1
                else:
                    _store(home, home.series[ref], time_ms, value, report)
            report.unknown = np.array(unknown, dtype=np.int64)
            return report

    def select(
        self, project: str, matchers: Sequence[Matcher], time_range: TimeRange, hints: SelectHints | None = None
    ) -> Selection:
        with self._lock:
            self._check_open()
            found = self._project(project).find(matchers, time_range)
            estimate = sum(len(series.samples) for series in found)
        selection = Selection([series.labels for series in found], [], estimate)
        selection.parts = [
            _MemoryPart(
                range(start, min(start + PART_SERIES, len(found))),
                found[start : start + PART_SERIES],
                time_range,
                hints or SelectHints(),
                selection.cost,
                self._lock,
            )
            for start in range(0, len(found), PART_SERIES)
        ]
        return selection

    def label_names(
        self, project: str, matchers: Sequence[Matcher], time_range: TimeRange, limit: int = 0
    ) -> list[str]:
        with self._lock:
            self._check_open()
            found = self._project(project).find(matchers, time_range)
            names = sorted({name for series in found for name, _ in series.labels})
        return names[: limit or None]

    def label_values(
        self, project: str, name: str, matchers: Sequence[Matcher], time_range: TimeRange, limit: int = 0
    ) -> list[str]:
        with self._lock:
            self._check_open()
            found = self._project(project).find(matchers, time_range)
            values = sorted({series.labels.get(name) for series in found} - {""})
        return values[: limit or None]

    def series(
        self, project: str, matcher_sets: Sequence[Sequence[Matcher]], time_range: TimeRange, limit: int = 0
    ) -> list[Labels]:
        with self._lock:
            self._check_open()
            home = self._project(project)
            found = {series.labels for matchers in matcher_sets for series in home.find(matchers, time_range)}
        return sorted(found)[: limit or None]

    def put_metadata(self, project: str, metadata: Mapping[str, MetricMetadata]) -> None:
        with self._lock:
            self._check_open()
            self._projects.setdefault(project, _Project()).metadata.update(metadata)

    def metadata(self, project: str, metric: str = "") -> dict[str, MetricMetadata]:
        with self._lock:
            self._check_open()
            known = self._project(project).metadata
            if metric:
                return {metric: replace(known[metric])} if metric in known else {}
            return dict(known)

    def delete(self, project: str, matchers: Sequence[Matcher], time_range: TimeRange) -> int:
        with self._lock:
            self._check_open()
            found = self._project(project).find(matchers, time_range)
            for series in found:
                series.samples = {
                    time_ms: value for time_ms, value in series.samples.items() if not time_range.contains(time_ms)
                }
            return len(found)

    def stats(self, project: str, limit: int = 10) -> StorageStats:
        with self._lock:
            self._check_open()
            filled = [series for series in self._project(project).series if series.samples]
            pairs = Counter(f"{name}={value}" for series in filled for name, value in series.labels)
            values = Counter(name for name, _ in {pair for series in filled for pair in series.labels})
            metrics = Counter(series.labels.get(METRIC_NAME) for series in filled)
            return StorageStats(
                series=len(filled),
                samples=sum(len(series.samples) for series in filled),
                label_pairs=len(pairs) if limit else 0,
                min_time_ms=min((min(series.samples) for series in filled), default=0),
                max_time_ms=max((max(series.samples) for series in filled), default=0),
                bytes_on_disk=0,
                series_by_metric=metrics.most_common(limit),
                values_by_label=values.most_common(limit),
                series_by_pair=pairs.most_common(limit),
            )

    def projects(self) -> list[str]:
        with self._lock:
            self._check_open()
            return sorted(name for name, home in self._projects.items() if any(s.samples for s in home.series))

    def close(self) -> None:
        with self._lock:
            self._closed = True

    def _project(self, name: str) -> _Project:
        return self._projects.get(name) or _Project()

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("the store is closed")


def _store(home: _Project, series: _Series, time_ms: int, value: float, report: AppendReport) -> None:
    report.accepted += 1
    if series.newest_ms is not None and time_ms == series.newest_ms:
        report.duplicates += 1
    elif series.newest_ms is not None and time_ms < series.newest_ms:
        report.out_of_order += 1
    else:
        series.newest_ms = time_ms
    home.newest_ms = time_ms if home.newest_ms is None else max(home.newest_ms, time_ms)
    series.samples[time_ms] = value
