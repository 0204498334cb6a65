"""Servers under measurement: start, stop, kill, and what they cost."""

from __future__ import annotations

import atexit
import compileall
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

NEWEST = Path(".make/peers/bin")
_PACKAGE = Path(__file__).parents[1] / "src" / "vedette"


@dataclass
class Server:
    """A program with a data folder and an HTTP port on loopback."""

    name: str
    version: str
    port: int
    data: Path
    command: list[str]
    ready_path: str
    write_path: str = "/api/v1/write"
    influx_path: str = "/write"
    query_extra: str = ""
    process: subprocess.Popen[bytes] | None = None
    ready_s: float = 0.0
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.data.parent / f"{self.name}.log"

    def start(self, *, fresh: bool = False) -> float:
        """Start and wait until it answers queries; seconds that took."""
        if self._answers():
            sys.exit(f"something already answers on port {self.port}")
        if fresh:
            shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        atexit.register(self.process.kill)
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() - began > 120:
                sys.exit(f"{self.name} did not start: see {self.log}\n{self.log.read_text()[-2000:]}")
            time.sleep(0.005)
        self.ready_s = time.perf_counter() - began
        return self.ready_s

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self.ready_path)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self, signal_number: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(signal_number)
            self.process.wait(timeout=120)
            self.process = None

    def _ps(self) -> list[psutil.Process]:
        assert self.process is not None
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def cpu_s(self) -> float:
        """User and system time so far."""
        return sum(sum(p.cpu_times()[:2]) for p in self._ps())

    def rss_bytes(self) -> int:
        return sum(p.memory_info().rss for p in self._ps())

    def disk_bytes(self) -> int:
        """All files of the data folder, apparent size."""
        return sum(f.stat().st_size for f in self.data.rglob("*") if f.is_file())

    def settle(self, quiet_s: float = 3.0, at_most_s: float = 180.0) -> None:
        """Wait until background work has died down."""
        end, calm = time.monotonic() + at_most_s, 0.0
        before = self.cpu_s()
        while time.monotonic() < end and calm < quiet_s:
            time.sleep(1)
            now = self.cpu_s()
            calm = calm + 1 if now - before < 0.06 else 0.0
            before = now


def peer(name: str) -> str | None:
    """Path of a peer program: the newest unpacked one, else the installed one."""
    newest = NEWEST / name
    return str(newest.resolve()) if newest.exists() else shutil.which(name)


def servers(folder: Path, names: list[str]) -> list[Server]:
    """The servers asked for that can run here."""
    answer = []
    for name in names:
        make = {"vedette": vedette, "victoria-metrics": victoria_metrics, "prometheus": prometheus}[name]
        server = make(folder)
        if server is None:
            print(f"SKIPPED {name}: the program is not here (scripts/newest-peers)")
        else:
            answer.append(server)
    return answer


def vedette(folder: Path, port: int = 9260, *more: str) -> Server:
    # As an installed package is: a start from sources that are translated anew each time, because the environment
    # says PYTHONDONTWRITEBYTECODE, takes 0.15 s longer.
    compileall.compile_dir(_PACKAGE, quiet=1)
    data = folder / "vedette"
    program = Path(sys.executable).parent / "vedette"
    # Without its own metrics: they are of now, the data of the benchmark is of the past.
    command = [str(program), "serve", "--no-auth", "--data", str(data), "--port", str(port)]
    command += ["--set", "host.enabled=false", "--set", "telemetry.export_interval=0", *more]
    return Server("vedette", "", port, data, command, "/-/ready")


def victoria_metrics(folder: Path, port: int = 9261) -> Server | None:
    path = peer("victoria-metrics")
    if path is None:
        return None
    data = folder / "victoria-metrics"
    command = [path, f"-storageDataPath={data}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=100y"]
    command += ["-search.latencyOffset=0s", "-search.maxUniqueTimeseries=1000000"]
    return Server("victoria-metrics", "", port, data, command, "/health", query_extra="&nocache=1")


def prometheus(folder: Path, port: int = 9262) -> Server | None:
    path = peer("prometheus")
    if path is None:
        return None
    data = folder / "prometheus"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "prometheus.yml"
    config.write_text("global: {}\n")
    command = [path, f"--storage.tsdb.path={data}", f"--web.listen-address=127.0.0.1:{port}", f"--config.file={config}"]
    command += ["--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=10y"]
    command += ["--enable-feature=promql-delayed-name-removal"]
    return Server("prometheus", "", port, data, command, "/-/ready")


def free_cores() -> str:
    """What the machine was doing meanwhile."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
