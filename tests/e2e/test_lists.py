"""Many dashboards in a real browser: folders, search, bulk, import, templates, settings, home, palette, files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import Complaints, OpenPage, Server, ask, free_port
from .guarded import Guarded
from .layout import violations
from .test_access import SMALL

pytestmark = pytest.mark.e2e

GRAFANA = Path(__file__).parents[1] / "unit/dashboards/grafana/modern.json"
Json = dict[str, Any]
TARGETS = SMALL.replace(".map(e => [e,", ".filter(e => e.closest('[inert]') === null).map(e => [e,")
"""What is within a picture cannot be pressed."""


def make(server: Server, name: str, kind: str = "dashboard", **spec: object) -> str:
    """Keep a document; answers its id."""
    return str(ask(server, "POST", f"/api/v1/documents/{kind}", {"name": name, "spec": spec})["id"])


def line(title: str, **more: object) -> Json:
    """A widget that shows this machine's load."""
    place = {"x": 0, "y": 0, "w": 12, "h": 6}
    return {
        "id": "a",
        "kind": "line",
        "title": title,
        "place": place,
        "queries": [{"ref": "A", "text": "node_load1"}],
    } | more


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of this file's own, with a dashboard that comes from a file."""
    place = tmp_path_factory.mktemp("lists")
    (place / "files").mkdir()
    content = {"name": "Kept in a file", "spec": {"widgets": [line("Load of the file")]}}
    (place / "files" / "kept.json").write_text(json.dumps(content))
    options = ("--no-auth", "--set", f"dashboards.provisioning_folder={place / 'files'}")
    running = Server(place / "data", free_port(), options)
    running.start()
    yield running
    running.stop()


def row(page: Page, name: str) -> Any:
    """A dashboard's row in the list."""
    return page.get_by_role("row").filter(has=page.get_by_role("button", name=name, exact=True))


