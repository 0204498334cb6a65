"""Alerts in a real browser: what fires, one alert, the past, the bell, and alerts on dashboards."""

from __future__ import annotations

import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import Complaints, OpenPage, Server, ask, free_port
from .layout import violations
from .test_access import SMALL

pytestmark = pytest.mark.e2e

RULE_FILE = """
groups:
  - name: shop
    interval: 1s
    rules:
      - alert: SlowCheckout
        expr: checkout_seconds > 2
        severity: high
        runbook: https://example.org/slow
        annotations:
          summary: "<b>{{ $labels.instance }}</b>: a checkout takes {{ $value }} s"
          more: "javascript:alert(1)"
      - alert: QueueLong
        expr: queue_length > 100
        for: 1h
        severity: medium
      - alert: Doorbell
        expr: door > 0
"""
PENDING, PART_MS, BEFORE = 120, 15_000, 60
"""Orders that wait; how far samples of the past are apart, and how many there are."""


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something on the server."""
    deadline_s = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline_s, what
        time.sleep(0.1)


def firing(server: Server) -> set[str]:
    """Names and instances of what people are told of now."""
    told = ask(server, "GET", "/api/v1/alerting/alerts")
    return {f"{one['labels']['alertname']} {one['labels'].get('instance', '')}".strip() for one in told}


def checkouts(seconds: float) -> str:
    """How long a checkout takes on three machines; the third is never slow."""
    return "".join(
        f'checkout_seconds{{instance="web-{number}",job="shop"}} {seconds if number < 2 else 0.4}\n'
        for number in range(3)
    )


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of this file's own: two machines are slow after a quiet quarter of an hour, and a queue is long."""
    place = tmp_path_factory.mktemp("alerts")
    (place / "rules.yml").write_text(RULE_FILE)
    options = ("--no-auth", "--set", f"rules.files={place / 'rules.yml'}", "--set", "rules.system=false")
    running = Server(place / "data", free_port(), options)
    running.start()
    now_ms = int(time.time() * 1000)
    past = [
        f'{name}{{instance="web-{number}",job="shop"}} {value} {now_ms - part * PART_MS}\n'
        for part in range(BEFORE, 0, -1)
        for number in range(3)
        for name, value in (("checkout_seconds", 0.4), ("heap_bytes", 3e8 + part % 2), ("threads", 20))
    ]
    running.push("".join(past))
    slow = "".join(f'heap_bytes{{instance="web-{number}",job="shop"}} 9e8\n' for number in range(2))
    running.push(checkouts(3) + slow + f'queue_length{{queue="orders"}} {PENDING}\n')
    until(lambda: firing(running) >= {"SlowCheckout web-0", "SlowCheckout web-1"}, "nothing fires")
    yield running
    running.stop()


def line(page: Page, table: str, words: str) -> Any:
    """A row of a table."""
    return page.get_by_role("table", name=table).get_by_role("row").filter(has_text=words)


def address(labels: dict[str, str]) -> str:
    """The page of one alert."""
    return f"/alerts/alert?labels={urllib.parse.quote(json.dumps(labels))}"


SLOW = {"alertname": "SlowCheckout", "instance": "web-1", "job": "shop", "severity": "high"}


