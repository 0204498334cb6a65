"""Snapshots: their data is theirs, and who may see, open and delete them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.http.access_world import NOW_MS, WITHOUT_LIMITS, AccessWorld, access_world
from tests.http.sharing_world import (
    DAY_MS,
    PUBLIC,
    SNAPSHOTS,
    SPAN_MS,
    STEP_MS,
    by_token,
    filled,
    link,
    made_snapshot,
    question,
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AccessWorld]:
    """With users, samples and nothing given away."""
    async with access_world(tmp_path, **WITHOUT_LIMITS) as it:
        await filled(it)
        yield it


def file(**more: Any) -> dict[str, Any]:
    """An exported snapshot."""
    answer = {"timestamps_ms": [1, 2], "series": [{"labels": {"a": "<b>"}, "values": [1.5, None]}]}
    asked = question()
    del asked["promql"]
    return {
        "kind": "vedette/snapshot",
        "schema": 1,
        "title": "Brought",
        "taken_ms": NOW_MS,
        "time": {"start_ms": NOW_MS - SPAN_MS, "end_ms": NOW_MS},
        "dashboard": link()["spec"],
        "questions": [asked],
        "answers": [answer],
        **more,
    }


async def content(world: AccessWorld, name: str, snapshot: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The answer to somebody who wants to see it."""
    answer = await world.ask(await world.browser(name), "GET", f"{SNAPSHOTS}/{snapshot['id']}/content")
    return answer.status_code, answer.json()


async def test_a_snapshot_holds_its_data(world: AccessWorld) -> None:
    """It shows what was there when it was taken, whatever happens to the series, and nothing of the questions."""
    ed = await world.browser("ed")
    wanted = [question(), question(step_ms=2 * STEP_MS, promql="x", instant=True)]
    snapshot, token = await made_snapshot(world, ed, questions=wanted)
    assert (token, snapshot["public"], snapshot["expires_ms"]) == ("", False, NOW_MS + DAY_MS)
    gone = await world.ask(await world.browser("root"), "POST", "/api/v1/admin/tsdb/delete_series?match[]=x")
    assert gone.status_code == 204
    status, data = await content(world, "vic", snapshot)
    assert status == 200
    assert (data["title"], data["taken_ms"]) == ("Load", NOW_MS)
    assert data["time"] == {"start_ms": NOW_MS - SPAN_MS, "end_ms": NOW_MS}
    ranged, instant = data["answers"]
    assert len(ranged["timestamps_ms"]) == SPAN_MS // STEP_MS + 1
    assert sorted(one["values"][-1] for one in ranged["series"]) == [1.0, 2.0]
    assert instant["timestamps_ms"] == [NOW_MS]
    assert "hidden" not in json.dumps(data)
    assert "sum by" not in json.dumps(data)


async def test_a_snapshot_is_narrowed_as_whoever_takes_it(world: AccessWorld) -> None:
    """And a role that sees less than it holds may neither see nor open it to others."""
    narrow, _ = await made_snapshot(world, await world.browser("ann"), questions=[question(promql="x")])
    status, data = await content(world, "ann", narrow)
    assert [one["labels"]["team"] for one in data["answers"][0]["series"]] == ["a"]
    wide, _ = await made_snapshot(world, await world.browser("ed"))
    status, data = await content(world, "ann", wide)
    assert (status, data["permission"]) == (403, "metrics:read")
    ann = await world.browser("ann")
    assert (await world.ask(ann, "POST", f"{SNAPSHOTS}/{wide['id']}/link")).status_code == 403
    listed = (await world.ask(ann, "GET", SNAPSHOTS)).json()["data"]
    assert {one["id"]: one["visible"] for one in listed} == {narrow["id"]: True, wide["id"]: False}
    assert (await content(world, "ed", narrow))[0] == 200


async def test_a_public_snapshot_opens_by_its_token_alone(world: AccessWorld) -> None:
    """Until its link is closed or renewed; the token deletes nothing, and its id opens nothing."""
    ed = await world.browser("ed")
    snapshot, first = await made_snapshot(world, ed, public=True)
    place = f"{SNAPSHOTS}/{snapshot['id']}"
    shown = await world.ask(by_token(first), "GET", f"{PUBLIC}/snapshot")
    assert (shown.status_code, shown.json()["title"]) == (200, "Load")
    assert (await world.ask(by_token(snapshot["id"]), "GET", f"{PUBLIC}/snapshot")).status_code == 404
    assert (await world.ask(by_token(first), "DELETE", place)).status_code == 401
    assert (await world.ask(by_token(first), "GET", f"{PUBLIC}/dashboard")).status_code == 404
    second = (await world.ask(ed, "POST", f"{place}/link")).json()["data"]["token"]
    assert (await world.ask(by_token(first), "GET", f"{PUBLIC}/snapshot")).status_code == 404
    assert (await world.ask(by_token(second), "GET", f"{PUBLIC}/snapshot")).status_code == 200
    assert (await world.ask(ed, "DELETE", f"{place}/link")).json()["data"]["public"] is False
    assert (await world.ask(by_token(second), "GET", f"{PUBLIC}/snapshot")).status_code == 404
    assert (await content(world, "ed", snapshot))[0] == 200


