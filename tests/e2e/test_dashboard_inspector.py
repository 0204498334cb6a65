"""The inspector of a widget in a real browser: what it asked, what it cost, how, and the numbers that came back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Complaints, OpenPage, Server
from .layout import violations
from .test_dashboard_editor import SERIES
from .test_dashboards import frame, make, widget

pytestmark = pytest.mark.e2e


def test_inspect(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """By its menu and by keys; timings, plan, request, raw rows and all of them as CSV; escape closes it."""
    server.push(SERIES)
    queries = [{"ref": "A", "text": 'sum by (region) (shop_orders{region=~"$region"})'}]
    regions = {"name": "region", "of_label": "region", "query": "shop_orders", "multi": True, "with_all": True}
    document = make(server, "Seen", variables=[regions], widgets=[widget("w", 0, 0, 6, 6, queries=queries)])
    page = open_page(f"{server.url}/d/{document}?var-region=eu")
    expect(frame(page, "w").locator("canvas").first).to_be_visible()
    frame(page, "w").get_by_role("button", name=re.compile("more$")).click()
    page.get_by_role("menuitem", name="Inspect").click()
    drawer = page.get_by_role("complementary", name="Inspector of w")
    expect(drawer.get_by_text("Samples read")).to_be_visible()
    drawer.get_by_role("tab", name="Plan").click()
    expect(drawer.get_by_role("table")).to_contain_text(re.compile("aggregate|sum", re.IGNORECASE))
    drawer.get_by_role("tab", name="Request").click()
    expect(drawer).to_contain_text('shop_orders{region=~\\"eu\\"}')
    drawer.get_by_role("tab", name="Raw data").click()
    expect(drawer.get_by_role("columnheader", name='{region="eu"}')).to_be_visible()
    with page.expect_download() as saved:
        drawer.get_by_role("button", name="CSV of A").click()
    rows = Path(saved.value.path()).read_text().splitlines()
    assert rows[0] == 'time,"{region=""eu""}"'
    assert rows[-1].endswith(",3")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    frame(page, "w").hover()
    page.keyboard.press("p")
    page.keyboard.press("i")
    expect(drawer).to_be_visible()
    assert complaints == []
