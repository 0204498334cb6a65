"""`/api/v2/...` as Alertmanager's clients use it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.http.access_world import access_world
from tests.unit.test_settings_take_effect import serving

from vedette.auth.actor import CLI

URL = "/api/v2"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A whole server."""
    async with serving(tmp_path) as it:
        yield it


def moment(**offset: float) -> str:
    """RFC 3339, from now."""
    return (datetime.now(UTC) + timedelta(**offset)).isoformat()


def alert(name: str, **labels: str) -> dict[str, Any]:
    """As Prometheus posts it."""
    return {"labels": {"alertname": name, **labels}, "annotations": {"summary": "s"}, "startsAt": moment(minutes=-1)}


async def listed(client: httpx.AsyncClient, **asked: Any) -> list[str]:
    """Names of alerts."""
    answer = await client.get(f"{URL}/alerts", params=asked)
    assert answer.status_code == 200, answer.text
    return sorted(it["labels"]["alertname"] for it in answer.json())


async def test_posted_alerts_are_listed_and_grouped(client: httpx.AsyncClient) -> None:
    """With all that their sender said, until they are over."""
    posted = await client.post(f"{URL}/alerts", json=[alert("A", severity="high"), alert("B")])
    assert (posted.status_code, posted.content) == (200, b"")
    assert await listed(client) == ["A", "B"]
    assert await listed(client, filter='severity="high"') == ["A"]
    assert await listed(client, receiver="dash.*") == ["A", "B"]
    assert await listed(client, receiver="dash") == []
    (group, _) = (await client.get(f"{URL}/alerts/groups")).json()
    assert (group["labels"], group["receiver"]["name"]) == ({"alertname": "A"}, "dashboard")
    (one,) = group["alerts"]
    assert one["status"] == {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []}
    assert one["annotations"] == {"summary": "s"}
    assert await client.post(f"{URL}/alerts", json=[{**alert("A", severity="high"), "endsAt": moment(seconds=-1)}])
    assert await listed(client) == ["B"]


async def test_good_alerts_are_taken_beside_wrong_ones(client: httpx.AsyncClient) -> None:
    """The answer names the wrong ones by number."""
    wrong = [{"labels": {}}, {"labels": {"a": 1}}, {**alert("C"), "startsAt": "yesterday"}, {"labels": {"": "x"}}]
    answer = await client.post(f"{URL}/alerts", json=[alert("A"), *wrong])
    assert answer.status_code == 400
    assert [f"alert {number}" in answer.json() for number in range(5)] == [False, True, True, True, True]
    assert await listed(client) == ["A"]
    assert (await client.post(f"{URL}/alerts", content=b"{}")).status_code == 400


async def test_silences_are_made_changed_and_ended(client: httpx.AsyncClient) -> None:
    """As amtool does it: what is hidden is listed as suppressed; a change of what is hidden is a new silence."""
    await client.post(f"{URL}/alerts", json=[alert("A"), alert("B")])
    silence: dict[str, Any] = {
        "matchers": [{"name": "alertname", "value": "A", "isRegex": False}],
        "startsAt": moment(),
        "endsAt": moment(hours=1),
        "createdBy": "ann",
        "comment": "known",
    }
    made = (await client.post(f"{URL}/silences", json=silence)).json()["silenceID"]
    assert await listed(client, silenced="false") == ["B"]
    assert await listed(client, active="false") == ["A"]
    (found,) = (await client.get(f"{URL}/silences", params={"filter": 'alertname="A"'})).json()
    assert (found["id"], found["status"]["state"], found["matchers"][0]["isEqual"]) == (made, "active", True)
    assert (await client.get(f"{URL}/silences", params={"filter": 'alertname="B"'})).json() == []
    longer = {**silence, "id": made, "startsAt": found["startsAt"], "endsAt": moment(hours=2)}
    assert (await client.post(f"{URL}/silences", json=longer)).json()["silenceID"] == made
    other = {**longer, "matchers": [{"name": "alertname", "value": "B", "isRegex": False}]}
    second = (await client.post(f"{URL}/silences", json=other)).json()["silenceID"]
    assert second != made
    assert await listed(client, silenced="false") == ["A"]
    assert (await client.delete(f"{URL}/silence/{second}")).status_code == 200
    assert (await client.get(f"{URL}/silence/{second}")).json()["status"]["state"] == "expired"
    assert (await client.get(f"{URL}/silence/nope")).status_code == 404
    assert (await client.delete(f"{URL}/silence/{second}")).status_code == 400


