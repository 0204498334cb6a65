"""Which pages may show this server's in a frame: none, but what the settings name, and only public links."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.dashboards.plugins.authored import write_plugin
from tests.unit.test_settings_take_effect import serving

from vedette.dashboards.sharing.settings import SharingSettings
from vedette.errors import BadData


def ancestors(policy: str) -> str:
    """What a policy says of frames around it."""
    return next(part.strip() for part in policy.split(";") if part.strip().startswith("frame-ancestors"))


async def test_nothing_may_be_framed_by_default(tmp_path: Path) -> None:
    """Not even what public links open."""
    async with serving(tmp_path) as client:
        for path in ("/", "/embed", "/public", "/login", "/api/v1/openapi.json", "/api/v1/public/dashboard"):
            answer = await client.get(path, headers={"accept": "text/html"})
            assert answer.headers["x-frame-options"] == "DENY"
            assert ancestors(answer.headers["content-security-policy"]) == "frame-ancestors 'none'"


async def test_only_embed_may_be_framed_by_whom_the_settings_name(tmp_path: Path) -> None:
    """Everything else stays closed to all."""
    named = ("https://wiki.example", "https://*.corp.example:8443")
    async with serving(tmp_path, sharing__frame_ancestors=named) as client:
        answer = await client.get("/embed")
        assert "x-frame-options" not in answer.headers
        policy = answer.headers["content-security-policy"]
        assert ancestors(policy) == "frame-ancestors https://wiki.example https://*.corp.example:8443"
        assert "script-src 'self';" in policy
        for path in ("/", "/embed/", "/embed/x", "/embed.html", "/public", "/d/x", "/api/v1/shares"):
            other = await client.get(path, headers={"accept": "text/html"})
            assert other.headers["x-frame-options"] == "DENY", path
            assert ancestors(other.headers["content-security-policy"]) == "frame-ancestors 'none'", path


async def test_plugins_may_be_framed_where_dashboards_may(tmp_path: Path) -> None:
    """A page that shows a public link in a frame is around the frames of its widgets, too."""
    write_plugin(tmp_path / "plugins", "comb")
    async with serving(tmp_path, sharing__frame_ancestors=("https://wiki.example",)) as client:
        (plugin,) = (await client.get("/api/v1/plugins")).json()["data"]["plugins"]
        frame = await client.get(plugin["frame"])
        policy = frame.headers["content-security-policy"]
        assert ancestors(policy) == "frame-ancestors 'self' https://wiki.example"
        assert "sandbox allow-scripts;" in policy
        assert "x-frame-options" not in frame.headers
        icon = await client.get(plugin["icon"])
        assert ancestors(icon.headers["content-security-policy"]) == "frame-ancestors 'none'"


@pytest.mark.parametrize(
    "origin",
    ["*", "'self'", "https://", "https://a b", "https://a; script-src *", "javascript:0", "https://a/path", ""],
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    """Nothing gets into the policy but origins."""
    with pytest.raises(BadData, match="frame_ancestors"):
        SharingSettings(frame_ancestors=(origin,))
