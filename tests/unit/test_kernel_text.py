"""The text kernel and its plain twin give the same bytes, and those are what Prometheus writes."""

from __future__ import annotations

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.kernel import plain_text, text

ALL = np.empty(0, dtype=np.bool_)
NAMES = [b'{"a":"1"}', b'{"a":"2"}', b"{}"]
any_float = st.one_of(
    st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0]),
    st.integers(-(10**9), 10**9).map(lambda number: number / 100),
    st.sampled_from([0.0, -0.0, 1e-6, 9.9e-7, 1e21, 9.99e20, 2.0**53, 2.0**53 + 2, 1e12, 1e12 - 0.01, 0.1 + 0.2]),
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (12.5, "12.5"),
        (12.05, "12.05"),
        (-99.99, "-99.99"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e-6, "0.000001"),
        (1e-7, "1e-07"),
        (1.5e-300, "1.5e-300"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (123456789012345680000.0, "123456789012345680000"),
        (2.0**53, "9007199254740992"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
    ],
)
def test_numbers_look_as_prometheus_prints_them(value: float, shown: str) -> None:
    """Shortest digits, no exponent between 1e-6 and 1e21, two digits of exponent."""
    assert text.format_value(value) == shown
    expected = f'[{{"metric":{{}},"value":[1.500,"{shown}"]}}]'.encode()
    for kernel in (text, plain_text):
        assert kernel.vector([b"{}"], np.array([0]), 1500, np.array([value]), ALL) == expected


@pytest.mark.parametrize(
    ("time_ms", "shown"),
    [
        (0, "0"),
        (1_435_781_451_781, "1435781451.781"),
        (1_000, "1"),
        (1_050, "1.050"),
        (-1_500, "-1.500"),
        (-1, "-0.001"),
    ],
)
def test_times_are_seconds(time_ms: int, shown: str) -> None:
    """Three digits after the point, or none."""
    assert text.format_time(time_ms) == shown
    for kernel in (text, plain_text):
        body = kernel.vector([b"{}"], np.array([0]), time_ms, np.array([1.0]), ALL)
        assert body == f'[{{"metric":{{}},"value":[{shown},"1"]}}]'.encode()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(data=st.data(), steps=st.integers(0, 6), rows=st.integers(0, 3))
def test_kernel_and_twin_agree(data: st.DataObject, steps: int, rows: int) -> None:
    """On every shape, with and without absent points, in any order of rows."""
    cells = rows * steps
    values = np.array(data.draw(st.lists(any_float, min_size=cells, max_size=cells)), dtype=np.float64)
    present = np.array(data.draw(st.lists(st.booleans(), min_size=cells, max_size=cells)), dtype=np.bool_)
    present = ALL if data.draw(st.booleans()) else present
    times = np.array(
        data.draw(st.lists(st.integers(-(10**15), 10**15), min_size=steps, max_size=steps)), dtype=np.int64
    )
    order = np.array(data.draw(st.permutations(range(rows))), dtype=np.int64)
    names = NAMES[:rows]
    ours = text.matrix(names, order, times, values, present)
    assert ours == plain_text.matrix(names, order, times, values, present)
    json.loads(ours)
    ours = text.columns(names, order, steps, values, present)
    assert ours == plain_text.columns(names, order, steps, values, present)
    json.loads(ours)
    starts = np.arange(rows + 1, dtype=np.int64) * steps
    each = np.tile(times, rows)
    assert text.ragged(names, starts, each, values) == plain_text.ragged(names, starts, each, values)
    if steps == 1:
        ours = text.vector(names, order, int(times[0]), values, present)
        assert ours == plain_text.vector(names, order, int(times[0]), values, present)


def test_values_survive_the_way_through_json() -> None:
    """The shortest text reads back as the same number."""
    values = np.random.default_rng(1).uniform(-1e6, 1e6, 1000)
    body = text.columns([b"{}"], np.array([0]), 1000, values, ALL)
    assert json.loads(body)[0]["values"] == values.tolist()


@pytest.mark.parametrize("kernel", [text, plain_text], ids=["compiled", "plain"])
def test_shapes_that_do_not_fit_are_refused(kernel: object) -> None:
    """A ValueError, never a read beyond the arrays."""
    one, two = np.zeros(1), np.zeros(2)
    times, order = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    flags = np.zeros(3, dtype=np.bool_)
    bad_order = np.array([1], dtype=np.int64)
    calls = [
        lambda k: k.matrix([b"{}"], order, times, two, ALL),
        lambda k: k.matrix([b"{}"], order, times, one, flags),
        lambda k: k.matrix([b"{}"], bad_order, times, one, ALL),
        lambda k: k.matrix([b"{}"], -bad_order, times, one, ALL),
        lambda k: k.vector([b"{}"], bad_order, 0, one, ALL),
        lambda k: k.vector([b"{}"], order, 0, two, ALL),
        lambda k: k.columns([b"{}"], order, -1, one, ALL),
        lambda k: k.columns([b"{}"], order, 2**40, one, ALL),
        lambda k: k.ragged([b"{}"], np.array([0, 2]), times, one),
        lambda k: k.ragged([b"{}"], np.array([1, 1]), times, one),
        lambda k: k.ragged([b"{}", b"{}"], np.array([0, 2, 1]), times, one),
        lambda k: k.ragged([b"{}"], np.array([0]), times, one),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="shapes do not fit"):
            call(kernel)
