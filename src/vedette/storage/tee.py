"""Tee: tells observers of new refs and of every batch after it is durable. All else passes through to the store."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.labels import Labels
from vedette.model.special import IntArray
from vedette.storage.interface import AppendObserver, InternObserver, Storage


class Tee:
    """A store with observers; they learn only of facts in the past and cannot hold them up."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._append_observers: list[AppendObserver] = []
        self._intern_observers: list[InternObserver] = []
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

    def observe(self, on_append: AppendObserver, on_intern: InternObserver) -> None:
        """Add an observer, before the first sample comes in. It is called on the appending thread."""
        self._append_observers.append(on_append)
        self._intern_observers.append(on_intern)

    def intern(self, project: str, labels: Sequence[Labels]) -> IntArray:
        refs = self._storage.intern(project, labels)
        for observer in self._intern_observers:
            observer(project, labels, refs)
        return refs

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        report = self._storage.append(project, batch)
        if report.accepted:
            for observer in self._append_observers:
                observer(project, batch)
        return report
