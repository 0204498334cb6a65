"""Every kind of widget in a real Chromium: drawn in both themes and on a phone, under the page's own policy.

Pictures are judged by what is in them (elements, painted pixels, nothing beside the panel), which holds everywhere;
how they look is compared in `test_widget_snapshots.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Complaints, OpenPage
from .gallery import shown, space_is_drawn
from .layout import violations

pytestmark = pytest.mark.e2e

KINDS = {
    "line",
    "area",
    "bar",
    "state-timeline",
    "heatmap",
    "stat",
    "gauge",
    "pie",
    "progress",
    "table",
    "histogram",
    "scatter",
    "sankey",
    "scatter3d",
    "nodes3d",
    "topology3d",
    "text",
    "alerts",
    "log",
}
# what Chromium says of its own software renderer is no complaint about the page
OWN_WORDS = ("WebGL", "GPU stall", "swiftshader")
DRAWN = """() => [...document.querySelectorAll('.wcell')].map(cell => {
  const body = cell.querySelector('.panel__body');
  const box = body.getBoundingClientRect();
  const ink = canvas => {
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
    const pen = copy.getContext('2d');
    pen.drawImage(canvas, 0, 0);
    return pen.getImageData(0, 0, copy.width, copy.height).data.some((value, at) => at % 4 === 3 && value > 0);
  };
  const painted = [...body.querySelectorAll('.u-wrap canvas, .wscatter canvas')]
    .filter(canvas => canvas.width > 0).map(ink);
  const shapes = body.querySelectorAll('svg path, svg rect, svg circle, svg polygon, svg polyline, i, table td').length;
  const wide = [...body.querySelectorAll('svg, canvas, table')]
    .filter(one => one.getBoundingClientRect().right > box.right + 1 && !one.closest('[tabindex="0"]'))
    .map(one => one.outerHTML.slice(0, 120));
  return { title: cell.textContent.slice(0, 40), text: body.innerText.trim().length, painted, shapes, wide };
})"""


def serious(complaints: Complaints) -> list[str]:
    """What the page is to blame for."""
    return [text for text in complaints if not any(word in text for word in OWN_WORDS)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_draws_without_a_complaint(
    gallery: str, open_page: OpenPage, complaints: Complaints, theme: str
) -> None:
    """Each kind and variant paints something, in its panel; neither console nor policy complain; axe finds nothing."""
    page = open_page(f"{gallery}?theme={theme}", theme=theme)
    shown(page)
    present = page.evaluate("[...new Set([...document.querySelectorAll('.wcell')].map(one => one.dataset.kind))]")
    assert set(present) == KINDS
    space_is_drawn(page)
    for cell in page.locator(".wcell").all():
        cell.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    for found in page.evaluate(DRAWN):
        assert found["wide"] == [], json.dumps(found)
        assert all(found["painted"]), json.dumps(found)
        assert found["painted"] or found["shapes"] > 0 or found["text"] > 20, json.dumps(found)
    assert violations(page) == []
    assert serious(complaints) == []


def test_widgets_fit_a_phone(gallery: str, open_page: OpenPage, complaints: Complaints) -> None:
    """At 320 px nothing is wider than the screen."""
    page = open_page(f"{gallery}?theme=light", width=320, height=640)
    shown(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert [one for found in page.evaluate(DRAWN) for one in found["wide"]] == []
    assert serious(complaints) == []


def test_names_and_texts_are_no_markup(gallery: str, open_page: OpenPage) -> None:
    """Label values and Markdown that look like elements are shown as they are; links run no script."""
    page = open_page(gallery)
    shown(page)
    assert page.locator(".wcell img, .wcell script, .wcell [onclick], .wcell [onerror]").count() == 0
    assert page.locator(".wcell a[href^='javascript']").count() == 0
    expect(page.get_by_role("heading", name="<script>alert(1)</script>")).to_be_visible()


def test_space_is_shown_without_webgl(gallery: str, open_page: OpenPage, complaints: Complaints) -> None:
    """Where WebGL is not to be had things are drawn as elements, and keys turn and choose there too."""
    page = open_page("about:blank")
    page.add_init_script(
        "const own = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return String(kind).startsWith('webgl') ? null : own.call(this, kind, ...rest); };"
    )
    page.goto(f"{gallery}?kind=nodes3d")
    shown(page)
    expect(page.locator(".wspace__flat polygon").first).to_be_visible()
    stage = page.get_by_role("application").first
    before = page.locator(".wspace__flat polygon").first.get_attribute("points")
    stage.press("ArrowLeft")
    assert page.locator(".wspace__flat polygon").first.get_attribute("points") != before
    stage.press("n")
    expect(page.locator(".wspace__about").first).to_contain_text("vdb-01")
    stage.press("Escape")
    expect(page.locator(".wspace__about").first).to_be_empty()
    assert serious(complaints) == []


def test_legend_isolates_adds_searches_and_shows_all(gallery: str, open_page: OpenPage) -> None:
    """A click leaves one series, a click with the modifier brings one back; of many the largest are shown."""
    page = open_page(f"{gallery}?kind=line")
    shown(page)
    plain = page.locator(".wcell").first
    names = plain.locator("tbody td:first-child")
    names.nth(0).get_by_role("button").click()
    expect(plain.locator("tr.is-off")).to_have_count(2)
    names.nth(1).get_by_role("button").click(modifiers=["Control"])
    expect(plain.locator("tr.is-off")).to_have_count(1)
    names.nth(0).get_by_role("button").click()
    names.nth(0).get_by_role("button").click()
    expect(plain.locator("tr.is-off")).to_have_count(0)
    many = page.locator(".wcell", has_text="30 series").first
    expect(many.locator("tbody tr")).to_have_count(20)
    many.get_by_role("button", name="Show all 30").click()
    expect(many.locator("tbody tr")).to_have_count(30)
    many.get_by_role("searchbox").fill("vdb-07")
    expect(many.locator("tbody tr")).to_have_count(1)


def test_table_sorts_pages_and_exports(gallery: str, open_page: OpenPage, tmp_path: Path) -> None:
    """Heads sort, arrows turn pages, and the CSV has every row in this order with numbers as numbers."""
    page = open_page(f"{gallery}?kind=table")
    shown(page)
    table = page.locator(".wcell", has_text="pages, hostile").first
    expect(table.locator("tbody tr").first).to_contain_text("vdb-30")
    table.get_by_role("button", name="Next page").click()
    expect(table.locator("tbody tr").first).to_contain_text("vdb-25")
    table.get_by_role("button", name="instance").click()
    with page.expect_download() as waiting:
        table.get_by_role("button", name="as CSV").click()
    waiting.value.save_as(tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert len(lines) == 31
    assert lines[0] == "instance,Value"
    assert lines[2].startswith("vdb-01,")
    float(lines[2].split(",")[1])
