"""Limits of projects over a whole server: in force at once, named when they are hit, and no neighbour's business."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Message
from tests.http.access_world import AccessWorld, Somebody, access_world

from vedette.auth.actor import CLI
from vedette.catalog.records import ProjectLimits

PUSH = "/api/v1/import/prometheus"


class Tenant:
    """A project with a key that may do everything in it."""

    def __init__(self, world: AccessWorld, name: str) -> None:
        self.world = world
        self.name = name
        world.service.projects.create(CLI, name)
        self.who: Somebody = world.key("admin", project=name)

    def limit(self, **limits: float) -> None:
        """Limits in place of those before."""
        projects = self.world.service.projects
        now = projects.get(self.name)
        projects.update(CLI, self.name, limits=ProjectLimits(**limits), expected_version=now.version)  # type: ignore[arg-type]

    async def push(self, *series: str, value: int = 1) -> httpx.Response:
        """A sample of each of these series."""
        return await self.world.ask(self.who, "POST", PUSH, content="".join(f"{one} {value}\n" for one in series))

    async def ask(self, query: str, **more: Any) -> httpx.Response:
        """An instant query."""
        return await self.world.ask(self.who, "GET", "/api/v1/query", params={"query": query, **more})

    async def usage(self) -> Any:
        """The usage page's figures."""
        answer = await self.world.ask(self.who, "GET", f"/api/v1/projects/{self.name}/usage")
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AccessWorld]:
    """A server."""
    async with access_world(tmp_path) as it:
        yield it


@pytest.fixture
def tenants(world: AccessWorld) -> tuple[Tenant, Tenant]:
    """Two projects side by side."""
    return Tenant(world, "left"), Tenant(world, "right")


def numbered(count: int, first: int = 0) -> list[str]:
    """Series of one metric."""
    return [f'm{{i="{i}"}}' for i in range(first, first + count)]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"max_active_series": 3}, "max_active_series = 3"),
        ({"max_active_series_per_metric": 3}, "max_active_series_per_metric = 3"),
        ({"max_new_series_per_hour": 3}, "max_new_series_per_hour = 3"),
    ],
)
async def test_series_beyond_a_limit_are_refused_and_the_neighbour_is_not(
    tenants: tuple[Tenant, Tenant], limits: dict[str, int], words: str
) -> None:
    """What fits is stored, the rest is named with the limit; to raise or lift it helps with the very next request."""
    left, right = tenants
    left.limit(**limits)
    refused = await left.push(*numbered(5))
    assert refused.status_code == 400
    assert refused.json()["accepted"] == 3
    assert words in refused.json()["error"]
    assert (await right.push(*numbered(5))).json()["accepted"] == 5
    left.limit(**{name: value + 1 for name, value in limits.items()})
    assert (await left.push(*numbered(5))).json()["accepted"] == 4
    left.limit()
    assert (await left.push(*numbered(5))).json()["accepted"] == 5
    left.limit(**limits)
    assert (await left.push(*numbered(5))).json()["accepted"] == 5, "what is known stays known"
    assert (await left.push("another")).json()["accepted"] == (1 if "per_metric" in words else 0)


async def test_too_many_samples_a_second_are_refused_until_time_has_made_up_for_them(
    world: AccessWorld, tenants: tuple[Tenant, Tenant]
) -> None:
    """429 with Retry-After and the limit, counted, on every way in; nothing is lost of what was let in."""
    left, right = tenants
    left.limit(max_samples_per_s=10)
    assert (await left.push(*numbered(150))).json()["accepted"] == 150, "a body is not cut into pieces"
    refused = await left.push(*numbered(1))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "6")
    assert refused.json()["limit"] == {"name": "max_samples_per_s", "value": 10}
    for path, body in (
        ("/write", "m v=1"),
        ("/api/v1/samples", "[]"),
        ("/metrics/job/a", "m 1\n"),
        ("/api/v1/write", ""),
    ):
        assert (await world.ask(left.who, "POST", path, content=body)).status_code == 429, path
    assert 'refused_requests_total{reason="rate"} 5.0' in (await world.ask(left.who, "GET", "/metrics")).text
    assert (await right.push(*numbered(150))).status_code == 200
    world.clock.advance_ms(5200)
    assert (await left.push(*numbered(1))).status_code == 200
    world.clock.advance_ms(3_600_000)
    assert (await left.push(*numbered(100))).status_code == 200, "ten seconds' worth, not an hour's"
    assert (await left.push(*numbered(1))).status_code == 429
    left.limit(max_samples_per_s=100)
    assert (await left.push(*numbered(1))).status_code == 200


async def test_a_refused_body_is_not_even_read(tenants: tuple[Tenant, Tenant]) -> None:
    """A sender that is over its limit costs next to nothing: the refusal comes before the body."""
    left, _ = tenants
    left.limit(max_samples_per_s=1)
    await left.push(*numbered(20))
    received: list[str] = []
    sent: list[Message] = []

    async def receive() -> Message:
        received.append("a piece")
        return {"type": "http.request", "body": b"m 1", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    request = httpx.Request("POST", f"http://127.0.0.1:9000{PUSH}", headers=left.who.headers)
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PUSH,
        "raw_path": PUSH.encode(),
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 9000),
    }
    await left.world.app(scope, receive, send)
    assert (sent[0]["status"], received) == (429, [])


async def test_queries_of_a_project_have_its_limits(tenants: tuple[Tenant, Tenant]) -> None:
    """Series and samples of one query; the error names the project's limit, the neighbour's queries go on."""
    left, right = tenants
    for tenant in tenants:
        await tenant.push(*numbered(20))
    for limits, code in (({"max_query_series": 10}, 422), ({"max_query_samples": 10}, 422)):
        left.limit(**limits)
        refused = await left.ask("sum(m)")
        assert refused.status_code == code
        ((name, value),) = limits.items()
        assert refused.json()["limit"] == {"name": name, "value": value}
        assert f"{name} = {value}" in refused.json()["error"]
        assert (await right.ask("sum(m)")).status_code == 200
    left.limit()
    assert (await left.ask("sum(m)")).json()["data"]["result"][0]["value"][1] == "20"


async def test_usage_tells_what_is_used_of_what(world: AccessWorld, tenants: tuple[Tenant, Tenant]) -> None:
    """Figures of the project alone, against its limits or those of the server, and which metrics are to blame."""
    left, right = tenants
    left.limit(max_active_series=100, max_samples_per_s=50, max_bytes=10**6, max_concurrent_queries=3)
    await left.push(*numbered(20), "other")
    world.clock.advance_ms(1000)
    used = await left.usage()
    assert used["series"] == {
        "active": 21,
        "limit": 100,
        "per_metric_limit": 250_000,
        "new_this_hour": 21,
        "new_limit": 500_000,
    }
    assert used["ingest"] == {"samples_per_s": 2.1, "limit": 50}
    assert used["storage"]["limit"] == 10**6
    assert used["storage"]["bytes"] > 0
    assert used["queries"] == {"running": 0, "limit": 3}
    assert used["active_series_by_metric"] == [{"name": "m", "count": 20}, {"name": "other", "count": 1}]
    fresh = await right.usage()
    assert (fresh["series"]["active"], fresh["ingest"], fresh["queries"]["limit"]) == (
        0,
        {"samples_per_s": 0.0, "limit": None},
        20,
    )
    assert fresh["storage"]["limit"] is None
    refused = await world.ask(right.who, "GET", "/api/v1/projects/left/usage")
    assert refused.status_code == 403
