"""Two real servers on one catalog: both evaluate the same rules over the same samples, people are told once."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.postgres import PostgresServer
from tests.unit.test_server_lifecycle import Server, serving

GROUPS = 20
WAIT_S = 90.0
Told = tuple[str, str, str]
"""Key, group and status of a notification."""


class Receiver(ThreadingHTTPServer):
    """A webhook that notes what it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.told: list[Told] = []

    def count(self, status: str) -> Counter[str]:
        """How many notifications each group had, those with one key counted once."""
        return Counter(group for _, group, said in set(self.told) if said == status)


class Hook(BaseHTTPRequestHandler):
    """One request."""

    def do_POST(self) -> None:
        """Note it."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        assert isinstance(self.server, Receiver)
        self.server.told.append((self.headers["idempotency-key"], body["groupLabels"]["n"], body["status"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One that listens."""
    it = Receiver()
    Thread(target=it.serve_forever, daemon=True).start()
    try:
        yield it
    finally:
        it.shutdown()
        it.server_close()


def until(is_so: Callable[[], object], what: str) -> None:
    """Wait for a state."""
    end_s = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end_s, f"never: {what}"
        time.sleep(0.1)


def make(server: Server, kind: str, name: str, spec: dict[str, object]) -> None:
    """A document."""
    body = json.dumps({"name": name, "spec": spec}).encode()
    urllib.request.urlopen(f"{server.url}/api/v1/documents/{kind}", body, timeout=20).close()


def fires(server: Server) -> bool:
    """Whether all alerts fire, as this process' rules say."""
    return len(json.loads(server.get("/api/v1/alerts"))["data"]["alerts"]) == GROUPS


@pytest.mark.skipif(sys.platform != "linux", reason="PostgreSQL's socket and signals of Linux")
def test_each_transition_is_told_once_by_whichever_process_is_in_charge(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """Both say that alerts fire, one tells; it is killed, and the other tells their ends, and nothing again."""
    url = postgres.database("migrated")
    rules = tmp_path / "rules.yml"
    rules.write_text("groups: [{name: g, interval: 1s, rules: [{alert: High, expr: gauge > 5}]}]\n")
    settings = (f"catalog.url={url}", f"rules.files={rules}", "rules.system=false")
    more = (*settings, "outbound.allow_networks=127.0.0.0/8", "alerting.rate_per_minute=100000")
    flags = [part for setting in more for part in ("--set", setting)]
    firing = "".join(f'gauge{{n="{number}"}} 9\n' for number in range(GROUPS))
    once = {str(number): 1 for number in range(GROUPS)}
    with receiver() as hook, serving(tmp_path / "first", *flags) as first:
        point = {"type": "webhook", "options": {"url": f"http://127.0.0.1:{hook.server_port}/"}}
        make(first, "contact_point", "ops", {"integrations": [point]})
        # What is told again would be told within the test.
        route = {"receiver": "ops", "group_by": ["n"], "group_wait_ms": 200, "group_interval_ms": 1_000}
        make(first, "alert_route", "main", route)
        database = postgres.name_of(url)
        leads = "SELECT count(*) FROM leases WHERE name = 'alerting'"
        until(lambda: postgres.execute(leads, database).strip() == "1", "a process is in charge")
        with serving(tmp_path / "second", *flags) as second:
            for server in (first, second):
                server.push(firing)
            for server in (first, second):
                until(partial(fires, server), "both evaluate")
            until(lambda: hook.count("firing") == once, "all were told")
            first.process.kill()
            second.push(firing.replace(" 9\n", " 1\n"))
            until(lambda: hook.count("resolved") == once, "the other process told the ends")
            assert second.stop() == 0
        assert hook.count("firing") == once
