"""Many dashboards at once: found by words, moved, deleted, restored, exported and taken over; and preferences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.http.access_world import AccessWorld, Somebody, access_world
from tests.unit.test_settings_take_effect import serving

DOCUMENTS = "/api/v1/documents"
DASHBOARDS = "/api/v1/dashboards"


def spec(*titles: str, **more: Any) -> dict[str, Any]:
    """A dashboard with a widget for each title."""
    place = {"x": 0, "y": 0, "w": 12, "h": 4}
    widgets = [{"id": f"w{at}", "kind": "line", "title": title, "place": place} for at, title in enumerate(titles)]
    return {"widgets": widgets, **more}


async def make(client: httpx.AsyncClient, name: str, *titles: str, kind: str = "dashboard", **more: Any) -> str:
    """A new document; its id."""
    content = spec(*titles, **more) if kind == "dashboard" else more
    answer = await client.post(f"{DOCUMENTS}/{kind}", json={"name": name, "spec": content})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


async def data(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> Any:
    """What an answer that is a success has."""
    answer = await client.request(method, path, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_lists_say_where_a_dashboard_is_and_what_it_is_about(tmp_path: Path) -> None:
    """Folder, tags and the beginning of the description, as of the last change."""
    async with serving(tmp_path / "data") as client:
        one = await make(client, "Web", tags=["prod"], description=f"All of it. {'x' * 600}", folder="f-1")
        (head,) = await data(client, "GET", f"{DOCUMENTS}/dashboard")
        assert (head["folder"], head["tags"], len(head["description"])) == ("f-1", ["prod"], 500)
        changed = {"name": "Web", "spec": spec(description="Short")}
        await data(client, "PUT", f"{DOCUMENTS}/dashboard/{one}", json=changed, headers={"if-match": '"1"'})
        (head,) = await data(client, "GET", f"{DOCUMENTS}/dashboard")
        assert (head["folder"], head["tags"], head["description"]) == ("", [], "Short")


async def test_words_find_dashboards_and_widgets(tmp_path: Path) -> None:
    """Of all words each is somewhere in the dashboard, in any case; signs of patterns mean themselves."""
    async with serving(tmp_path / "data") as client:
        web = await make(client, "Web servers", "CPU", "Requests 100%", tags=["prod"])
        await make(client, "Database", "CPU busy", description="prod_ 1")
        hits = await data(client, "GET", f"{DASHBOARDS}/search", params={"query": "cpu WEB"})
        assert [(hit["name"], [widget["title"] for widget in hit["widgets"]]) for hit in hits] == [
            ("Web servers", ["CPU"])
        ]
        assert hits[0]["id"] == web

        async def names(query: str) -> list[str]:
            return [hit["name"] for hit in await data(client, "GET", f"{DASHBOARDS}/search", params={"query": query})]

        assert await names("prod") == ["Database", "Web servers"]
        assert await names("%") == ["Web servers"]
        assert await names("prod_") == ["Database"]
        assert await names("") == ["Database", "Web servers"]
        assert await names("nothing") == []
        listed = await data(client, "GET", f"{DOCUMENTS}/dashboard", params={"search": "busy"})
        assert [head["name"] for head in listed] == ["Database"]
        for wrong in ({"query": "x" * 201}, {"limit": "0"}, {"limit": "101"}, {"limit": "x"}):
            assert (await client.get(f"{DASHBOARDS}/search", params=wrong)).status_code == 400
        assert (await client.get(f"{DOCUMENTS}/dashboard", params={"search": "x" * 201})).status_code == 400


async def test_several_are_moved_deleted_and_brought_back(tmp_path: Path) -> None:
    """Each by itself: what cannot be done with one is told, and does not stop the others."""
    async with serving(tmp_path / "data") as client:
        ids = [await make(client, name) for name in ("a", "b", "c")]
        folder = await make(client, "Team", kind="folder")
        moved = await data(
            client, "POST", f"{DASHBOARDS}/many", json={"action": "move", "ids": [*ids, "none"], "folder": folder}
        )
        assert [(one["name"], bool(one["error"])) for one in moved] == [
            ("a", False),
            ("b", False),
            ("c", False),
            ("", True),
        ]
        heads = await data(client, "GET", f"{DOCUMENTS}/dashboard")
        assert {(head["folder"], head["version"]) for head in heads} == {(folder, 2)}
        again = {"action": "move", "ids": ids[:1], "folder": folder}
        await data(client, "POST", f"{DASHBOARDS}/many", json=again)
        assert (await data(client, "GET", f"{DOCUMENTS}/dashboard/{ids[0]}"))["version"] == 2
        await data(client, "POST", f"{DASHBOARDS}/many", json={"action": "delete", "ids": ids[:2]})
        assert [head["name"] for head in await data(client, "GET", f"{DOCUMENTS}/dashboard")] == ["c"]
        back = await data(client, "POST", f"{DASHBOARDS}/many", json={"action": "restore", "ids": ids})
        assert [one["error"] for one in back] == ["", "", f"the dashboard {ids[2]!r} is not deleted"]
        missing = {"action": "move", "ids": ids, "folder": "none"}
        assert (await client.post(f"{DASHBOARDS}/many", json=missing)).status_code == 404
        for wrong in ({"action": "burn", "ids": ids}, {"action": "delete", "ids": []}, {"action": "delete"}):
            assert (await client.post(f"{DASHBOARDS}/many", json=wrong)).status_code == 400


async def test_a_folder_goes_when_nothing_is_in_it(tmp_path: Path) -> None:
    """What is deleted does not count; brought back it is in no folder that is there, and can be saved all the same."""
    async with serving(tmp_path / "data") as client:
        folder = await make(client, "Team", kind="folder", description="Ours")
        one = await make(client, "a", folder=folder)
        place, tag = f"{DOCUMENTS}/folder/{folder}", {"if-match": '"1"'}
        refused = await client.delete(place, headers=tag)
        assert (refused.status_code, "one document is in the folder 'Team'" in refused.json()["error"]) == (409, True)
        await data(client, "POST", f"{DASHBOARDS}/many", json={"action": "delete", "ids": [one]})
        await data(client, "DELETE", place, headers=tag)
        await data(client, "POST", f"{DASHBOARDS}/many", json={"action": "restore", "ids": [one]})
        body = {"name": "a", "spec": spec(folder=folder)}
        await data(client, "PUT", f"{DOCUMENTS}/dashboard/{one}", json=body, headers=tag)
        wrong = await client.post(f"{DOCUMENTS}/folder", json={"name": "b", "spec": {"colour": 1}})
        assert (wrong.status_code, "unknown field `colour`" in wrong.json()["error"]) == (400, True)


async def test_a_bundle_goes_from_one_server_to_another(tmp_path: Path) -> None:
    """With the folders, found by name or made; ids stay so that links work; nothing is there that was not before."""
    async with serving(tmp_path / "one") as client:
        folder = await make(client, "Team", kind="folder")
        first = await make(client, "a", "CPU", folder=folder)
        await make(client, "b")
        bundle = await data(client, "POST", f"{DASHBOARDS}/export", json={})
        assert [len(bundle["folders"]), len(bundle["dashboards"])] == [1, 2]
        some = await data(client, "POST", f"{DASHBOARDS}/export", json={"ids": [first]})
        assert [one["name"] for one in some["dashboards"]] == ["a"]
    async with serving(tmp_path / "two") as client:
        body = {"bundle": json.loads(json.dumps(bundle))}
        would = await data(client, "POST", f"{DASHBOARDS}/take", json={**body, "dry_run": True})
        assert [(one["name"], one["action"], one["id"]) for one in would] == [("a", "create", ""), ("b", "create", "")]
        assert await data(client, "GET", f"{DOCUMENTS}/folder") == []
        await data(client, "POST", f"{DASHBOARDS}/take", json=body)
        (there,) = await data(client, "GET", f"{DOCUMENTS}/folder")
        heads = await data(client, "GET", f"{DOCUMENTS}/dashboard")
        assert [(head["id"] == first, head["folder"]) for head in heads] == [(True, there["id"]), (False, "")]
        again = await data(client, "POST", f"{DASHBOARDS}/take", json=body)
        assert [one["name"] for one in again] == ["a (2)", "b (2)"]
        over = await data(client, "POST", f"{DASHBOARDS}/take", json={**body, "same": "replace"})
        assert [(one["name"], one["action"]) for one in over] == [("a", "replace"), ("b", "replace")]
        assert len(await data(client, "GET", f"{DOCUMENTS}/dashboard")) == 4
        assert len(await data(client, "GET", f"{DOCUMENTS}/folder")) == 1


async def test_what_is_wrong_in_a_bundle_is_told_for_each(tmp_path: Path) -> None:
    """One that is no dashboard is refused with its field; the others are taken, all into one folder if wanted."""
    async with serving(tmp_path / "data") as client:
        folder = await make(client, "Team", kind="folder")
        dashboards = [{"name": "bad", "spec": {"widgets": 3}}, {"name": "  ", "spec": {}}, {"name": "good", "spec": {}}]
        body = {"bundle": {"dashboards": dashboards}, "into": folder}
        taken = await data(client, "POST", f"{DASHBOARDS}/take", json=body)
        assert [one["action"] for one in taken] == ["refuse", "refuse", "create"]
        assert taken[0]["error"].startswith("widgets: ")
        (head,) = await data(client, "GET", f"{DOCUMENTS}/dashboard")
        assert (head["name"], head["folder"]) == ("good", folder)
        body["into"] = "none"
        assert (await client.post(f"{DASHBOARDS}/take", json=body)).status_code == 404
        assert (await client.post(f"{DASHBOARDS}/take", json={"bundle": {"kind": "other"}})).status_code == 400


async def test_a_check_says_which_field_is_wrong_and_keeps_nothing(tmp_path: Path) -> None:
    """The page asks it while JSON is being written."""
    async with serving(tmp_path / "data") as client:
        assert await data(client, "POST", f"{DASHBOARDS}/check", json={"spec": spec("a", "b")}) == {"widgets": 2}
        wrong = await client.post(f"{DASHBOARDS}/check", json={"spec": {"timezone": "no zone"}})
        assert (wrong.status_code, wrong.json()["error"][:9]) == (400, "timezone:")
        assert await data(client, "GET", f"{DOCUMENTS}/dashboard") == []


async def test_files_are_not_moved_or_replaced(tmp_path: Path) -> None:
    """A dashboard that comes from a file is changed there, also when many are changed at once."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "one.json").write_text(json.dumps({"name": "One", "spec": spec()}))
    async with serving(tmp_path / "data", dashboards__provisioning_folder=str(folder)) as client:
        for _ in range(200):
            if await data(client, "GET", f"{DOCUMENTS}/dashboard"):
                break
        for action in ("move", "delete"):
            (outcome,) = await data(client, "POST", f"{DASHBOARDS}/many", json={"action": action, "ids": ["one"]})
            assert "comes from the file one.json" in outcome["error"]
        bundle = {"dashboards": [{"id": "one", "name": "One", "spec": {}}]}
        body = {"bundle": bundle, "same": "replace", "dry_run": True}
        (taken,) = await data(client, "POST", f"{DASHBOARDS}/take", json=body)
        assert (taken["action"], "comes from the file" in taken["error"]) == ("refuse", True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """For a server where people sign in."""
    return tmp_path


async def asked(world: AccessWorld, who: Somebody, method: str, path: str, **more: object) -> Any:
    """What somebody's request is answered with."""
    answer = await world.ask(who, method, path, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_preferences_are_of_one_person_in_one_project(folder: Path) -> None:
    """The newest first, each once; a key has those of its owner; who is gone leaves none."""
    path = "/api/v1/preferences"
    async with access_world(folder) as world:
        world.user("ann", default="viewer")
        bob_id = world.user("bob", default="editor")
        ann, bob = await world.browser("ann"), await world.browser("bob")
        assert await asked(world, ann, "GET", path) == {"stars": [], "recent": [], "home": ""}
        for change in (
            {"star": ["a"]},
            {"star": ["b"]},
            {"star": ["a"], "visited": "x"},
            {"visited": "y", "home": "a"},
        ):
            world.clock.advance_ms(10)
            await asked(world, ann, "PATCH", path, json=change)
        assert await asked(world, ann, "GET", path) == {"stars": ["a", "b"], "recent": ["y", "x"], "home": "a"}
        changed = await asked(world, ann, "PATCH", path, json={"unstar": ["a", "none"], "home": "list"})
        assert changed == {"stars": ["b"], "recent": ["y", "x"], "home": "list"}
        assert (await asked(world, ann, "PATCH", path, json={"home": ""}))["home"] == ""
        assert (await asked(world, bob, "PATCH", path, json={"star": ["c"]}))["stars"] == ["c"]
        assert (await asked(world, world.key("read"), "GET", path))["stars"] == []
        assert (await world.ask(ann, "PATCH", path, json={"star": ["<a>"]})).status_code == 400
        assert (await world.ask(ann, "GET", f"{path}?project=other")).status_code in (403, 404)
        world.user("root", is_instance_admin=True)
        root = await world.browser("root")
        assert (
            await world.ask(root, "DELETE", f"/api/v1/users/{bob_id}", headers={"if-match": '"1"'})
        ).status_code < 300
        with world.instance.identity()._catalog.read() as connection:
            left = connection.exec_driver_sql("SELECT count(*) FROM preferences WHERE value = 'c'").scalar_one()
        assert left == 0


async def test_only_so_many_are_kept_of_what_was_looked_at(tmp_path: Path) -> None:
    """The newest thirty."""
    async with serving(tmp_path / "data") as client:
        for number in range(35):
            found = await data(client, "PATCH", "/api/v1/preferences", json={"visited": f"d{number}"})
        assert len(found["recent"]) == 30
