"""When the connection or the server goes: the page says so, comes back by itself, and misses nothing."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenPage, Server, Wire

pytestmark = pytest.mark.e2e

RAW = """() => [...document.querySelectorAll('[aria-label="Raw data of A"] tbody tr')]
  .map(row => [row.cells[0].textContent, row.cells[1]?.textContent ?? ''])"""

WITH_VALUE = f"({RAW})().filter(([, value]) => value)"


def state(page: Page, word: str, timeout_ms: float = 20_000) -> None:
    expect(page.locator(".live__state")).to_have_text(word, timeout=timeout_ms)


def seconds(text: str) -> int:
    hours, minutes, rest = (int(part) for part in text.rsplit(" ", maxsplit=1)[-1].split(":"))
    return hours * 3600 + minutes * 60 + rest


def test_lost_connection_leaves_no_gap_in_the_line(own_server: Server, open_page: OpenPage) -> None:
    """What was stored while the page was cut off is fetched on reconnect: every second is there, once, with a value."""
    wire = Wire(own_server.port)
    page = open_page(f"{wire.url}/explore?q=node_load1&from=now-1m&tab=raw")
    state(page, "LIVE")
    page.wait_for_function(f"() => {WITH_VALUE}.length >= 3")
    wire.cut()
    state(page, "OFFLINE")
    expect(page.locator(".live__lag")).to_contain_text("retry in")
    cut_at = page.evaluate(RAW)[0][0]
    own_server.wait_for_samples(4)
    wire.mend()
    state(page, "LIVE")
    page.wait_for_function(f"cut => {WITH_VALUE}.findIndex(([time]) => time === cut) >= 4", arg=cut_at)
    rows = [(seconds(moment), value) for moment, value in page.evaluate(RAW)]
    oldest = max(index for index, (_, value) in enumerate(rows) if value)
    rows = rows[: oldest + 1]
    assert len(rows) >= 7
    assert [moment for moment, value in rows if not value] == []
    assert {(later - earlier) % 86_400 for (later, _), (earlier, _) in pairwise(rows)} == {1}
    wire.close()


def test_killed_server_comes_back_with_what_it_had(own_server: Server, open_page: OpenPage) -> None:
    """kill -9: OFFLINE with a countdown; after a restart LIVE again, the old line there, the outage an honest gap."""
    page = open_page(own_server.url)
    state(page, "LIVE")
    expect(page.locator(".stat__value").first).to_contain_text("%")
    own_server.kill()
    state(page, "OFFLINE")
    expect(page.locator(".live__lag")).to_contain_text("retry in")
    own_server.start()
    state(page, "LIVE", 45_000)
    expect(page.locator(".stat__value").first).to_contain_text("%")


def sent(server: Server, since_s: int) -> int:
    """Send a sample for each second from then to now, with the second as its value; answers the next second."""
    until_s = int(time.time()) + 1
    server.push("".join(f"kept {second % 60} {second * 1000}\n" for second in range(since_s, until_s)))
    return until_s


def test_killed_server_leaves_no_gap_where_samples_were_kept(own_server: Server, open_page: OpenPage) -> None:
    """kill -9 while a program sends: what it kept and sends after the restart is in the line that stood open."""
    next_s = sent(own_server, int(time.time()) - 20)
    page = open_page(f"{own_server.url}/explore?q=kept&from=now-2m&tab=raw")
    state(page, "LIVE")
    page.wait_for_function(f"() => {WITH_VALUE}.length >= 10")
    next_s = sent(own_server, next_s)
    own_server.kill()
    killed_s = next_s
    state(page, "OFFLINE")
    # long enough that a gap would be seen: three whole seconds and more, however soon the server is back
    while time.time() < killed_s + 4:
        page.wait_for_timeout(100)
    own_server.start()
    next_s = sent(own_server, next_s)
    restarted_s = next_s - 1
    assert restarted_s - killed_s >= 3
    state(page, "LIVE", 45_000)
    page.wait_for_function(
        f"goal => {WITH_VALUE}.some(([time]) => time.endsWith(goal))",
        arg=time.strftime("%H:%M:%S", time.gmtime(restarted_s)),
    )
    values = {moment.rsplit(" ", maxsplit=1)[-1]: value for moment, value in page.evaluate(RAW)}
    for second in range(killed_s, restarted_s + 1):
        assert values[time.strftime("%H:%M:%S", time.gmtime(second))] == str(second % 60)


def test_events_stand_in_where_no_web_socket_gets_through(server: Server, open_page: OpenPage) -> None:
    """Behind a proxy that breaks WebSockets the page goes on over server-sent events."""
    page = open_page("about:blank")
    page.add_init_script(
        """window.WebSocket = class { static OPEN = 1; constructor() { setTimeout(() => this.onclose?.(), 0); }
             send() {} close() {} };"""
    )
    page.goto(f"{server.url}/explore?q=node_load1&from=now-1m&tab=raw")
    state(page, "LIVE", 30_000)
    page.wait_for_function(f"() => {WITH_VALUE}.length >= 1")
    first = page.evaluate(f"() => {WITH_VALUE}[0][0]")
    page.wait_for_function(f"first => {WITH_VALUE}.some(([time]) => time > first)", arg=first)
