"""Damaged, truncated and missing files: a clear word, the rest stays readable, never a wrong value."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry
from tests.unit.tsdb_blocks.rig import KEY, Bits, Data, Project, bits, read_bits, rewrite_chunks, rewrite_index

from vedette.clock import FakeClock
from vedette.errors import Corruption
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import STALE_NAN
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import SelectHints
from vedette.tsdb.block import Block
from vedette.tsdb.block_folder import open_blocks
from vedette.tsdb.db import Tsdb
from vedette.tsdb.files import FORMAT_VERSION, BlockFiles
from vedette.tsdb.repair import repair, verify
from vedette.tsdb.settings import TsdbSettings


def _data() -> Data:
    """Chunks of every kind, jittered timestamps, exceptions, constants."""
    generator = random.Random(5)
    jittered = {k * 10_000 + generator.randrange(50): 0.0 for k in range(300)}
    data: Data = {}
    for i in range(12):
        data[Labels.of(__name__="a", i=str(i))] = {t: round(generator.gauss(0, 9), 2) for t in jittered}
        data[Labels.of(__name__="b", i=str(i))] = {t * 15: generator.random() for t in range(200)}
        data[Labels.of(__name__="c", i=str(i))] = {t * 15: float(t * 10**10 + i) for t in range(200)}
        data[Labels.of(__name__="d", i=str(i))] = dict.fromkeys(range(0, 3000, 15), 1.5)
    data[Labels.of(__name__="a", i="0")][max(jittered)] = STALE_NAN
    return data


DATA = _data()


def _subset(block: Block, expected: Bits) -> tuple[int, list[str]]:
    """Check that every sample that is read is right; how many series are missing, and the warnings."""
    warnings: list[str] = []
    rows = block.find(())
    grid = block.read(rows, warnings=warnings).with_labels(block.labels(rows))
    missing = 0
    for index, labels in enumerate(grid.labels):
        times, values = grid.row(index)
        got = dict(zip(times.tolist(), values.view(np.uint64).tolist(), strict=True))
        assert got in ({}, expected[labels]), f"wrong samples of {labels}"
        missing += not got
    return missing, warnings


def _open(folder: Path) -> Block | str:
    """The block, or what is wrong with it."""
    try:
        return Block.open(folder)
    except Corruption as error:
        return str(error)


@pytest.mark.parametrize("name", ["meta.json", "index", "chunks"])
def test_a_flipped_byte_is_noticed_wherever_it_is(project: Project, name: str) -> None:
    """Flip bytes all over each file: the block refuses to open or loses whole series with a warning."""
    block = project.write(DATA, batch_rows=100)
    path, expected = block.folder / name, bits(DATA)
    good = path.read_bytes()
    generator = random.Random(name)
    places = range(len(good)) if len(good) < 600 else sorted(generator.sample(range(len(good)), 250))
    noticed = 0
    for place in places:
        path.write_bytes(good[:place] + bytes([good[place] ^ (1 << generator.randrange(8))]) + good[place + 1 :])
        opened = _open(block.folder)
        if isinstance(opened, str):
            noticed += block.meta.block_id in opened
            continue
        missing, warnings = _subset(opened, expected)
        assert bool(missing) == bool(warnings)
        assert all("checksum" in text for text in warnings)
        noticed += bool(missing)
    # Only padding between sections, unused bytes of the header and white space may change without harm.
    assert noticed >= 0.9 * len(places)


@pytest.mark.parametrize("name", ["meta.json", "index", "chunks"])
def test_a_truncated_or_missing_file_is_named(project: Project, name: str) -> None:
    """Cut files anywhere: Corruption names the block and what is wrong."""
    block = project.write(DATA, batch_rows=100)
    path = block.folder / name
    good = path.read_bytes()
    for length in {0, 1, 7, 8, 100, len(good) // 2, len(good) - 1}:
        path.write_bytes(good[:length])
        with pytest.raises(Corruption, match=block.meta.block_id):
            Block.open(block.folder)
    path.unlink()
    with pytest.raises(Corruption, match=f"{block.meta.block_id}.*{name}"):
        Block.open(block.folder)


def test_damaged_tombstones_are_corruption(project: Project) -> None:
    """Deleted samples must not come back because the file that hides them is damaged."""
    block = project.write(DATA, batch_rows=100)
    block.delete(block.find(())[:2], TimeRange(0, 100))
    path = BlockFiles(block.folder).tombstones
    good = path.read_bytes()
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ 4]) + good[place + 1 :])
        with pytest.raises(Corruption, match="tombstones"):
            Block.open(block.folder)
    for length in range(len(good)):
        path.write_bytes(good[:length])
        with pytest.raises(Corruption, match="tombstones"):
            Block.open(block.folder)


def test_the_store_opens_without_a_damaged_block(project: Project) -> None:
    """The damaged block goes to the quarantine with a note, the others answer."""
    broken, sound = project.write(DATA, batch_rows=100), project.write({Labels.of(__name__="x"): {1: 2.0}})
    (broken.folder / "index").write_bytes(b"nonsense")
    (project.files.temporary / "left over").mkdir()
    opened = open_blocks(project.files)
    assert [block.meta.block_id for block in opened.blocks] == [sound.meta.block_id]
    assert len(opened.problems) == 1
    assert broken.meta.block_id in opened.problems[0]
    moved = project.files.quarantine / broken.meta.block_id
    assert (moved / "chunks").exists()
    assert "index" in moved.with_name(moved.name + ".txt").read_text()
    assert not list(project.files.temporary.iterdir())
    assert open_blocks(project.files).problems == []


def _break_chunk(block: Block, chunk: int) -> None:
    path = BlockFiles(block.folder).chunks
    content = bytearray(path.read_bytes())
    content[(int(block.chunks.table.offset[chunk]) + int(block.chunks.table.offset[chunk + 1])) // 2] ^= 0x55
    path.write_bytes(content)


def test_verify_counts_what_is_lost_and_repair_keeps_the_rest(project: Project) -> None:
    """Verification changes nothing; repair rewrites the block without the lost rows and keeps the old one aside."""
    block, other = project.write(DATA, batch_rows=100), project.write({Labels.of(__name__="x"): {1: 2.0}}, 2)
    clean = verify(project.store)
    assert (clean.blocks, clean.findings) == (2, [])
    assert clean.samples == block.meta.samples + 1
    _break_chunk(block, 0)
    (other.folder / "meta.json").unlink()
    seen: list[int] = []
    report = verify(project.store, lambda progress: seen.append(progress.done_bytes * 100 // progress.total_bytes))
    assert seen[0] == 0
    assert len(seen) == 2
    lost, unreadable = report.findings
    missing, warnings = _subset(Block.open(block.folder), bits(DATA))
    assert (lost.readable, lost.series, lost.problems) == (True, missing, warnings)
    assert lost.time_range == block.meta.time_range
    assert (unreadable.readable, unreadable.time_range) == (False, None)
    steps = repair(project.store, report.findings, project.new_id)
    assert len(steps) == 2
    assert verify(project.store).findings == []
    (kept,) = open_blocks(project.files).blocks
    rows = kept.find(())
    assert len(rows) == len(DATA) - missing
    expected = bits(DATA)
    assert all(expected[labels] == samples for labels, samples in read_bits(kept, rows).items())
    assert {path.name for path in project.files.quarantine.iterdir() if path.is_dir()} == {
        block.meta.block_id,
        other.meta.block_id,
    }


def test_verify_compares_the_newest_values_with_the_pages(project: Project) -> None:
    """A wrong newest value in the index is found, with deletions too, and repair writes the index anew."""
    block = project.write(DATA, batch_rows=100)
    row = block.find(())[-1:]
    block.delete(row, TimeRange(5, 3000))

    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays["row.newest"][row] ^= 1

    rewrite_index(block, change)
    report = verify(project.store)
    (finding,) = report.findings
    assert (finding.readable, finding.series) == (True, 0)
    assert "newest" in finding.problems[0]
    repair(project.store, report.findings, project.new_id)
    assert verify(project.store).findings == []


def test_a_block_of_another_store_is_noticed(project: Project) -> None:
    """Series ids depend on the store's key, so a block that was copied in would not join with anything."""
    project.write({Labels.of(__name__="x"): {1: 2.0}})
    project.store.key.write_bytes(KEY)
    assert verify(project.store).findings == []
    project.store.key.write_bytes(KEY[::-1])
    (finding,) = verify(project.store).findings
    assert "key" in finding.problems[0]


