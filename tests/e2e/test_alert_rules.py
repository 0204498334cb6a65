"""Rules in a real browser: listed, written, tried on the past, kept beside what others change, made of a widget."""

from __future__ import annotations

import math
import re
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import Complaints, OpenPage, Server, ask, free_port
from .layout import violations
from .test_access import SMALL

pytestmark = pytest.mark.e2e

RULE = {
    "alert": "SlowCheckout",
    "condition": {"kind": "threshold", "query": "checkout_seconds", "op": ">", "value": 2},
    "for": "5m",
    "annotations": {"summary": "{{ $labels.instance }} is slow"},
}
FILE = """
groups:
- name: files
  interval: 30s
  labels: {team: shop}
  rules:
  - {alert: CheckoutDown, expr: checkout_seconds == 0, for: 5m, cooldown: 10m, severity: high}
"""
MINUTE_S = 60
DAY_MINUTES = 24 * 60


def keep(server: Server, kind: str, name: str, **spec: object) -> str:
    """Keep a document; answers its id."""
    return str(ask(server, "POST", f"/api/v1/documents/{kind}", {"name": name, "spec": spec})["id"])


def kept(server: Server, document: str) -> Any:
    """A group as it is kept."""
    return ask(server, "GET", f"/api/v1/documents/rule_group/{document}")


def change(server: Server, document: str, rules: list[object]) -> None:
    """What somebody else does meanwhile."""
    now = kept(server, document)
    body = {"name": now["name"], "spec": {**now["spec"], "rules": rules}}
    ask(server, "PUT", f"/api/v1/documents/rule_group/{document}", body, now["version"])


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of this file's own, with a file of rules and a day in which a checkout was slow twice."""
    place = tmp_path_factory.mktemp("rules")
    (place / "shop.yml").write_text(FILE)
    settings = ("rules.system=false", "rules.watch_interval=100ms", f"rules.files={place / '*.yml'}")
    options = [part for setting in settings for part in ("--set", setting)]
    running = Server(place / "data", free_port(), ("--no-auth", *options))
    running.start()
    now_s = int(time.time())
    lines = []
    for minute in range(DAY_MINUTES, 0, -1):
        slow = 300 <= minute < 320 or 900 <= minute < 920
        value = (3 if slow else 1) + 0.2 * math.sin(minute / 30)
        lines.append(f'checkout_seconds{{instance="web-1"}} {value:.3f} {(now_s - minute * MINUTE_S) * 1000}\n')
    request = urllib.request.Request(f"{running.url}/api/v1/backfill", "".join(lines).encode(), method="POST")
    request.add_header("Content-Type", "text/plain")
    urllib.request.urlopen(request, timeout=20).close()
    yield running
    running.stop()


def row(page: Page, name: str) -> Locator:
    """A row of the list, by the name of its rule."""
    return page.get_by_role("row").filter(has=page.get_by_role("button", name=name, exact=True))


def write(page: Page, label: str, promql: str) -> None:
    """Put PromQL into an editor."""
    page.get_by_role("textbox", name=label, exact=True).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(promql)
    page.keyboard.press("Escape")


def verdict(page: Page, name: str) -> Locator:
    """One number of what would have happened."""
    return page.get_by_role("group", name="What the rule would have done").locator("div", has_text=name)


def save(page: Page) -> None:
    """Save the open rule, and wait until it is saved."""
    page.get_by_role("button", name="Save rule").click()
    expect(page.get_by_text("Not saved")).to_have_count(0)


