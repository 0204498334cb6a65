"""A snapshot is a whole data folder: what was there when it was taken is there when it is served."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry
from tests.postgres import PostgresServer
from tests.unit.test_settings_take_effect import push, serving

from vedette.catalog.database import Catalog
from vedette.clock import FakeClock
from vedette.errors import Unavailable
from vedette.server.snapshot import Snapshots
from vedette.tsdb.db import Tsdb
from vedette.tsdb.settings import TsdbSettings

URL = "/api/v1/documents/folder"


async def take(client: httpx.AsyncClient, data: Path) -> Path:
    """The folder of a new snapshot."""
    answer = await client.post("/api/v1/admin/tsdb/snapshot")
    assert answer.status_code == 200, answer.text
    return data / "snapshots" / json.loads(answer.content)["data"]["name"]


async def test_a_snapshot_has_samples_documents_and_the_key(tmp_path: Path) -> None:
    """Served by itself it answers as the original did at that moment; later changes are not in it."""
    data = tmp_path / "data"
    async with serving(data) as client:
        await push(client, "a 1")
        await client.post(URL, json={"name": "before", "spec": {}})
        folder = await take(client, data)
        await client.post(URL, json={"name": "after", "spec": {}})
    assert stat.S_IMODE((folder / "catalog.sqlite3").stat().st_mode) == 0o600
    key = Path("secrets", "instance.key")
    assert (folder / key).read_bytes() == (data / key).read_bytes()
    assert stat.S_IMODE((folder / key).stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / key).parent.stat().st_mode) == 0o700
    shutil.copytree(folder, tmp_path / "copy")
    async with serving(tmp_path / "copy") as client:
        assert [it["name"] for it in (await client.get(URL)).json()["data"]] == ["before"]
        labels = (await client.get("/api/v1/label/__name__/values")).json()["data"]
        assert "a" in labels


async def test_a_catalog_in_postgresql_is_not_part_of_it(tmp_path: Path, postgres: PostgresServer) -> None:
    """Its own tools back it up."""
    async with serving(tmp_path, catalog__url=postgres.database("migrated")) as client:
        folder = await take(client, tmp_path)
    assert not (folder / "catalog.sqlite3").exists()
    assert (folder / "format").exists()


def test_what_could_not_be_finished_is_not_left(tmp_path: Path) -> None:
    """A snapshot without its catalog is none: there is no folder, and the error says why."""
    store = Tsdb(tmp_path, TsdbSettings(background=False), FakeClock(1_700_000_000_000), CollectorRegistry())
    catalog = Catalog(None, tmp_path)
    catalog.close()
    with pytest.raises(Unavailable, match="the catalog is closed"):
        Snapshots(tmp_path, store, catalog, FakeClock(1_700_000_000_000)).take()
    assert list((tmp_path / "snapshots").iterdir()) == []
    store.close()
