"""Whatever goes into a block comes out of it, bit for bit."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.tsdb_blocks.rig import Data, Project, bits, contents, from_bits, read_bits

from vedette.model.labels import Labels
from vedette.model.special import NORMAL_NAN_BITS, STALE_BITS, STALE_NAN
from vedette.model.timerange import ALL_TIME, TimeRange
from vedette.storage.interface import SelectHints
from vedette.tsdb.codec import Kind, analyse

SPECIAL = [
    0,
    1 << 63,
    STALE_BITS,
    NORMAL_NAN_BITS,
    0x7FF0 << 48,
    0xFFF0 << 48,
    1,
    (1 << 64) - 1,
    0x43E0 << 48,
    0xC3E0 << 48,
]
PATTERNS = st.one_of(st.sampled_from(SPECIAL), st.integers(0, 2**64 - 1)).map(from_bits)
DECIMALS = st.builds(lambda m, e: m / 10**e, st.integers(-(10**7), 10**7), st.integers(0, 6))
STEPS = st.builds(
    lambda k, unit: float(k * unit), st.integers(-1000, 1000), st.sampled_from([1, 4096, 0.25, 1e9, 2**40])
)
VALUES = st.one_of(PATTERNS, DECIMALS, STEPS, st.just(STALE_NAN))


@st.composite
def rows(draw: st.DrawFn) -> list[float]:
    """One series: mostly of one sort of number, as series are, with a few strangers."""
    sort = draw(st.sampled_from([PATTERNS, DECIMALS, STEPS, VALUES]))
    values = draw(st.lists(sort, min_size=1, max_size=40)) * draw(st.sampled_from([1, 1, 1, 60]))
    for place in draw(st.lists(st.integers(0, len(values) - 1), max_size=3)):
        values[place] = draw(VALUES)
    return values


@st.composite
def data(draw: st.DrawFn) -> Data:
    """A few series on a few timestamp vectors."""
    result: Data = {}
    for number, values in enumerate(draw(st.lists(rows(), min_size=1, max_size=8))):
        start = draw(st.sampled_from([0, 7, -(2**40), 1_700_000_000_000]))
        jitter = draw(st.lists(st.integers(1, 20_000), min_size=1, max_size=5))
        times = start + np.cumsum([jitter[i % len(jitter)] for i in range(len(values))])
        result[Labels.of(__name__=f"m{number % 3}", i=str(number))] = dict(zip(times.tolist(), values, strict=True))
    return result


@settings(max_examples=120, deadline=None)
@given(data())
def test_every_bit_pattern_survives(written: Data) -> None:
    """A block gives back exactly the samples that were written, for every float64 there is."""
    with tempfile.TemporaryDirectory() as folder:
        block = Project(Path(folder) / "s").write(written)
        assert contents(block) == bits(written)


@settings(max_examples=80, deadline=None)
@given(data(), st.integers(0, 2**32), st.integers(0, 2**32))
def test_a_time_range_is_what_a_dict_would_give(written: Data, first: int, second: int) -> None:
    """Reading a range, in any row order, equals filtering the samples; so does the newest sample at a moment."""
    times = sorted({time for samples in written.values() for time in samples})
    low, high = sorted((times[first % len(times)], times[second % len(times)]))
    wanted = TimeRange(low, high)
    with tempfile.TemporaryDirectory() as folder:
        block = Project(Path(folder) / "s").write(written)
        cut = {one: {t: v for t, v in samples.items() if wanted.contains(t)} for one, samples in written.items()}
        assert contents(block, wanted) == bits(cut)
        backwards = np.arange(block.meta.series, dtype=np.int64)[::-1]
        assert read_bits(block, backwards, wanted) == bits(cut)
        newest = {one: dict([max(samples.items())]) for one, samples in cut.items() if samples}
        found = block.read(backwards, TimeRange(low, ALL_TIME.end_ms), SelectHints(latest_at_ms=high))
        grid = found.with_labels(block.labels(backwards))
        got = {one: grid.row(i) for i, one in enumerate(grid.labels) if len(grid.row(i)[0])}
        assert {
            one: dict(zip(t.tolist(), v.view(np.uint64).tolist(), strict=True)) for one, (t, v) in got.items()
        } == bits(newest)


@settings(max_examples=60, deadline=None)
@given(data(), st.data())
def test_rows_can_be_placed_anywhere(written: Data, choice: st.DataObject) -> None:
    """`into` fills exactly the places it was given, so that blocks can be decoded side by side."""
    with tempfile.TemporaryDirectory() as folder:
        block = Project(Path(folder) / "s").write(written)
        rows = block.find(())
        laid_out = block.lay_out(rows, ALL_TIME)
        gaps = np.array(choice.draw(st.lists(st.integers(0, 5), min_size=len(rows), max_size=len(rows))))
        starts = np.cumsum(gaps + laid_out.lengths) - laid_out.lengths
        guard = from_bits(0xDEAD_BEEF_DEAD_BEEF)
        values = np.full(int(starts[-1] + laid_out.lengths[-1]) + 3, guard)
        assert len(laid_out.into(values, starts)) == 0
        expected = np.full_like(values, guard)
        for index, labels in enumerate(block.labels(rows)):
            samples = [written[labels][time] for time in sorted(written[labels])]
            expected[starts[index] : starts[index] + len(samples)] = samples
        assert (values.view(np.uint64) == expected.view(np.uint64)).all()


def _kinds(*rows: np.ndarray) -> tuple[list[int], list[int], list[int]]:
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    found = analyse(np.concatenate(rows).astype(np.float64), starts)
    return found.kind.tolist(), found.exponent.tolist(), found.multiplier.tolist()


@pytest.mark.parametrize(
    ("values", "kind", "exponent", "multiplier"),
    [
        (np.full(100, 0.1), Kind.CONSTANT, 0, 1),
        (np.arange(7, 107) / 100, Kind.INT16, 2, 1),
        (np.arange(100) * 4096.0, Kind.INT16, 0, 4096),
        (np.arange(100) * 0.25, Kind.INT16, 2, 25),
        (np.arange(100) * 70_001.0 % 1e6 + 0.5, Kind.INT32, 1, 5),
        (np.arange(100) ** 2 * 1e9 + np.arange(100), Kind.INT64, 0, 1),
        (np.sqrt(np.arange(2, 102)), Kind.FLOAT64, 0, 1),
        (np.where(np.arange(200) == 77, STALE_NAN, np.arange(200.0)), Kind.INT16, 0, 1),
        (np.where(np.arange(200) % 3 == 0, np.nan, np.arange(200.0)), Kind.FLOAT64, 0, 1),
    ],
)
def test_rows_get_the_small_form(values: np.ndarray, kind: Kind, exponent: int, multiplier: int) -> None:
    """Decimal rows become integers, common divisors are taken out, a few markers do not change that."""
    assert _kinds(values) == ([kind], [exponent], [multiplier])


def test_one_finer_value_among_many_is_kept_apart_but_many_make_the_row_finer() -> None:
    """The exponent follows the row, not its oddest sample."""
    coarse = np.arange(1000) / 10
    one_fine = coarse.copy()
    one_fine[500] = 0.123456
    half_fine = coarse.copy()
    half_fine[500:] += 0.001
    assert _kinds(coarse, one_fine, half_fine)[1] == [1, 1, 3]