def test_a_damaged_timestamp_vector_loses_only_its_rows(project: Project) -> None:
    """Rows whose timestamps are lost are empty and reported; the others are read."""
    block = project.write(DATA, batch_rows=100)
    vectors = {c for c in range(len(block.chunks)) if not any(c == int(x) for x in np.unique(_row_chunks(block)))}
    for chunk in vectors:
        _break_chunk(block, chunk)
    missing, warnings = _subset(Block.open(block.folder), bits(DATA))
    assert vectors
    assert missing == sum(labels.name == "a" for labels in DATA)
    assert all("timestamps are lost" in text for text in warnings)


def _row_chunks(block: Block) -> np.ndarray:
    return block._directory.chunk


def test_a_newer_version_is_refused_by_name(project: Project) -> None:
    """A block of a later program is left alone and the message says why."""
    block = project.write({Labels.of(__name__="x"): {1: 2.0}})
    path = Path(block.folder) / "meta.json"
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(Corruption, match="version 2 is newer"):
        Block.open(block.folder)


def _say(block: Block, hints: SelectHints | None = None) -> list[str]:
    """Read everything; samples that make no sense may come, but only problems in words."""
    warnings: list[str] = []
    rows = block.find(())
    columns = block.read(rows, ALL_TIME, hints, warnings=warnings)
    assert len(columns.values) == columns.starts[-1]
    assert len(block.labels(rows)) == len(rows)
    return warnings


