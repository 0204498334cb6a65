"""Dashboards over HTTP: taking them over from Grafana."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.unit.test_settings_take_effect import serving

FIXTURES = Path(__file__).parents[1] / "unit" / "dashboards" / "grafana"
IMPORT = "/api/v1/dashboards/import"


def grafana(name: str) -> dict[str, Any]:
    """A dashboard of Grafana."""
    content: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text())
    return content


async def test_an_import_can_be_looked_at_before_it_is_saved(tmp_path: Path) -> None:
    """Without `save` nothing is kept; with it the document is what was shown, under the name that was asked for."""
    async with serving(tmp_path) as client:
        shown = await client.post(IMPORT, json={"grafana": grafana("modern")})
        data = shown.json()["data"]
        assert (shown.status_code, data["name"], data["document"]) == (200, "Nodes and more", None)
        assert data["report"]["panels"]["left"] == 1
        assert (await client.get("/api/v1/documents/dashboard")).json()["data"] == []
        saved = await client.post(IMPORT, json={"grafana": grafana("modern"), "save": True, "name": "Mine"})
        document = saved.json()["data"]["document"]
        assert (saved.status_code, document["name"], document["version"]) == (201, "Mine", 1)
        kept = (await client.get(f"/api/v1/documents/dashboard/{document['id']}")).json()["data"]
        assert kept["spec"] == data["dashboard"]
        assert kept["spec"]["tags"] == ["linux", "nodes"]
        again = await client.post(IMPORT, json={"grafana": grafana("modern"), "save": True, "name": "Mine"})
        assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_what_cannot_be_imported_is_refused_with_the_reason(tmp_path: Path) -> None:
    """No dashboard, no JSON, or a field that does not exist."""
    async with serving(tmp_path) as client:
        for body in ('{"grafana": {}}', "[", '{"grafana": {"panels": []}, "safe": true}', "{}"):
            refused = await client.post(IMPORT, content=body)
            assert refused.status_code == 400, body
        assert "neither panels nor rows" in (await client.post(IMPORT, json={"grafana": {}})).json()["error"]


async def test_a_document_that_is_no_dashboard_is_refused_with_its_field(tmp_path: Path) -> None:
    """What the catalog keeps under this kind is always a dashboard."""
    async with serving(tmp_path) as client:
        body = {
            "name": "x",
            "spec": {"widgets": [{"id": "a", "kind": "line", "place": {"x": 0, "y": 0, "w": 99, "h": 1}}]},
        }
        refused = await client.post("/api/v1/documents/dashboard", json=body)
        assert refused.status_code == 400
        assert refused.json()["error"].startswith("widgets[0].place.w: ")
