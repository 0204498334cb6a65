"""Settings of the catalog reach it in a whole server, and what of them is secret reaches nobody."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from tests.postgres import PostgresServer
from tests.unit.test_settings_take_effect import serving

from vedette.config.effective import as_toml, effective, without_password
from vedette.config.load import load
from vedette.errors import BadData
from vedette.server.settings import Settings

URL = "/api/v1/documents/folder"
SECRET = "postgresql+psycopg://bob:S3cret@db/vedette?sslpassword=S3cret"


async def create(client: httpx.AsyncClient, name: str, text: str = "") -> httpx.Response:
    """Make a folder."""
    return await client.post(URL, json={"name": name, "spec": {"description": text}})


async def test_the_catalog_is_a_file_in_the_data(tmp_path: Path) -> None:
    """Without `catalog.url` documents are there again after a restart, from the data folder alone."""
    async with serving(tmp_path) as client:
        assert (await create(client, "a")).status_code == 201
    assert (tmp_path / "catalog.sqlite3").is_file()
    async with serving(tmp_path) as client:
        assert [it["name"] for it in (await client.get(URL)).json()["data"]] == ["a"]


async def test_url_moves_the_catalog_to_postgresql(tmp_path: Path, postgres: PostgresServer) -> None:
    """With `catalog.url` another server on another folder finds the same documents, and no file is made."""
    url = postgres.database()
    async with serving(tmp_path / "one", catalog__url=url) as client:
        assert (await create(client, "a")).status_code == 201
    async with serving(tmp_path / "two", catalog__url=url) as client:
        assert [it["name"] for it in (await client.get(URL)).json()["data"]] == ["a"]
        shown = (await client.get("/api/v1/settings")).json()["data"]
    assert [it["value"] for it in shown if it["name"] == "catalog.url"] == [f'"{without_password(url)}"']
    assert "unused" not in str(shown)
    assert not (tmp_path / "one" / "catalog.sqlite3").exists()


async def test_limits_of_documents_are_those_that_are_set(tmp_path: Path) -> None:
    """Size, number, states and time of deleted ones, each as configured."""
    flags = {"max_document": "100B", "max_documents": 2, "max_document_versions": 1, "deleted_retention": "0"}
    async with serving(tmp_path, **{f"catalog__{name}": value for name, value in flags.items()}) as client:
        too_large = await create(client, "a", "x" * 100)
        assert too_large.json()["limit"] == {"name": "catalog.max_document", "value": 100}
        place = (await create(client, "a")).headers["location"]
        await create(client, "b")
        assert (await create(client, "c")).json()["limit"] == {"name": "catalog.max_documents", "value": 2}
        await client.put(place, json={"name": "a", "spec": {}}, headers={"if-match": '"1"'})
        assert [it["version"] for it in (await client.get(place + "/versions")).json()["data"]] == [2]
        assert (await client.delete(place, headers={"if-match": '"2"'})).status_code == 200
        assert [it["name"] for it in (await client.get(URL, params={"deleted": "true"})).json()["data"]] == ["b"]


def test_a_database_that_is_not_postgresql_is_refused_without_repeating_it() -> None:
    """A URL of something else, or without the driver, is named by what it should be."""
    for url in ("mysql://bob:S3cret@db/x", "postgresql://bob:S3cret@db/x", "S3cret"):
        loaded = load(Settings, None, {"VEDETTE_CATALOG_URL": url}, {})
        (problem,) = loaded.problems
        assert "catalog.url must begin with postgresql+psycopg://" in str(problem)
        assert "S3cret" not in str(problem)
    with pytest.raises(BadData, match=r"catalog\.busy_timeout"):
        load(Settings, None, {}, {"catalog.busy_timeout": "0"}).require()


def test_a_password_in_the_url_is_not_shown() -> None:
    """Not among the settings in force, not in the file that would bring them about, not in a traceback."""
    settings = load(Settings, None, {}, {"catalog.url": SECRET}).require()
    shown = [item.value for item in effective(settings) if item.field.key == "catalog.url"]
    assert shown == ['"postgresql+psycopg://bob:<secret>@db/vedette?sslpassword=<secret>"']
    assert "S3cret" not in as_toml(settings)
    assert "S3cret" not in repr(settings.catalog)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("https://a.example/b", "https://a.example/b"),
        ("https://a:p@ss/w@a.example", "https://a:<secret>@a.example"),
        ("x://:p@h", "x://:<secret>@h"),
        ("x://h/d?password=a%26&b=c", "x://h/d?password=<secret>&b=c"),
        ("x://h/d?b=c&sslPassword=a", "x://h/d?b=c&sslPassword=<secret>"),
    ],
)
def test_passwords_of_urls_are_hidden(text: str, shown: str) -> None:
    """Whatever the password has in it; the rest stays readable."""
    assert without_password(text) == shown
