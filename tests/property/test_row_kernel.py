"""The row kernel: it gives what the plan of tsdb.decode gives, and no index and no caller makes it crash."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from crc32c import crc32c
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.tsdb_blocks.rig import Data, Project

from vedette.kernel import rows as row_kernel
from vedette.kernel.rows import SECTIONS, RowKernel
from vedette.model.labels import Labels
from vedette.storage.interface import ReadCost
from vedette.tsdb.block import Block
from vedette.tsdb.chunks import MAX_PAGE_SAMPLES
from vedette.tsdb.decode import Directory, Wanted, decode

pytestmark = pytest.mark.skipif(not row_kernel.BUILT, reason="the kernel was not built here")
GUARD = -77.5


def written(generator: np.random.Generator) -> Data:
    """Series of all kinds of numbers and lengths, on even and uneven timestamps."""
    data: Data = {}
    for number in range(int(generator.integers(1, 40))):
        length = int(generator.choice([1, 2, 255, 256, 257, 600, 2049, 5000]))
        spread = int(generator.choice([0, 1, 300, 2**20, 2**40]))
        values = np.cumsum(generator.integers(-spread, spread + 1, length)) / generator.choice([1, 100])
        if generator.random() < 0.2:
            values = generator.random(length)
        if generator.random() < 0.1:
            values[generator.integers(0, length)] = 0.123456789
        gaps = np.full(length, 10) if generator.random() < 0.7 else generator.integers(1, 20, length)
        times = np.cumsum(gaps)
        data[Labels.of(__name__="m", i=str(number))] = dict(zip(times.tolist(), values.tolist(), strict=True))
    return data


def directory_of(block: Block) -> Directory:
    return block._directory


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_the_kernel_gives_what_the_plan_gives(seed: int, newest: bool) -> None:
    """Any rows in any order, any columns of each, at any place."""
    generator = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        directory = directory_of(Project(Path(folder) / "s").write(written(generator)))
        rows = generator.permutation(len(directory.vector)).astype(np.int64)
        samples = directory.vectors.count[directory.vector[rows]].astype(np.int64)
        low = (samples * generator.random(len(rows))).astype(np.int64)
        high = low + ((samples - low + 1) * generator.random(len(rows))).astype(np.int64)
        if newest:
            low, high = samples - 1, samples
        gaps = generator.integers(0, 4, len(rows))
        begin = np.cumsum(high - low + gaps) - (high - low)
        found = []
        for one in (directory, msgspec.structs.replace(directory, kernel=None)):
            values, cost, problems = np.full(int(begin[-1] + 6000), GUARD), ReadCost(), list[str]()
            assert len(decode(one, Wanted(rows, low, high, begin), values, cost, problems, newest=newest)) == 0
            assert problems == []
            found.append((values.view(np.uint64).tolist(), cost.samples, cost.chunks))
        assert found[0] == found[1]


def test_one_pair_of_columns_counts_for_all_rows(tmp_path: Path) -> None:
    """low and high with one element are those of every row, also on the way of the plan."""
    data = {Labels.of(__name__="m", i=str(i)): {t: float(t * i % 97) for t in range(3000)} for i in range(9)}
    directory = directory_of(Project(tmp_path / "s").write(data))
    rows = np.arange(9, dtype=np.int64)
    wanted = Wanted(rows, np.array([1000]), np.array([2500]), rows * 1500)
    expected = np.array([[float(t * i % 97) for t in range(1000, 2500)] for i in range(9)])
    for one in (directory, msgspec.structs.replace(directory, kernel=None)):
        values = np.full(9 * 1500, GUARD)
        assert len(decode(one, wanted, values, None, [])) == 0
        assert sorted(values.reshape(9, 1500).tolist()) == sorted(expected.tolist())


def test_an_index_that_says_anything_never_crashes(tmp_path: Path) -> None:
    """Whatever numbers the sections hold, rows are left over, refused, or decode to nonsense; memory stays whole."""
    generator = random.Random(4)
    values = np.random.default_rng(1)
    data = {
        Labels.of(__name__="m", i=str(i)): dict(
            zip(range(700), np.cumsum(values.integers(-50, 50, 700)) / 10, strict=True)
        )
        for i in range(40)
    }
    block = Project(tmp_path / "s").write(data)
    arrays, content = block._index._arrays, bytes(block.chunks.data)
    outcomes = set()
    for _ in range(600):
        changed = {name: arrays[name].copy() for name in SECTIONS}
        for _ in range(generator.choice([1, 1, 3])):
            section = changed[generator.choice(SECTIONS)]
            raw = section.view(np.uint8)
            if len(raw):
                raw[generator.randrange(len(raw))] = generator.choice([0, 1, 127, 128, 255, generator.randrange(256)])
        data_bytes = bytearray(content[: generator.choice([len(content), len(content) // 2, 0])])
        for _ in range(generator.choice([0, 0, 5])):
            if data_bytes:
                data_bytes[generator.randrange(len(data_bytes))] = generator.randrange(256)
        kernel = RowKernel(changed, bytes(data_bytes), MAX_PAGE_SAMPLES)
        rows = np.arange(40, dtype=np.int64)
        out, left = np.empty(40 * 700), bytearray(40)
        try:
            kernel.lay_out(rows, generator.randrange(-(2**63), 2**63), generator.randrange(-(2**63), 2**63))
            low, high = np.array([generator.randrange(300)]), np.array([generator.randrange(300, 700)])
            count, *_ = kernel.decode(
                rows, low, high, rows * 700, bytearray(b"\1") * len(arrays["chunk.kind"]), out, left, newest=False
            )
        except ValueError:
            outcomes.add("refused")
        else:
            outcomes.add("left" if count else "done")
            assert count == sum(left)
    assert outcomes == {"refused", "left", "done"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("rows", -1), ("rows", 2**40), ("low", -1), ("low", 701), ("high", 701), ("begin", -1), ("begin", 2**62)],
)
def test_a_request_that_does_not_fit_is_refused(tmp_path: Path, field: str, value: int) -> None:
    """Rows, columns and places are checked before anything is read or written."""
    kernel = directory_of(
        Project(tmp_path / "s").write({Labels.of(__name__="m"): {t: t % 7.0 for t in range(700)}})
    ).kernel
    assert kernel is not None
    request = {"rows": 0, "low": 0, "high": 700, "begin": 0} | {field: value}
    arrays = [np.array([request[name]], dtype=np.int64) for name in ("rows", "low", "high", "begin")]
    with pytest.raises(ValueError, match=r"no such|do not fit"):
        kernel.decode(*arrays, bytearray(1), np.empty(700), bytearray(1), newest=False)
    good = [np.array([number], dtype=np.int64) for number in (0, 0, 700, 0)]
    for checked, values, left in ((0, 700, 1), (1, 699, 1), (1, 700, 2)):
        with pytest.raises(ValueError, match="do not fit"):
            kernel.decode(*good, bytearray(checked), np.empty(values), bytearray(left), newest=False)


def test_sections_of_different_lengths_are_refused(tmp_path: Path) -> None:
    """An index whose arrays do not belong together has no kernel."""
    block = Project(tmp_path / "s").write({Labels.of(__name__="m"): {t: t % 7.0 for t in range(700)}})
    arrays = block._index._arrays
    for name in ("row.page", "vector.step", "scale.divisor", "chunk.page"):
        with pytest.raises(ValueError, match="length"):
            RowKernel({**arrays, name: arrays[name][:0]}, b"", MAX_PAGE_SAMPLES)
    with pytest.raises(ValueError, match="no such row"):
        RowKernel(arrays, b"", MAX_PAGE_SAMPLES).lay_out(np.array([1]), 0, 1)


def test_a_chunk_that_fails_its_checksum_is_left_over(tmp_path: Path) -> None:
    """A chunk is decoded when its checksum is right, and summed once; one that is not right is never decoded."""
    data = {Labels.of(__name__="m"): {t: float(t % 7) for t in range(700)}}
    block = Project(tmp_path / "s").write(data)
    arrays, content = block._index._arrays, bytearray(block.chunks.data)
    request = [np.array([number], dtype=np.int64) for number in (0, 0, 700, 0)]
    for damaged in (False, True):
        content[-1] ^= damaged
        kernel = RowKernel(arrays, bytes(content), MAX_PAGE_SAMPLES)
        values, checked, left = np.full(700, GUARD), bytearray(1), bytearray(1)
        count, *_ = kernel.decode(*request, checked, values, left, newest=False)
        assert (count, checked[0], left[0]) == (int(damaged), int(not damaged), int(damaged))
        assert (values == GUARD).all() if damaged else values.tolist() == [float(t % 7) for t in range(700)]


@pytest.mark.parametrize("by_tables", [False, True])
def test_checksums_are_those_of_the_writer(by_tables: bool) -> None:
    """Any length and place, with the processor's instruction and without it."""
    from vedette.kernel import _rows

    content = random.Random(1).randbytes(300)
    for begin, end in ((0, 0), (0, 1), (0, 7), (0, 8), (3, 64), (1, 300)):
        assert _rows.checksum(content[begin:end], by_tables) == crc32c(content[begin:end])
