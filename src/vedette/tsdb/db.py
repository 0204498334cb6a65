"""The embedded store: one folder, one process, one ProjectStore for each project; implements storage.interface."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from prometheus_client import CollectorRegistry

from vedette.clock import Clock
from vedette.errors import NotFound, Unavailable, VedetteError
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher
from vedette.model.metadata import MetricMetadata
from vedette.model.special import IntArray
from vedette.model.timerange import TimeRange
from vedette.storage.interface import SelectHints, Selection, StorageStats
from vedette.tsdb.columns import Columns
from vedette.tsdb.counters import TsdbCounters
from vedette.tsdb.files import StoreFiles, parse_project_folder, sync_folder
from vedette.tsdb.lock import FolderLock
from vedette.tsdb.project_store import ProjectStore
from vedette.tsdb.root_files import prepare_root
from vedette.tsdb.settings import TsdbSettings
from vedette.tsdb.snapshot import snapshot
from vedette.tsdb.wal import DiskFiles, unavailable

_log = logging.getLogger(__name__)
_EMPTY_STATS: Final = StorageStats(0, 0, 0, 0, 0, 0, (), (), ())


class Tsdb:
    """Implements `storage.interface.Storage`. Background work runs in a thread of its own."""

    def __init__(
        self,
        directory: Path,
        settings: TsdbSettings,
        clock: Clock,
        registry: CollectorRegistry,
        disk: DiskFiles | None = None,
        max_bytes_of: Callable[[str], int | None] = lambda _project: None,
    ) -> None:
        """Open or create the folder, with every project in it. `max_bytes_of` says how large a project may be, where
        that is not what the settings say.

        Raises Conflict when another process has it open, Corruption when it is of a newer version, Unavailable when
        it cannot be read or written.
        """
        self.files = StoreFiles(directory)
        self._settings = settings
        self._clock = clock
        self._counters = TsdbCounters(registry)
        self._disk = disk or DiskFiles()
        self._max_bytes_of = max_bytes_of
        self._stores: dict[str, ProjectStore] = {}
        self._opening = threading.Lock()
        self._closed = False
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        try:
            self.files.projects.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unavailable(f"data folder {directory} cannot be created", error) from error
        self._lock = FolderLock(self.files.lock)
        try:
            self._open_all()
        except OSError as error:
            self._release()
            raise unavailable(f"data folder {directory} cannot be opened", error) from error
        except BaseException:
            self._release()
            raise
        self._start()

    @property
    def problems(self) -> list[str]:
        """Damage that was found and worked around, in words."""
        return [problem for store in self._all() for problem in store.problems]

    def intern(self, project: str, labels: Sequence[Labels]) -> IntArray:
        return self._store(project).intern(labels)

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        store = self._known(project)
        if store is None:
            return AppendReport(unknown=np.arange(len(batch), dtype=np.int64))
        return store.append(batch)

    def select(
        self, project: str, matchers: Sequence[Matcher], time_range: TimeRange, hints: SelectHints | None = None
    ) -> Selection:
        store = self._known(project)
        return Selection([], []) if store is None else store.select(matchers, time_range, hints)

    def label_names(
        self, project: str, matchers: Sequence[Matcher], time_range: TimeRange, limit: int = 0
    ) -> list[str]:
        store = self._known(project)
        return [] if store is None else store.label_names(matchers, time_range, limit)

    def label_values(
        self, project: str, name: str, matchers: Sequence[Matcher], time_range: TimeRange, limit: int = 0
    ) -> list[str]:
        store = self._known(project)
        return [] if store is None else store.label_values(name, matchers, time_range, limit)

    def series(
        self, project: str, matcher_sets: Sequence[Sequence[Matcher]], time_range: TimeRange, limit: int = 0
    ) -> list[Labels]:
        store = self._known(project)
        return [] if store is None else store.series(matcher_sets, time_range, limit)

    def put_metadata(self, project: str, metadata: Mapping[str, MetricMetadata]) -> None:
        self._store(project).put_metadata(metadata)

    def metadata(self, project: str, metric: str = "") -> dict[str, MetricMetadata]:
        store = self._known(project)
        return {} if store is None else store.metadata(metric)

    def delete(self, project: str, matchers: Sequence[Matcher], time_range: TimeRange) -> int:
        store = self._known(project)
        return 0 if store is None else store.delete(matchers, time_range)

    def stats(self, project: str, limit: int = 10) -> StorageStats:
        store = self._known(project)
        return _EMPTY_STATS if store is None else store.stats(limit)

    def projects(self) -> list[str]:
        self._check_open()
        return sorted(store.name for store in self._all() if store.has_data())

    def import_block(self, project: str, batches: Iterable[tuple[Sequence[Labels], Columns]]) -> int:
        """Back-fill samples of any age; see ProjectStore.import_block."""
        return self._store(project).import_block(batches)

    def seal(self, project: str) -> None:
        """Write what is in memory to a block now."""
        store = self._known(project)
        if store is not None:
            store.seal()

    def snapshot(self, target: Path, project: str | None = None) -> None:
        """Back up all projects, or one, while everything goes on; see tsdb.snapshot."""
        self._check_open()
        store = None if project is None else self._known(project)
        if project is not None and store is None:
            raise NotFound(f"there is no project {project!r}")
        snapshot(self.files, self._all() if store is None else [store], target)

    def clean(self) -> int:
        """Give back the space of all deleted samples now; how many blocks were written anew. Raises Unavailable."""
        self._check_open()
        cleaned = 0
        for store in self._all():
            known = len(store.problems)
            cleaned += store.clean(self._stop.is_set)
            _log_problems(store, known)
        return cleaned

    def maintain(self) -> None:
        """Do all background work that is due. Failures are counted, logged and tried again in the next round."""
        self._seal_due()
        self._tidy_blocks()

    def _seal_due(self) -> None:
        for store in self._all():
            self._attempt(store, "forget", store.forget_idle)
            if store.needs_seal():
                self._attempt(store, "seal", store.seal)
            store.report_gauges()

    def _tidy_blocks(self) -> None:
        for store in self._all():
            self._attempt(store, "retention", self._retain(store))
            while not self._stop.is_set() and self._attempt(store, "compaction", self._compact(store)):
                pass

    def _retain(self, store: ProjectStore) -> Callable[[], int]:
        return lambda: store.retain(self._max_bytes_of(store.name))

    def _compact(self, store: ProjectStore) -> Callable[[], bool]:
        return lambda: store.compact(self._stop.is_set)

    def close(self) -> None:
        with self._opening:
            if self._closed:
                return
            self._closed = True
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._release()

    def _attempt(self, store: ProjectStore, work: str, task: Callable[[], object]) -> bool:
        """Whether the task did something."""
        known = len(store.problems)
        try:
            done = bool(task())
        except VedetteError as error:
            self._counters.errors.labels(work).inc()
            _log.warning("project %s: %s failed, will be tried again: %s", store.name, work, error.message)
            return False
        _log_problems(store, known)
        return done

    def _open_all(self) -> None:
        self._key = prepare_root(self.files)
        for folder in sorted(self.files.projects.iterdir()):
            project = parse_project_folder(folder.name)
            if project is not None:
                self._open(project)

    def _store(self, project: str) -> ProjectStore:
        store = self._known(project)
        if store is None:
            with self._opening:
                self._check_open()
                store = self._stores.get(project)
                if store is None:
                    store = self._open(project)
        return store

    def _known(self, project: str) -> ProjectStore | None:
        self._check_open()
        return self._stores.get(project)

    def _all(self) -> list[ProjectStore]:
        return list(self._stores.values())

    def _open(self, project: str) -> ProjectStore:
        files = self.files.project(project)
        created = not files.root.exists()
        try:
            store = ProjectStore(project, files, self._key, self._settings, self._clock, self._counters, self._disk)
            if created:
                sync_folder(self.files.projects)
        except OSError as error:
            raise unavailable(f"project {project} cannot be opened", error) from error
        _log_problems(store, 0)
        self._stores = {**self._stores, project: store}
        return store

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("the store is closed")

    def _start(self) -> None:
        if self._settings.background:
            interval_s = self._settings.maintenance_interval_ms / 1000
            self._run("tsdb-seal", interval_s, self._seal_due)
            self._run("tsdb-blocks", interval_s, self._tidy_blocks)
        if self._settings.durability == "interval":
            self._run("tsdb-sync", self._settings.sync_interval_ms / 1000, self._sync_all)

    def _run(self, name: str, interval_s: float, task: Callable[[], None]) -> None:
        def loop() -> None:
            while not self._stop.wait(interval_s):
                try:
                    task()
                except Exception:  # noqa: BLE001 - the thread has to outlive whatever goes wrong in one round
                    self._counters.errors.labels(name).inc()
                    _log.exception("%s failed, will be tried again", name)

        thread = threading.Thread(target=loop, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _sync_all(self) -> None:
        for store in self._all():
            try:
                store.sync()
            except VedetteError as error:
                self._counters.errors.labels("sync").inc()
                _log.warning("project %s: %s", store.name, error.message)

    def _release(self) -> None:
        for store in self._all():
            store.close()
        self._lock.release()


def _log_problems(store: ProjectStore, known: int) -> None:
    """Tell of damage behind the first `known` entries."""
    for problem in store.problems[known:]:
        _log.error("project %s: %s", store.name, problem)