def test_dashboards_are_put_into_folders(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Several are moved into a folder made on the way; it is renamed, and deleted while what is in it stays."""
    for name in ("Alpha board", "Beta board"):
        make(server, name, widgets=[])
    page = open_page(f"{server.url}/dashboards")
    for name in ("Alpha board", "Beta board"):
        page.get_by_label(f"Choose {name}").check()
    page.get_by_role("button", name="Move 2", exact=True).click()
    page.get_by_label("Folder", exact=True).select_option("A new folder")
    page.get_by_label("Name of the new folder").fill("Greek")
    page.get_by_role("dialog").get_by_role("button", name="Move").click()
    expect(page.get_by_text("Moved 2 dashboards to Greek.")).to_be_visible()
    expect(page.get_by_role("button", name="Alpha board", exact=True)).to_have_count(0)
    page.get_by_role("navigation", name="Folders").get_by_role("link", name="Greek").click()
    expect(page.get_by_role("heading", name="Greek", level=1)).to_be_visible()
    expect(row(page, "Beta board")).to_be_visible()
    page.get_by_role("button", name="Dashboards: more").click()
    page.get_by_role("menuitem", name="Rename folder").click()
    page.get_by_label("Name", exact=True).fill("Letters")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Letters", level=1)).to_be_visible()
    page.get_by_role("button", name="Dashboards: more").click()
    page.get_by_role("menuitem", name="Delete folder").click()
    expect(page.get_by_text("2 dashboards in it.")).to_be_visible()
    page.get_by_role("button", name="Delete folder").click()
    expect(page.get_by_role("heading", name="Dashboards", level=1)).to_be_visible()
    expect(row(page, "Alpha board")).to_be_visible()
    assert complaints == []


def test_words_find_widgets_in_all_folders(server: Server, open_page: OpenPage) -> None:
    """What is typed is searched in names, tags, descriptions and titles of widgets; the address keeps it."""
    folder = make(server, "Hidden", kind="folder")
    make(server, "Deep down", folder=folder, widgets=[line("Temperature of the kiln")])
    page = open_page(f"{server.url}/dashboards")
    page.get_by_role("searchbox", name="Find a dashboard or widget").fill("kiln deep")
    expect(row(page, "Deep down")).to_contain_text("Widgets: Temperature of the kiln")
    expect(row(page, "Deep down")).to_contain_text("Hidden")
    page.reload()
    expect(row(page, "Deep down")).to_be_visible()
    page.get_by_role("searchbox", name="Find a dashboard or widget").fill("no such thing")
    expect(page.get_by_text("Nothing matches no such thing")).to_be_visible()


def test_what_was_deleted_is_brought_back(server: Server, open_page: OpenPage) -> None:
    """From the page of deleted dashboards, also long after the toast is gone."""
    make(server, "Thrown away", widgets=[])
    page = open_page(f"{server.url}/dashboards")
    page.get_by_role("button", name="More about Thrown away").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete dashboard").click()
    expect(page.get_by_role("button", name="Thrown away", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Dashboards: more").click()
    page.get_by_role("menuitem", name="Deleted dashboards").click()
    page.get_by_role("button", name="Restore Thrown away").click()
    expect(page.get_by_role("button", name="Restore Thrown away")).to_have_count(0)
    page.goto(f"{server.url}/dashboards")
    expect(row(page, "Thrown away")).to_be_visible()


def test_a_dashboard_of_grafana_is_imported(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A file is shown with what becomes of each part before anything is kept; a name that is taken gets a number."""
    page = open_page(f"{server.url}/dashboards")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_label("Files of dashboards").set_input_files(GRAFANA)
    report = page.get_by_role("region", name="What became of it")
    expect(report).to_contain_text("Panels:")
    expect(report.get_by_role("listitem").first).to_be_visible()
    page.get_by_label("Name", exact=True).fill("From Grafana")
    page.get_by_role("button", name="Import dashboard").click()
    expect(page).to_have_url(re.compile(r"/d/[0-9a-f]+"))
    expect(page.get_by_role("heading", name="From Grafana", level=1)).to_be_visible()
    assert complaints == []


def test_a_bundle_is_dropped_and_another_pasted(server: Server, open_page: OpenPage) -> None:
    """Exported with its folder, dropped on the list, taken over as copies; a bad text says what is wrong."""
    folder = make(server, "Bundle", kind="folder")
    ids = [make(server, name, folder=folder, widgets=[line(name)]) for name in ("Pack one", "Pack two")]
    bundle = ask(server, "POST", "/api/v1/dashboards/export", {"ids": ids})
    page = open_page(f"{server.url}/dashboards")
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible()
    page.evaluate(
        """text => {
          const files = new DataTransfer();
          files.items.add(new File([text], 'bundle.json', { type: 'application/json' }));
          const zone = document.querySelector('.list-drop');
          for (const kind of ['dragover', 'drop'])
            zone.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
        }""",
        json.dumps(bundle),
    )
    found = page.get_by_role("list", name="Dashboards found")
    expect(found.get_by_role("button", name=re.compile("^Pack one"))).to_be_visible()
    expect(page.get_by_label("Folder", exact=True)).to_have_value("of the file")
    expect(page.get_by_text("it becomes Pack one (2)")).to_be_visible()
    page.get_by_role("button", name="Import 2 dashboards").click()
    expect(page.get_by_text("Imported 2.")).to_be_visible()
    page.goto(f"{server.url}/dashboards?folder={folder}")
    expect(row(page, "Pack two (2)")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_label("Or paste JSON").fill('{"neither": 1}')
    page.get_by_role("button", name="Read the text").click()
    expect(page.get_by_text("neither a dashboard of Vedette nor one of Grafana")).to_be_visible()
    expect(page.get_by_role("button", name="Import dashboard")).to_be_disabled()


def test_a_template_is_customised_and_one_is_saved(server: Server, open_page: OpenPage) -> None:
    """Templates are shown as they look; one gets a name and a range; a dashboard becomes a template."""
    page = open_page(f"{server.url}/dashboards/templates")
    picture = page.get_by_role("img", name=re.compile("^System resources: "))
    expect(picture.locator("canvas").first).to_be_attached()
    page.get_by_role("searchbox", name="Find a template").fill("disks")
    expect(page.get_by_role("button", name="Use Redis")).to_have_count(0)
    page.get_by_role("button", name="Customise System resources").click()
    page.get_by_label("Name", exact=True).fill("Our machine")
    page.get_by_label("Opens with").fill("now-5m to now")
    page.get_by_role("button", name="Make dashboard").click()
    expect(page.get_by_role("heading", name="Our machine", level=1)).to_be_visible()
    expect(page.get_by_title("Time range")).to_contain_text("Last 5")
    page.get_by_role("button", name="Dashboard: more").click()
    page.get_by_role("menuitem", name="Save as template").click()
    expect(page.get_by_text('"Our machine" is a template now.')).to_be_visible()
    page.goto(f"{server.url}/dashboards/templates?category=Own")
    page.get_by_role("button", name="Use Our machine").click()
    expect(page.get_by_role("heading", name="Our machine (2)", level=1)).to_be_visible()
    page.goto(f"{server.url}/dashboards/templates?category=Own")
    page.get_by_role("button", name="More about Our machine").click()
    page.get_by_role("menuitem", name="Delete template").click()
    expect(page.get_by_role("button", name="Use Our machine")).to_have_count(0)


def open_settings(page: Page, tab: str) -> None:
    """A tab of the settings of the open dashboard."""
    page.get_by_role("button", name="Dashboard: more").click()
    page.get_by_role("menuitem", name="Settings").click()
    page.get_by_role("tab", name=tab).click()


def test_settings_hold_for_everybody(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Zone, pause and links of a dashboard are there for whoever opens it next; who wants another zone chooses one."""
    document = make(server, "With settings", widgets=[line("Load")])
    page = open_page(f"{server.url}/d/{document}")
    expect(page.locator(".live__state")).to_have_text("LIVE")
    open_settings(page, "Time")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_label("Refresh").select_option("off")
    page.get_by_role("tab", name="Links").click()
    page.get_by_role("button", name="Add a link").click()
    page.get_by_label("Link 1: title").fill("To the list")
    page.get_by_label("Address").fill("/dashboards")
    page.get_by_role("button", name="Apply").click()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    other = open_page(f"{server.url}/d/{document}")
    expect(other.locator(".live__state")).to_have_text("PAUSED")
    expect(other.get_by_title("Time range")).to_contain_text("GMT+9")
    other.get_by_title("Time range").click()
    other.get_by_role("radiogroup", name="Time zone").get_by_role("radio", name="UTC").click()
    expect(other.get_by_title("Time range")).to_contain_text("UTC")
    expect(other).to_have_url(re.compile("tz=utc"))
    other.keyboard.press("Escape")
    other.get_by_role("button", name="Go on (space)").click()
    expect(other.locator(".live__state")).to_have_text("LIVE")
    link = other.get_by_role("navigation", name="Links of the dashboard").get_by_role("link", name="To the list")
    link.click()
    expect(other.get_by_role("heading", name="Dashboards", level=1)).to_be_visible()
    assert complaints == []


def test_json_is_checked_before_it_holds(server: Server, open_page: OpenPage) -> None:
    """What is no dashboard is refused with its field, and the draft stays; what is one becomes the draft."""
    document = make(server, "As JSON", widgets=[line("Before")])
    page = open_page(f"{server.url}/d/{document}")
    expect(page.locator("[data-frame]")).to_be_visible()
    open_settings(page, "JSON")
    field = page.get_by_label("Content of the dashboard")
    expect(field).to_have_value(re.compile('"title": "Before"'))
    given = field.input_value()
    field.fill("{")
    page.get_by_role("button", name="Check and apply").click()
    expect(page.get_by_role("alert")).to_contain_text("no JSON")
    field.fill(given.replace('"w": 12', '"w": 13'))
    page.get_by_role("button", name="Check and apply").click()
    expect(page.get_by_role("alert")).to_contain_text("widgets[0].place.w")
    field.fill(given.replace("Before", "After"))
    page.get_by_role("button", name="Check and apply").click()
    expect(page.get_by_role("heading", name="After")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("heading", name="Before")).to_be_visible()


def test_everybody_begins_where_they_like(guarded: Guarded, open_page: OpenPage) -> None:
    """The first page is this machine, then what one starred, then what one chose; of another person it is not."""
    spec = {"widgets": [line("Load")]}
    document = guarded.ada.ask("POST", "/api/v1/documents/dashboard", {"name": "Morning", "spec": spec})["id"]
    page = open_page(f"{guarded.url}/", state=guarded.vera.state)
    expect(page.get_by_role("heading", name="Host", level=1)).to_be_visible()
    page.goto(f"{guarded.url}/dashboards")
    page.get_by_role("button", name="Star Morning").click()
    expect(page.get_by_role("button", name="Remove the star of Morning")).to_be_visible()
    page.goto(f"{guarded.url}/")
    expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()
    page.get_by_role("button", name="Begin with").click()
    page.get_by_role("menuitemcheckbox", name="Morning").click()
    expect(page).to_have_url(re.compile(f"/d/{document}"))
    again = open_page(f"{guarded.url}/", state=guarded.vera.state)
    expect(again).to_have_url(re.compile(f"/d/{document}"))
    expect(again.get_by_role("heading", name="Morning", level=1)).to_be_visible()
    theirs = open_page(f"{guarded.url}/", state=guarded.ada.state)
    expect(theirs.get_by_role("heading", name="Morning", level=1)).to_have_count(0)


def test_the_palette_opens_a_widget(server: Server, open_page: OpenPage) -> None:
    """Widgets are found by their titles from every page, and shown alone."""
    document = make(server, "Around the palette", widgets=[line("Depth of the lake"), line("Other", id="b")])
    page = open_page(f"{server.url}/explore")
    expect(page.get_by_role("textbox", name="Query A")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("depth lake")
    expect(page.get_by_role("option", name=re.compile("Depth of the lake"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/d/{document}\?.*panel=a"))
    expect(page.get_by_role("heading", name="Depth of the lake")).to_be_visible()
    expect(page.get_by_role("heading", name="Other")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_contain_text("Around the palette")


def test_a_dashboard_of_a_file_is_looked_at_and_copied(server: Server, open_page: OpenPage) -> None:
    """It carries a mark in the list, cannot be edited, and becomes one's own as a copy."""
    page = open_page(f"{server.url}/dashboards")
    expect(row(page, "Kept in a file")).to_contain_text("file, read-only")
    page.get_by_role("button", name="Kept in a file", exact=True).click()
    expect(page.get_by_text("comes from the file kept.json")).to_be_visible()
    expect(page.get_by_role("button", name="Edit", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Make a copy").click()
    expect(page.get_by_role("heading", name="Kept in a file (copy)", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Edit", exact=True)).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(server: Server, open_page: OpenPage, theme: str, width: int) -> None:
    """List, gallery, import, settings, home: no violation, and on a phone nothing is too wide or too small."""
    folder = make(server, f"Look at {theme} {width}", kind="folder", description="About it")
    document = make(server, f"To see {theme} {width}", description="What it is", tags=["a"], widgets=[line("Load")])
    make(server, f"Inside {theme} {width}", folder=folder, widgets=[])
    page = open_page(f"{server.url}/dashboards", width=width, theme=theme)

    def look(where: str) -> None:
        assert violations(page) == [], where
        assert page.evaluate("document.documentElement.scrollWidth") == width, where
        if width == 390:
            small = page.evaluate(TARGETS)
            assert small == [], f"{where}: {small}"

    expect(row(page, f"To see {theme} {width}")).to_be_visible()
    look("list")
    if width == 390:
        page.get_by_role("button", name="Dashboards: more").click()
    page.get_by_role("menuitem" if width == 390 else "button", name="Import", exact=True).click()
    page.get_by_label("Files of dashboards").set_input_files(GRAFANA)
    expect(page.get_by_role("region", name="What became of it")).to_be_visible()
    expect(page.get_by_role("button", name="Import dashboard")).to_be_enabled()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.goto(f"{server.url}/dashboards/templates")
    expect(page.get_by_role("button", name="Use System resources")).to_be_visible()
    look("templates")
    page.goto(f"{server.url}/dashboards?deleted=1")
    expect(page.get_by_role("heading", name="Deleted dashboards", level=1)).to_be_visible()
    look("deleted")
    page.goto(f"{server.url}/d/{document}")
    expect(page.locator("[data-frame]").first).to_be_visible()
    for tab in ("General", "Time", "Links", "JSON"):
        open_settings(page, tab)
        assert violations(page) == [], tab
        page.keyboard.press("Escape")
    page.goto(f"{server.url}/")
    expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()
    look("home")
