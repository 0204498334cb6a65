"""All rooms of a server for tests of rules, called without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from prometheus_client import CollectorRegistry

from vedette.clock import SystemClock
from vedette.config.load import load
from vedette.http.app import Application
from vedette.server.build import build
from vedette.server.settings import Settings

QUIET = {
    "http.no_auth": True,
    "host.enabled": False,
    "telemetry.export_interval": "0",
    "rules.system": False,
    "rules.watch_interval": "100ms",
}


@asynccontextmanager
async def serving(data: Path, **flags: object) -> AsyncIterator[httpx.AsyncClient]:
    """All rooms of a server, called without a socket; flags have `__` for the dot."""
    given = {name.replace("__", "."): value for name, value in flags.items()}
    loaded = load(Settings, None, {}, {**QUIET, "server.data": str(data), **given})
    registry = CollectorRegistry()
    instance = build(loaded, SystemClock(), registry)
    app = Application(loaded.require().http, registry)
    await instance.start()
    app.open(instance.routes, instance.gate, instance.fallback)
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            await instance.warm()
            yield client
    finally:
        await instance.stop()
        await asyncio.to_thread(instance.close)


async def push(client: httpx.AsyncClient, text: str) -> None:
    """Send samples."""
    assert (await client.post("/api/v1/import/prometheus", content=text)).status_code == 200


async def get(client: httpx.AsyncClient, path: str) -> Any:
    """`data` of an answer."""
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def until(client: httpx.AsyncClient, path: str, is_so: Callable[[Any], bool]) -> Any:
    """Ask again until it is so."""
    for _ in range(300):
        found = await get(client, path)
        if is_so(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{path} never became so: {found}")


def names(groups: Any) -> list[str]:
    """Of all rules."""
    return [rule["name"] for group in groups["groups"] for rule in group["rules"]]
