"""The embedded store beyond the port: one process a folder, sealing, forgetting, back-fill, retention, snapshots."""

from __future__ import annotations

import resource
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry
from tests.contract.ask import ask, expected, match, put

from vedette.clock import FakeClock
from vedette.errors import BadData, Conflict, Corruption, NotFound, TooBusy, Unavailable
from vedette.model.batch import SampleBatch
from vedette.model.grid import Grid
from vedette.model.labels import Labels
from vedette.model.metadata import MetricMetadata
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import SelectHints
from vedette.storage.window import AppendWindow
from vedette.tsdb.block_writer import row_order
from vedette.tsdb.columns import Columns
from vedette.tsdb.db import Tsdb
from vedette.tsdb.series_id import series_id
from vedette.tsdb.settings import TsdbSettings

NOW_MS = 1_700_000_000_000
HOUR_MS = 3_600_000
A, B = Labels.of(__name__="a"), Labels.of(__name__="b")
SETTINGS = TsdbSettings(background=False, window=AppendWindow(ahead_ms=1000 * HOUR_MS))


class Home:
    """A folder, a clock and the store that is open on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock(NOW_MS)
        self.registry = CollectorRegistry()
        self.store = self.open()

    def open(self, settings: TsdbSettings = SETTINGS) -> Tsdb:
        self.registry = CollectorRegistry()
        self.store = Tsdb(self.folder, settings, self.clock, self.registry)
        return self.store

    def reopen(self, settings: TsdbSettings = SETTINGS) -> Tsdb:
        self.store.close()
        return self.open(settings)

    def blocks(self) -> list[Path]:
        return sorted(self.folder.glob("projects/*/blocks/*"))

    def counter(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "data")
    yield made
    made.store.close()


def test_two_processes_on_one_folder_conflict(home: Home) -> None:
    """Another process is refused and told who holds the folder; when that ends the folder is free."""
    program = (
        "import sys; from pathlib import Path; from prometheus_client import CollectorRegistry\n"
        "from vedette.clock import SystemClock; from vedette.tsdb.db import Tsdb\n"
        "from vedette.tsdb.settings import TsdbSettings\n"
        "Tsdb(Path(sys.argv[1]), TsdbSettings(), SystemClock(), CollectorRegistry())\n"
        "print('open', flush=True); input()"
    )
    home.store.close()
    command = [sys.executable, "-c", program, str(home.folder)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"open\n"
    with pytest.raises(Conflict, match=f"in use by process {other.pid}"):
        home.open()
    other.kill()
    other.communicate()
    home.open()


def test_a_newer_folder_and_a_lost_key_are_refused(home: Home) -> None:
    """A folder of a later version, or one whose key is gone, is not opened, and is left as it is."""
    put(home.store, A, [(NOW_MS, 1.0)])
    home.store.close()
    key = (home.folder / "key").read_bytes()
    assert (home.folder / "key").stat().st_mode & 0o777 == 0o600
    (home.folder / "key").unlink()
    with pytest.raises(Corruption, match="key is missing"):
        home.open()
    (home.folder / "key").write_bytes(key)
    (home.folder / "format").write_text("99\n")
    with pytest.raises(Corruption, match="newer than this program"):
        home.open()
    (home.folder / "format").unlink()
    with pytest.raises(Corruption, match="unfinished snapshot"):
        home.open()
    (home.folder / "format").write_text("1\n")
    assert ask(home.open()) == expected((A, [(NOW_MS, 1.0)]))


def test_missing_log_and_blocks_do_not_stop_the_start(home: Home) -> None:
    """Files that somebody deleted are missed, the rest is there."""
    put(home.store, A, [(NOW_MS, 1.0)])
    home.store.seal("default")
    put(home.store, B, [(NOW_MS, 2.0)])
    home.store.close()
    for segment in home.folder.glob("projects/*/wal/*"):
        segment.unlink()
    assert ask(home.open()) == expected((A, [(NOW_MS, 1.0)]))
    put(home.store, B, [(NOW_MS, 3.0)])
    home.store.close()
    (home.blocks()[0] / "chunks").unlink()
    assert ask(home.open()) == expected((B, [(NOW_MS, 3.0)]))
    assert any("quarantine" in problem for problem in home.store.problems)


def test_the_head_becomes_a_block_when_it_is_due(home: Home) -> None:
    """By number of samples, by time span and age, and by log records; the log goes with it."""
    store = home.reopen(replace(SETTINGS, head_samples=100, head_samples_per_series=1, head_records=50))
    put(store, A, [(NOW_MS + step, 1.0) for step in range(99)])
    store.maintain()
    assert home.blocks() == []
    put(store, A, [(NOW_MS + 99, 1.0)])
    store.maintain()
    assert len(home.blocks()) == 1
    for step in range(50):
        put(store, A, [(NOW_MS + 100, float(step))])
    store.maintain()
    assert len(home.blocks()) == 2
    put(store, A, [(NOW_MS + 101, 1.0), (NOW_MS + 3 * HOUR_MS, 1.0)])
    store.maintain()
    assert len(home.blocks()) == 2
    home.clock.advance_ms(HOUR_MS)
    store.maintain()
    assert len(home.blocks()) == 3
    assert sum(path.stat().st_size for path in home.folder.glob("projects/*/wal/*")) < 100
    assert len(ask(store)["a"]) == 103


def test_the_end_of_a_bulk_load_becomes_a_block(home: Home) -> None:
    """Hours of samples within moments, then nothing: the head is sealed at once; live samples wait for their time."""
    store = home.reopen(replace(SETTINGS, head_quiet_ms=4000))
    refs = store.intern("default", [Labels.of(__name__="m", i=str(index)) for index in range(1000)])
    for step in range(110):
        times = np.full(1000, NOW_MS + step * 60_000)
        store.append("default", SampleBatch(refs, times, np.zeros(1000)))
    for expected_blocks in (0, 1):
        store.maintain()
        assert len(home.blocks()) == expected_blocks
        home.clock.advance_ms(4000)
    for step in range(110):
        home.clock.advance_ms(1000)
        times = np.full(1000, NOW_MS + 10**7 + step * 1000)
        store.append("default", SampleBatch(refs, times, np.zeros(1000)))
        store.maintain()
    home.clock.advance_ms(5000)
    store.maintain()
    assert len(home.blocks()) == 1


def test_appends_are_held_off_when_sealing_cannot_keep_up(home: Home) -> None:
    """Beyond the backlog an append raises TooBusy with its limit, and passes after a seal."""
    store = home.reopen(replace(SETTINGS, head_samples=10, head_samples_per_series=1, head_backlog=2))
    put(store, A, [(NOW_MS + step, 1.0) for step in range(21)])
    with pytest.raises(TooBusy, match=r"tsdb\.head_backlog") as caught:
        put(store, A, [(NOW_MS + 30, 1.0)])
    assert caught.value.limit == "tsdb.head_backlog"
    store.maintain()
    assert put(store, A, [(NOW_MS + 30, 1.0)]).accepted == 1


def test_idle_series_are_forgotten_and_come_back(home: Home) -> None:
    """A series without samples for hours leaves memory, its ref becomes unknown, its samples stay."""
    old = home.store.intern("default", [A])
    put(home.store, A, [(NOW_MS, 1.0)])
    put(home.store, B, [(NOW_MS + 4 * HOUR_MS, 2.0)])
    home.store.seal("default")
    for _ in range(2):
        home.clock.advance_ms(61_000)
        home.store.maintain()
    batch = SampleBatch(old, np.array([NOW_MS + 4 * HOUR_MS]), np.array([3.0]))
    assert home.store.append("default", batch).unknown.tolist() == [0]
    assert home.counter("vedette_tsdb_head_series", project="default") == 1
    assert ask(home.store, "__name__=a") == expected((A, [(NOW_MS, 1.0)]))
    fresh = home.store.intern("default", [A])
    assert fresh[0] > old[0]
    assert home.store.append("default", SampleBatch(fresh, batch.timestamps_ms, batch.values)).accepted == 1
    assert ask(home.store, "__name__=a") == expected((A, [(NOW_MS, 1.0), (NOW_MS + 4 * HOUR_MS, 3.0)]))


def test_the_newest_sample_is_right_whatever_came_before(home: Home) -> None:
    """Instant reads see the newest sample through seals, forgetting, lateness, back-fill, deletion and retention."""
    store = home.reopen(
        replace(SETTINGS, window=AppendWindow(100 * HOUR_MS, 1000 * HOUR_MS), retention_ms=20 * HOUR_MS)
    )
    put(store, A, [(NOW_MS, 1.0)])
    put(store, B, [(NOW_MS + 4 * HOUR_MS, 2.0)])
    store.seal("default")
    assert newest(store) == {"a": 1.0, "b": 2.0}
    for _ in range(2):
        home.clock.advance_ms(61_000)
        store.maintain()
    put(store, A, [(NOW_MS - HOUR_MS, 3.0)])
    assert newest(store) == {"a": 1.0, "b": 2.0}
    times = np.array([NOW_MS + 5 * HOUR_MS])
    store.import_block("default", backfill([A], times))
    assert newest(store) == {"a": float(times[0]), "b": 2.0}
    store.delete("default", [match("__name__=a")], TimeRange(NOW_MS, NOW_MS + 5 * HOUR_MS))
    assert newest(store) == {"a": 3.0, "b": 2.0}
    store.seal("default")
    put(store, Labels.of(__name__="c"), [(NOW_MS + 40 * HOUR_MS, 4.0)])
    home.clock.advance_ms(41 * HOUR_MS)
    store.seal("default")
    assert newest(store) == {"a": 3.0, "b": 2.0, "c": 4.0}
    store.maintain()
    assert newest(store) == {"c": 4.0}


def test_what_was_deleted_from_a_block_is_not_newest_when_a_late_sample_comes(home: Home) -> None:
    """A series whose newest sample, the block's newest too, was deleted may come back with an older one."""
    put(home.store, A, [(NOW_MS - 10, 1.0), (NOW_MS, 2.0), (NOW_MS + 10, 3.0)])
    home.store.seal("default")
    home.store.delete("default", [], TimeRange(NOW_MS, NOW_MS + 10))
    put(home.store, A, [(NOW_MS, 4.0)])
    assert newest(home.store) == {"a": 4.0}


