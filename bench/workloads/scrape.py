"""Scraping one target of 100 k series every second or as fast as the system allows."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path

import numpy as np

from bench.data import HostData, exposition_lines
from bench.load import Connection
from bench.process import Server, peer, vedette
from bench.report import Report
from bench.run import Options

TITLE = "Scrape of a target with 100 k series"
_PORT = 9270
_SECONDS = 40


class Target:
    """A target on a thread of this process; counts how often it was scraped. Bodies are made beforehand."""

    def __init__(self) -> None:
        data = HostData(10_000, 1, 0)
        heads = exposition_lines(data.labels)
        rng = np.random.default_rng(3)
        self.bodies = [
            "".join(
                f"{head}{value:.2f}\n" for head, value in zip(heads, rng.uniform(0, 100, len(heads)), strict=True)
            ).encode()
            for _ in range(8)
        ]
        self.scrapes = 0
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._ready.wait()

    async def _serve(self) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.readuntil(b"\r\n\r\n"):
                body = self.bodies[self.scrapes % len(self.bodies)]
                self.scrapes += 1
                head = (
                    f"HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: {len(body)}\r\n\r\n"
                )
                writer.write(head.encode() + body)
                await writer.drain()

        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await answer(reader, writer)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        server = await asyncio.start_server(guarded, "127.0.0.1", _PORT)
        self._ready.set()
        await server.serve_forever()


def _config(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scrape.yml"
    path.write_text(
        "global:\n  scrape_interval: 2s\n  scrape_timeout: 2s\nscrape_configs:\n- job_name: big\n"
        f"  static_configs:\n  - targets: ['127.0.0.1:{_PORT}']\n"
    )
    return path


def _servers(folder: Path, names: list[str]) -> list[Server]:
    config = _config(folder)
    found: list[Server] = []
    if "vedette" in names:
        toml = folder / "vedette.toml"
        toml.write_text(f'[scrape]\nconfig_file = "{config}"\n[host]\nenabled = false\n')
        found.append(vedette(folder, 9263, "--config", str(toml)))
    program = peer("prometheus")
    if "prometheus" in names and program:
        data = folder / "prometheus"
        command = [
            program,
            f"--storage.tsdb.path={data}",
            "--web.listen-address=127.0.0.1:9264",
            f"--config.file={config}",
        ]
        found.append(Server("prometheus", "", 9264, data, command, "/-/ready"))
    program = peer("victoria-metrics")
    if "victoria-metrics" in names and program:
        data = folder / "victoria-metrics"
        command = [
            program,
            f"-storageDataPath={data}",
            "-httpListenAddr=127.0.0.1:9265",
            f"-promscrape.config={config}",
        ]
        command += ["-promscrape.maxScrapeSize=256MB"]
        found.append(Server("victoria-metrics", "", 9265, data, command, "/health"))
    return found


def run(report: Report, options: Options) -> None:
    """Each system by itself against the same target, after a first scrape that makes the series."""
    target = Target()
    cost: dict[str, float | None] = {}
    for server in _servers(options.folder / "scrape", options.peers):
        target.scrapes = 0
        server.start(fresh=True)
        while target.scrapes < 3:
            time.sleep(0.2)
        time.sleep(1)
        before, scraped = server.cpu_s(), target.scrapes
        time.sleep(_SECONDS)
        cost[server.name] = (server.cpu_s() - before) / ((target.scrapes - scraped) / 10)
        answer = json.loads(Connection(server.port).get("/api/v1/query?query=up%7Bjob%3D%22big%22%7D"))
        up = [result["value"][1] for result in answer["data"]["result"]]
        if up != ["1"]:
            raise SystemExit(f"{server.name} did not scrape the target: up is {up}")
        server.stop()
    report.add("scrape of 100 k series: CPU-s per M samples", "s", cost, at_most=1.0)
