"""Texts of strangers in the page: names, labels, values and help that are markup, scripts or addresses stay texts."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from .conftest import Server, answered, drawn
from .test_policy import WATCH, violations

pytestmark = pytest.mark.e2e

HOSTILE = (
    "<img src=x onerror=window.hit=1>",
    "</script><script>window.hit=1</script>",
    "<svg onload=window.hit=1>",
    "javascript:window.hit=1",
    "[x](javascript:window.hit=1)",
    "<iframe srcdoc='<script>parent.hit=1</script>'>",
    "<a href=javascript:window.hit=1>click</a>",
    "{{constructor.constructor('window.hit=1')()}}",
    "${window.hit=1}",
    "'\"><b id=injected>",
    "\u202egnp.exe",
)
ADDED = "img[src=x], iframe, [onerror], [onload], #injected, a[href^='javascript' i], script:not([src])"
METRIC = "<img src=x onerror=window.hit=1>"


def exposition() -> str:
    """Series with such labels, buckets with such bounds, a metric with such a name and such help."""

    def escaped(text: str) -> str:
        return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    lines = ["# HELP hostile <img src=x onerror=window.hit=1> [x](javascript:window.hit=1)", "# TYPE hostile gauge"]
    lines += [f'hostile{{text="{escaped(text)}",number="{index}"}} {index}' for index, text in enumerate(HOSTILE)]
    lines += [f'{{"{METRIC}","<b id=injected>"="x"}} 1']
    lines += ["# TYPE hostile_seconds histogram"]
    lines += [f'hostile_seconds_bucket{{le="{escaped(text)}"}} 1' for text in (*HOSTILE[:3], "+Inf")]
    lines += [f'node_load1{{instance="{escaped(HOSTILE[0])}",job="{escaped(HOSTILE[1])}"}} 3']
    lines += [f'node_network_receive_bytes_total{{device="{escaped(HOSTILE[2])}"}} 3']
    lines += [f'node_filesystem_size_bytes{{mountpoint="{escaped(HOSTILE[0])}",device="{escaped(HOSTILE[8])}"}} 3']
    return "\n".join(lines) + "\n"


@pytest.fixture
def watched(browser: Browser) -> Iterator[Page]:
    """A page that notes violations of its policy; a dialog that opens counts as a hit."""
    context = browser.new_context(timezone_id="UTC")
    context.set_default_timeout(20_000)
    context.add_init_script(WATCH)
    page = context.new_page()

    def hit(dialog: Dialog) -> None:
        dialog.dismiss()
        page.evaluate("window.hit = 'dialog'")

    page.on("dialog", hit)
    yield page
    context.close()


def check(page: Page) -> None:
    """Nothing was made of a text, and nothing had to be stopped."""
    assert page.evaluate("window.hit") is None
    assert page.locator(ADDED).count() == 0
    assert violations(page) == []


QUERIES = (
    "hostile",
    "hostile_seconds_bucket",
    '{"' + METRIC + '"}',
    "sum by (text) (hostile)",
    'label_replace(hostile, "<b id=injected>", "$1", "text", "(.*)")',
)


def test_explore_shows_texts_as_they_are(apart: Server, watched: Page) -> None:
    """CVE-2026-40179, GHSA-fw8g-cg8f-9j28: in chart, legend, table and tips, of names, values and bounds."""
    apart.push(exposition())
    for query in QUERIES:
        watched.goto(f"{apart.url}/explore?q={quote(query)}&from=now-5m")
        answered(watched)
        chart = watched.locator(".u-over").first
        if chart.count():
            chart.hover()
            watched.wait_for_timeout(100)
        check(watched)
    watched.goto(f"{apart.url}/explore?q=hostile&from=now-5m")
    answered(watched)
    expect(watched.get_by_text(HOSTILE[0]).first).to_be_visible()


def test_completion_shows_names_and_help_as_they_are(apart: Server, watched: Page) -> None:
    """CVE-2019-10215: the editor's list and its panel with help."""
    apart.push(exposition())
    watched.goto(f"{apart.url}/explore?q=hostile")
    answered(watched)
    watched.get_by_role("textbox", name="Query A").click()
    for text in ("hosti", 'hostile{text="', 'hostile{text="<'):
        watched.keyboard.press("Control+a")
        watched.keyboard.type(text)
        watched.wait_for_timeout(300)
        watched.keyboard.press("ArrowDown")
        check(watched)


def test_errors_and_addresses_show_texts_as_they_are(apart: Server, watched: Page) -> None:
    """CVE-2023-40577, CVE-2025-4123: what stands in the page's address, and what the server says of it."""
    apart.push(exposition())
    for text in HOSTILE:
        watched.goto(f"{apart.url}/explore?q={quote(text)}&from={quote(text)}&to={quote(text)}")
        expect(watched.get_by_role("textbox", name="Query A")).to_be_visible()
        check(watched)
    for path in ("/login?next=", "/login?problem=", "/setup#", "/explore?left=", "/nowhere?x="):
        watched.goto(f"{apart.url}{path}{quote('javascript:window.hit=1//<img src=x onerror=window.hit=1>')}")
        watched.wait_for_timeout(200)
        check(watched)
        assert watched.url.startswith(apart.url)


def test_host_shows_texts_as_they_are(apart: Server, watched: Page) -> None:
    """Machines, disks and interfaces have names that others gave them."""
    apart.push(exposition())
    watched.goto(apart.url + "/host")
    drawn(watched)
    check(watched)
