"""Random lives of a store: after appends, deletions, seals, merges and restarts tsdb answers as the fake does."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from prometheus_client import CollectorRegistry
from tests.contract.ask import ask, match

from vedette.clock import FakeClock
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.special import STALE_NAN
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import SelectHints
from vedette.storage.memory import MemoryStorage
from vedette.storage.window import AppendWindow
from vedette.tsdb.db import Tsdb
from vedette.tsdb.settings import TsdbSettings

NOW_MS = 1_700_000_000_000
SERIES = [Labels.of(__name__="m", half=str(index % 2), i=str(index)) for index in range(12)]
ANCHOR = Labels.of(__name__="anchor")
WINDOW = AppendWindow(out_of_order_ms=400_000, ahead_ms=600_000)

members = st.lists(st.integers(0, len(SERIES) - 1), min_size=1, max_size=20)
ticks = st.integers(-30, 30)
ranges = st.tuples(ticks, ticks).map(sorted)
values = st.sampled_from([0.0, -0.0, 1.5, float("nan"), float("inf"), STALE_NAN, 1e300])


class StoreLife(RuleBasedStateMachine):
    """Drives the embedded store and the fake with the same calls."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock(NOW_MS)
        self.fake = MemoryStorage(self.clock, WINDOW)
        self.tick = 0
        self.open()

    def open(self) -> None:
        options = TsdbSettings(
            window=WINDOW, background=False, head_span_ms=100_000, head_min_age_ms=0, part_samples=16
        )
        self.store = Tsdb(Path(self.folder.name) / "data", options, self.clock, CollectorRegistry())

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def at_ms(self, tick: int) -> int:
        return NOW_MS + (self.tick + tick) * 10_000

    @rule(chosen=members, base=values)
    def scrape(self, chosen: list[int], base: float) -> None:
        """One timestamp for some series, time goes on."""
        self.tick += 1
        self.clock.advance_ms(10_000)
        self.append(chosen, [self.at_ms(0)] * len(chosen), [base] * len(chosen))

    @rule(data=st.data(), chosen=members)
    def scatter(self, data: st.DataObject, chosen: list[int]) -> None:
        """Any series at any time, late, repeated, too old or too far ahead."""
        offsets = data.draw(st.lists(st.integers(-60, 70), min_size=len(chosen), max_size=len(chosen)))
        drawn = data.draw(st.lists(values, min_size=len(chosen), max_size=len(chosen)))
        self.append(chosen, [self.at_ms(offset) for offset in offsets], drawn)

    @rule(one=st.integers(0, len(SERIES) - 1), start=st.integers(-40, 0), count=st.integers(1, 40))
    def history(self, one: int, start: int, count: int) -> None:
        """Many samples of one series in one batch."""
        self.append([one] * count, [self.at_ms(start + step) for step in range(count)], [float(start)] * count)

    @rule(span=ranges, half=st.sampled_from(["half=0", "half=1", "i=3", "__name__=m"]))
    def delete(self, span: list[int], half: str) -> None:
        time_range = TimeRange(self.at_ms(span[0]), self.at_ms(span[1]))
        self.store.delete("p", [match(half)], time_range)
        self.fake.delete("p", [match(half)], time_range)

    @rule()
    def seal(self) -> None:
        self.store.seal("p")

    @rule()
    def maintain(self) -> None:
        self.clock.advance_ms(61_000)
        self.tick += 6
        self.store.maintain()

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.open()

    @rule(span=ranges, half=st.sampled_from(["half=0", "i=~[1-5]"]))
    def compare_range(self, span: list[int], half: str) -> None:
        time_range = TimeRange(self.at_ms(span[0]), self.at_ms(span[1]))
        assert self.ask(self.store, half, time_range) == self.ask(self.fake, half, time_range)

    @rule(at=st.integers(-40, 70), back=st.integers(0, 50))
    def compare_latest(self, at: int, back: int) -> None:
        hints = SelectHints(latest_at_ms=self.at_ms(at))
        time_range = TimeRange(self.at_ms(at - back), self.at_ms(at))
        assert self.ask(self.store, "__name__=m", time_range, hints) == self.ask(
            self.fake, "__name__=m", time_range, hints
        )

    @invariant()
    def same_samples(self) -> None:
        if hasattr(self, "store"):
            assert self.ask(self.store, "__name__=m", ALL_TIME) == self.ask(self.fake, "__name__=m", ALL_TIME)

    def ask(
        self, store: Tsdb | MemoryStorage, matcher: str, time_range: TimeRange, hints: SelectHints | None = None
    ) -> object:
        return ask(store, matcher, time_range=time_range, hints=hints, project="p")

    def append(self, chosen: list[int], times: list[int], drawn: list[float]) -> None:
        reports = []
        # Never deleted: else the window would widen at a restart, when the newest sample is one that was deleted.
        times = [*times, min(max(times), self.clock.now_ms() + WINDOW.ahead_ms)]
        for store in (self.store, self.fake):
            refs = store.intern("p", [*(SERIES[index] for index in chosen), ANCHOR])
            batch = SampleBatch(refs, np.array(times, dtype=np.int64), np.array([*drawn, 1.0], dtype=np.float64))
            reports.append(store.append("p", batch))
        ours, theirs = reports
        assert (ours.accepted, ours.too_old, ours.too_far_ahead, len(ours.unknown)) == (
            theirs.accepted,
            theirs.too_old,
            theirs.too_far_ahead,
            len(theirs.unknown),
        )


TestStoreLife = StoreLife.TestCase
TestStoreLife.settings = settings(
    max_examples=100, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
