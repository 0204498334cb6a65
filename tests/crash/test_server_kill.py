"""The whole server under kill -9: what it acknowledged over HTTP is there after the restart, with the right values."""

from __future__ import annotations

import http.client
import json
import random
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

pytestmark = [pytest.mark.crash, pytest.mark.timeout(3600)]

SERIES = 20
SENDERS = 3


class Server:
    """A real `vedette serve` on a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = Path(sys.executable).parent / "vedette"
        command = [str(program), "serve", "--no-auth", "--data", str(self.folder), "--port", str(self.port)]
        with (self.folder.parent / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        for _ in range(600):
            try:
                self.get("/-/ready")
                return  # noqa: TRY300 - the loop goes on only after an error
            except OSError:
                assert self.process.poll() is None, (self.folder.parent / "log").read_text()[-3000:]
                time.sleep(0.05)
        raise AssertionError("the server did not become ready in 30 s")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return bytes(answer.read())

    def post(self, path: str, body: bytes) -> int:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "data"
    folder.mkdir()
    made = Server(folder)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()


class Sender(threading.Thread):
    """Pushes counted samples until the server dies; remembers which numbers were acknowledged."""

    def __init__(self, server: Server, name: int, first: int, base_ms: int) -> None:
        super().__init__()
        self.server, self.sender, self.number, self.base_ms = server, name, first, base_ms
        self.acknowledged: list[int] = []

    def run(self) -> None:
        while True:
            body = [
                {
                    "labels": {"__name__": "crash_test", "sender": str(self.sender), "n": str(n)},
                    "value": value_of(self.number, n),
                    "timestamp_ms": self.base_ms + self.number,
                }
                for n in range(SERIES)
            ]
            try:
                self.server.post("/api/v1/samples", json.dumps(body).encode())
            except (OSError, http.client.HTTPException):
                return
            self.acknowledged.append(self.number)
            self.number += 1


def value_of(number: int, series: int) -> float:
    """The value that belongs to a sample, so that a wrong one shows."""
    return number * 1000 + series


def test_no_acknowledged_sample_is_lost_by_kill_9(server: Server, pytestconfig: pytest.Config) -> None:
    """Senders push while the server is killed at random; after each restart every acknowledged sample is right."""
    cycles = max(2, int(pytestconfig.getoption("--crash-cycles")) // 3)
    base_ms = int(time.time() * 1000) - 600_000
    acknowledged: list[set[int]] = [set() for _ in range(SENDERS)]
    first = [1] * SENDERS
    chance = random.Random(cycles)
    for _ in range(cycles):
        server.start()
        _check(server, base_ms, acknowledged, first)
        senders = [Sender(server, n, first[n], base_ms) for n in range(SENDERS)]
        for sender in senders:
            sender.start()
        time.sleep(chance.uniform(0.05, 1.0))
        server.kill()
        for sender in senders:
            sender.join()
            acknowledged[sender.sender].update(sender.acknowledged)
            # The batch under way may have been stored whole: its number is not used again.
            first[sender.sender] = sender.number + 1
    server.start()
    _check(server, base_ms, acknowledged, first)
    assert min(map(len, acknowledged)) > 0


def _check(server: Server, base_ms: int, acknowledged: list[set[int]], first: list[int]) -> None:
    end_s = (base_ms + max(first)) / 1000
    for sender, numbers in enumerate(acknowledged):
        if not numbers:
            continue
        selector = quote(f'crash_test{{sender="{sender}"}}[{max(first) + 10}ms]')
        result = json.loads(server.get(f"/api/v1/query?query={selector}&time={end_s:.3f}"))["data"]["result"]
        assert len(result) == SERIES
        for series in result:
            stored = {round(float(at) * 1000) - base_ms: float(value) for at, value in series["values"]}
            n = int(series["metric"]["n"])
            assert {number: value for number, value in stored.items() if value != value_of(number, n)} == {}
            assert numbers - stored.keys() == set()
            assert max(stored) < first[sender]
