"""Relabelling: Prometheus' semantics, action by action, and precise complaints about wrong rules."""

from __future__ import annotations

from typing import Any

import pytest

from vedette.errors import BadData
from vedette.ingest.relabel import RelabelRule, parse_rules, relabel
from vedette.model.labels import Labels

LABELS = Labels.of(__name__="m", a="foo", b="bar", c="baz")


def applied(*rules: dict[str, Any], labels: Labels = LABELS) -> dict[str, str] | None:
    changed = relabel(labels, parse_rules(list(rules)))
    return None if changed is None else changed.as_dict()


def changed(**expected: str) -> dict[str, str]:
    return {name: value for name, value in {**LABELS.as_dict(), **expected}.items() if value}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            {"source_labels": ["a"], "regex": "f(.*)", "target_label": "d", "replacement": "ch${1}-ch${1}"},
            changed(d="choo-choo"),
        ),
        (
            {"source_labels": ["a", "b"], "regex": "f(.*);(.*)r", "target_label": "a", "replacement": "b${1}${2}m"},
            changed(a="boobam"),
        ),
        ({"source_labels": ["a"], "regex": "nothing", "target_label": "d", "replacement": "x"}, changed()),
        ({"source_labels": ["a"], "regex": "o", "target_label": "d", "replacement": "x"}, changed()),
        ({"target_label": "d", "replacement": "static"}, changed(d="static")),
        ({"target_label": "a", "replacement": ""}, changed(a="")),
        ({"target_label": "a", "replacement": None}, changed(a="")),
        ({"source_labels": ["a"], "regex": "(f).*", "target_label": "${1}_x", "replacement": "y"}, changed(f_x="y")),
        ({"source_labels": ["a"], "target_label": "d", "replacement": "$1x"}, changed()),
        ({"source_labels": ["a"], "target_label": "d", "replacement": "$$1"}, changed(d="$1")),
        (
            {"source_labels": ["a"], "regex": "(?P<first>.).*", "target_label": "d", "replacement": "${first}"},
            changed(d="f"),
        ),
        ({"source_labels": ["a", "b"], "separator": "-", "target_label": "d"}, changed(d="foo-bar")),
        ({"source_labels": ["a"], "regex": "foo", "action": "keep"}, changed()),
        ({"source_labels": ["a"], "regex": "fo", "action": "keep"}, None),
        ({"source_labels": ["a"], "regex": "foo|bar", "action": "drop"}, None),
        ({"source_labels": ["missing"], "regex": "", "action": "drop"}, None),
        ({"source_labels": ["a"], "target_label": "b", "action": "keepequal"}, None),
        ({"source_labels": ["a"], "target_label": "a", "action": "keepequal"}, changed()),
        ({"source_labels": ["a"], "target_label": "a", "action": "dropequal"}, None),
        ({"source_labels": ["a"], "target_label": "b", "action": "dropequal"}, changed()),
        ({"source_labels": ["c"], "target_label": "d", "modulus": 1000, "action": "hashmod"}, changed(d="976")),
        ({"source_labels": ["c"], "target_label": "d", "modulus": "1000", "action": "HashMod"}, changed(d="976")),
        ({"regex": "(b.*|a)", "replacement": "x_${1}", "action": "labelmap"}, changed(x_a="foo", x_b="bar")),
        ({"regex": "(a|b)", "action": "labeldrop"}, changed(a="", b="")),
        ({"regex": "__name__|c", "action": "labelkeep"}, {"__name__": "m", "c": "baz"}),
        ({"source_labels": ["a"], "target_label": "A", "action": "uppercase"}, changed(A="FOO")),
        ({"source_labels": ["a"], "target_label": "a", "action": "lowercase"}, changed()),
    ],
)
def test_a_rule_does_what_prometheus_does(rule: dict[str, Any], expected: dict[str, str] | None) -> None:
    """Each action on one label set; None means dropped."""
    assert applied(rule) == expected


def test_rules_apply_in_order_until_one_drops() -> None:
    """Later rules see what earlier ones did; nothing runs after a drop."""
    first = {"source_labels": ["a"], "target_label": "d"}
    assert applied(first, {"source_labels": ["d"], "regex": "foo", "action": "drop"}) is None
    assert applied(first, {"regex": "d", "action": "labeldrop"}) == changed()


def test_a_dot_matches_a_newline() -> None:
    """As Prometheus 3 compiles its expressions."""
    labels = Labels.of(__name__="m", a="x\ny")
    assert applied({"source_labels": ["a"], "regex": "x.y", "action": "drop"}, labels=labels) is None


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"action": "keep"}, "a list of rules is expected"),
        ([{"action": "explode"}], r"relabel_configs\[0\]: unknown relabel action 'explode'"),
        (
            [{"target_label": "x"}, {"regex": "(", "target_label": "y"}],
            r"relabel_configs\[1\]: invalid regular expression",
        ),
        ([{"regexp": "x"}], "unknown field `regexp`"),
        ([{"source_labels": "a"}], r"Expected `array`, got `str` - at `\$.source_labels`"),
        ([{}], "replace action requires 'target_label'"),
        ([{"action": "hashmod", "target_label": "x"}], "non-zero modulus"),
        (
            [{"action": "lowercase", "target_label": "x", "replacement": "y"}],
            "'replacement' can not be set for lowercase",
        ),
        ([{"action": "labelmap", "replacement": ""}], "invalid 'replacement' for labelmap"),
        ([{"action": "labeldrop", "regex": "a", "target_label": "x"}], "labeldrop action requires only 'regex'"),
        (
            [{"action": "keepequal", "target_label": "x", "regex": "a"}],
            "keepequal action requires only 'source_labels'",
        ),
        ([{"action": "hashmod", "target_label": "x", "modulus": -1}], "modulus must be between"),
    ],
)
def test_a_wrong_rule_is_named(rules: Any, words: str) -> None:
    """The complaint says which rule and which field."""
    with pytest.raises(BadData, match=words):
        parse_rules(rules)


def test_no_rules_are_fine() -> None:
    """An absent section is an empty list."""
    assert parse_rules(None) == ()
    assert relabel(LABELS, ()) == LABELS


def test_catastrophic_expressions_take_linear_time() -> None:
    """RE2 has no back-tracking: a pattern that stops other engines for years is answered at once."""
    rule = RelabelRule(source_labels=("a",), regex="(x+x+)+y", action="drop")
    assert relabel(Labels.of(__name__="m", a="x" * 5000), [rule]) is not None
