"""Series across a dashboard in a real browser: one that is pointed at, filters by a click, columns, rates."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import Complaints, OpenPage, Server
from .layout import violations
from .test_dashboard_editor import configure
from .test_dashboards import Json, frame, kept, make, settled, widget

pytestmark = pytest.mark.e2e

LEGEND: Json = {"legend": "table"}
ADHOC: Json = {"name": "only", "kind": "adhoc"}


def fleet(server: Server, metric: str) -> None:
    """Two hosts."""
    server.push("\n".join(f'{metric}{{host="{host}",job="fleet"}} {value}' for host, value in (("a", 3), ("b", 8))))


def test_one_stands_out_everywhere(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A series pointed at in one legend stands out in another widget that has its labels, until it is left."""
    fleet(server, "fleet_cpu")
    fleet(server, "fleet_mem")
    widgets = [
        widget(name, at * 6, 0, 6, 8, queries=[{"ref": "A", "text": f"fleet_{name}"}], options=LEGEND)
        for at, name in enumerate(("cpu", "mem"))
    ]
    page = open_page(f"{server.url}/d/{make(server, 'Fleet', widgets=widgets)}")
    row = frame(page, "cpu").locator(".wlegend tbody tr").first
    expect(row).to_contain_text("a")
    expect(frame(page, "mem").locator(".wlegend tbody tr")).to_have_count(2)
    settled(row)
    row.hover()
    expect(frame(page, "mem").locator("tr.is-dim")).to_have_count(1)
    expect(frame(page, "mem").locator("tr.is-dim")).to_contain_text("b")
    page.get_by_role("heading", name="mem").hover()
    expect(page.locator("tr.is-dim")).to_have_count(0)
    assert complaints == []


def test_it_stands_out_in_every_picture(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Pointed at in a pie, a table or a tile, the others fade there, in all other pictures, and come back."""
    fleet(server, "fleet_seen")
    kinds = ("pie", "stat", "gauge", "bar", "progress", "state-timeline", "table")
    widgets = [
        widget(kind, at % 3 * 4, at // 3 * 5, 4, 5, kind=kind, queries=[{"ref": "A", "text": "fleet_seen"}])
        for at, kind in enumerate(kinds)
    ]
    page = open_page(f"{server.url}/d/{make(server, 'Seen', widgets=widgets)}", height=1400)
    for kind, part in (("pie", ".wpie__list li"), ("table", "tbody tr"), ("stat", ".wstat")):
        first = frame(page, kind).locator(part).first
        settled(first)
        first.hover()
        for other in kinds:
            expect(frame(page, other).locator(".is-dim").first).to_be_visible()
        page.get_by_role("heading", level=1).hover()
        expect(page.locator(".is-dim")).to_have_count(0)
    assert complaints == []


def test_a_click_filters(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A label chosen in a legend filters all widgets by the dashboard's filters, and back goes back."""
    fleet(server, "fleet_disk")
    queries = [{"ref": "A", "text": "fleet_disk"}]
    widgets = [
        widget("lines", 0, 0, 6, 8, queries=queries, options=LEGEND),
        widget("table", 6, 0, 6, 8, kind="table", queries=[{**queries[0], "mode": "instant"}]),
    ]
    page = open_page(f"{server.url}/d/{make(server, 'Filtered', variables=[ADHOC], widgets=widgets)}")
    rows = frame(page, "table").locator("tbody tr")
    expect(rows).to_have_count(2)
    frame(page, "lines").locator(".wlegend tr", has_text="b").last.hover()
    frame(page, "lines").get_by_role("button", name="b: links and filters").click()
    page.get_by_role("menuitem", name="host = b").click()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("region", name="Variables")).to_contain_text("host")
    page.go_back()
    expect(rows).to_have_count(2)
    assert complaints == []


