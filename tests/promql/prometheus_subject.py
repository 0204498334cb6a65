"""A real Prometheus 3 as what the scripts are run against; it starts empty and takes samples by remote write."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

import cramjam
import numpy as np
from bench.data import delimited, varint

from vedette.errors import BadData
from vedette.model.frame import Annotation, QueryResult, RawSeries
from vedette.model.labels import EMPTY, Labels
from vedette.model.special import FloatArray, IntArray
from vedette.promql import ast
from vedette.promql.printer import print_expr

_FEATURES = "promql-experimental-functions,promql-delayed-name-removal,promql-duration-expr"
_PLACE = re.compile(r" \(\d+:\d+\)$")


class PrometheusSubject:
    """Starts the program when the first question comes."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._new: list[tuple[Labels, IntArray, FloatArray]] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._url = ""

    def load(self, series: Sequence[tuple[Labels, IntArray, FloatArray]]) -> None:
        self._new += [one for one in series if len(one[1])]

    def instant(self, expr: ast.Expr, time_ms: int) -> QueryResult:
        return self._ask("query", query=print_expr(expr), time=time_ms / 1000)

    def range(self, expr: ast.Expr, start_ms: int, end_ms: int, step_ms: int) -> QueryResult:
        query = print_expr(expr)
        return self._ask("query_range", query=query, start=start_ms / 1000, end=end_ms / 1000, step=step_ms / 1000)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _ask(self, path: str, **parameters: object) -> QueryResult:
        if self._process is None:
            self._start()
        if self._new:
            self._write()
        try:
            told = json.loads(self._post(path, urllib.parse.urlencode(parameters).encode(), {}))
        except urllib.error.HTTPError as error:
            raise BadData(json.load(error)["error"]) from None
        result = _result(told["data"]["resultType"], told["data"]["result"])
        # Over HTTP annotations end with line and column, which the scripts do not have.
        result.warnings = [Annotation(_PLACE.sub("", text)) for text in told.get("warnings", ())]
        result.infos = [Annotation(_PLACE.sub("", text)) for text in told.get("infos", ())]
        return result

    def _start(self) -> None:
        config = self._folder / "prometheus.yml"
        # Samples of 1970 and later ones come in any order.
        config.write_text("storage:\n  tsdb:\n    out_of_order_time_window: 100y\n")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        self._url = f"http://{address}/api/v1/"
        command = [self._program, f"--config.file={config}", f"--storage.tsdb.path={self._folder / 'data'}"]
        command += [f"--web.listen-address={address}", "--storage.tsdb.retention.time=100y", "--log.level=error"]
        command += ["--web.enable-remote-write-receiver", f"--enable-feature={_FEATURES}"]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for _ in range(500):
            try:
                urllib.request.urlopen(f"http://{address}/-/ready", timeout=2).close()
                return  # noqa: TRY300 - the loop goes on only after an error
            except OSError:
                time.sleep(0.02)
        raise AssertionError("prometheus did not start")

    def _write(self) -> None:
        messages = []
        for labels, times, values in self._new:
            pairs = [delimited(1, delimited(1, name.encode()) + delimited(2, text.encode())) for name, text in labels]
            cells = zip(times.tolist(), values, strict=True)
            samples = [
                delimited(2, b"\x09" + np.float64(value).tobytes() + b"\x10" + varint(at)) for at, value in cells
            ]
            messages.append(delimited(1, b"".join(pairs + samples)))
        self._new = []
        headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"}
        self._post("write", bytes(cramjam.snappy.compress_raw(b"".join(messages))), headers)

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        request = urllib.request.Request(self._url + path, body, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return bytes(answer.read())


def prometheus_subject(program: str, folder: Path) -> Callable[[], PrometheusSubject]:
    """A maker of subjects, each in a folder of its own."""

    def make() -> PrometheusSubject:
        own = folder / str(len(list(folder.iterdir())))
        own.mkdir()
        return PrometheusSubject(program, own)

    return make


def _result(kind: str, told: list) -> QueryResult:  # type: ignore[type-arg]  # JSON
    if kind == "string":
        return QueryResult("string", text=told[1])
    if kind == "scalar":
        return QueryResult("scalar", raw=[_series({}, [told])])
    points = "value" if kind == "vector" else "values"
    # Native histograms come under another name.
    rows = [_series(row["metric"], [row[points]] if kind == "vector" else row[points]) for row in told if points in row]
    return QueryResult("vector" if kind == "vector" else "matrix", raw=rows)


def _series(metric: dict[str, str], points: list[list]) -> RawSeries:  # type: ignore[type-arg]  # JSON
    times = np.array([round(at * 1000) for at, _ in points], dtype=np.int64)
    return RawSeries(Labels.of(metric) if metric else EMPTY, times, np.array([float(value) for _, value in points]))
