"""How large a project may be: the oldest blocks go when its own limit says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.timerange import ALL_TIME
from vedette.tsdb.db import Tsdb
from vedette.tsdb.settings import TsdbSettings

DAY_MS = 86_400_000
NOW_MS = 20_000 * DAY_MS


def fill(store: Tsdb, project: str) -> None:
    """A block of random values for each of the last five days."""
    random = np.random.default_rng(1)
    for day in range(5, 0, -1):
        refs = store.intern(project, [Labels.of(__name__="m", day=str(day))])
        times = NOW_MS - day * DAY_MS + np.arange(2000, dtype=np.int64) * 1000
        store.append(project, SampleBatch(np.repeat(refs, 2000), times, random.random(2000)))
        store.seal(project)


def days(store: Tsdb, project: str) -> list[str]:
    """Of which days there are samples."""
    return sorted(labels.get("day") for labels in store.series(project, [()], ALL_TIME))


def test_a_project_that_is_too_large_loses_its_oldest_blocks_and_no_other_does(tmp_path: Path) -> None:
    """From the next look on after the limit was set, and the newest block stays whatever the limit."""
    limits: dict[str, int] = {}
    settings = TsdbSettings(background=False, retention_ms=0)
    store = Tsdb(tmp_path, settings, FakeClock(NOW_MS), CollectorRegistry(), max_bytes_of=limits.get)
    try:
        for project in ("left", "right"):
            fill(store, project)
        store.maintain()
        assert days(store, "left") == days(store, "right") == ["1", "2", "3", "4", "5"]
        limits["left"] = store.stats("left", 0).bytes_on_disk // 2
        store.maintain()
        kept = days(store, "left")
        assert kept in (["1"], ["1", "2"])
        assert store.stats("left", 0).bytes_on_disk <= limits["left"]
        limits["left"] = 1
        store.maintain()
        assert "1" in days(store, "left")
        assert len(days(store, "right")) == 5
    finally:
        store.close()
