"""The compiled window kernel answers what its plain twin answers, for any grid, and refuses what does not fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.kernel import plain_window, window
from vedette.model.grid import Grid, offsets
from vedette.model.labels import EMPTY
from vedette.model.special import STALE_NAN, FloatArray, IntArray

compiled = pytest.importorskip("vedette.kernel._window", reason="no compiler built the kernel")

SPECIAL = (np.nan, np.inf, -np.inf, STALE_NAN, 0.0, -0.0, 1e300, -1e300, 5e-324, 1e17)


def random_row(rng: np.random.Generator, times: IntArray) -> tuple[IntArray, FloatArray]:
    """Values of one of the kinds that metrics have: gauges, counters with resets, constants, anything."""
    count = len(times)
    kind = rng.integers(5)
    if kind == 0:
        values = np.round(rng.normal(0, 50, count), 2)
    elif kind == 1:
        values = np.cumsum(rng.integers(0, 9, count)).astype(np.float64)
        values %= max(1.0, float(rng.integers(5, 60)))
    elif kind == 2:
        values = np.full(count, float(rng.integers(-3, 4)))
    elif kind == 3:
        values = rng.normal(0, 1, count) * 10.0 ** rng.integers(-12, 13, count)
    else:
        values = rng.choice(np.array([*SPECIAL, 1.0, 2.5, -7.25]), count)
    if kind < 4 and rng.random() < 0.3:
        values[rng.random(count) < 0.1] = rng.choice(np.array(SPECIAL))
    return times, values


def random_grid(rng: np.random.Generator) -> Grid:
    """Rows that share timestamp vectors, in any order, and rows with vectors of their own."""
    vectors = []
    for _ in range(int(rng.integers(1, 4))):
        count = int(rng.integers(0, 60))
        gaps = np.full(count, 10_000) if rng.random() < 0.5 else rng.integers(1, 30_000, count)
        vectors.append(np.cumsum(gaps).astype(np.int64) + int(rng.integers(0, 10_000)))
    rows = [random_row(rng, vectors[int(rng.integers(len(vectors)))]) for _ in range(int(rng.integers(1, 8)))]
    return Grid.from_rows([EMPTY] * len(rows), rows)


def ask(evaluate: window.Evaluate, grid: Grid, name: str, ends: IntArray, range_ms: int, params: FloatArray) -> tuple:
    """Everything that one call yields."""
    shape = (len(grid), len(ends))
    out, present = np.full(shape, 99.0), np.ones(shape, dtype=np.bool_)
    with np.errstate(all="ignore"):
        counts = evaluate(
            window.NUMBERS[name],
            grid.values,
            grid.starts,
            grid.timestamps_ms,
            grid.vector_starts,
            grid.row_vector,
            ends,
            ends + 5000,
            range_ms,
            params,
            out,
            present,
        )
    return counts, out, present


@pytest.mark.parametrize("name", window.FUNCTIONS)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_kernel_equals_twin(name: str, seed: int) -> None:
    """Same presence, same counts, values equal to rounding, whatever the samples and the windows are."""
    rng = np.random.default_rng(seed)
    grid = random_grid(rng)
    steps = int(rng.integers(1, 40))
    ends = np.arange(steps, dtype=np.int64) * int(rng.integers(0, 40_000)) + int(rng.integers(0, 200_000))
    range_ms = int(rng.integers(0, 300_000))
    params = rng.uniform(-0.1 if name == "quantile" else 0.01, 0.99, window.PARAMS.get(name, 0) * steps)
    if name.endswith(("_anchored", "_smoothed")):
        beyond_end = 0.3 if name.endswith("_smoothed") else 0.0
        params = np.concatenate([ends - range_ms * 0.7, ends - range_ms * beyond_end]).round()
    counts, out, present = ask(compiled.evaluate, grid, name, ends, range_ms, params)
    twin_counts, twin_out, twin_present = ask(plain_window.evaluate, grid, name, ends, range_ms, params)
    assert counts == twin_counts
    np.testing.assert_array_equal(present, twin_present)
    np.testing.assert_allclose(out, twin_out, rtol=tolerance(name), atol=1e-9 * largest(grid), equal_nan=True)


def tolerance(name: str) -> float:
    """Regressions and variances cancel; the rest differs by rounding at most."""
    return 1e-6 if name in ("deriv", "predict_linear", "stddev", "stdvar") else 1e-9


def largest(grid: Grid) -> float:
    """Size of the numbers that results are small against."""
    sizes = np.abs(grid.values[np.isfinite(grid.values)])
    return float(sizes.max(initial=0.0)) if len(sizes) else 0.0


def test_running_sums_are_exact() -> None:
    """Overlapping windows of decimal values sum to what each window alone sums to, bit by bit."""
    rng = np.random.default_rng(7)
    values = np.round(rng.uniform(0, 100, (3, 2000)), 2)
    grid = Grid.shared([EMPTY] * 3, np.arange(2000, dtype=np.int64) * 10_000, values)
    ends = np.arange(100, 2000, dtype=np.int64) * 10_000
    _, out, _ = ask(compiled.evaluate, grid, "sum", ends, 600_000, np.empty(0))
    _, twin, _ = ask(plain_window.evaluate, grid, "sum", ends, 600_000, np.empty(0))
    np.testing.assert_array_equal(out, twin)


BROKEN = {
    "starts beyond the values": {"starts": np.array([0, 9], dtype=np.int64)},
    "negative start": {"starts": np.array([-1, 2], dtype=np.int64)},
    "row longer than its vector": {"starts": np.array([0, 2], dtype=np.int64)},
    "vector that does not exist": {"row_vector": np.array([1], dtype=np.int64)},
    "negative vector": {"row_vector": np.array([-1], dtype=np.int64)},
    "vector beyond the timestamps": {"vector_starts": np.array([0, 7], dtype=np.int64)},
    "falling vector starts": {"vector_starts": np.array([3, 0], dtype=np.int64)},
    "falling ends": {"ends": np.array([5, 4], dtype=np.int64)},
    "missing parameters": {"number": window.NUMBERS["quantile"]},
    "unknown function": {"number": 999},
    "small output": {"out": np.empty(1)},
    "small presence": {"present": np.empty(1, dtype=np.bool_)},
    "moments missing": {"at": np.empty(0, dtype=np.int64)},
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("evaluate", [compiled.evaluate, plain_window.evaluate], ids=["kernel", "twin"])
def test_arrays_that_do_not_fit_are_refused(evaluate: window.Evaluate, change: dict[str, object]) -> None:
    """No combination of lengths makes either implementation read or write outside its arrays."""
    arguments: dict[str, object] = {
        "number": window.NUMBERS["sum"],
        "values": np.zeros(3),
        "starts": np.array([0, 3], dtype=np.int64),
        "timestamps_ms": np.arange(3, dtype=np.int64),
        "vector_starts": np.array([0, 3], dtype=np.int64),
        "row_vector": np.zeros(1, dtype=np.int64),
        "ends": np.array([2, 3], dtype=np.int64),
        "at": np.array([2, 3], dtype=np.int64),
        "range_ms": 5,
        "params": np.empty(0),
        "out": np.empty(2),
        "present": np.empty(2, dtype=np.bool_),
    }
    with pytest.raises(ValueError, match=r".+"):
        evaluate(*{**arguments, **change}.values())  # type: ignore[call-overload]


def test_many_vectors_of_their_own() -> None:
    """Each row may have its own timestamps; the last sample before each step is that of the row's own vector."""
    rows = 50
    times = np.arange(20, dtype=np.int64) * 1000
    shifts = np.arange(rows, dtype=np.int64) * 10
    starts = offsets([20] * rows)
    grid = Grid(
        [EMPTY] * rows,
        np.tile(np.arange(20.0), rows),
        starts,
        (times + shifts[:, None]).reshape(-1),
        starts,
        np.arange(rows, dtype=np.int64),
    )
    ends = np.array([250, 5_100, 40_000], dtype=np.int64)
    _, out, present = ask(compiled.evaluate, grid, "newest", ends, 10_000, np.empty(0))
    assert present[:, 0].tolist() == [shift <= 250 for shift in shifts.tolist()]
    assert out[:, 1].tolist() == [5.0 if shift <= 100 else 4.0 for shift in shifts.tolist()]
    assert not present[:, 2].any()
