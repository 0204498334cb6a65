"""Stores under the contract: a new implementation joins by one line in STORES."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.model.batch import AppendReport, SampleBatch
from vedette.storage.interface import Storage
from vedette.storage.memory import MemoryStorage
from vedette.storage.window import AppendWindow
from vedette.tsdb.db import Tsdb
from vedette.tsdb.settings import TsdbSettings

NOW_MS = 1_700_000_000_000
WINDOW = AppendWindow(out_of_order_ms=3_600_000, ahead_ms=600_000)


@dataclass
class Bench:
    """A store under test, with the clock it looks at."""

    clock: FakeClock
    open_store: Callable[[], Storage]
    survives: bool
    """Whether what was stored is there after closing and opening again."""
    store: Storage = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.open_store()

    def reopen(self) -> None:
        """Close the store and open it anew."""
        self.store.close()
        self.store = self.open_store()


class SealingTsdb(Tsdb):
    """Makes a block of every batch, so that the contract is asked of blocks and of their merging."""

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        report = super().append(project, batch)
        self.seal(project)
        return report


class HalfSealedTsdb(Tsdb):
    """Makes a block of every other batch: answers come from blocks and head together."""

    batches = 0

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        report = super().append(project, batch)
        self.batches += 1
        if self.batches % 2:
            self.seal(project)
        return report


def _memory(folder: Path, clock: FakeClock) -> Bench:
    return Bench(clock, lambda: MemoryStorage(clock, WINDOW), survives=False)


def _tsdb(kind: type[Tsdb]) -> Callable[[Path, FakeClock], Bench]:
    settings = TsdbSettings(window=WINDOW, background=False)

    def bench(folder: Path, clock: FakeClock) -> Bench:
        return Bench(clock, lambda: kind(folder / "data", settings, clock, CollectorRegistry()), survives=True)

    return bench


STORES: dict[str, Callable[[Path, FakeClock], Bench]] = {
    "memory": _memory,
    "tsdb": _tsdb(Tsdb),
    "tsdb-blocks": _tsdb(SealingTsdb),
    "tsdb-both": _tsdb(HalfSealedTsdb),
}


@pytest.fixture(params=list(STORES))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """An empty store of each implementation."""
    made = STORES[request.param](tmp_path, FakeClock(NOW_MS))
    yield made
    made.store.close()
