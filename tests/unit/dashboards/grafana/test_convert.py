"""What becomes of Grafana's dashboards: two small ones that have all there is, and hostile ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.dashboards.check import as_spec, read_dashboard
from vedette.dashboards.document import FieldOptions, Override, Place, Repeat, Widget
from vedette.dashboards.grafana.colors import status_of, token_of
from vedette.dashboards.grafana.convert import Imported, import_dashboard
from vedette.dashboards.grafana.layout import places_of
from vedette.dashboards.grafana.queries import mistake_in
from vedette.dashboards.grafana.texts import from_html
from vedette.dashboards.grafana.units import unit_of
from vedette.errors import BadData

HERE = Path(__file__).parent


def load(name: str) -> dict[str, Any]:
    """A file beside this one."""
    content: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text())
    return content


@pytest.fixture(scope="module")
def modern() -> Imported:
    """One of today's form."""
    return import_dashboard(load("modern"))


@pytest.fixture(scope="module")
def former() -> Imported:
    """One of rows and graphs."""
    return import_dashboard(load("former"))


def widget(imported: Imported, title: str) -> Widget:
    """By its title."""
    return next(one for one in imported.dashboard.widgets if one.title == title)


def notes(imported: Imported, panel: str) -> set[tuple[str, str]]:
    """What was noted of a panel."""
    return {(note.what, note.result) for note in imported.report.notes if note.panel == panel}


def test_the_dashboard_itself(modern: Imported) -> None:
    """Name, tags, time, refresh and crosshair are taken; constants of the export are put in."""
    dashboard = modern.dashboard
    assert modern.name == "Nodes and more"
    assert (dashboard.tags, dashboard.timezone, dashboard.refresh) == (["linux", "nodes"], "utc", "30s")
    assert (dashboard.time.start, dashboard.time.end, dashboard.crosshair) == ("now-6h", "now", "tooltip")
    assert dashboard.description == 'node_"x'
    assert read_dashboard(as_spec(dashboard)) == dashboard


def test_questions_keep_their_text_and_what_cannot_be_asked_is_told(modern: Imported) -> None:
    """PromQL and arithmetic are taken, Loki's is left out, and what does not parse is taken with a note."""
    cpu = widget(modern, "CPU <b>$node</b>")
    assert [(query.ref, query.kind, query.mode, query.hidden, query.min_step_ms) for query in cpu.queries] == [
        ("A", "promql", "range", False, 60_000),
        ("B", "promql", "instant", True, 60_000),
        ("C", "formula", "range", False, 60_000),
        ("E", "promql", "range", False, 60_000),
    ]
    assert cpu.queries[0].text.endswith("[$__rate_interval]))")
    assert (cpu.queries[0].legend, cpu.queries[1].legend, cpu.queries[2].text) == ("{{mode}}", "", "$A / $B")
    told = notes(modern, cpu.title)
    assert ("query D", "left") in told
    assert ("query E", "changed") in told
    assert ("query B", "changed") not in told


def test_how_values_are_shown(modern: Imported) -> None:
    """Unit, bounds, thresholds as values, the look of lines, overrides by name, expression and query."""
    cpu = widget(modern, "CPU <b>$node</b>")
    look = cpu.format
    assert (look.unit, look.decimals, look.min, look.scale, look.nulls) == ("ratio", 1, 0, "log", "connect")
    assert [(step.status, step.value) for step in look.thresholds or []] == [("ok", None), ("crit", 0.8)]
    assert cpu.kind == "area"
    assert cpu.options == {
        "stack": "normal",
        "curve": "smooth",
        "lineWidth": 2,
        "fill": 20,
        "thresholds": "line",
        "legend": "table",
    }
    assert cpu.overrides == [
        Override("regex", "idle.*", FieldOptions(color="s9", axis="right", hidden=True)),
        Override("ref", "B", FieldOptions(name="total {{job}}")),
    ]
    assert {("override", "left"), ("transform", "left")} <= notes(modern, cpu.title)
    assert (cpu.time.last, cpu.time.shift) == ("24h", "1d")


@pytest.mark.parametrize(
    ("matcher", "text"),
    [
        ({"id": "byRegexp", "options": "/Trans.*/"}, "-(b)"),
        ({"id": "byFrameRefID", "options": "B"}, "-(b)"),
        ({"id": "byRegexp", "options": "/.*eth.*/"}, "b"),
        ({"id": "byRegexp", "options": "/(/"}, "b"),
    ],
)
def test_series_below_the_axis_are_negated_where_they_are_a_whole_question(matcher: dict[str, str], text: str) -> None:
    """By ref or by words of the legend; where only some series of a question are meant, it is told."""
    properties = [{"id": "custom.transform", "value": "negative-Y"}]
    panel = {
        "type": "timeseries",
        "title": "Traffic",
        "targets": [
            {"refId": "A", "expr": "a", "legendFormat": "{{device}} Received"},
            {"refId": "B", "expr": "b", "legendFormat": "{{device}} Transmitted"},
        ],
        "fieldConfig": {"defaults": {"min": 0}, "overrides": [{"matcher": matcher, "properties": properties}]},
    }
    imported = import_dashboard({"panels": [panel]})
    (traffic,) = imported.dashboard.widgets
    assert [query.text for query in traffic.queries] == ["a", text]
    assert traffic.format.min == (None if text != "b" else 0)
    assert notes(imported, "Traffic") == (set() if text != "b" else {("transform", "left")})