async def test_who_may_do_what_with_snapshots(world: AccessWorld) -> None:
    """Viewers see them, editors of the project take, open and delete them, nobody reaches another project's."""
    snapshot, _ = await made_snapshot(world, await world.browser("ed"))
    place = f"{SNAPSHOTS}/{snapshot['id']}"
    vic, olga = await world.browser("vic"), await world.browser("olga")
    for method, path in (("POST", f"{place}/link"), ("DELETE", f"{place}/link"), ("DELETE", place)):
        assert (await world.ask(vic, method, path)).status_code == 403
        assert (await world.ask(olga, method, path)).status_code == 404
    assert (await world.ask(vic, "POST", SNAPSHOTS, json=link())).status_code == 403
    assert (await world.ask(vic, "POST", f"{SNAPSHOTS}/import", json=file())).status_code == 403
    assert (await world.ask(olga, "GET", f"{place}/content")).status_code == 404
    assert (await world.ask(None, "GET", f"{place}/content")).status_code == 401
    assert (await world.ask(await world.browser("ed"), "DELETE", place)).status_code == 200
    assert (await content(world, "ed", snapshot))[0] == 404


async def test_what_is_exported_can_be_brought_back(world: AccessWorld) -> None:
    """With all its data."""
    ed = await world.browser("ed")
    snapshot, _ = await made_snapshot(world, ed)
    _, exported = await content(world, "ed", snapshot)
    answer = await world.ask(ed, "POST", f"{SNAPSHOTS}/import", json=exported)
    assert answer.status_code == 201
    back = answer.json()["data"]["snapshot"]
    assert back["id"] != snapshot["id"]
    _, again = await content(world, "ed", back)
    assert again["answers"] == exported["answers"]
    assert again["dashboard"] == exported["dashboard"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kind": "other"}, "kind"),
        ({"schema": 2}, "schema"),
        ({"title": ""}, "title"),
        ({"time": {"start_ms": 5, "end_ms": 5}}, "time"),
        ({"answers": []}, "answers"),
        ({"answers": [{"timestamps_ms": [2, 1]}]}, "answers[0].timestamps_ms"),
        ({"answers": [{"timestamps_ms": [1], "series": [{"labels": {}, "values": []}]}]}, "series[0].values"),
        ({"answers": [{"timestamps_ms": [1], "series": [{"labels": {}, "values": ["<b>"]}]}]}, "values"),
        ({"answers": [{"timestamps_ms": [1], "series": [{"labels": {"a": 1}, "values": [1]}]}]}, "labels"),
        ({"dashboard": {"widgets": 3}}, "widgets"),
        ({"more": 1}, "more"),
    ],
)
async def test_a_file_that_is_no_snapshot_is_refused(world: AccessWorld, change: dict[str, Any], where: str) -> None:
    """With the field that is wrong; nothing is kept."""
    ed = await world.browser("ed")
    answer = await world.ask(ed, "POST", f"{SNAPSHOTS}/import", json=file(**change))
    assert answer.status_code == 400
    assert where in answer.json()["error"]
    assert (await world.ask(ed, "GET", SNAPSHOTS)).json()["data"] == []
    for body in (b"", b"\xff", b"[" * 10_000, b"null"):
        assert (await world.ask(ed, "POST", f"{SNAPSHOTS}/import", content=body)).status_code == 400


async def test_what_is_brought_leads_nowhere(world: AccessWorld) -> None:
    """Links, questions and sources of marks in a file are left out as everywhere (CVE-2020-11110)."""
    ed = await world.browser("ed")
    answer = await world.ask(ed, "POST", f"{SNAPSHOTS}/import?public=true&expires_in_ms=60000", json=file())
    data = answer.json()["data"]
    assert (data["snapshot"]["public"], data["snapshot"]["expires_ms"]) == (True, NOW_MS + 60_000)
    shown = await world.ask(by_token(data["token"]), "GET", f"{PUBLIC}/snapshot")
    assert "hidden" not in shown.text
    assert shown.json()["answers"][0]["series"][0]["labels"] == {"a": "<b>"}


async def test_snapshots_are_bounded(tmp_path: Path) -> None:
    """In number and size; the refusal names the setting."""
    limits = {"sharing__max_snapshots": 1, "sharing__max_snapshot": "1KiB"}
    async with access_world(tmp_path, **WITHOUT_LIMITS, **limits) as world:
        await filled(world)
        ed = await world.browser("ed")
        large = [
            question(step_ms=1_000, promql=f"x * {n}", ref="A", role=role) for n, role in enumerate(("value", "low"))
        ]
        refused = await world.ask(ed, "POST", SNAPSHOTS, json=link(questions=large))
        assert (refused.status_code, refused.json()["limit"]["name"]) == (422, "sharing.max_snapshot")
        refused = await world.ask(ed, "POST", f"{SNAPSHOTS}/import", content=b"x" * 5000)
        assert refused.json()["limit"]["name"] == "sharing.max_snapshot"
        await made_snapshot(world, ed, questions=[])
        refused = await world.ask(ed, "POST", SNAPSHOTS, json=link(questions=[]))
        assert refused.json()["limit"]["name"] == "sharing.max_snapshots"


async def test_a_question_that_fails_has_no_answer(world: AccessWorld) -> None:
    """The rest is there."""
    ed = await world.browser("ed")
    wanted = [question(promql="x * on() group_left() x"), question(ref="F", promql="x")]
    snapshot, _ = await made_snapshot(world, ed, questions=wanted)
    _, data = await content(world, "ed", snapshot)
    assert data["answers"][0] == {"error": "bad_data"}
    assert len(data["answers"][1]["series"]) == 2


async def test_a_snapshot_expires(world: AccessWorld) -> None:
    """For everybody, at its moment."""
    ed = await world.browser("ed")
    snapshot, token = await made_snapshot(world, ed, public=True, expires_in_ms=60_000)
    world.clock.advance_ms(60_001)
    assert (await world.ask(by_token(token), "GET", f"{PUBLIC}/snapshot")).status_code == 404
    assert (await content(world, "ed", snapshot))[0] == 404
