"""Repeated widgets and sections in a real browser: a copy for each value, each about its own, edited as one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import Complaints, OpenPage, Server
from .test_dashboard_editor import SERIES, configure
from .test_dashboards import HOSTILE, Json, edit, frame, kept, make, widget

pytestmark = pytest.mark.e2e

HOSTS: Json = {"name": "host", "of_label": "host", "query": "shop_orders", "multi": True, "with_all": True}
REGIONS: Json = {"name": "region", "of_label": "region", "query": "shop_orders", "multi": True, "with_all": True}


def orders(name: str, text: str, **more: object) -> Json:
    """A number of orders."""
    queries = [{"ref": "A", "text": text, "mode": "instant"}]
    return widget(name, 0, 0, 12, 4, kind="stat", queries=queries, **more)


def test_a_copy_for_each_value(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Chosen values are copies side by side, each with its title and number; edited they are one."""
    server.push(SERIES)
    one = orders("w", 'shop_orders{host="$host"}', title="Host $host", repeat={"variable": "host", "per_row": 3})
    document = make(server, "Repeated", variables=[HOSTS], widgets=[one, widget("below", 0, 4, 12, 4)])
    page = open_page(f"{server.url}/d/{document}")
    for host, number in (("eu-1", "1"), ("eu-2", "2"), ("us-1", "1"), ("us-2", "2")):
        expect(frame(page, f"w={host}").get_by_role("heading", name=f"Host {host}")).to_be_visible()
        expect(frame(page, f"w={host}").locator(".dash-body")).to_contain_text(number)
    boxes = [frame(page, f"w={host}").bounding_box() for host in ("eu-1", "eu-2", "us-1", "us-2")]
    places = [(box["x"], box["y"]) for box in boxes if box is not None]
    assert places[0][1] == places[1][1] == places[2][1] < places[3][1]
    assert places[0][0] == places[3][0] < places[1][0] < places[2][0]
    below = frame(page, "below").bounding_box()
    assert below is not None
    assert below["y"] > places[3][1]
    frame(page, "w=us-1").get_by_role("button", name=re.compile("show alone")).click()
    expect(page.get_by_role("heading", name="Host us-1")).to_be_visible()
    expect(page.locator(".dash-alone")).to_have_count(1)
    page.go_back()
    edit(page)
    expect(page.locator("[data-frame]")).to_have_count(2)
    expect(frame(page, "w").get_by_text("4 copies")).to_be_visible()
    assert complaints == []


def test_sections_hold_their_own(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A section for each region with a widget for each host within it; values are text."""
    server.push(SERIES.replace("shop_orders", "nested_orders") + f'\nnested_orders{{region="{HOSTILE}",host="h"}} 7')
    variables = [{**one, "query": "nested_orders"} for one in (REGIONS, HOSTS)]
    section: Json = {"id": "s", "title": "Region $region", "repeat": {"variable": "region"}}
    inner = orders(
        "w",
        'nested_orders{region="$region",host="$host"}',
        title="$region: $host",
        section="s",
        repeat={"variable": "host", "direction": "down"},
    )
    document = make(
        server,
        "Nested",
        variables=variables,
        sections=[section],
        widgets=[inner],
    )
    page = open_page(f"{server.url}/d/{document}?var-host=eu-1&var-host=us-1")
    for region in ("eu", "us", HOSTILE):
        expect(page.get_by_role("button", name=f"Region {region}", exact=False)).to_be_visible()
    expect(page.locator("[data-frame]")).to_have_count(6)
    expect(page.get_by_role("heading", name="us: us-1")).to_be_visible()
    frame(page, "w=us=us-1").scroll_into_view_if_needed()
    expect(frame(page, "w=us=us-1").locator(".dash-body")).to_contain_text("1")
    page.get_by_role("button", name="Region eu", exact=False).click()
    expect(page.locator("[data-frame]")).to_have_count(4)
    edit(page)
    expect(page.locator("[data-frame]")).to_have_count(1)
    expect(page.get_by_text("3 copies")).to_be_visible()
    assert page.evaluate("window.hit") is None
    assert complaints == []


def test_set_in_the_editor(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """The variable is chosen in the widget's settings, and kept with the dashboard."""
    server.push(SERIES)
    document = make(server, "Chosen", variables=[HOSTS], widgets=[orders("w", 'shop_orders{host="$host"}')])
    page = open_page(f"{server.url}/d/{document}")
    drawer = configure(page, "w")
    drawer.get_by_role("button", name="Repeat", exact=True).click()
    drawer.get_by_label("For each value of").select_option("host")
    drawer.get_by_role("radio", name="Down").click()
    expect(frame(page, "w").get_by_text("4 copies")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name=re.compile("^Save as v3"))).to_be_visible()
    repeat = kept(server, document)["spec"]["widgets"][0]["repeat"]
    assert (repeat["variable"], repeat["direction"]) == ("host", "down")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("[data-frame]")).to_have_count(4)
    assert complaints == []


def test_fifty_values(server: Server, open_page: OpenPage) -> None:
    """Of fifty copies only those near the view are drawn and asked for."""
    server.push("\n".join(f'rack_load{{node="n{number:02}"}} {number}' for number in range(50)))
    nodes: Json = {"name": "node", "of_label": "node", "query": "rack_load", "multi": True, "with_all": True}
    one = orders("w", 'rack_load{node="$node"}', title="$node", repeat={"variable": "node", "per_row": 2})
    document = make(server, "Fifty", variables=[nodes], widgets=[one])
    page = open_page(f"{server.url}/d/{document}")
    expect(page.locator("[data-frame]")).to_have_count(50)
    expect(frame(page, "w=n00").locator(".dash-body > *")).not_to_have_count(0)
    expect(frame(page, "w=n49").locator(".dash-body > *")).to_have_count(0)
    frame(page, "w=n49").scroll_into_view_if_needed()
    expect(frame(page, "w=n49").locator(".dash-body")).to_contain_text("49")
