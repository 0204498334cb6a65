"""A dashboard that is given away, with samples behind it."""

from __future__ import annotations

from typing import Any

import httpx
from tests.http.access_world import NOW_MS, AccessWorld, Somebody

from vedette.auth.actor import CLI

STEP_MS = 10_000
SPAN_MS = 3_600_000
DAY_MS = 86_400_000
SHARES, SNAPSHOTS, PUBLIC = "/api/v1/shares", "/api/v1/snapshots", "/api/v1/public"
SAMPLES = 'x{team="a"} 1\nx{team="b"} 2\nsecret{team="b"} 3'


def question(widget: str = "w1", ref: str = "A", promql: str = "sum by (team) (x)", **more: Any) -> dict[str, Any]:
    """A question as the page freezes it."""
    return {
        "widget": widget,
        "ref": ref,
        "role": "value",
        "step_ms": STEP_MS,
        "span_ms": SPAN_MS,
        "promql": promql,
        **more,
    }


def spec(title: str = "Load of $team") -> dict[str, Any]:
    """A dashboard with everything that must not get out."""
    return {
        "variables": [{"name": "team", "kind": "custom", "values": ["hidden-value"]}],
        "annotations": [{"name": "deploys", "kind": "query", "query": "hidden_marks"}],
        "links": [{"title": "inside", "url": "https://hidden.example/"}],
        "folder": "hidden-folder",
        "tags": ["hidden-tag"],
        "widgets": [
            {
                "id": "w1",
                "kind": "line",
                "title": title,
                "place": {"x": 0, "y": 0, "w": 6, "h": 6},
                "queries": [
                    {"ref": "A", "text": 'x{team="hidden"}'},
                    {"ref": "F", "kind": "formula", "text": "$A * 2"},
                ],
                "links": [{"title": "deep", "dashboard": "hidden"}],
                "repeat": {"variable": "hidden"},
            }
        ],
    }


def link(**more: Any) -> dict[str, Any]:
    """What makes a link that follows the last hour."""
    return {
        "title": "Load",
        "time": {"last_ms": SPAN_MS},
        "spec": spec(),
        "questions": [question()],
        "expires_in_ms": DAY_MS,
        **more,
    }


def by_token(token: str) -> Somebody:
    """Somebody outside who has a link."""
    return Somebody("outside", {"x-share-token": token})


async def asked(world: AccessWorld, token: str, **more: Any) -> httpx.Response:
    """The question of `link`, from outside."""
    body = {
        "widget": "w1",
        "ref": "A",
        "role": "value",
        "step_ms": STEP_MS,
        "start_ms": NOW_MS - 60_000,
        "end_ms": NOW_MS,
        **more,
    }
    return await world.ask(by_token(token), "POST", f"{PUBLIC}/query", json=body)


async def filled(world: AccessWorld) -> None:
    """An administrator, an editor, a viewer, an editor of team a alone, another project, and samples of now."""
    world.user("root", is_instance_admin=True)
    world.service.projects.create(CLI, "other")
    rights = ["metrics:read", "documents:read", "documents:write"]
    world.service.roles.create(CLI, "team-a", rights, selector='{team="a"}')
    world.user("ed", default="editor")
    world.user("vic", default="viewer")
    world.user("ann", default="team-a")
    world.user("olga", other="editor")
    answer = await world.ask(world.key("ingest"), "POST", "/api/v1/import/prometheus", content=SAMPLES)
    assert answer.status_code == 200, answer.text


async def made_link(world: AccessWorld, who: Somebody, **more: Any) -> tuple[dict[str, Any], str]:
    """A new link and its token."""
    answer = await world.ask(who, "POST", SHARES, json=link(**more))
    assert answer.status_code == 201, answer.text
    data = answer.json()["data"]
    return data["share"], data["token"]


async def made_snapshot(world: AccessWorld, who: Somebody, **more: Any) -> tuple[dict[str, Any], str]:
    """A new snapshot and the token of its link, if it is public."""
    answer = await world.ask(who, "POST", SNAPSHOTS, json=link(**more))
    assert answer.status_code == 201, answer.text
    data = answer.json()["data"]
    return data["snapshot"], data["token"]
