"""Explore: ask, see, share by URL."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import Complaints, OpenPage, Server, plot_box

pytestmark = pytest.mark.e2e


def type_query(page: Page, text: str) -> None:
    editor = page.get_by_role("textbox", name="Query A")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Escape")


def test_query_runs_and_the_url_restores_it(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Mod+enter runs; the same address in a fresh browser shows the same question, view and answer."""
    page = open_page(f"{server.url}/explore")
    type_query(page, "sum by (mode) (rate(node_cpu_seconds_total[10s]))")
    page.keyboard.press("Control+Enter")
    row = page.locator(".table button", has_text="idle")
    expect(row).to_be_visible()
    page.get_by_role("radio", name="Table").click()
    page.get_by_role("tab", name="cURL").click()
    again = open_page(page.url)
    expect(again.get_by_role("textbox", name="Query A")).to_contain_text("sum by (mode)")
    expect(again.get_by_role("radio", name="Table")).to_be_checked()
    expect(again.locator("pre", has_text="curl http")).to_be_visible()
    expect(again.locator(".table button", has_text="idle")).to_be_visible()
    assert complaints == []


def test_error_stands_at_its_position(server: Server, open_page: OpenPage) -> None:
    """What the server rejects is underlined where it is, with line, column and the words."""
    page = open_page(f"{server.url}/explore")
    type_query(page, "rate(node_load1)")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".query__diag")).to_contain_text("1:6")
    expect(page.locator(".query__diag")).to_contain_text("range vector")
    expect(page.locator(".cm-lintRange-error").first).to_have_text("node_load1")
    expect(page.get_by_text("Query failed")).to_be_visible()


def test_a_missing_window_is_added_with_a_click(server: Server, open_page: OpenPage) -> None:
    """Where a function needs a range, a button on the message adds it and asks again."""
    page = open_page(f"{server.url}/explore?q=rate(node_context_switches_total)")
    page.get_by_role("button", name="Add [1m]").click()
    expect(page.get_by_role("textbox", name="Query A")).to_have_text("rate(node_context_switches_total[1m])")
    expect(page.locator(".query .tag--ok")).to_be_visible()
    expect(page.locator(".query__diag")).to_have_count(0)


def test_editor_completes_from_the_server(server: Server, open_page: OpenPage) -> None:
    """Typing part of a metric's name offers it with its type and meaning, tab takes it."""
    page = open_page(f"{server.url}/explore")
    page.get_by_role("textbox", name="Query A").click()
    page.keyboard.type("node_loa", delay=30)
    option = page.locator(".cm-tooltip-autocomplete li", has_text="node_load1").first
    expect(option).to_contain_text("gauge")
    expect(page.locator(".cm-completionInfo")).to_contain_text("load average")
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Query A")).to_contain_text("node_load1")


def test_two_queries_share_a_chart_and_one_can_go(server: Server, open_page: OpenPage) -> None:
    """Queries are added, hidden and removed; the URL follows."""
    page = open_page(f"{server.url}/explore?q=node_load1&q=node_load5")
    expect(page.locator(".table button", has_text="node_load1")).to_be_visible()
    expect(page.locator(".table button", has_text="node_load5")).to_be_visible()
    page.get_by_role("button", name="Hide query B").click()
    expect(page.locator(".table button", has_text="node_load5")).to_have_count(0)
    assert "hide=B" in page.url
    page.get_by_role("button", name="Remove query A").click()
    expect(page.get_by_role("textbox", name="Query A")).to_contain_text("node_load5")
    page.go_back()
    expect(page.get_by_role("textbox", name="Query A")).to_contain_text("node_load1")