async def test_silences_tell_of_times_that_come_again(client: httpx.AsyncClient) -> None:
    """Which Alertmanager does not know: whether it hides anything now; others are listed as there."""
    spec = {"matchers": [{"label": "alertname", "value": "A"}], "starts_ms": 0, "ends_ms": 2**50}
    other_year = str(datetime.now(UTC).year + 5)
    for recurring in ([], [{"years": [other_year]}], [{"location": "Europe/Berlin"}]):
        content = {"name": str(recurring), "spec": {**spec, "recurring": recurring}}
        assert (await client.post("/api/v1/documents/silence", json=content)).status_code == 201
    found = (await client.get(f"{URL}/silences")).json()
    told = sorted(str((it.get("recurring"), it.get("inForce"))) for it in found)
    assert told == [
        "(None, None)",
        "([{'location': 'Europe/Berlin'}], True)",
        f"([{{'years': ['{other_year}']}}], False)",
    ]


@pytest.mark.parametrize(
    "asked",
    ["alerts?filter=x", "alerts?receiver=(", "alerts?active=maybe", "silences?filter=%3D", "alerts/groups?filter={"],
)
async def test_what_is_wrong_is_said_as_text(client: httpx.AsyncClient, asked: str) -> None:
    """Alertmanager's clients read a JSON text."""
    answer = await client.get(f"{URL}/{asked}")
    assert answer.status_code == 400
    assert isinstance(answer.json(), str)


async def test_status_and_receivers(client: httpx.AsyncClient) -> None:
    """The routes are told without secrets."""
    spec = {"integrations": [{"type": "slack", "options": {"webhook_url": "https://hooks.slack.com/services/s3cret"}}]}
    made = await client.post("/api/v1/documents/contact_point", json={"name": "ops", "spec": spec})
    assert made.status_code == 201, made.text
    routes = {"receiver": "ops", "routes": [{"matchers": [{"label": "a", "value": "b"}], "receiver": "dashboard"}]}
    assert (
        await client.post("/api/v1/documents/alert_route", json={"name": "main", "spec": routes})
    ).status_code == 201
    assert [it["name"] for it in (await client.get(f"{URL}/receivers")).json()] == ["dashboard", "ops"]
    status = (await client.get(f"{URL}/status")).json()
    assert "receiver: ops" in status["config"]["original"]
    assert "s3cret" not in str(status)


async def test_secrets_of_contact_points_never_come_out(client: httpx.AsyncClient) -> None:
    """Not when made, read, listed by version or in a conflict; sent back as `<secret>` they stay, but nowhere else."""
    url = "/api/v1/documents/contact_point"
    options = {"url": "https://example.org/h", "authorization": "Bearer s3cret"}
    made = await client.post(
        url, json={"name": "x", "spec": {"integrations": [{"type": "webhook", "options": options}]}}
    )
    place = f"{url}/{made.json()['data']['id']}"
    seen = [made, await client.get(place), await client.get(f"{place}/versions/1")]
    spec = seen[1].json()["data"]["spec"]
    assert spec["integrations"][0]["options"] == {"url": "https://example.org/h", "authorization": "<secret>"}
    seen.append(await client.put(place, json={"name": "x", "spec": spec}, headers={"if-match": '"1"'}))
    assert seen[-1].status_code == 200, seen[-1].text
    seen.append(await client.put(place, json={"name": "x", "spec": spec}, headers={"if-match": '"1"'}))
    assert seen[-1].status_code == 409
    spec["integrations"][0]["options"]["url"] = "https://evil.example/h"
    seen.append(await client.put(place, json={"name": "x", "spec": spec}, headers={"if-match": '"2"'}))
    assert (seen[-1].status_code, "anew" in seen[-1].json()["error"]) == (400, True)
    assert [answer.url for answer in seen if "s3cret" in answer.text or "sealed" in answer.text] == []


async def test_narrowed_readers_see_their_own_alerts_only(tmp_path: Path) -> None:
    """A role with a selector narrows lists and groups of alerts, too."""
    async with access_world(tmp_path) as world:
        world.service.roles.create(CLI, "team-a", ["metrics:read"], selector='{team="a"}')
        world.user("ann", default="team-a")
        ann = await world.browser("ann")
        key = world.key("ingest")
        both = [
            {"labels": {"alertname": "Mine", "team": "a"}},
            {"labels": {"alertname": "Theirs", "team": "b"}},
        ]
        assert (await world.ask(key, "POST", f"{URL}/alerts", json=both)).status_code == 200
        for path in ("alerts", "alerts/groups"):
            answer = await world.ask(ann, "GET", f"{URL}/{path}")
            assert ("Mine" in answer.text, "Theirs" in answer.text) == (True, False)
        assert (await world.ask(ann, "GET", f"{URL}/silences")).status_code == 403
        assert (await world.ask(ann, "POST", f"{URL}/alerts", json=both)).status_code == 403


async def test_an_alert_reaches_the_bell_by_itself(client: httpx.AsyncClient) -> None:
    """The server looks and delivers without being asked."""
    await client.post(f"{URL}/alerts", json=[alert("A")])
    for _ in range(200):
        text = (await client.get("/metrics")).text
        if 'vedette_alerting_deliveries_total{result="sent",type="in_dashboard"} 1.0' in text:
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail(text[-2000:])
