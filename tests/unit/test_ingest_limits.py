"""Cardinality limits: what counts as active and new, which limit refuses, and what is told about it."""

from __future__ import annotations

import numpy as np

from vedette.clock import FakeClock
from vedette.ingest.limits import ACTIVE_MINUTES, HOUR_MS, RECENT_REFUSALS, SeriesLimiter
from vedette.ingest.report import DropReason
from vedette.ingest.settings import SeriesLimits
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.special import IntArray
from vedette.storage.memory import MemoryStorage

START_MS = 1_700_000_000_000 // HOUR_MS * HOUR_MS
MINUTE_MS = 60_000


class Room:
    """A limiter on a clock that is set by hand."""

    def __init__(self, storage: MemoryStorage | None = None, **limits: int) -> None:
        self.clock = FakeClock(START_MS)
        self.storage = storage or MemoryStorage()
        self.limiter = SeriesLimiter(SeriesLimits(**limits), self.clock, self.storage)

    def add(self, *series: Labels, project: str = "p") -> list[DropReason | None]:
        """Admit, intern and register, as the pipeline does."""
        verdicts, _ = self.limiter.admit(project, series)
        kept = [one for one, verdict in zip(series, verdicts, strict=True) if verdict is None]
        self.limiter.register(project, kept, self.storage.intern(project, kept))
        return verdicts

    def touch(self, *series: Labels) -> None:
        self.limiter.touch("p", self.storage.intern("p", series))


def metric(name: str, *numbers: int) -> list[Labels]:
    return [Labels.of(__name__=name, n=str(number)) for number in numbers]


def test_a_project_has_a_limit_of_active_series() -> None:
    """Series beyond the limit are refused; known ones go on; other projects are not touched."""
    room = Room(max_active_series=2)
    a, b, c = metric("m", 1, 2, 3)
    assert room.add(a, b, c) == [None, None, DropReason.SERIES_LIMIT]
    assert room.add(a, b) == [None, None]
    assert room.add(c, project="other") == [None]
    assert room.limiter.active_series() == {"p": 2, "other": 1}


def test_a_metric_has_a_limit_of_its_own() -> None:
    """One exploding metric leaves room for the others."""
    room = Room(max_active_series_per_metric=2)
    assert room.add(*metric("bad", 1, 2, 3)) == [None, None, DropReason.METRIC_SERIES_LIMIT]
    assert room.add(*metric("good", 1)) == [None]


def test_new_series_are_limited_by_the_hour() -> None:
    """The count begins anew with each hour of the clock."""
    room = Room(max_new_series_per_hour=2)
    assert room.add(*metric("m", 1, 2, 3)) == [None, None, DropReason.NEW_SERIES_RATE]
    room.clock.advance_ms(59 * MINUTE_MS)
    assert room.add(*metric("m", 3)) == [DropReason.NEW_SERIES_RATE]
    room.clock.advance_ms(MINUTE_MS)
    assert room.add(*metric("m", 3)) == [None]
    assert room.limiter.usage("p").new_series_this_hour == 1


def test_what_the_store_already_holds_is_not_new() -> None:
    """After a restart the senders of a full store are not taken for an explosion."""
    storage = MemoryStorage()
    old = metric("m", *range(5))
    refs = storage.intern("p", old)
    storage.append("p", SampleBatch(refs, np.full(5, START_MS), np.zeros(5)))
    room = Room(storage, max_new_series_per_hour=2)
    assert room.add(*old) == [None] * 5
    assert room.limiter.usage("p").new_series_allowed_this_hour == 7


def test_idle_series_make_room() -> None:
    """A series that had no sample for an hour is not active; coming back by a known ref counts it again."""
    room = Room(max_active_series=2)
    a, b, c = metric("m", 1, 2, 3)
    room.add(a, b)
    for _ in range(ACTIVE_MINUTES + 2):
        room.clock.advance_ms(MINUTE_MS)
        room.touch(a)
    assert room.limiter.usage("p").active_series == 1
    assert room.add(c) == [None]
    room.touch(b)
    usage = room.limiter.usage("p")
    assert (usage.active_series, usage.metrics) == (3, [("m", 3)])
    room.clock.advance_ms((ACTIVE_MINUTES + 2) * MINUTE_MS)
    assert room.limiter.usage("p").active_series == 0
    assert room.limiter.usage("p").metrics == []


def test_a_jump_of_the_wall_clock_ends_no_series() -> None:
    """Activity is measured by the clock that never jumps."""
    room = Room()
    room.add(*metric("m", 1))
    room.clock.jump_to_ms(START_MS + 100 * HOUR_MS)
    assert room.limiter.usage("p").active_series == 1


def test_a_series_that_the_store_refuses_gives_its_place_back() -> None:
    """A negative ref is no active series."""

    class Full(MemoryStorage):
        def intern(self, project: str, labels: list[Labels]) -> IntArray:
            return np.full(len(labels), -1, dtype=np.int64)

    room = Room(Full())
    room.add(*metric("m", 1, 2))
    assert room.limiter.usage("p").active_series == 0


def test_culprits_are_named() -> None:
    """Usage ranks metrics and tells recent refusals, newest first, those of one metric together."""
    room = Room(max_active_series=3)
    room.add(*metric("few", 1), *metric("many", 1, 2, 3, 4, 5))
    room.clock.advance_ms(2 * MINUTE_MS)
    room.add(*metric("late", 1))
    usage = room.limiter.usage("p", limit=1)
    assert usage.metrics == [("many", 2)]
    assert [(r.metric, r.reason, r.count) for r in usage.refusals] == [
        ("late", DropReason.SERIES_LIMIT, 1),
        ("many", DropReason.SERIES_LIMIT, 3),
    ]
    assert usage.refusals[1].labels == 'many{n="3"}'


def test_the_list_of_refusals_is_bounded() -> None:
    """However much is refused, memory stays small."""
    room = Room(max_active_series=1)
    room.add(*metric("m", 1))
    for number in range(3 * RECENT_REFUSALS):
        room.add(Labels.of(__name__=f"refused_{number}", huge="x" * 5000))
    refusals = room.limiter.usage("p").refusals
    assert len(refusals) == RECENT_REFUSALS
    assert len(refusals[0].labels) <= 1000
