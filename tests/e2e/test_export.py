"""A dashboard as a file: a picture of all of it, its data, a page that stands alone, and paper."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Complaints, OpenPage, Server
from .layout import violations
from .test_dashboards import HOSTILE, make, widget
from .test_share import share

pytestmark = pytest.mark.e2e

PIXELS = """async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const found = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = data[at] * 65536 + data[at + 1] * 256 + data[at + 2];
    found.set(colour, (found.get(colour) ?? 0) + 1);
  }
  return [image.width, image.height, [...found].filter(([, count]) => count > 60)];
}"""
COLOUR = """() => {
  const probe = document.createElement('i');
  probe.style.color = 'var(--s9)';
  document.body.append(probe);
  const found = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
  probe.remove();
  return found;
}"""
"""That of the line far below what is in view, which nothing else has."""


LOADS = "node_load1", "node_load5", "node_load15"


def board(server: Server) -> str:
    """A number in view, and a line that one has to scroll to, with a colour that nothing else has."""
    line = {
        "title": HOSTILE,
        "queries": [{"ref": "A", "text": "vector(3)"}],
        "format": {"color": "s9"},
        "options": {"lineWidth": 3},
    }
    return make(
        server,
        f"Exported {HOSTILE}",
        widgets=[
            widget("w1", 0, 0, 6, 12, kind="stat", title="Now", queries=[{"ref": "A", "text": "node_load1 + 0"}]),
            widget("w2", 0, 12, 12, 12, title="Between", queries=[{"ref": "A", "text": "node_load5"}]),
            widget("w3", 0, 24, 12, 8, **line),
        ],
    )


def saved(page: Page, button: str) -> tuple[str, bytes]:
    """Name and content of the file that a button makes."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def pixels(page: Page, picture: bytes) -> tuple[int, int, list[tuple[int, int]]]:
    """Width, height, and the colours of more than a few points, each with how many points have it."""
    found: Any = page.evaluate(PIXELS, "data:image/png;base64," + base64.b64encode(picture).decode())
    return found[0], found[1], found[2]


def test_a_dashboard_becomes_files(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """PNG with what is out of view, CSV with every value, JSON, and a page that needs nothing else."""
    page = open_page(f"{server.url}/d/{board(server)}")
    share(page, "Export")
    assert violations(page) == []
    name, picture = saved(page, "Picture (PNG)")
    assert name.endswith(".png")
    width, height, colours = pixels(page, picture)
    assert height > width > 2000
    red, green, blue = page.evaluate(COLOUR)
    # A line over the whole width; its mark in the legend is a fraction of that.
    assert sum(count for colour, count in colours if colour == (red << 16 | green << 8 | blue)) > width
    rows = list(csv.reader(io.StringIO(saved(page, "Data (CSV)")[1].decode())))
    assert rows[0][:3] == ["widget", "query", "series"]
    assert {row[0] for row in rows[1:]} >= {"Now", "Between"}
    assert [float(row[4]) for row in rows if row[0] == HOSTILE] != []
    assert {float(row[4]) for row in rows if row[0] == HOSTILE} == {3.0}
    assert len(json.loads(saved(page, "Document (JSON)")[1])["spec"]["widgets"]) == 3
    html = saved(page, "Page (HTML)")[1].decode()
    alone = open_page("about:blank")
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.set_content(html)
    expect(alone.get_by_role("heading", name=HOSTILE).first).to_be_visible()
    expect(alone.get_by_role("img")).to_have_count(1)
    assert [url for url in asked if not url.startswith("data:")] == []
    assert complaints == []


def test_a_dashboard_goes_onto_paper(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """In light colours, without the page around it, no widget over the edge of a sheet; and then it is as before."""
    page = open_page("about:blank")
    page.add_init_script("window.print = () => { document.body.dataset.printed = 'yes'; }")
    page.goto(f"{server.url}/d/{board(server)}")
    share(page, "Export")
    theme = page.evaluate("() => document.documentElement.dataset.theme")
    page.get_by_role("button", name="Print or save as PDF").click()
    expect(page.locator("body[data-printed]")).to_be_attached()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "light"
    page.emulate_media(media="print")
    expect(page.locator(".sheet__widget")).to_have_count(3)
    expect(page.locator("#root")).to_be_hidden()
    assert (
        page.evaluate("() => Math.max(...[...document.querySelectorAll('.sheet__band')].map(b => b.offsetHeight))")
        < 718
    )
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    # Three widgets of more than half a sheet.
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 3
    expect(page.locator(".sheet")).to_have_count(0)
    assert page.evaluate("() => document.documentElement.dataset.theme") == theme
    assert complaints == []


def test_a_widget_is_drawn_as_it_looks(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Shared alone, the picture is of that widget; things in space are in it, too."""
    asked = [{"ref": ref, "text": f"{name} + 0"} for ref, name in zip("ABC", LOADS, strict=True)]
    thing = widget("w1", 0, 0, 6, 8, kind="scatter3d", title="Space", queries=asked)
    page = open_page(f"{server.url}/d/{make(server, 'In space', widgets=[thing])}")
    expect(page.locator("[data-frame=w1] canvas")).to_be_attached()
    page.locator("[data-frame=w1]").hover()
    page.keyboard.press("p")
    page.keyboard.press("s")
    page.get_by_role("tab", name="Export", exact=True).click()
    name, picture = saved(page, "Picture (PNG)")
    assert name == "Space.png"
    _, _, colours = pixels(page, picture)
    assert len(colours) > 10
    # Where a processor stands in for the graphics card it says that reading takes long.
    assert [line for line in complaints if "GL Driver Message" not in line] == []
