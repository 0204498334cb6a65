"""Rules: what evaluating them costs beside Prometheus and vmalert, how soon an alert fires, what looking back takes."""

from __future__ import annotations

import json
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bench.data import RemoteWriteTemplate
from bench.load import REMOTE_WRITE_HEADERS, Connection
from bench.process import Server, peer, vedette, victoria_metrics
from bench.report import Report
from bench.run import Options

TITLE = "rules: 1,000 beside peers, 10,000, an alert that fires, a month played back"
_PORT, _PROMETHEUS_PORT, _VM_PORT, _VMALERT_PORT = 9360, 9361, 9362, 9363
_HOSTS, _METRICS = 50, 40
_EVERY_S = 5
_BASE_S, _RULES_S = 20, 60
_ROUNDS = 40
_DAY_S = 86_400


def run(report: Report, options: Options) -> None:
    """One after the other."""
    folder = options.folder / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    _beside_peers(report, folder, options.peers)
    _ten_thousand(report, folder)
    _soon(report, folder)
    _month(report, folder)


def rule_file(rules: int, interval_s: int, per_group: int = 50) -> str:
    """Thresholds, aggregations, rates and recordings in turns."""
    lines = ["groups:"]
    for number in range(rules):
        if number % per_group == 0:
            lines += [f"- name: g{number // per_group}", f"  interval: {interval_s}s", "  rules:"]
        metric = f"m{number % _METRICS}"
        lines.append(
            (
                f"  - {{alert: A{number}, expr: '{metric} > {130 + number % 50}', for: 5m, labels: {{a: b}}}}",
                f"  - {{alert: B{number}, expr: 'avg by (job) ({metric}) > {120 + number % 50}', for: 5m}}",
                f"  - {{alert: C{number}, expr: 'rate({metric}[1m]) > {number % 50 + 1}'}}",
                f"  - {{record: 'job:r{number}', expr: 'sum by (job) (rate({metric}[1m]))'}}",
            )[number % 4]
        )
    return "\n".join(lines) + "\n"


class _Feed:
    """The same samples of now to several servers, every few seconds, from a thread of its own."""

    def __init__(self, servers: list[Server]) -> None:
        labels = [
            {"__name__": f"m{metric}", "instance": f"host-{host}", "job": f"job-{host % 5}"}
            for metric in range(_METRICS)
            for host in range(_HOSTS)
        ]
        self._servers = servers
        self._template = RemoteWriteTemplate(labels)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._count = len(labels)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        rng = np.random.default_rng(5)
        connections = [(Connection(server.port), server.write_path) for server in self._servers]
        while not self._stopping.wait(_EVERY_S - time.time() % _EVERY_S):
            body = self._template.body(int(time.time() * 1000), rng.uniform(0, 100, self._count))
            for connection, path in connections:
                connection.post(path, body, REMOTE_WRITE_HEADERS)


def _beside_peers(report: Report, folder: Path, peers: list[str]) -> None:
    """CPU of 1,000 rules every five seconds: what each system needs more than before it had the rules."""
    rules = folder / "rules.yml"
    empty = "groups: []\n"
    rules.write_text(empty)
    systems = {"vedette": [vedette(folder, _PORT, "--set", f"rules.files={rules}", "--set", "rules.system=false")]}
    if "prometheus" in peers and (found := _prometheus(folder, rules)):
        systems["prometheus"] = [found]
    vmalert = peer("vmalert")
    if "victoria-metrics" in peers and vmalert and (found := victoria_metrics(folder, _VM_PORT)):
        systems["vmalert"] = [found]
    started = [server for servers in systems.values() for server in servers]
    for server in started:
        server.start(fresh=True)
    with _Feed(started):
        if "vmalert" in systems:
            data = folder / "vmalert"
            vm = f"http://127.0.0.1:{_VM_PORT}"
            command = [vmalert or "", f"-rule={rules}", f"-datasource.url={vm}", f"-remoteWrite.url={vm}"]
            nobody = f"http://127.0.0.1:{_VMALERT_PORT + 1}"
            command += [f"-notifier.url={nobody}", f"-httpListenAddr=127.0.0.1:{_VMALERT_PORT}"]
            command += ["-configCheckInterval=1s"]
            server = Server("vmalert", "", _VMALERT_PORT, data, command, "/health")
            server.start()
            systems["vmalert"].append(server)
        time.sleep(10)
        base = _spent(systems, _BASE_S)
        rules.write_text(rule_file(1_000, _EVERY_S))
        for server in systems.get("prometheus", []):
            assert server.process is not None
            server.process.send_signal(signal.SIGHUP)
        time.sleep(20)
        with_rules = _spent(systems, _RULES_S)
    more = {name: max(0.0, with_rules[name] - base[name]) / (1_000 / _EVERY_S) * 1e6 for name in systems}
    others = [value for name, value in more.items() if name != "vedette"]
    report.add("1,000 rules: CPU of one evaluation", "us", dict(more), at_most=min(others, default=None))
    report.add("1,000 rules every 5 s: cores in all", "cores", dict(with_rules))
    for servers in systems.values():
        for server in servers:
            server.stop()


