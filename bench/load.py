"""Senders and askers: keep-alive HTTP with nothing around it, so that the server is what is measured."""

from __future__ import annotations

import http.client
import statistics
import time
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np
import numpy.typing as npt


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        """Send; raises on any answer but 2xx."""
        self._connection.request("POST", path, body, headers)
        return self._answer()

    def get(self, path: str) -> bytes:
        self._connection.request("GET", path)
        return self._answer()

    def _answer(self) -> bytes:
        response = self._connection.getresponse()
        body = response.read()
        if response.status // 100 != 2:
            raise RuntimeError(f"{response.status}: {body[:500]!r}")
        return body


REMOTE_WRITE_HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


@dataclass(frozen=True)
class Query:
    """A query of the list, over `range_ms` up to the end of the data; `step_ms` 0 asks at one instant."""

    name: str
    text: str
    range_ms: int
    step_ms: int

    def path(self, end_ms: int, extra: str) -> str:
        query = quote(self.text, safe="")
        if self.step_ms == 0:
            return f"/api/v1/query?query={query}&time={end_ms / 1000:.3f}{extra}"
        start_ms = end_ms - self.range_ms
        return (
            f"/api/v1/query_range?query={query}&start={start_ms / 1000:.3f}&end={end_ms / 1000:.3f}"
            f"&step={self.step_ms / 1000:g}{extra}"
        )


_H, _M = 3_600_000, 60_000
_TEN_METRICS = '{__name__=~"cpu_usage_.*",hostname=~"host_[0-7]"}'
QUERIES = (
    Query("Q1", 'cpu_usage_user{hostname="host_42"}', _H, 10_000),
    Query("Q2", 'avg by (hostname) (avg_over_time(cpu_usage_user{hostname=~"host_[0-9]{2}"}[1m]))', _H, _M),
    Query("Q3", "max by (hostname) (max_over_time(cpu_usage_user[5m]))", 12 * _H, 5 * _M),
    # Without the aggregation Prometheus refuses: names are dropped and ten series of a host become one.
    Query("Q4", f"max by (hostname) (max_over_time({_TEN_METRICS}[1h]))", 8 * _H, _H),
    Query("Q5", '{__name__=~"cpu_usage_.*"}', 0, 0),
    Query("Q6", "quantile(0.99, cpu_usage_user)", 12 * _H, _M),
    Query("Q7", "sum by (region) (rate(cpu_usage_user[5m]))", 6 * _H, _M),
    Query("Q8", "topk(5, avg_over_time(cpu_usage_user[30m]))", 6 * _H, 5 * _M),
)


def percentile(times: list[float], q: float) -> float:
    """A percentile in milliseconds."""
    return float(np.percentile(np.array(times), q)) * 1000


def ask(connection: Connection, path: str, times: int) -> list[float]:
    """Round trips in seconds."""
    durations = []
    for _ in range(times):
        began = time.perf_counter()
        connection.get(path)
        durations.append(time.perf_counter() - began)
    return durations


def median_ms(times: list[float]) -> float:
    return statistics.median(times) * 1000


Values = npt.NDArray[np.float64]