def test_links_speak_our_names(modern: Imported) -> None:
    """The time goes along, the label is named as here, and addresses that run something are not taken."""
    (link,) = widget(modern, "CPU <b>$node</b>").links
    assert (link.url, link.keeps_time, link.new_tab) == ("/x?node=${__labels.instance}", True, True)
    assert [link.title for link in modern.dashboard.links] == ["Docs"]
    assert {("link Bad", "left"), ("link Others", "left")} <= notes(modern, "")


def test_mappings_and_a_repeated_panel(modern: Imported) -> None:
    """All four kinds of mappings, their colours as status, and the repeat."""
    up = widget(modern, "Up")
    mappings = [(one.kind, one.value, one.text, one.status) for one in up.format.mappings or []]
    assert mappings[:2] == [("value", "1", "Yes", "none"), ("value", "0", "No", "none")]
    assert mappings[2:] == [
        ("value", "1", "up", "ok"),
        ("value", "0", "down", "crit"),
        ("range", "", "many", "none"),
        ("regex", "^a", "A", "none"),
        ("special", "null", "n/a", "none"),
        ("special", "nan", "n/a", "none"),
    ]
    assert [step.status for step in up.format.thresholds or []] == ["crit", "warn", "ok"]
    assert up.repeat == Repeat("node", "across", 6)
    assert up.options == {"value": "avg", "sparkline": False, "change": "none", "color": "background"}


def test_columns_of_a_table(modern: Imported) -> None:
    """What transformations say of columns of values is by query; arithmetic becomes a formula; the rest is told."""
    pods = widget(modern, "Pods")
    assert pods.queries[-1].kind == "formula"
    assert (pods.queries[-1].text, pods.queries[-1].legend) == ("$A / $B", "Share")
    by_ref = [(one.by, one.match, one.options.name, one.options.unit) for one in pods.overrides]
    assert by_ref == [("ref", "A", None, "number"), ("ref", "A", "CPU", None)]
    assert pods.options == {"labels": ["pod"], "names": ["pod=Pod"], "sort": "CPU", "ascending": False}
    assert notes(modern, "Pods") == {("transformation groupBy", "left")}


def test_cells_and_words_for_no_value() -> None:
    """What is said of cells is the look of the series in tables, and the words for no value are a mapping."""
    config = {
        "defaults": {"noValue": "none", "custom": {"cellOptions": {"type": "color-background"}}},
        "overrides": [
            {
                "matcher": {"id": "byFrameRefID", "options": "A"},
                "properties": [{"id": "custom.cellOptions", "value": {"type": "gauge"}}],
            }
        ],
    }
    panel = {"type": "table", "title": "T", "targets": [{"refId": "A", "expr": "a"}], "fieldConfig": config}
    (made,) = import_dashboard({"panels": [panel]}).dashboard.widgets
    assert made.format.style == {"cell": "background"}
    assert made.format.color == "thresholds"
    assert [(one.kind, one.value, one.text) for one in made.format.mappings or []] == [("special", "null", "none")]
    assert [one.options.style for one in made.overrides] == [{"cell": "bar"}]


def test_rows_become_sections(modern: Imported) -> None:
    """Flat and nested rows alike, with their repeat; a panel stands in the section of the row above it."""
    sections = modern.dashboard.sections
    assert [(one.title, one.collapsed, one.repeat and one.repeat.variable) for one in sections] == [
        ("More $node", False, "node"),
        ("Folded", True, None),
    ]
    assert widget(modern, "Up").section == ""
    assert widget(modern, "Pie").section == sections[0].id
    assert (widget(modern, "States").section, widget(modern, "States").kind) == (sections[1].id, "state-timeline")
    assert widget(modern, "Pie").place == Place(0, 0, 3, 4)


