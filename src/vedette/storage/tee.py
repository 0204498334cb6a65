"""Tee: tells observers of every batch after it is durable. Everything else passes through to the store."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.model.batch import AppendReport, SampleBatch
from vedette.storage.interface import AppendObserver, Storage


class Tee:
    """Wraps `append` of a store; observers learn only of facts in the past."""

    def __init__(self, storage: Storage, observers: Sequence[AppendObserver] = ()) -> None:
        self._storage = storage
        self._observers = list(observers)
        self.intern = storage.intern
        self.select = storage.select
        self.label_names = storage.label_names
        self.label_values = storage.label_values
        self.series = storage.series
        self.put_metadata = storage.put_metadata
        self.metadata = storage.metadata
        self.delete = storage.delete
        self.stats = storage.stats
        self.projects = storage.projects
        self.close = storage.close

    def observe(self, observer: AppendObserver) -> None:
        """Add an observer; those present see batches in the order of their completion."""
        self._observers.append(observer)

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        report = self._storage.append(project, batch)
        if report.accepted:
            for observer in self._observers:
                observer(project, batch)
        return report
