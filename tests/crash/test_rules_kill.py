"""Alerts under kill -9: what fired goes on since when it did, and nothing begins or ends by the crash itself."""

from __future__ import annotations

import json
import random
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.crash.test_server_kill import Server

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

CYCLES = 3
SERIES = 40
RULES = """
groups:
- name: storm
  interval: 1s
  rules:
  - {alert: High, expr: m > 5, annotations: {summary: '{{ $labels.i }} is {{ $value }}'}}
  - {alert: Waits, expr: m > 5, for: 10m}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One on a folder of its own; ended with the test."""
    folder = tmp_path / "data"
    folder.mkdir()
    made = Server(folder)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()


def push(server: Server, values: dict[int, int]) -> None:
    """Samples of now."""
    text = "".join(f'm{{i="{i}"}} {value}\n' for i, value in values.items()).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/api/v1/import/prometheus", text)
    urllib.request.urlopen(request, timeout=30).close()


def active(server: Server, name: str) -> dict[int, tuple[str, str]]:
    """(state, since when) by series."""
    alerts = json.loads(server.get("/api/v1/alerts"))["data"]["alerts"]
    return {
        int(alert["labels"]["i"]): (alert["state"], alert["activeAt"])
        for alert in alerts
        if alert["labels"]["alertname"] == name
    }


def until(is_so: Callable[[], bool]) -> None:
    """Wait for it."""
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it never became so")


def test_alerts_survive_kill_9(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed again and again amid changes, every alert keeps the moment it began, and each period is told once."""
    (tmp_path / "rules.yml").write_text(RULES)
    monkeypatch.setenv("VEDETTE_RULES_FILES", str(tmp_path / "rules.yml"))
    monkeypatch.setenv("VEDETTE_RULES_SYSTEM", "false")
    monkeypatch.setenv("VEDETTE_HOST_ENABLED", "false")
    rng = random.Random(11)
    values = dict.fromkeys(range(SERIES), 1)
    begun = dict.fromkeys(range(SERIES), 0)
    server.start()
    for _ in range(CYCLES):
        before = active(server, "High")
        changed = rng.sample(range(SERIES), SERIES // 2)
        for i in changed:
            values[i] = 10 - values[i]
            begun[i] += values[i] > 5
        push(server, values)
        until(lambda: set(active(server, "High")) == {i for i, value in values.items() if value > 5})
        settled, waiting = active(server, "High"), active(server, "Waits")
        assert all(settled[i] == before[i] for i in set(before) & set(settled) if i not in changed)
        # An evaluation later all of it is stored.
        time.sleep(1.5)
        server.kill()
        server.start()
        until(lambda: len(active(server, "High")) > 0)
        time.sleep(2)
        assert active(server, "High") == settled
        after = active(server, "Waits")
        assert {i: state for i, (state, _) in after.items()} == dict.fromkeys(waiting, "pending")
    told = json.loads(server.get("/api/v1/alerts/history?limit=1000&match=%7Balertname%3D%22High%22%7D"))["data"]
    counts = dict.fromkeys(range(SERIES), 0)
    for period in told:
        counts[int(period["labels"]["i"])] += 1
    assert counts == begun
