"""Sharing in a real browser: links, public links, snapshots, frames, full screen, playlists."""

from __future__ import annotations

import functools
import http.server
import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.unit.dashboards.plugins.authored import write_plugin

from .conftest import Complaints, OpenPage, Server, free_port
from .layout import violations
from .test_dashboard_marks import annotate
from .test_dashboards import HOSTILE, Json, make, settled, widget
from .test_plugins import SHOWS

pytestmark = pytest.mark.e2e

OUTSIDE = (
    "/api/v1/public/",
    "/api/v1/session",
    "/ws/public",
    "/assets/",
    "/public",
    "/embed",
    "/theme.js",
    "/early.js",
    "/logo.svg",
)
"""All that a viewer of a public link asks for."""
CODE = "Make the code", "Code for a page"
VARIABLE = {"name": "job", "kind": "custom", "values": ["a", "b"], "default": ["b"]}


def board(server: Server, name: str) -> str:
    """A dashboard with two widgets and a variable."""
    widgets = [
        widget("w1", 0, 0, 6, 5, title="Load of $job", queries=[{"ref": "A", "text": "node_load1 + 0"}]),
        widget(
            "w2",
            6,
            0,
            6,
            5,
            kind="stat",
            title="Now",
            queries=[{"ref": "A", "text": "node_load1 + 0", "mode": "instant"}],
        ),
    ]
    return make(server, name, widgets=widgets, variables=[VARIABLE])


def share(page: Page, tab: str) -> None:
    """Open the dialog at a tab."""
    expect(page.locator("[data-frame]").first).to_be_visible()
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("tab", name=tab, exact=True).click()


def made(page: Page, button: str, label: str) -> str:
    """What the dialog gives."""
    page.get_by_role("button", name=button).click()
    return page.get_by_role("textbox", name=label, exact=True).input_value()


