"""Dashboards from files: kept as the files say, read-only unless allowed, one bad file beside good ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.unit.test_settings_take_effect import serving

URL = "/api/v1/documents/dashboard"
FILES = "/api/v1/dashboards/provisioned"


def widget(title: str) -> dict[str, Any]:
    """A dashboard with one widget."""
    return {"widgets": [{"id": "a", "kind": "text", "place": {"x": 0, "y": 0, "w": 12, "h": 4}, "title": title}]}


def write(path: Path, name: str, title: str, **more: Any) -> None:
    """A file with such a dashboard."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"name": name, "spec": widget(title), **more}))


def flags(folder: Path, **more: Any) -> dict[str, Any]:
    """Settings with a quick look at a folder."""
    found = {"dashboards__provisioning_folder": str(folder), "dashboards__provisioning_interval": "100ms"}
    return {**found, **{f"dashboards__{name}": value for name, value in more.items()}}


async def listed(client: httpx.AsyncClient) -> dict[str, str]:
    """Names of documents by id."""
    return {one["id"]: one["name"] for one in (await client.get(URL)).json()["data"]}


async def until(check: Callable[[Any], bool], client: httpx.AsyncClient, url: str) -> Any:
    """The first answer that fits."""
    for _ in range(100):
        data = (await client.get(url)).json()["data"]
        if check(data):
            return data
        await asyncio.sleep(0.05)
    raise AssertionError(data)


async def test_files_are_dashboards_and_follow_their_changes(tmp_path: Path) -> None:
    """Read at the start and when they change; a bad one is told and stays as it was; one that is gone is deleted."""
    folder = tmp_path / "files"
    write(folder / "one.json", "One", "first")
    write(folder / "team a" / "two.json", "Two", "x", id="second")
    (folder / "bad.json").write_text('{"spec": {"widgets": 3}, "name": "Bad"}')
    async with serving(tmp_path / "data", **flags(folder)) as client:
        files = (await until(lambda data: len(data["files"]) == 3, client, FILES))["files"]
        assert [(file["path"], file["id"], bool(file["error"])) for file in files] == [
            ("bad.json", "", True),
            ("one.json", "one", False),
            ("team a/two.json", "second", False),
        ]
        assert files[0]["error"].startswith("widgets: ")
        assert await listed(client) == {"one": "One", "second": "Two"}
        write(folder / "one.json", "One more", "changed")
        changed = await until(lambda data: data["version"] == 2, client, f"{URL}/one")
        assert (changed["name"], changed["spec"]) == ("One more", widget("changed"))
        (folder / "one.json").write_text("{")
        await until(
            lambda data: any(file["path"] == "one.json" and file["error"] for file in data["files"]), client, FILES
        )
        assert (await client.get(f"{URL}/one")).json()["data"]["version"] == 2
        (folder / "team a" / "two.json").unlink()
        await until(lambda data: len(data) == 1, client, URL)
        (folder / "one.json").unlink()
    async with serving(tmp_path / "data", **flags(folder)) as client:
        (folder / "bad.json").unlink()
        await until(lambda data: data == [], client, URL)


async def test_what_comes_from_a_file_is_changed_there(tmp_path: Path) -> None:
    """Changing, deleting and restoring are refused with the file's name; and nothing can be written back."""
    write(tmp_path / "files" / "one.json", "One", "first")
    async with serving(tmp_path / "data", **flags(tmp_path / "files")) as client:
        await until(lambda data: len(data) == 1, client, URL)
        match = {"if-match": '"1"'}
        answers = [
            await client.put(f"{URL}/one", json={"name": "x", "spec": {}}, headers=match),
            await client.delete(f"{URL}/one", headers=match),
            await client.post(f"{URL}/one/restore", json={"version": 1}, headers=match),
            await client.post("/api/v1/dashboards/one/write-back"),
        ]
        assert [answer.status_code for answer in answers] == [403] * 4
        assert all("one.json" in answer.json()["error"] for answer in answers)
        assert (await client.post("/api/v1/dashboards/other/write-back")).status_code == 404


async def test_changes_that_are_allowed_last_until_the_file_changes_or_are_written_back(tmp_path: Path) -> None:
    """Also over a restart; written back, the file has what the page has."""
    path = tmp_path / "files" / "one.json"
    write(path, "One", "first")
    on = flags(tmp_path / "files", allow_edits=True)
    async with serving(tmp_path / "data", **on) as client:
        await until(lambda data: len(data) == 1, client, URL)
        body = {"name": "One", "spec": widget("mine")}
        assert (await client.put(f"{URL}/one", json=body, headers={"if-match": '"1"'})).status_code == 200
    async with serving(tmp_path / "data", **on) as client:
        await until(lambda data: len(data["files"]) == 1, client, FILES)
        await asyncio.sleep(0.3)
        assert (await client.get(f"{URL}/one")).json()["data"]["spec"] == widget("mine")
        written = await client.post("/api/v1/dashboards/one/write-back")
        assert (written.status_code, written.json()["data"]["path"]) == (200, "one.json")
        assert json.loads(path.read_text()) == {"id": "one", "name": "One", "spec": widget("mine")}
        write(path, "One", "third")
        await until(lambda data: data["spec"] == widget("third"), client, f"{URL}/one")


@pytest.mark.parametrize("content", ['{"name": "Mine", "id": "taken", "spec": {}}'])
async def test_a_file_never_takes_the_place_of_what_somebody_made(tmp_path: Path, content: str) -> None:
    """A document of the page stays; the file is told to be in conflict with it."""
    folder = tmp_path / "files"
    folder.mkdir()
    async with serving(tmp_path / "data", **flags(folder)) as client:
        await client.post(URL, json={"name": "Theirs", "id": "taken", "spec": {}})
        (folder / "a.json").write_text(content)
        data = await until(lambda data: data["files"] and data["files"][0]["error"], client, FILES)
        assert "taken" in data["files"][0]["error"]
        assert await listed(client) == {"taken": "Theirs"}
