"""A million series of a few samples each: what the first sight of a series costs, memory, seal, restart, labels."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np

from bench.data import REGIONS, RemoteWriteTemplate
from bench.load import REMOTE_WRITE_HEADERS, Connection, ask, median_ms
from bench.process import Server, prometheus, vedette, victoria_metrics
from bench.report import Report
from bench.run import Options

TITLE = "1 M series: 1,000 jobs x 1,000 instances, pod names of their own"
_JOBS, _INSTANCES = 1_000, 1_000
_MILLIONS = _JOBS * _INSTANCES / 1e6
_PER_REQUEST = 10_000
_MOMENTS = 4
_STEP_MS = 300_000
_SETTLE_AT_MOST_S, _CALM_S, _CALM_CPU_S = 60.0, 4, 0.25
_METRIC = "http_requests_total"
_LIMITS = ("max_active_series", "max_active_series_per_metric", "max_new_series_per_hour")

_QUESTIONS = {
    "label values": "/api/v1/label/job/values?start={start}&end={end}",
    "series of a job": f"/api/v1/series?match[]={_METRIC}%7Bjob%3D%22job_7%22%7D&start={{start}}&end={{end}}",
    "selector of 1,000": f"/api/v1/query?query={_METRIC}%7Bjob%3D%22job_7%22%7D&time={{end}}",
    "selector of 1,000 by regex": f"/api/v1/query?query={_METRIC}%7Binstance%3D~%22host-07%22%7D&time={{end}}",
    "sum by (zone) of all": "/api/v1/query?query=" + quote(f"sum by (zone) ({_METRIC})") + "&time={end}",
}


def run(report: Report, options: Options) -> None:
    """One system after the other: a million series leave no room for two."""
    start_ms = (int(time.time() * 1000) - (_MOMENTS + 1) * _STEP_MS) // _STEP_MS * _STEP_MS
    figures: dict[tuple[str, str], dict[str, float | None]] = {}
    templates = [_template(first) for first in range(0, _JOBS * _INSTANCES, _PER_REQUEST)]
    for server in _servers(options):
        for what, value in _measure(server, templates, start_ms):
            print(f"   {server.name}: {what[0]} {value:.4g} {what[1]}", flush=True)
            figures.setdefault(what, {})[server.name] = value
    for (what, unit), values in figures.items():
        report.add(f"1 M series: {what}", unit, values, at_most=_goal(what, values))


def _servers(options: Options) -> Iterator[Server]:
    folder = options.folder / "series"
    limits = [part for name in _LIMITS for part in ("--set", f"ingest.series.{name}=10000000")]
    limits += ["--set", "query.max_series=2000000"]
    make = {
        "vedette": lambda: vedette(folder, 9340, *limits),
        "victoria-metrics": lambda: victoria_metrics(folder, 9341),
        "prometheus": lambda: prometheus(folder, 9342),
    }
    for name in options.peers:
        server = make[name]()
        if server is not None:
            yield server


def _goal(what: str, values: dict[str, float | None]) -> float | None:
    if "ready" in what:
        return 3.0
    if "slowest" in what:
        return 500.0
    peer = values.get("victoria-metrics")
    return 2 * peer if peer is not None and ("CPU" in what or "RSS" in what) else None


def _template(first: int) -> RemoteWriteTemplate:
    return RemoteWriteTemplate([_labels(number) for number in range(first, first + _PER_REQUEST)])


def _labels(number: int) -> dict[str, str]:
    job, instance = divmod(number, _INSTANCES)
    return {
        "__name__": _METRIC,
        "env": ("production", "staging", "test")[job % 3],
        "instance": f"host-{instance:02d}",
        "job": f"job_{job}",
        "pod": f"job-{job}-{number * 2654435761 % 2**32:08x}",
        "zone": REGIONS[instance % len(REGIONS)],
    }


def _measure(
    server: Server, templates: list[RemoteWriteTemplate], start_ms: int
) -> Iterator[tuple[tuple[str, str], float]]:
    server.start(fresh=True)
    connection = Connection(server.port)
    end_ms = start_ms + (_MOMENTS - 1) * _STEP_MS
    paths = {
        name: path.format(start=start_ms / 1000, end=end_ms / 1000) + server.query_extra
        for name, path in _QUESTIONS.items()
    }
    first_cpu_s, first_s = _send(server, connection, templates, start_ms, range(1))
    yield ("first sight: CPU-s per M series", "s"), first_cpu_s / _MILLIONS
    yield ("first sight: rate", "M series/s"), _MILLIONS / first_s
    yield ("RSS after first sight", "MB"), server.rss_bytes() / 1e6
    server.stop(signal.SIGKILL)
    yield ("ready after kill -9, all in the log", "s"), server.start()
    connection = Connection(server.port)
    again_cpu_s, _ = _send(server, connection, templates, start_ms, range(1, 2))
    yield ("first sight after that: CPU-s per M series", "s"), again_cpu_s / _MILLIONS
    cpu_s, _ = _send(server, connection, templates, start_ms, range(2, _MOMENTS))
    yield ("later samples: CPU-s per M", "s"), cpu_s / (_MOMENTS - 2) / _MILLIONS
    before = server.cpu_s()
    slowest = _slowest_while_settling(server, paths["selector of 1,000"])
    yield ("settling (seal, merges): CPU-s", "s"), server.cpu_s() - before
    yield ("settling: slowest selector of 1,000", "ms"), slowest * 1000
    yield ("RSS, settled", "MB"), server.rss_bytes() / 1e6
    for name, path in paths.items():
        yield (f"{name}: first", "ms"), median_ms(ask(connection, path, 1))
        yield (f"{name}: median", "ms"), median_ms(ask(connection, path, 5))
    yield ("RSS after queries", "MB"), server.rss_bytes() / 1e6
    began = time.perf_counter()
    server.stop()
    yield ("clean stop", "s"), time.perf_counter() - began
    yield ("ready after a clean stop", "s"), server.start()
    yield (
        ("selector of 1,000 right after the start", "ms"),
        median_ms(ask(Connection(server.port), paths["selector of 1,000"], 1)),
    )
    yield ("disk", "B/series"), server.disk_bytes() / _MILLIONS / 1e6
    server.stop()


def _send(
    server: Server, connection: Connection, templates: list[RemoteWriteTemplate], start_ms: int, moments: range
) -> tuple[float, float]:
    """(CPU seconds of the server, seconds spent sending)."""
    before, sending = server.cpu_s(), 0.0
    for moment in moments:
        rng = np.random.default_rng(moment)
        for template in templates:
            values = np.round(rng.uniform(0, 100, _PER_REQUEST) + 1000 * moment)
            body = template.body(start_ms + moment * _STEP_MS, values)
            began = time.perf_counter()
            connection.post(server.write_path, body, REMOTE_WRITE_HEADERS)
            sending += time.perf_counter() - began
    return server.cpu_s() - before, sending


def _slowest_while_settling(server: Server, path: str) -> float:
    """The longest round trip, in seconds, of a query asked four times a second until background work has died down."""
    connection, times, calm = Connection(server.port), [0.0], 0
    end = time.monotonic() + _SETTLE_AT_MOST_S
    while time.monotonic() < end and calm < _CALM_S:
        before = server.cpu_s()
        for _ in range(4):
            times += ask(connection, path, 1)
            time.sleep(0.25)
        calm = calm + 1 if server.cpu_s() - before < _CALM_CPU_S else 0
    return max(times)
