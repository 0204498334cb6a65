"""What is taken for a dashboard, and how it is told where one is wrong."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from vedette.dashboards.check import as_spec, is_safe_address, read_dashboard
from vedette.dashboards.document import Dashboard
from vedette.errors import BadData
from vedette.http.document_kinds import KINDS


def widget(name: str = "a", **more: Any) -> dict[str, Any]:
    """A widget of the full width."""
    return {"id": name, "kind": "line", "place": {"x": 0, "y": 0, "w": 12, "h": 4}, **more}


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"widgets": [widget(), widget("b", place={"x": 0, "y": 0, "w": 13, "h": 1})]}, "widgets[1].place.w: "),
        (
            {"widgets": [widget(place={"x": 6, "y": 0, "w": 7, "h": 1})]},
            "widgets[0].place: x 6 and w 7 end at column 13",
        ),
        ({"widgets": [widget(), widget()]}, "widgets[1].id: there is another with 'a'"),
        ({"widgets": [widget(section="s")]}, "widgets[0].section: there is no section with id 's'"),
        ({"widgets": [widget(queries=[{"ref": "A"}, {"ref": "A"}])]}, "widgets[0].queries[1].ref: "),
        ({"widgets": [widget(format={"decimals": 99})]}, "widgets[0].format.decimals: "),
        ({"widgets": [widget(colour="red")]}, "widgets[0]: Object contains unknown field `colour`"),
        ({"widgets": [widget(links=[{"title": "x", "url": "java\nscript:alert(1)"}])]}, "widgets[0].links[0].url: "),
        ({"widgets": [widget(links=[{"title": "x"}])]}, "widgets[0].links[0]: a link has either"),
        ({"sections": [{"id": "s"}, {"id": "s"}]}, "sections[1].id: "),
        ({"variables": [{"name": "v"}, {"name": "v"}]}, "variables[1].name: "),
        ({"variables": [{"name": "1v"}]}, "variables[0].name: "),
        ({"widgets": [widget(f"w{number}") for number in range(501)]}, "widgets: Expected `array` of length <= 500"),
        ({"schema": 2}, "schema: "),
        ({"refresh": "often"}, "refresh: expected live, off or a duration"),
        ({"timezone": "<b>"}, "timezone: "),
        ({"shift": "previous"}, "shift: "),
        ({"compare": "before"}, "compare: "),
        ({"panels": []}, "the dashboard: Object contains unknown field `panels`"),
    ],
)
def test_a_wrong_dashboard_is_refused_with_the_path_of_the_field(spec: dict[str, Any], path: str) -> None:
    """The message begins with the field; nothing that is wrong gets into the catalog."""
    with pytest.raises(BadData) as refused:
        KINDS["dashboard"].check(spec)
    assert refused.value.message.startswith(path)


def test_what_is_read_is_written_back_the_same() -> None:
    """Defaults are left out, everything else stays as it was."""
    spec: dict[str, Any] = {
        "title": None,
        "tags": ["a"],
        "time": {"from": "now-6h"},
        "refresh": "30s",
        "sections": [{"id": "s", "title": "Rest"}],
        "widgets": [widget(section="s", queries=[{"ref": "A", "text": "up"}])],
    }
    del spec["title"]
    assert as_spec(read_dashboard(spec)) == spec
    assert as_spec(read_dashboard({})) == {}


@pytest.mark.parametrize("url", ["", "/d/x", "https://a/b", "$base/x", "${base}", "mailto:a@b", "x?y=a:b", "#top"])
def test_addresses_of_pages_are_taken(url: str) -> None:
    """Also such as begin with a variable, whose value the page looks at again."""
    assert is_safe_address(url)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " JavaScript:x", "java\tscript:x", "data:text/html,x", "file:///a"]
)
def test_addresses_that_could_run_something_are_not_taken(url: str) -> None:
    """Whatever browsers pass over within a scheme."""
    assert not is_safe_address(url)


def test_every_field_has_its_place_in_the_schema() -> None:
    """Pages take their types from the OpenAPI document, which msgspec makes from the same structs."""
    names = msgspec.json.schema_components([Dashboard])[1]
    assert {"Dashboard", "Widget", "Section", "Variable", "Query", "FieldOptions"} <= names.keys()
