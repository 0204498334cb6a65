"""`/api/v1/alerting/...` over a whole server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.alerting.listening import ready, vedette
from tests.alerting.servers import hook, reply
from tests.http.access_world import access_world
from tests.unit.test_settings_take_effect import serving

from vedette.auth.actor import CLI

URL = "/api/v1/alerting"
DOWN = {"alertname": "Down", "team": "db"}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A server that may ask this machine."""
    async with serving(tmp_path, outbound__allow_networks="127.0.0.0/8", alerting__backoff="20ms") as it:
        yield it


async def make(client: httpx.AsyncClient, kind: str, name: str, spec: dict[str, Any]) -> str:
    """A document; its id."""
    answer = await client.post(f"/api/v1/documents/{kind}", json={"name": name, "spec": spec})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


async def data(client: httpx.AsyncClient, path: str, **asked: Any) -> Any:
    """Of an answer."""
    answer = await client.get(URL + path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def post(client: httpx.AsyncClient, path: str, body: object, status: int = 200) -> Any:
    """The answer's data, or the error."""
    answer = await client.post(URL + path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json().get("data") or answer.json().get("error")


async def fire(client: httpx.AsyncClient, *labels: dict[str, str]) -> None:
    """Alerts of another server."""
    answer = await client.post("/api/v2/alerts", json=[{"labels": it} for it in labels])
    assert answer.status_code == 200, answer.text


async def logged(client: httpx.AsyncClient, status: str, count: int = 1) -> list[dict[str, Any]]:
    """Notifications, as soon as there are so many with a status."""
    for _ in range(400):
        found = await data(client, "/notifications", status=status)
        if len(found) >= count:
            return list(found)
        await asyncio.sleep(0.05)
    raise AssertionError(await data(client, "/notifications"))


async def test_who_takes_care_is_shown_and_told(client: httpx.AsyncClient) -> None:
    """The bell says it once; taking it back leaves no trace on the alert."""
    await fire(client, DOWN)
    (one,) = await data(client, "/alerts")
    assert (one["labels"], one["receivers"], one["acked_by"]) == (DOWN, ["dashboard"], "")
    await logged(client, "sent")
    place = f"/alerts/{one['fingerprint']}/acknowledge"
    acked = await post(client, place, {"note": "on it"})
    assert (acked["acked_by"], acked["ack_note"]) == ("anyone", "on it")
    await logged(client, "sent", 2)
    bell = await data(client, "/bell")
    assert [it["status"] for it in bell["notifications"]] == ["acknowledged", "firing"]
    assert bell["unread"] == 2
    await post(client, "/bell/read", {"until_ms": bell["notifications"][0]["time_ms"]})
    assert (await data(client, "/bell"))["unread"] == 0
    assert (await client.delete(URL + place)).json()["data"]["acked_by"] == ""
    await post(client, "/alerts/nope/acknowledge", {}, 404)
    await post(client, place, {"until_ms": 5}, 400)


async def test_dead_letters_are_seen_and_tried_again(client: httpx.AsyncClient) -> None:
    """With the reason; the second try arrives with the same key."""
    async with hook() as it:
        await make(client, "contact_point", "ops", {"integrations": [{"type": "webhook", "options": {"url": it.url}}]})
        await make(client, "alert_route", "main", {"receiver": "ops", "group_wait_ms": 0})
        it.answers = [reply(500), reply(400)]
        await fire(client, DOWN)
        (dead,) = await logged(client, "dead")
        assert (dead["attempts"], dead["error"]) == (2, "the receiver answered with HTTP status 400")
        assert dead["title"] == "[FIRING:1] Down"
        told = await data(client, f"/notifications/{dead['id']}")
        assert told["alerts"][0]["labels"] == DOWN
        assert await post(client, "/notifications/retry", {}) == {"retried": 1}
        await logged(client, "sent")
        assert len({headers["idempotency-key"] for _, headers, _ in it.requests}) == 1
        assert (await client.get(f"{URL}/notifications/nope")).status_code == 404
        assert (await client.get(f"{URL}/notifications?status=lost")).status_code == 400


async def test_a_test_shows_the_exact_request(client: httpx.AsyncClient) -> None:
    """Without secrets, also those that are kept; and says how it went."""
    async with hook() as it:
        options: dict[str, Any] = {"url": it.url, "authorization": "Bearer s3cret"}
        document = await make(
            client, "contact_point", "ops", {"integrations": [{"type": "webhook", "options": options}]}
        )
        kept = {"type": "webhook", "options": {"url": it.url, "authorization": "<secret>"}}
        shown = await post(
            client, "/contact-points/test", {"integration": kept, "contact_point": document, "show_only": True}
        )
        assert (shown["sent"], it.requests) == (False, [])
        assert shown["request"]["headers"]["Authorization"] == "<secret>"
        done = await post(client, "/contact-points/test", {"integration": kept, "contact_point": document})
        assert (done["sent"], done["error"]) == (True, "")
        assert it.requests[0][1]["authorization"] == "Bearer s3cret"
        it.answers = [reply(404)]
        failed = await post(client, "/contact-points/test", {"integration": kept, "contact_point": document})
        assert (failed["sent"], "404" in failed["error"]) == (False, True)
        moved = {"type": "webhook", "options": {"url": it.url + "2", "authorization": "<secret>"}}
        words = await post(client, "/contact-points/test", {"integration": moved, "contact_point": document}, 400)
        assert "anew" in words
        assert "none" in await post(client, "/contact-points/test", {"integration": kept}, 400)
    bell = await post(client, "/contact-points/test", {"integration": {"type": "in_dashboard"}})
    assert bell["sent"] is True
    assert [it["status"] for it in (await data(client, "/bell"))["notifications"]] == ["test"]


async def test_a_kept_secret_goes_along_with_its_place(client: httpx.AsyncClient) -> None:
    """`<secret 1>` is the one kept at place 1, wherever its integration stands now: one before it was removed."""
    async with hook() as it:
        both = [
            {"type": "webhook", "options": {"url": it.url, "authorization": f"Bearer {name}"}}
            for name in ("first", "second")
        ]
        document = await make(client, "contact_point", "ops", {"integrations": both})
        place = f"/api/v1/documents/contact_point/{document}"

        async def keep(secret: str, version: int, **more: str) -> httpx.Response:
            one = {"type": "webhook", "options": {"url": it.url, "authorization": secret} | more}
            spec = {"integrations": [one]}
            return await client.put(place, json={"name": "ops", "spec": spec}, headers={"if-match": f'"{version}"'})

        elsewhere = await keep("<secret 1>", 1, url=it.url + "2")
        assert (elsewhere.status_code, "anew" in elsewhere.text) == (400, True)
        assert (await keep("<secret 7>", 1)).status_code == 400
        answer = await keep("<secret 1>", 1)
        assert answer.status_code == 200, answer.text
        kept = answer.json()["data"]["spec"]["integrations"][0]
        assert kept["options"]["authorization"] == "<secret>"
        await post(client, "/contact-points/test", {"integration": kept, "contact_point": document})
        assert it.requests[0][1]["authorization"] == "Bearer second"


async def test_where_would_this_go(client: httpx.AsyncClient) -> None:
    """By the stored trees or one that is being written, with what hides it and what is missing."""
    await make(client, "mute_timing", "always", {"intervals": [{}]})
    child = {"matchers": [{"label": "team", "value": "db"}], "receiver": "gone", "mute_timings": ["always"]}
    await make(client, "alert_route", "main", {"receiver": "dashboard", "group_by": ["team"], "routes": [child]})
    await make(
        client,
        "silence",
        "s",
        {"matchers": [{"label": "alertname", "value": "Down"}], "starts_ms": 0, "ends_ms": 2**52},
    )
    found = await post(client, "/routes/test", {"labels": DOWN})
    (hit,) = found["hits"]
    assert (hit["place"], hit["receiver"], hit["contact_point_exists"]) == ("routes[0]", "gone", False)
    assert (hit["group_labels"], hit["muted_by"]) == ({"team": "db"}, "mute timing 'always'")
    assert len(found["silenced_by"]) == 1
    assert found["problems"] == ["routes[0].receiver: there is no contact point 'gone'"]
    draft = await post(client, "/routes/test", {"labels": DOWN, "route": {"receiver": "dashboard"}})
    assert [it["place"] for it in draft["hits"]] == [""]
    assert "receiver" in await post(client, "/routes/test", {"labels": DOWN, "route": {}}, 400)


async def test_a_silence_is_previewed(client: httpx.AsyncClient) -> None:
    """What it would hide of what fires now."""
    await fire(client, DOWN, {"alertname": "Up"})
    spec = {"matchers": [{"label": "team", "value": "d.", "op": "=~"}], "starts_ms": 0, "ends_ms": 1}
    found = await post(client, "/silences/preview", {"spec": spec})
    assert (found["count"], found["of"], found["alerts"][0]["labels"]) == (1, 2, DOWN)
    assert "matchers" in await post(client, "/silences/preview", {"spec": {**spec, "matchers": []}}, 400)


async def test_who_is_on_call(client: httpx.AsyncClient) -> None:
    """Of every schedule, with the next shifts."""
    members = [{"name": name, "contact_point": name} for name in ("ann", "bob")]
    await make(client, "on_call_schedule", "rota", {"members": members, "starts_on": "2024-01-01"})
    (found,) = await data(client, "/on-call")
    assert found["schedule"] == "rota"
    assert [it["member"] for it in found["shifts"]][:2] in (["ann", "bob"], ["bob", "ann"])


async def test_the_forms_of_contact_points(client: httpx.AsyncClient) -> None:
    """Every type with its options."""
    found = {it["type"]: it for it in await data(client, "/contact-types")}
    assert found["slack"]["secrets"] == ["token", "webhook_url"]
    assert "properties" in found["email"]["schema"]


async def test_viewers_test_and_retry_nothing(tmp_path: Path) -> None:
    """Making the server send is for those who may change contact points (Grafana CVE-2023-2183)."""
    async with access_world(tmp_path) as world:
        world.user("vera", default="viewer")
        world.service.roles.create(CLI, "team-a", ["metrics:read", "status:read"], selector='{team="a"}')
        world.user("nora", default="team-a")
        vera, nora = await world.browser("vera"), await world.browser("nora")
        body = {"integration": {"type": "in_dashboard"}}
        for path, sent in (("contact-points/test", body), ("notifications/retry", {}), ("alerts/x/acknowledge", {})):
            assert (await world.ask(vera, "POST", f"{URL}/{path}", json=sent)).status_code == 403
        assert (await world.ask(vera, "GET", f"{URL}/bell")).status_code == 200
        for path in ("bell", "notifications"):
            assert (await world.ask(nora, "GET", f"{URL}/{path}")).status_code == 403
        assert (await world.ask(nora, "GET", f"{URL}/alerts")).status_code == 200


async def test_a_rule_that_fires_reaches_a_webhook(tmp_path: Path) -> None:
    """From the expression over the alert and its group to the request, and back when it is over."""
    async with hook() as it, vedette(tmp_path) as url, httpx.AsyncClient(base_url=url) as client:
        await ready(client, url)
        await make(client, "contact_point", "ops", {"integrations": [{"type": "webhook", "options": {"url": it.url}}]})
        await make(client, "alert_route", "main", {"receiver": "ops", "group_wait_ms": 0, "group_interval_ms": 1_000})
        # It is true for some seconds from now.
        rule = {"alert": "Soon over", "expr": f"vector(time()) < {time.time() + 8}", "labels": {"severity": "high"}}
        await make(client, "rule_group", "g", {"interval": "1s", "rules": [rule]})
        for status in ("firing", "resolved"):
            for _ in range(600):
                if any(f'"status":"{status}"'.encode() in body for _, _, body in it.requests):
                    break
                await asyncio.sleep(0.05)
            else:
                pytest.fail(f"nothing is told as {status}: {it.requests}")
