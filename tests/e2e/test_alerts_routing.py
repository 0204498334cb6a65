"""Silences, contact points, routes and the log of notifications in a real browser."""

from __future__ import annotations

import re
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import Complaints, OpenPage, Server, ask, free_port
from .guarded import Guarded
from .layout import violations
from .test_access import SMALL

pytestmark = pytest.mark.e2e

TARGETS = SMALL.replace(".map(e => [e,", ".filter(e => e.closest('[inert]') === null).map(e => [e,")


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of this file's own, where two alerts of another server fire and nothing else does."""
    place = tmp_path_factory.mktemp("routing")
    running = Server(
        place / "data",
        free_port(),
        ("--no-auth", "--set", "rules.system=false", "--set", "outbound.allow_private=webhook"),
    )
    running.start()
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    alerts = [
        {"labels": {"alertname": "DiskFull", "cluster": name, "severity": severity}, "endsAt": later}
        for name, severity in (("prod", "high"), ("staging", "low"))
    ]
    ask(running, "POST", "/api/v2/alerts", alerts)
    yield running
    running.stop()


def keep(server: Server, kind: str, name: str, **spec: object) -> str:
    """Keep a document; answers its id."""
    return str(ask(server, "POST", f"/api/v1/documents/{kind}", {"name": name, "spec": spec})["id"])


def forget(server: Server, kind: str, document: str) -> None:
    """Delete a document."""
    path = f"/api/v1/documents/{kind}/{document}"
    version = ask(server, "GET", path)["version"]
    request = urllib.request.Request(server.url + path, headers={"If-Match": f'"{version}"'}, method="DELETE")
    urllib.request.urlopen(request, timeout=20).close()


def row(page: Page, name: str | re.Pattern[str]) -> Locator:
    """A row of a table, by the text of its first cell."""
    return page.get_by_role("row").filter(has=page.get_by_role("button", name=name, exact=True))


def test_a_silence_is_made_changed_and_ended(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """What it would hide is shown before; one that has ended begins again with the same conditions."""
    page = open_page(f"{server.url}/alerts/silences")
    expect(page.get_by_text("No silences")).to_be_visible()
    page.get_by_role("button", name="New silence").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Silence", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("must ask for a value")
    dialog.get_by_label("Label", exact=True).fill("cluster")
    dialog.get_by_label("Comparison").select_option("matches")
    dialog.get_by_label("Value", exact=True).fill("stag.*")
    expect(dialog.get_by_role("status").first).to_have_text("Hides 1 of 2 alerts that fire now.")
    expect(dialog.get_by_text('cluster="staging"')).to_be_visible()
    dialog.get_by_label("Value", exact=True).fill("stag(")
    expect(dialog.get_by_text("matchers[0]")).to_be_visible()
    dialog.get_by_label("Value", exact=True).fill("stag.*")
    dialog.get_by_role("button", name="1 day").click()
    dialog.get_by_label("Why").fill("It is rebuilt")
    dialog.get_by_role("button", name="Silence", exact=True).click()
    found = row(page, 'cluster=~"stag.*"')
    expect(found).to_contain_text("Active")
    expect(found).to_contain_text("It is rebuilt")
    (alert,) = (it for it in ask(server, "GET", "/api/v1/alerting/alerts") if it["silenced_by"])
    assert alert["labels"]["cluster"] == "staging"
    found.get_by_role("button").first.click()
    expect(page).to_have_url(re.compile(r"/alerts/silences/[0-9a-f-]+"))
    dialog.get_by_label("Only at times that come again").check()
    dialog.get_by_role("button", name="Fri").click()
    dialog.get_by_label("Time zone").select_option("Europe/Berlin")
    dialog.get_by_role("button", name="Save").click()
    expect(found).to_contain_text("Mon to Thu, 09:00 to 17:00 (Europe/Berlin)")
    found.get_by_role("button", name="End now").click()
    page.get_by_role("alertdialog").get_by_role("button", name="End silence").click()
    expect(found).to_contain_text("Ended")
    found.get_by_role("button", name="Again").click()
    expect(dialog.get_by_label("Value", exact=True)).to_have_value("stag.*")
    expect(dialog.get_by_label("Only at times that come again")).to_be_checked()
    assert violations(page) == []
    # the pattern that could not be read
    assert [it for it in complaints if "400" not in it] == []


def test_a_silence_is_asked_for_by_address(server: Server, open_page: OpenPage) -> None:
    """As an alert asks for one; who is not up to date decides between both versions."""
    page = open_page(f"{server.url}/alerts")
    page.get_by_role("button", name=re.compile("cluster=prod")).first.click()
    page.get_by_role("button", name="Silence").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="More choices").click()
    expect(page).to_have_url(re.compile("/alerts/silences/new"))
    expect(dialog.get_by_role("group", name="Condition 3")).to_be_visible()
    page.goto(f"{server.url}/alerts/silences/new?match=alertname%3DDiskFull&match=cluster!%3Dprod")
    expect(dialog.get_by_role("status").first).to_have_text("Hides 1 of 2 alerts that fire now.")
    dialog.get_by_role("button", name="Silence", exact=True).click()
    found = row(page, 'alertname="DiskFull" cluster!="prod"')
    found.get_by_role("button").first.click()
    dialog.get_by_label("Why").fill("Mine")
    (listed,) = (it for it in ask(server, "GET", "/api/v2/silences") if it["matchers"][0]["name"] == "alertname")
    ask(server, "DELETE", f"/api/v2/silence/{listed['id']}")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Somebody else changed this")).to_be_visible()
    dialog.get_by_role("button", name="Take the present one").click()
    expect(dialog).to_have_count(0)
    expect(found).to_contain_text("Ended")


