"""Verification of the log: it says what replay would say, and repairs as replay does."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from tests.contract.ask import ask, expected, put

from vedette.clock import FakeClock
from vedette.errors import Corruption
from vedette.model.labels import Labels
from vedette.tsdb.db import Tsdb
from vedette.tsdb.files import StoreFiles
from vedette.tsdb.root_files import repair_metadata, verify_metadata, verify_root
from vedette.tsdb.settings import TsdbSettings
from vedette.tsdb.wal import segments
from vedette.tsdb.wal_check import repair_log, verify_log
from vedette.tsdb.wal_records import SEGMENT_HEADER_BYTES, Record, read_records

NOW_MS = 1_700_000_000_000
A = Labels.of(__name__="a")


def open_store(folder: Path) -> Tsdb:
    return Tsdb(folder, TsdbSettings(background=False), FakeClock(NOW_MS), CollectorRegistry())


@pytest.fixture
def files(tmp_path: Path) -> StoreFiles:
    """A store that was closed three times: three segments with four samples each."""
    for turn in range(3):
        store = open_store(tmp_path)
        for step in range(4):
            put(store, A, [(NOW_MS + 10 * turn + step, float(step))])
        store.close()
    return StoreFiles(tmp_path)


def wal(files: StoreFiles) -> list[Path]:
    return [path for _, path in segments(files.project("default"))]


def kept(files: StoreFiles) -> list[str]:
    return sorted(path.name for path in files.project("default").quarantine.iterdir())


def stored_ms(files: StoreFiles) -> list[int]:
    """Timestamps that a store has, from NOW_MS on."""
    store = open_store(files.root)
    try:
        return [time - NOW_MS for time, _ in next(iter(ask(store).values()))]
    finally:
        store.close()


def content_of(files: StoreFiles) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in files.root.rglob("*") if path.is_file()}


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 16
    path.write_bytes(content)


def records(path: Path) -> list[Record]:
    return [item for item in read_records(memoryview(path.read_bytes())) if isinstance(item, Record)]


def test_a_sound_log_has_no_findings(files: StoreFiles) -> None:
    """All segments, records and samples are counted, and nothing is changed."""
    before = content_of(files)
    seen: list[tuple[str, int]] = []
    report = verify_log(files, lambda name, size, _: seen.append((name, size)))
    assert (report.segments, report.samples, report.findings, report.damaged) == (3, 12, [], False)
    assert report.bytes == sum(size for _, size in seen) == sum(path.stat().st_size for path in wal(files))
    assert report.records == sum(len(records(path)) for path in wal(files))
    assert repair_log(files) == []
    assert content_of(files) == before


@pytest.mark.parametrize("cut", [1, 8, 30])
def test_a_torn_tail_is_normal_and_cut(files: StoreFiles, cut: int) -> None:
    """The last segment may break off in the middle of a record; repair cuts it there and keeps no copy."""
    last = wal(files)[-1]
    torn_from = records(last)[-1].offset
    os.truncate(last, last.stat().st_size - cut)
    report = verify_log(files)
    assert not report.damaged
    assert f"breaks off at byte {torn_from} of {last.stat().st_size}, behind " in report.findings[0].text
    assert len(repair_log(files)) == 1
    assert last.stat().st_size == torn_from
    assert (verify_log(files).findings, kept(files)) == ([], [])
    assert stored_ms(files) == [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22]


def test_a_cut_segment_that_is_not_the_last_is_damaged(files: StoreFiles) -> None:
    """Only the last segment can be torn by a kill: what is missing elsewhere was acknowledged."""
    first = wal(files)[0]
    os.truncate(first, first.stat().st_size - 8)
    report = verify_log(files)
    assert report.damaged
    assert "log segment 1: " in report.findings[0].text


def test_damage_in_the_middle_is_named_and_taken_out(files: StoreFiles) -> None:
    """Segment, offsets and the good records before it are told; the rest stays, a copy is kept, then all is clean."""
    middle = wal(files)[1]
    place = records(middle)[2].offset
    flip(middle, place + 20)
    damaged = middle.read_bytes()
    report = verify_log(files)
    assert report.damaged
    end = records(middle)[2].offset  # the first good record behind the damage
    assert f"log segment 2: {end - place} of {len(damaged)} bytes" in report.findings[0].text
    assert f"bytes {place}-{end} behind 2 good records" in report.findings[0].text
    assert len(repair_log(files)) == 1
    assert (verify_log(files).findings, kept(files)) == ([], ["wal-00000002"])
    assert (files.project("default").quarantine / "wal-00000002").read_bytes() == damaged
    lost = set(range(4)) - {time - 10 for time in stored_ms(files) if 10 <= time < 20}
    assert len(lost) == 1


def test_what_is_taken_out_is_what_replay_leaves_out(files: StoreFiles) -> None:
    """Wherever one byte is wrong, a store opened after a repair has the samples of one opened without."""
    path = wal(files)[-1]
    whole = path.read_bytes()
    for position in [0, 9, *range(SEGMENT_HEADER_BYTES, len(whole), 11)]:
        path.write_bytes(whole)
        flip(path, position)
        damaged = path.read_bytes()
        replayed = stored_ms(files)
        path.write_bytes(damaged)
        repair_log(files)
        assert verify_log(files).findings == [], position
        assert stored_ms(files) == replayed, position


def test_a_wrong_header_is_damage_and_is_mended(files: StoreFiles) -> None:
    """Records are read whatever the header says; repair writes it anew."""
    flip(wal(files)[0], 9)
    report = verify_log(files)
    assert report.damaged
    assert "header names another segment" in report.findings[0].text
    assert len(repair_log(files)) == 1
    assert verify_log(files).findings == []
    assert len(stored_ms(files)) == 12


def test_a_newer_segment_is_told_and_never_touched(files: StoreFiles) -> None:
    """A later version of the format is no damage that this program could repair."""
    content = bytearray(wal(files)[1].read_bytes())
    content[7] = 9
    wal(files)[1].write_bytes(content)
    report = verify_log(files)
    assert report.damaged
    assert "newer than this program" in report.findings[0].text
    assert repair_log(files) == []
    assert wal(files)[1].read_bytes() == content
    with pytest.raises(Corruption):
        open_store(files.root)


@pytest.mark.parametrize("size", [0, 7, 15])
def test_an_empty_segment(files: StoreFiles, size: int) -> None:
    """At the end it is what a kill leaves; before another one it is damage. Repair removes both."""
    paths = wal(files)
    os.truncate(paths[-1], size)
    report = verify_log(files)
    assert (report.damaged, "is empty" in report.findings[0].text) == (False, True)
    os.truncate(paths[0], size)
    assert verify_log(files).damaged
    assert len(repair_log(files)) == 2
    assert wal(files) == [paths[1]]
    assert stored_ms(files) == [10, 11, 12, 13]


def test_a_missing_segment_is_told(files: StoreFiles) -> None:
    """A hole in the numbers is said; it may be harmless, so it does not count as damage."""
    wal(files)[1].unlink()
    report = verify_log(files)
    assert not report.damaged
    assert "log segments 2 to 2 are not there" in report.findings[0].text


def damage_key(files: StoreFiles) -> None:
    files.key.write_bytes(b"short")


def damage_format(files: StoreFiles) -> None:
    files.format.write_text("x")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (damage_key, "has 5 bytes, not 16"),
        (lambda files: files.key.unlink(), "key is missing"),
        (damage_format, "does not state a format version"),
        (lambda files: files.format.unlink(), "format is missing"),
    ],
)
def test_the_small_files_are_checked(files: StoreFiles, damage: Callable[[StoreFiles], None], told: str) -> None:
    """Format and key each have a message of their own."""
    assert verify_root(files) == []
    damage(files)
    assert len(verify_root(files)) == 1
    assert told in verify_root(files)[0]


def test_damaged_metadata_is_put_aside(files: StoreFiles) -> None:
    """The project's descriptions go to the quarantine, the samples stay."""
    files.project("default").metadata.write_text("{")
    assert "metadata.json is damaged" in verify_metadata(files)[0]
    assert len(repair_metadata(files)) == 1
    assert (verify_metadata(files), kept(files)) == ([], ["metadata.json"])
    assert len(stored_ms(files)) == 12


def test_a_running_store_does_not_mind(files: StoreFiles) -> None:
    """The log can be verified while it is written to."""
    store = open_store(files.root)
    put(store, A, [(NOW_MS + 99, 1.0)])
    assert verify_log(files).findings == []
    assert ask(store).keys() == expected((A, [(NOW_MS, 0.0)])).keys()
    store.close()