def test_a_link_locks_time_and_variables(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """The moments and values of now; what is not locked stays as the range says."""
    page = open_page(f"{server.url}/d/{board(server, 'Linked')}")
    share(page, "Link")
    query = parse_qs(
        urlsplit(page.get_by_role("textbox", name="Link", exact=True).input_value()).query, keep_blank_values=True
    )
    assert query["var-job"] == ["b"]
    assert int(query["to"][0]) - int(query["from"][0]) == 60_000
    page.get_by_role("checkbox", name="Lock the time").uncheck()
    page.get_by_role("checkbox", name="Full screen").check()
    query = parse_qs(
        urlsplit(page.get_by_role("textbox", name="Link", exact=True).input_value()).query, keep_blank_values=True
    )
    assert (query["from"], query["to"], query["kiosk"]) == (["now-1m"], ["now"], [""])
    page.keyboard.press("Escape")
    page.locator('[data-frame="w2"]').hover()
    page.keyboard.press("p")
    page.keyboard.press("s")
    expect(page.get_by_role("textbox", name="Link", exact=True)).to_have_value(re.compile("&panel=w2"))
    page.get_by_role("tab", name="Embed", exact=True).click()
    expect(page.get_by_label("What is shown")).to_have_value("w2")
    assert complaints == []


def test_a_public_link_shows_and_ends(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """It is live, asks for nothing beyond itself, leads nowhere, and ends for who has it open when it is ended."""
    page = open_page(f"{server.url}/d/{board(server, 'Given away')}")
    share(page, "Public link")
    page.get_by_label("Title", exact=True).fill("For everybody")
    link = made(page, "Make the link", "Public link")
    asked: list[str] = []
    viewer = open_page("about:blank")
    viewer.on("request", lambda request: asked.append(urlsplit(request.url).path))
    viewer.on("websocket", lambda socket: asked.append(urlsplit(socket.url).path))
    viewer.goto(link)
    expect(viewer.get_by_role("heading", name="For everybody")).to_be_visible()
    expect(viewer.get_by_text("Load of b")).to_be_visible()
    expect(viewer.locator(".chart .u-over")).to_be_visible()
    expect(viewer.locator(".live__state")).to_have_text("LIVE")
    expect(viewer.get_by_role("navigation")).to_have_count(0)
    expect(viewer.get_by_role("button", name="explore")).to_have_count(0)
    assert "/ws/public" in asked
    assert [path for path in asked if not path.startswith(OUTSIDE)] == []
    assert "node_load1" not in viewer.content()
    page.goto(f"{server.url}/shared")
    row = page.get_by_role("row", name="For everybody")
    expect(row).to_contain_text("Live")
    row.get_by_role("button", name="End the link to For everybody").click()
    page.get_by_role("button", name="End the link", exact=True).click()
    expect(row).to_have_count(0)
    expect(viewer.get_by_text("This link opens nothing")).to_be_visible()
    # A socket that is refused is all that the console tells of.
    assert [line for line in complaints if "/ws/public" not in line and "404" not in line] == []


def test_viewers_look_closer_and_see_marks(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A part of the time by drawing over the chart, all of it again by a button; annotations with hostile titles."""
    server.wait_for_samples(5)
    now_ms = int(server.newest_s() * 1000)
    ends = {"from": str(now_ms - 60_000), "to": str(now_ms)}
    document = make(server, "Closer", widgets=[widget("w1", 0, 0, 12, 6)], time=ends)
    annotate(server, time_ms=now_ms - 45_000, end_ms=now_ms - 15_000, title=HOSTILE, dashboard=document, widget="w1")
    page = open_page(f"{server.url}/d/{document}")
    share(page, "Public link")
    expect(page.get_by_role("checkbox", name="Viewers may zoom in")).to_be_checked()
    expect(page.get_by_role("checkbox", name="With marks")).to_be_checked()
    viewer = open_page(made(page, "Make the link", "Public link"))
    over = viewer.locator(".chart .u-over")
    expect(over).to_be_visible()
    box = settled(over)
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    viewer.mouse.move(*middle)
    expect(viewer.locator(".tip__note", has_text=HOSTILE)).to_be_visible()
    viewer.mouse.down()
    viewer.mouse.move(box["x"] + box["width"] * 0.8, middle[1], steps=6)
    viewer.mouse.up()
    everything = viewer.get_by_role("button", name="Show all")
    expect(everything).to_be_visible()
    assert violations(viewer) == []
    expect(over).to_be_visible()
    everything.click()
    expect(everything).to_have_count(0)
    viewer.get_by_role("button", name="w1: more").click()
    viewer.get_by_role("menuitem", name="Show as table").click()
    expect(viewer.get_by_role("columnheader", name="last")).to_be_visible()
    assert viewer.evaluate("window.hit") is None
    assert complaints == []


def test_a_snapshot_keeps_its_data(server: Server, open_page: OpenPage, tmp_path: Path) -> None:
    """It is shown without asking the storage, exported, brought back, and opened to whoever has its link."""
    page = open_page(f"{server.url}/d/{board(server, 'Kept')}")
    expect(page.locator(".chart .u-over")).to_be_visible()
    share(page, "Snapshot")
    page.get_by_label("Title", exact=True).fill("As it was")
    page.get_by_role("button", name="Take the snapshot").click()
    page.get_by_role("button", name="Open it").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    expect(page.get_by_text("Snapshot of")).to_be_visible()
    expect(page.locator(".chart .u-over")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export with its data").click()
    file = tmp_path / "snapshot.json"
    download.value.save_as(file)
    assert json.loads(file.read_text())["answers"][0]["series"]
    assert [path for path in asked if "query" in path] == []
    page.goto(f"{server.url}/shared")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import a file").click()
    chooser.value.set_files(file)
    expect(page.get_by_role("row", name="As it was")).to_have_count(2)
    page.get_by_role("row", name="As it was").first.get_by_role("button", name="more").click()
    page.get_by_role("menuitem", name="Open without signing in").click()
    link = page.get_by_role("textbox", name="Public link", exact=True).input_value()
    viewer = open_page(link)
    expect(viewer.get_by_role("heading", name="As it was")).to_be_visible()
    expect(viewer.locator(".chart .u-over")).to_be_visible()


@contextmanager
def site(folder: Path, code: str) -> Iterator[str]:
    """Another server with a page that holds this code; its address."""
    (folder / "index.html").write_text(f"<!doctype html><title>Wiki</title>{code}")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    there = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=there.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{there.server_address[1]}"
    finally:
        there.shutdown()


def test_a_frame_of_another_page(browser: Browser, open_page: OpenPage, tmp_path: Path) -> None:
    """Only pages that the settings name show a link in a frame, and the link alone; plugins run in it, too."""
    port = free_port()
    plugin = widget("w", 0, 0, 6, 6, kind="plugin:comb")
    there, elsewhere = tmp_path / "there", tmp_path / "elsewhere"
    there.mkdir()
    elsewhere.mkdir()
    with site(there, "") as wiki, site(elsewhere, "") as other:
        write_plugin(tmp_path / "data" / "plugins", "comb", SHOWS % "comb")
        server = Server(tmp_path / "data", port, ("--no-auth", "--set", f"sharing.frame_ancestors={wiki}"))
        server.start()
        try:
            page = open_page(f"{server.url}/d/{board(server, 'Framed')}")
            share(page, "Embed")
            page.get_by_label("What is shown").select_option(label="Now")
            code = made(page, *CODE)
            for folder in (there, elsewhere):
                (folder / "index.html").write_text(f"<!doctype html><title>Wiki</title>{code}")
            framed = open_page(wiki).frame_locator("iframe")
            expect(framed.get_by_text("Now", exact=True)).to_be_visible()
            expect(framed.locator(".stat__value, .wstat, [data-frame]").first).to_be_visible()
            expect(framed.get_by_text("Load of b")).to_have_count(0)
            refused = open_page(other)
            expect(refused.frame_locator("iframe").get_by_text("Now", exact=True)).to_have_count(0)
            assert not any(urlsplit(frame.url).path == "/embed" for frame in refused.frames)
            page = open_page(f"{server.url}/d/{make(server, 'Comb', widgets=[plugin])}")
            share(page, "Embed")
            (there / "index.html").write_text(f"<!doctype html><title>Wiki</title>{made(page, *CODE)}")
            framed = open_page(wiki).frame_locator("iframe")
            expect(framed.frame_locator("iframe").get_by_text("comb: 1 series")).to_be_visible()
        finally:
            server.stop()


def test_full_screen(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """By keys and by the address, without navigation and header; escape leaves."""
    page = open_page(f"{server.url}/d/{board(server, 'Wall')}")
    expect(page.locator("[data-frame]").first).to_be_visible()
    page.keyboard.press("d")
    page.keyboard.press("k")
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_hidden()
    page.reload()
    expect(page.locator(".chart .u-over")).to_be_visible()
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_hidden()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_visible()
    assert complaints == []


def test_a_playlist_is_made_and_played(server: Server, open_page: OpenPage) -> None:
    """It goes from one dashboard to the next, also past one that is not there any more, stays and goes on."""
    ids = [board(server, "First"), board(server, "Gone"), board(server, "Third")]
    page = open_page(f"{server.url}/playlists")
    page.get_by_role("button", name="New playlist").click()
    page.get_by_label("Name").fill("Office")
    for number, name in enumerate(("First", "Gone", "Third"), 1):
        page.get_by_role("button", name="Add a dashboard").click()
        page.get_by_label(f"Dashboard {number}", exact=True).select_option(label=name)
        page.get_by_label(f"Seconds of dashboard {number}").fill("5")
    page.get_by_label("Range of dashboard 3").fill("6h")
    page.get_by_role("button", name="Dashboard 3: earlier").click()
    page.get_by_role("button", name="Save", exact=True).click()
    remove(server, ids[1])
    page.get_by_role("button", name="Play Office").click()
    bar = page.get_by_role("complementary", name="Full screen")
    for words in ("1 of 3", "2 of 3", "3 of 3, this dashboard is not there", "1 of 3"):
        expect(bar).to_contain_text(f"Office {words}", timeout=60_000)
    page.mouse.move(200, 200)
    bar.get_by_role("button", name="Stay at this dashboard").click()
    bar.get_by_role("button", name="Next dashboard").click()
    expect(bar).to_contain_text("Office 2 of 3")
    expect(bar.get_by_role("button", name="Go on")).to_be_visible()
    assert f"/d/{ids[2]}" in page.url
    assert "from=now-6h&to=now" in page.url
    bar.get_by_role("button", name="Leave full screen").click()
    expect(page.get_by_role("heading", name="Third")).to_be_visible()
    assert "playlist" not in page.url


def remove(server: Server, document: str) -> None:
    """Delete a dashboard."""
    request = urllib.request.Request(
        f"{server.url}/api/v1/documents/dashboard/{document}", headers={"If-Match": '"1"'}, method="DELETE"
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def given(server: Server, title: str) -> str:
    """A public link with hostile names, made without the page; its address."""
    spec: Json = {
        "widgets": [
            widget("w1", 0, 0, 6, 5, title=HOSTILE),
            widget("t", 6, 0, 6, 5, kind="text", options={"text": HOSTILE}),
        ]
    }
    asked = [
        {"widget": "w1", "ref": "A", "role": "value", "step_ms": 1000 * step, "span_ms": 60_000, "promql": "node_load1"}
        for step in (1,)
    ]
    body = {"title": title, "time": {"last_ms": 60_000}, "spec": spec, "questions": asked, "expires_in_ms": 3_600_000}
    request = urllib.request.Request(
        f"{server.url}/api/v1/shares", json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return f"{server.url}/public#{json.load(answer)['data']['token']}"


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(server: Server, open_page: OpenPage, theme: str, width: int) -> None:
    """The dialog, what it gives away, the lists and the ends; hostile titles are text; a phone has one column."""
    name = f"Axe {theme} {width}"
    link = given(server, f"{name} {HOSTILE}")
    page = open_page(f"{server.url}/d/{board(server, name)}", width=width, theme=theme)
    expect(page.locator("[data-frame]").first).to_be_visible()
    if width < 500:
        page.get_by_role("button", name="Dashboard: more").click()
        page.get_by_role("menuitem", name="Share").click()
    else:
        page.get_by_role("button", name="Share", exact=True).click()
    for tab in ("Link", "Public link", "Snapshot", "Embed"):
        page.get_by_role("tab", name=tab, exact=True).click()
        assert violations(page) == []
    for path in ("/shared", "/playlists"):
        page.goto(server.url + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="New playlist").click()
    page.get_by_role("button", name="Add a dashboard").click()
    assert violations(page) == []
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{name} {HOSTILE}")
    expect(page.locator(".chart .u-over")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.hit") is None
    page.goto(f"{server.url}/public#vsl_nothing")
    expect(page.get_by_text("This link opens nothing")).to_be_visible()
    assert violations(page) == []
