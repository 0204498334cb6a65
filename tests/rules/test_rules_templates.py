"""Templates of labels and annotations: what promtool's corpus does not say, and what hostile ones cannot do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.errors import BadData
from vedette.rules.templates.expand import MAX_OUTPUT, MAX_STEPS, Surroundings, Template
from vedette.rules.templates.values import Sample, go_float, printf

LABELS = {"job": "a", "instance": "h:80"}
SAMPLES = [Sample({"x": "2"}, 2.0), Sample({"x": "1"}, 1.0)]


def expanded(text: str, value: float = 2.5, queried: list[str] | None = None) -> str:
    """What comes out where every query yields the same."""

    def query(asked: str) -> list[Sample]:
        if queried is not None:
            queried.append(asked)
        return SAMPLES if asked == "some" else []

    around = Surroundings(1_000_500, query, {"region": "eu"}, "https://m.example")
    return Template(text).expand(LABELS, value, around)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain { text }", "plain { text }"),
        ("{{ $externalLabels.region }} {{ $externalURL }} {{ externalURL }}", "eu https://m.example https://m.example"),
        ("{{ now }}", "1000.5"),
        ("{{ .Nope }}", "<error expanding template: can't evaluate field Nope>"),
        ("{{ gt $value 1 }}", "<error expanding template: incompatible types for comparison>"),
        ('{{ query "none" | first }}', "<error expanding template: first() called on vector with no elements>"),
        ('{{ range query "some" | sortByLabel "x" }}{{ .Labels.x }}{{ end }}', "12"),
        ('{{ range query "some" }}{{ if eq .Value 1.0 }}{{ break }}{{ end }}{{ .Value }}{{ end }}', "2"),
        ('{{ range query "some" }}{{ if eq .Value 2.0 }}{{ continue }}{{ end }}{{ .Value }}{{ end }}', "1"),
        ("{{ $value | toTime }}", "1970-01-01 00:00:02.5 +0000 UTC"),
        ("{{ toDuration 3661.5 }} {{ toDuration 0.0015 }}", "1h1m1.5s 1.5ms"),
        ('{{ parseDuration "1h30m" }}', "5400"),
        (
            '{{ stripDomain "a.b.c:80" }} {{ stripDomain "10.1.2.3:80" }} {{ stripPort "[::1]:80" }}',
            "a:80 10.1.2.3:80 ::1",
        ),
        ("{{ nil }}", "<no value>"),
        (
            '{{ printf "%d" $value }} {{ printf "%s" }} {{ printf "x" 1 }}',
            "%!d(float64=2.5) %!s(MISSING) x%!(EXTRA int=1)",
        ),
        ("{{ with $labels.nope }}x{{ else with $labels.job }}{{ . }}{{ end }}", "a"),
        ("{{ $labels.__class__ }}{{ .Labels.__init__ }}", ""),
        ("{{ .__class__ }}", "<error expanding template: can't evaluate field __class__>"),
        ("{{ $value.real }}", "<error expanding template: can't evaluate field real>"),
    ],
)
def test_what_comes_out(text: str, expected: str) -> None:
    """Go's rules, and nothing of the values but their data."""
    assert expanded(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ $x }}", "undefined variable"),
        ("{{ nope 1 }}", "not defined"),
        ("{{ if true }}", "no end"),
        ("{{ end }}", "unexpected"),
        ("{{ }}", "missing value"),
        ("{{ 1 2 }}", "no function"),
        ("{{ $value | 3 }}", "no function"),
        ("{{ ( $value }}", "unclosed"),
        ("{{ $value", "unclosed action"),
        ("{{", "unclosed action"),
        ('{{ "abc }}', "unexpected"),
        ("a\nb\n{{ nope }}", "line 3"),
        ("{{ break }}", "outside"),
        ("{{/* never closed }}", "unclosed comment"),
        ("{{ if true }}" * 60, "deeper than 50"),
    ],
)
def test_what_is_no_template(text: str, message: str) -> None:
    """It is refused before anything is expanded, with its line."""
    with pytest.raises(BadData, match=message):
        Template(text)


def test_work_and_output_are_bounded() -> None:
    """However a template goes round in circles, it ends, and no text grows without bounds."""
    endless = "{{ range 30 }}" * 5 + "{{ end }}" * 5
    assert f"more than {MAX_STEPS} steps" in expanded(endless)
    assert f"more than {MAX_OUTPUT} characters" in expanded("{{ range 1000 }}" + "y" * 1000 + "{{ end }}")
    assert "wider than" in expanded('{{ printf "%9999d" 1 }}')
    loop = '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}'
    assert "too deeply" in expanded(loop)
    asked: list[str] = []
    assert "more than 20 queries" in expanded('{{ range 30 }}{{ query "none" }}{{ end }}', queried=asked)
    assert len(asked) == 20


@pytest.mark.parametrize(
    ("text", "varies"),
    [
        ("plain", False),
        ("{{ $labels.job | toUpper }}", False),
        ("{{ if $labels.job }}{{ .Labels.instance }}{{ end }}", False),
        ("{{ $value }}", True),
        ("{{ .Value }}", True),
        ("{{ . }}", True),
        ('{{ query "x" }}', True),
        ("{{ now }}", True),
        ("{{ with $labels.job }}{{ . }}{{ end }}", True),
    ],
)
def test_what_may_be_expanded_once(text: str, varies: bool) -> None:
    """Only what depends on nothing but labels is the same at every evaluation."""
    assert Template(text).uses_value == varies


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*"{}|$.()\"`'-/*, \n", "{{", "}}", "if", "end", "range", "$labels", "x", "1", ":="])))
def test_any_text_is_a_template_or_refused(pieces: list[str]) -> None:
    """Nothing but BadData comes of parsing, and nothing at all of expanding."""
    try:
        template = Template("".join(pieces))
    except BadData:
        return
    assert isinstance(template.expand(LABELS, 1.0, Surroundings()), str)


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_printed_so_that_they_can_be_read_back(value: float) -> None:
    """The shortest text that means the same number."""
    assert float(go_float(value)) == value
    assert float(printf("%g", value)) == value
