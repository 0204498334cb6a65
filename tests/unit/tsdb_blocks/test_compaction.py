"""Merging blocks: answers stay the same, crashes lose and double nothing, old blocks go in time."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.unit.tsdb_blocks.rig import Data, Project, bits, contents

from vedette.errors import Cancelled
from vedette.model.labels import Labels
from vedette.model.timerange import TimeRange
from vedette.tsdb.block import Block
from vedette.tsdb.block_folder import open_blocks
from vedette.tsdb.block_meta import BlockMeta
from vedette.tsdb.compaction import choose, compact, finish
from vedette.tsdb.compaction_plan import plan, ranges_for
from vedette.tsdb.retention import expired, over_size

HOUR = 3_600_000


def series(i: int) -> Labels:
    return Labels.of(__name__=f"m{i % 3}", i=str(i))


def two_overlapping() -> tuple[Data, Data, Data]:
    """Older samples, newer samples, and what a reader must see."""
    older: Data = {series(i): {t: float(t + i) for t in range(0, 100, 2)} for i in range(8)}
    newer: Data = {series(i): {t: -float(t + i) for t in range(80, 140)} for i in range(4, 12)}
    merged = {labels: {**older.get(labels, {}), **newer.get(labels, {})} for labels in {**older, **newer}}
    return older, newer, merged


def test_overlapping_blocks_become_one_and_the_last_write_wins(project: Project) -> None:
    """Rows of either block, samples of both, the higher generation where both have a timestamp."""
    older, newer, merged = two_overlapping()
    sources = [project.write(newer, 2), project.write(older, 1)]
    compaction = compact(project.files, sources, project.new_id())
    assert finish(project.files, compaction) == []
    (block,) = open_blocks(project.files).blocks
    assert contents(block) == bits(merged)
    assert (block.meta.generation, block.meta.level) == (2, 2)
    assert set(block.meta.sources) == {source.meta.block_id for source in sources}
    assert contents(sources[0]) == bits(newer), "a reader that still has a source open goes on unharmed"


def test_deleted_ranges_are_cut_out(project: Project) -> None:
    """Compaction gives the space of deleted samples back, also of whole series and whole blocks."""
    data: Data = {series(i): {t: float(t) for t in range(50)} for i in range(4)}
    block = project.write(data)
    rows = block.find(())
    block.delete(rows[:1], TimeRange(10, 20))
    block.delete(rows[1:2], TimeRange(0, 100))
    expected = contents(block)
    finish(project.files, compact(project.files, [block], project.new_id()))
    (kept,) = open_blocks(project.files).blocks
    assert contents(kept) == expected
    assert (kept.meta.series, kept.meta.samples, len(kept.tombstones)) == (3, 139, 0)
    assert kept.meta.level == 1
    kept.delete(kept.find(()), TimeRange(0, 100))
    compaction = compact(project.files, [kept], project.new_id())
    assert compaction.meta is None
    finish(project.files, compaction)
    assert open_blocks(project.files).blocks == []


def test_a_crash_at_any_point_keeps_every_sample_once(project: Project, tmp_path: Path) -> None:
    """Whatever of {unfinished folder, new block, some sources} a crash leaves, opening ends with the merged data."""
    older, newer, merged = two_overlapping()
    sources = [project.write(older, 1), project.write(newer, 2)]
    before = tmp_path / "before"
    shutil.copytree(project.store.root, before)
    compaction = compact(project.files, sources, project.new_id())
    assert compaction.meta is not None
    after = tmp_path / "after"
    shutil.copytree(project.store.root, after)
    names = [source.meta.block_id for source in sources]
    for gone in ([], names[:1], names[1:], names):
        root = project.store.root
        shutil.rmtree(root)
        shutil.copytree(after, root)
        for name in gone:
            shutil.rmtree(project.files.block(name))
        (block,) = open_blocks(project.files).blocks
        assert contents(block) == bits(merged)
        assert [path.name for path in project.files.blocks.iterdir()] == [compaction.meta.block_id]
    shutil.rmtree(root)
    shutil.copytree(before, root)
    shutil.copytree(after / "projects/default/blocks" / compaction.meta.block_id, project.files.temporary / "half")
    (project.files.temporary / "half" / "meta.json").unlink()
    assert len(open_blocks(project.files).blocks) == 2


def test_sources_survive_a_damaged_successor(project: Project) -> None:
    """Sources are only deleted when the block that replaces them opens."""
    older, newer, _ = two_overlapping()
    sources = [project.write(older, 1), project.write(newer, 2)]
    compaction = compact(project.files, sources, project.new_id())
    assert compaction.meta is not None
    (project.files.block(compaction.meta.block_id) / "index").write_bytes(b"")
    opened = open_blocks(project.files)
    assert {block.meta.block_id for block in opened.blocks} == {source.meta.block_id for source in sources}
    assert len(opened.problems) == 1


def test_damage_in_a_source_is_kept_aside(project: Project) -> None:
    """A merge goes on without a damaged chunk, says so, and the damaged block is not thrown away."""
    older, newer, merged = two_overlapping()
    sources = [project.write(older, 1), project.write(newer, 2)]
    path = sources[0].folder / "chunks"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    opened = [Block.open(source.folder) for source in sources]
    compaction = compact(project.files, opened, project.new_id())
    (note,) = finish(project.files, compaction)
    assert "checksum" in note
    assert (project.files.quarantine / sources[0].meta.block_id / "chunks").exists()
    (block,) = open_blocks(project.files).blocks
    found = contents(block)
    assert set(found) >= set(newer)
    for labels, samples in found.items():
        assert samples in (bits(merged)[labels], bits(newer).get(labels))


def test_a_merge_can_be_stopped(project: Project) -> None:
    """A stop in the middle leaves the sources and nothing else."""
    older, newer, _ = two_overlapping()
    sources = [project.write(older, 1), project.write(newer, 2)]
    with pytest.raises(Cancelled):
        compact(project.files, sources, project.new_id(), should_stop=lambda: True)
    assert len(open_blocks(project.files).blocks) == 2
    assert not list(project.files.temporary.iterdir())


def meta(block_id: str, start_h: float, end_h: float, generation: int = 0, samples: int = 1000) -> BlockMeta:
    return BlockMeta(
        block_id=block_id,
        min_time_ms=int(start_h * HOUR),
        max_time_ms=int(end_h * HOUR) - 1,
        series=1,
        samples=samples,
        longest_row=samples,
        generation=generation,
    )


def test_complete_ranges_are_merged_and_the_present_one_is_left_alone() -> None:
    """Six two-hour blocks become one of twelve hours when no more samples are expected there."""
    metas = [meta(f"b{k}", 2 * k, 2 * k + 2, k) for k in range(9)]
    assert plan(metas, 18 * HOUR, 0) == ["b0", "b1", "b2", "b3", "b4", "b5"]
    assert plan(metas[:5], 10 * HOUR, 0) == []
    assert plan(metas[6:], 18 * HOUR, 0) == []
    done = [meta(f"c{k}", 12 * k, 12 * k + 12, k, 6000) for k in range(6)]
    assert plan(done, 72 * HOUR, 0) == [f"c{k}" for k in range(6)]
    assert plan(done, 72 * HOUR, 24 * HOUR * 7) == [], "no block longer than a tenth of the retention"


def test_many_small_blocks_are_merged_before_their_range_is_complete() -> None:
    """A head that is sealed every minute does not leave a hundred blocks; what is merged grows by factors."""
    metas = [meta(f"b{k}", 0.01 * k, 0.01 * k + 0.01, k) for k in range(6)]
    assert plan(metas[:5], 0, 0) == []
    assert plan(metas, 0, 0) == [f"b{k}" for k in range(6)]
    rewritten = 0
    present: list[BlockMeta] = []
    for k in range(180):
        present.append(meta(f"n{k}", 0.01 * k, 0.01 * k + 0.01, k))
        while chosen := plan(present, 0, 0):
            members = [one for one in present if one.block_id in chosen]
            rewritten += sum(one.samples for one in members)
            present = [one for one in present if one.block_id not in chosen]
            start, end = min(m.min_time_ms for m in members) / HOUR, (max(m.max_time_ms for m in members) + 1) / HOUR
            generation = max(m.generation for m in members)
            present.append(meta("+".join(chosen), start, end, generation, sum(m.samples for m in members)))
    assert len(present) < 20
    assert rewritten < 5 * 180 * 1000


def test_quiet_hours_are_used() -> None:
    """While nothing else is to do, blocks of an incomplete range are merged too, but not for every small newcomer."""
    metas = [meta(f"b{k}", 2 * k, 2 * k + 2, k) for k in range(4)]
    assert plan(metas, 8 * HOUR, 0) == []
    assert plan(metas, 8 * HOUR, 0, quiet=True) == ["b0", "b1", "b2", "b3"]
    merged = meta("merged", 0, 8, 3, 4000)
    assert plan([merged, meta("new", 8, 9, 4, 900)], 9 * HOUR, 0, quiet=True) == []
    assert plan([merged, meta("new", 8, 9, 4, 1000)], 9 * HOUR, 0, quiet=True) == ["merged", "new"]


def test_a_range_is_not_rewritten_for_a_few_latecomers() -> None:
    """A large block and a tiny one that came late stay apart until it pays."""
    large = meta("large", 0, 11, 1, 100_000)
    assert plan([large, meta("late", 3, 4, 2, 500)], 24 * HOUR, 0) == []
    assert plan([large, meta("late", 3, 4, 2, 20_000)], 24 * HOUR, 0) == ["large", "late"]


def test_generations_are_not_stepped_over() -> None:
    """A block written between two others and overlapping them is merged with them."""
    first, third = meta("first", 0, 2, 1), meta("third", 2, 4, 3)
    between = meta("between", 1, 30, 2)
    assert plan([first, third], 48 * HOUR, 0) == ["first", "third"]
    assert set(plan([first, between, third], 48 * HOUR, 0)) == {"first", "between", "third"}


def test_ranges_stay_below_a_tenth_of_the_retention() -> None:
    """As in Prometheus, so that retention deletes small steps."""
    assert ranges_for(24 * HOUR) == (2 * HOUR,)
    assert ranges_for(30 * 24 * HOUR) == (2 * HOUR, 12 * HOUR, 72 * HOUR)
    assert len(ranges_for(0)) == 4


def test_retention_by_time_and_by_size(project: Project) -> None:
    """Blocks go when all their samples are too old, or oldest first when there are too many; the newest stays."""
    blocks = [project.write({series(0): dict.fromkeys(range(k * 10, k * 10 + 10), 1.0)}, k) for k in range(4)]
    assert expired(blocks, now_ms=100, retention_ms=0) == []
    assert expired(blocks, now_ms=100, retention_ms=81) == blocks[:1]
    assert expired(blocks, now_ms=100, retention_ms=80) == blocks[:2]
    size = blocks[0].disk_bytes
    assert over_size(blocks, 0, 0) == []
    assert over_size(blocks, 0, 4 * size + 100) == []
    assert over_size(blocks, size, 4 * size) == blocks[:1]
    assert over_size(blocks[::-1], 0, 1) == blocks[:3]


def test_merging_many_rows_goes_in_batches(project: Project) -> None:
    """More samples than fit one batch, and series that only later blocks have, in between all others."""
    rng = np.random.default_rng(3)
    parts: list[Data] = []
    for part in range(3):
        times = range(part * 1000, part * 1000 + 1000)
        present = [i for i in range(400) if rng.random() < 0.8]
        parts.append({series(i): {t: float(i) for t in times} for i in present})
    sources = [project.write(data, number, 200) for number, data in enumerate(parts)]
    finish(project.files, compact(project.files, sources, project.new_id()))
    (block,) = open_blocks(project.files).blocks
    merged: Data = {}
    for data in parts:
        for labels, samples in data.items():
            merged.setdefault(labels, {}).update(samples)
    assert contents(block) == bits(merged)


def test_a_block_that_is_mostly_deleted_is_chosen(project: Project) -> None:
    """Space of deleted samples comes back without waiting for a merge, but not for a handful of them."""
    blocks = [project.write({series(0): {t: float(t) for t in range(k * 100, k * 100 + 100)}}, k) for k in range(2)]
    assert choose(blocks, 0, 0) == []
    blocks[1].delete(blocks[1].find(()), TimeRange(100, 102))
    assert choose(blocks, 0, 0) == []
    blocks[1].delete(blocks[1].find(()), TimeRange(100, 150))
    assert choose(blocks, 0, 0) == [blocks[1]]
