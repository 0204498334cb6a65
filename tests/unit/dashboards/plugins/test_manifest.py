"""Manifests of plugins: what is wrong is named, and nothing that is read breaks anything."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.dashboards.plugins.authored import manifest

from vedette.dashboards.plugins.manifest import MAX_MANIFEST_BYTES, OptionField, fits, read_manifest
from vedette.errors import BadData


def read(**more: Any) -> Any:
    """A manifest with these fields."""
    return read_manifest(json.dumps(manifest("ok", **more)).encode())


def options(**properties: Any) -> dict[str, Any]:
    """A schema with these options."""
    return {"type": "object", "properties": properties}


def test_the_least_is_enough() -> None:
    """What is left out has a meaning."""
    found = read()
    assert (found.mode, found.live, found.cache_ms, found.size.w, found.style) == ("range", True, 0, 6, None)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"format": 2}, "format: "),
        ({"name": "Upper"}, "name: "),
        ({"name": "../x"}, "name: "),
        ({"odd": 1}, "unknown field `odd`"),
        ({"entry": "../widget.js"}, "entry: "),
        ({"entry": "sub/widget.js"}, "entry: "),
        ({"entry": "widget.txt"}, "entry: 'widget.txt' does not end in .js or .mjs"),
        ({"icon": "icon.html"}, "icon: "),
        ({"style": "widget.css"}, "files: the SHA-256 of 'widget.css' is missing"),
        ({"files": {"widget.js": "0" * 64}}, "files: the SHA-256 of 'icon.svg' is missing"),
        ({"files": {"widget.js": "x", "icon.svg": "0" * 64}}, "files[...]: "),
        (
            {"files": dict.fromkeys(["widget.js", "icon.svg", "more.js"], "0" * 64)},
            "files: 'more.js' is neither entry nor icon nor style",
        ),
        ({"category": "other"}, "category: "),
        ({"size": {"w": 2, "minW": 3}}, "size: minW and minH"),
        ({"size": {"w": 13}}, "size.w: "),
        ({"cache_ms": -1}, "cache_ms: "),
        ({"sample": {"series": []}}, "sample.series: "),
        ({"sample": {"series": [{"labels": {}, "values": v} for v in ([1], [1, 2])]}}, "sample.series: all must"),
        ({"schema": options(__proto__={"type": "string", "title": "x"})}, "schema.properties"),
        (
            {"schema": options(constructor={"type": "string", "title": "x"})},
            "constructor: no option can have this name",
        ),
        ({"schema": options(a={"type": "object", "title": "x"})}, "type: "),
        ({"schema": options(a={"type": "string", "title": "x", "default": 1})}, "a.default: 1 does not fit"),
        ({"schema": options(a={"type": "string", "title": "x", "enum": ["a", 1]})}, "a.enum: expected values of type"),
        ({"schema": options(a={"type": "string", "title": "x", "enum": []})}, "a.enum: "),
        ({"schema": options(a={"type": "boolean", "title": "x", "enum": ["a"]})}, "a.enum: only strings and numbers"),
        (
            {"schema": options(a={"type": "string", "title": "x", "enum": ["a"], "enumTitles": ["A", "B"]})},
            "a.enumTitles: ",
        ),
        (
            {"schema": options(a={"type": "string", "title": "x", "minimum": 1})},
            "a: minimum and maximum are for numbers",
        ),
        ({"schema": options(a={"type": "number", "title": "x", "minimum": 2, "maximum": 1})}, "a.minimum: "),
        ({"schema": options(a={"type": "string", "title": "x", "items": {"type": "string"}})}, "a.items: "),
        ({"schema": options(a={"type": "string", "title": "x", "when": {"field": "b", "is": [1]}})}, "a.when.field: "),
        ({"schema": options() | {"required": ["a"]}}, "schema.required: "),
        ({"defaults": {"a": 1}}, "defaults.a: there is no such option"),
        (
            {"schema": options(a={"type": "integer", "title": "x"}), "defaults": {"a": 1.5}},
            "defaults.a: 1.5 does not fit",
        ),
    ],
)
def test_what_is_wrong_is_named(more: dict[str, Any], words: str) -> None:
    """The message begins with the file and has the path of the field."""
    with pytest.raises(BadData) as caught:
        read(**more)
    assert caught.value.message.startswith("manifest.json: ")
    assert words in caught.value.message


def test_a_whole_form_is_read() -> None:
    """Every kind of option, with groups, choices and conditions."""
    found = read(
        schema=options(
            how={"type": "string", "title": "How", "enum": ["a", "b"], "enumTitles": ["A", "B"], "default": "a"},
            most={
                "type": "integer",
                "title": "Most",
                "minimum": 1,
                "maximum": 9,
                "when": {"field": "how", "is": ["b"]},
            },
            names={"type": "array", "title": "Names", "items": {"type": "string"}, "default": ["x"]},
            on={"type": "boolean", "title": "On", "group": "Look"},
        ),
        defaults={"most": 3, "on": True},
    )
    written = json.loads(msgspec.json.encode(found.schema))
    assert written["properties"]["how"]["enumTitles"] == ["A", "B"]
    assert written["properties"]["most"]["when"] == {"field": "how", "is": ["b"]}
    assert "description" not in written["properties"]["on"]


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        (OptionField("string", "x"), ["", "a"], [1, None, True, []]),
        (OptionField("boolean", "x"), [True, False], [0, 1, "true"]),
        (OptionField("number", "x", minimum=0), [0, 1.5], [-1, True, "1", math.inf, math.nan]),
        (OptionField("integer", "x", maximum=3), [-5, 3, 2.0], [4, 1.5, False]),
        (OptionField("integer", "x", enum=[1, 2]), [1, 2], [3, True, "1"]),
        (OptionField("array", "x"), [[], ["a", 1]], ["a", [True], [None], [[]]]),
    ],
)
def test_values_fit_their_option(field: OptionField, right: list[object], wrong: list[object]) -> None:
    """A truth value is no number, and what is no JSON number is none."""
    assert all(fits(value, field) for value in right)
    assert not any(fits(value, field) for value in wrong)


def test_it_is_read_no_further_than_it_may_be_long() -> None:
    """However much somebody writes into it."""
    with pytest.raises(BadData, match="larger than"):
        read_manifest(b" " * (MAX_MANIFEST_BYTES + 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_manifest_or_refused(data: bytes) -> None:
    """With the one error that has words for it."""
    with pytest.raises(BadData):
        read_manifest(data)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(manifest("ok", schema={}, size={}, defaults={}, needs="", mode=""))), JSON)
def test_any_value_of_any_field_is_read_or_refused(field: str, value: object) -> None:
    """Nothing but BadData comes out, and what is read can be written again."""
    with suppress(BadData):
        assert msgspec.json.encode(read(**{field: value}))


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(max_size=8), JSON, max_size=3))
def test_any_schema_is_read_or_refused(properties: dict[str, object]) -> None:
    """The same for what forms are made from."""
    with suppress(BadData):
        assert len(read(schema={"type": "object", "properties": properties}).schema.properties) == len(properties)


def test_deep_nesting_is_refused() -> None:
    """Not by running out of stack."""
    with pytest.raises(BadData):
        read_manifest(b'{"defaults": ' + b"[" * 50_000)
