"""`/api/v1/plugins` and the documents of plugins, over a whole server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.http.access_world import access_world
from tests.unit.dashboards.plugins.authored import DRAW, write_plugin
from tests.unit.test_settings_take_effect import serving

from vedette.dashboards.plugins.authoring import pin_plugin

URL = "/api/v1/plugins"


async def test_a_folder_becomes_a_plugin_and_is_served_by_its_content(tmp_path: Path) -> None:
    """Found in the data folder and in others; its document and its icon never change under one address."""
    write_plugin(tmp_path / "data" / "plugins", "one", live=False, cache_ms=5000)
    write_plugin(tmp_path / "others", "two")
    async with serving(tmp_path / "data", dashboards__plugins=str(tmp_path / "others")) as client:
        found = (await client.get(URL)).json()["data"]
        assert [one["name"] for one in found["plugins"]] == ["one", "two"]
        assert "follow_ms" not in found
        one = found["plugins"][0]
        assert (one["live"], one["cache_ms"], one["is_pinned"]) == (False, 5000, True)
        assert one["size"] == {"w": 6, "h": 6, "minW": 1, "minH": 1}
        frame = await client.get(one["frame"])
        assert frame.status_code == 200
        assert frame.headers["content-type"] == "text/html; charset=utf-8"
        assert frame.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "sandbox allow-scripts;" in frame.headers["content-security-policy"]
        assert "frame-ancestors 'self'" in frame.headers["content-security-policy"]
        assert frame.headers.get_list("x-frame-options") == ["SAMEORIGIN"]
        assert frame.headers["connection-allowlist"] == "()"
        assert DRAW in frame.text
        icon = await client.get(one["icon"])
        assert (icon.status_code, icon.headers["content-type"]) == (200, "image/svg+xml")
        assert icon.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"


@pytest.mark.parametrize(
    "path",
    [
        "/plugins/one/{digest}/widget.js",
        "/plugins/one/{digest}/manifest.json",
        "/plugins/one/{digest}/..%2f..%2fcatalog.db",
        "/plugins/one/{digest}/%2e%2e/secret",
        "/plugins/one/{digest}/../secret",
        "/plugins/..%2fone/{digest}/frame.html",
        "/plugins/one/0/frame.html",
        "/plugins/one/{digest}/frame.html%00",
        "/plugins/other/{digest}/frame.html",
    ],
)
async def test_no_path_becomes_a_file(tmp_path: Path, path: str) -> None:
    """What is not the document or the icon of exactly this content is nothing (Grafana CVE-2021-43798)."""
    write_plugin(tmp_path / "plugins", "one")
    (tmp_path / "plugins" / "secret").write_text("secret")
    async with serving(tmp_path) as client:
        digest = (await client.get(URL)).json()["data"]["plugins"][0]["digest"]
        answer = await client.get(path.format(digest=digest))
        assert answer.status_code == 404
        assert "secret" not in answer.text.replace("/secret", "")


async def test_a_changed_file_is_refused_with_the_reason_until_it_is_pinned(tmp_path: Path) -> None:
    """While the server runs: it is looked at again and again."""
    folder = write_plugin(tmp_path / "plugins", "one")
    async with serving(tmp_path, dashboards__plugins_interval="100ms") as client:
        before = (await client.get(URL)).json()["data"]["plugins"][0]
        (folder / "widget.js").write_text(DRAW + "// changed\n")
        refused = await eventually(client, "refused")
        assert refused["name"] == "one"
        assert refused["error"].startswith("widget.js: its SHA-256 is ")
        assert str(tmp_path) not in refused["error"]
        assert (await client.get(before["frame"])).status_code == 404
        pin_plugin(folder)
        after = await eventually(client, "plugins")
        assert after["digest"] != before["digest"]


async def eventually(client: object, field: str) -> dict[str, str]:
    """The first of a list that was empty."""
    import asyncio

    for _ in range(200):
        found: list[dict[str, str]] = (await client.get(URL)).json()["data"][field]  # type: ignore[attr-defined]
        if found:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError(f"no {field}")


async def test_in_development_pages_are_told_to_follow(tmp_path: Path) -> None:
    """And what is not pinned is shown, and said to be so."""
    folder = write_plugin(tmp_path / "plugins", "one")
    (folder / "widget.js").write_text(DRAW + "// changed\n")
    flags = {"dashboards__plugins_development": True, "dashboards__plugins_interval": "700ms"}
    async with serving(tmp_path, **flags) as client:
        found = (await client.get(URL)).json()["data"]
        assert found["follow_ms"] == 700
        assert [one["is_pinned"] for one in found["plugins"]] == [False]


async def test_the_page_frames_documents_of_plugins_alone(tmp_path: Path) -> None:
    """By the name that the browser has asked by; an address that no policy can say is covered by the server's own."""
    async with serving(tmp_path) as client:
        for host, source in (("localhost:9000", "localhost:9000/plugins/"), ("[::1]:9000", "'self'")):
            answer = await client.get("/", headers={"host": host})
            found = re.search(r"frame-src ([^;]*);", answer.headers["content-security-policy"])
            assert found is not None
            assert found[1] == source
        answer = await client.get("/", headers={"host": "localhost:9; script-src *"})
        assert "script-src *" not in answer.headers["content-security-policy"]


async def test_the_list_is_for_who_may_see_dashboards(tmp_path: Path) -> None:
    """The documents are named by their content, so that whoever is shown one can load it."""
    write_plugin(tmp_path / "data" / "plugins", "one")
    async with access_world(tmp_path) as world:
        world.user("root", is_instance_admin=True)
        assert (await world.ask(None, "GET", URL)).status_code == 401
        assert (await world.ask(world.key("ingest"), "GET", URL)).status_code == 403
        found = await world.ask(world.key("read"), "GET", URL)
        assert found.status_code == 200
        frame = found.json()["data"]["plugins"][0]["frame"]
        assert (await world.ask(None, "GET", frame)).status_code == 200