def test_chunks_with_right_checksums_and_wrong_content(project: Project) -> None:
    """Whatever a chunk holds, a read gives values or a warning, verification goes through, nothing else is raised."""
    block = project.write(DATA, batch_rows=100)
    good = BlockFiles(block.folder).chunks.read_bytes()
    borders = block.chunks.table.offset.tolist()
    generator = random.Random(1)
    told = 0
    for _ in range(250):
        content = bytearray(good)
        begin = generator.choice(borders[:-1])
        end = generator.choice([begin + 30, min(at for at in borders if at > begin)])
        for _ in range(generator.choice([1, 3, 40])):
            content[generator.randrange(begin, min(end, len(good)))] = generator.randrange(256)
        rewrite_chunks(block, bytes(content))
        opened = Block.open(block.folder)
        told += bool(_say(opened))
        _say(opened, SelectHints(latest_at_ms=1500))
        verify(project.store)
    assert told > 50


def test_exceptions_that_make_no_sense_are_damage(project: Project) -> None:
    """Odd values that belong to no page, or are cut off, lose their chunk with a warning instead of an error."""
    data: Data = {
        Labels.of(__name__="a", i=str(i)): {t: STALE_NAN if t == 50 else float(t * i % 97) for t in range(100)}
        for i in range(4)
    }
    for place, value in [(-12, 200), (-10, 200), (-9, 1)]:
        block = project.write(data, batch_rows=100)
        content = bytearray(BlockFiles(block.folder).chunks.read_bytes())
        content[place] = value
        rewrite_chunks(block, bytes(content))
        (warning,) = _say(Block.open(block.folder))
        assert "cannot be decoded" in warning
    block = project.write(data, batch_rows=100)

    def lengthen(arrays: dict[str, np.ndarray]) -> None:
        arrays["page.offset"][-1] -= 5

    rewrite_index(block, lengthen)
    (warning,) = _say(Block.open(block.folder))
    assert "cannot be decoded" in warning


def test_an_index_with_right_checksums_and_wrong_content(project: Project) -> None:
    """Numbers that point nowhere are noticed when the block is opened; what is not noticed does no harm."""
    block = project.write(DATA, batch_rows=100)
    with BlockFiles(block.folder).index.open("rb") as file:
        good = file.read()
    meta = (block.folder / "meta.json").read_bytes()
    generator = random.Random(2)
    refused = 0
    for _ in range(400):
        BlockFiles(block.folder).index.write_bytes(good)
        (block.folder / "meta.json").write_bytes(meta)

        def change(arrays: dict[str, np.ndarray]) -> None:
            name = generator.choice([name for name in arrays if len(arrays[name]) and name != "symbol.blob"])
            array = arrays[name].copy().view(np.uint8)
            array[generator.randrange(len(array))] = generator.randrange(256)
            arrays[name] = array.view(arrays[name].dtype)
            if generator.random() < 0.1:
                arrays[name] = arrays[name][: generator.randrange(len(arrays[name]))]

        rewrite_index(block, change)
        opened = _open(block.folder)
        if isinstance(opened, str):
            refused += 1
            assert block.meta.block_id in opened
        else:
            _say(opened)
            _say(opened, SelectHints(latest_at_ms=1500))
            opened.find((Matcher("i", MatchOp.REGEX, "1.*"), Matcher("__name__", MatchOp.NOT_EQUAL, "a")))
            opened.label_values("i")
    assert refused > 200


def test_a_query_is_told_of_lost_timestamps(project: Project) -> None:
    """The warning reaches the selection although no sample of the block can be placed in time."""
    rows = {Labels.of(__name__="a", i=str(i)): {t * 100 + t * t % 7: float(t) for t in range(50)} for i in range(3)}
    block = project.write(dict(rows), batch_rows=100)
    for chunk in range(len(block.chunks)):
        _break_chunk(block, chunk)
    project.store.format.write_text(f"{FORMAT_VERSION}\n")
    project.store.key.write_bytes(KEY)
    store = Tsdb(project.store.root, TsdbSettings(background=False), FakeClock(0), CollectorRegistry())
    for hints in (None, SelectHints(latest_at_ms=3000)):
        selection = store.select("default", [Matcher("__name__", MatchOp.EQUAL, "a")], ALL_TIME, hints)
        assert sum(len(part.load().values) for part in selection.parts) == 0
        assert "timestamps are lost" in selection.warnings[0]
    store.close()
