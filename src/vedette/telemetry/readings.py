"""Readings: values measured at one moment by name and labels, and the bookkeeping that turns them into columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.metadata import MetricMetadata, MetricType
from vedette.model.special import STALE_NAN, FloatArray

LabelPairs = tuple[tuple[str, str], ...]
Key = tuple[str, LabelPairs]


class ReadingsSink(Protocol):
    """Where a moment's values go: a `Source` of the ingest room."""

    def write_samples(self, labels: Sequence[Labels], timestamps_ms: int, values: FloatArray, /) -> object:
        """One sample for each label set, all at one timestamp."""
        ...

    def write_metadata(self, metadata: dict[str, MetricMetadata], /) -> None:
        """Type and help by metric name."""
        ...


class Readings:
    """Values of one moment. Label pairs are given in any order but always the same one for a metric."""

    __slots__ = ("metadata", "values")

    def __init__(self, metadata: dict[str, MetricMetadata] | None = None) -> None:
        """`metadata` may be shared by the readings of many moments, so that each metric is described once."""
        self.values: dict[Key, float] = {}
        self.metadata: dict[str, MetricMetadata] = {} if metadata is None else metadata

    def gauge(self, name: str, text: str, value: float, labels: LabelPairs = ()) -> None:
        """A value that goes up and down."""
        self._put("gauge", name, text, value, labels)

    def counter(self, name: str, text: str, value: float, labels: LabelPairs = ()) -> None:
        """A value that only grows until its source restarts."""
        self._put("counter", name, text, value, labels)

    def _put(self, kind: MetricType, name: str, text: str, value: float, labels: LabelPairs) -> None:
        if name not in self.metadata:
            self.metadata[name] = MetricMetadata(kind, text)
        self.values[name, labels] = value


class ReadingsWriter:
    """Writes readings through a sink: labels are built once a series, series that are gone get a staleness marker."""

    def __init__(self, sink: ReadingsSink, constant: LabelPairs) -> None:
        """`constant` labels are added to every series and lose against a reading's own."""
        self._sink = sink
        self._constant = constant
        self._labels: dict[Key, Labels] = {}
        self._groups: dict[str, set[Key]] = {}
        self._described: dict[str, MetricMetadata] = {}

    def write(self, timestamp_ms: int, groups: dict[str, Readings]) -> object:
        """Write groups of readings at one moment; a group not mentioned keeps its series. Returns the sink's report."""
        labels: list[Labels] = []
        values: list[float] = []
        fresh: dict[str, MetricMetadata] = {}
        for group, readings in groups.items():
            for key, value in readings.values.items():
                labels.append(self._labels.get(key) or self._intern(key))
                values.append(value)
            gone = self._groups.get(group, set()) - readings.values.keys()
            for key in gone:
                labels.append(self._labels.pop(key))
                values.append(STALE_NAN)
            self._groups[group] = set(readings.values)
            fresh.update((name, meta) for name, meta in readings.metadata.items() if name not in self._described)
        if fresh:
            self._described.update(fresh)
            self._sink.write_metadata(fresh)
        return self._sink.write_samples(labels, timestamp_ms, np.array(values, dtype=np.float64))

    def _intern(self, key: Key) -> Labels:
        name, pairs = key
        labels = Labels.of({**dict(self._constant), **dict(pairs), METRIC_NAME: name})
        self._labels[key] = labels
        return labels
