"""Alerts: from the sample that crosses to the notification that arrives, and 100,000 that fire, listed and grouped."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from bench.data import RemoteWriteTemplate
from bench.load import REMOTE_WRITE_HEADERS, Connection
from bench.process import Server, vedette
from bench.report import Report
from bench.run import Options

TITLE = "alerts: a sample to its notification; 100,000 that fire, listed and grouped"
_PORT, _HOOK_PORT = 9364, 9365
_JSON = {"content-type": "application/json"}
_ALERTS, _EVERY_S = 250, 0.08
_MANY = 100_000
_GROUPS = 1_000


def run(report: Report, options: Options) -> None:
    """One after the other."""
    folder = options.folder / "alerts"
    folder.mkdir(parents=True, exist_ok=True)
    _sent(report, folder)
    _many(report, folder)


@contextmanager
def _server(folder: Path, rule: str, interval: str, *more: str) -> Iterator[tuple[Server, Connection]]:
    rules = folder / "rules.yml"
    rules.write_text(f"groups: [{{name: g, interval: {interval}, rules: [{rule}]}}]\n")
    server = vedette(folder, _PORT, "--set", f"rules.files={rules}", "--set", "rules.system=false", *more)
    server.start(fresh=True)
    try:
        yield server, Connection(server.port)
    finally:
        server.stop()


class _Receiver(ThreadingHTTPServer):
    """A webhook that notes when which alert was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", _HOOK_PORT), _Hook)
        self.arrived_s: dict[str, list[float]] = {}

    def handle_error(self, _request: object, _client: object) -> None:
        """A connection that the server under measurement let go of."""


class _Hook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        now_s = time.perf_counter()
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        assert isinstance(self.server, _Receiver)
        for alert in body["alerts"]:
            self.server.arrived_s.setdefault(alert["labels"]["n"], []).append(now_s)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _sent(report: Report, folder: Path) -> None:
    """Series that cross a threshold at any moment, each an alert and a group of its own, by the routes' usual wait."""
    settings = ("outbound.allow_networks=127.0.0.0/8", "alerting.rate_per_minute=100000")
    more = [part for setting in settings for part in ("--set", setting)]
    began_s: dict[str, float] = {}
    receiver = _Receiver()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with _server(folder, "{alert: High, expr: gauge > 5}", "1s", *more) as (_, connection):
        hook = {"type": "webhook", "options": {"url": f"http://127.0.0.1:{_HOOK_PORT}/"}}
        _make(connection, "contact_point", "ops", {"integrations": [hook]})
        _make(connection, "alert_route", "main", {"receiver": "ops", "group_by": ["n"]})
        rng = np.random.default_rng(7)
        for number in range(_ALERTS):
            time.sleep(float(rng.uniform(0, 2 * _EVERY_S)))
            began_s[str(number)] = time.perf_counter()
            connection.post("/api/v1/import/prometheus", f'gauge{{n="{number}"}} 9\n'.encode(), {})
        end_s = time.perf_counter() + 20
        while len(receiver.arrived_s) < _ALERTS and time.perf_counter() < end_s:
            time.sleep(0.05)
    receiver.shutdown()
    receiver.server_close()
    took_ms = [(receiver.arrived_s[name][0] - start_s) * 1000 for name, start_s in began_s.items()]
    more_than_once = sum(len(times) > 1 for times in receiver.arrived_s.values())
    median, slow = (float(np.percentile(took_ms, q)) for q in (50, 99))
    report.add("sample to notification, interval 1 s: median", "ms", {"vedette": median})
    report.add(f"the same, p99 of {_ALERTS}", "ms", {"vedette": slow}, at_most=2_000)
    report.add("notifications that came more than once", "", {"vedette": more_than_once}, at_most=0)


def _make(connection: Connection, kind: str, name: str, spec: dict[str, object]) -> None:
    connection.post(f"/api/v1/documents/{kind}", json.dumps({"name": name, "spec": spec}).encode(), _JSON)


def _many(report: Report, folder: Path) -> None:
    """A hundred thousand alerts of one rule, in a thousand groups."""
    rule = "{alert: High, expr: many > 5, annotations: {summary: '{{ $labels.instance }} is at {{ $value }}'}}"
    limits = ("ingest.series.max_new_series_per_hour=10000000", "query.max_series=1000000")
    more = [part for limit in limits for part in ("--set", limit)]
    labels = [
        {"__name__": "many", "instance": f"host-{number:06}", "rack": f"r{number % _GROUPS}"} for number in range(_MANY)
    ]
    template = RemoteWriteTemplate(labels)
    with _server(folder, rule, "10s", *more) as (server, connection):
        _make(connection, "alert_route", "main", {"receiver": "dashboard", "group_by": ["rack"]})
        body = template.body(int(time.time() * 1000), np.full(_MANY, 9.0))
        connection.post(server.write_path, body, REMOTE_WRITE_HEADERS)
        while len(connection.get("/api/v2/alerts")) < 1_000_000:
            time.sleep(0.5)

        def count(path: str, find: Callable[[Any], int]) -> float:
            """Seconds of the quickest of three whole answers, each with all of them in it."""
            times = []
            for _ in range(3):
                began_s = time.perf_counter()
                answer = connection.get(path)
                times.append(time.perf_counter() - began_s)
                assert find(json.loads(answer)) == _MANY, path
            return min(times)

        listed = count("/api/v1/alerts", lambda told: len(told["data"]["alerts"]))
        grouped = count("/api/v2/alerts/groups", lambda told: sum(len(group["alerts"]) for group in told))
        flat = count("/api/v2/alerts", len)
        newest = count("/api/v1/alerting/alerts?limit=100", lambda told: told["total"])
        report.add("100,000 firing alerts listed (/api/v1/alerts)", "s", {"vedette": listed}, at_most=1.0)
        report.add("the same in 1,000 groups (/api/v2/alerts/groups)", "s", {"vedette": grouped}, at_most=1.0)
        report.add("the same as a list (/api/v2/alerts)", "s", {"vedette": flat}, at_most=1.0)
        report.add("the newest 100 of them (/api/v1/alerting/alerts)", "s", {"vedette": newest}, at_most=1.0)
        before_s = server.cpu_s()
        time.sleep(20)
        cores = (server.cpu_s() - before_s) / 20
        report.add("100,000 firing alerts every 10 s: cores", "cores", {"vedette": cores})
