"""A whole server where people sign in, in this process: users of every kind, their sessions and keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from prometheus_client import CollectorRegistry

from vedette.auth.actor import CLI
from vedette.auth.service import AuthService
from vedette.clock import FakeClock
from vedette.config.load import load
from vedette.http.app import Application
from vedette.http.credentials import SESSION_COOKIE
from vedette.http.routes import health
from vedette.server.build import build
from vedette.server.instance import Instance
from vedette.server.settings import Settings

NOW_MS = 1_700_000_000_000
PASSWORD = "correct horse battery"
QUIET = {"host.enabled": False, "telemetry.export_interval": "0", "tsdb.background": False}
WITHOUT_LIMITS = {
    "auth__login_free_attempts": 10**9,
    **{f"http__rates__{kind}_per_s": 1e9 for kind in ("ingest", "query", "change", "login")},
}
"""For tests that ask more often than anybody may."""
ORIGIN = "http://127.0.0.1:9000"


@dataclass
class Somebody:
    """Headers of requests of a browser that is signed in, or of a program with a key."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)


class AccessWorld:
    """The server with the ways in."""

    def __init__(self, instance: Instance, app: Application, clock: FakeClock, service: AuthService) -> None:
        self.instance = instance
        self.app = app
        self.clock = clock
        self.service = service
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN)

    def user(self, name: str, *, is_instance_admin: bool = False, **roles: str) -> str:
        """A user with this role in each of these projects; the id. `_` in a project's name stands for a dash."""
        user = self.service.users.create(CLI, name, password=PASSWORD, is_instance_admin=is_instance_admin)
        for project, role in roles.items():
            self.service.members.assign(CLI, project.replace("_", "-"), user.id, role)
        return user.id

    async def browser(self, name: str) -> Somebody:
        """The user, signed in."""
        answer = await self.client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        token = answer.cookies[SESSION_COOKIE]
        self.client.cookies.clear()
        csrf = answer.json()["data"]["csrf"]
        return Somebody(name, {"cookie": f"{SESSION_COOKIE}={token}", "x-csrf-token": csrf, "origin": ORIGIN})

    def key(self, *scopes: str, project: str = "default") -> Somebody:
        """A program with a key that belongs to nobody."""
        made = self.service.keys.create(CLI, project, " ".join(scopes), scopes)
        return Somebody(" ".join(scopes), {"authorization": f"Bearer {made.secret}"})

    async def socket(self, who: Somebody | None, path: str, *messages: str) -> list[dict[str, Any]]:
        """All that the server says on a socket on which somebody says this, one after the other, and then goes away.

        It starts with `websocket.accept`, or with the head of the answer that refuses it.
        """
        path, _, query = path.partition("?")
        said: list[dict[str, Any]] = [{"type": "websocket.connect"}]
        said += [{"type": "websocket.receive", "text": message} for message in messages]
        heard: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return said.pop(0) if said else {"type": "websocket.disconnect", "code": 1000}

        async def send(message: MutableMapping[str, Any]) -> None:
            heard.append(dict(message))

        headers = {"host": "127.0.0.1:9000", **(who.headers if who else {})}
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 5000),
            "server": ("127.0.0.1", 9000),
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
            "state": {},
        }
        await self.app(scope, receive, send)
        return heard

    async def ask(self, who: Somebody | None, method: str, path: str, **more: object) -> httpx.Response:
        """A request of somebody, or of nobody."""
        headers = {**(who.headers if who else {}), **more.pop("headers", {})}  # type: ignore[dict-item]
        return await self.client.request(method, path, headers=headers, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def access_world(folder: Path, **settings: object) -> AsyncIterator[AccessWorld]:
    """The server on an empty folder; `settings` by key with `__` for dots."""
    given = {name.replace("__", "."): value for name, value in settings.items()}
    loaded = load(Settings, None, {}, {**QUIET, "server.data": str(folder / "data"), **given})
    registry, clock = CollectorRegistry(), FakeClock(NOW_MS)
    instance = build(loaded, clock, registry)
    app = Application(loaded.require().http, registry, health.always(lambda: ""))
    app.open(instance.routes, instance.gate, instance.fallback)
    try:
        world = AccessWorld(instance, app, clock, instance.identity())
        async with world.client:
            yield world
    finally:
        instance.close()
