"""Rate limits over a whole server: by class of routes, for each key, user and address by itself."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.http.access_world import ORIGIN, AccessWorld, Somebody, access_world

Ask = Callable[[Somebody], Awaitable[httpx.Response]]
PER_S = 0.2
"""Two requests may come at once, then one every five seconds."""


def asking(world: AccessWorld, method: str, path: str, body: str = "") -> Ask:
    """A request, to be sent by several."""
    return lambda who: world.ask(who, method, path, content=body)


async def statuses(ask: Ask, who: Somebody, times: int) -> list[int]:
    """What somebody is answered who asks several times."""
    return [(await ask(who)).status_code for _ in range(times)]


REQUESTS = {
    "ingest": ("POST", "/api/v1/import/prometheus", "up 1"),
    "query": ("GET", "/api/v1/query?query=up", ""),
    "change": ("POST", "/api/v1/documents/folder", '{"name": "a", "spec": {}}'),
}
SETTINGS = {
    "ingest": "http__rates__ingest_per_s",
    "query": "http__rates__query_per_s",
    "change": "http__rates__change_per_s",
}


@pytest.mark.parametrize("kind", REQUESTS)
async def test_a_key_that_sends_too_much_is_told_when_to_come_again(tmp_path: Path, kind: str) -> None:
    """Ten seconds' worth at once, then 429 with Retry-After and the limit's name, until time has passed."""
    settings = {setting: PER_S if name == kind else 1e9 for name, setting in SETTINGS.items()}
    async with access_world(tmp_path, **settings) as world:
        who = world.key("ingest", "edit")
        ask = asking(world, *REQUESTS[kind])
        first = await statuses(ask, who, 2)
        assert 429 not in first
        refused = await ask(who)
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "5"
        assert refused.json()["code"] == "too_busy"
        assert refused.json()["limit"] == {"name": f"http.rates.{kind}_per_s", "value": PER_S}
        for other, request in REQUESTS.items():
            assert ((await asking(world, *request)(who)).status_code == 429) == (other == kind)
        world.clock.advance_ms(4000)
        assert await statuses(ask, who, 1) == [429]
        world.clock.advance_ms(1000)
        assert 429 not in await statuses(ask, who, 1)
        assert await statuses(ask, who, 1) == [429]
        world.clock.advance_ms(3_600_000)
        assert (await statuses(ask, who, 3)).count(429) == 1


async def test_one_keys_flood_does_not_touch_another(tmp_path: Path) -> None:
    """Each key has its own bucket, also when both come from one address and are for one project."""
    async with access_world(tmp_path, http__rates__ingest_per_s=PER_S) as world:
        ask = asking(world, *REQUESTS["ingest"])
        loud, quiet = world.key("ingest"), world.key("ingest")
        assert (await statuses(ask, loud, 20)).count(429) == 18
        assert await statuses(ask, quiet, 2) == [200, 200]


async def test_all_sessions_of_a_user_share_one_bucket(tmp_path: Path) -> None:
    """To sign in again gives nobody more; another user is not touched."""
    async with access_world(tmp_path, http__rates__query_per_s=PER_S, http__rates__login_per_s=100) as world:
        world.user("ann", default="viewer")
        world.user("bob", default="viewer")
        desk, phone, other = [await world.browser(name) for name in ("ann", "ann", "bob")]
        ask = asking(world, *REQUESTS["query"])
        assert [*await statuses(ask, desk, 1), *await statuses(ask, phone, 2)] == [200, 200, 429]
        assert await statuses(ask, other, 1) == [200]


async def test_strangers_are_counted_by_address(tmp_path: Path) -> None:
    """Who guesses keys is stopped at their address; another address and whoever has a key go on."""
    async with access_world(tmp_path, http__rates__query_per_s=PER_S) as world:
        ask = asking(world, *REQUESTS["query"])
        wrong = Somebody("nobody", {"authorization": "Bearer vdt_00000000_guess"})
        assert await statuses(ask, wrong, 3) == [401, 401, 429]
        assert await statuses(ask, world.key("read"), 2) == [200, 200]
        elsewhere = httpx.ASGITransport(world.app, client=("203.0.113.9", 1234))
        async with httpx.AsyncClient(transport=elsewhere, base_url=ORIGIN) as client:
            assert (await client.get(REQUESTS["query"][1], headers=wrong.headers)).status_code == 401


async def test_attempts_to_sign_in_are_counted_by_address(tmp_path: Path) -> None:
    """Whichever name is tried: also the right password has to wait then."""
    async with access_world(tmp_path, http__rates__login_per_s=PER_S) as world:
        world.user("ann", default="viewer")
        for name in ("ann", "bob"):
            body = {"name": name, "password": "not that one at all"}
            assert (await world.client.post("/api/v1/session", json=body)).status_code == 401
        refused = await world.client.post("/api/v1/session", json={"name": "ann", "password": "correct horse battery"})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert refused.json()["limit"]["name"] == "http.rates.login_per_s"
        world.clock.advance_ms(3_600_000)
        assert (await world.browser("ann")).name == "ann"


async def test_a_key_that_cannot_be_read_is_counted_as_a_wrong_one(tmp_path: Path) -> None:
    """Neither odd credentials nor none at all are a way around the limit of strangers."""
    async with access_world(tmp_path, http__rates__query_per_s=PER_S) as world:
        ask = asking(world, *REQUESTS["query"])
        odd = [{"authorization": "Basic !!!"}, {"authorization": "Digest x"}, {"x-api-key": ""}]
        answers = [await statuses(ask, Somebody("odd", headers), 1) for headers in odd]
        assert [code for one in answers for code in one] == [401, 401, 429]


async def test_what_is_open_to_all_is_counted_by_address(tmp_path: Path) -> None:
    """Who one is and where one may sign in, but neither liveness nor the page's files."""
    async with access_world(tmp_path, http__rates__query_per_s=PER_S) as world:
        stranger = Somebody("nobody")
        counted = ["/api/v1/session", "/api/v1/openapi.json", "/api/v1/oidc/nobody/start"]
        answers = [await statuses(asking(world, "GET", path), stranger, 1) for path in counted]
        assert [code for one in answers for code in one] == [200, 200, 429]
        for path in ("/-/healthy", "/-/ready", "/ping", "/"):
            assert 429 not in await statuses(asking(world, "GET", path), stranger, 5), path


