"""Playback in a real browser: what the page shows is what was stored at the playhead, and nothing after it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from .conftest import Complaints, OpenPage, Server, ask
from .layout import violations

pytestmark = pytest.mark.e2e

STEP_S = 10
ROWS = 240
FIRST = 200
"""Value of the first step: three digits are shown as they are."""
GAP = range(100, 170)
FIRING = range(60, 72)
PENDING = range(54, 60)
NOTED = 44
SMALL = """() => [...document.querySelectorAll('.player :is(button, a, select, [role=tab], [role=radio])')]
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([, r]) => r.width > 0 && (r.height < 43.5 || r.width < 43.5))
  .map(([e, r]) => `${e.getAttribute('aria-label') ?? e.textContent} ${r.width}x${r.height}`)"""
# playhead and values of one and the same frame
SEEN = """() => new Promise(done => requestAnimationFrame(() => done([
  document.querySelector('.track__pill').textContent,
  document.querySelector('[data-frame=value] .wstat__value')?.textContent ?? null,
])))"""


@dataclass(frozen=True)
class Recording:
    """A dashboard over samples whose value is the number of their step (and FIRST), from a whole minute on."""

    server: Server
    start_s: int
    document: str

    def moment_ms(self, row: float) -> int:
        """When a step is, or something between two."""
        return int((self.start_s + row * STEP_S) * 1000)

    def url(self, row: float, speed: str = "1") -> str:
        """The dashboard at a moment."""
        over = f"{self.moment_ms(0)}-{self.moment_ms(ROWS - 1)}"
        return f"{self.server.url}/d/{self.document}?at={self.moment_ms(row)}&speed={speed}&over={over}"

    def row_of(self, clock: str) -> int:
        """The step that a clock time of the page (UTC) is in."""
        hours, minutes, seconds = (int(part) for part in clock.split(":"))
        day_s = self.start_s - self.start_s % 86_400
        at_s = day_s + hours * 3600 + minutes * 60 + seconds
        return (at_s + (86_400 if at_s < self.start_s else 0) - self.start_s) // STEP_S


def samples(start_s: int) -> str:
    """The recording in the text format, with a gap, an alert that was pending and then fired."""
    lines = []
    for row in range(ROWS):
        at_ms = (start_s + row * STEP_S) * 1000
        if row not in GAP:
            lines += [f"played_row {FIRST + row} {at_ms}", f'played_part{{part="a"}} {row} {at_ms}']
        for state, rows in (("pending", PENDING), ("firing", FIRING)):
            if row in rows:
                lines.append(f'ALERTS{{alertname="Slow",alertstate="{state}"}} 1 {at_ms}')
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def recording(apart: Server) -> Recording:
    """Forty minutes that end a while ago."""
    start_s = int(time.time()) // 60 * 60 - 45 * 60
    apart.push(samples(start_s))
    widgets: list[dict[str, Any]] = [
        {
            "id": "value",
            "kind": "stat",
            "title": "Row",
            "place": {"x": 0, "y": 0, "w": 4, "h": 3},
            "queries": [{"ref": "A", "text": "played_row", "min_step_ms": STEP_S * 1000}],
        },
        {
            "id": "line",
            "kind": "line",
            "title": "Parts",
            "place": {"x": 4, "y": 0, "w": 8, "h": 5},
            "queries": [{"ref": "A", "text": "played_part", "min_step_ms": STEP_S * 1000}],
        },
    ]
    spec = {"time": {"from": "now-5m", "to": "now"}, "widgets": widgets}
    note = {"time_ms": (start_s + NOTED * STEP_S) * 1000, "title": "<b>reindex</b>"}
    ask(apart, "POST", "/api/v1/annotations", note)
    document = ask(apart, "POST", "/api/v1/documents/dashboard", {"name": "Recording", "spec": spec})
    return Recording(apart, start_s, str(document["id"]))


def shows(page: Page, row: int) -> None:
    """Waits until the stat has the value of a step."""
    expect(page.locator("[data-frame=value] .wstat__value")).to_have_text(str(FIRST + row))


def wait_for_row(page: Page, condition: str) -> None:
    """Until the shown row is as it should be while it plays."""
    text = "document.querySelector('[data-frame=value] .wstat__value')?.textContent"
    page.wait_for_function(f"() => {{ const row = {text} - {FIRST}; return row {condition}; }}")


def stands_at_its_value(page: Page, recording: Recording) -> None:
    """Waits until the shown value is the one that was stored at the shown moment."""
    deadline_s = time.monotonic() + 20
    while True:
        clock, value = page.evaluate(SEEN)
        if value is not None and int(value) - FIRST == recording.row_of(clock):
            return
        assert time.monotonic() < deadline_s, (clock, value)


def parameter(page: Page, name: str) -> str | None:
    """What the address says."""
    found = re.search(rf"[?&]{name}=([^&]*)", page.url)
    return None if found is None else found[1]


def test_shows_what_was_stored_then(recording: Recording, open_page: OpenPage, complaints: Complaints) -> None:
    """At 60 times no value is ever from after the playhead or long before it; where it stops, it is the stored one."""
    page = open_page(recording.url(40, "60"))
    shows(page, 40)
    expect(page.locator(".live__state")).to_have_text("PLAYBACK")
    page.get_by_role("button", name="Play", exact=True).click()
    seen = set()
    for _ in range(25):
        clock, value = page.evaluate(SEEN)
        row = recording.row_of(clock)
        assert value is None or row - 8 <= int(value) - FIRST <= row
        seen.add(value)
        page.wait_for_timeout(100)
    assert len(seen) > 3
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stands_at_its_value(page, recording)
    assert complaints == []


def test_asks_ahead_and_seldom(recording: Recording, open_page: OpenPage) -> None:
    """Ten minutes of recording at 60 times take few requests, none for a single step."""
    page = open_page(recording.url(40, "60"))
    shows(page, 40)
    page.wait_for_timeout(500)
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/v1/metrics/quer" in request.url:
            asked.append(request.post_data or "")

    page.on("request", note)
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for_row(page, ">= 95")
    assert len(asked) <= 12


def test_steps_seeks_and_jumps(recording: Recording, open_page: OpenPage) -> None:
    """Keys, buttons and the track move to the same places; values follow at once."""
    page = open_page(recording.url(40.4))
    shows(page, 40)
    page.get_by_label("Step", exact=True).select_option("10000")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    shows(page, 41)
    page.get_by_role("button", name="Step back").click()
    shows(page, 40)
    expect(page.locator(".track__pin")).to_have_count(3)
    expect(page.locator(".track__pin").first).to_have_text("<b>reindex</b>")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    shows(page, NOTED)
    page.keyboard.press("n")
    shows(page, PENDING.start)
    page.keyboard.press("Shift+ArrowRight")
    shows(page, FIRING.start)
    page.get_by_role("button", name="Previous mark").click()
    shows(page, PENDING.start)
    slider = page.get_by_role("slider", name="Playhead")
    slider.press("End")
    shows(page, ROWS - 1)
    box = slider.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 80 / (ROWS - 1), box["y"] + 40)
    expect(page.locator("[data-frame=value] .wstat__value")).to_have_text(re.compile(r"^(279|280)$"))
    assert "UTC" not in (slider.get_attribute("aria-valuetext") or "")
    assert re.fullmatch(r"\d+ \w+, \d\d:\d\d:\d\d", slider.get_attribute("aria-valuetext") or "")


def test_gap_shows_nothing(recording: Recording, open_page: OpenPage) -> None:
    """Within a gap nothing from before it is shown as if it was of that moment."""
    page = open_page(recording.url(GAP.stop - 0.5))
    line = page.locator("[data-frame=line]")
    expect(line).to_contain_text("Nothing matches")
    page.get_by_role("slider", name="Playhead").press("End")
    shows(page, ROWS - 1)
    expect(line.locator("canvas").first).to_be_visible()


def test_moment_is_in_the_address(recording: Recording, open_page: OpenPage) -> None:
    """A link opens paused at its moment; going back from playback leads to what was before."""
    page = open_page(f"{recording.server.url}/d/{recording.document}?from=now-2m&to=now")
    expect(page.locator(".live__state")).to_have_text("LIVE")
    page.get_by_role("button", name="Playback", exact=True).click()
    expect(page.locator(".live__state")).to_have_text("PLAYBACK")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    at, over = parameter(page, "at"), parameter(page, "over")
    clock = page.locator(".player__time").inner_text()
    other = open_page(page.url)
    expect(other.locator(".player__time")).to_have_text(clock)
    expect(other.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert (parameter(other, "at"), parameter(other, "over")) == (at, over)
    page.go_back()
    expect(page.locator(".live__state")).to_have_text("LIVE")
    assert parameter(page, "from") == "now-2m"
    assert parameter(page, "at") is None


def test_leaves_to_live_and_to_before(recording: Recording, open_page: OpenPage) -> None:
    """`l` goes back to live; leaving goes back to the fixed range that was there before, whatever was changed since."""
    start, end = recording.moment_ms(20), recording.moment_ms(50)
    page = open_page(f"{recording.server.url}/d/{recording.document}?from={start}&to={end}")
    shows(page, 50)
    page.keyboard.press("t")
    page.keyboard.press("p")
    expect(page.locator(".live__state")).to_have_text("PLAYBACK")
    page.keyboard.press("t")
    page.keyboard.press("z")
    expect(page.get_by_title("Time range")).to_contain_text("Window 10")
    page.get_by_role("button", name="Leave playback").click()
    expect(page.locator(".live__state")).to_have_text("FIXED")
    assert parameter(page, "from") == str(start)
    page.go_back()
    expect(page.locator(".live__state")).to_have_text("PLAYBACK")
    page.keyboard.press("l")
    expect(page.locator(".live__state")).not_to_have_text("PLAYBACK")
    expect(page.locator(".player")).to_have_count(0)


def test_ends_and_loops(recording: Recording, open_page: OpenPage) -> None:
    """At the end it stops at the last value; with the loop on it goes on from the start."""
    page = open_page(recording.url(ROWS - 6, "60"))
    shows(page, ROWS - 6)
    play = page.get_by_role("button", name="Play", exact=True)
    play.click()
    shows(page, ROWS - 1)
    expect(play).to_be_visible()
    page.get_by_role("button", name="Loop").click()
    page.get_by_role("slider", name="Playhead").press("ArrowDown")
    play.click()
    wait_for_row(page, "< 60")


@pytest.mark.parametrize("path", ["/host", "/explore?q=node_load1&from=now-1m"])
def test_other_pages_play_too(server: Server, open_page: OpenPage, complaints: Complaints, path: str) -> None:
    """Host and Explore have the same player, without a request for a live stream while it plays."""
    page = open_page(server.url + path)
    expect(page.locator(".live__state")).to_have_text("LIVE")
    page.get_by_role("button", name="Playback", exact=True).click()
    expect(page.locator(".live__state")).to_have_text("PLAYBACK")
    expect(page.locator(".track__pill")).not_to_be_empty()
    page.get_by_role("button", name="Back to live").click()
    expect(page.locator(".live__state")).to_have_text("LIVE")
    assert complaints == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(recording: Recording, open_page: OpenPage, theme: str, width: int) -> None:
    """Both themes, desk and phone: no violation; on a phone nothing is too wide or too small for a finger."""
    page = open_page(recording.url(65), width=width, height=844 if width < 500 else 900, theme=theme)
    shows(page, 65)
    expect(page.locator(".track__pill")).not_to_be_empty()
    if width < 500:
        page.get_by_role("button", name="Speed, step and range").click()
        assert page.evaluate(SMALL) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert violations(page) == []


def test_reduced_motion_plays_in_steps(recording: Recording, open_page: OpenPage) -> None:
    """Who asked for less motion still sees the value of the moment."""
    page = open_page(recording.url(180, "60"), motion="reduce")
    shows(page, 180)
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for_row(page, "> 190")
    page.keyboard.press("Space")
    stands_at_its_value(page, recording)
