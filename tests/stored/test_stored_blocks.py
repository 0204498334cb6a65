"""Blocks of every format version that was ever released open and answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.stored.make_block import stored_data, stored_deletion
from tests.unit.tsdb_blocks.rig import KEY, bits, contents

from vedette.model.matcher import Matcher, MatchOp
from vedette.tsdb.block import Block
from vedette.tsdb.block_meta import BLOCK_VERSION
from vedette.tsdb.series_id import series_id

FOLDERS = sorted(path for path in Path(__file__).parent.glob("block_v*") if path.is_dir())


def test_the_present_version_is_stored() -> None:
    """A new format version comes with its fixture."""
    assert Path(__file__).parent / f"block_v{BLOCK_VERSION}" in FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_stored_block_answers(folder: Path, tmp_path: Path) -> None:
    """Labels, ids, samples bit for bit, deletions and meta are as they were written."""
    shutil.copytree(folder, tmp_path / folder.name)
    block = Block.open(tmp_path / folder.name)
    expected = stored_data()
    metric, hidden = stored_deletion()
    for labels, samples in expected.items():
        if labels.name == metric:
            expected[labels] = {time: value for time, value in samples.items() if not hidden.contains(time)}
    assert contents(block) == bits(expected)
    rows = block.find((Matcher("host", MatchOp.REGEX, "a|c"), Matcher("__name__", MatchOp.NOT_EQUAL, "int16")))
    assert [labels.name for labels in block.labels(rows)] == ["int32", "int64", "multiple"]
    assert block.ids[rows].tolist() == [series_id(KEY, labels) for labels in block.labels(rows)]
    assert (block.meta.series, block.meta.samples) == (9, sum(map(len, stored_data().values())))
    assert (block.meta.generation, block.meta.level, block.meta.sources) == (7, 1, ("A", "B"))
    assert (block.meta.min_time_ms, block.meta.max_time_ms) == (1_700_000_000_000, 1_700_002_499_000)