def test_alerts_are_grouped_found_and_acknowledged(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """What fires comes first; filters stand in the address; one of a group is taken care of, and who does is seen."""
    page = open_page(f"{server.url}/")
    expect(page.locator(".live__state")).to_have_text("LIVE")
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page.get_by_role("table", name="SlowCheckout").get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("heading", level=2)).to_have_text(["SlowCheckout", "QueueLong"])
    expect(line(page, "QueueLong", "queue=orders")).to_contain_text("Pending")
    page.get_by_label("State").select_option("pending")
    expect(page).to_have_url(re.compile("state=pending"))
    expect(page.get_by_role("table")).to_have_count(1)
    page.get_by_label("State").select_option("")
    page.get_by_label("Find by label or text").fill("instance=web-0")
    expect(page.get_by_role("table", name="SlowCheckout").get_by_role("row")).to_have_count(2)
    page.get_by_role("checkbox", name="Choose all of SlowCheckout").check()
    expect(page.get_by_role("group", name="Chosen alerts")).to_contain_text("1 chosen")
    page.get_by_role("button", name="Acknowledge 1").click()
    page.get_by_role("textbox", name="Note").fill("the cache is being warmed")
    page.get_by_role("dialog").get_by_role("button", name="Acknowledge").click()
    expect(line(page, "SlowCheckout", "web-0")).to_contain_text("Acknowledged")
    alerts = ask(server, "GET", "/api/v1/alerting/alerts")
    told = next(one for one in alerts if one["labels"].get("instance") == "web-0")
    assert told["ack_note"] == "the cache is being warmed"
    page.get_by_label("Groups").select_option("instance")
    expect(page.get_by_role("heading", name="web-0", level=2)).to_be_visible()
    assert complaints == []


def test_one_alert_tells_its_story(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """The chart of its rule, who was told, what else moved, links that are safe; silenced with what that hides."""
    page = open_page(f"{server.url}/alerts")
    page.get_by_role("button", name="instance=web-1, job=shop").click()
    expect(page.get_by_role("heading", name="SlowCheckout", level=1)).to_be_visible()
    chart = page.get_by_role("region", name="What the rule watches")
    expect(chart.locator(".legend-inline b").first).to_contain_text("3")
    story = page.get_by_role("list", name="What became of it, newest first")
    expect(story).to_contain_text("Fires")
    expect(story).to_contain_text("was told by the bell")
    expect(line(page, "What else moved", "heap_bytes")).to_be_visible()
    expect(line(page, "What else moved", "threads")).to_have_count(0)
    expect(page.get_by_role("link", name="Open the runbook")).to_have_attribute("href", "https://example.org/slow")
    expect(page.get_by_text("<b>web-1</b>: a checkout takes 3 s")).to_be_visible()
    expect(page.get_by_text("javascript:alert(1)")).to_be_visible()
    assert page.locator("a[href^='javascript']").count() == 0
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_role("dialog").get_by_role("button", name="Acknowledge").click()
    expect(story).to_contain_text("takes care of it")
    page.get_by_role("button", name="Take back").click()
    expect(story).not_to_contain_text("takes care of it")
    page.get_by_role("button", name="Silence").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Hides 1 alert that fires now, of 2.")
    dialog.get_by_role("checkbox", name="instance = web-1").uncheck()
    expect(dialog).to_contain_text("That is more than you chose.")
    dialog.get_by_role("checkbox", name="instance = web-1").check()
    dialog.get_by_role("button", name="Silence").click()
    expect(page.locator(".topbar")).to_contain_text("Silenced")
    for one in ask(server, "GET", "/api/v1/documents/silence"):
        end = urllib.request.Request(f"{server.url}/api/v2/silence/{one['id']}", method="DELETE")
        urllib.request.urlopen(end, timeout=20).close()
    assert complaints == []


def test_the_past_is_seen_and_opened(server: Server, open_page: OpenPage) -> None:
    """Each alert of the chosen time has a line; it opens the alert at the time it fired."""
    page = open_page(f"{server.url}/alerts/history?from=now-1h&to=now")
    one = line(page, "Alerts of the past", "web-1")
    expect(one.get_by_role("img", name=re.compile("fired 1 times"))).to_be_visible()
    expect(one).to_contain_text("firing")
    page.get_by_label("Find by label").fill("queue=orders")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name="QueueLong").click()
    expect(page).to_have_url(re.compile(r"began=\d+"))
    expect(page.get_by_role("list", name="What became of it, newest first")).to_contain_text("Pending")


