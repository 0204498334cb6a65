"""A history of batches that follows from their numbers alone, so that any process can tell what must be stored."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from vedette.clock import FakeClock
from vedette.errors import TooBusy
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import Storage
from vedette.storage.window import AppendWindow
from vedette.tsdb.settings import TsdbSettings

START_MS = 1_700_000_000_000
PROJECT = "default"
SERIES = 40
SETTINGS = TsdbSettings(
    window=AppendWindow(out_of_order_ms=86_400_000, ahead_ms=86_400_000),
    head_samples=2_000,
    head_samples_per_series=1,
    maintenance_interval_ms=20,
    wal_segment_bytes=100_000,
)
"""Small limits: sealing, compaction and new log segments happen all the time."""

State = dict[tuple[str, int], str]
"""(labels, timestamp) -> value as 64 bits in hexadecimal."""


def clock() -> FakeClock:
    """A clock that is behind no batch."""
    return FakeClock(START_MS)


def labels_of(number: int, series: int) -> Labels:
    """Series come and go slowly: a few are new every hundred batches."""
    return Labels.of(__name__="m", i=str(series), era=str((number + series * 7) // 300))


def columns(number: int) -> tuple[list[Labels], np.ndarray, np.ndarray]:
    """Labels, timestamps and values of a batch: a scrape, some late samples, some that replace earlier ones."""
    rng = np.random.default_rng(number)
    if number % 3 == 2:
        chosen = rng.integers(0, SERIES, rng.integers(1, 60))
        times = START_MS + (number - rng.integers(0, 40, len(chosen))) * 1000 + rng.integers(0, 2, len(chosen)) * 500
    else:
        chosen = np.arange(SERIES)
        times = np.full(SERIES, START_MS + number * 1000)
    values = np.round(rng.normal(0, 100, len(chosen)), int(rng.integers(0, 18)))
    return [labels_of(number, int(series)) for series in chosen], times.astype(np.int64), values


def deletion(number: int) -> tuple[list[Matcher], TimeRange] | None:
    """What is deleted after a batch, if anything."""
    if number % 50 != 49:
        return None
    start_ms = START_MS + (number - 30) * 1000
    return [Matcher("i", MatchOp.EQUAL, str(number % SERIES))], TimeRange(start_ms, start_ms + 8000)


def play(store: Storage, number: int) -> None:
    """Do one step of the history; returns when it is acknowledged."""
    labels, times, values = columns(number)
    batch = SampleBatch(store.intern(PROJECT, labels), times, values)
    if len(_append(store, batch).unknown):
        raise AssertionError("refs must be known")
    doomed = deletion(number)
    if doomed is not None:
        store.delete(PROJECT, *doomed)


def _append(store: Storage, batch: SampleBatch) -> AppendReport:
    """As a sender does: come again when the store cannot keep up, which such small limits bring about."""
    end_s = time.monotonic() + 60
    while True:
        try:
            return store.append(PROJECT, batch)
        except TooBusy as error:
            if time.monotonic() > end_s:
                raise
            time.sleep(error.retry_after_s / 50)


def states(last: int) -> Iterator[State]:
    """The states after 0, 1, .. `last` steps; the same dict, changed in place."""
    state: State = {}
    yield state
    for number in range(last):
        labels, times, values = columns(number)
        for one, time_ms, value in zip(labels, times.tolist(), values, strict=True):
            state[str(one), time_ms] = value.tobytes().hex()
        doomed = deletion(number)
        if doomed is not None:
            matchers, time_range = doomed
            wanted = f'i="{matchers[0].value}"'
            for key in [key for key in state if wanted in key[0] and time_range.contains(key[1])]:
                del state[key]
        yield state


def stored(store: Storage) -> State:
    """Everything a store has."""
    found: State = {}
    selection = store.select(PROJECT, [], ALL_TIME)
    for part in selection.parts:
        grid = part.load()
        for index, labels in enumerate(grid.labels):
            text = str(labels)
            times, values = grid.row(index)
            for time_ms, value in zip(times.tolist(), values, strict=True):
                found[text, time_ms] = value.tobytes().hex()
    if selection.warnings:
        raise AssertionError(selection.warnings)
    return found


def check(store: Storage, acknowledged: int, begun: int) -> int:
    """The step to go on from: all acknowledged ones are stored, and of the others begun the first few, in full.

    A crash within a deletion may leave a part of it undone; its step is then to be played again.
    """
    found = stored(store)
    reason = ""
    for steps, state in enumerate(states(begun)):
        if steps < acknowledged:
            continue
        if found == state:
            return steps
        missing, extra = state.items() - found.items(), found.items() - state.items()
        if not missing and steps and deletion(steps - 1) is not None and steps > acknowledged:
            return steps - 1
        reason += f"against {steps} steps: {len(missing)} missing or wrong, {len(extra)} too many; "
        reason += f"{sorted(missing)[:3]} {sorted(extra)[:3]}\n"
    raise AssertionError(f"{acknowledged} steps were acknowledged, {begun} begun\n{reason}")
