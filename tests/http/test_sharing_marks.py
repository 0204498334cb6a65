"""What a public link shows beside its questions: marks on the time axis, and plugins of widgets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.http.access_world import NOW_MS, WITHOUT_LIMITS, AccessWorld, Somebody, access_world
from tests.http.sharing_world import (
    PUBLIC,
    SHARES,
    SNAPSHOTS,
    SPAN_MS,
    asked,
    by_token,
    filled,
    link,
    made_link,
    made_snapshot,
    question,
    spec,
)
from tests.http.test_snapshots import file
from tests.unit.dashboards.plugins.authored import write_plugin

from vedette.auth.actor import CLI

NOTES = {"id": "m1", "kind": "manual", "name": "Notes", "color": "s3"}
QUERY = {"id": "m2", "kind": "query", "name": "Deploys", "title": "{{team}}"}
MARK = question("m2", promql='x{team="a"} > 0', role="mark")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AccessWorld]:
    """With users, samples, two plugins and nothing given away."""
    write_plugin(tmp_path / "data" / "plugins", "comb")
    write_plugin(tmp_path / "data" / "plugins", "inside")
    async with access_world(tmp_path, **WITHOUT_LIMITS) as it:
        await filled(it)
        yield it


async def noted(world: AccessWorld, who: Somebody, title: str, **more: Any) -> None:
    """An annotation a minute ago."""
    body = {"time_ms": NOW_MS - 60_000, "title": title, **more}
    answer = await world.ask(who, "POST", "/api/v1/annotations", json=body)
    assert answer.status_code == 201, answer.text


async def seen(world: AccessWorld, token: str) -> list[dict[str, Any]]:
    """The annotations that somebody outside is shown."""
    answer = await world.ask(by_token(token), "GET", f"{PUBLIC}/annotations")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def dashboard(world: AccessWorld, who: Somebody, name: str) -> str:
    """A dashboard that is kept; its id."""
    answer = await world.ask(who, "POST", "/api/v1/documents/dashboard", json={"name": name, "spec": {}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


async def test_marks_are_given_away_with_the_link(world: AccessWorld) -> None:
    """Their sources without what they ask and pick out, the answer to their question, and the annotations."""
    ed = await world.browser("ed")
    await noted(world, ed, "Release", end_ms=NOW_MS - 30_000, text="by hand", tags=["deploy"])
    notes = {**NOTES, "tags": ["deploy", "hidden-tag"]}
    _, token = await made_link(world, ed, marks=[notes, QUERY], questions=[question(), MARK])
    shown = (await world.ask(by_token(token), "GET", f"{PUBLIC}/dashboard")).json()["data"]
    assert [(one["id"], one["kind"], one["name"]) for one in shown["marks"]] == [
        ("m1", "manual", "Notes"),
        ("m2", "query", "Deploys"),
    ]
    assert "hidden" not in str(shown["marks"])
    assert "promql" not in shown["questions"][1]
    (series,) = (await asked(world, token, widget="m2", role="mark")).json()["data"]["series"]
    assert series["labels"]["team"] == "a"
    assert await seen(world, token) == [
        {
            "source": "m1",
            "time_ms": NOW_MS - 60_000,
            "end_ms": NOW_MS - 30_000,
            "title": "Release",
            "text": "by hand",
            "widget": "",
        }
    ]


async def test_only_annotations_that_are_drawn_get_out(world: AccessWorld) -> None:
    """Those of its dashboard, its time, its widgets and its tags; none where no source shows them."""
    ed = await world.browser("ed")
    mine, other = await dashboard(world, ed, "Mine"), await dashboard(world, ed, "Other")
    await noted(world, ed, "everywhere", tags=["deploy"])
    await noted(world, ed, "mine", dashboard=mine, widget="w1", tags=["deploy"])
    await noted(world, ed, "untagged")
    await noted(world, ed, "of another", dashboard=other, tags=["deploy"])
    await noted(world, ed, "of another widget", dashboard=mine, widget="w9", tags=["deploy"])
    await noted(world, ed, "before", time_ms=NOW_MS - 2 * SPAN_MS, tags=["deploy"])
    notes = {**NOTES, "tags": ["deploy"]}
    _, token = await made_link(world, ed, dashboard=mine, marks=[notes])
    assert sorted(one["title"] for one in await seen(world, token)) == ["everywhere", "mine"]
    _, loose = await made_link(world, ed, marks=[notes])
    assert [one["title"] for one in await seen(world, loose)] == ["everywhere"]
    _, without = await made_link(world, ed, dashboard=mine, marks=[QUERY], questions=[MARK])
    assert await seen(world, without) == []


async def test_annotations_end_with_the_right_to_see_them(world: AccessWorld) -> None:
    """The link goes on where its maker may still ask, without what they may not see any more."""
    world.service.roles.create(CLI, "asker", ["metrics:read"])
    bea = world.user("bea", default="editor")
    who = await world.browser("bea")
    await noted(world, who, "Release")
    _, token = await made_link(world, who, marks=[NOTES])
    assert len(await seen(world, token)) == 1
    world.service.members.assign(CLI, "default", bea, "asker")
    assert await seen(world, token) == []
    assert (await asked(world, token)).status_code == 200


async def test_marks_that_make_no_sense_are_refused(world: AccessWorld) -> None:
    """By the field that is wrong."""
    ed = await world.browser("ed")
    senseless: list[tuple[dict[str, Any], str]] = [
        ({"marks": [NOTES, NOTES]}, "marks[1].id"),
        ({"marks": [NOTES], "questions": [question("m1", role="mark")]}, "questions[0]"),
        ({"marks": [], "questions": [MARK]}, "questions[0]"),
        ({"marks": [QUERY], "questions": [question("w1", role="mark")]}, "questions[0]"),
        ({"marks": [{**NOTES, "id": "a b"}]}, "marks[0].id"),
        ({"marks": [{**NOTES, "id": "m"}] * 51}, "marks"),
    ]
    for more, wrong in senseless:
        for place in (SHARES, SNAPSHOTS):
            answer = await world.ask(ed, "POST", place, json=link(**more))
            assert answer.status_code == 400, answer.text
            assert wrong in answer.json()["error"]


async def test_a_snapshot_keeps_its_marks(world: AccessWorld) -> None:
    """The annotations of when it was taken, also where it is brought back from its file."""
    ed = await world.browser("ed")
    await noted(world, ed, "Release")
    _, token = await made_snapshot(world, ed, marks=[NOTES, QUERY], questions=[question(), MARK], public=True)
    await noted(world, ed, "Later")
    kept = (await world.ask(by_token(token), "GET", f"{PUBLIC}/snapshot")).json()
    assert [one["title"] for one in kept["annotations"]] == ["Release"]
    assert [one["id"] for one in kept["marks"]] == ["m1", "m2"]
    assert kept["answers"][1]["series"][0]["labels"]["team"] == "a"
    brought = await world.ask(ed, "POST", f"{SNAPSHOTS}/import?public=true", json=kept)
    again = (await world.ask(by_token(brought.json()["data"]["token"]), "GET", f"{PUBLIC}/snapshot")).json()
    assert (again["annotations"], again["marks"]) == (kept["annotations"], kept["marks"])
    for wrong in ({"annotations": [{"source": "m1"}]}, {"marks": [{"id": "m1"}]}):
        assert (await world.ask(ed, "POST", f"{SNAPSHOTS}/import", json=file(**wrong))).status_code == 400


async def test_only_plugins_that_are_shown_are_told_of(world: AccessWorld) -> None:
    """Of a link and of a snapshot; their documents are open to whoever knows the address."""
    ed = await world.browser("ed")
    with_plugin = {**spec(), "widgets": [{**spec()["widgets"][0], "kind": "plugin:comb"}]}
    _, plain = await made_link(world, ed)
    _, token = await made_link(world, ed, spec=with_plugin)
    _, kept = await made_snapshot(world, ed, spec=with_plugin, public=True)
    for one, names in ((plain, []), (token, ["comb"]), (kept, ["comb"])):
        data = (await world.ask(by_token(one), "GET", f"{PUBLIC}/plugins")).json()["data"]
        assert [plugin["name"] for plugin in data["plugins"]] == names
        assert data["refused"] == []
    (shown,) = (await world.ask(by_token(token), "GET", f"{PUBLIC}/plugins")).json()["data"]["plugins"]
    assert (await world.ask(None, "GET", shown["frame"])).status_code == 200
    for wrong in ("", "vss_x", "vsl_x"):
        for place in ("plugins", "annotations"):
            assert (await world.ask(by_token(wrong), "GET", f"{PUBLIC}/{place}")).status_code == 404