def test_the_bell_rings_on_every_page(server: Server, open_page: OpenPage) -> None:
    """What fires while another page is open is told there, counted in the navigation, and new in the bell."""
    page = open_page(f"{server.url}/alerts/bell")
    page.get_by_role("switch", name="Play a sound").click()
    page.goto(f"{server.url}/explore")
    expect(page.get_by_role("link", name="Alerts", exact=True)).to_be_visible()
    server.push("door 1\n")
    toast = page.locator(".toast").filter(has_text="Doorbell")
    expect(toast).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(r"\d+\s*Alerts"))).to_be_visible()
    toast.get_by_role("button", name="Open").click()
    expect(page).to_have_url(re.compile("alertname%3DDoorbell"))
    expect(page.get_by_role("link", name="Alerts", exact=True).first).to_be_visible()
    page.goto(f"{server.url}/alerts/bell")
    expect(page.get_by_role("list", name="Notifications, newest first")).to_contain_text("Doorbell")
    expect(page.get_by_role("switch", name="Play a sound")).to_be_checked()


def widget(number: int, kind: str, title: str, query: str = "", **options: object) -> dict[str, Any]:
    """One of a dashboard of this file."""
    queries = [{"ref": "A", "text": query}] if query else []
    place = {"x": 6 * (number % 2), "y": 5 * (number // 2), "w": 6, "h": 5}
    return {"id": f"w{number}", "kind": kind, "title": title, "place": place, "queries": queries, "options": options}


def test_dashboards_tell_of_alerts(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """A list is filled and filtered; a header says what its rule found, and nothing where others are shown."""
    widgets = [
        widget(0, "alerts", "What fires"),
        widget(1, "alerts", "Waits", match='queue=~".+"'),
        widget(2, "line", "Checkouts", "checkout_seconds"),
        widget(3, "line", "Threads", "threads"),
    ]
    made = ask(server, "POST", "/api/v1/documents/dashboard", {"name": "Shop", "spec": {"widgets": widgets}})
    page = open_page(f"{server.url}/d/{made['id']}")
    listed = page.get_by_role("list", name="What fires").get_by_role("listitem")
    expect(listed.filter(has_text="web-1")).to_contain_text("firing")
    expect(listed.filter(has_text="orders")).to_contain_text("pending")
    expect(page.get_by_role("list", name="Waits").get_by_role("listitem")).to_have_count(1)
    checkouts_ = page.get_by_role("region", name="Checkouts")
    expect(checkouts_.get_by_role("img", name="critical")).to_be_visible()
    expect(page.get_by_role("region", name="Threads").locator(".panel__head .st")).to_have_count(0)
    assert violations(page) == []
    checkouts_.get_by_role("link", name="2 alerts fire").click()
    expect(page.get_by_role("table", name="SlowCheckout")).to_be_visible()
    page.go_back()
    listed.filter(has_text="web-1").get_by_role("link").click()
    expect(page.get_by_role("region", name="What the rule watches")).to_be_visible()
    assert complaints == []


PARTS = {
    "open": "/alerts/open",
    "alert": address(SLOW),
    "history": "/alerts/history?from=now-1h&to=now",
    "bell": "/alerts/bell",
}
READY = {
    "open": lambda page: page.get_by_role("table", name="SlowCheckout"),
    "alert": lambda page: line(page, "What else moved", "heap_bytes"),
    "history": lambda page: line(page, "Alerts of the past", "web-1"),
    "bell": lambda page: page.locator(".alert-bell li").first,
}


@pytest.mark.parametrize("part", PARTS)
def test_parts_are_for_everybody(server: Server, open_page: OpenPage, part: str) -> None:
    """axe finds nothing in both themes; on a phone nothing is wider than the screen, and fingers have room."""
    # colours change at once, so that none is looked at half-way
    page = open_page(server.url + PARTS[part], motion="reduce")
    expect(READY[part](page)).to_be_visible()
    assert violations(page) == []
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert violations(page) == []
    page = open_page(server.url + PARTS[part], width=390, height=844)
    expect(READY[part](page)).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(SMALL) == []
