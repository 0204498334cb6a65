"""What is done to samples and to the server has its line in the audit log, whatever becomes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.http.access_world import NOW_MS, AccessWorld, access_world

from vedette.catalog.database import Catalog
from vedette.errors import Unavailable

SAMPLES = "# TYPE x gauge\nx 1 1699990000\n# EOF\n"
DELETE = "/api/v1/admin/tsdb/delete_series"
DEEDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "series.delete": ("POST", f'{DELETE}?match[]=x{{a="b"}}&start=5&end=6', {}),
    "storage.clean": ("POST", "/api/v1/admin/tsdb/clean_tombstones", {}),
    "storage.snapshot": ("PUT", "/api/v1/admin/tsdb/snapshot", {}),
    "samples.backfill": (
        "POST",
        "/api/v1/backfill",
        {"content": SAMPLES, "headers": {"content-type": "application/openmetrics-text"}},
    ),
    "samples.sample_data": ("POST", "/api/v1/sample-data", {}),
    "config.reload": ("POST", "/-/reload", {}),
}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AccessWorld]:
    """A server with an administrator."""
    async with access_world(tmp_path) as it:
        it.user("root", is_instance_admin=True)
        yield it


async def lines(world: AccessWorld, action: str) -> list[dict[str, Any]]:
    """Of the audit log, newest first."""
    answer = await world.ask(await world.browser("root"), "GET", f"/api/v1/audit?action={action}")
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


@pytest.mark.parametrize("action", DEEDS)
async def test_each_deed_is_a_line(world: AccessWorld, action: str) -> None:
    """Who, what, from where and with what result."""
    method, path, more = DEEDS[action]
    answer = await world.ask(await world.browser("root"), method, path, **more)
    assert answer.status_code in (200, 204), answer.text
    (line,) = await lines(world, action)
    assert (line["actor"], line["address"], line["result"]) == ("root", "127.0.0.1", "ok")
    assert line["request_id"] == answer.headers["x-request-id"]
    if action == "series.delete":
        assert line["detail"] == {"match": ['x{a="b"}'], "start_ms": 5000, "end_ms": 6000}
        assert line["project"] == "default"


async def test_what_was_refused_is_no_deed(world: AccessWorld) -> None:
    """A wrong selector deletes nothing and says nothing; who may not is told of by the gate."""
    root = await world.browser("root")
    assert (await world.ask(root, "POST", f"{DELETE}?match[]={{")).status_code == 400
    assert (await world.ask(world.key("read"), "POST", f"{DELETE}?match[]=x")).status_code == 403
    assert await lines(world, "series.delete") == []
    (denied,) = await lines(world, "denied")
    assert (denied["object_id"], denied["detail"]) == (f"POST {DELETE}", {"permission": "series:delete"})


async def test_what_cannot_be_noted_is_not_done(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples are not deleted behind the back of a log that cannot be written."""
    await world.ask(world.key("ingest"), "POST", "/api/v1/import/prometheus", content="x 1")
    admin, question = world.key("admin"), f"/api/v1/query?query=x&time={NOW_MS / 1000}"

    def broken(*_: object) -> object:
        raise Unavailable("the catalog cannot be written")

    with monkeypatch.context() as patch:
        patch.setattr(Catalog, "begin", broken)
        assert (await world.ask(admin, "POST", f"{DELETE}?match[]=x")).status_code == 503
        assert len((await world.ask(admin, "GET", question)).json()["data"]["result"]) == 1
    assert (await world.ask(admin, "POST", f"{DELETE}?match[]=x")).status_code == 204
    assert (await world.ask(admin, "GET", question)).json()["data"]["result"] == []


async def test_a_failed_deed_is_a_second_line(tmp_path: Path) -> None:
    """That it was begun, and that it failed and why."""
    async with access_world(tmp_path) as world:
        world.user("root", is_instance_admin=True)
        (tmp_path / "data" / "snapshots").write_text("in the way")
        root = await world.browser("root")
        answer = await world.ask(root, "POST", "/api/v1/admin/tsdb/snapshot")
        assert answer.status_code >= 400
        found = await lines(world, "storage.snapshot")
        assert [line["result"] for line in found] == ["failed", "ok"]