def _spent(systems: dict[str, list[Server]], seconds: float) -> dict[str, float]:
    """Cores in use."""
    before = {name: sum(server.cpu_s() for server in servers) for name, servers in systems.items()}
    time.sleep(seconds)
    return {name: (sum(s.cpu_s() for s in servers) - before[name]) / seconds for name, servers in systems.items()}


def _prometheus(folder: Path, rules: Path) -> Server | None:
    program = peer("prometheus")
    if program is None:
        return None
    config = folder / "prometheus-rules.yml"
    config.write_text(f"rule_files: ['{rules}']\n")
    data = folder / "prometheus"
    address = f"127.0.0.1:{_PROMETHEUS_PORT}"
    command = [program, f"--storage.tsdb.path={data}", f"--web.listen-address={address}", f"--config.file={config}"]
    return Server(
        "prometheus", "", _PROMETHEUS_PORT, data, [*command, "--web.enable-remote-write-receiver"], "/-/ready"
    )


@contextmanager
def _server(folder: Path, text: str, *more: str) -> Iterator[tuple[Server, Connection]]:
    rules = folder / "rules.yml"
    rules.write_text(text)
    server = vedette(folder, _PORT, "--set", f"rules.files={rules}", "--set", "rules.system=false", *more)
    server.start(fresh=True)
    yield server, Connection(server.port)
    server.stop()


def _ten_thousand(report: Report, folder: Path) -> None:
    with _server(folder, rule_file(10_000, 30)) as (server, _), _Feed([server]):
        time.sleep(45)
        cores = _spent({"vedette": [server]}, 60)
    report.add("10,000 rules every 30 s: cores", "cores", dict(cores), at_most=0.5)


def _soon(report: Report, folder: Path) -> None:
    """From the sample that crosses the threshold to the alert that fires, at any moment of a second."""
    text = "groups: [{name: g, interval: 1s, rules: [{alert: High, expr: gauge > 5}]}]"
    rng = np.random.default_rng(7)
    took: list[float] = []
    with _server(folder, text) as (_, connection):
        for round_number in range(_ROUNDS):
            connection.post("/api/v1/import/prometheus", b"gauge 1\n", {})
            _wait(connection, 0)
            time.sleep(float(rng.uniform(0, 1)))
            began_s = time.perf_counter()
            connection.post("/api/v1/import/prometheus", b"gauge 9\n", {})
            _wait(connection, 1)
            if round_number:
                took.append((time.perf_counter() - began_s) * 1000)
    report.add("sample to firing alert, interval 1 s: median", "ms", {"vedette": statistics.median(took)})
    report.add("the same, slowest of 40", "ms", {"vedette": max(took)}, at_most=2_000)


def _wait(connection: Connection, alerts: int) -> None:
    while len(json.loads(connection.get("/api/v1/alerts"))["data"]["alerts"]) != alerts:
        time.sleep(0.005)


def _month(report: Report, folder: Path) -> None:
    """A rule over 29 days of samples every ten seconds, evaluated as often."""
    with _server(folder, "groups: []") as (_, connection):
        now_s = int(time.time())
        start_s = now_s - 29 * _DAY_S
        rng = np.random.default_rng(9)
        steps = (now_s - start_s) // 10
        values = 50 + 40 * np.sin(np.arange(steps) / 8640 * 2 * np.pi)[:, None] + rng.normal(0, 5, (steps, 4))
        for first in range(0, steps, 10_000):
            lines = [
                f'cpu{{instance="host-{host}"}} {value:.2f} {(start_s + 10 * (first + place)) * 1000}\n'
                for place, row in enumerate(values[first : first + 10_000].tolist())
                for host, value in enumerate(row)
            ]
            connection.post("/api/v1/import/prometheus", "".join(lines).encode(), {})
        rule = {"alert": "Busy", "expr": "cpu > 85", "for": "5m", "annotations": {"s": "{{ $value }}"}}
        asked = {"rule": rule, "start_ms": start_s * 1000, "end_ms": now_s * 1000, "step_ms": 10_000}
        body = json.dumps(asked).encode()
        took = []
        for _ in range(3):
            began_s = time.perf_counter()
            told = json.loads(connection.post("/api/v1/rules/backtest", body, {"content-type": "application/json"}))
            took.append(time.perf_counter() - began_s)
        assert told["data"]["notifications"], told
        report.add("29 days of 10 s data replayed, 4 series", "s", {"vedette": statistics.median(took)}, at_most=3.0)
