"""Power loss: only what was fsynced is certain to be on disk, the bytes behind it are anything."""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from tests.crash import history

from vedette.tsdb.db import Tsdb
from vedette.tsdb.wal import DiskFiles


class Mortal(DiskFiles):
    """Remembers how much of each file is durable, and takes pictures of what a power loss would leave behind."""

    def __init__(self, data: Path, pictures: Path, rng: random.Random) -> None:
        self.data, self.pictures, self.rng = data, pictures, rng
        self.paths: dict[int, Path] = {}
        self.durable: dict[Path, int] = {}
        self.taken: list[tuple[Path, int]] = []
        self.acknowledged = 0

    def create(self, path: Path) -> int:
        descriptor = super().create(path)
        self.paths[descriptor] = path
        self.durable[path] = 0
        return descriptor

    def sync(self, descriptor: int) -> None:
        if len(self.taken) < 25 and self.rng.random() < 0.1:
            self.take_picture()
        super().sync(descriptor)
        self.durable[self.paths[descriptor]] = os.fstat(descriptor).st_size

    def take_picture(self) -> None:
        """The folder as it is, the logs cut somewhere behind their durable part, now and then with rubbish instead."""
        picture = self.pictures / str(len(self.taken))
        shutil.copytree(self.data, picture)
        for path, durable in self.durable.items():
            copy = picture / path.relative_to(self.data)
            if copy.exists():
                size = copy.stat().st_size
                kept = self.rng.randint(durable, size)
                os.truncate(copy, kept)
                if self.rng.random() < 0.5:
                    with copy.open("ab") as file:
                        file.write(self.rng.choice([bytes(size - kept), self.rng.randbytes(size - kept)]))
        self.taken.append((picture, self.acknowledged))


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(2))
def test_power_loss_keeps_what_was_acknowledged(tmp_path: Path, seed: int) -> None:
    """However much of the unsynced bytes survives, every acknowledged step is there and no other but the next."""
    data = tmp_path / "data"
    disk = Mortal(data, tmp_path / "pictures", random.Random(seed))
    settings = replace(history.SETTINGS, background=False)
    store = Tsdb(data, settings, history.clock(), CollectorRegistry(), disk)
    for step in range(160):
        history.play(store, step)
        disk.acknowledged = step + 1
        if step % 40 == 39:
            store.maintain()
    store.close()
    assert len(disk.taken) > 5
    for picture, acknowledged in disk.taken:
        survivor = Tsdb(picture, settings, history.clock(), CollectorRegistry())
        history.check(survivor, acknowledged, acknowledged + 1)
        survivor.close()