def newest(store: Tsdb) -> dict[str, float]:
    """The newest sample of each series, as an instant query reads it."""
    at_ms = NOW_MS + 100 * HOUR_MS
    hints = SelectHints(latest_at_ms=at_ms)
    found = ask(store, time_range=TimeRange(0, at_ms), hints=hints)
    return {labels: struct.unpack(">d", bytes.fromhex(samples[-1][1]))[0] for labels, samples in found.items()}


def test_series_with_samples_in_the_head_are_not_forgotten(home: Home) -> None:
    """What has not become a block stays known, however old it is; so does what was interned a moment ago."""
    ref = home.store.intern("default", [A])
    put(home.store, A, [(NOW_MS, 1.0)])
    put(home.store, B, [(NOW_MS + 9 * HOUR_MS, 2.0)])
    home.clock.advance_ms(61_000)
    home.store.maintain()
    waiting = home.store.intern("default", [Labels.of(__name__="c")])
    home.clock.advance_ms(61_000)
    home.store.maintain()
    times = np.full(2, NOW_MS + 9 * HOUR_MS)
    report = home.store.append("default", SampleBatch(np.concatenate([ref, waiting]), times, np.zeros(2)))
    assert report.accepted == 2


def backfill(labels: list[Labels], times: np.ndarray) -> list[tuple[list[Labels], Columns]]:
    """One batch of rows for `import_block`, value = timestamp."""
    ordered = sorted(labels, key=row_order)
    grid = Grid.shared(ordered, times, np.tile(times.astype(np.float64), (len(ordered), 1)))
    columns = Columns(grid.values, grid.starts, grid.timestamps_ms, grid.vector_starts, grid.row_vector)
    return [(ordered, columns)]


