"""The label kernel gives the bytes that orjson gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.kernel import label_json
from vedette.model.frame import Frame, QueryResult
from vedette.model.labels import Labels
from vedette.query.encode import prometheus_answer

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
SETS = st.lists(st.dictionaries(TEXTS, TEXTS, max_size=5).map(lambda one: tuple(sorted(one.items()))), max_size=6)


@settings(max_examples=150, deadline=None)
@given(SETS)
def test_both_give_the_same_bytes(sets: list[label_json.Pairs]) -> None:
    """Any text: control characters, quotes, other scripts."""
    assert label_json.objects(sets) == label_json.plain(sets)


def test_every_control_character_is_escaped_alike() -> None:
    """All of them, one by one."""
    sets: list[label_json.Pairs] = [((chr(code), f"a{chr(code)}b"),) for code in range(0x100)]
    assert label_json.objects(sets) == label_json.plain(sets)


def test_a_text_without_utf8_is_refused() -> None:
    """Half a surrogate pair has no place in JSON; the answer is an error, not a broken text."""
    for make in (label_json.objects, label_json.plain):
        with pytest.raises((TypeError, UnicodeError)):
            make([(("a", "\ud800"),)])


@pytest.mark.parametrize("wrong", [[1], [(1,)], [(("a",),)]])
def test_what_are_no_labels_is_refused(wrong: object) -> None:
    """Types and lengths are looked at."""
    with pytest.raises((TypeError, ValueError)):
        label_json.objects(wrong)  # type: ignore[arg-type]  # that is the point


def test_label_sets_are_written_once_known_or_not() -> None:
    """An answer with some sets that were written before and some that were not has all of them right."""

    sets = [Labels.of(a=str(number)) for number in range(3)]
    assert sets[1].json == b'{"a":"1"}'
    frame = Frame(sets, np.zeros(1, dtype=np.int64), np.arange(3.0).reshape(3, 1))
    answer = prometheus_answer(QueryResult("vector", frame), "")
    assert answer.count(b'"metric":{"a":') == 3
    assert [labels.cached_json for labels in sets] == [b'{"a":"0"}', b'{"a":"1"}', b'{"a":"2"}']