class Receiver:
    """An HTTP server that keeps what it gets, and answers as it is told."""

    def __init__(self) -> None:
        self.status = 200
        self.requests: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                outer.requests.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(outer.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where webhooks go."""
    running = Receiver()
    yield running
    running.close()


def test_a_contact_point_is_made_and_tested(
    server: Server, open_page: OpenPage, complaints: Complaints, receiver: Receiver
) -> None:
    """Its form comes from the schema of its type; a test shows the exact request; secrets never come back."""
    page = open_page(f"{server.url}/alerts/contacts")
    expect(row(page, "dashboard")).to_contain_text("The bell of the page")
    page.get_by_role("button", name="New contact point").click()
    way = page.get_by_role("region", name="Way 1")
    way.get_by_label("URL").fill(receiver.url)
    way.get_by_label("HMAC secret").fill("shared s3cret")
    way.get_by_role("button", name="Only show the request").click()
    expect(way.get_by_role("group", name="The request")).to_contain_text(f"POST {receiver.url}")
    assert receiver.requests == []
    way.get_by_role("button", name="Send a test").click()
    expect(way.get_by_text("Sent. See whether it has arrived.")).to_be_visible()
    expect(way.get_by_role("group", name="The request")).to_contain_text("X-Vedette-Signature")
    assert "x-vedette-signature" in receiver.requests[0]
    page.get_by_role("button", name="Make contact point").click()
    expect(page.get_by_text("It needs a name.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("ops")
    page.get_by_role("button", name="Add a way").click()
    second = page.get_by_role("region", name="Way 2")
    second.get_by_label("Way 2", exact=True).select_option("E-mail")
    page.get_by_role("button", name="Make contact point").click()
    expect(second.get_by_role("alert")).to_contain_text("to")
    second.get_by_label("To", exact=True).fill("ops@example.org\nnobody@example.org")
    page.get_by_role("button", name="Make contact point").click()
    expect(row(page, "ops")).to_contain_text("Webhook, E-mail")
    row(page, "ops").get_by_role("button").first.click()
    expect(way.get_by_text("kept, and not shown")).to_be_visible()
    assert "s3cret" not in page.content()
    receiver.status = 404
    way.get_by_role("button", name="Send a test").click()
    expect(way.get_by_role("alert")).to_contain_text("404")
    assert "x-vedette-signature" in receiver.requests[1]
    expect(second.get_by_label("To", exact=True)).to_have_value("ops@example.org\nnobody@example.org")
    second.get_by_role("button", name="Remove way 2").click()
    page.get_by_role("button", name="Save").click()
    expect(row(page, "ops")).not_to_contain_text("E-mail")
    assert violations(page) == []
    # the mail without addresses
    assert [it for it in complaints if "400" not in it] == []


def test_a_contact_point_says_where_it_is_missed(server: Server, open_page: OpenPage) -> None:
    """Renamed or deleted, what routes send to it rings the bell: that is said before."""
    keep(server, "contact_point", "night shift", integrations=[{"type": "in_dashboard"}])
    route = keep(server, "alert_route", "nights", receiver="night shift")
    page = open_page(f"{server.url}/alerts/contacts")
    found = row(page, "night shift")
    expect(found).to_contain_text("1 place")
    found.get_by_role("button", name="night shift", exact=True).click()
    page.get_by_label("Name", exact=True).fill("late shift")
    expect(page.get_by_text("It is called “night shift” in one place.")).to_be_visible()
    page.get_by_role("button", name="All contact points").click()
    found.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("rings the bell of the page instead")
    dialog.get_by_role("button", name="Delete contact point").click()
    expect(found).to_have_count(0)
    forget(server, "alert_route", route)


def test_a_tree_is_tried_before_it_is_kept(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Changed node by node; where an alert would go is decided by the tree as it is edited."""
    keep(server, "contact_point", "team", integrations=[{"type": "in_dashboard"}])
    keep(server, "mute_timing", "lunch", intervals=[{"times": [{"start": "12:00", "end": "13:00"}]}])
    page = open_page(f"{server.url}/alerts/routes")
    expect(page.get_by_text("Every alert rings the bell of the page")).to_be_visible()
    page.get_by_role("button", name="New tree").click()
    tree = page.get_by_role("region", name="main")
    tree.get_by_role("button", name="Edit the root").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tells").select_option("team")
    dialog.get_by_label("Repeat after").fill("soon")
    dialog.get_by_role("button", name="Take over").click()
    expect(dialog.get_by_role("alert").last).to_contain_text("30s, 5m or 4h")
    dialog.get_by_label("Repeat after").fill("2h")
    dialog.get_by_role("button", name="Take over").click()
    expect(tree.get_by_text("Not saved")).to_be_visible()
    for value in ("low", "high"):
        tree.get_by_role("button", name="More about the root").click()
        page.get_by_role("menuitem", name="Add a route below").click()
        dialog.get_by_label("Value").fill(value)
        dialog.get_by_label("Tells").select_option("dashboard" if value == "low" else "As above: team")
        dialog.get_by_role("group", name="Quiet at").get_by_label("lunch").check()
        dialog.get_by_role("button", name="Take over").click()
    tester = page.get_by_role("region", name="Where would this go?")
    expect(tester).to_contain_text("by main as it is edited")
    tester.get_by_label("Labels of an alert").fill('alertname="DiskFull", severity="high"')
    tester.get_by_label("At").fill("2030-01-01T12:30")
    tester.get_by_role("button", name="Find out").click()
    hit = tester.get_by_role("article", name="To team")
    expect(hit).to_contain_text("quiet: mute timing 'lunch'")
    expect(hit).to_contain_text("after 2\u2009h")
    expect(tree.get_by_role("group", name='severity="high"')).to_contain_text("goes here")
    assert ask(server, "GET", "/api/v1/documents/alert_route")[0]["version"] == 1
    page.get_by_role("link", name="Silences").click()
    dialog.get_by_role("button", name="Stay").click()
    tree.get_by_role("button", name='More about severity="high"').click()
    page.get_by_role("menuitem", name="Ask earlier").click()
    tree.get_by_role("button", name="Save").click()
    expect(tree.get_by_text("Not saved")).to_have_count(0)
    (head,) = ask(server, "GET", "/api/v1/documents/alert_route")
    spec = ask(server, "GET", f"/api/v1/documents/alert_route/{head['id']}")["spec"]
    assert (spec["receiver"], spec["repeat_interval_ms"]) == ("team", 7_200_000)
    assert [it["matchers"][0]["value"] for it in spec["routes"]] == ["high", "low"]
    assert violations(page) == []
    assert complaints == []
    tree.get_by_role("button", name="Delete tree main").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete tree").click()
    expect(page.get_by_text("Every alert rings the bell of the page")).to_be_visible()


def test_times_and_inhibition_are_kept(server: Server, open_page: OpenPage) -> None:
    """Each from a form of its own; what is named by routes says so."""
    page = open_page(f"{server.url}/alerts/routes")
    page.get_by_role("tab", name="Mute timings").click()
    page.get_by_role("button", name="New mute timing").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("weekend")
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        dialog.get_by_role("button", name=day).click()
    dialog.get_by_label("From").fill("22:00")
    dialog.get_by_label("Until").fill("06:00")
    dialog.get_by_role("button", name="Make mute timing").click()
    expect(dialog.get_by_role("alert")).to_contain_text("22:00 is not before 06:00")
    dialog.get_by_role("button", name="Remove hours 1").click()
    dialog.get_by_label("Time zone").select_option("UTC")
    dialog.get_by_role("button", name="Make mute timing").click()
    expect(row(page, "weekend")).to_contain_text("Sat, Sun (UTC)")
    page.get_by_role("tab", name="Inhibition").click()
    page.get_by_role("button", name="New rule").click()
    dialog.get_by_label("Name").fill("cluster down")
    source = dialog.get_by_role("group", name="While alerts fire whose")
    source.get_by_label("Value").fill("ClusterDown")
    target = dialog.get_by_role("group", name="alerts are not told whose")
    target.get_by_label("Value").fill("low")
    dialog.get_by_label("With the same").fill("cluster, region")
    dialog.get_by_role("button", name="Make rule").click()
    expect(row(page, "cluster down")).to_contain_text('alertname="ClusterDown"')
    expect(row(page, "cluster down")).to_contain_text("cluster, region")
    row(page, "cluster down").get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete rule").click()
    expect(page.get_by_text("No inhibition")).to_be_visible()


ALERTMANAGER = """
route:
  receiver: imported
  routes:
    - matchers: ['severity="critical"']
      receiver: pager
receivers:
  - name: imported
    webhook_configs: [{url: "https://example.org/h"}]
  - name: pager
    opsgenie_configs: [{api_key: x}]
"""


def test_an_alertmanager_file_is_taken_over(server: Server, open_page: OpenPage) -> None:
    """What would become of it is shown before anything is kept."""
    page = open_page(f"{server.url}/alerts/routes")
    page.get_by_role("button", name="Import alertmanager.yml").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Content of the file").fill("route: {receiver: nobody}")
    dialog.get_by_role("button", name="Check").click()
    expect(dialog.get_by_role("alert").first).to_contain_text("nobody")
    dialog.get_by_label("Content of the file").fill(ALERTMANAGER)
    dialog.get_by_role("button", name="Check").click()
    outcome = dialog.get_by_role("region", name="What becomes of it")
    expect(outcome).to_contain_text("contact point imported")
    expect(outcome).to_contain_text("opsgenie")
    assert ask(server, "GET", "/api/v1/documents/alert_route") == []
    dialog.get_by_role("button", name=re.compile("Import . documents")).click()
    expect(page.get_by_role("group", name='severity="critical"')).to_contain_text("pager")
    (head,) = ask(server, "GET", "/api/v1/documents/alert_route")
    forget(server, "alert_route", head["id"])


def test_what_was_not_delivered_is_tried_again(
    server: Server, open_page: OpenPage, complaints: Complaints, receiver: Receiver
) -> None:
    """A dead letter says why it is one; tried again it arrives, with the same key."""
    receiver.status = 410
    way = {"type": "webhook", "options": {"url": receiver.url}}
    keep(server, "contact_point", "broken", integrations=[way])
    wants_lost = [{"label": "alertname", "value": "Lost"}]
    node = {"matchers": wants_lost, "receiver": "broken", "group_wait_ms": 0}
    route = keep(server, "alert_route", "lost", receiver="dashboard", routes=[node])
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    ask(server, "POST", "/api/v2/alerts", [{"labels": {"alertname": "Lost", "room": "attic"}, "endsAt": later}])
    page = open_page(f"{server.url}/alerts/log")
    page.get_by_role("radio", name="Not delivered").click()
    found = page.get_by_role("row").filter(has_text="broken (webhook)")
    expect(found).to_contain_text("410")
    found.get_by_role("button").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("region", name="What it told")).to_contain_text('room="attic"')
    expect(dialog.get_by_role("alert")).to_contain_text("the receiver answered with HTTP status 410")
    assert violations(page) == []
    receiver.status = 200
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("None of these.")).to_be_visible()
    page.get_by_role("radio", name="Sent", exact=True).click()
    expect(found).to_contain_text("Sent")
    assert len({headers["idempotency-key"] for headers in receiver.requests}) == 1
    found.get_by_role("button").first.click()
    dialog.get_by_role("button", name="All of this group").click()
    expect(page).to_have_url(re.compile("group="))
    expect(page.get_by_role("button", name="Of one group: show all")).to_be_visible()
    expect(found).to_be_visible()
    forget(server, "alert_route", route)
    assert complaints == []


