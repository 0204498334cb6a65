"""Properties of the PromQL parser and printer, beside the parser of the promql-parser package."""

from __future__ import annotations

import os
from collections.abc import Callable

import promql_parser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
from tests.property.promql_queries import queries

from vedette.errors import QuerySyntax
from vedette.promql import ast
from vedette.promql.durations import resolve
from vedette.promql.parser import parse, parse_selector
from vedette.promql.printer import pretty, print_expr

EXAMPLES = int(os.environ.get("VEDETTE_FUZZ_EXAMPLES", "150"))
DERANDOMIZE = "VEDETTE_FUZZ_EXAMPLES" not in os.environ
"""The same questions at every run, unless more of them are asked for: then new ones."""
_NOWHERE = ast.Span(0, 0)

_PIECES = st.one_of(
    st.sampled_from(
        (
            *("up", "a:b", "{", "}", "(", ")", "[5m]", "[", "]", "sum", "rate(", " by (", " offset ", "@", "-", "^"),
            *('"', "\\", "1e", "0x", "inf", " on ", " group_left ", '{"a.b"}', "=~", "!~", '".*"', "\x00", "\ud800"),
            *("ü", "#", ",", ":", "step()", "start()", " fill(", "%", "`", " unless ", " bool ", "topk(", "'", "5m"),
            *(" anchored", " smoothed", "info(", "min_of(", "==", "atan2", " and ", "1_0", "08", "</", "\n"),
        )
    ),
    st.text(max_size=4),
)
texts = st.lists(_PIECES, max_size=25).map("".join)


def anywhere(value: object) -> object:
    """The same tree without its places in the text, and without what does not change the meaning."""
    if isinstance(value, ast.Span):
        return _NOWHERE
    if isinstance(value, ast.VectorSelector):
        matchers = tuple(sorted(value.matchers, key=str))
        value = replace(value, matchers=matchers)
    if isinstance(value, ast.Aggregate):
        value = replace(value, has_grouping=False)
    if isinstance(value, ast.VectorMatching):
        value = replace(value, written=False)
    if isinstance(value, ast.NumberLiteral):
        return (repr(value.value), value.is_duration)
    if isinstance(value, Struct):
        return (type(value).__name__, *(anywhere(getattr(value, name)) for name in value.__struct_fields__))
    return tuple(anywhere(item) for item in value) if isinstance(value, tuple) else value


@settings(max_examples=EXAMPLES, deadline=None, derandomize=DERANDOMIZE, suppress_health_check=list(HealthCheck))
@given(text=queries)
def test_printing_and_parsing_are_inverse(text: str) -> None:
    """print(parse(x)) parses to the same tree, on one line and broken over several; printing again changes nothing."""
    expr = parse(text)
    for printed in (print_expr(expr), pretty(expr)):
        assert anywhere(parse(printed)) == anywhere(expr)
    assert print_expr(parse(print_expr(expr))) == print_expr(expr)


@settings(max_examples=EXAMPLES, deadline=None, derandomize=DERANDOMIZE, suppress_health_check=list(HealthCheck))
@given(text=texts)
def test_any_text_is_parsed_or_refused_with_a_place(text: str) -> None:
    """Nothing but QuerySyntax with a span inside the text; what parses also prints, reparses and resolves."""
    refused = [refusal(lambda: parse(text)), refusal(lambda: parse_selector(text))]
    if refused[0] is None:
        expr = parse(text)
        assert anywhere(parse(print_expr(expr))) == anywhere(expr)
        refused.append(refusal(lambda: resolve(expr, step_ms=15_000, range_ms=60_000)))
    for error in refused:
        assert error is None or (error.message and 0 <= error.start <= error.end <= len(text))


def refusal(read: Callable[[], object]) -> QuerySyntax | None:
    """The complaint, if there is one; any other error is a failure."""
    try:
        read()
    except QuerySyntax as error:
        return error
    return None


@settings(max_examples=EXAMPLES, deadline=None, derandomize=DERANDOMIZE, suppress_health_check=list(HealthCheck))
@given(text=queries)
def test_another_parser_agrees(text: str) -> None:
    """What promql-parser reads it prints in a notation that means the same to us."""
    try:
        other = promql_parser.parse(text)
    except ValueError:
        # It does not know the newest functions.
        return
    if "NaN" in text or "Inf" in text:
        return
    assert anywhere(parse(other.prettify())) == anywhere(parse(text))
