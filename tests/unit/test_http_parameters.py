"""Query strings and forms become parameters."""

from __future__ import annotations

import pytest

from vedette.errors import BadData
from vedette.http.routes.prometheus_parameters import parameters_of


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"query=up", "up"),
        (b"query=a%7Bb%3D%22c+d%22%7D", 'a{b="c d"}'),
        (b"a=1&&query=x%26y&b", "x&y"),
        ('query=a{b="\u00e9"}'.encode(), 'a{b="\u00e9"}'),
        (b"query=%C3%A9+%2B", "\u00e9 +"),
        (b"query=%FF%", "\ufffd%"),
        (b"query=%zz%4", "%zz%4"),
        (b"query=a%00b", "a\0b"),
        (b"%71uery=named", "named"),
        (b"query=first&query=second", "first"),
        (b"query==x=y", "=x=y"),
        (b"", ""),
        (b"query", ""),
    ],
)
def test_a_query_string_is_read_as_browsers_and_go_write_it(sent: bytes, text: str) -> None:
    """Percent and plus signs, raw UTF-8, broken escapes, repeated and empty fields."""
    assert parameters_of({"method": "GET", "query_string": sent, "headers": []}, b"").text("query") == text


def test_a_form_comes_before_the_query_string_and_only_in_a_post() -> None:
    """As in Go; a body of another type is none."""
    form = [(b"content-type", b"application/x-www-form-urlencoded; charset=utf-8")]
    for method, headers, expected in (
        ("POST", form, ["form", "line"]),
        ("POST", [], ["form", "line"]),
        ("POST", [(b"content-type", b"application/json")], ["line"]),
        ("GET", form, ["line"]),
    ):
        scope = {"method": method, "query_string": b"query=line", "headers": headers}
        assert parameters_of(scope, b"query=form").texts("query") == expected


def test_there_is_an_end_to_fields() -> None:
    """Of 1000 fields the last counts, 1001 are refused."""
    scope = {"method": "GET", "query_string": b"a=1&" * 999 + b"query=up", "headers": []}
    assert parameters_of(scope, b"").text("query") == "up"
    scope["query_string"] = b"a=1&" * 1000 + b"query=up"
    with pytest.raises(BadData, match="more than 1000"):
        parameters_of(scope, b"")
