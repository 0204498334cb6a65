"""Privacy rules over a whole server: who may change them, what is noted, what a dry run shows and how it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog.testing
from starlette.types import Message
from tests.http.access_world import AccessWorld, Somebody, access_world

from vedette.auth.actor import CLI
from vedette.catalog.audit_log import AuditFilter

RULES = "/api/v1/projects/default/privacy/rules"
DRY_RUN = "/api/v1/projects/default/privacy/dry-run"
COUNTS = "/api/v1/projects/default/privacy/counts"
PUSH = "/api/v1/import/prometheus"
STAFF = {"name": "Staff", "pattern": "emp-[0-9]+"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AccessWorld]:
    """A server."""
    async with access_world(tmp_path) as it:
        yield it


@pytest.fixture
def admin(world: AccessWorld) -> Somebody:
    """Who may do everything in the default project."""
    return world.key("admin")


async def stored(world: AccessWorld, who: Somebody) -> list[dict[str, str]]:
    """All series."""
    answer = await world.ask(who, "GET", "/api/v1/series", params={"match[]": '{__name__=~".+"}'})
    found: list[dict[str, str]] = answer.json()["data"]
    return found


async def data(answer: httpx.Response, status: int = 200) -> Any:
    """The content of a good answer."""
    assert answer.status_code == status, answer.text
    return answer.json()["data"]


async def test_rules_are_made_changed_and_deleted(world: AccessWorld, admin: Somebody) -> None:
    """With their versions as ETag; each is in force with the very next sample, also for series that are known."""
    line = 'm{user="emp-17 mary@example.com"} 1\n'
    await world.ask(admin, "POST", PUSH, content=line)
    made = await world.ask(admin, "POST", RULES, json=STAFF)
    rule = await data(made, 201)
    assert (made.headers["etag"], rule["version"], rule["is_built_in"], rule["action"]) == ('"1"', 1, False, "mask")
    await world.ask(admin, "POST", PUSH, content=line)
    mail = {"name": "Mail", "detector": "email", "action": "drop_field"}
    changed = await world.ask(admin, "PUT", f"{RULES}/email", json=mail, headers={"if-match": '"0"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"1"')
    await world.ask(admin, "POST", PUSH, content=line)
    assert sorted(one.get("user", "") for one in await stored(world, admin)) == [
        "",
        "[Staff] mary@example.com",
        "emp-17 mary@example.com",
    ]
    listed = await data(await world.ask(admin, "GET", RULES))
    assert [(it["id"], it["name"]) for it in listed["rules"]][4:5] == [("email", "Mail")]
    assert listed["rules"][-1] == rule
    assert {"name", "title", "example"} == set(listed["detectors"][0])
    assert (await data(await world.ask(admin, "GET", COUNTS)))["counts"]["Mail"] == 1
    stale = await world.ask(admin, "DELETE", f"{RULES}/{rule['id']}", headers={"if-match": '"9"'})
    assert stale.status_code == 409
    await data(await world.ask(admin, "DELETE", f"{RULES}/{rule['id']}", headers={"if-match": '"1"'}))
    assert (await world.ask(admin, "DELETE", f"{RULES}/email", headers={"if-match": '"1"'})).status_code == 400
    assert (await world.ask(admin, "PUT", f"{RULES}/email", json=mail)).status_code == 428


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "x", "pattern": "("}, "no regular expression"),
        ({"name": "x"}, "either a detector or a pattern"),
        ({"name": "x", "detector": "shoe_size"}, "there is no detector"),
        ({"name": "x", "pattern": "y", "shape": 1}, "shape"),
        ({"name": "x", "pattern": "y", "action": "burn"}, "action"),
    ],
)
async def test_wrong_rules_are_refused_with_words(
    world: AccessWorld, admin: Somebody, body: dict[str, Any], words: str
) -> None:
    """Nothing is stored of them, and a dry run refuses them alike."""
    for path, sent in ((RULES, body), (DRY_RUN, {"rules": [body]})):
        answer = await world.ask(admin, "POST", path, json=sent)
        assert answer.status_code == 400
        assert words in answer.json()["error"]
    assert (await data(await world.ask(admin, "GET", RULES)))["rules"][-1]["id"] == "ip"


async def test_only_who_administers_the_project_gets_at_its_rules(world: AccessWorld) -> None:
    """Editors do not, nor the administrators of other projects, nor anybody by the routes of documents."""
    world.service.projects.create(CLI, "other")
    for who in (world.key("edit", "read", "ingest"), world.key("admin", project="other")):
        for method, path in (("GET", RULES), ("POST", RULES), ("POST", DRY_RUN), ("GET", COUNTS)):
            assert (await world.ask(who, method, path)).status_code == 403
    admin = world.key("admin")
    await world.ask(admin, "POST", RULES, json=STAFF)
    assert (await world.ask(admin, "GET", "/api/v1/documents/privacy_rule")).status_code == 404


async def test_rules_of_one_project_are_not_those_of_another(world: AccessWorld, admin: Somebody) -> None:
    """The same sample is masked here and stored there."""
    world.service.projects.create(CLI, "other")
    other = world.key("admin", project="other")
    await world.ask(admin, "POST", RULES, json=STAFF)
    for who in (admin, other):
        await world.ask(who, "POST", PUSH, content='m{user="emp-17"} 1\n')
    assert [one["user"] for one in await stored(world, admin)] == ["[Staff]"]
    assert [one["user"] for one in await stored(world, other)] == ["emp-17"]


async def test_a_dry_run_changes_nothing_and_shows_masked_forms_alone(world: AccessWorld, admin: Somebody) -> None:
    """Of stored series and of given texts; also what another rule of the run finds beside it is masked."""
    lines = "".join(f'm{{user="emp-{n} u{n}@example.com"}} 1\n' for n in range(7))
    await world.ask(admin, "POST", PUSH, content=lines + "plain 1\n")
    rules = [STAFF, {"name": "Mail", "detector": "email", "action": "drop_record"}]
    text = "emp-1 wrote to x@example.com"
    answer = await world.ask(admin, "POST", DRY_RUN, json={"rules": rules, "texts": [text]})
    tried = await data(answer)
    assert (tried["series"], tried["changed"], tried["refused"], tried["truncated"]) == (8, 0, 7, False)
    assert tried["texts"] == ["[Staff] wrote to [email]"]
    assert tried["rules"][0] == {
        "name": "Staff",
        "series": 7,
        "values": 7,
        "by_label": {"user": 7},
        "samples": [{"label": "user", "masked": "[Staff] [email]"}] * 5,
    }
    assert "example.com" not in answer.text
    assert "emp-" not in answer.text
    assert len(await stored(world, admin)) == 8
    assert (await data(await world.ask(admin, "GET", RULES)))["rules"][-1]["id"] == "ip"
    later = await world.ask(admin, "POST", DRY_RUN, json={"rules": rules, "since_ms": world.clock.now_ms() + 1000})
    assert (await data(later))["series"] == 0


async def test_changes_and_dry_runs_are_in_the_audit_log(world: AccessWorld, admin: Somebody) -> None:
    """Who did what, without patterns and without what was found or tried; and nothing of it in the server's log."""
    with structlog.testing.capture_logs() as log:
        rule = await data(await world.ask(admin, "POST", RULES, json=STAFF), 201)
        tag = {"if-match": '"1"'}
        await world.ask(admin, "PUT", f"{RULES}/{rule['id']}", json={**STAFF, "enabled": False}, headers=tag)
        await world.ask(admin, "DELETE", f"{RULES}/{rule['id']}", headers={"if-match": '"2"'})
        await world.ask(admin, "POST", DRY_RUN, json={"texts": ["mary@example.com"]})
    lines = world.service.audit.search(AuditFilter(project="default"))
    noted = [line for line in lines if line.action.startswith("privacy")]
    assert [line.action for line in noted] == [
        "privacy.dry_run",
        "privacy_rule.delete",
        "privacy_rule.update",
        "privacy_rule.create",
    ]
    assert {line.actor for line in noted} == {admin.name}
    assert noted[2].detail == {
        "name": "Staff",
        "version": 2,
        "detector": "",
        "action": "mask",
        "enabled": False,
    }
    written = json.dumps([line.detail for line in noted]) + str(log)
    assert "mary" not in written
    assert "emp-" not in written


async def test_a_dry_run_ends_when_the_client_goes(world: AccessWorld, admin: Somebody) -> None:
    """Its thread is free for the next one, and nothing is noted of it."""
    lines = "".join(f'm{{user="{n}"}} 1\n' for n in range(30_000))
    await world.ask(admin, "POST", PUSH, content=lines)
    slow = [{"name": f"r{n}", "pattern": f"[0-9]{n}"} for n in range(90)]
    body = json.dumps({"rules": slow}).encode()
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        return

    headers = {"host": "127.0.0.1:9000", **admin.headers}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": DRY_RUN,
        "raw_path": DRY_RUN.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 9000),
    }
    await world.app(scope, receive, send)
    assert (await data(await world.ask(admin, "POST", DRY_RUN, json={"rules": []})))["series"] == 30_000
    noted = [line for line in world.service.audit.search(AuditFilter()) if line.action == "privacy.dry_run"]
    assert len(noted) == 1