def test_ways_on_from_a_value(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A legend of one line has them beside each name, a pinned tooltip below each value; by the moment that is read."""
    fleet(server, "fleet_load")
    links = [{"title": "Runbook", "url": "https://runbooks.example/${__labels.host}"}]
    queries = [{"ref": "A", "text": "fleet_load"}]
    lines = widget("lines", 0, 0, 6, 6, queries=queries, links=links, options={"legend": "line"})
    page = open_page(f"{server.url}/d/{make(server, 'Ways', widgets=[lines])}")
    here = frame(page, "lines")
    entry = here.locator(".wlegend__entry", has_text="b")
    settled(entry)
    entry.hover()
    here.get_by_role("button", name="b: links and filters").click()
    expect(page.get_by_role("menuitem", name="Runbook")).to_have_attribute("href", "https://runbooks.example/b")
    page.keyboard.press("Escape")
    here.get_by_role("application").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".tip")).to_be_visible()
    expect(page.locator(".tip a")).to_have_count(0)
    page.keyboard.press("Enter")
    ways = page.get_by_role("complementary", name="Links at").get_by_role("link")
    expect(ways).to_have_text(["b", "a"])
    expect(ways.first).to_have_attribute("href", "https://runbooks.example/b")
    expect(ways.first).to_have_attribute("title", "Runbook")
    # What nobody points at is dim while somebody points at something else.
    page.get_by_role("heading", level=1).hover()
    expect(page.locator(".is-dim")).to_have_count(0)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_have_count(0)
    assert complaints == []


def test_every_chart_is_a_table_too(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Its series with their values, also when the address is opened again, until it is a chart again."""
    fleet(server, "fleet_temp")
    queries = [{"ref": "A", "text": "fleet_temp"}]
    kinds = ("line", "pie", "scatter3d")
    widgets = [widget(kind, at * 4, 0, 4, 6, kind=kind, queries=queries) for at, kind in enumerate(kinds)]
    page = open_page(f"{server.url}/d/{make(server, 'Tables', widgets=widgets)}")
    for kind in kinds:
        settled(frame(page, kind))
        frame(page, kind).get_by_role("button", name=f"{kind}: more").click()
        page.get_by_role("menuitem", name="Show as table").click()
        expect(frame(page, kind).get_by_role("columnheader", name="last")).to_be_visible()
        expect(frame(page, kind).locator("tbody tr")).to_have_count(2)
    page.get_by_role("heading", level=1).hover()
    expect(page.locator(".is-dim")).to_have_count(0)
    assert violations(page) == []
    page.reload()
    for kind in kinds:
        expect(frame(page, kind).locator("tbody tr")).to_have_count(2)
    frame(page, "line").get_by_role("button", name="line: more").click()
    page.get_by_role("menuitem", name="Show as chart").click()
    expect(frame(page, "line").locator(".u-over")).to_be_visible()
    assert complaints == []


def test_columns_of_a_table(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Heads of labels and values, units by query, bars behind numbers and words for no value are set in the editor."""
    fleet(server, "fleet_net")
    queries = [
        {"ref": "A", "text": "fleet_net", "mode": "instant"},
        {"ref": "B", "text": 'fleet_net{host="a"} * 2', "mode": "instant"},
    ]
    overrides: list[Json] = [
        {"by": "ref", "match": "A", "options": {"name": "Traffic", "unit": "bytes/s", "style": {"cell": "bar"}}},
        {"by": "ref", "match": "B", "options": {"name": "Twice"}},
    ]
    widgets = [
        widget("t", 0, 0, 6, 8, kind="table", queries=queries, overrides=overrides),
        widget(
            "none",
            6,
            0,
            6,
            4,
            kind="stat",
            queries=[{"ref": "A", "text": "fleet_nothing"}],
            format={"mappings": [{"kind": "special", "value": "null", "text": "All quiet"}]},
        ),
    ]
    document = make(server, "Columns", widgets=widgets)
    page = open_page(f"{server.url}/d/{document}")
    expect(frame(page, "none")).to_contain_text("All quiet")
    heads = frame(page, "t").get_by_role("columnheader")
    expect(heads).to_have_text([re.compile(name) for name in ("host", "Traffic", "Twice")])
    expect(frame(page, "t").locator(".wtable__bar")).to_have_count(2)
    expect(frame(page, "t")).to_contain_text("B/s")
    drawer = configure(page, "t")
    drawer.get_by_label("Heads of labels").fill("host=Machine")
    expect(heads.first).to_have_text("Machine")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    assert kept(server, document)["spec"]["widgets"][0]["options"] == {"names": ["host=Machine"]}
    assert complaints == []


def test_the_rate_interval_is_that_of_the_series(server: Server, open_page: OpenPage) -> None:
    """This machine is watched once a second: a rate is asked over four of them, and not over a minute."""
    server.wait_for_samples(6)
    asked: list[str] = []
    queries = [{"ref": "A", "text": "rate(node_cpu_seconds_total[$__rate_interval])"}]
    document = make(server, "Rate", widgets=[widget("w", 0, 0, 6, 6, queries=queries)])
    page = open_page(f"{server.url}/d/{document}")
    page.on("request", lambda request: asked.append(request.post_data or ""))
    page.reload()
    expect(frame(page, "w").locator("canvas").first).to_be_visible()
    rates = [body for body in asked if "node_cpu_seconds_total[" in body]
    assert {body.split("[")[1].split("]")[0] for body in rates} == {"4s"}