async def test_a_network_of_one_customer_is_one_address(tmp_path: Path) -> None:
    """Of IPv6 everybody has 2^64 addresses: those of one network share a bucket, those of another do not."""
    async with access_world(tmp_path, http__rates__query_per_s=PER_S) as world:
        found = []
        for address in ("2001:db8::1", "2001:db8::2", "2001:db8::ffff:3", "2001:db8:0:1::1"):
            transport = httpx.ASGITransport(world.app, client=(address, 1234))
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                found.append((await client.get(REQUESTS["query"][1])).status_code)
        assert found == [401, 401, 429, 401]


STREAMS = {"live": "/ws/metrics/stream", "push": "/api/v1/push"}


@pytest.mark.parametrize("kind", STREAMS)
async def test_a_socket_that_comes_too_often_is_told_when_to_come_again(tmp_path: Path, kind: str) -> None:
    """Before it is a socket it is a request: 429 with Retry-After, and 401 and 403 where that is what is wrong."""
    limit = "query" if kind == "live" else "ingest"
    async with access_world(tmp_path, **{f"http__rates__{limit}_per_s": PER_S}) as world:
        who = world.key("read", "ingest")
        opened = [(await world.socket(who, STREAMS[kind]))[0] for _ in range(3)]
        assert [one["type"] for one in opened] == [*["websocket.accept"] * 2, "websocket.http.response.start"]
        refused = opened[2]
        headers = dict(refused["headers"])
        assert (refused["status"], headers[b"retry-after"]) == (429, b"5")
        assert headers[b"x-request-id"]
        assert headers[b"x-content-type-options"] == b"nosniff"
        world.clock.advance_ms(5000)
        assert (await world.socket(who, STREAMS[kind]))[0]["type"] == "websocket.accept"
        nobody, other = None, world.key("ingest" if kind == "live" else "read")
        assert [(await world.socket(one, STREAMS[kind]))[0]["status"] for one in (nobody, other)] == [401, 403]


async def test_an_event_stream_is_counted_when_it_begins(tmp_path: Path) -> None:
    """As any question."""
    async with access_world(tmp_path, http__rates__query_per_s=PER_S) as world:
        who = world.key("read")
        assert 429 not in await statuses(asking(world, *REQUESTS["query"]), who, 2)
        refused = await world.ask(who, "GET", "/stream/metrics?promql=up")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")


def errors_of(heard: list[dict[str, Any]]) -> list[str]:
    """The code of each report, empty where samples were taken."""
    reports = [json.loads(message["text"]) for message in heard if message["type"] == "websocket.send"]
    return [report.get("error", {}).get("code", "") for report in reports]


async def test_each_message_of_a_pushing_socket_is_counted(tmp_path: Path) -> None:
    """One socket is no way around the limit of the key; the report says when to send again."""
    async with access_world(tmp_path, http__rates__ingest_per_s=PER_S) as world:
        who = world.key("ingest")
        heard = await world.socket(who, STREAMS["push"], *['[{"name": "a", "value": 1}]'] * 3)
        assert errors_of(heard) == ["", "too_busy", "too_busy"]
        last = json.loads(heard[-1]["text"])["error"]
        assert last["limit"] == {"name": "http.rates.ingest_per_s", "value": PER_S}
        assert last["retry_after_s"] == 5.0
        assert await statuses(asking(world, *REQUESTS["ingest"]), world.key("ingest"), 1) == [200]
