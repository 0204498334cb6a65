"""A file system that really is full, under a real server: nothing acknowledged is lost, and it goes on by itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

SERIES = 200
DISK_BYTES = 24 * 2**20
FREE_BYTES = 3 * 2**20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, nearly full; where mounting is not allowed that is said aloud."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
        subprocess.run(mount, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", None) or str(error)
        message = f"no file system can be mounted here ({reason.strip()}): a full disk is NOT proved on a real one"
        warnings.warn(message, stacklevel=2)
        pytest.skip(message)
    with (folder / "filler").open("wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, DISK_BYTES - FREE_BYTES)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Server:
    """A real `vedette serve` on the small disk; its own guard is off, so that the store meets the full disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._log = folder.parent / "log"
        self.start()

    def start(self) -> None:
        command = [str(Path(sys.executable).parent / "vedette"), "serve", "--data", str(self.folder / "data")]
        command += ["--port", str(self.port), "--no-auth", "--set", "host.enabled=false"]
        command += ["--set", "server.min_free=0", "--set", "telemetry.export_interval=0"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        for _ in range(600):
            try:
                self.ask("/-/ready")
                return  # noqa: TRY300 - the loop goes on only after an error
            except OSError:
                assert self.process.poll() is None, self._log.read_text()[-3000:]
                time.sleep(0.05)
        raise AssertionError("the server did not become ready in 30 s")

    def stop(self, number: int) -> None:
        self.process.send_signal(number)
        self.process.wait(30)

    def ask(self, path: str, body: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())

    def push(self, number: int) -> None:
        """A sample of every series; raises HTTPError when it is not taken."""
        time_ms = moment(number)
        samples = [
            {"labels": {"__name__": "full_disk", "n": str(n)}, "value": number + n / 1000, "timestamp_ms": time_ms}
            for n in range(SERIES)
        ]
        self.ask("/api/v1/samples", json.dumps(samples).encode())

    def stored(self, numbers: int) -> set[int]:
        """Those of the first numbers that are there with all series and the right values."""
        query = quote("sum(full_disk) and count(full_disk) == 200")
        range_s = f"start={moment(0) / 1000}&end={moment(numbers) / 1000}&step=1"
        data = json.loads(self.ask(f"/api/v1/query_range?query={query}&{range_s}&lookback_delta=1s"))["data"]
        found = {round(t - moment(0) / 1000): float(value) for t, value in data["result"][0]["values"]}
        rest = sum(range(SERIES)) / 1000
        return {number for number, value in found.items() if abs(value - number * SERIES - rest) < 1e-6}


BEGAN_S = int(time.time()) - 3000


def moment(number: int) -> int:
    """The timestamp of one push, ms."""
    return (BEGAN_S + number) * 1000


def test_a_full_disk_loses_nothing_and_passes(small_disk: Path) -> None:
    """Writers are told why and to come again, questions go on, and after space was freed so do writers."""
    server = Server(small_disk)
    try:
        acknowledged, refusal = _push_until_refused(server)
        assert refusal.code == 503
        assert int(refusal.headers["Retry-After"]) > 0
        told = json.loads(refusal.read())
        assert told["code"] == "unavailable"
        assert "No space left on device" in told["error"]
        assert server.stored(acknowledged) >= set(range(acknowledged))
        # Full at a restart, too: what is there can be asked for.
        server.stop(signal.SIGKILL)
        server.start()
        assert server.stored(acknowledged) >= set(range(acknowledged))
        (small_disk / "filler").unlink()
        for number in range(acknowledged, acknowledged + 50):
            server.push(number)
        server.stop(signal.SIGTERM)
        server.start()
        assert server.stored(acknowledged + 50) == set(range(acknowledged + 50))
    finally:
        server.stop(signal.SIGKILL)


def _push_until_refused(server: Server) -> tuple[int, urllib.error.HTTPError]:
    for number in range(2900):
        try:
            server.push(number)
        except urllib.error.HTTPError as refusal:
            return number, refusal
    raise AssertionError("the disk never was full")
