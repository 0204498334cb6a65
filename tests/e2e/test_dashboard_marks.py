"""Marks on the time axis in a real browser: drawn with the pointer, read in the tooltip, switched by source."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Page, expect

from .conftest import Complaints, OpenPage, Server
from .layout import violations
from .test_dashboards import HOSTILE, Json, edit, frame, kept, make, settled, widget

pytestmark = pytest.mark.e2e

READ = "/api/v1/annotations?start_ms=0&end_ms=9000000000000"


def noted(server: Server, document: str) -> list[Json]:
    """The annotations of a dashboard."""
    with urllib.request.urlopen(server.url + READ, timeout=10) as answer:
        found: list[Json] = json.load(answer)["data"]
    return [one for one in found if one["dashboard"] == document]


def annotate(server: Server, **about: Any) -> None:
    """As a deployment does it."""
    body = json.dumps(about).encode()
    request = urllib.request.Request(
        f"{server.url}/api/v1/annotations", body, {"Content-Type": "application/json"}, method="POST"
    )
    urllib.request.urlopen(request, timeout=10).close()


def plot(page: Page, name: str) -> FloatRect:
    """Where a widget's plot is."""
    over = frame(page, name).locator(".u-over")
    expect(over).to_be_visible()
    return settled(over)


def drag(page: Page, box: FloatRect, start: float, end: float) -> None:
    """Across a plot, by shares of its width, with ctrl held."""
    middle = box["y"] + box["height"] / 2
    page.keyboard.down("Control")
    page.mouse.move(box["x"] + box["width"] * start, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, middle, steps=6)
    page.mouse.up()
    page.keyboard.up("Control")


def test_draw_read_and_delete(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A stretch drawn with ctrl is annotated on its widget alone, read there by the pointer, changed and deleted."""
    now_ms = int(server.newest_s() * 1000) or 0
    server.wait_for_samples(5)
    document = make(
        server,
        "Noted",
        time={"from": str(now_ms - 30_000), "to": str(now_ms + 30_000)},
        widgets=[widget("w", 0, 0, 6, 6), widget("other", 6, 0, 6, 6)],
    )
    page = open_page(f"{server.url}/d/{document}")
    drag(page, plot(page, "w"), 0.2, 0.6)
    dialog = page.get_by_role("dialog", name="Annotate")
    dialog.get_by_label("Title").fill(HOSTILE)
    dialog.get_by_label("Tags").fill("deploy, shop")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    (one,) = noted(server, document)
    assert (one["title"], one["tags"], one["widget"]) == (HOSTILE, ["deploy", "shop"], "w")
    assert abs(one["end_ms"] - one["time_ms"] - 24_000) < 1_500
    for name, there in (("w", 1), ("other", 0)):
        box = plot(page, name)
        page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 20)
        expect(page.locator(".tip").first).to_be_visible()
        expect(page.locator(".tip__note", has_text=HOSTILE)).to_have_count(there)
    page.get_by_role("button", name="Marks", exact=True).click()
    marks = page.get_by_role("dialog", name="Marks")
    marks.get_by_role("button", name=f"Change {HOSTILE}").click()
    page.get_by_role("dialog", name="Change the annotation").get_by_label("Title").fill("Deployed")
    page.get_by_role("button", name="Save", exact=True).click()
    marks.get_by_role("button", name="Delete Deployed").click()
    page.get_by_role("button", name="Delete annotation").click()
    # Behind the question nothing of the list can be found: it is gone when the list is there again.
    expect(marks).to_be_visible()
    expect(marks.get_by_role("button", name="Delete Deployed")).to_have_count(0)
    assert noted(server, document) == []
    assert page.evaluate("window.hit") is None
    assert complaints == []


def test_by_keys(server: Server, open_page: OpenPage) -> None:
    """The moment that the arrow keys have reached on a chart is annotated with m."""
    server.wait_for_samples(3)
    document = make(server, "Keys", widgets=[widget("w", 0, 0, 6, 6)])
    page = open_page(f"{server.url}/d/{document}")
    plot(page, "w")
    frame(page, "w").get_by_role("application").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog", name="Annotate")
    dialog.get_by_label("Title").fill("Here")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    (one,) = noted(server, document)
    assert (one["title"], one["end_ms"]) == ("Here", None)


def test_sources_are_switched(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Alerts and annotations are bands and lines until their source is switched off, which the address keeps."""
    server.wait_for_samples(2)
    now_ms = int(server.newest_s() * 1000)
    annotate(server, time_ms=now_ms - 1_000, end_ms=now_ms + 60_000, title="Release", text="3.2")
    server.push('ALERTS{alertname="Slow",alertstate="firing",severity="page"} 1')
    time = {"from": str(now_ms - 30_000), "to": str(now_ms + 30_000)}
    document = make(server, "Sources", time=time, widgets=[widget("w", 0, 0, 12, 8)])
    page = open_page(f"{server.url}/d/{document}")
    box = plot(page, "w")
    note = page.locator(".tip__note")
    page.mouse.move(box["x"] + box["width"] * 0.53, box["y"] + 30)
    expect(note.filter(has_text="Release")).to_have_count(1)
    expect(note.filter(has_text="Slow")).to_have_count(1)
    page.get_by_role("button", name="Marks", exact=True).click()
    page.get_by_role("switch", name="Alerts").click()
    assert violations(page) == []
    page.get_by_role("button", name="Done").click()
    expect(page).to_have_url(re.compile("marks=Annotations"))
    page.mouse.move(box["x"] + box["width"] * 0.54, box["y"] + 30)
    expect(note.filter(has_text="Release")).to_have_count(1)
    expect(note.filter(has_text="Slow")).to_have_count(0)
    assert complaints == []


def test_an_author_adds_a_source(server: Server, open_page: OpenPage) -> None:
    """A query is a source of marks, kept with the dashboard; one that cannot be asked says why."""
    server.push("app_version 7")
    document = make(server, "Author", widgets=[widget("w", 0, 0, 6, 6)])
    page = open_page(f"{server.url}/d/{document}")
    edit(page)
    page.get_by_role("button", name="Marks", exact=True).click()
    marks = page.get_by_role("dialog", name="Marks")
    marks.get_by_role("button", name="Add a source").click()
    card = marks.get_by_role("group", name="Source Events")
    card.get_by_label("Query").fill("app_version(")
    marks.get_by_role("button", name="Done").click()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name=re.compile("^Save as v3"))).to_be_visible()
    sources = kept(server, document)["spec"]["annotations"]
    assert sources[2] == {"name": "Events", "kind": "query", "query": "app_version("}
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Marks", exact=True).click()
    expect(page.get_by_role("dialog", name="Marks").get_by_role("listitem").filter(has_text="Events")).to_contain_text(
        re.compile("expected|unexpected|parse", re.IGNORECASE)
    )
