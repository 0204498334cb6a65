"""Refuses samples while there is still room on the disk, so that what is stored can be compacted, deleted and read."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Gauge

from vedette.errors import Unavailable
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.labels import Labels
from vedette.model.special import IntArray
from vedette.storage.interface import Storage
from vedette.storage.tee import Tee

_log = structlog.get_logger(__name__)
_INTERVAL_S = 1.0
# Samples are taken again only when there is this much more room, so that the answer does not flutter.
_RELEASE = 1.1


class DiskGuard:
    """Watches the free space of a folder's disk."""

    def __init__(
        self,
        folder: Path,
        min_free_bytes: int,
        registry: CollectorRegistry,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        """`min_free_bytes` 0 switches the guard off; `free_bytes` is given by tests."""
        self._folder = folder
        self._min_free_bytes = min_free_bytes
        self._free_bytes = free_bytes
        self._is_full = False
        self._stopping = asyncio.Event()
        self._gauge = Gauge("vedette_server_disk_free_bytes", "Free space on the disk of the data.", registry=registry)
        self.look()

    def check(self) -> None:
        """Raise Unavailable when nothing more may be written."""
        if self._is_full:
            raise Unavailable(
                f"less than server.min_free = {self._min_free_bytes} bytes are free on the disk of {self._folder}; "
                "free some space or lower tsdb.retention"
            )

    def look(self) -> None:
        """Measure now; a disk that cannot be measured is left to the store's own errors."""
        try:
            free = self._free_bytes(self._folder)
        except OSError:
            return
        self._gauge.set(free)
        limit = self._min_free_bytes * (_RELEASE if self._is_full else 1)
        if self._is_full != (free < limit):
            self._is_full = not self._is_full
            _log.warning("disk_guard", refuses=self._is_full, free_bytes=free, min_free_bytes=self._min_free_bytes)

    async def run(self) -> None:
        """Measure every second until stopped."""
        while not self._stopping.is_set():
            await asyncio.to_thread(self.look)
            try:
                await asyncio.wait_for(self._stopping.wait(), _INTERVAL_S)
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """End `run`."""
        self._stopping.set()


class GuardedTee(Tee):
    """A tee that takes nothing while the disk is nearly full."""

    def __init__(self, storage: Storage, guard: DiskGuard) -> None:
        super().__init__(storage)
        self._guard = guard

    def intern(self, project: str, labels: Sequence[Labels]) -> IntArray:
        self._guard.check()
        return super().intern(project, labels)

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        self._guard.check()
        return super().append(project, batch)