def test_metrics_browser_asks_with_a_click(server: Server, open_page: OpenPage) -> None:
    """A counter is asked for as a rate; what was run is in the history."""
    page = open_page(f"{server.url}/explore")
    page.get_by_role("searchbox", name="Search metrics").fill("node_context_switches")
    page.get_by_role("button", name="node_context_switches_total").click()
    expect(page.get_by_role("textbox", name="Query A")).to_have_text("rate(node_context_switches_total[1m])")
    page.get_by_role("tab", name="History").click()
    expect(page.locator(".list-row", has_text="rate(node_context_switches_total[1m])")).to_be_visible()


def test_nothing_found_is_not_an_error(server: Server, open_page: OpenPage) -> None:
    """No data and a failure are different pictures."""
    page = open_page(f"{server.url}/explore?q=no_such_metric")
    expect(page.get_by_text("Nothing matches in this range")).to_be_visible()
    expect(page.get_by_text("Query failed")).to_have_count(0)


def test_hostile_label_values_are_text(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Markup in label values is shown as it is, in the legend, the tooltip and the raw data."""
    evil = "<img src=x onerror=window.hacked=1>"
    server.push("".join(f'hostile_legend{{evil="{evil}{number}"}} {number}\n' for number in range(3)))
    page = open_page(f"{server.url}/explore?q=hostile_legend&from=now-1m&tab=raw")
    expect(page.locator(".table button", has_text=f"{evil}1").first).to_be_visible()
    box = plot_box(page)
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 60)
    expect(page.locator(".tip")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img").count() == 0
    assert complaints == []


def test_two_panes_stand_beside_each_other(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Each pane asks for itself, the range is one until it is unlinked, and the address brings both back."""
    page = open_page(f"{server.url}/explore?q=node_load1&from=now-5m")
    page.get_by_role("button", name="Split").click()
    left, right = page.locator(".explore").nth(0), page.locator(".explore").nth(1)
    expect(right.get_by_role("textbox", name="Query A")).to_have_text("node_load1")
    right.get_by_role("textbox", name="Query A").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("node_load5")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(right.locator(".table button", has_text="node_load5")).to_be_visible()
    expect(left.locator(".table button", has_text="node_load1")).to_be_visible()
    page.get_by_role("button", name="Time linked").click()
    expect(page.get_by_title("Time range")).to_have_count(2)
    right.get_by_title("Time range").click()
    field = page.get_by_label("Range", exact=True)
    field.fill("now-1m to now")
    field.press("Enter")
    expect(left.get_by_title("Time range")).to_contain_text("Last 5")
    expect(right.get_by_title("Time range")).to_contain_text("Last 1")
    again = open_page(page.url)
    expect(again.locator(".explore").nth(0).locator(".table button", has_text="node_load1")).to_be_visible()
    expect(again.locator(".explore").nth(1).locator(".table button", has_text="node_load5")).to_be_visible()
    again.get_by_role("button", name="Close split").click()
    expect(again.locator(".explore")).to_have_count(1)
    assert "right" not in again.url
    assert complaints == []


def test_what_is_asked_becomes_a_widget(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A question is added to a new dashboard, then to that again; it opens and shows both."""
    page = open_page(f"{server.url}/explore?q=node_load1&from=now-5m")
    expect(page.locator(".query .tag--ok")).to_be_visible()
    page.get_by_role("button", name="Add to dashboard").click()
    page.get_by_label("Name of the new dashboard").fill("Out of Explore")
    expect(page.get_by_label("Title of the widget")).to_have_value("node_load1")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Out of Explore", level=1)).to_be_visible()
    expect(page.get_by_title("Time range")).to_contain_text("Last 5")
    expect(page.locator("[data-frame] canvas").first).to_be_visible()
    page.goto(f"{server.url}/explore?q=node_load5&view=table")
    page.get_by_role("button", name="Add to dashboard").click()
    page.get_by_label("Dashboard", exact=True).select_option("Out of Explore")
    page.get_by_label("Title of the widget").fill("Five minutes")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Five minutes")).to_be_visible()
    expect(page.locator("[data-frame]")).to_have_count(2)
    assert complaints == []
