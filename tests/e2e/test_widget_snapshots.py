"""How each kind of widget looks, in both themes, beside pictures that are kept.

`make snapshots` takes the pictures anew after a change that is meant; look at what differs before committing it. They
are compared by Debian's Chromium alone: another build draws other letters.
"""

from __future__ import annotations

import re
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from .conftest import CHROMIUM
from .gallery import shown, space_is_drawn
from .pictures import Pixels, decode, differing, encode, marked, take

pytestmark = pytest.mark.e2e

KEPT = Path(__file__).parent / "snapshots"
SEEN = Path(__file__).parents[2] / ".make" / "snapshots"
VERSION = KEPT / "chromium.txt"
MAX_BYTES = 15_000
# pixels that may differ: less than a letter; edges of what is in space are drawn by the processor's own arithmetic
MAX_PIXELS = 12
MAX_PIXELS_IN_SPACE = 80

# what is done, and undone: a neighbouring hue of one slice, one letter of the legend, two pixels to the side
CHANGES = {
    "a slice a fifth darker": ("path", "one => { one.style.filter = 'brightness(0.8)'; }"),
    "one letter of the legend": ("li", "one => { one.querySelector('.wpie__name').textContent += 's'; }"),
    "the legend two pixels to the side": ("ul", "one => { one.style.transform = 'translateX(2px)'; }"),
}


def chromium_version() -> str:
    """As the program names itself."""
    assert CHROMIUM is not None
    return subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True, timeout=60).stdout.strip()


def refusal(here: str, kept: str) -> str:
    """Why the pictures cannot be compared by this browser; empty if they can."""
    if "Debian" not in here:
        return f"pictures of widgets are compared by Debian's Chromium, this is {here or 'unknown'}"
    major = re.search(r"\d+", here)
    if major is None or f" {major[0]}." not in kept:
        return f"pictures of widgets were taken by {kept}, this is {here}: run `make snapshots`"
    return ""


@pytest.fixture(scope="module")
def renew(request: pytest.FixtureRequest) -> bool:
    """Whether the pictures are taken anew."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="module")
def comparable(browser: Browser, renew: bool) -> None:
    """Skips with a warning where the pictures say nothing."""
    here = chromium_version()
    if renew:
        VERSION.write_text(f"{here}\n")
    reason = refusal(here, VERSION.read_text().strip())
    if reason:
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    """Each theme."""
    return str(request.param)


@pytest.fixture
def widgets(browser: Browser, comparable: None, gallery: str, theme: str) -> Iterator[Page]:
    """All kinds with their made-up data, at a fixed size and moment."""
    context = browser.new_context(
        viewport={"width": 960, "height": 900}, color_scheme="light", reduced_motion="reduce", timezone_id="UTC"
    )
    page = context.new_page()
    page.clock.set_fixed_time("2023-11-14T22:13:20Z")
    page.goto(f"{gallery}?theme={theme}&samples=1")
    shown(page)
    space_is_drawn(page)
    yield page
    context.close()


def compared(page: Page, name: str, found: Pixels) -> str:
    """What is wrong with a picture, beside the one that is kept; what differs is written to `.make/snapshots`."""
    kept = KEPT / f"{name}.png"
    if not kept.is_file():
        return f"{name}: no picture is kept, run `make snapshots`"
    expected = decode(page, kept.read_bytes())
    if expected.shape != found.shape:
        return f"{name}: {found.shape[1]}x{found.shape[0]} pixels, kept are {expected.shape[1]}x{expected.shape[0]}"
    where = differing(expected, found)
    if where.sum() <= (MAX_PIXELS_IN_SPACE if "3d-" in name else MAX_PIXELS):
        return ""
    SEEN.mkdir(parents=True, exist_ok=True)
    (SEEN / f"{name}.png").write_bytes(encode(found))
    (SEEN / f"{name}.difference.png").write_bytes(encode(marked(found, where)))
    return f"{name}: {where.sum()} pixels differ, see {SEEN / name}.difference.png"


def test_every_kind_looks_as_it_did(widgets: Page, browser: Browser, theme: str, renew: bool) -> None:
    """Colours, legend, letters and places of each kind are those of the picture that is kept."""
    page = browser.new_page()
    problems: list[str] = []
    names: set[str] = set()
    for cell in widgets.locator(".wcell").all():
        name = f"{cell.get_attribute('data-kind')}-{theme}"
        names.add(name)
        found = decode(page, take(cell))
        if renew:
            (KEPT / f"{name}.png").write_bytes(encode(found))
        problems.append(compared(page, name, found))
    page.close()
    problems += [f"{one.stem}: no such kind" for one in KEPT.glob(f"*-{theme}.png") if one.stem not in names]
    assert [one for one in problems if one] == []


def test_kept_pictures_are_small() -> None:
    """None is larger than 15 kB."""
    assert [one.name for one in KEPT.glob("*.png") if one.stat().st_size > MAX_BYTES] == []


def test_a_change_is_seen(widgets: Page, browser: Browser, theme: str) -> None:
    """What stands still does not differ; another colour, another letter and a legend two pixels away each do."""
    page = browser.new_page()
    cell = widgets.locator(".wcell[data-kind=pie]")
    before = decode(page, take(cell))
    assert differing(before, decode(page, take(cell))).sum() == 0
    for what, (part, change) in CHANGES.items():
        cell.locator(f".wpie {part}").first.evaluate(change)
        after = decode(page, take(cell))
        assert differing(before, after).sum() > MAX_PIXELS, what
        before = after
    page.close()


def test_another_browser_is_refused_loudly() -> None:
    """Who is no Chromium of Debian, or of another major version than the pictures, is named with what to do."""
    debian = "Chromium 156.0.1.2 built on Debian GNU/Linux 12 (bookworm)"
    assert refusal(debian, "Chromium 156.0.9.9 built on Debian GNU/Linux 12") == ""
    assert "Google Chrome 156.0.1.2" in refusal("Google Chrome 156.0.1.2", debian)
    assert "make snapshots" in refusal(debian.replace("156", "157"), debian)
