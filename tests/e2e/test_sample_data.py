"""A project without any data says so, and one click fills it with sample data and shows them."""

from __future__ import annotations

import json
import urllib.request

import pytest
from playwright.sync_api import expect

from .conftest import Complaints, OpenPage, Server
from .layout import violations

pytestmark = pytest.mark.e2e


def make_project(server: Server, name: str) -> None:
    """A project to which nothing is sent; where nobody signs in everybody may."""
    request = urllib.request.Request(
        f"{server.url}/api/v1/projects",
        json.dumps({"name": name}).encode(),
        {"Content-Type": "application/json"},
        method="POST",
    )
    urllib.request.urlopen(request, timeout=10).close()


def test_an_empty_project_is_filled_by_a_click(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Explore offers sample data and ways to send one's own; the dashboard of the samples is opened, once made."""
    make_project(server, "empty")
    page = open_page(f"{server.url}/explore?project=empty")
    expect(page.get_by_text("This project has no data yet")).to_be_visible()
    expect(page.get_by_role("tab", name="curl")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Send sample data").click()
    page.wait_for_url("**/d/*?project=empty")
    expect(page.get_by_role("heading", name="Sample shop", level=1)).to_be_visible()
    expect(page.locator("[data-frame=w1]")).to_contain_text("/s")
    expect(page.locator("[data-frame=w5] canvas").first).to_be_visible()
    page.goto(f"{server.url}/explore?project=empty")
    expect(page.get_by_text("Nothing is asked yet")).to_be_visible()
    assert complaints == []
