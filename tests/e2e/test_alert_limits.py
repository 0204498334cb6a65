"""What rules hold against a chart, in a real browser: lines and bands are where the rule watches, and there alone."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from .conftest import Complaints, OpenPage, Server
from .test_dashboards import frame, make, widget

pytestmark = pytest.mark.e2e

GROUP = {
    "name": "limits of a journey",
    "spec": {
        "interval": "1h",
        "rules": [{"alert": "ProbeHigh", "expr": "journey_probe > 5", "labels": {"severity": "critical"}}],
    },
}


@pytest.fixture
def rule(server: Server) -> Iterator[str]:
    """A rule that does not fire by itself, for as long as the journey takes."""
    place = f"{server.url}/api/v1/documents/rule_group"
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(place, json.dumps(GROUP).encode(), headers, method="POST"), timeout=10
    ) as answer:
        document = json.load(answer)["data"]
    yield "ProbeHigh"
    gone = urllib.request.Request(
        f"{place}/{document['id']}", None, {"If-Match": f'"{document["version"]}"'}, method="DELETE"
    )
    urllib.request.urlopen(gone, timeout=10).close()


def test_rules_are_seen_where_they_watch(
    server: Server, open_page: OpenPage, rule: str, complaints: Complaints
) -> None:
    """Line and band are on the chart of what is compared, not on another of the same labels; a switch hides them."""
    server.wait_for_samples(1)
    now_ms = int(server.newest_s() * 1000)
    samples = "".join(
        f'journey_{name}{{probe="x"}} 4 {now_ms - ago}\n'
        for name in ("probe", "other")
        for ago in range(0, 20_000, 1000)
    )
    server.push(
        samples + f'ALERTS{{alertname="{rule}",alertstate="firing",probe="x",severity="critical"}} 1 {now_ms}\n'
    )
    document = make(
        server,
        "Limits",
        time={"from": str(now_ms - 30_000), "to": str(now_ms + 30_000)},
        widgets=[
            widget("watched", 0, 0, 6, 6, queries=[{"ref": "A", "text": "max(journey_probe)"}]),
            widget("same", 6, 0, 6, 6, queries=[{"ref": "A", "text": "journey_probe"}]),
            widget("other", 0, 6, 6, 6, queries=[{"ref": "A", "text": "journey_other"}]),
        ],
    )
    page = open_page(f"{server.url}/d/{document}")
    charts = {name: frame(page, name).get_by_role("application") for name in ("watched", "same", "other")}
    line = re.compile(rf"^same\. {rule} > 5")
    expect(charts["same"]).to_have_attribute("aria-label", line)
    for name in ("watched", "other"):
        expect(charts[name]).to_have_attribute("aria-label", re.compile(rf"^{name}\. Left"))
    for name, there in (("watched", 1), ("same", 1), ("other", 0)):
        over = frame(page, name).locator(".u-over")
        expect(over).to_be_visible()
        box = over.bounding_box()
        assert box is not None
        over.hover(position={"x": box["width"] / 2, "y": box["height"] / 2})
        expect(page.locator(".tip").first).to_be_visible()
        expect(page.locator(".tip__note", has_text=rule)).to_have_count(there)
    page.get_by_role("button", name="Marks", exact=True).click()
    page.get_by_role("dialog", name="Marks").get_by_role("switch", name=re.compile("Alerts")).click()
    page.keyboard.press("Escape")
    expect(charts["same"]).to_have_attribute("aria-label", re.compile(r"^same\. Left"))
    assert complaints == []
