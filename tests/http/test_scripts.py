"""Runs the scripts tests/http/*.yml against a whole server; each answer must also have its documented shape.

A script is a list of steps: `name`, `request` (`GET /path` or `POST /path`), optional `headers`, `body`, `form`; then
`status` (200 if not given), `json` (a part that the answer must contain), `text` and `has_headers` (parts of texts).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import yaml
from prometheus_client import CollectorRegistry
from starlette.routing import Match

from vedette.clock import FakeClock
from vedette.config.load import load
from vedette.http.app import Application
from vedette.http.openapi.operations import OPERATIONS
from vedette.server.build import build
from vedette.server.instance import Instance
from vedette.server.settings import Settings

FOLDER = Path(__file__).parent
NOW_MS = 1_700_000_000_000
QUIET = {"http.no_auth": True, "host.enabled": False, "telemetry.export_interval": "0", "tsdb.background": False}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[tuple[Instance, httpx.AsyncClient]]:
    """All rooms on an empty folder at a fixed moment, and a client."""
    loaded = load(Settings, None, {}, {**QUIET, "server.data": str(tmp_path / "data")})
    registry = CollectorRegistry()
    instance = build(loaded, FakeClock(NOW_MS), registry)
    app = Application(loaded.require().http, registry)
    app.open(instance.routes, instance.gate, instance.fallback)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:9000") as client:
        yield instance, client
    instance.close()


def part_of(expected: Any, actual: Any, place: str = "") -> list[str]:
    """What of `expected` is not in `actual`; lists must be equally long."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        missing = [f"{place}.{key} is missing" for key in expected if key not in actual]
        inner = [part_of(expected[key], actual[key], f"{place}.{key}") for key in expected if key in actual]
        return missing + [problem for problems in inner for problem in problems]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = zip(expected, actual, strict=True)
        return [p for index, (want, have) in enumerate(pairs) for p in part_of(want, have, f"{place}[{index}]")]
    return [] if expected == actual else [f"{place}: expected {expected!r}, got {actual!r}"]


def documented_shape(instance: Instance, method: str, path: str, status: int) -> Any:
    """The type that the OpenAPI document gives for an answer."""
    scope = {"type": "http", "method": method, "path": path, "headers": []}
    for route in instance.routes:
        if route.matches(scope)[0] is Match.FULL:
            operation = OPERATIONS[method, route.path]  # type: ignore[attr-defined]  # all are Routes
            assert status in operation.answers or status in (*operation.errors, 403, 421, 500, 503), (
                f"{status} is not documented"
            )
            return operation.answers[status].shape if status in operation.answers else None
    return None


def check_shape(shape: Any, body: bytes) -> None:
    """The body decodes into the type, and the type knows every field of it."""
    plain = json.loads(body)
    again = msgspec.to_builtins(msgspec.convert(plain, shape))
    assert part_of(plain, again) == [], "fields that the document does not know"


def steps() -> list[Any]:
    """Each script as one test."""
    return [pytest.param(yaml.safe_load(path.read_text()), id=path.stem) for path in sorted(FOLDER.glob("*.yml"))]


@pytest.mark.parametrize("script", steps())
async def test_script(script: list[dict[str, Any]], server: tuple[Instance, httpx.AsyncClient]) -> None:
    """Every step of the script is answered as it says, in the documented shape."""
    instance, client = server
    for step in script:
        method, path = step["request"].split(" ", 1)
        body = step.get("body")
        content = json.dumps(body) if isinstance(body, dict | list) else body
        answer = await client.request(method, path, headers=step.get("headers"), content=content, data=step.get("form"))
        told = f"{step['name']}: {answer.status_code} {answer.text[:500]}"
        assert answer.status_code == step.get("status", 200), told
        if "json" in step:
            assert part_of(step["json"], answer.json()) == [], told
        for text in step.get("text", []):
            assert text in answer.text, told
        for name, text in step.get("has_headers", {}).items():
            assert text in answer.headers.get(name, ""), told
        shape = documented_shape(instance, method, path.partition("?")[0], answer.status_code)
        if shape is not None and answer.content:
            check_shape(shape, answer.content)
