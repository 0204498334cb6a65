"""Every page there is, in both themes and at four widths: axe finds nothing, nothing is too wide or over another.

The pages come from the table of routes, their parts from the navigation within them: one that is added is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .guarded import Guarded
from .layout import RULES, misplaced, rest, small, violations

pytestmark = pytest.mark.e2e

ROUTES = Path(__file__).parents[2] / "web/src/app/routes.ts"
PARTS = "[...document.querySelectorAll('.subnav a')].map(one => one.getAttribute('href'))"
MOVE = """path => {
  document.querySelectorAll('h1').forEach(one => { one.dataset.former = ''; });
  history.pushState(null, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
}"""
LOAD = {"ref": "A", "text": "node_load1"}


def routes() -> dict[str, bool]:
    """Each path of the application, and whether it stands alone, without navigation."""
    table = ROUTES.read_text(encoding="utf-8").partition("ROUTES: readonly PageRoute[]")[2]
    entries = re.split(r'(?=\bpath: ")', table)[1:]
    found = {entry.split('"')[1]: "bare: true" in entry for entry in entries}
    assert {"/": False, "/explore": False, "/login": True}.items() <= found.items()
    return found


def widget(name: str, kind: str, x: int, y: int, w: int, h: int, **more: object) -> dict[str, Any]:
    """One that shows this machine's load."""
    place = {"x": x, "y": y, "w": w, "h": h}
    return {"id": name, "kind": kind, "title": f"Load as {kind}", "place": place, "queries": [LOAD], **more}


WIDGETS = [
    widget("a", "line", 0, 0, 6, 5),
    widget("b", "stat", 6, 0, 2, 3),
    widget("c", "gauge", 8, 0, 2, 4),
    widget("d", "table", 6, 4, 6, 5),
    widget("e", "text", 0, 5, 6, 3, options={"text": "# Notes\n\n- one\n- two"}),
]
BOARD = {
    "description": "What every page shows",
    "tags": ["every", "page"],
    "time": {"from": "now-5m", "to": "now"},
    "variables": [
        {"name": "job", "kind": "custom", "values": ["a", "b"], "default": ["b"]},
        {"name": "words", "kind": "text", "default": ["x"]},
    ],
    "sections": [{"id": "s", "title": "More", "kind": "fold"}],
    "widgets": [*WIDGETS, widget("f", "bar", 0, 0, 6, 4, section="s")],
}
FROZEN = {
    "title": "Given away",
    "time": {"last_ms": 60_000},
    "spec": {"widgets": WIDGETS},
    "questions": [
        {"widget": one["id"], "ref": "A", "role": "value", "step_ms": 1000, "span_ms": 60_000, "promql": "node_load1"}
        for one in WIDGETS
    ],
    "expires_in_ms": 3_600_000,
}


@pytest.fixture(scope="module")
def addresses(guarded: Guarded) -> dict[str, str]:
    """Where a route has something to show."""
    ask = guarded.ada.ask
    # what the first page is depends on what others have looked at
    ask("PATCH", "/api/v1/preferences", {"home": "host"})
    folder = ask("POST", "/api/v1/documents/folder", {"name": "Every folder", "spec": {}})["id"]
    board = ask("POST", "/api/v1/documents/dashboard", {"name": "Every page", "spec": {**BOARD, "folder": folder}})[
        "id"
    ]
    ask("POST", "/api/v1/documents/dashboard", {"name": "Plain", "spec": {"widgets": WIDGETS}})
    playlist = {"name": "Rounds", "spec": {"items": [{"dashboard": board, "seconds": 30}]}}
    ask("POST", "/api/v1/documents/playlist", playlist)
    token = ask("POST", "/api/v1/shares", FROZEN)["token"]
    snapshot = ask("POST", "/api/v1/snapshots", FROZEN)["snapshot"]["id"]
    return {
        "/d": f"/d/{board}",
        "/snapshot": f"/snapshot/{snapshot}",
        "/explore": "/explore?q=node_load1&from=now-5m",
        "/public": f"/public#{token}",
        "/embed": f"/embed#{token}",
        "/setup": "/setup#link.x",
    }


def go(page: Page, url: str, path: str) -> None:
    """As links do, which takes a fifth of loading; what stands alone is loaded."""
    if page.url == "about:blank" or routes().get(urlsplit(path).path, False):
        page.goto("about:blank")
        page.goto(url + path)
    else:
        page.evaluate(MOVE, path)
    # a part is shown by the page that was there
    expect(page.locator(f"h1:not([data-former]), .subnav a[aria-current][href='{path}']").first).to_be_attached()
    rest(page)


def walk(
    guarded: Guarded, open_page: OpenPage, addresses: dict[str, str], look: Callable[[Page], list[str]], **size: Any
) -> list[str]:
    """Looks at every page and part; answers what was found, with where."""
    inside = open_page("about:blank", state=guarded.ada.state, **size)
    outside = open_page("about:blank", **size)
    found: list[str] = []
    for route, alone in routes().items():
        page = outside if alone else inside
        waiting = [addresses.get(route, route)]
        done: set[str] = set()
        while waiting:
            path = waiting.pop(0)
            go(page, guarded.url, path)
            done.add(urlsplit(path).path)
            found += [f"{path}: {one}" for one in look(page)]
            parts = [href for href in page.evaluate(PARTS) if urlsplit(href).path not in done]
            waiting += [href for href in parts if href not in waiting]
    return found


def themes(page: Page) -> list[str]:
    """What axe finds, in the dark and in the light; colours are all that differ."""
    found: list[str] = []
    for scheme, rules in (("dark", RULES), ("light", ["color-contrast"])):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        found += [f"{one} ({scheme})" for one in violations(page, rules)]
    return found


def test_a_desk_has_its_places(guarded: Guarded, open_page: OpenPage, addresses: dict[str, str]) -> None:
    """At 1440 and 2560 px: WCAG 2.2 AA and axe's best practice in both themes, nothing too wide or over another."""

    def look(page: Page) -> list[str]:
        found = themes(page)
        for width, height in ((2560, 1440), (1440, 900)):
            page.set_viewport_size({"width": width, "height": height})
            rest(page)
            found += [f"{one} at {width} px" for one in misplaced(page)]
        return found

    found = walk(guarded, open_page, addresses, look)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [390, 820])
def test_fingers_have_room(guarded: Guarded, open_page: OpenPage, addresses: dict[str, str], width: int) -> None:
    """On a phone, where axe looks as well, and on a tablet: nothing wide or over another, 44 px for what is pressed."""

    def look(page: Page) -> list[str]:
        return (themes(page) if width == 390 else []) + misplaced(page) + small(page)

    found = walk(guarded, open_page, addresses, look, width=width, height=round(width * 1.44))
    assert not found, "\n".join(found)
