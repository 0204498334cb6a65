"""Influx line protocol: 10 k lines x 10 fields a request, one sender."""

from __future__ import annotations

import time

from bench.data import HostData, influx_body
from bench.load import Connection
from bench.process import servers
from bench.report import Report
from bench.run import Options

TITLE = "Influx line protocol, 10 k lines x 10 fields a request"
_REQUESTS = 60


def run(report: Report, options: Options) -> None:
    """1,000 hosts, ten moments a request."""
    start_ms = int(time.time() * 1000) // 10_000 * 10_000 - _REQUESTS * 100_000
    data = HostData(1000, _REQUESTS * 10, start_ms)
    moments = list(data.moments())
    bodies = [
        b"".join(influx_body(data, range(1000), *moment) for moment in moments[at : at + 10])
        for at in range(0, len(moments), 10)
    ]
    cost: dict[str, float | None] = {}
    rate: dict[str, float | None] = {}
    for server in servers(options.folder / "influx", [name for name in options.peers if name != "prometheus"]):
        server.start(fresh=True)
        connection = Connection(server.port)
        connection.post(server.influx_path, bodies[0], {})
        before, began = server.cpu_s(), time.perf_counter()
        for body in bodies[1:]:
            connection.post(server.influx_path, body, {})
        seconds = time.perf_counter() - began
        millions = (len(bodies) - 1) / 10
        cost[server.name], rate[server.name] = (server.cpu_s() - before) / millions, millions / seconds
        server.stop()
    report.add("Influx lines: CPU-s per M samples", "s", cost, at_most=0.6)
    report.add("Influx lines: rate", "M samples/s", rate)
