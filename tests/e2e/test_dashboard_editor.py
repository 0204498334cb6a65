"""The editor of a widget in a real browser: builder and code, variables, formulas, thresholds, overrides, keys, axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Complaints, OpenPage, Server
from .layout import violations
from .test_dashboards import HOSTILE, Json, edit, frame, kept, make, widget

pytestmark = pytest.mark.e2e

SERIES = "\n".join(
    f'shop_orders{{region="{region}",host="{region}-{n}"}} {n}' for region in ("eu", "us") for n in (1, 2)
)
REGION: Json = {"name": "region", "of_label": "region", "query": "shop_orders"}
HOST: Json = {
    "name": "host",
    "of_label": "host",
    "query": 'shop_orders{region="$region"}',
    "multi": True,
    "with_all": True,
}
BY_HOST: Json = {"queries": [{"ref": "A", "text": 'shop_orders{host=~"$host"}', "legend": "{{host}}"}]}


def configure(page: Page, name: str) -> Locator:
    """The editor of a widget, opened by its menu."""
    expect(frame(page, name)).to_be_visible()
    frame(page, name).get_by_role("button", name=re.compile("more$")).click()
    page.get_by_role("menuitem", name="Configure").click()
    drawer = page.get_by_role("complementary", name=re.compile("^Settings of"))
    expect(drawer).to_be_visible()
    return drawer


def write(page: Page, drawer: Locator, name: str, promql: str) -> None:
    """Type a query as code."""
    card = drawer.get_by_role("region", name=f"Query {name}")
    card.get_by_role("radio", name="Code").click()
    card.get_by_role("textbox", name=f"Query {name}").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(promql)
    page.keyboard.press("Control+Enter")


def test_by_the_builder(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A metric, a filter and an operation that were chosen are PromQL, are drawn, and are kept with the dashboard."""
    server.push(SERIES)
    document = make(server, "Built", widgets=[widget("w", 0, 0, 6, 6, queries=[])])
    page = open_page(f"{server.url}/d/{document}")
    drawer = configure(page, "w")
    drawer.get_by_role("button", name="Query", exact=True).last.click()
    drawer.get_by_role("button", name="Metric of query A: none").click()
    page.get_by_role("combobox", name="Search metrics").fill("shop_or")
    page.keyboard.press("Enter")
    drawer.get_by_role("button", name="Add a filter").click()
    page.get_by_role("option", name="region", exact=True).click()
    page.get_by_role("option", name="eu", exact=True).click()
    drawer.get_by_role("button", name="Add an operation to query A").click()
    page.get_by_role("menuitem", name="sum", exact=True).click()
    expect(drawer.get_by_label("PromQL of query A")).to_have_text('sum(shop_orders{region="eu"})')
    expect(frame(page, "w").locator("canvas").first).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name=re.compile("^Save as v3"))).to_be_visible()
    assert kept(server, document)["spec"]["widgets"][0]["queries"][0]["text"] == 'sum(shop_orders{region="eu"})'
    assert complaints == []


def test_builder_and_code_keep_each_other(server: Server, open_page: OpenPage) -> None:
    """What is written as code is shown by the builder, or is said to be code only; undo takes one step back."""
    document = make(server, "Code", widgets=[widget("w", 0, 0, 6, 6)])
    page = open_page(f"{server.url}/d/{document}")
    drawer = configure(page, "w")
    write(page, drawer, "A", 'topk(3, node_load1{job!="x"})')
    drawer.get_by_role("radio", name="Builder").click()
    expect(drawer.get_by_role("button", name="Operation top 3")).to_be_visible()
    expect(drawer.get_by_role("button", name="Filter job!=x")).to_be_visible()
    page.wait_for_timeout(1600)  # what is written in one go is one step of the history
    write(page, drawer, "A", "node_load1 / node_load5")
    drawer.get_by_role("radio", name="Builder").click()
    expect(drawer.get_by_text("The builder cannot show this.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Undo")).first.click()
    expect(drawer.get_by_role("button", name="Operation top 3")).to_be_visible()


def test_mistakes_are_shown_where_they_are(server: Server, open_page: OpenPage) -> None:
    """A mistake in a query or a formula is told in words, and the other query is still drawn."""
    document = make(server, "Wrong", widgets=[widget("w", 0, 0, 6, 6)])
    page = open_page(f"{server.url}/d/{document}")
    drawer = configure(page, "w")
    drawer.get_by_role("button", name="Formula", exact=True).click()
    drawer.get_by_label("Formula", exact=True).fill("$A +")
    expect(drawer.get_by_text("Something is missing at the end. (at 5)")).to_be_visible()
    expect(frame(page, "w").locator("canvas").first).to_be_visible()
    drawer.get_by_label("Formula", exact=True).fill("$A * 2")
    expect(drawer.get_by_text("Something is missing")).to_have_count(0)
    expect(frame(page, "w").get_by_text("B", exact=True).first).to_be_visible()