def test_backfill_of_any_age(home: Home) -> None:
    """Imported samples of years ago are there at once and after a restart; live samples of the same moment stay."""
    old = np.arange(5) * 1000 + NOW_MS - 20_000 * HOUR_MS
    put(home.store, A, [(NOW_MS, -1.0)])
    assert home.store.import_block("default", backfill([B, A], np.append(old, NOW_MS))) == 12
    samples = [(int(time), float(time)) for time in old]
    for _ in range(3):
        assert ask(home.store, "__name__=b") == expected((B, [*samples, (NOW_MS, float(NOW_MS))]))
        assert ask(home.store, "__name__=a") == expected((A, [*samples, (NOW_MS, -1.0)]))
        home.reopen()
        home.store.seal("default")
    with pytest.raises(BadData):
        home.store.import_block("default", backfill([A], old) * 2)


def test_merging_does_not_step_over_an_empty_head(home: Home) -> None:
    """What a head got before it became a block is newer than blocks that were merged meanwhile."""
    times = np.arange(100) * 1000 + NOW_MS
    put(home.store, A, [(int(time), -1.0) for time in times])
    home.store.seal("default")
    for _ in range(8):
        home.store.import_block("default", backfill([B], times))
    home.store.maintain()
    put(home.store, A, [(int(time), -2.0) for time in times])
    home.store.seal("default")
    for _ in range(2):
        assert ask(home.store, "__name__=a") == expected((A, [(int(time), -2.0) for time in times]))
        home.store.maintain()
    assert ask(home.store, "__name__=b") == expected((B, [(int(time), float(time)) for time in times]))
    assert len(home.blocks()) < 6


