"""Postings of the head against a plain list of series, also while many of them wait to be entered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.tsdb.postings import Postings

MANY = 40_000
"""More than wait to be entered at a time."""


def series(ref: int) -> Labels:
    """Labels of which each is shared by another number of series."""
    odd = {"odd": "yes"} if ref % 2 else {}
    return Labels.of({"__name__": f"metric_{ref % 3}", "host": f"host_{ref % 1000}", **odd})


@pytest.mark.parametrize(
    ("matcher", "expected"),
    [
        (Matcher("__name__", MatchOp.EQUAL, "metric_1"), lambda ref: ref % 3 == 1),
        (Matcher("odd", MatchOp.EQUAL, ""), lambda ref: ref % 2 == 0),
        (Matcher("odd", MatchOp.NOT_EQUAL, ""), lambda ref: ref % 2 == 1),
        (Matcher("host", MatchOp.REGEX, "host_7.?"), lambda ref: ref % 1000 in {7, *range(70, 80)}),
    ],
)
def test_matchers_see_every_series_whenever_it_was_added(matcher: Matcher, expected: Callable[[int], bool]) -> None:
    """Series added before and after a question, and those taken out again, are answered for as they are then."""
    postings = Postings()
    for ref in range(MANY):
        postings.add(ref, series(ref))
    assert list(postings.find([matcher])) == [ref for ref in range(MANY) if expected(ref)]
    for ref in range(MANY, MANY + 12):
        postings.add(ref, series(ref))
    removed = set(range(0, MANY + 12, 5))
    for ref in sorted(removed):
        postings.remove(ref, series(ref))
    left = [ref for ref in range(MANY + 12) if ref not in removed]
    assert list(postings.find([matcher])) == [ref for ref in left if expected(ref)]
    assert list(postings.all) == left


def test_names_and_values_are_those_in_use() -> None:
    """Names and values of series just added are there at once and gone with the last of them."""
    postings = Postings()
    postings.add(0, Labels.of({"__name__": "a", "only": "here"}))
    postings.add(1, Labels.of({"__name__": "b"}))
    assert sorted(postings.names(postings.all)) == ["__name__", "only"]
    assert postings.values("__name__", postings.all) == ["a", "b"]
    postings.remove(0, Labels.of({"__name__": "a", "only": "here"}))
    assert postings.names(postings.all) == ["__name__"]
    assert list(postings.sizes()) == [("__name__", "b", 1)]
