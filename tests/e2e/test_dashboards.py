"""Dashboards in a real browser: build, move, save, come back; undo, conflict, sections, phone, keys, hostile titles."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from .conftest import Complaints, OpenPage, Server
from .guarded import Guarded
from .layout import violations
from .test_access import SMALL

pytestmark = pytest.mark.e2e

HOSTILE = "<img src=x onerror=window.hit=1>"
Json = dict[str, Any]


def widget(name: str, x: int, y: int, w: int, h: int, **more: object) -> Json:
    """One that shows this machine's load."""
    return {
        "id": name,
        "kind": "line",
        "title": name,
        "place": {"x": x, "y": y, "w": w, "h": h},
        "queries": [{"ref": "A", "text": "node_load1"}],
        **more,
    }


def make(server: Server, name: str, **spec: object) -> str:
    """Keep a dashboard in place of one that another journey has left under this name; answers its id."""
    place = f"{server.url}/api/v1/documents/dashboard"
    with urllib.request.urlopen(f"{place}?{urlencode({'name': name, 'limit': 1000})}", timeout=10) as answer:
        left = [one for one in json.load(answer)["data"] if one["name"] == name]
    for one in left:
        version = {"If-Match": f'"{one["version"]}"'}
        gone = urllib.request.Request(f"{place}/{one['id']}", None, version, method="DELETE")
        urllib.request.urlopen(gone, timeout=10).close()
    body = json.dumps({"name": name, "spec": {"time": {"from": "now-1m", "to": "now"}, **spec}}).encode()
    request = urllib.request.Request(place, body, {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["data"]["id"])


def kept(server: Server, document: str) -> Json:
    """What the server has."""
    with urllib.request.urlopen(f"{server.url}/api/v1/documents/dashboard/{document}", timeout=10) as answer:
        found: Json = json.load(answer)["data"]
    return found


def frame(page: Page, name: str) -> Locator:
    """A widget by its id."""
    return page.locator(f"[data-frame='{name}']")


def edit(page: Page) -> None:
    """Into edit mode."""
    expect(page.locator("[data-frame]").first).to_be_visible()
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(page.get_by_role("complementary", name="Widget library")).to_be_visible()


def place(page: Page, name: str) -> str:
    """What a widget says about where it stands."""
    return re.sub(r"^.*?, (.*? row \d+).*$", r"\1", frame(page, name).get_attribute("aria-label") or "")


def settled(found: Locator) -> FloatRect:
    """Where something is, once it stays there: the grid moves while the library opens."""
    expect(found).to_be_visible()
    before = found.bounding_box()
    for _ in range(50):
        found.page.wait_for_timeout(120)
        now = found.bounding_box()
        if now is not None and now == before:
            return now
        before = now
    raise AssertionError("it does not come to rest")


def test_build_save_and_come_back(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A widget dragged out of the library, moved by keys and saved is there after a reload, and shows data."""
    page = open_page(f"{server.url}/d/new")
    library = page.get_by_role("complementary", name="Widget library")
    stat = page.get_by_role("button", name="Stat", exact=True)
    library.locator(".dash-kind", has=stat).drag_to(page.locator(".dash-layout").first)
    expect(page.locator("[data-frame]")).to_have_count(1)
    library.get_by_role("button", name="Line", exact=True).press("Enter")
    expect(page.locator("[data-frame]")).to_have_count(2)
    # what was just added takes the focus once the grid has it
    expect(page.locator("[data-frame]", has=page.get_by_role("heading", name="Line"))).to_be_focused()
    stat = page.locator("[data-frame]", has=page.get_by_role("heading", name="Stat"))
    name = stat.get_attribute("data-frame") or ""
    stat.focus()
    before = place(page, name)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(stat).not_to_have_attribute("aria-label", re.compile(re.escape(before)))
    moved = place(page, name)
    page.keyboard.press("Control+s")
    page.get_by_label("Name").fill("Built by hand")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"/d/[0-9a-f]+"))
    page.reload()
    expect(page.get_by_role("heading", name="Built by hand")).to_be_visible()
    edit(page)
    assert place(page, name) == moved
    assert complaints == []


def test_shows_data(server: Server, open_page: OpenPage) -> None:
    """Widgets draw what the server has, live."""
    document = make(server, "Shows data", widgets=[widget("load", 0, 0, 6, 6)])
    page = open_page(f"{server.url}/d/{document}")
    expect(page.locator(".live__state")).to_have_text("LIVE")
    expect(frame(page, "load").locator("canvas").first).to_be_visible()
    expect(frame(page, "load").get_by_text("node_load1").first).to_be_visible()


def test_a_drag_is_one_step_back(server: Server, open_page: OpenPage) -> None:
    """Dragging a header moves the widget, others make room, and one undo takes all of it back; redo does it again."""
    document = make(server, "Drag", widgets=[widget("a", 0, 0, 6, 4), widget("b", 6, 0, 6, 4)])
    page = open_page(f"{server.url}/d/{document}")
    edit(page)
    head = frame(page, "a").locator(".panel__head")
    box, goal = settled(head), settled(frame(page, "b"))
    page.mouse.move(box["x"] + 40, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(goal["x"] + 20, box["y"] + 20, steps=8)
    page.mouse.move(goal["x"] + 40, goal["y"] + 12, steps=8)
    expect(page.locator(".dash-target")).to_have_text(re.compile("6 × 4"))
    page.mouse.up()
    after = place(page, "a")
    assert after == "6 × 4 · col 7, row 1"
    page.keyboard.press("Control+z")
    expect(frame(page, "a")).to_have_attribute("aria-label", re.compile("col 1, row 1"))
    expect(frame(page, "b")).to_have_attribute("aria-label", re.compile("col 7, row 1"))
    page.keyboard.press("Control+Shift+z")
    expect(frame(page, "a")).to_have_attribute("aria-label", re.compile("col 7, row 1"))


def test_exact_place_lock_and_order(server: Server, open_page: OpenPage) -> None:
    """The bar above the selection sets the place exactly, locks, and lifts a widget over others."""
    document = make(server, "Exact", widgets=[widget("a", 0, 0, 6, 4), widget("b", 6, 0, 6, 4)])
    page = open_page(f"{server.url}/d/{document}")
    edit(page)
    frame(page, "a").locator(".panel__title").click()
    bar = page.get_by_role("toolbar", name="Selection")
    bar.get_by_title("Position and size").click()
    page.get_by_label("Width").fill("3")
    page.get_by_label("Height").fill("5")
    page.get_by_role("button", name="Apply").click()
    expect(frame(page, "a")).to_have_attribute("aria-label", re.compile("3 × 5 · col 1, row 1"))
    bar.get_by_role("button", name="Lock", exact=True).click()
    frame(page, "a").focus()
    page.keyboard.press("ArrowRight")
    assert place(page, "a") == "3 × 5 · col 1, row 1"
    page.keyboard.press("Escape")
    frame(page, "b").locator(".panel__title").click()
    bar.get_by_role("button", name="Order and section").click()
    page.get_by_role("menuitem", name="Bring to the front").click()
    frame(page, "b").focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    over, under = settled(frame(page, "b")), settled(frame(page, "a"))
    assert over["x"] < under["x"] + under["width"]


def test_several_at_once_and_copies_elsewhere(server: Server, open_page: OpenPage) -> None:
    """Several are selected with shift, copied as text, and pasted into another dashboard."""
    first = make(server, "From", widgets=[widget("a", 0, 0, 6, 4), widget("b", 6, 0, 6, 4)])
    second = make(server, "To", widgets=[widget("c", 0, 0, 12, 4)])
    page = open_page(f"{server.url}/d/{first}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    edit(page)
    frame(page, "a").locator(".panel__title").click()
    frame(page, "b").locator(".panel__title").click(modifiers=["Shift"])
    expect(page.get_by_role("toolbar", name="Selection")).to_contain_text("2 widgets")
    page.keyboard.press("Control+c")
    expect(page.get_by_text("Copied 2 widgets.")).to_be_visible()
    page.goto(f"{server.url}/d/{second}")
    edit(page)
    frame(page, "c").focus()
    page.keyboard.press("Control+v")
    expect(page.locator("[data-frame]")).to_have_count(3)
    page.locator("[data-frame][data-selected]").first.focus()
    page.keyboard.press("Delete")
    expect(page.locator("[data-frame]")).to_have_count(1)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator("[data-frame]")).to_have_count(3)


def test_a_frame_selects_what_it_touches(server: Server, open_page: OpenPage) -> None:
    """A frame drawn on the empty canvas selects; with shift it adds; a click there lets go."""
    widgets = [widget("a", 0, 0, 3, 4), widget("b", 3, 0, 3, 4), widget("c", 9, 0, 3, 4)]
    page = open_page(f"{server.url}/d/{make(server, 'Marquee', widgets=widgets)}")
    edit(page)
    left, right = settled(frame(page, "a")), settled(frame(page, "c"))
    bottom = left["y"] + left["height"]
    for x, end, key, found in ((left["x"] + 4, 1.5, None, "ab"), (right["x"] + 20, 0.5, "Shift", "abc")):
        if key is not None:
            page.keyboard.down(key)
        page.mouse.move(x, bottom + 40)
        page.mouse.down()
        page.mouse.move(x + left["width"] * end, bottom - 30, steps=6)
        page.mouse.up()
        if key is not None:
            page.keyboard.up(key)
        expect(page.locator("[data-frame][data-selected]")).to_have_count(len(found))
    page.mouse.click(left["x"] + 4, bottom + 60)
    expect(page.locator("[data-frame][data-selected]")).to_have_count(0)


def test_a_draft_waits(server: Server, open_page: OpenPage) -> None:
    """What was not saved is there after a reload, with a notice, and can be dropped."""
    document = make(server, "Draft", widgets=[widget("a", 0, 0, 6, 4)])
    page = open_page(f"{server.url}/d/{document}")
    edit(page)
    frame(page, "a").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("is here again, not saved yet")).to_be_visible()
    assert place(page, "a") == "6 × 4 · col 2, row 1"
    page.get_by_role("button", name="Discard the draft").click()
    expect(frame(page, "a")).to_have_attribute("aria-label", re.compile("col 1, row 1"))


def test_leaving_asks(server: Server, open_page: OpenPage) -> None:
    """With unsaved changes another page opens only after a question."""
    document = make(server, "Leave", widgets=[widget("a", 0, 0, 6, 4)])
    page = open_page(f"{server.url}/d/{document}")
    edit(page)
    frame(page, "a").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.get_by_role("link", name="Explore").click()
    expect(page.get_by_role("dialog", name="Leave without saving?")).to_be_visible()
    page.get_by_role("button", name="Stay").click()
    expect(frame(page, "a")).to_be_visible()
    page.get_by_role("link", name="Explore").click()
    page.get_by_role("button", name="Save and leave").click()
    expect(page).to_have_url(re.compile("/explore"))
    assert kept(server, document)["spec"]["widgets"][0]["place"]["x"] == 1


def saved_second(server: Server, open_page: OpenPage, document: str) -> Page:
    """Two people move a widget to the right and make it taller; the page of the one who has saved second."""
    page, other = (open_page(f"{server.url}/d/{document}") for _ in range(2))
    for own, key in ((page, "ArrowRight"), (other, "Shift+ArrowDown")):
        edit(own)
        frame(own, "a").focus()
        own.keyboard.press("Space")
        own.keyboard.press(key)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    other.keyboard.press("Control+s")
    return other


def test_two_people_save(server: Server, open_page: OpenPage) -> None:
    """Who saves second sees both versions and chooses; nothing is replaced unseen."""
    document = make(server, "Two", widgets=[widget("a", 0, 0, 6, 4)])
    other = saved_second(server, open_page, document)
    dialog = other.get_by_role("dialog", name="Somebody else saved this dashboard")
    expect(dialog.get_by_role("region", name="Theirs")).to_contain_text("moved")
    expect(dialog.get_by_role("region", name="Yours")).to_contain_text("6 × 5")
    dialog.get_by_role("button", name="Keep mine").click()
    expect(other.get_by_text("Saved as version 3.")).to_be_visible()
    assert kept(server, document)["spec"]["widgets"][0]["place"] == {"x": 0, "y": 0, "w": 6, "h": 5}
    other.get_by_role("button", name="Dashboard: more").click()
    other.get_by_role("menuitem", name="Versions").click()
    expect(other.get_by_role("dialog", name="Versions")).to_contain_text("moved")
    other.get_by_role("button", name="Restore version 2").click()
    expect(frame(other, "a")).to_have_attribute("aria-label", re.compile("6 × 4 · col 2"))


def test_theirs_is_taken(server: Server, open_page: OpenPage) -> None:
    """Who takes what somebody else saved has it, with nothing left to save, and can still go back to their own."""
    document = make(server, "Theirs", widgets=[widget("a", 0, 0, 6, 4)])
    other = saved_second(server, open_page, document)
    other.get_by_role("button", name="Take theirs").click()
    expect(frame(other, "a")).to_have_attribute("aria-label", re.compile("6 × 4 · col 2, row 1"))
    expect(other.get_by_role("button", name="Save as v3")).to_be_disabled()
    other.keyboard.press("Control+z")
    expect(frame(other, "a")).to_have_attribute("aria-label", re.compile("6 × 5 · col 1, row 1"))
    assert kept(server, document)["version"] == 2


SECTIONS = [{"id": "disk", "title": "Disk"}, {"id": "one", "title": "One", "kind": "tab"}]
SECTIONS.append({"id": "two", "title": "Two", "kind": "tab"})
PARTS = [
    widget("top", 0, 0, 3, 3),
    widget("next", 3, 0, 3, 3),
    widget("wide", 6, 0, 6, 3),
    widget("folded", 0, 0, 6, 4, section="disk"),
    widget("first", 0, 0, 6, 4, section="one"),
    widget("second", 0, 0, 6, 4, section="two"),
]


def test_sections_fold_and_tabs_change(server: Server, open_page: OpenPage) -> None:
    """A section folds, all of them by keys, and the chosen tab is in the address."""
    page = open_page(f"{server.url}/d/{make(server, 'Sections', sections=SECTIONS, widgets=PARTS)}")
    expect(frame(page, "folded")).to_be_visible()
    page.get_by_role("button", name="Disk 1 panel").click()
    expect(frame(page, "folded")).to_have_count(0)
    page.keyboard.press("d")
    page.keyboard.press("Shift+E")
    expect(frame(page, "folded")).to_be_visible()
    expect(frame(page, "first")).to_be_visible()
    page.get_by_role("tab", name="Two").click()
    expect(frame(page, "second")).to_be_visible()
    expect(page).to_have_url(re.compile("tab=two"))
    page.reload()
    expect(frame(page, "second")).to_be_visible()


def test_one_widget_alone(server: Server, open_page: OpenPage) -> None:
    """The pointed widget fills the page with v, is in the address, and back shows all again."""
    page = open_page(f"{server.url}/d/{make(server, 'Alone', widgets=PARTS[:3])}")
    frame(page, "wide").hover()
    page.keyboard.press("v")
    expect(page).to_have_url(re.compile("panel=wide"))
    expect(page.locator(".dash-alone")).to_be_visible()
    page.go_back()
    expect(frame(page, "top")).to_be_visible()


def test_phone_has_one_column_in_reading_order(server: Server, open_page: OpenPage) -> None:
    """At 390 px two small ones share a row, the others follow below each other, one section at a time."""
    document = make(server, "Phone", sections=SECTIONS, widgets=PARTS)
    page = open_page(f"{server.url}/d/{document}", width=390, height=844)
    expect(frame(page, "wide")).to_be_visible()
    settled(frame(page, "wide"))
    boxes = {name: settled(frame(page, name)) for name in ("top", "next", "wide")}
    assert boxes["top"]["y"] == boxes["next"]["y"]
    assert boxes["top"]["x"] < boxes["next"]["x"]
    assert boxes["wide"]["y"] > boxes["top"]["y"]
    assert boxes["wide"]["width"] > 340
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(SMALL) == []
    page.get_by_role("tab", name="Disk").click()
    expect(frame(page, "folded")).to_be_visible()
    expect(frame(page, "top")).to_have_count(0)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("mode", ["view", "edit", "list", "phone"])
def test_axe_finds_nothing(server: Server, open_page: OpenPage, theme: str, mode: str) -> None:
    """List, view, edit mode with a selection, and a phone: no violation of WCAG 2.2 AA or of best practice."""
    document = make(server, f"Axe {theme} {mode}", sections=SECTIONS, widgets=PARTS, tags=["axe"])
    address = f"{server.url}/dashboards" if mode == "list" else f"{server.url}/d/{document}"
    page = open_page(address, width=390 if mode == "phone" else 1440, theme=theme)
    if mode == "list":
        expect(page.get_by_role("button", name=f"Axe {theme} list", exact=True)).to_be_visible()
    else:
        expect(frame(page, "top").locator("canvas").first).to_be_visible()
    if mode == "edit":
        edit(page)
        frame(page, "top").locator(".panel__title").click()
        expect(page.get_by_role("toolbar", name="Selection")).to_be_visible()
    assert violations(page) == []


def test_hostile_titles_are_text(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Markup in names, titles, sections, tags and label values is shown as it is and never becomes part of the page."""
    server.push(f'hostile_title{{x="{HOSTILE}"}} 1\nhostile_title{{x="y"}} 2\n')
    shown = widget("a", 0, 0, 12, 8, title=HOSTILE, queries=[{"ref": "A", "text": "hostile_title"}])
    sections = [{"id": "s", "title": HOSTILE}]
    document = make(server, HOSTILE, widgets=[shown], sections=sections, tags=[HOSTILE])
    page = open_page(f"{server.url}/d/{document}")
    expect(page.get_by_role("heading", name=HOSTILE).first).to_be_visible()
    expect(frame(page, "a").locator(".panel__body").get_by_text(HOSTILE)).to_be_visible()
    edit(page)
    frame(page, "a").locator(".panel__title").click()
    page.goto(f"{server.url}/dashboards")
    expect(page.get_by_role("button", name=HOSTILE, exact=True).first).to_be_visible()
    assert page.evaluate("window.hit === undefined")
    assert page.locator("img").count() == 0
    assert complaints == []


def test_list_finds_deletes_and_brings_back(server: Server, open_page: OpenPage) -> None:
    """The list is searched, several are deleted at once, and undo brings them back."""
    for name in ("Findme one", "Findme two"):
        make(server, name, widgets=[], tags=["findme"])
    page = open_page(f"{server.url}/dashboards")
    page.get_by_role("searchbox", name="Find a dashboard").fill("findme")
    for name in ("Findme one", "Findme two"):
        page.get_by_label(f"Choose {name}").check()
    page.get_by_role("button", name="Delete 2", exact=True).click()
    page.get_by_role("button", name="Delete dashboards").click()
    expect(page.get_by_text("Nothing matches findme")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Findme two", exact=True)).to_be_visible()


def test_keyboard_alone_builds_and_saves(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Without a mouse: make, add, select, move, resize, remove, take back, configure, save."""
    page = open_page(f"{server.url}/dashboards")
    expect(page.get_by_role("button", name="New dashboard")).to_be_visible()
    page.get_by_role("button", name="New dashboard").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Widget library")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("searchbox", name="Find a widget")).to_be_focused()
    page.keyboard.type("text")
    page.get_by_role("searchbox", name="Find a widget").press("Tab")
    while page.evaluate("document.activeElement.closest('.dash-kind') === null"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-frame]:focus")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-frame]:focus")).to_have_attribute("aria-label", re.compile("5 × 3 · col 2, row 1"))
    page.keyboard.press("Enter")
    drawer = page.get_by_role("complementary", name=re.compile("^Settings of"))
    expect(drawer).to_be_focused()
    while page.evaluate("document.activeElement.labels?.[0]?.textContent !== 'Title'"):
        page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("Read me")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Read me")).to_be_visible()
    page.locator("[data-frame]").focus()
    page.keyboard.press("Delete")
    expect(page.locator("[data-frame]")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator("[data-frame]")).to_have_count(1)
    page.keyboard.press("Control+s")
    page.get_by_label("Name").fill("Keys alone")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()
    assert complaints == []


def test_the_palette_opens_a_dashboard(server: Server, open_page: OpenPage) -> None:
    """Dashboards are found by name from every page."""
    document = make(server, "Palette goal", widgets=[])
    page = open_page(f"{server.url}/host")
    expect(page.locator(".live__state")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("palette goal")
    expect(page.get_by_role("option", name="Palette goal")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(document))


def test_a_template_becomes_a_dashboard(server: Server, open_page: OpenPage) -> None:
    """One click makes a copy of a ready-made dashboard, and it shows data."""
    page = open_page(f"{server.url}/dashboards")
    page.get_by_role("button", name="Templates").click()
    page.get_by_role("button", name="Use System resources").click()
    expect(page).to_have_url(re.compile(r"/d/[0-9a-f]+"))
    expect(page.get_by_role("heading", name="System resources", level=1)).to_be_visible()
    expect(page.locator("[data-frame] canvas").first).to_be_visible()


def test_a_viewer_only_looks(guarded: Guarded, open_page: OpenPage) -> None:
    """Who may not write sees the dashboard and how it is made, but nothing to edit, make or delete."""
    spec = {"time": {"from": "now-1h", "to": "now"}, "widgets": [widget("a", 0, 0, 6, 4)]}
    document = guarded.ada.ask("POST", "/api/v1/documents/dashboard", {"name": "To look at", "spec": spec})["id"]
    page = open_page(f"{guarded.url}/dashboards", state=guarded.vera.state)
    page.get_by_role("button", name="To look at", exact=True).click()
    expect(page).to_have_url(re.compile(document))
    expect(frame(page, "a")).to_be_visible()
    expect(page.get_by_role("button", name="Edit", exact=True)).to_have_count(0)
    page.keyboard.press("e")
    expect(page.get_by_role("complementary", name="Widget library")).to_have_count(0)
    page.goto(f"{guarded.url}/dashboards")
    expect(page.get_by_role("button", name="To look at", exact=True)).to_be_visible()
    for name in ("New dashboard", "Import JSON", "Delete To look at"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
