"""Dialogs, menus and popovers that no other file looks at: axe finds nothing in them, and a phone has room for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import OpenPage, Server, free_port
from .layout import RULES, misplaced, rest, violations
from .test_lists import line, make

pytestmark = pytest.mark.e2e

OPEN = "[role=dialog], [role=alertdialog], [role=menu], [data-radix-popper-content-wrapper]"
FOLD = {"id": "s", "title": "Disks", "kind": "fold"}
VARIABLE = {"name": "job", "kind": "custom", "values": ["a", "b", "c"], "default": ["b"], "multi": True}
# the page, and what leads to the dialog: a key, or the names of what is pressed
STEPS: dict[str, tuple[str, list[str]]] = {
    "search": ("/explore", ["key Control+k"]),
    "keys": ("/explore", ["key Shift+?"]),
    "time": ("/explore", ["title Time range"]),
    "add to dashboard": ("/explore?q=node_load1", ["button Add to dashboard"]),
    "menu of a folder": ("/dashboards", ["button Dashboards: more"]),
    "new folder": ("/dashboards", ["button Dashboards: more", "menuitem New folder"]),
    "move": ("/dashboards", ["button More about Board", "menuitem Move"]),
    "delete": ("/dashboards", ["button More about Board", "menuitem Delete"]),
    "rename a folder": ("/dashboards?folder=FOLDER", ["button Dashboards: more", "menuitem Rename folder"]),
    "delete a folder": ("/dashboards?folder=FOLDER", ["button Dashboards: more", "menuitem Delete folder"]),
    "customise": ("/dashboards/templates", ["button Customise System resources"]),
    "delete a playlist": ("/playlists", ["button Delete Rounds"]),
    "menu of a dashboard": ("BOARD", ["button Dashboard: more"]),
    "save with a note": ("BOARD", ["button Dashboard: more", "menuitem Save with a note"]),
    "versions": ("BOARD", ["button Dashboard: more", "menuitem Versions"]),
    "marks": ("BOARD", ["button Marks"]),
    "annotate": ("BOARD", ["button Marks", "button Annotate now"]),
    "menu of a widget": ("BOARD", ["button Load: more"]),
    "values of a variable": ("BOARD", ["button job b"]),
    "variables": ("BOARD", ["key e", "button Variables"]),
    "rename a section": ("BOARD", ["key e", "button Disks: more", "menuitem Rename"]),
    "repeat a section": ("BOARD", ["key e", "button Disks: more", "menuitem Repeat by a variable"]),
    # last: from here on there is a draft, which opens the editor by itself
    "sources of marks": ("BOARD", ["key e", "button Marks", "button Add a source"]),
}


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of this file's own."""
    running = Server(tmp_path_factory.mktemp("dialogs") / "data", free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def places(server: Server) -> dict[str, str]:
    """What stands for the addresses of things that are made here."""
    folder = make(server, "Folder", kind="folder")
    spec: dict[str, Any] = {"sections": [FOLD], "variables": [VARIABLE]}
    board = make(server, "Board", widgets=[line("Load"), line("Disk", id="b", section="s")], **spec)
    make(server, "In the folder", folder=folder, widgets=[])
    make(server, "Rounds", kind="playlist", items=[{"dashboard": board, "seconds": 30}])
    return {"FOLDER": folder, "BOARD": f"/d/{board}"}


def pressed(page: Page, role: str, name: str) -> Locator:
    """What has this role and begins with this name."""
    found = (
        page.get_by_title(name) if role == "title" else page.get_by_role(role, name=re.compile(f"^{re.escape(name)}"))
    )  # type: ignore[arg-type] # one of the roles above
    return found.first


def opened(page: Page, url: str, path: str, steps: list[str]) -> None:
    """Goes the way to a dialog."""
    page.goto(url + path)
    expect(page.locator("h1").first).to_be_attached()
    rest(page)
    if path.startswith("/d/"):
        expect(page.locator("[data-frame] canvas").first).to_be_visible()
    for step in steps:
        role, _, name = step.partition(" ")
        if role == "key":
            page.keyboard.press(name)
        else:
            pressed(page, role, name).click()
    expect(page.locator(OPEN).last).to_be_visible()
    rest(page)


def test_axe_finds_nothing_in_dialogs(server: Server, open_page: OpenPage, places: dict[str, str]) -> None:
    """In both themes; at 390 px nothing in them is too wide or over another."""
    page = open_page("about:blank")
    found: list[str] = []
    for name, (path, steps) in STEPS.items():
        for word, place in places.items():
            path = path.replace(word, place)
        page.set_viewport_size({"width": 1440, "height": 900})
        opened(page, server.url, path, steps)
        for scheme, rules in (("dark", RULES), ("light", ["color-contrast"])):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            expect(page.locator("html")).to_have_attribute("data-theme", scheme)
            found += [f"{name}: {one} ({scheme})" for one in violations(page, rules)]
        if page.locator("[role=dialog], [role=alertdialog]").count() > 0:
            page.set_viewport_size({"width": 390, "height": 844})
            rest(page)
            found += [f"{name}: {one} at 390 px" for one in misplaced(page)]
        page.goto("about:blank")
    assert not found, "\n".join(found)