def test_thresholds_and_overrides(server: Server, open_page: OpenPage) -> None:
    """A threshold and an override that are set are kept, and the name of the override is drawn at once."""
    document = make(server, "Look", widgets=[widget("w", 0, 0, 6, 6)])
    page = open_page(f"{server.url}/d/{document}")
    drawer = configure(page, "w")
    drawer.get_by_role("button", name="Add a threshold").first.click()
    drawer.get_by_label("Threshold 1: from").fill("3.5")
    drawer.get_by_label("Threshold 1: status").select_option("crit")
    drawer.get_by_role("button", name="Add an override").click()
    drawer.get_by_role("button", name="Set", exact=True).click()
    page.get_by_role("menuitem", name="Name", exact=True).click()
    drawer.get_by_label("Name", exact=True).fill(HOSTILE)
    expect(frame(page, "w").get_by_text(HOSTILE).first).to_be_visible()
    assert page.evaluate("window.hit") is None
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name=re.compile("^Save as v3"))).to_be_visible()
    saved = kept(server, document)["spec"]["widgets"][0]
    assert saved["format"]["thresholds"] == [{"status": "crit", "value": 3.5}]
    assert saved["overrides"][0]["options"]["name"] == HOSTILE


def test_variables_in_a_chain(server: Server, open_page: OpenPage) -> None:
    """A choice narrows what the next variable offers and what is drawn, and stands in the address."""
    server.push(SERIES)
    document = make(server, "Chain", variables=[REGION, HOST], widgets=[widget("w", 0, 0, 8, 6, **BY_HOST)])
    page = open_page(f"{server.url}/d/{document}")
    legend = frame(page, "w")
    expect(legend.get_by_text("eu-1").first).to_be_visible()
    page.get_by_role("button", name="region eu").click()
    page.get_by_role("option", name="us", exact=True).click()
    expect(legend.get_by_text("us-1").first).to_be_visible()
    expect(legend.get_by_text("eu-1")).to_have_count(0)
    page.get_by_role("button", name="host All (2)").click()
    page.get_by_role("option", name="us-2", exact=True).click()
    page.keyboard.press("Escape")
    expect(legend.get_by_text("us-1")).to_have_count(0)
    expect(page).to_have_url(re.compile("var-region=us.*var-host=us-2"))
    page.reload()
    expect(page.get_by_role("button", name="host us-2")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="host All (2)")).to_be_visible()


def test_filters_hold_on_every_widget(server: Server, open_page: OpenPage) -> None:
    """A filter of the dashboard is added to every query, and goes away with its cross."""
    server.push(SERIES)
    every: Json = {"queries": [{"ref": "A", "text": "shop_orders", "legend": "{{host}}"}]}
    document = make(
        server, "Filters", variables=[{"name": "f", "kind": "adhoc"}], widgets=[widget("w", 0, 0, 8, 6, **every)]
    )
    page = open_page(f"{server.url}/d/{document}")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("option", name="region", exact=True).click()
    page.get_by_role("option", name="us", exact=True).click()
    expect(frame(page, "w").get_by_text("us-1").first).to_be_visible()
    expect(frame(page, "w").get_by_text("eu-1")).to_have_count(0)
    page.get_by_role("button", name="Remove filter region us").click()
    expect(frame(page, "w").get_by_text("eu-1").first).to_be_visible()


def test_a_variable_is_made(server: Server, open_page: OpenPage) -> None:
    """A variable that is added offers what its form previews, and can be chosen at once."""
    server.push(SERIES)
    document = make(server, "Variables", widgets=[widget("w", 0, 0, 6, 6)])
    page = open_page(f"{server.url}/d/{document}")
    edit(page)
    page.get_by_role("button", name="Variables", exact=True).click()
    dialog = page.get_by_role("dialog", name="Variables")
    dialog.get_by_role("button", name="Add a variable").click()
    dialog.get_by_label("Name", exact=True).fill("region")
    dialog.get_by_label("Label", exact=True).nth(1).fill("region")
    expect(dialog.get_by_role("region", name="Preview of values").get_by_text("us", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name="region eu")).to_be_visible()


def test_keys_and_axe(server: Server, open_page: OpenPage) -> None:
    """The editor takes the focus, its parts are reached by keys, escape closes it, and axe finds nothing in it."""
    document = make(server, "Keys", variables=[REGION], widgets=[widget("w", 0, 0, 6, 6)])
    page = open_page(f"{server.url}/d/{document}")
    drawer = configure(page, "w")
    expect(drawer).to_be_focused()
    page.keyboard.press("Tab")
    expect(drawer.get_by_role("combobox", name="Kind of widget")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
