"""The real server from start to stop: readiness, clear refusals, an orderly end."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

VEDETTE = str(Path(sys.executable).parent / "vedette")
QUIET = ["--set", "host.enabled=false", "--set", "telemetry.export_interval=0"]


class Server:
    """A `vedette serve` on a free port."""

    def __init__(self, data: Path, *arguments: str) -> None:
        command = [VEDETTE, "serve", "--no-auth", "--data", str(data), "--port", "0", *QUIET, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("Vedette is ready: "):
            raise AssertionError(self.process.communicate()[1])
        self.url = line.rpartition(" ")[2].strip()

    def get(self, path: str) -> str:
        """The body of an answer."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return str(answer.read().decode())

    def push(self, text: str) -> None:
        """Send samples in exposition format."""
        urllib.request.urlopen(self.url + "/api/v1/import/prometheus", text.encode(), timeout=10).close()

    def post(self, path: str) -> str:
        """The body of an answer to a request without one."""
        request = urllib.request.Request(self.url + path, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())

    def count(self, query: str) -> int:
        """How many series a query gives."""
        return len(json.loads(self.get(f"/api/v1/query?query={query}"))["data"]["result"])

    def stop(self) -> int:
        """Ask it to end and wait; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def serving(data: Path, *arguments: str) -> Iterator[Server]:
    """A server that is gone at the end in any case."""
    server = Server(data, *arguments)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()


def refusal(*arguments: str) -> tuple[int, str]:
    """Exit code and message of a server that cannot start."""
    done = subprocess.run(
        [VEDETTE, "serve", *arguments, *QUIET], capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode, done.stderr


def test_samples_survive_a_stop_and_a_kill(tmp_path: Path) -> None:
    """What was acknowledged is there after an orderly stop, and after none."""
    data = tmp_path / "data"
    with serving(data) as server:
        assert server.get("/-/ready") == "Vedette is ready.\n"
        server.push("a 1")
        assert server.stop() == 0
    with serving(data) as server:
        server.push("b 2")
        server.process.kill()
    with serving(data) as server:
        assert (server.count("a"), server.count("b")) == (1, 1)


def test_open_streams_do_not_hold_up_the_end(tmp_path: Path) -> None:
    """A WebSocket (code 1001) and an event stream are ended when the server stops, long before the drain timeout."""
    with (
        serving(tmp_path / "data", "--set", "http.drain_timeout=60s") as server,
        connect(server.url.replace("http", "ws") + "/ws/metrics/stream") as socket,
    ):
        assert json.loads(socket.recv(5))["type"] == "hello"
        stream = urllib.request.urlopen(server.url + "/stream/metrics?promql=up", timeout=20)
        assert stream.readline().startswith(b"event: ")
        assert server.stop() == 0
        assert list(socket) == []
        assert socket.close_code == 1001
        stream.read()
        stream.close()


def test_a_stream_in_batches_says_the_same(tmp_path: Path) -> None:
    """With `?batch=true` each text is an array of messages; anything but true or false is refused."""
    with serving(tmp_path / "data") as server:
        address = server.url.replace("http", "ws") + "/ws/metrics/stream?batch="
        server.push("a 1")
        with connect(address + "true") as socket:
            for name in "xyz":
                socket.send(json.dumps({"op": "subscribe", "id": name, "promql": "a"}))
            missing = {("", "hello"), *((name, kind) for name in "xyz" for kind in ("series", "frame"))}
            while missing:
                missing -= {(message.get("id", ""), message["type"]) for message in json.loads(socket.recv(10))}
        with pytest.raises(InvalidStatus, match="400"):
            connect(address + "perhaps")


def test_cleaning_gives_back_the_space_of_deleted_samples(tmp_path: Path) -> None:
    """After clean_tombstones the blocks are smaller, however little was deleted, and what was kept is there."""
    data = tmp_path / "data"
    with serving(data) as server:
        now_ms = int(time.time() * 1000)
        for name in ("kept", "gone"):
            lines = [f'{name}{{i="{i}"}} {random.random()} {now_ms - 1000 * at}' for i in range(9) for at in range(300)]
            server.push("\n".join(lines))
        server.post("/api/v1/admin/tsdb/snapshot")
        before = blocks_bytes(data)
        server.post('/api/v1/admin/tsdb/delete_series?match[]=gone{i="3"}')
        server.post("/api/v1/admin/tsdb/clean_tombstones")
        after = blocks_bytes(data)
        assert 0.85 * before < after < 0.99 * before
        assert not list(data.glob("projects/*/blocks/*/tombstones"))
        assert (server.count("count_over_time(kept[1h])"), server.count("count_over_time(gone[1h])")) == (9, 8)
        server.post("/api/v1/admin/tsdb/delete_series?match[]=gone")
        server.post("/api/v1/admin/tsdb/clean_tombstones")
        assert blocks_bytes(data) < 0.6 * before


def blocks_bytes(data: Path) -> int:
    return sum(path.stat().st_size for path in data.glob("projects/*/blocks/*/*"))


def scrape_file(path: Path, *jobs: str) -> None:
    lines = [f"- {{job_name: {job}, static_configs: [{{targets: ['127.0.0.1:9']}}]}}" for job in jobs]
    path.write_text("scrape_configs:\n" + "\n".join(lines) + "\n")


def test_the_scrape_configuration_is_reloaded_on_demand(tmp_path: Path) -> None:
    """By POST /-/reload and by SIGHUP; a bad file is refused with its line, changes nothing and shows in the status."""
    path = tmp_path / "scrape.yml"
    scrape_file(path, "a")
    settings = ("--set", f"scrape.config_file={path}", "--set", "scrape.watch_interval=0")
    with serving(tmp_path / "data", *settings) as server:

        def scrapes(*jobs: str) -> bool:
            """Whether these are soon the jobs; discovery needs a moment."""
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                active = json.loads(server.get("/api/v1/targets"))["data"]["activeTargets"]
                if {target["scrapePool"] for target in active} == set(jobs):
                    return True
                time.sleep(0.02)
            return False

        def reloaded() -> bool:
            return bool(json.loads(server.get("/api/v1/status/runtimeinfo"))["data"]["reloadConfigSuccess"])

        scrape_file(path, "a", "b")
        server.post("/-/reload")
        assert (scrapes("a", "b"), reloaded()) == (True, True)
        path.write_text("scrape_configs:\n- jobname: x\n- {job_name: c, scheme: gopher}\n")
        with pytest.raises(urllib.error.HTTPError) as caught:
            server.post("/-/reload")
        body = caught.value.read().decode()
        assert (caught.value.code, "jobname" in body, "gopher" in body) == (400, True, True), body
        assert (scrapes("a", "b"), reloaded()) == (True, False)
        scrape_file(path, "d")
        server.process.send_signal(signal.SIGHUP)
        assert (scrapes("d"), reloaded()) == (True, True)


def test_two_servers_cannot_share_a_folder_or_a_port(tmp_path: Path) -> None:
    """The second says who has it and ends with exit code 5."""
    data = tmp_path / "data"
    with serving(data) as server:
        code, message = refusal("--data", str(data), "--port", "0")
        assert (code, str(server.process.pid) in message) == (5, True), message
        code, message = refusal("--data", str(tmp_path / "other"), "--port", server.url.rpartition(":")[2])
        assert (code, "in use" in message) == (5, True), message
        assert message.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """One line with the path, exit code 7."""
    (tmp_path / "file").write_text("")
    code, message = refusal("--data", str(tmp_path / "file" / "data"), "--port", "0")
    assert (code, str(tmp_path / "file") in message) == (7, True), message
    assert "Traceback" not in message


def test_wrong_settings_and_files_stop_the_start(tmp_path: Path) -> None:
    """Exit code 3 with each error's place, before anything is opened."""
    config, scrape = tmp_path / "v.toml", tmp_path / "scrape.yml"
    config.write_text("[http]\nprot = 1\n")
    scrape.write_text("scrape_configs:\n  - jobname: x\n")
    code, message = refusal("--data", str(tmp_path / "data"), "--config", str(config))
    assert (code, f"{config}:2" in message) == (3, True), message
    code, message = refusal("--data", str(tmp_path / "data"), "--set", f"scrape.config_file={scrape}", "--port", "0")
    assert (code, "scrape.yml" in message) == (3, True), message


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    """An operator who insists does not wait for a client that never ends its request."""
    with serving(tmp_path / "data", "--set", "http.drain_timeout=60s") as server:
        stream = urllib.request.urlopen(server.url + "/stream/metrics?promql=up", timeout=60)
        stream.readline()
        server.process.send_signal(signal.SIGINT)
        again = threading.Timer(0.5, server.process.send_signal, [signal.SIGINT])
        again.start()
        # 0 or killed by the signal when it was done before the second came
        assert server.process.wait(20) in (0, 130, -signal.SIGINT)
        again.join()
        stream.close()


def test_connections_are_bounded(tmp_path: Path) -> None:
    """When as many as allowed are open a further request is refused with status 503."""
    with serving(tmp_path / "data", "--set", "http.max_connections=2") as server:
        held = urllib.request.urlopen(server.url + "/stream/metrics?promql=up", timeout=20)
        with pytest.raises(urllib.error.HTTPError) as caught:
            server.get("/-/ready")
        assert caught.value.code == 503
        caught.value.close()
        held.close()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9000"])
def test_rebound_names_get_no_answer(tmp_path: Path, host: str) -> None:
    """A page that makes its own name point here is refused by the real server, too."""
    with serving(tmp_path / "data") as server:
        request = urllib.request.Request(server.url + "/api/v1/query?query=up", headers={"Host": host})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=10)
        assert caught.value.code == 421
        caught.value.close()
