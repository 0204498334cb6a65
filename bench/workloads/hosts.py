"""The main workload: 1,000 hosts by remote write; then disk, memory, the queries and restarts."""

from __future__ import annotations

import json
import signal
import threading
import time
from itertools import islice

from bench.data import HostData, RemoteWriteTemplate
from bench.load import QUERIES, REMOTE_WRITE_HEADERS, Connection, ask, median_ms, percentile
from bench.process import Server, servers
from bench.report import Report
from bench.run import Options

TITLE = "1,000 hosts x 10 cpu metrics every 10 s: remote write, disk, memory, queries, restart"
_CHUNK = 60
_LOAD_STEPS = 30
_REPEATS = {"Q1": 200, "Q2": 60, "Q4": 60}


def run(report: Report, options: Options) -> None:
    """Load every system, one after the other, then ask them in turns."""
    steps = int(options.hours * 360)
    # All of it lies in the past, also what is sent later while queries are asked.
    start_ms = (int(time.time() * 1000) - (steps + _LOAD_STEPS * 10) * 10_000) // 3_600_000 * 3_600_000
    data = HostData(1000, steps, start_ms)
    running = servers(options.folder, options.peers)
    template = RemoteWriteTemplate(data.labels)
    for server in running:
        server.start(fresh=True)
    loads = {server.name: _load(server, data, template) for server in running}
    millions = data.samples / 1e6
    report.add("remote write: CPU-s per M samples", "s", {k: v[0] / millions for k, v in loads.items()}, at_most=0.75)
    report.add("remote write: rate", "M samples/s", {k: millions / v[1] for k, v in loads.items()}, at_least=1.0)
    _mb = {server.name: server.rss_bytes() / 1e6 for server in running}
    report.add("RSS after the load", "MB", _mb, at_most=300)
    for server in running:
        server.settle()
    _check(running, data)
    _queries(report, running, data)
    _queries_under_load(report, running, data, template)
    _restart(report, running, data)
    for server in running:
        server.settle()
    disk = {server.name: server.disk_bytes() / (data.samples + _extra(data)) for server in running}
    report.add("disk, all files, settled", "B/sample", disk, at_most=1.18)
    for server in running:
        server.stop()


def _load(server: Server, data: HostData, template: RemoteWriteTemplate) -> tuple[float, float]:
    """(CPU seconds of the server, seconds spent sending); bodies are made between sendings."""
    connection = Connection(server.port)
    sending, before = 0.0, server.cpu_s()
    moments = data.moments()
    while chunk := list(islice(moments, _CHUNK)):
        bodies = [template.body(time_ms, values) for time_ms, values in chunk]
        began = time.perf_counter()
        for body in bodies:
            connection.post(server.write_path, body, REMOTE_WRITE_HEADERS)
        sending += time.perf_counter() - began
    return server.cpu_s() - before, sending


def _check(running: list[Server], data: HostData) -> None:
    """All systems hold the same number of samples, or the figures mean nothing."""
    for server in running:
        seconds = int(data.steps * 10)
        at = data.end_ms / 1000
        path = f"/api/v1/query?query=sum(count_over_time(cpu_usage_user[{seconds}s]))&time={at:.3f}{server.query_extra}"
        answer = json.loads(Connection(server.port).get(path))
        found = float(answer["data"]["result"][0]["value"][1])
        if found != data.samples / 10:
            raise SystemExit(f"{server.name} has {found:.0f} samples of cpu_usage_user, not {data.samples / 10:.0f}")


def _queries(report: Report, running: list[Server], data: HostData) -> None:
    for query in QUERIES:
        times: dict[str, list[float]] = {server.name: [] for server in running}
        connections = {server.name: Connection(server.port) for server in running}
        repeats = _REPEATS.get(query.name, 20)
        for _ in range(5):  # in turns, so that the machine's moods hit all alike
            for server in running:
                path = query.path(data.end_ms, server.query_extra)
                times[server.name] += ask(connections[server.name], path, max(1, repeats // 5))
        medians = {name: median_ms(values) for name, values in times.items()}
        peers = [value for name, value in medians.items() if name != "vedette"]
        goal = (
            min(peers)
            if query.name in ("Q1", "Q2", "Q4")
            else medians.get("victoria-metrics", min(peers, default=0)) / 2
        )
        report.add(f"{query.name}: median", "ms", medians, at_most=goal if peers else None)
        if query.name == "Q3":
            rss = {server.name: server.rss_bytes() / 1e6 for server in running}
            report.add("RSS after Q3", "MB", rss, at_most=500)


def _extra(data: HostData) -> int:
    return _LOAD_STEPS * 10 * data.series


def _queries_under_load(report: Report, running: list[Server], data: HostData, template: RemoteWriteTemplate) -> None:
    """100 k samples/s: ten requests of 10 k samples each second while Q1, Q2 and Q5 are asked."""
    wanted = [query for query in QUERIES if query.name in ("Q1", "Q2", "Q5")]
    medians: dict[str, dict[str, float | None]] = {q.name: {} for q in wanted}
    slowest: dict[str, dict[str, float | None]] = {q.name: {} for q in wanted}
    more = HostData(data.hosts, _LOAD_STEPS * 10, data.end_ms + 10_000, seed=7)
    bodies = [template.body(time_ms, values) for time_ms, values in more.moments()]
    for server in running:
        done = threading.Event()
        sender = threading.Thread(target=_send_steadily, args=(server, bodies, done))
        sender.start()
        connection = Connection(server.port)
        times: dict[str, list[float]] = {q.name: [] for q in wanted}
        while not done.is_set():
            for query in wanted:
                path = query.path(data.end_ms, server.query_extra)
                times[query.name] += ask(connection, path, 1 if query.name == "Q5" else 5)
        sender.join()
        for query in wanted:
            medians[query.name][server.name] = median_ms(times[query.name])
            slowest[query.name][server.name] = percentile(times[query.name], 95)
    for query in wanted:
        for kind, figures in (("median", medians), ("p95", slowest)):
            values = figures[query.name]
            peers = [v for name, v in values.items() if name != "vedette" and v is not None]
            goal = min(peers) if peers else None
            report.add(f"{query.name} while 100 k samples/s come in: {kind}", "ms", values, at_most=goal)


def _send_steadily(server: Server, bodies: list[bytes], done: threading.Event) -> None:
    try:
        connection = Connection(server.port)
        began = time.perf_counter()
        for index, body in enumerate(bodies):
            delay = began + index * 0.1 - time.perf_counter()
            if delay > 0:
                time.sleep(delay)
            connection.post(server.write_path, body, REMOTE_WRITE_HEADERS)
    finally:
        done.set()


def _restart(report: Report, running: list[Server], data: HostData) -> None:
    clean: dict[str, float | None] = {}
    killed: dict[str, float | None] = {}
    for server in running:
        server.stop()
        clean[server.name] = server.start()
    for server in running:
        server.stop(signal.SIGKILL)
        killed[server.name] = server.start()
    _check(running, data)
    report.add("ready after a clean stop", "s", clean, at_most=0.5)
    report.add("ready after kill -9", "s", killed, at_most=2.0)