def test_retention_by_time_and_size(home: Home) -> None:
    """Old blocks go when the newest sample is far enough ahead, or when the folder is too large; newer ones stay."""
    for hour in range(4):
        put(home.store, A, [(NOW_MS + hour * 10 * HOUR_MS, float(hour))])
        home.store.seal("default")
    home.clock.advance_ms(60 * HOUR_MS)
    store = home.reopen(replace(SETTINGS, retention_ms=15 * HOUR_MS))
    store.maintain()
    assert ask(store) == expected((A, [(NOW_MS + hour * 10 * HOUR_MS, float(hour)) for hour in (2, 3)]))
    store = home.reopen(replace(SETTINGS, retention_bytes=1))
    store.maintain()
    assert ask(store) == expected((A, [(NOW_MS + 30 * HOUR_MS, 3.0)]))


def test_a_clock_far_ahead_deletes_nothing(home: Home) -> None:
    """Retention goes by the newest sample: a wrong clock alone expires nothing."""
    put(home.store, A, [(NOW_MS, 1.0)])
    home.store.seal("default")
    home.clock.jump_to_ms(NOW_MS + 10_000 * HOUR_MS)
    store = home.reopen(replace(SETTINGS, retention_ms=HOUR_MS))
    store.maintain()
    assert ask(store) == expected((A, [(NOW_MS, 1.0)]))


def test_merging_keeps_every_sample(home: Home) -> None:
    """Many small blocks become few; nothing changes for readers, also not for late samples and deletions."""
    for step in range(12):
        put(home.store, A, [(NOW_MS + step * 1000, float(step)), (NOW_MS + step * 500 + 1, -float(step))])
        home.store.seal("default")
    home.store.delete("default", [match("__name__=a")], TimeRange(NOW_MS + 3000, NOW_MS + 4001))
    before = ask(home.store)
    home.store.maintain()
    assert len(home.blocks()) < 6
    assert ask(home.store) == before
    assert ask(home.reopen()) == before