def test_a_rule_is_written_tried_and_kept(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """The past is tried as it is typed; what is kept is listed, opened again, and compared with what is typed then."""
    page = open_page(f"{server.url}/alerts/rules")
    page.get_by_role("button", name="New rule").click()
    expect(page.get_by_text("Nothing to try yet")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Slow")
    write(page, "Query", "checkout_seconds")
    page.get_by_label("Value", exact=True).fill("2")
    expect(verdict(page, "Would have fired")).to_contain_text("2")
    expect(verdict(page, "Notifications")).to_contain_text("4")
    page.get_by_label("Summary").fill("{{ $labels.instance }} is slow")
    page.get_by_role("tab", name=re.compile("Notifications")).click()
    expect(page.get_by_role("table", name="Notifications").get_by_text("web-1 is slow").first).to_be_visible()
    expect(page.get_by_role("article", name="To dashboard")).to_contain_text("the root of default")
    page.get_by_label("Name of the group").fill("written")
    page.get_by_role("button", name="Make rule").click()
    expect(page).to_have_url(re.compile(r"/alerts/rules/edit\?doc="))
    expect(page.get_by_role("button", name="Save rule")).to_be_disabled()
    page.get_by_label("Value", exact=True).fill("5")
    expect(verdict(page, "Would have fired")).to_contain_text("was 2")
    expect(page.get_by_role("img", name=re.compile("^Draft: did not fire"))).to_be_visible()
    page.get_by_role("radio", name="Critical").click()
    save(page)
    page.get_by_role("link", name="All rules").click()
    found = row(page, "Slow")
    expect(found).to_contain_text("critical")
    expect(found).to_contain_text("(checkout_seconds) > 5")
    (head,) = (one for one in ask(server, "GET", "/api/v1/documents/rule_group") if one["name"] == "written")
    (rule,) = kept(server, head["id"])["spec"]["rules"]
    assert rule["condition"] == {"kind": "threshold", "query": "checkout_seconds", "op": ">", "value": 5}
    assert (rule["for"], rule["severity"]) == ("5m", "critical")
    assert complaints == []


def test_a_rule_is_written_as_yaml(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """What files say is what the form says; what is no rule is told with its line, and neither saved nor left."""
    document = keep(server, "rule_group", "texts", rules=[RULE])
    page = open_page(f"{server.url}/alerts/rules/edit?doc={document}&rule=SlowCheckout")
    page.get_by_role("radio", name="YAML").click()
    text = page.get_by_role("textbox", name="YAML")
    expect(text).to_have_value(re.compile("^alert: SlowCheckout\n"))
    text.fill("alert: SlowCheckout\nexpr: checkout_seconds >\n")
    expect(page.get_by_role("alert").filter(has_text="line 2")).to_be_visible()
    expect(page.get_by_role("button", name="Save rule")).to_be_disabled()
    page.get_by_role("radio", name="Form").click()
    expect(page.get_by_text("What is written is no rule yet.")).to_be_visible()
    text.fill("alert: SlowCheckout\nexpr: checkout_seconds > 7\nfor: 9m\nlabels: {team: shop}\n")
    expect(page.get_by_role("button", name="Save rule")).to_be_enabled()
    assert violations(page) == []
    page.get_by_role("radio", name="Form").click()
    expect(page.get_by_label("For", exact=True)).to_have_value("9m")
    expect(page.get_by_label("Value of label 1")).to_have_value("shop")
    save(page)
    (rule,) = kept(server, document)["spec"]["rules"]
    assert {name: rule[name] for name in ("alert", "expr", "for", "labels")} == {
        "alert": "SlowCheckout",
        "expr": "checkout_seconds > 7",
        "for": "9m",
        "labels": {"team": "shop"},
    }
    assert complaints == []


def test_a_mistake_is_told_where_it_is(server: Server, open_page: OpenPage) -> None:
    """The server's words stand at the field; what cannot be kept is not sent."""
    page = open_page(f"{server.url}/alerts/rules/new?expr=checkout_seconds")
    page.get_by_label("For", exact=True).fill("five")
    expect(page.get_by_text("Not a duration")).to_be_visible()
    expect(page.get_by_role("button", name="Make rule")).to_be_disabled()
    page.get_by_label("For", exact=True).fill("5m")
    page.get_by_label("Summary").fill("{{ $labels.instance")
    expect(page.get_by_role("alert").filter(has_text="template")).to_be_visible()


def test_what_others_change_meanwhile_is_kept(server: Server, open_page: OpenPage) -> None:
    """Another rule of the group: both are kept. The very rule: who is late chooses between both versions."""
    other = {"alert": "Other", "expr": "up == 0"}
    document = keep(server, "rule_group", "shared", rules=[RULE, other])
    page = open_page(f"{server.url}/alerts/rules/edit?doc={document}&rule=SlowCheckout")
    page.get_by_label("For", exact=True).fill("7m")
    change(server, document, [{**other, "for": "1m"}, RULE])
    save(page)
    first, second = kept(server, document)["spec"]["rules"]
    assert (first["for"], second["for"]) == ("1m", "7m")
    page.get_by_label("For", exact=True).fill("8m")
    change(server, document, [first, {**second, "owner": "ada"}])
    page.get_by_role("button", name="Save rule").click()
    expect(page.get_by_role("table", name="Both versions")).to_contain_text("8m")
    page.get_by_role("button", name="Take the present one").click()
    expect(page.get_by_label("Owner")).to_have_value("ada")
    expect(page.get_by_label("For", exact=True)).to_have_value("7m")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete rule").click()
    expect(page.get_by_role("heading", name="Rules", level=2)).to_be_visible()
    assert [rule["alert"] for rule in kept(server, document)["spec"]["rules"]] == ["Other"]


def test_leaving_with_changes_is_asked_about(server: Server, open_page: OpenPage) -> None:
    """Another page would lose them; another range of time does not."""
    document = keep(server, "rule_group", "left", rules=[RULE])
    page = open_page(f"{server.url}/alerts/rules/edit?doc={document}&rule=SlowCheckout&from=now-2d&to=now")
    page.get_by_label("For", exact=True).fill("9m")
    page.get_by_title("Time range").click()
    page.get_by_label("Range", exact=True).fill("6h")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("now-6h"))
    expect(page.get_by_label("For", exact=True)).to_have_value("9m")
    page.get_by_role("link", name="All rules").click()
    page.get_by_role("dialog").get_by_role("button", name="Stay").click()
    expect(page.get_by_label("For", exact=True)).to_have_value("9m")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("For", exact=True)).to_have_value("5m")
    page.get_by_role("link", name="All rules").click()
    expect(row(page, "SlowCheckout").first).to_be_visible()


def test_rules_of_files_are_shown_and_copied(server: Server, open_page: OpenPage) -> None:
    """They cannot be changed here; a copy has all that they say, and the labels of their group."""
    page = open_page(f"{server.url}/alerts/rules?source=file")
    row(page, "CheckoutDown").get_by_role("button", name="CheckoutDown", exact=True).click()
    expect(page.get_by_text("Read only")).to_be_visible()
    expect(page.get_by_text("checkout_seconds == 0")).to_be_visible()
    expect(verdict(page, "Would have fired")).to_contain_text("0")
    page.get_by_role("button", name="Make a copy").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("CheckoutDownCopy")
    expect(page.get_by_label("Cool-down")).to_have_value("10m")
    expect(page.get_by_role("radio", name="High")).to_be_checked()
    expect(page.get_by_label("Value of label 1")).to_have_value("shop")
    expect(page.get_by_label("Is", exact=True)).to_have_value("==")


def test_many_are_switched_off_and_a_group_is_changed(server: Server, open_page: OpenPage) -> None:
    """The filter says which; what is off stays in the list, and a group without rules in force is told of."""
    rules = [{"alert": name, "expr": "up == 0"} for name in ("ManyA", "ManyB")]
    document = keep(server, "rule_group", "many", rules=rules)
    page = open_page(f"{server.url}/alerts/rules?group=many")
    expect(row(page, "ManyB")).to_be_visible()
    page.get_by_role("button", name="Change 2 rules").click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(row(page, "ManyA")).to_contain_text("Off")
    expect(row(page, "ManyB")).to_contain_text("Off")
    assert [rule["enabled"] for rule in kept(server, document)["spec"]["rules"]] == [False, False]
    page.get_by_role("button", name="Actions for ManyA").click()
    page.get_by_role("menuitem", name="Group many").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Every").fill("15s")
    dialog.get_by_role("button", name="Save group").click()
    expect(dialog).to_have_count(0)
    expect(row(page, "ManyA")).to_contain_text("15")
    assert kept(server, document)["spec"]["interval"] == "15s"


def test_a_file_is_taken_over_and_an_older_version_brought_back(server: Server, open_page: OpenPage) -> None:
    """What would become of a file is told first; what was changed afterwards is undone by going back."""
    page = open_page(f"{server.url}/alerts/rules?text=Taken")
    page.get_by_role("button", name="Import", exact=True).click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label("Content of the file")
    field.fill("groups: [{name: taken, interval: 1s, rules: [{alert: TakenOver, expr: up ==}]}]")
    dialog.get_by_role("button", name="Check").click()
    expect(dialog.get_by_role("alert")).to_contain_text("could not parse")
    field.fill("groups: [{name: taken, interval: 1s, rules: [{alert: TakenOver, expr: up == 0}]}]")
    dialog.get_by_role("button", name="Check").click()
    expect(dialog.get_by_label("What becomes of it")).to_contain_text("taken 1 rule")
    dialog.get_by_role("button", name="Import 1 group").click()
    expect(row(page, "TakenOver")).to_contain_text("Inactive")
    page.get_by_role("button", name="Actions for TakenOver").click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(row(page, "TakenOver")).to_contain_text("Off")
    page.get_by_role("button", name="Actions for TakenOver").click()
    page.get_by_role("menuitem", name="Group taken").click()
    page.get_by_role("button", name="Older versions").click()
    page.get_by_role("button", name="Go back to version 1").click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("It has TakenOver")
    question.get_by_role("button", name="Go back").click()
    expect(row(page, "TakenOver")).to_contain_text("Inactive")


def test_a_widget_becomes_a_rule(server: Server, open_page: OpenPage) -> None:
    """Its query with variables put in, its critical threshold and its title are in the form."""
    widget = {
        "id": "w1",
        "kind": "line",
        "title": "Checkout time",
        "place": {"x": 0, "y": 0, "w": 6, "h": 5},
        "queries": [{"ref": "A", "text": 'checkout_seconds{instance="$which"}'}],
        "format": {"thresholds": [{"value": 1, "status": "warn"}, {"value": 2, "status": "crit"}]},
    }
    variable = {"name": "which", "kind": "custom", "values": ["web-1"]}
    document = keep(server, "dashboard", "Shop", widgets=[widget], variables=[variable])
    page = open_page(f"{server.url}/d/{document}")
    page.get_by_role("button", name="Checkout time: more").click()
    page.get_by_role("menuitem", name="Create alert from this widget").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("CheckoutTime")
    expect(page.get_by_role("textbox", name="Query", exact=True)).to_have_text('checkout_seconds{instance="web-1"}')
    expect(page.get_by_label("Value", exact=True)).to_have_value("2")
    expect(verdict(page, "Would have fired")).to_contain_text("2")
    expect(page.get_by_label("Value of annotation 1")).to_have_value(document)


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light"), (390, "dark"), (1440, "light")])
def test_axe_finds_nothing_and_a_phone_has_room(server: Server, open_page: OpenPage, width: int, theme: str) -> None:
    """List, editor with conditions within conditions, and what is only shown."""
    condition = {"kind": "and", "of": [RULE["condition"], {"kind": "not", "of": {"kind": "absence", "query": "up"}}]}
    name = f"axe {width} {theme}"
    rule = {**RULE, "condition": condition, "labels": {"team": "a"}}
    document = keep(server, "rule_group", name, rules=[rule])
    page = open_page(f"{server.url}/alerts/rules?group={name}", width=width, theme=theme)
    look(page, row(page, "SlowCheckout"), width)
    page.goto(f"{server.url}/alerts/rules/edit?doc={document}&rule=SlowCheckout")
    look(page, verdict(page, "Would have fired"), width)
    page.goto(f"{server.url}/alerts/rules?source=file")
    row(page, "CheckoutDown").get_by_role("button", name="CheckoutDown", exact=True).click()
    look(page, verdict(page, "Would have fired"), width)


def look(page: Page, wanted: Locator, width: int) -> None:
    """Once it is there."""
    expect(wanted).to_be_visible()
    expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 500:
        assert page.evaluate(SMALL) == []
