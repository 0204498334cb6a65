"""Sorting in pieces."""

from __future__ import annotations

import random

import pytest

from vedette.tsdb.order import sorted_places


@pytest.mark.parametrize(
    ("size", "kinds"), [(0, 1), (1, 1), (16_384, 50), (16_385, 10**9), (50_000, 3), (70_000, 10**9)]
)
def test_places_are_those_of_a_stable_sort(size: int, kinds: int) -> None:
    """However many pieces it takes and however many keys are equal, the order is that of `sorted`."""
    random_numbers = random.Random(size)
    keys = [(random_numbers.randrange(kinds), "x") for _ in range(size)]
    assert sorted_places(keys) == sorted(range(size), key=keys.__getitem__)