def test_people_take_turns_and_steps_follow(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Who is on call now is told of each schedule; a swap counts; an escalation tells by it."""
    page = open_page(f"{server.url}/alerts/routes/on-call")
    page.get_by_role("button", name="New schedule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).first.fill("weekly")
    for number, name in ((1, "Mira"), (2, "Jo")):
        if number > 1:
            dialog.get_by_role("button", name="Add somebody").click()
        turn = dialog.get_by_role("group", name=f"Turn {number}", exact=True)
        turn.get_by_label("Name").fill(name)
        turn.get_by_label("Contact point").select_option("dashboard")
    dialog.get_by_role("button", name="Make schedule").click()
    found = row(page, "weekly")
    expect(found).to_contain_text("Mira by dashboard")
    expect(found.get_by_role("cell").nth(2)).to_contain_text("Jo in")
    found.get_by_role("button", name="weekly", exact=True).click()
    dialog.get_by_role("button", name="Somebody takes over").click()
    swap = dialog.get_by_role("group", name="Takes over 1", exact=True)
    swap.get_by_label("Who").select_option("Jo")
    dialog.get_by_role("button", name="Save").click()
    expect(found).to_contain_text("Jo by dashboard")
    page.get_by_role("button", name="New escalation").click()
    dialog.get_by_label("Name", exact=True).fill("leads")
    dialog.get_by_role("button", name="Make escalation").click()
    expect(dialog.get_by_role("alert")).to_have_text("Each step must tell somebody.")
    dialog.get_by_label("After").fill("10m")
    dialog.get_by_role("group", name="Tells whoever is on call in").get_by_label("weekly").check()
    assert violations(page) == []
    dialog.get_by_role("button", name="Make escalation").click()
    expect(row(page, "leads")).to_contain_text("after 10m: whoever is on call in weekly")
    assert complaints == []


def test_viewers_look_and_change_nothing(guarded: Guarded, open_page: OpenPage, complaints: Complaints) -> None:
    """They see how people are reached, without secrets and without buttons that would be refused."""
    way = {"type": "webhook", "options": {"url": "https://hooks.example.org/a", "authorization": "Bearer s3cret"}}
    content = {"name": "watch", "spec": {"integrations": [way]}}
    point = guarded.ada.ask("POST", "/api/v1/documents/contact_point", content)
    page = open_page(f"{guarded.url}/alerts/contacts", state=guarded.vera.state)
    row(page, "watch").get_by_role("button", name="watch", exact=True).click()
    expect(page.get_by_label("URL")).to_have_value("https://hooks.example.org/a")
    for name in ("Send a test", "Replace Authorization", "Add a way"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    page.get_by_role("link", name="Routes").click()
    page.get_by_role("button", name="Find out").click()
    expect(page.get_by_role("article", name="To dashboard")).to_be_visible()
    for name in ("New tree", "Import alertmanager.yml"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_role("link", name="Silences").click()
    expect(page.get_by_text("No silences")).to_be_visible()
    expect(page.get_by_role("button", name="New silence")).to_have_count(0)
    guarded.ada.ask("DELETE", f"/api/v1/documents/contact_point/{point['id']}", tag='"1"')
    assert complaints == []


PARTS = (
    *("silences", "contacts", "contacts/new", "log"),
    *("routes", "routes/timings", "routes/inhibition", "routes/on-call"),
)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_parts_are_clean_at_every_size(server: Server, open_page: OpenPage, part: str, theme: str) -> None:
    """No violation for axe; on a phone nothing is wider than the screen and every target has room for a finger."""
    page = open_page(f"{server.url}/alerts/{part}", theme=theme)
    expect(page.locator("main :is(table, form, .empty)").first).to_be_visible()
    assert violations(page) == []
    page = open_page(f"{server.url}/alerts/{part}", width=390, height=844, theme=theme)
    expect(page.locator("main :is(table, form, .empty)").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(TARGETS) == []
    assert violations(page) == []
