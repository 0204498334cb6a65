"""A series that is pointed at stands out in pictures that are painted, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import Complaints, OpenPage, Server
from .test_dashboards import frame, make, settled, widget

pytestmark = pytest.mark.e2e

FLOWS = "journey_flow"
KINDS: dict[str, list[str]] = {
    "histogram": ["journey_a"],
    "sankey": [FLOWS],
    "scatter": ["journey_a", "journey_b"],
    "heatmap": ["journey_a"],
    "scatter3d": ["journey_a", "journey_b", "journey_c"],
    "nodes3d": ["journey_a"],
    "topology3d": [FLOWS],
}
PAINTED = ("scatter", "heatmap", "scatter3d", "nodes3d", "topology3d")


def pictures(page: Page) -> dict[str, bytes]:
    """What can be seen of each painted picture."""
    return {kind: frame(page, kind).locator("canvas").first.screenshot(animations="disabled") for kind in PAINTED}


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait for a picture: it is painted a little after the pointer came."""
    for _ in range(100):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("the pictures have not become what they should be")


def test_it_stands_out_in_painted_pictures(server: Server, open_page: OpenPage, complaints: Complaints) -> None:
    """Pointed at in a legend, it is what is left of spreads, flows, cells and things in space; then all come back."""
    server.wait_for_samples(1)
    now_ms = int(server.newest_s() * 1000)
    hosts = (("a", 3, "front", "shop"), ("b", 8, "shop", "store"))
    for at_ms in range(now_ms - 30_000, now_ms, 1000):
        lines = [f'journey_{name}{{host="{host}"}} {value} {at_ms}' for host, value, *_ in hosts for name in "abc"]
        lines += [
            f'{FLOWS}{{host="{host}",source="{one}",target="{to}"}} {value} {at_ms}' for host, value, one, to in hosts
        ]
        server.push("\n".join(lines) + "\n")
    first = widget("legend", 0, 0, 12, 6, queries=[{"ref": "A", "text": "journey_a"}], options={"legend": "table"})
    rest = [
        widget(
            kind,
            at % 3 * 4,
            6 + at // 3 * 5,
            4,
            5,
            kind=kind,
            queries=[{"ref": "ABC"[n], "text": text} for n, text in enumerate(asked)],
        )
        for at, (kind, asked) in enumerate(KINDS.items())
    ]
    time = {"from": str(now_ms - 30_000), "to": str(now_ms - 1_000)}
    page = open_page(f"{server.url}/d/{make(server, 'Painted', time=time, widgets=[first, *rest])}", height=1500)
    row = frame(page, "legend").locator(".wlegend tbody tr").first
    expect(row).to_contain_text("a")
    expect(frame(page, "sankey").locator(".wsvg path")).to_have_count(2)
    settled(row)
    until(page, lambda: pictures(page) == pictures(page))
    before = pictures(page)
    row.hover()
    expect(frame(page, "histogram").locator(".whisto__share").first).to_be_attached()
    expect(frame(page, "sankey").locator(".wsvg path.is-dim")).to_have_count(1)
    until(page, lambda: all(now != before[kind] for kind, now in pictures(page).items()))
    page.get_by_role("heading", name="legend").hover()
    expect(page.locator(".is-dim, .whisto__share")).to_have_count(0)
    until(page, lambda: pictures(page) == before)
    flows = frame(page, "sankey").locator(".wsvg")
    box = settled(flows)
    flows.hover(position={"x": box["width"] * 0.75, "y": box["height"] * 0.2})
    expect(frame(page, "legend").locator("tr.is-dim")).to_have_count(1)
    # pictures of WebGL are read back for this test alone, of which the driver complains
    assert [one for one in complaints if "ReadPixels" not in one] == []
