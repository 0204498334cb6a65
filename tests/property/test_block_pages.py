"""The page kernel: both twins give the same values, and no bytes make them crash."""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pcodec import ChunkConfig, DeltaSpec, ModeSpec, PagingSpec, wrapped

from vedette.kernel import pages, plain_pages
from vedette.kernel.pages import DAMAGED, DONE, PENDING

DTYPES = {1: np.int16, 2: np.int32, 3: np.int64, 4: np.float64}
needs_compiled = pytest.mark.skipif(pages.COMPILED is None, reason="the kernel was not built here")


class Plan(NamedTuple):
    data: bytes
    header: bytes
    chunks: np.ndarray
    rows: np.ndarray
    scales: np.ndarray
    pages: np.ndarray


def make_plan(kind: int, rows: list[np.ndarray], order: int, window: tuple[float, float], front: int = 7) -> Plan:
    """One chunk whose rows have two pages each, of which the columns in `window` (parts of the row) are wanted."""
    compressor = wrapped.FileCompressor()
    sizes = [size for row in rows for size in (len(row) - len(row) // 2, len(row) // 2) if size]
    delta = DeltaSpec.try_consecutive(order) if order else DeltaSpec.no_op()
    config = ChunkConfig(
        8, delta_spec=delta, mode_spec=ModeSpec.classic(), paging_spec=PagingSpec.exact_page_sizes(sizes)
    )
    chunk = compressor.chunk_compressor(np.concatenate(rows).astype(DTYPES[kind]), config)
    meta = chunk.write_meta()
    bodies = [chunk.write_page(index) for index in range(len(sizes))]
    ends = np.cumsum([front + len(meta), *map(len, bodies)])
    pages_, rows_, begin = [], [], 0
    number = 0
    for row in rows:
        low = int(window[0] * (len(row) - 1))
        high = max(low + 1, int(window[1] * len(row)))
        first, at = len(pages_), 0
        for size in (len(row) - len(row) // 2, len(row) // 2):
            if size:
                wanted = min(-(-max(high - at, 0) // 256) * 256, size)
                pages_.append((ends[number], ends[number + 1], size, wanted))
                number += 1
                at += size
        rows_.append((first, len(pages_), low, high - low, begin))
        begin += high - low
    return Plan(
        b"\0" * front + meta + b"".join(bodies),
        compressor.write_header(),
        np.array([(kind, front, front + len(meta), 0, len(rows))], dtype=np.int64),
        np.array(rows_, dtype=np.int64),
        np.array([(1.0, 1.0), (1.0, 100.0), (4096.0, 1.0), (25.0, 100.0)] * len(rows), dtype=np.float64)[: len(rows)],
        np.array(pages_, dtype=np.int64),
    )


def run(unpack: pages.Unpack, plan: Plan) -> tuple[np.ndarray, list[int]]:
    values = np.full(int(plan.rows[:, 3].sum()), -1.0)
    status = np.full(len(plan.chunks), PENDING, dtype=np.uint8)
    unpack(*plan, values, status)
    return values, status.tolist()


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, np.ndarray]:
    """A plan and the values that it asks for."""
    kind = draw(st.sampled_from([1, 2, 3, 4]))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    spread = draw(st.sampled_from([0, 1, 3, 1000, 2**14, 2**30, 2**62]))
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        length = draw(st.sampled_from([1, 2, 3, 5, 255, 256, 257, 511, 600, 1500]))
        steps = generator.integers(-spread, spread + 1, length)
        row = np.cumsum(steps) if draw(st.booleans()) else steps
        rows.append(row.astype(DTYPES[kind]))
    low, high = sorted(draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    plan = make_plan(kind, rows, draw(st.integers(0, 3)), (low, high))
    expected = []
    for row, (_, _, skip, length, _), (multiplier, divisor) in zip(rows, plan.rows, plan.scales, strict=True):
        expected.append(row[skip : skip + length].astype(np.float64) * multiplier / divisor)
    return plan, np.concatenate(expected)


@settings(max_examples=150, deadline=None)
@given(plans())
def test_twins_give_what_was_compressed(case: tuple[Plan, np.ndarray]) -> None:
    """Every width, order of differences, page length and window; float chunks are left to the plain twin."""
    plan, expected = case
    for unpack in (pages.unpack, plain_pages.unpack):
        values, status = run(unpack, plan)
        assert status == [DONE]
        assert (values == expected).all()


@needs_compiled
def test_the_kernel_does_integers_itself_and_leaves_floats() -> None:
    """The compiled kernel is not just handing everything on."""
    assert pages.COMPILED is not None
    for kind in DTYPES:
        plan = make_plan(kind, [np.arange(1000) ** 2 % 777], 1, (0, 1))
        values, status = run(pages.COMPILED, plan)
        assert status == [PENDING if kind == 4 else DONE]
        assert (values == (-1.0 if kind == 4 else (np.arange(1000) ** 2 % 777).astype(float))).all()


@needs_compiled
@pytest.mark.parametrize("kind", [1, 2, 3])
def test_altered_bytes_never_crash(kind: int) -> None:
    """Without its checksum a chunk may say anything: it is damaged or decodes to nonsense, memory stays whole."""
    assert pages.COMPILED is not None
    generator = random.Random(kind)
    rows = [np.cumsum(np.random.default_rng(row).integers(-500, 500, 700)) for row in range(3)]
    good = make_plan(kind, rows, 1, (0, 1))
    seen = set()
    for _ in range(1500):
        data = bytearray(good.data)
        for _ in range(generator.choice([1, 2, 20])):
            place = generator.randrange(7, generator.choice([20, 60, len(data)]))
            data[place] = generator.randrange(256)
        _, status = run(pages.COMPILED, good._replace(data=bytes(data[: generator.choice([len(data), len(data) + 1])])))
        seen.update(status)
    assert seen <= {PENDING, DONE, DAMAGED}
    assert DAMAGED in seen


@needs_compiled
@pytest.mark.parametrize(
    ("field", "row", "column", "value"),
    [
        ("chunks", 0, 1, -1),
        ("chunks", 0, 2, 10**9),
        ("chunks", 0, 4, 99),
        ("rows", 0, 1, 99),
        ("rows", 0, 0, -1),
        ("rows", 0, 2, -5),
        ("rows", 0, 4, -1),
        ("rows", 1, 4, 2**62),
        ("pages", 0, 0, -1),
        ("pages", 0, 1, 10**9),
        ("pages", 0, 3, 10**9),
    ],
)
def test_a_plan_that_points_outside_is_refused(field: str, row: int, column: int, value: int) -> None:
    """Bounds are checked before anything is read or written."""
    assert pages.COMPILED is not None
    plan = make_plan(2, [np.arange(300), np.arange(300)], 1, (0, 1))
    array = getattr(plan, field).copy()
    array[row, column] = value
    with pytest.raises(ValueError, match="outside"):
        run(pages.COMPILED, plan._replace(**{field: array}))
    with pytest.raises(ValueError, match="outside"):
        run(pages.COMPILED, plan._replace(scales=plan.scales[:1]))
