"""The store keeps its blocks in shape: it merges, uses quiet hours and gives back the space of deleted samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.tsdb.block_meta import BlockMeta, read_meta
from vedette.tsdb.db import Tsdb
from vedette.tsdb.files import StoreFiles
from vedette.tsdb.settings import TsdbSettings

START_MS = 1_699_999_200_000
EVERYTHING = (Matcher("__name__", MatchOp.EQUAL, "m"),)


class Life:
    """A store that is fed and looked after by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock(START_MS)
        self.store = Tsdb(folder, TsdbSettings(background=False), self.clock, CollectorRegistry())
        self.sent = 0

    def send(self, count: int) -> None:
        """One sample a second of five series."""
        refs = self.store.intern("p", [Labels.of(__name__="m", i=str(i)) for i in range(5)])
        for _ in range(count):
            self.clock.advance_ms(1000)
            times = np.full(5, self.clock.now_ms())
            self.store.append("p", SampleBatch(refs, times, np.arange(5) + self.sent / 10))
            self.sent += 5

    def blocks(self) -> list[BlockMeta]:
        return [read_meta(path) for path in sorted(StoreFiles(self.folder).project("p").blocks.iterdir())]

    def held(self) -> int:
        selection = self.store.select("p", EVERYTHING, ALL_TIME)
        return sum(len(part.load().values) for part in selection.parts)


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path / "tsdb")


def test_blocks_are_merged_once_nothing_comes_in(life: Life) -> None:
    """While samples arrive the present range is left alone; when they stop, its blocks become one."""
    for _ in range(3):
        life.send(20)
        life.store.seal("p")
        life.store.maintain()
    assert len(life.blocks()) == 3
    life.store.maintain()
    (merged,) = life.blocks()
    assert (merged.samples, len(merged.sources)) == (300, 3)
    assert life.held() == life.sent
    life.store.close()


def test_space_of_deleted_samples_comes_back(life: Life) -> None:
    """A deletion hides at once; the next rounds rewrite the block without the samples."""
    life.send(100)
    life.store.seal("p")
    life.store.delete("p", EVERYTHING, TimeRange(START_MS, START_MS + 60_000))
    assert life.held() == 200
    assert life.blocks()[0].samples == 500
    life.store.maintain()
    assert life.blocks()[0].samples == 200
    assert life.held() == 200
    life.store.delete("p", EVERYTHING, ALL_TIME)
    life.store.maintain()
    assert life.blocks() == []
    life.store.close()