def test_a_snapshot_is_a_store(home: Home, tmp_path: Path) -> None:
    """A snapshot that is taken while threads append opens as a store with everything acknowledged before it."""
    put(home.store, A, [(NOW_MS, 1.0)])
    home.store.seal("default")
    put(home.store, B, [(NOW_MS, 2.0)], project="other")
    home.store.put_metadata("default", {"a": MetricMetadata("gauge")})
    stop = threading.Event()

    def write() -> None:
        step = 1
        while not stop.is_set():
            put(home.store, A, [(NOW_MS + step, float(step))])
            step += 1

    writer = threading.Thread(target=write)
    writer.start()
    deadline = time.monotonic() + 20
    while len(ask(home.store)["a"]) < 20 and time.monotonic() < deadline:
        time.sleep(0.001)
    acknowledged = len(ask(home.store)["a"])
    home.store.snapshot(tmp_path / "copy")
    stop.set()
    writer.join()
    copy = Tsdb(tmp_path / "copy", SETTINGS, home.clock, CollectorRegistry())
    found = ask(copy)["a"]
    assert len(found) >= acknowledged
    assert found == ask(home.store)["a"][: len(found)]
    assert ask(copy, project="other") == expected((B, [(NOW_MS, 2.0)]))
    assert copy.metadata("default") == {"a": MetricMetadata("gauge")}
    assert copy.problems == []
    put(copy, A, [(NOW_MS + 10**6, 5.0)])
    copy.close()
    assert (NOW_MS + 10**6) not in [time for time, _ in ask(home.store)["a"]]


def test_a_snapshot_of_one_project(home: Home, tmp_path: Path) -> None:
    """One project can be copied alone; the target must be empty and the project must exist."""
    put(home.store, A, [(NOW_MS, 1.0)])
    put(home.store, B, [(NOW_MS, 2.0)], project="other")
    home.store.snapshot(tmp_path / "copy", "other")
    copy = Tsdb(tmp_path / "copy", SETTINGS, home.clock, CollectorRegistry())
    assert copy.projects() == ["other"]
    copy.close()
    with pytest.raises(BadData, match="not empty"):
        home.store.snapshot(tmp_path / "copy")
    with pytest.raises(NotFound):
        home.store.snapshot(tmp_path / "third", "nobody")


def test_equal_labels_are_one_object(home: Home) -> None:
    """Head and blocks hand out the same Labels for a series, so that identity is a quick test of equality."""
    put(home.store, A, [(NOW_MS, 1.0)])
    home.store.seal("default")
    put(home.store, Labels.of(__name__="a"), [(NOW_MS + 1, 1.0)])
    first = home.store.select("default", [], ALL_TIME).labels[0]
    put(home.store, B, [(NOW_MS + 1, 1.0)])
    assert any(one is first for one in home.store.select("default", [], ALL_TIME).labels)


def test_a_series_whose_id_is_taken_is_refused(home: Home) -> None:
    """Two label sets with one id cannot both be stored: the second gets ref -1 and is counted."""
    put(home.store, A, [(NOW_MS, 1.0)])
    registry = home.store._stores["default"]._registry
    registry.labels_cache[series_id((home.folder / "key").read_bytes(), B)] = A
    assert home.store.intern("default", [B, A]).tolist()[0] == -1
    assert home.counter("vedette_tsdb_series_refused_total") == 1
    assert home.store.intern("default", [Labels((("__name__", "\ud800"),))]).tolist() == [-1]


