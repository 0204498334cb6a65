"""The disk guard: samples are refused before the disk is full and taken again when there is room."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from vedette.errors import Unavailable
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.timerange import ALL_TIME
from vedette.server.disk_guard import DiskGuard, GuardedTee
from vedette.storage.memory import MemoryStorage


def test_refuses_early_and_recovers_without_fluttering(tmp_path: Path) -> None:
    """Below the limit nothing is taken; just above it still nothing; with a tenth more room samples are taken again."""
    free = [2000]
    guard = DiskGuard(tmp_path, 1000, CollectorRegistry(), lambda _: free[0])
    storage = GuardedTee(MemoryStorage(), guard)
    labels = [Labels.of({"__name__": "m"})]
    refs = storage.intern("p", labels)
    batch = SampleBatch(refs, np.array([1]), np.array([1.0]))
    assert storage.append("p", batch).accepted == 1
    for now_free, refused in ((999, True), (1050, True), (1101, False), (1050, False)):
        free[0] = now_free
        guard.look()
        if refused:
            with pytest.raises(Unavailable, match=r"server\.min_free"):
                storage.append("p", batch)
            with pytest.raises(Unavailable):
                storage.intern("p", labels)
        else:
            storage.append("p", batch)
    assert len(storage.select("p", [], ALL_TIME).labels) == 1


def test_zero_switches_the_guard_off(tmp_path: Path) -> None:
    """Without a limit a full disk is the store's own affair."""
    guard = DiskGuard(tmp_path, 0, CollectorRegistry(), lambda _: 0)
    guard.check()


def test_a_disk_that_cannot_be_measured_is_not_full(tmp_path: Path) -> None:
    """An error of the measurement does not refuse samples."""

    def fail(_: Path) -> int:
        raise OSError("no such device")

    DiskGuard(tmp_path, 1000, CollectorRegistry(), fail).check()
