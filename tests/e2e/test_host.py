"""The Host page: this machine, live."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import Complaints, OpenPage, Server, drawn, plot_box

pytestmark = pytest.mark.e2e

PIXELS = "() => document.querySelector('.chart canvas').toDataURL()"

TWO_PAINTS = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def badge(page: Page, word: str) -> None:
    expect(page.locator(".live__state")).to_have_text(word)


def test_host_shows_moving_data(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """The machine's name, numbers and charts are there, the charts move, and the latency is measured."""
    page = open_page(f"{server.url}/host")
    badge(page, "LIVE")
    expect(page.locator(".host-head .tag")).to_have_text("Reporting")
    expect(page.locator(".stat__value").first).to_contain_text("%")
    expect(page.locator(".live__lag")).to_contain_text("ms")
    before = page.evaluate(PIXELS)
    page.wait_for_function(f"before => ({PIXELS})() !== before", arg=before)
    for title in ("CPU by mode", "Cores", "Load", "Memory", "Top processes"):
        expect(page.get_by_role("region", name=title, exact=True)).to_be_visible()
    assert complaints == []


def test_pause_holds_the_picture_and_going_on_catches_up(server: Server, open_page: OpenPage) -> None:
    """While paused nothing moves and the URL says so; afterwards the missed part is there."""
    page = open_page(f"{server.url}/host")
    badge(page, "LIVE")
    drawn(page)
    page.keyboard.press("Space")
    badge(page, "PAUSED")
    assert "live=0" in page.url
    page.evaluate(TWO_PAINTS)
    before = page.evaluate(PIXELS)
    server.wait_for_samples(2)
    assert page.evaluate(PIXELS) == before
    page.keyboard.press("Space")
    badge(page, "LIVE")
    assert "live=0" not in page.url
    page.wait_for_function(f"before => ({PIXELS})() !== before", arg=before)


def test_brush_zooms_all_and_back_returns(server: Server, open_page: OpenPage) -> None:
    """A brush on one chart sets the range of the page, the back button undoes it, a double click zooms out."""
    page = open_page(f"{server.url}/host")
    badge(page, "LIVE")
    box = plot_box(page)
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 30, steps=4)
    page.mouse.up()
    page.wait_for_url("**/host?from=*&to=*")
    badge(page, "FIXED")
    page.go_back()
    badge(page, "LIVE")
    page.go_forward()
    badge(page, "FIXED")
    page.locator(".live__btn").click()
    badge(page, "LIVE")


HIDE = """() => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_refresh_is_chosen_counted_and_forced(server: Server, open_page: OpenPage) -> None:
    """A slower pace counts down; off pauses; a hidden tab hangs up, and goes on where that is forced."""
    page = open_page("about:blank")
    with page.expect_websocket() as first:
        page.goto(f"{server.url}/host")
    badge(page, "LIVE")
    pace = page.get_by_role("button", name="Pace: ")
    pace.click()
    page.get_by_role("menuitemcheckbox", name="5 s").click()
    page.wait_for_url("**/host?refresh=5")
    expect(page.locator(".live__lag")).to_contain_text("next in")
    expect(pace).to_have_text("5 s")
    pace.click()
    page.get_by_role("menuitemcheckbox", name="Off").click()
    badge(page, "PAUSED")
    pace.click()
    with page.expect_websocket() as second:
        page.get_by_role("menuitemcheckbox", name="Force play").click()
    badge(page, "LIVE")
    assert first.value.is_closed()
    page.evaluate(HIDE)
    second.value.wait_for_event("framereceived")
    assert not second.value.is_closed()
    pace.click()
    page.get_by_role("menuitemcheckbox", name="Play", exact=False).first.click()
    page.wait_for_url("**/host?refresh=5")
    with second.value.expect_event("close"):
        page.evaluate(HIDE)


def test_crosshair_reads_every_chart_and_pins(server: Server, open_page: OpenPage) -> None:
    """The crosshair shows in all charts, the tooltip under the pointer only, and a click pins it."""
    page = open_page(f"{server.url}/host")
    badge(page, "LIVE")
    drawn(page)
    box = plot_box(page)
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 30)
    expect(page.locator(".tip")).to_have_count(1)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.crosshair')].filter(c => c.style.display === 'block').length >= 4"
    )
    page.mouse.click(box["x"] + box["width"] - 20, box["y"] + 30)
    page.mouse.move(5, 500)
    expect(page.locator(".tip")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_have_count(0)


def test_typed_range_is_applied_or_explained(server: Server, open_page: OpenPage) -> None:
    """A typed range goes to the URL; one without sense is explained, not applied."""
    page = open_page(f"{server.url}/host")
    page.get_by_title("Time range").click()
    field = page.get_by_label("Range", exact=True)
    field.fill("soon")
    field.press("Enter")
    expect(page.locator(".error-text")).to_contain_text("Not a range")
    field.fill("now-10m to now")
    field.press("Enter")
    page.wait_for_url("**/host?from=now-10m&to=now")
    expect(page.get_by_title("Time range")).to_contain_text("Last 10")


def test_ranges_are_chosen_by_calendar_and_copied_by_keys(server: Server, open_page: OpenPage) -> None:
    """Both ends come from the calendar fields; `t c` copies the range, `t v` brings it back."""
    page = open_page(f"{server.url}/host")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_title("Time range").click()
    page.get_by_label("From", exact=True).fill("2026-11-19T14:18:00")
    page.get_by_label("To", exact=True).fill("2026-11-19T14:26:00")
    page.get_by_role("button", name="Apply from and to").click()
    page.wait_for_url("**/host?from=1795097880000&to=1795098360000")
    badge(page, "FIXED")
    page.keyboard.press("t")
    page.keyboard.press("c")
    expect(page.locator(".toast")).to_have_text("Copied: 2026-11-19T14:18:00Z to 2026-11-19T14:26:00Z")
    page.keyboard.press("l")
    badge(page, "LIVE")
    page.keyboard.press("t")
    page.keyboard.press("v")
    page.wait_for_url("**/host?from=1795097880000&to=1795098360000")


def test_page_works_by_keys_alone(server: Server, open_page: OpenPage) -> None:
    """Keys go from page to page, open the palette, and read a chart aloud."""
    page = open_page(f"{server.url}/host")
    badge(page, "LIVE")
    drawn(page)
    page.get_by_role("application").first.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("span.sr-only[role=status]").first).to_contain_text("user")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url("**/explore")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("go host")
    page.keyboard.press("Enter")
    expect(page.locator(".host-head")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_theme_changes_without_reload(server: Server, open_page: OpenPage) -> None:
    """`c t` goes from system to light to dark, and the choice holds after a reload."""
    page = open_page(f"{server.url}/host", theme="dark")
    badge(page, "LIVE")
    page.keyboard.press("c")
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_reduced_motion_stops_the_glide(server: Server, open_page: OpenPage) -> None:
    """With reduced motion charts move when data comes, at most about twice a second, not with every frame."""
    page = open_page(f"{server.url}/host", motion="reduce")
    badge(page, "LIVE")
    plot_box(page)
    changes = page.evaluate(
        """() => new Promise(done => {
          let last = '', count = 0;
          const end = performance.now() + 3000;
          const look = () => {
            const now = document.querySelector('.chart canvas').toDataURL();
            if (now !== last) count += 1;
            last = now;
            if (performance.now() < end) requestAnimationFrame(look); else done(count);
          };
          look();
        })"""
    )
    assert changes <= 10
