"""Live clients: how soon an acknowledged sample shows at 100 clients, and what 1,000 clients on 20 queries cost."""

from __future__ import annotations

import asyncio
import json
import time

import numpy as np
import websockets

from bench.load import Connection
from bench.process import Server, vedette
from bench.report import Report
from bench.run import Options

TITLE = "Live: sample to frame with 100 clients; 1,000 clients on 20 queries"


def run(report: Report, options: Options) -> None:
    """No peer pushes query results, so Vedette is alone here."""
    server = vedette(options.folder / "live", 9266, "--set", "host.enabled=true")
    server.start(fresh=True)
    delays = asyncio.run(_latency(server, clients=100, samples=100))
    report.add("acknowledged -> frame at 100 clients: median", "ms", {"vedette": float(np.median(delays)) * 1000})
    p99 = float(np.percentile(delays, 99)) * 1000
    report.add("acknowledged -> frame at 100 clients: p99", "ms", {"vedette": p99}, at_most=50)
    cores, frames = asyncio.run(_many(server, clients=1000, queries=20, seconds=20))
    report.add("1,000 clients on 20 queries at 1 s: cores", "cores", {"vedette": cores}, at_most=0.5)
    report.add("1,000 clients on 20 queries at 1 s: frames per client and s", "1/s", {"vedette": frames}, at_least=0.95)
    server.stop()


async def _connect(server: Server, promql: str, interval_ms: int) -> websockets.ClientConnection:
    socket = await websockets.connect(f"ws://127.0.0.1:{server.port}/ws/metrics/stream", compression=None)
    wish = {"op": "subscribe", "id": "q", "promql": promql, "step_ms": 1000, "interval_ms": interval_ms}
    await socket.send(json.dumps(wish))
    return socket


async def _latency(server: Server, clients: int, samples: int) -> list[float]:
    """From the acknowledgement of a pushed sample to the frame with its value, over all clients."""
    connection = Connection(server.port)
    send = {"Content-Type": "application/json"}
    first = [{"labels": {"__name__": "bench_live", "n": str(n)}, "value": 0} for n in range(10)]
    connection.post("/api/v1/samples", json.dumps(first).encode(), send)
    sockets = [await _connect(server, "sum(bench_live)", 0) for _ in range(clients)]
    await asyncio.sleep(1)
    acknowledged: dict[float, float] = {}
    seen: list[tuple[float, float]] = []

    async def listen(socket: websockets.ClientConnection) -> None:
        async for text in socket:
            at = time.perf_counter()
            message = json.loads(text)
            if message["type"] == "frame":
                seen.extend((column[-1], at) for column in message["values"].values())

    listeners = [asyncio.create_task(listen(socket)) for socket in sockets]
    for number in range(1, samples + 1):
        body = json.dumps([{"labels": {"__name__": "bench_live", "n": "0"}, "value": number}]).encode()
        await asyncio.to_thread(connection.post, "/api/v1/samples", body, send)
        acknowledged[float(number)] = time.perf_counter()
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    for listener in listeners:
        listener.cancel()
    for socket in sockets:
        await socket.close()
    delays = [max(0.0, at - acknowledged[value]) for value, at in seen if value in acknowledged]
    if len(delays) < clients * samples:
        print(f"   {clients * samples - len(delays)} of {clients * samples} frames did not come")
    return delays


async def _many(server: Server, clients: int, queries: int, seconds: int) -> tuple[float, float]:
    """(cores used, frames per client and second)."""
    modes = [
        f'sum(rate(node_cpu_seconds_total{{mode="{m}"}}[{w}s]))'
        for m in ("user", "system", "idle", "iowait")
        for w in range(10, 35, 5)
    ]
    texts = modes[:queries]
    sockets = [await _connect(server, texts[n % len(texts)], 1000) for n in range(clients)]
    frames = 0

    async def listen(socket: websockets.ClientConnection) -> None:
        nonlocal frames
        async for text in socket:
            frames += '"frame"' in str(text)[:20]

    listeners = [asyncio.create_task(listen(socket)) for socket in sockets]
    await asyncio.sleep(5)
    before, counted, began = server.cpu_s(), frames, time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - began
    cores, rate = (server.cpu_s() - before) / took, (frames - counted) / clients / took
    for listener in listeners:
        listener.cancel()
    for socket in sockets:
        await socket.close()
    return cores, rate
