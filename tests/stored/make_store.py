"""Makes `store_v1`, a whole data folder that every later version must open. `python -m tests.stored.make_store`.

Run it once when the version changes; folders of earlier versions are never written again.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.metadata import MetricMetadata
from vedette.model.special import STALE_NAN
from vedette.model.timerange import TimeRange
from vedette.tsdb.db import Tsdb
from vedette.tsdb.files import FORMAT_VERSION
from vedette.tsdb.settings import TsdbSettings

HERE = Path(__file__).parent
START_MS = 1_700_000_000_000
SCRAPED = [Labels.of(__name__="cpu", host=f"h{index}") for index in range(20)]
LONE = Labels.of(__name__="temp é", room="a\nb")
SETTINGS = TsdbSettings(background=False)

Content = dict[Labels, list[tuple[int, float]]]


def content() -> Content:
    """Every sample that the stored folder has."""
    samples: Content = {
        labels: [
            (START_MS + step * 1000, index + step / 4) for step in range(12) if not (index == 3 and 4 <= step <= 5)
        ]
        for index, labels in enumerate(SCRAPED)
    }
    samples[LONE] = [
        (START_MS, -0.0),
        (START_MS + 500, 2.5),
        (START_MS + 10**7, 1e300),
        (START_MS + 10**7 + 1, STALE_NAN),
    ]
    samples[SCRAPED[0]][2] = (START_MS + 2000, 99.0)
    return samples


METADATA = {"cpu": MetricMetadata("gauge", "busy", "percent"), "temp é": MetricMetadata("unknown", "", "")}


def main() -> None:
    """Write the folder: half of the scrapes in a block, the others and everything odd in the log."""
    folder = HERE / f"store_v{FORMAT_VERSION}"
    store = Tsdb(folder, SETTINGS, FakeClock(START_MS + 10**8), CollectorRegistry())
    refs = store.intern("default", [*SCRAPED, LONE])
    for step in range(12):
        times = np.full(20, START_MS + step * 1000)
        store.append("default", SampleBatch(refs[:20], times, np.arange(20.0) + step / 4))
        if step == 5:
            store.seal("default")
            store.put_metadata("default", METADATA)
    store.append("default", SampleBatch(refs[:1], np.array([START_MS + 2000]), np.array([99.0])))
    lone = np.full(4, refs[20])
    times = START_MS + np.array([500, 0, 10**7, 10**7 + 1])
    store.append("default", SampleBatch(lone, times, np.array([2.5, -0.0, 1e300, STALE_NAN])))
    store.append("default", SampleBatch(refs[:1], np.array([START_MS + 2000 + 10**7]), np.array([1.0])))
    store.delete("default", [Matcher("host", MatchOp.EQUAL, "h0")], TimeRange(START_MS + 10**7, START_MS + 2 * 10**7))
    store.delete("default", [Matcher("host", MatchOp.EQUAL, "h3")], TimeRange(START_MS + 4000, START_MS + 5000))
    store.close()
    (folder / "LOCK").unlink()


if __name__ == "__main__":
    main()
