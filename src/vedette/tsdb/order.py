"""Sorting a million objects without holding the interpreter for seconds: Python's sort lets nobody else run."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final

_PIECE: Final = 16_384
"""Keys sorted in one go: some ten milliseconds."""
_SAMPLES_OF_PIECE: Final = 16


def sorted_places(keys: Sequence[Any]) -> list[int]:
    """Positions of keys in ascending order, equal ones in theirs."""
    count, key_of = len(keys), keys.__getitem__
    runs = [sorted(range(first, min(first + _PIECE, count)), key=key_of) for first in range(0, count, _PIECE)]
    if len(runs) <= 1:
        return runs[0] if runs else []
    # Borders from a sample cut all runs into ranges of keys, whose members are then merged range by range.
    step = _PIECE // _SAMPLES_OF_PIECE
    sample = sorted([keys[run[at]] for run in runs for at in range(0, len(run), step)])
    borders = sample[_SAMPLES_OF_PIECE::_SAMPLES_OF_PIECE]
    cuts = [[0, *[bisect_left(run, border, key=key_of) for border in borders], len(run)] for run in runs]
    places: list[int] = []
    for which in range(len(borders) + 1):
        members = [place for run, cut in zip(runs, cuts, strict=True) for place in run[cut[which] : cut[which + 1]]]
        members.sort(key=key_of)
        places += members
    return places
