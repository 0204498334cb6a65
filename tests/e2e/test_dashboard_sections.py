"""Sections in a real browser: put elsewhere by grip, tab and keys; widgets go to others; fingers swipe and pinch."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from .conftest import Complaints, OpenPage, Server
from .test_dashboards import Json, edit, frame, kept, make, settled, widget

pytestmark = pytest.mark.e2e

FOLDS: list[Json] = [{"id": "one", "title": "One"}, {"id": "two", "title": "Two"}]
TABS: list[Json] = [
    {"id": "red", "title": "Red", "kind": "tab"},
    {"id": "green", "title": "Green", "kind": "tab"},
]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """With the mouse, in steps."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 10, start[1] + 10, steps=3)
    page.mouse.move(*end, steps=12)
    page.mouse.up()


def sections(server: Server, page: Page, document: str) -> list[str]:
    """Their order, once it is saved."""
    before = kept(server, document)["version"]
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name=f"Save as v{before + 2}")).to_be_visible()
    return [one["id"] for one in kept(server, document)["spec"]["sections"]]


def test_sections_are_dragged(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A section goes by its grip, or by arrows on it, and a tab along its strip; undo takes it back."""
    document = make(server, "Order", sections=[*FOLDS, *TABS], widgets=[widget("w", 0, 0, 6, 4, section="one")])
    page = open_page(f"{server.url}/d/{document}")
    edit(page)
    grip = page.get_by_role("button", name="Two: drag, or move with the arrow keys")
    start, end = settled(grip), settled(page.get_by_role("button", name="One: drag, or move with the arrow keys"))
    drag(page, (start["x"] + 8, start["y"] + 8), (end["x"] + 8, end["y"] - 4))
    heads = page.locator(".dash-section h2")
    expect(heads.first).to_contain_text("Two")
    page.keyboard.press("Control+z")
    expect(heads.first).to_contain_text("One")
    grip.focus()
    page.keyboard.press("ArrowUp")
    expect(heads.first).to_contain_text("Two")
    red, green = settled(page.get_by_role("tab", name="Red")), settled(page.get_by_role("tab", name="Green"))
    drag(page, (green["x"] + 10, green["y"] + 10), (red["x"] + 2, red["y"] + 10))
    expect(page.get_by_role("tab").first).to_contain_text("Green")
    assert sections(server, page, document) == ["two", "one", "green", "red"]
    assert complaints == []


def test_widgets_go_to_other_sections(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A widget dropped into another section or onto a tab is there, and by keys it goes on to the next."""
    document = make(
        server,
        "Between",
        sections=[*FOLDS, *TABS],
        widgets=[widget("a", 0, 0, 6, 4, section="one"), widget("b", 0, 0, 6, 4, section="two")],
    )
    page = open_page(f"{server.url}/d/{document}")
    edit(page)
    head = settled(frame(page, "a").locator(".panel__head"))
    two = settled(page.locator("[data-section='two']"))
    drag(page, (head["x"] + 60, head["y"] + 12), (two["x"] + two["width"] * 0.8, two["y"] + 20))
    expect(page.locator("[data-section='two'] [data-frame]")).to_have_count(2)
    head = settled(frame(page, "b").locator(".panel__head"))
    green = settled(page.get_by_role("tab", name="Green"))
    drag(page, (head["x"] + 60, head["y"] + 12), (green["x"] + 12, green["y"] + 12))
    expect(page.locator("[data-section='two'] [data-frame]")).to_have_count(1)
    expect(page.get_by_role("tab", name="Green")).to_contain_text("1")
    frame(page, "a").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+PageDown")
    expect(page.locator("[data-section='red'] [data-frame='a']")).to_be_focused()
    page.keyboard.press("Shift+PageUp")
    expect(page.locator("[data-section='two'] [data-frame='a']")).to_be_focused()
    assert complaints == []


def touch(glass: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    """Fingers, as the browser has them from the glass."""
    found = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(points)]
    glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})


def test_fingers(server: Server, browser: Browser) -> None:
    """On a phone a swipe beside charts goes to the next section and back; two fingers on a chart zoom all of them."""
    server.wait_for_samples(3)
    words = {"kind": "text", "queries": [], "options": {"text": "Hello"}}
    document = make(
        server,
        "Phone",
        time={"from": "now-10m", "to": "now"},
        sections=FOLDS,
        widgets=[widget("a", 0, 0, 12, 5, section="one", **words), widget("b", 0, 0, 12, 6, section="two")],
    )
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    glass = context.new_cdp_session(page)
    page.goto(f"{server.url}/d/{document}")
    expect(page.get_by_role("heading", name="One", exact=True)).to_be_visible()
    touch(glass, "touchStart", (320, 600))
    for x in (280, 220, 140):
        touch(glass, "touchMove", (x, 604))
    touch(glass, "touchEnd")
    expect(page.get_by_role("heading", name="Two", exact=True)).to_be_visible()
    plot = settled(frame(page, "b").locator(".u-over"))
    middle, y = plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2
    touch(glass, "touchStart", (middle - 30, y), (middle + 30, y))
    for far in (50, 80, 110):
        touch(glass, "touchMove", (middle - far, y), (middle + far, y))
    touch(glass, "touchEnd")
    page.wait_for_url("**from=1*")
    span = page.evaluate("(p => p.get('to') - p.get('from'))(new URLSearchParams(location.search))")
    assert 120_000 < span < 260_000
    touch(glass, "touchStart", (40, 600))
    for x in (90, 160, 240):
        touch(glass, "touchMove", (x, 604))
    touch(glass, "touchEnd")
    expect(page.get_by_role("heading", name="One", exact=True)).to_be_visible()
    context.close()


SMALL_TARGETS = """() => [...document.querySelectorAll('main button, main a, header button, header a, .varbar button')]
    .map(one => [one.getAttribute('aria-label') ?? one.textContent, one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
    .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""


@pytest.mark.parametrize("width", [390, 820])
def test_targets_are_large_enough(server: Server, browser: Browser, width: int) -> None:
    """Whatever is pressed on a dashboard takes a finger: at least 44 px each way."""
    server.wait_for_samples(2)
    variables: list[Json] = [{"name": "mode", "of_label": "mode", "query": "node_cpu_seconds_total", "multi": True}]
    widgets = [
        widget("lines", 0, 0, 12, 7, section="one", options={"legend": "table"}),
        widget("rows", 0, 7, 12, 5, section="one", kind="table"),
    ]
    document = make(server, f"Fingers {width}", variables=variables, sections=FOLDS, widgets=widgets)
    context = browser.new_context(viewport={"width": width, "height": 1100}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{server.url}/d/{document}")
    expect(frame(page, "lines").locator("canvas").first).to_be_visible()
    expect(frame(page, "rows").get_by_role("row").first).to_be_visible()
    assert page.evaluate(SMALL_TARGETS) == []
    context.close()