def test_other_panels(modern: Imported) -> None:
    """HTML becomes Markdown, a panel of the library is found, and an answer of another panel is asked for again."""
    words = widget(modern, "Words")
    assert (words.kind, words.options["text"]) == ("text", "## Hi\n\na [link](https://example.org/)")
    shared = widget(modern, "From the library")
    assert (shared.kind, shared.queries[0].mode) == ("stat", "instant")
    assert widget(modern, "Same answer").queries[0].text == "a"
    logs = widget(modern, "Logs")
    assert logs.kind == "text"
    assert "`logs`" in logs.options["text"]
    assert notes(modern, "Logs") == {("the panel", "left")}
    assert [widget(modern, title).kind for title in ("Pie", "Heat", "Gauge")] == ["pie", "heatmap", "gauge"]
    assert widget(modern, "Pie").options["shape"] == "donut"


def test_widgets_are_of_kinds_that_the_page_has_with_options_that_they_have(modern: Imported, former: Imported) -> None:
    """Kinds and their options are those of web/src/widgets/kinds."""
    folder = Path(__file__).parents[4] / "web" / "src" / "widgets" / "kinds"
    shared = "".join((folder / name).read_text() for name in ("schema.ts", "timeOptions.ts"))
    kinds = {path.read_text() for path in folder.glob("*.ts")}
    for one in (*modern.dashboard.widgets, *former.dashboard.widgets):
        source = next(text for text in kinds if f'kind: "{one.kind}",\n  name:' in text)
        for option in one.options:
            assert re.search(rf"\b{option}\??:", source + shared), (one.kind, option)


def test_variables(modern: Imported) -> None:
    """Every kind is taken or told; the data source is none."""
    found = {one.name: one for one in modern.dashboard.variables}
    assert [*found] == ["node", "version", "q", "every", "find", "base", "filters", "tables"]
    node = found["node"]
    assert (node.kind, node.of_label, node.query) == ("label_values", "instance", 'node_uname_info{job="$job"}')
    assert (node.regex, node.multi, node.with_all, node.all_value) == ("(.*):9100", True, True, ".+")
    assert (node.refresh, node.sort, node.default, node.label) == ("time", "text", [], "Node")
    version = found["version"]
    assert (version.kind, version.of_label, version.regex, version.hide) == ("query", "version", "", "all")
    assert (found["q"].values, found["q"].default) == (["p50 : 0.5", "p99 : 0.99"], ["0.99"])
    assert (found["every"].kind, found["every"].values, found["every"].default) == ("interval", ["1m", "5m", "1h"], [])
    assert (found["find"].kind, found["find"].default) == ("text", ["abc"])
    assert (found["base"].kind, found["base"].default) == ("constant", ["node"])
    assert (found["filters"].kind, found["filters"].default) == ("adhoc", ["job=~a|b"])
    assert (found["tables"].kind, found["tables"].values) == ("custom", ["t1"])
    assert {("variable snap", "left"), ("variable tables", "changed")} <= notes(modern, "")


def test_annotations(modern: Imported) -> None:
    """Those by hand and by PromQL; Loki's are left out."""
    found = [(one.name, one.kind, one.title) for one in modern.dashboard.annotations]
    assert found == [("Annotations & Alerts", "manual", ""), ("Restarts", "query", "Restart")]
    assert ("annotations Logs", "left") in notes(modern, "")


def test_the_account_counts_every_panel_once(modern: Imported) -> None:
    """Taken, changed and left add up to what there was."""
    panels = modern.report.panels
    assert panels.taken + panels.changed + panels.left == len(modern.dashboard.widgets) == 12
    assert panels.left == 1
    queries = modern.report.queries
    assert (queries.taken, queries.changed, queries.left) == (13, 1, 2)


def test_former_rows_and_graphs(former: Imported) -> None:
    """Rows of spans, axes, overrides, colours by alias, thresholds and value maps as Grafana itself brings them on."""
    requests, free, gauge, table = former.dashboard.widgets
    assert [(one.place.x, one.place.w) for one in (requests, free, gauge)] == [(0, 6), (6, 3), (9, 3)]
    assert (requests.kind, requests.format.unit, requests.format.scale, requests.format.min) == (
        "area",
        "req/s",
        "log",
        0,
    )
    assert (requests.format.nulls, requests.options["stack"], requests.options["legend"]) == (
        "connect",
        "normal",
        "table",
    )
    assert [(step.status, step.value) for step in requests.format.thresholds or []] == [("none", None), ("crit", 100)]
    errors, total = requests.overrides
    assert (errors.by, errors.match, errors.options.color) == ("name", "errors", "s4")
    assert (total.by, total.match, total.options.axis, total.options.unit) == ("regex", "total", "right", "ms")
    assert notes(former, "Requests") == {("series override fillGradient", "left")}
    assert (free.kind, free.options["value"], free.options["color"]) == ("stat", "last", "value")
    assert [(step.status, step.value) for step in free.format.thresholds or []] == [
        ("crit", None),
        ("warn", 10),
        ("ok", 30),
    ]
    assert (gauge.kind, gauge.format.max) == ("gauge", 10)
    assert [(one.match, one.options.name) for one in table.overrides if one.by == "ref"] == [("A", "Size")]
    assert [(one.title, one.collapsed) for one in former.dashboard.sections] == [("First", False), ("Second", True)]
    assert former.dashboard.refresh == "off"


