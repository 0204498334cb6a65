"""For everybody: axe finds nothing, a phone has one column and targets for fingers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import Complaints, OpenPage, Server, answered, drawn
from .layout import violations

pytestmark = pytest.mark.e2e

PAGES = {"host": "/host", "explore": "/explore?q=node_load1&q=rate(node_load1)&from=now-5m"}
PAGES["split"] = f"{PAGES['explore']}&split=1&right.q=node_load5&link=0&right.from=now-1m"
READY = {"host": drawn, "explore": answered, "split": answered}
SMALL = """() => [...document.querySelectorAll('button, a, input, [role=tab], [role=radio]')]
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([, r]) => r.width > 0 && (r.height < 43.5 || r.width < 43.5))
  .map(([e, r]) => `${e.getAttribute('aria-label') ?? e.textContent} ${r.width}x${r.height}`)"""


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(server: Server, open_page: OpenPage, name: str, theme: str, width: int) -> None:
    """Both pages, both themes, desk and phone: no violation of WCAG 2.2 AA or of axe's best practice."""
    page = open_page(server.url + PAGES[name], width=width, theme=theme)
    expect(page.locator(".live__state")).to_have_text("LIVE")
    READY[name](page)
    assert violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_phone_has_one_column_and_room_for_fingers(server: Server, open_page: OpenPage, name: str) -> None:
    """At 390 px nothing is wider than the screen and no target is smaller than 44 px."""
    page = open_page(server.url + PAGES[name], width=390, height=844)
    expect(page.locator(".live__state")).to_have_text("LIVE")
    READY[name](page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    nav = page.locator(".nav").bounding_box()
    assert nav is not None
    assert nav["y"] + nav["height"] == pytest.approx(844, abs=1)
    assert nav["height"] == pytest.approx(60, abs=1)
    assert page.evaluate(SMALL) == []


def test_policy_of_the_page_holds(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """No inline script or style is needed: editor, dialogs and popovers open without a violation."""
    page = open_page(f"{server.url}/explore?q=node_load1")
    page.get_by_role("textbox", name="Query A").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("node_l")
    expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_title("Time range").click()
    expect(page.get_by_label("Range", exact=True)).to_be_visible()
    assert complaints == []
