"""`/api/v1/annotations`: what is kept and found, and that an id opens nothing of another project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.http.access_world import AccessWorld, access_world
from tests.unit.test_settings_take_effect import serving

from vedette.auth.actor import CLI

URL = "/api/v1/annotations"
T = 1_700_000_000_000


async def make(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A new annotation."""
    answer = await client.post(URL, json={"time_ms": T, "title": "Deployed", **fields})
    assert answer.status_code == 201, answer.text
    data: dict[str, Any] = answer.json()["data"]
    assert answer.headers["etag"] == f'"{data["version"]}"'
    return data


async def titles(client: httpx.AsyncClient, start: int, end: int, **more: Any) -> list[str]:
    """Of those that touch a time."""
    answer = await client.get(URL, params={"start_ms": T + start, "end_ms": T + end, **more})
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json()["data"]]


async def test_annotations_are_found_by_time_and_dashboard(tmp_path: Path) -> None:
    """Moments and spans that touch the time, newest first; a dashboard shows its own and those of all."""
    async with serving(tmp_path) as client:
        board = await client.post("/api/v1/documents/dashboard", json={"name": "d", "id": "d1", "spec": {}})
        assert board.status_code == 201
        await make(client, title="moment", time_ms=T + 10, tags=["a", "b"])
        await make(client, title="span", time_ms=T, end_ms=T + 100, text="**why**")
        await make(client, title="own", time_ms=T + 20, dashboard="d1", widget="w1")
        assert await titles(client, 0, 100) == ["own", "moment", "span"]
        assert await titles(client, 50, 60) == ["span"]
        assert await titles(client, 101, 200) == []
        assert await titles(client, 0, 100, dashboard="d1") == ["own", "moment", "span"]
        assert await titles(client, 0, 100, dashboard="other") == ["moment", "span"]
        assert await titles(client, 0, 100, limit=1) == ["own"]


async def test_changes_name_the_version_that_they_are_based_on(tmp_path: Path) -> None:
    """What is not sent stays; who is late gets both versions; what is deleted is gone."""
    async with serving(tmp_path) as client:
        made = await make(client, tags=["a"])
        place = f"{URL}/{made['id']}"
        assert made["end_ms"] is None
        changed = await client.patch(place, json={"time_ms": T + 5, "text": "x"}, headers={"if-match": '"1"'})
        data = changed.json()["data"]
        assert (data["time_ms"], data["end_ms"], data["text"], data["tags"], data["version"]) == (
            T + 5,
            None,
            "x",
            ["a"],
            2,
        )
        late = await client.patch(place, json={"title": "y"}, headers={"if-match": '"1"'})
        assert (late.status_code, late.json()["current"]["version"], late.json()["yours"]["title"]) == (409, 2, "y")
        assert (await client.patch(place, json={})).status_code == 428
        assert (await client.delete(place, headers={"if-match": '"1"'})).status_code == 409
        assert (await client.delete(place, headers={"if-match": '"2"'})).status_code == 200
        assert (await client.get(place)).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"time_ms": T, "title": ""}, 400),
        ({"time_ms": T, "title": "\u0007"}, 400),
        ({"time_ms": T, "title": "x", "end_ms": T - 1}, 400),
        ({"time_ms": 2**60, "title": "x"}, 400),
        ({"time_ms": T, "title": "x" * 201}, 400),
        ({"time_ms": T, "title": "x", "tags": ["t"] * 51}, 400),
        ({"time_ms": T, "title": "x", "widget": "w"}, 400),
        ({"time_ms": T, "title": "x", "dashboard": "nowhere"}, 404),
        ({"time_ms": T, "title": "x", "project": "other"}, 400),
    ],
)
async def test_what_cannot_be_is_refused(tmp_path: Path, body: dict[str, Any], status: int) -> None:
    """With its field, and nothing is kept."""
    async with serving(tmp_path) as client:
        assert (await client.post(URL, content=json.dumps(body))).status_code == status
        assert await titles(client, -(10**9), 10**9) == []


async def test_a_project_has_as_many_as_are_allowed(tmp_path: Path) -> None:
    """The refusal names the setting."""
    async with serving(tmp_path, dashboards__max_annotations=1) as client:
        await make(client)
        refused = await client.post(URL, json={"time_ms": T, "title": "x"})
        assert (refused.status_code, refused.json()["limit"]["name"]) == (422, "dashboards.max_annotations")
        assert (await client.get(URL, params={"start_ms": 0})).status_code == 400
        assert (await client.get(URL, params={"start_ms": 5, "end_ms": 1})).status_code == 400


async def test_an_id_opens_nothing_of_another_project(tmp_path: Path) -> None:
    """An editor of one project neither reads, changes nor deletes another's, nor puts one on its dashboards."""
    async with access_world(tmp_path) as world:
        world.user("root", is_instance_admin=True)
        world.service.projects.create(CLI, "other")
        theirs = await made_by_root(world)
        world.user("ann", default="editor")
        world.user("vic", other="viewer")
        ann, vic = await world.browser("ann"), await world.browser("vic")
        match, there = {"if-match": '"1"'}, {"x-vedette-project": "other"}
        place = f"{URL}/{theirs}"
        body = {"time_ms": T, "title": "x"}
        for headers, status in ((match, 404), ({**match, **there}, 403)):
            assert (await world.ask(ann, "GET", place, headers=headers)).status_code == status
            assert (await world.ask(ann, "PATCH", place, json={"title": "mine"}, headers=headers)).status_code == status
            assert (await world.ask(ann, "DELETE", place, headers=headers)).status_code == status
        refused = await world.ask(ann, "POST", URL, json={**body, "dashboard": "secret"})
        assert refused.status_code == 404
        own = (await world.ask(ann, "POST", URL, json=body)).json()["data"]["id"]
        moved = await world.ask(ann, "PATCH", f"{URL}/{own}", json={"dashboard": "secret"}, headers=match)
        assert moved.status_code == 404
        assert (await world.ask(vic, "GET", place, headers=there)).json()["data"]["title"] == "Theirs"
        assert (await world.ask(vic, "POST", URL, json=body, headers=there)).status_code == 403
        assert (await world.ask(vic, "DELETE", place, headers={**match, **there})).status_code == 403
        root = await world.browser("root")
        lines = (await world.ask(root, "GET", "/api/v1/audit?action=annotation.create")).json()["data"]
        assert {(line["actor"], line["project"]) for line in lines} == {("ann", "default"), ("root", "other")}


async def made_by_root(world: AccessWorld) -> str:
    """An annotation on a dashboard of the project `other`."""
    root = await world.browser("root")
    there = {"x-vedette-project": "other"}
    board = {"name": "Secret", "id": "secret", "spec": {}}
    assert (await world.ask(root, "POST", "/api/v1/documents/dashboard", json=board, headers=there)).status_code == 201
    body = {"time_ms": T, "title": "Theirs", "dashboard": "secret"}
    made = await world.ask(root, "POST", URL, json=body, headers=there)
    found: str = made.json()["data"]["id"]
    return found