@pytest.mark.parametrize(
    "given_json",
    [{}, {"title": "x"}, {"dashboard": []}, {"apiVersion": "x/v2", "spec": {"elements": {}, "layout": {}}}],
)
def test_what_is_no_dashboard_is_refused(given_json: dict[str, Any]) -> None:
    """Rather than becoming an empty one."""
    with pytest.raises(BadData):
        import_dashboard(given_json)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def places_in(value: object) -> list[tuple[Any, Any]]:
    """Every value within, by what holds it and its key."""
    found: list[tuple[Any, Any]] = []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        found.append((value, key))
        found += places_in(part)
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(["modern", "former"]), where=st.lists(st.tuples(st.integers(0, 5000), JSON), max_size=4))
def test_whatever_stands_in_a_file_it_becomes_a_valid_dashboard_or_is_refused(
    name: str, where: list[tuple[int, Any]]
) -> None:
    """Values of any type in any place are read as what they may be, or passed over; nothing crashes."""
    source = load(name)
    for number, value in where:
        places = places_in(source)
        holder, key = places[number % len(places)]
        holder[key] = value
    try:
        imported = import_dashboard(source)
    except BadData:
        return
    read_dashboard(as_spec(imported.dashboard))


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 40), st.integers(1, 24), st.integers(1, 12)), max_size=25))
@settings(max_examples=100, deadline=None)
def test_no_two_widgets_overlap(boxes: list[tuple[int, int, int, int]]) -> None:
    """Wherever panels stand, also on top of each other, and within the columns."""
    places = places_of([{"gridPos": dict(zip("xywh", box, strict=True))} for box in boxes])
    cells = [(x, y) for at in places for x in range(at.x, at.x + at.w) for y in range(at.y, at.y + at.h)]
    assert len(cells) == len(set(cells))
    assert all(0 <= x < 12 for x, _ in cells)


@pytest.mark.parametrize(
    "promql",
    [
        "rate(x[$__rate_interval])",
        'x{a=~"$b", c="[[d]]"}',
        "max_over_time(rate(x[1m])[$__range:$__interval])",
        "topk($n, sum by ($group, job) (x)) / $scale",
        "x offset $shift",
        "${metric:raw}{a='b'}",
        "histogram_quantile($q, sum by (le) (rate(x_bucket[${every}])))",
    ],
)
def test_questions_with_variables_are_read_as_what_they_may_become(promql: str) -> None:
    """A variable stands for a number, a name, a duration or a text, as its place wants it."""
    assert mistake_in(promql) == ""


def test_what_no_variable_can_mend_is_a_mistake() -> None:
    """The parser's own words."""
    assert "unknown function" in mistake_in("range_median(x[$a])")
    assert mistake_in("sum(($x)") != ""


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("<p>a &amp; b<br/>c</p>", "a & b\n\nc"),
        ("<ul><li>one</li><li><b>two</b></li></ul>", "- one\n- **two**"),
        ("<A HREF='/x y(1)'>go</A> <style>p {}</style>on", "[go](/x%20y(1%29) on"),
        ("1 < 2 <notatag", "1 < 2 <notatag"),
        ("<h3>T</h3>x</a>", "### T\n\nx"),
    ],
)
def test_words_of_html(written: str, words: str) -> None:
    """Entities are read, scripts and styles are not, and what is malformed stays as words."""
    assert from_html(written) == words


@pytest.mark.parametrize(
    ("grafana", "ours"),
    [
        ("short", "number"),
        ("Bps", "bytes/s"),
        ("µs", "us"),
        ("suffix:rps", "rps"),
        ("currencyUSD", "USD"),
        ("KBs", "KB/s"),
        ("mbytes", "MiB"),
        ("decmbytes", "MB"),
        ("connections", "connections"),
        ("", ""),
    ],
)
def test_units(grafana: str, ours: str) -> None:
    """Ours where there is one, else the words behind the number."""
    assert unit_of(grafana)[0] == ours


@pytest.mark.parametrize(
    ("color", "status", "token"),
    [
        ("dark-red", "crit", "s4"),
        ("#299c46", "ok", "s9"),
        ("rgba(237, 129, 40, 0.89)", "warn", "s2"),
        ("semi-dark-blue", "info", "s1"),
        ("transparent", "none", "s10"),
        ("#ccc", "none", "s10"),
        ("nonsense", "none", "s10"),
    ],
)
def test_colours(color: str, status: str, token: str) -> None:
    """A threshold's colour says how good a value is; a series' becomes the nearest of the palette."""
    assert (status_of(color), token_of(color)) == (status, token)