def test_counters_say_what_happened(home: Home) -> None:
    """Stored, late, repeated and refused samples are counted under stable names."""
    put(home.store, A, [(NOW_MS, 1.0), (NOW_MS, 2.0), (NOW_MS - 1, 3.0)])
    put(home.store, A, [(NOW_MS - 2 * HOUR_MS, 1.0)])
    assert home.counter("vedette_tsdb_samples_appended_total") == 3
    assert home.counter("vedette_tsdb_samples_out_of_order_total") == 1
    assert home.counter("vedette_tsdb_samples_duplicate_total") == 1
    assert home.counter("vedette_tsdb_samples_refused_total", reason="too_old") == 1
    assert home.counter("vedette_tsdb_wal_bytes_total") > 0
    home.reopen()
    assert home.counter("vedette_tsdb_wal_replayed_samples_total") == 3


def test_background_threads_do_the_work(home: Home) -> None:
    """With `background` on, a full head becomes a block by itself and close ends the threads."""
    store = home.reopen(
        replace(SETTINGS, background=True, maintenance_interval_ms=5, head_samples=10, head_samples_per_series=1)
    )
    put(store, A, [(NOW_MS + step, 1.0) for step in range(10)])
    deadline = time.monotonic() + 20
    while not home.blocks() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert len(home.blocks()) == 1
    store.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tsdb-")]


def test_a_seal_on_a_full_disk_loses_nothing(home: Home) -> None:
    """When the block or the metadata cannot be written, samples stay readable and the next seal catches up."""
    put(home.store, A, [(NOW_MS, 1.0)])
    blocker = next(home.folder.glob("projects/*")) / "metadata.json.tmp"
    blocker.mkdir()
    with pytest.raises(Unavailable, match="cannot seal the head"):
        home.store.seal("default")
    assert ask(home.store) == expected((A, [(NOW_MS, 1.0)]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    put(home.store, A, [(NOW_MS + 1, 2.0)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        with pytest.raises(Unavailable):
            home.store.seal("default")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    put(home.store, A, [(NOW_MS + 2, 3.0)])
    wanted = expected((A, [(NOW_MS, 1.0), (NOW_MS + 1, 2.0), (NOW_MS + 2, 3.0)]))
    assert ask(home.store) == wanted
    blocker.rmdir()
    home.store.seal("default")
    assert ask(home.store) == wanted
    assert ask(home.reopen()) == wanted


def test_a_head_that_is_slow_to_replay_becomes_a_block_at_close(home: Home) -> None:
    """A clean stop leaves little to read again; a small head stays in the log, so that restarts make no tiny blocks."""
    put(home.store, A, [(NOW_MS, 1.0)])
    home.reopen()
    assert home.blocks() == []
    labels = [Labels.of(__name__="many", i=str(number)) for number in range(3000)]
    refs = home.store.intern("default", labels)
    for step in range(70):
        times = np.full(len(refs), NOW_MS + step * 1000)
        home.store.append("default", SampleBatch(refs, times, np.full(len(refs), float(step))))
    store = home.reopen()
    assert len(home.blocks()) == 1
    samples = [(NOW_MS + step * 1000, float(step)) for step in range(70)]
    assert ask(store, "__name__=many", "i=7") == expected((labels[7], samples))


def test_a_log_that_only_describes_series_goes_at_close(home: Home) -> None:
    """Series whose samples are all in blocks are not read again at the start; they come back by their next sample."""
    labels = [Labels.of(__name__="many", i=f"{number:060}") for number in range(20_000)]
    refs = home.store.intern("default", labels)
    home.store.append("default", SampleBatch(refs, np.full(len(refs), NOW_MS), np.ones(len(refs))))
    home.store.seal("default")
    logs = list(home.folder.glob("projects/*/wal/*"))
    assert sum(log.stat().st_size for log in logs) > 1 << 20
    store = home.reopen()
    assert sum(log.stat().st_size for log in home.folder.glob("projects/*/wal/*")) < 1 << 10
    refs = store.intern("default", labels[7:8])
    store.append("default", SampleBatch(refs, np.array([NOW_MS + 1]), np.array([2.0])))
    assert ask(store, "__name__=many", f"i={7:060}") == expected((labels[7], [(NOW_MS, 1.0), (NOW_MS + 1, 2.0)]))
