"""The log under failing disks and damaged bytes: clear errors, nothing acknowledged lost, nothing invented."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry
from tests.contract.ask import ask, expected, put

from vedette.clock import FakeClock
from vedette.errors import Corruption, Unavailable
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.metadata import MetricMetadata
from vedette.model.timerange import TimeRange
from vedette.tsdb.db import Tsdb
from vedette.tsdb.files import ProjectFiles
from vedette.tsdb.settings import TsdbSettings
from vedette.tsdb.wal import DiskFiles, Wal, segments
from vedette.tsdb.wal_records import (
    SEGMENT_HEADER_BYTES,
    Buffers,
    Damage,
    Decoder,
    Encoder,
    RecordType,
    read_records,
    segment_header,
)

NOW_MS = 1_700_000_000_000
A, B = Labels.of(__name__="a"), Labels.of(__name__="b")
SETTINGS = TsdbSettings(background=False)


class FailingDisk(DiskFiles):
    """Fails on demand: `room` bytes may still be written, `sync_fails` and `create_fails` name an errno."""

    room: int | None = None
    sync_fails = 0
    create_fails = 0

    def create(self, path: Path) -> int:
        if self.create_fails:
            raise OSError(self.create_fails, os.strerror(self.create_fails))
        return super().create(path)

    def write(self, descriptor: int, buffers: Buffers) -> int:
        if self.room is None:
            return super().write(descriptor, buffers)
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = b"".join(buffers)[: self.room]
        self.room -= len(part)
        return os.write(descriptor, part)

    def sync(self, descriptor: int) -> None:
        if self.sync_fails:
            raise OSError(self.sync_fails, os.strerror(self.sync_fails))
        super().sync(descriptor)


def open_store(folder: Path, disk: DiskFiles | None = None, settings: TsdbSettings = SETTINGS) -> Tsdb:
    return Tsdb(folder, settings, FakeClock(NOW_MS), CollectorRegistry(), disk)


@pytest.mark.parametrize("room", [0, 1, 17, 40, 200])
def test_disk_full_takes_back_what_was_half_written(tmp_path: Path, room: int) -> None:
    """ENOSPC at any byte: Unavailable, nothing of the batch is stored, and writing goes on when there is space."""
    disk = FailingDisk()
    store = open_store(tmp_path, disk)
    put(store, A, [(NOW_MS, 1.0)])
    disk.room = room
    with pytest.raises(Unavailable, match="No space left on device; free some space"):
        put(store, B, [(NOW_MS + step, 2.0) for step in range(50)])
    assert ask(store) == expected((A, [(NOW_MS, 1.0)]))
    disk.room = None
    put(store, B, [(NOW_MS + 1, 3.0)])
    wanted = expected((A, [(NOW_MS, 1.0)]), (B, [(NOW_MS + 1, 3.0)]))
    assert ask(store) == wanted
    store.close()
    store = open_store(tmp_path)
    assert ask(store) == wanted
    assert store.problems == []
    store.close()


def test_a_failed_sync_stores_nothing_and_does_not_stop_the_store(tmp_path: Path) -> None:
    """After EIO from fsync the batch is refused; later ones go to a new segment; a restart finds both."""
    disk = FailingDisk()
    store = open_store(tmp_path, disk)
    put(store, A, [(NOW_MS, 1.0)])
    disk.sync_fails = errno.EIO
    with pytest.raises(Unavailable, match="Input/output error"):
        put(store, B, [(NOW_MS, 2.0)])
    disk.sync_fails = 0
    put(store, A, [(NOW_MS + 1, 3.0)])
    wanted = expected((A, [(NOW_MS, 1.0), (NOW_MS + 1, 3.0)]))
    assert ask(store) == wanted
    store.close()
    store = open_store(tmp_path)
    assert ask(store) == wanted
    store.close()


def test_a_read_only_disk_is_named(tmp_path: Path) -> None:
    """When no segment can be created, appends say that the file system is read-only and reads go on."""
    disk = FailingDisk()
    store = open_store(tmp_path, disk)
    put(store, A, [(NOW_MS, 1.0)])
    disk.create_fails = errno.EROFS
    with pytest.raises(Unavailable, match="read-only"):
        store.seal("default")
    assert ask(store) == expected((A, [(NOW_MS, 1.0)]))
    put(store, A, [(NOW_MS + 1, 2.0)])
    disk.create_fails = 0
    store.seal("default")
    assert ask(store) == expected((A, [(NOW_MS, 1.0), (NOW_MS + 1, 2.0)]))
    store.close()


def test_a_real_file_size_limit(tmp_path: Path) -> None:
    """A process that hits RLIMIT_FSIZE gets Unavailable, goes on when the limit is lifted, and loses nothing."""
    program = textwrap.dedent(
        """
        import resource, signal, sys
        from pathlib import Path
        import numpy as np
        from prometheus_client import CollectorRegistry
        from vedette.clock import FakeClock
        from vedette.errors import Unavailable
        from vedette.model.batch import SampleBatch
        from vedette.model.labels import Labels
        from vedette.tsdb.db import Tsdb
        from vedette.tsdb.settings import TsdbSettings

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = Tsdb(Path(sys.argv[1]), TsdbSettings(background=False), FakeClock(10**12), CollectorRegistry())
        ref = store.intern("default", [Labels.of(__name__="a")])
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
        stored, refused = [], 0
        for step in range(300):
            if refused == 5:
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            try:
                store.append("default", SampleBatch(ref, np.array([step]), np.array([float(step)])))
                stored.append(step)
            except Unavailable as error:
                assert "File too large" in error.message, error.message
                refused += 1
        print(refused, *stored)
        """
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    refused, *stored = map(int, done.stdout.split())
    assert refused == 5
    assert len(stored) == 295
    store = open_store(tmp_path)
    assert ask(store) == expected((A, [(step, float(step)) for step in stored]))
    store.close()


def fill(store: Tsdb) -> dict[tuple[str, int], float]:
    """Thirty batches of two series and one of many; (labels, timestamp) -> value."""
    truth: dict[tuple[str, int], float] = {}
    many = [Labels.of(__name__="many", i=str(index)) for index in range(40)]
    for step in range(30):
        for labels in (A, B):
            put(store, labels, [(NOW_MS + step, step + 0.5)])
            truth[str(labels), NOW_MS + step] = step + 0.5
        refs = store.intern("default", many)
        store.append("default", SampleBatch(refs, np.full(40, NOW_MS + step), np.arange(40.0) + step))
        truth.update({(str(one), NOW_MS + step): index + float(step) for index, one in enumerate(many)})
    return truth


def test_flipped_bits_cost_only_their_record(tmp_path: Path) -> None:
    """Wherever a bit of the log is wrong: no crash, no wrong value, the other records are there, and it is said."""
    store = open_store(tmp_path / "whole")
    truth = fill(store)
    store.close()
    wal = next(iter((tmp_path / "whole").rglob("00000001")))
    content = wal.read_bytes()
    rng = random.Random(3)
    for number in range(30):
        position = rng.randrange(len(content))
        damaged = bytearray(content)
        damaged[position] ^= 1 << rng.randrange(8)
        if position in range(7, 8):
            continue  # a newer version is refused, see below
        wal.write_bytes(damaged)
        store = open_store(tmp_path / "whole")
        found = {(labels, time): bits for labels, samples in ask(store).items() for time, bits in samples}
        problems = store.problems
        store.close()
        for key, bits in found.items():
            assert np.float64(truth[key]).tobytes()[::-1].hex() == bits, f"byte {position}: {key}"
        lost = len(truth) - len(found)
        assert problems or lost <= 40, f"byte {position} in run {number} cost {lost} samples silently"
        assert lost < len(truth), f"byte {position}"
        for leftover in wal.parent.iterdir():
            leftover.unlink()


def test_a_newer_log_is_refused(tmp_path: Path) -> None:
    """A segment of a later format version is not touched: the store does not open."""
    store = open_store(tmp_path)
    put(store, A, [(NOW_MS, 1.0)])
    store.close()
    wal = next(iter(tmp_path.rglob("00000001")))
    content = bytearray(wal.read_bytes())
    content[7] = 2
    wal.write_bytes(content)
    with pytest.raises(Corruption, match="newer than this program"):
        open_store(tmp_path)
    assert wal.read_bytes() == content


@pytest.mark.parametrize("cut", range(1, 57, 7))
def test_a_torn_end_is_cut(tmp_path: Path, cut: int) -> None:
    """A last record that is not whole goes without a word; all before it stays, and writing goes on."""
    store = open_store(tmp_path)
    put(store, A, [(NOW_MS, 1.0)])
    put(store, A, [(NOW_MS + 1, 2.0)])
    store.close()
    wal = next(iter(tmp_path.rglob("00000001")))
    os.truncate(wal, wal.stat().st_size - cut)
    store = open_store(tmp_path)
    assert store.problems == []
    assert ask(store) == expected((A, [(NOW_MS, 1.0)]))
    put(store, A, [(NOW_MS + 2, 3.0)])
    store.close()
    store = open_store(tmp_path)
    assert ask(store) == expected((A, [(NOW_MS, 1.0), (NOW_MS + 2, 3.0)]))
    store.close()


def test_segments_are_written_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """A segment that was prepared before another one began is not written after it: replay goes by number."""
    files = ProjectFiles(tmp_path)
    files.wal.mkdir()
    wal = Wal(files, DiskFiles(), 1)
    wal.encoder()
    early = wal.prepare()
    wal.switch(wal.prepare())
    assert wal.switch(early) == wal.current == 4
    assert [number for number, _ in segments(files)] == [1, 3, 4]
    wal.close()


def test_interval_mode_is_durable_after_its_interval(tmp_path: Path) -> None:
    """In mode `interval` an append does not sync; the background sync does, and so does close."""
    settings = TsdbSettings(background=False, durability="interval", sync_interval_ms=3_600_000)
    disk = FailingDisk()
    store = open_store(tmp_path, disk, settings)
    put(store, A, [(NOW_MS, 1.0)])
    disk.sync_fails = errno.EIO
    put(store, A, [(NOW_MS + 1, 2.0)])
    disk.sync_fails = 0
    store.close()
    store = open_store(tmp_path)
    assert ask(store) == expected((A, [(NOW_MS, 1.0), (NOW_MS + 1, 2.0)]))
    store.close()


def _segment(*records: Buffers) -> memoryview:
    return memoryview(segment_header(1) + b"".join(part for record in records for part in record))


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    """Every type of record and every way to write timestamps and refs decodes to what was encoded."""
    encoder, decoder = Encoder(), Decoder()
    refs = np.arange(100, dtype=np.int64)
    cases = [
        (refs, np.full(100, NOW_MS)),
        (refs, NOW_MS + refs),
        (refs, refs * 10**12 - 2**61),
        (refs[:3], np.array([5, 5, 5])),
        (refs[:5], np.array([5, -4, 5, 1, 2])),
        (refs[::-1].copy(), np.full(100, NOW_MS)),
        (refs, np.full(100, -1)),
    ]
    values = [np.random.default_rng(len(case[0])).normal(size=len(case[0])) for case in cases]
    records = [encoder.samples(case[0], case[1].astype(np.int64), v) for case, v in zip(cases, values, strict=True)]
    sizes = [sum(map(len, record)) for record in records]
    assert sizes[0] > sizes[6] == 16 + 24 + 800, "a known ref vector is not written again"
    labels = [A, Labels.of(__name__="é", x="\n")]
    records.append(encoder.series([7, 9], labels))
    records.append(encoder.metadata({"a": MetricMetadata("counter", "h", "u")}))
    records.append(encoder.deletion([1, 2], TimeRange(3, 4)))
    found = list(read_records(_segment(*records)))
    assert not any(isinstance(one, Damage) for one in found)
    for (case_refs, times), wanted, record in zip(cases, values, found, strict=False):
        got = decoder.samples(record.payload)
        assert [part.tolist() for part in got] == [case_refs.tolist(), times.tolist(), wanted.tolist()]
    assert decoder.series(found[-3].payload) == [(7, A), (9, labels[1])]
    assert decoder.metadata(found[-2].payload) == {"a": MetricMetadata("counter", "h", "u")}
    assert decoder.deletion(found[-1].payload)[0].tolist() == [1, 2]
    assert decoder.deletion(found[-1].payload)[1] == TimeRange(3, 4)
    assert [record.type for record in found[-3:]] == [RecordType.SERIES, RecordType.METADATA, RecordType.DELETION]


def test_many_ref_vectors_do_not_mix(tmp_path: Path) -> None:
    """More vectors than are remembered, in a changing order: every batch comes back with its own refs."""
    rng = np.random.default_rng(1)
    vectors = [np.sort(rng.choice(5000, 20, replace=False)).astype(np.int64) for _ in range(1500)]
    encoder, decoder = Encoder(), Decoder()
    order = rng.integers(0, len(vectors), 4000)
    one = np.zeros(20, dtype=np.int64)
    records = [encoder.samples(vectors[index], one, np.full(20, float(index))) for index in order]
    for index, record in zip(order, read_records(_segment(*records)), strict=True):
        refs, _, values = decoder.samples(record.payload)
        assert refs.tolist() == vectors[index].tolist()
        assert values[0] == index


def test_a_reference_to_a_damaged_record_is_refused() -> None:
    """Samples whose ref vector was in a damaged record are not given to other series."""
    encoder, decoder = Encoder(), Decoder()
    refs = np.arange(50, dtype=np.int64)
    first = encoder.samples(refs, np.zeros(50, dtype=np.int64), np.zeros(50))
    second = encoder.samples(refs, np.ones(50, dtype=np.int64), np.zeros(50))
    content = bytearray(_segment(first, second))
    content[SEGMENT_HEADER_BYTES + 100] ^= 1
    damage, record = list(read_records(memoryview(bytes(content))))
    assert isinstance(damage, Damage)
    assert damage.start == SEGMENT_HEADER_BYTES
    with pytest.raises(Corruption, match="damaged record"):
        decoder.samples(record.payload)
