"""A catalog that cannot be reached holds up only what needs it, and is taken as soon as it is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.postgres import PostgresServer
from tests.unit.test_settings_take_effect import push, serving

URL = "/api/v1/documents/folder"


async def test_a_server_starts_without_its_catalog_and_finds_it_later(tmp_path: Path, postgres: PostgresServer) -> None:
    """Samples are taken and asked for meanwhile; documents answer 503, and work once the database exists."""
    url = postgres.url("later")
    async with serving(tmp_path, catalog__url=url) as client:
        assert (await push(client, "a 1")).status_code == 200
        assert (await client.get("/api/v1/query?query=a")).json()["status"] == "success"
        refused = await client.get(URL)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert "unused" not in refused.text
        # The identities have been tried, and fail too, before there is a database.
        await asyncio.sleep(1.5)
        postgres.execute("CREATE DATABASE later TEMPLATE migrated")
        answer = await client.post(URL, json={"name": "a", "spec": {}})
        assert answer.status_code == 201, answer.text


async def test_a_lost_database_is_an_answer_not_a_crash(tmp_path: Path, postgres: PostgresServer) -> None:
    """While it is away changes answer 503; when it is back the server goes on by itself."""
    postgres.execute("CREATE DATABASE coming TEMPLATE migrated")
    async with serving(tmp_path, catalog__url=postgres.url("coming")) as client:
        assert (await client.post(URL, json={"name": "a", "spec": {}})).status_code == 201
        postgres.execute("ALTER DATABASE coming ALLOW_CONNECTIONS false")
        postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'coming'")
        assert (await client.get(URL)).status_code == 503
        assert (await push(client, "a 1")).status_code == 200
        postgres.execute("ALTER DATABASE coming ALLOW_CONNECTIONS true")
        assert [it["name"] for it in (await client.get(URL)).json()["data"]] == ["a"]
