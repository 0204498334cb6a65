"""Real senders against a real server: Prometheus remote-writing in both versions, and the official Influx client."""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from influxdb_client import InfluxDBClient, Point, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

pytestmark = pytest.mark.peer

ROOT = Path(__file__).parents[2]
NEWEST = ROOT / ".make" / "peers" / "bin" / "prometheus"
EXPOSITION = b"""# HELP http_requests_total Requests served.
# TYPE http_requests_total counter
http_requests_total{code="200",path="/\xc3\xa9"} 1027
# HELP temperature_celsius Temperature.
# TYPE temperature_celsius gauge
temperature_celsius -3.5
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(*command: str, log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        running = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        yield
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


class Server:
    """A real `vedette serve`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def values(self, query: str) -> list[tuple[dict[str, str], str]]:
        """The answer to an instant query."""
        result = self.get(f"/api/v1/query?query={quote(query)}")["data"]["result"]
        return [(one["metric"], one["value"][1]) for one in result]

    def wait_for(self, query: str) -> list[tuple[dict[str, str], str]]:
        """The first answer that is not empty."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = self.values(query)
            if found:
                return found
            time.sleep(0.2)
        raise AssertionError(f"{query} stayed empty")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("peers")
    port = free_port()
    program = str(Path(sys.executable).parent / "vedette")
    with process(
        program, "serve", "--no-auth", "--data", str(folder / "data"), "--port", str(port), log=folder / "log"
    ):
        it = Server(port)
        for _ in range(300):
            try:
                urllib.request.urlopen(it.url + "/-/ready", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError((folder / "log").read_text()[-3000:])
        yield it


@pytest.fixture
def target() -> Iterator[int]:
    """Something for Prometheus to scrape: its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(EXPOSITION)

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    serving = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    yield serving.server_address[1]
    serving.shutdown()
    thread.join()
    serving.server_close()


def prometheus(version: int) -> str:
    """A Prometheus that can send this version of remote write."""
    path = str(NEWEST) if NEWEST.exists() else shutil.which("prometheus")
    if version == 1:
        path = shutil.which("prometheus")
    elif not NEWEST.exists():
        path = None
    if path is None:
        pytest.skip("no Prometheus that speaks this version is installed (scripts/peers, scripts/newest-peers)")
    return path


@pytest.mark.parametrize("version", [1, 2])
def test_prometheus_remote_writes(version: int, server: Server, target: int, tmp_path: Path) -> None:
    """Samples, labels and metadata arrive, and Prometheus counts neither a failed nor a dropped sample."""
    program, port = prometheus(version), free_port()
    proto = "\n    protobuf_message: io.prometheus.write.v2.Request" if version == 2 else ""
    config = tmp_path / "prometheus.yml"
    config.write_text(
        f"""
global: {{scrape_interval: 1s, external_labels: {{sender: v{version}}}}}
scrape_configs:
  - job_name: t
    static_configs: [{{targets: ["127.0.0.1:{target}"]}}]
remote_write:
  - url: {server.url}/api/v1/write{proto}
    metadata_config: {{send_interval: 1s}}
    queue_config: {{batch_send_deadline: 1s}}
"""
    )
    command = [program, f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'tsdb'}"]
    command.append(f"--web.listen-address=127.0.0.1:{port}")
    if version == 2:
        command.append("--enable-feature=metadata-wal-records")
    with process(*command, log=tmp_path / "log"):
        found = server.wait_for(f'http_requests_total{{sender="v{version}"}}')
        expected = {
            "__name__": "http_requests_total", "code": "200", "path": "/é", "job": "t",
            "instance": f"127.0.0.1:{target}", "sender": f"v{version}",
        }  # fmt: skip
        assert found == [(expected, "1027")]
        assert server.wait_for(f'up{{sender="v{version}"}}')[0][1] == "1"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            own = answer.read().decode()
    for line in own.splitlines():
        if line.startswith("prometheus_remote_storage_samples_failed_total"):
            assert float(line.rpartition(" ")[2]) == 0, line
    deadline = time.monotonic() + 10
    while "temperature_celsius" not in server.get("/api/v1/metadata")["data"] and time.monotonic() < deadline:
        time.sleep(0.2)
    assert server.get("/api/v1/metadata?metric=temperature_celsius")["data"]["temperature_celsius"] == [
        {"type": "gauge", "help": "Temperature.", "unit": ""}
    ]


@pytest.mark.parametrize("gzip", [False, True])
def test_the_influx_client_writes(server: Server, gzip: bool) -> None:
    """Points arrive by the official client, plain and gzip; it finds the server alive."""
    host = f"gzip {gzip}, é"
    with InfluxDBClient(url=server.url, token="any", org="o", enable_gzip=gzip) as client:
        assert client.ping()
        writer = client.write_api(write_options=SYNCHRONOUS)
        now_ns = time.time_ns()
        point = Point("climate").tag("host", host).field("celsius", 21.5).field("count", 3).field("ok", True)
        writer.write("b", record=point.field("note", "a text").time(now_ns, WritePrecision.NS))
        writer.write("b", record=f"climate,host=plain celsius=1 {now_ns // 10**9}", write_precision=WritePrecision.S)
    found = {metric["__name__"]: value for metric, value in server.values(f'{{__name__=~"climate_.*", host="{host}"}}')}
    assert found == {"climate_celsius": "21.5", "climate_count": "3", "climate_ok": "1"}
    assert server.values('climate_celsius{host="plain"}')[0][1] == "1"


def test_the_influx_client_understands_our_complaints(server: Server) -> None:
    """A bad line raises the client's own error with our words in it."""
    with InfluxDBClient(url=server.url, token="any", org="o") as client:
        writer = client.write_api(write_options=SYNCHRONOUS)
        with pytest.raises(ApiException) as caught:
            writer.write("b", record="climate celsius=warm")
    assert caught.value.status == 400
    assert "line 1: the value is not a number" in caught.value.message
