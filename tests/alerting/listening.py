"""A whole server that listens on a port of this machine, with all that runs by itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import uvicorn
from prometheus_client import CollectorRegistry
from tests.unit.test_settings_take_effect import QUIET

from vedette.clock import SystemClock
from vedette.config.load import load
from vedette.http.app import Application
from vedette.server.build import build
from vedette.server.settings import Settings


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return int(it.getsockname()[1])


@asynccontextmanager
async def vedette(folder: Path) -> AsyncIterator[str]:
    """Ours, listening; its address."""
    given = {**QUIET, "server.data": str(folder / "data"), "outbound.allow_networks": "127.0.0.0/8"}
    loaded = load(Settings, None, {}, given)
    registry = CollectorRegistry()
    instance = build(loaded, SystemClock(), registry)
    app = Application(loaded.require().http, registry)
    await instance.start()
    await instance.warm()
    app.open(instance.routes, instance.gate, instance.fallback)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving
        app.shut("stopping")
        await instance.stop()
        await asyncio.to_thread(instance.close)


async def ready(client: httpx.AsyncClient, url: str) -> None:
    """As soon as it answers."""
    for _ in range(400):
        try:
            if (await client.get(f"{url}/api/v2/status")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError(f"{url} does not answer")
