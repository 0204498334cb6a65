"""Compaction against a dict: any blocks, overlaps, deletions."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.tsdb_blocks.rig import Data, Project, bits, contents

from vedette.model.labels import Labels
from vedette.model.timerange import TimeRange
from vedette.tsdb.block_folder import open_blocks
from vedette.tsdb.compaction import compact, finish

SAMPLES = st.dictionaries(st.integers(0, 40), st.sampled_from([0.0, 1.5, -2.0, float("inf")]), min_size=1, max_size=12)
BLOCKS = st.dictionaries(
    st.integers(0, 9).map(lambda i: Labels.of(__name__=f"m{i % 2}", i=str(i))), SAMPLES, min_size=1
)
DELETIONS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40), st.integers(0, 15)), max_size=3)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(BLOCKS, DELETIONS), min_size=1, max_size=4))
def test_compaction_keeps_the_answer(written: list[tuple[Data, list[tuple[int, int, int]]]]) -> None:
    """Blocks written one after the other, each followed by deletions that hide what is there, merge to the same."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder) / "s")
        expected: Data = {}
        blocks = []
        for generation, (data, deletions) in enumerate(written):
            blocks.append(project.write(data, generation))
            for labels, samples in data.items():
                expected.setdefault(labels, {}).update(samples)
            for number, start, length in deletions:
                hidden = TimeRange(start, start + length)
                for block in blocks:
                    rows = block.find(())
                    chosen = [
                        row for row, one in zip(rows, block.labels(rows), strict=True) if one.get("i") == str(number)
                    ]
                    block.delete(rows[[int(r) in [int(c) for c in chosen] for r in rows]], hidden)
                for labels in expected:
                    if labels.get("i") == str(number):
                        expected[labels] = {t: v for t, v in expected[labels].items() if not hidden.contains(t)}
        finish(project.files, compact(project.files, blocks, project.new_id()))
        opened = open_blocks(project.files)
        assert opened.problems == []
        found = contents(opened.blocks[0]) if opened.blocks else {}
        assert found == bits(expected)
