"""The compiled aggregation kernel answers what its plain twin answers, and refuses what does not fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.kernel import aggregate, plain_aggregate
from vedette.model.special import BoolArray, FloatArray, IntArray

compiled: aggregate.Kernel = pytest.importorskip("vedette.kernel._aggregate", reason="no compiler built the kernel")

SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, 1e308, -1e308, 3.5, 3.5])


def random_rows(rng: np.random.Generator) -> tuple[FloatArray, BoolArray, IntArray, int]:
    """values[S, K], present[S, K], group[S] and the number of groups."""
    rows, steps, groups = int(rng.integers(0, 20)), int(rng.integers(1, 20)), int(rng.integers(1, 5))
    values = np.round(rng.normal(0, 100, (rows, steps)), 1)
    odd = rng.random((rows, steps)) < rng.choice([0.0, 0.2])
    values[odd] = rng.choice(SPECIAL, int(odd.sum()))
    present = rng.random((rows, steps)) < rng.choice([1.0, 0.6])
    return values, present, rng.integers(0, groups, rows), groups


def fold(
    kernel: aggregate.Kernel, number: int, parts: list[tuple[FloatArray, BoolArray, IntArray]], groups: int
) -> tuple:
    """All parts folded in order."""
    steps = parts[0][0].shape[1]
    state = (np.zeros((groups, steps)), np.zeros((groups, steps)), np.zeros((groups, steps)))
    flag = np.zeros((groups, steps), dtype=np.bool_)
    for values, present, group in parts:
        kernel.accumulate(number, values, present, group, steps, *state, flag)
    return kernel.finish(number, *state, flag), state[0], flag


@pytest.mark.parametrize("name", aggregate.OPERATIONS)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_fold_equals_twin(name: str, seed: int) -> None:
    """Folding part by part gives the twin's result, for any presence, NaNs and sums that overflow."""
    rng = np.random.default_rng(seed)
    values, present, group, groups = random_rows(rng)
    cut = int(rng.integers(0, len(group) + 1))
    parts = [
        (np.ascontiguousarray(values[half]), np.ascontiguousarray(present[half]), np.ascontiguousarray(group[half]))
        for half in (slice(None, cut), slice(cut, None))
    ]
    with np.errstate(all="ignore"):
        filled, result, flag = fold(compiled, aggregate.NUMBERS[name], parts, groups)
        twin_filled, twin_result, twin_flag = fold(plain_aggregate, aggregate.NUMBERS[name], parts, groups)
    assert filled == twin_filled
    np.testing.assert_array_equal(flag, twin_flag)
    np.testing.assert_array_equal(result, twin_result)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_quantiles_equal_twin(seed: int) -> None:
    """Quantiles of present values only, at the asked columns only."""
    rng = np.random.default_rng(seed)
    values, present, group, groups = random_rows(rng)
    steps = values.shape[1]
    q = rng.choice([0.0, 0.25, 0.5, 0.99, 1.0, 1.5, -1.0, np.nan], steps)
    results = []
    for kernel in (compiled, plain_aggregate):
        out, there = np.full((groups, steps), 7.0), np.zeros((groups, steps), dtype=np.bool_)
        with np.errstate(all="ignore"):
            kernel.quantiles(values, present, group, q, 0, steps // 2, out, there)
            kernel.quantiles(values, present, group, q, steps // 2, steps, out, there)
        results.append((out, there))
    np.testing.assert_array_equal(results[0][1], results[1][1])
    np.testing.assert_array_equal(results[0][0], results[1][0])


@pytest.mark.parametrize("bottom", [0, 1])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_rank_picks_the_same_values(bottom: int, seed: int) -> None:
    """Which of equal values is picked is free; the picked values are not."""
    rng = np.random.default_rng(seed)
    values, present, group, groups = random_rows(rng)
    steps = values.shape[1]
    k = rng.integers(0, 6, steps)
    picked = []
    for kernel in (compiled, plain_aggregate):
        keep = np.ones(values.shape, dtype=np.bool_)
        kernel.rank(values, present, group, groups, k, bottom, keep)
        assert not (keep & ~present).any()
        picked.append(
            [
                sorted(map(repr, values[(group == g) & keep[:, step], step]))
                for g in range(groups)
                for step in range(steps)
            ]
        )
    assert picked[0] == picked[1]


@pytest.mark.parametrize("kernel", [compiled, plain_aggregate], ids=["kernel", "twin"])
def test_arrays_that_do_not_fit_are_refused(kernel: aggregate.Kernel) -> None:
    """Groups outside the state, and rows of the wrong size, raise instead of being written somewhere."""
    values, present = np.zeros((2, 3)), np.ones((2, 3), dtype=np.bool_)
    state = [np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 3), dtype=np.bool_)]
    good, outside = np.array([0, 1]), np.array([0, 2])
    with pytest.raises(ValueError, match=r".+"):
        kernel.accumulate(0, values, present, outside, 3, *state)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r".+"):
        kernel.accumulate(0, values[:, :2].copy(), present, good, 3, *state)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r".+"):
        kernel.accumulate(99, values, present, good, 3, *state)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r".+"):
        kernel.quantiles(values, present, outside, np.zeros(3), 0, 3, np.zeros((2, 3)), state[3])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r".+"):
        kernel.quantiles(values, present, good, np.zeros(3), 0, 4, np.zeros((2, 3)), state[3])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r".+"):
        kernel.rank(values, present, outside, 2, np.ones(3, dtype=np.int64), 0, present.copy())
