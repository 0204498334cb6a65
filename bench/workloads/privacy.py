"""What privacy rules cost: samples of series that are known, and the first sight of a series."""

from __future__ import annotations

import json
import statistics
import time
import urllib.request
from pathlib import Path

import numpy as np

from bench.data import HostData, RemoteWriteTemplate
from bench.load import REMOTE_WRITE_HEADERS, Connection
from bench.process import Server, vedette
from bench.report import Report
from bench.run import Options

TITLE = "privacy: without rules, with those for secrets, with all that are built in"
_PORTS = {"without": 9345, "vedette": 9346, "all rules": 9347}
_ROUNDS = 3
_HOSTS, _STEPS = 1_000, 200
_NEW, _PER_REQUEST = 50_000, 5_000
_RULES = "/api/v1/projects/default/privacy/rules"


def run(report: Report, options: Options) -> None:
    """Servers side by side; each request goes to all of them, one after the other, so that the machine is the same."""
    known: list[dict[str, float]] = []
    fresh: list[dict[str, float]] = []
    for _ in range(_ROUNDS):
        servers = _servers(options.folder / "privacy")
        known.append(_known(servers))
        fresh.append(_fresh(servers))
        for server in servers.values():
            server.stop()
    medians = _medians(known)
    report.add("known series: CPU-s per M samples", "s", dict(medians))
    more = {name: value - medians["without"] for name, value in medians.items() if name != "without"}
    report.add("known series: CPU-s per M samples more than without rules", "s", dict(more), at_most=0.1)
    medians = _medians(fresh)
    report.add("first sight of a series", "us", dict(medians))
    more = {name: value - medians["without"] for name, value in medians.items() if name != "without"}
    report.add("first sight of a series: more than without rules", "us", dict(more))


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(one[name] for one in rounds) for name in _PORTS}


def _servers(folder: Path) -> dict[str, Server]:
    limits = ("--set", "ingest.series.max_new_series_per_hour=10000000")
    servers = {name: vedette(folder / str(port), port, *limits) for name, port in _PORTS.items()}
    for name, server in servers.items():
        server.start(fresh=True)
        if name != "vedette":
            _switch(server, on=name != "without")
    return servers


def _switch(server: Server, *, on: bool) -> None:
    """All built-in rules on or off."""
    url = f"http://127.0.0.1:{server.port}{_RULES}"
    with urllib.request.urlopen(url) as answer:
        rules = json.load(answer)["data"]["rules"]
    for rule in rules:
        body = json.dumps({"name": rule["name"], "detector": rule["detector"], "enabled": on}).encode()
        request = urllib.request.Request(f"{url}/{rule['id']}", body, {"If-Match": '"0"'}, method="PUT")
        urllib.request.urlopen(request).close()


def _send(servers: dict[str, Server], bodies: list[bytes]) -> dict[str, float]:
    """CPU seconds of each server."""
    connections = {name: Connection(server.port) for name, server in servers.items()}
    before = {name: server.cpu_s() for name, server in servers.items()}
    names = list(servers)
    for number, body in enumerate(bodies):
        # Whoever comes second finds the machine as the first has left it: they take turns.
        for place in range(len(names)):
            name = names[(place + number) % len(names)]
            connections[name].post(servers[name].write_path, body, REMOTE_WRITE_HEADERS)
    return {name: server.cpu_s() - before[name] for name, server in servers.items()}


def _known(servers: dict[str, Server]) -> dict[str, float]:
    data = HostData(_HOSTS, _STEPS, int(time.time() * 1000) // 10_000 * 10_000 - (_STEPS + 1) * 10_000)
    template = RemoteWriteTemplate(data.labels)
    bodies = [template.body(*moment) for moment in data.moments()]
    _send(servers, bodies[:1])
    millions = (data.samples - data.series) / 1e6
    return {name: cpu_s / millions for name, cpu_s in _send(servers, bodies[1:]).items()}


def _fresh(servers: dict[str, Server]) -> dict[str, float]:
    """Microseconds of each series; each has a pod and an address of its own, as in a cluster."""
    now_ms = int(time.time() * 1000)
    bodies = []
    for first in range(0, _NEW, _PER_REQUEST):
        labels = [_labels(number) for number in range(first, first + _PER_REQUEST)]
        bodies.append(RemoteWriteTemplate(labels).body(now_ms, np.ones(_PER_REQUEST)))
    return {name: cpu_s / _NEW * 1e6 for name, cpu_s in _send(servers, bodies).items()}


def _labels(number: int) -> dict[str, str]:
    return {
        "__name__": "http_requests_total",
        "job": f"job_{number % 100}",
        "instance": f"host-{number % 1000:04}.example.internal:9100",
        "pod": f"web-{number * 2654435761 % 2**32:08x}-{number:05}",
        "path": f"/api/v1/orders/{number % 50}",
        "code": str(200 + number % 5),
        "zone": "eu-central-1a",
    }
