"""`/api/v1/documents/{kind}`: what a page or program sees of documents, and who may do what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from starlette.types import Scope

from vedette.auth.audit import Audit
from vedette.auth.permission import BUILT_IN_ROLES, Permission
from vedette.auth.principal import Grant, Principal
from vedette.catalog import projects
from vedette.catalog.audit_log import AuditFilter, search
from vedette.catalog.database import Catalog
from vedette.catalog.documents import Documents
from vedette.catalog.records import AuditEntry, Project, ProjectLimits
from vedette.catalog.settings import CatalogSettings
from vedette.clock import FakeClock
from vedette.errors import BadData
from vedette.http.app import Application
from vedette.http.document_kinds import KINDS, DocumentKind
from vedette.http.gate import Caller
from vedette.http.json_requests import Threads
from vedette.http.policy import needs_of
from vedette.http.routes import documents as document_routes
from vedette.http.settings import HttpSettings

URL = "/api/v1/documents/note"
NOTES = {**KINDS, "note": DocumentKind("note")}
"""With a kind that takes every JSON object."""
LIMITS = CatalogSettings(max_document_bytes=2000)


def person(name: str, **roles: str) -> Principal:
    """Somebody who has these roles in these projects."""
    grants = {project: Grant(role=role, permissions=BUILT_IN_ROLES[role]) for project, role in roles.items()}
    return Principal(kind="user", id=name, name=name, grants=grants)


class ActingGate:
    """Takes whoever sends a request for the same person, in the project that the header names."""

    can_decide = True

    def __init__(self, principal: Principal) -> None:
        self.principal = principal

    def must_wait(self, _key: tuple[str, str]) -> bool:
        return False

    async def wait(self) -> None:
        return

    def admit(self, scope: Scope, key: tuple[str, str]) -> None:
        project = dict(scope["headers"]).get(b"x-vedette-project", b"default").decode()
        found = Caller(scope, self.principal, project)
        need = needs_of(key)
        assert isinstance(need, Permission)
        found.actor.require(need, project)
        scope["vedette.caller"] = found


class Served:
    """A server with documents alone."""

    def __init__(self, folder: Path, kinds: Mapping[str, DocumentKind] = NOTES) -> None:
        self.catalog = Catalog(None, folder)
        with self.catalog.begin() as connection:
            projects.add(connection, Project(name="web", limits=ProjectLimits(), created_ms=1))
        clock = FakeClock(1_700_000_000_000)
        self.documents, self.audit = Documents(self.catalog, clock, LIMITS), Audit(self.catalog, clock)
        self.pool = ThreadPoolExecutor(4)
        self.routes = document_routes.routes(
            lambda: self.documents, lambda: self.audit, Threads(self.pool), LIMITS.max_document_bytes, kinds
        )

    @asynccontextmanager
    async def to(self, principal: Principal) -> AsyncIterator[httpx.AsyncClient]:
        """A client of somebody."""
        app = Application(HttpSettings(), CollectorRegistry())
        app.open(self.routes, ActingGate(principal))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            yield client

    def log(self) -> list[AuditEntry]:
        """The audit log, oldest first."""
        with self.catalog.read() as connection:
            return search(connection, AuditFilter(), 100)[::-1]

    def close(self) -> None:
        """Let go of everything."""
        self.pool.shutdown()
        self.catalog.close()


EDITOR = person("eve", default="editor")


@pytest.fixture
def served(tmp_path: Path) -> Any:
    """A server on an empty catalog."""
    it = Served(tmp_path)
    yield it
    it.close()


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """An editor's."""
    async with served.to(EDITOR) as client:
        yield client


async def create(client: httpx.AsyncClient, name: str = "a", **more: Any) -> dict[str, Any]:
    """A new document."""
    answer = await client.post(URL, json={"name": name, "spec": {}, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["data"]
    return made


async def test_a_document_is_made_read_changed_and_listed(client: httpx.AsyncClient) -> None:
    """With its version as ETag, its place as Location, and the content only where one document is asked for."""
    made = await client.post(URL, json={"name": "a", "spec": {"tags": ["t"], "x": 1}, "id": "my", "message": "hello"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert made.headers["location"] == f"{URL}/my"
    read = await client.get(f"{URL}/my")
    assert (read.status_code, read.headers["etag"], read.json()) == (200, '"1"', made.json())
    assert read.json()["data"]["created_by"] == "eve"
    body = {"name": "b", "spec": {"x": 2}}
    changed = await client.put(f"{URL}/my", json=body, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    listed = (await client.get(URL)).json()
    assert [(it["id"], it["name"], it["tags"], it["version"]) for it in listed["data"]] == [("my", "b", [], 2)]
    assert listed["next"] == ""
    assert "spec" not in listed["data"][0]
    history = (await client.get(f"{URL}/my/versions")).json()["data"]
    assert [(it["version"], it["message"], "spec" in it) for it in history] == [(2, "", False), (1, "hello", False)]
    former = (await client.get(f"{URL}/my/versions/1")).json()["data"]
    assert former["spec"] == {"tags": ["t"], "x": 1}


async def test_who_is_not_up_to_date_gets_both_versions(client: httpx.AsyncClient) -> None:
    """409 with `current` and `yours`, so that a page can show the difference; nothing is changed."""
    made = await create(client)
    place = f"{URL}/{made['id']}"
    await client.put(place, json={"name": "a", "spec": {"by": "first"}}, headers={"if-match": '"1"'})
    late = await client.put(place, json={"name": "a", "spec": {"by": "late"}}, headers={"if-match": '"1"'})
    assert late.status_code == 409
    told = late.json()
    assert (told["code"], told["current"]["version"], told["current"]["spec"]) == ("conflict", 2, {"by": "first"})
    assert (told["yours"]["version"], told["yours"]["spec"]) == (1, {"by": "late"})
    assert (await client.delete(place, headers={"if-match": '"1"'})).status_code == 409
    assert (await client.get(place)).json()["data"]["spec"] == {"by": "first"}


@pytest.mark.parametrize(
    ("given", "status"), [(None, 428), ("", 428), ("1", 400), ('W/"1"', 400), ("*", 400), ('"x"', 400)]
)
async def test_a_change_says_what_it_is_based_on(client: httpx.AsyncClient, given: str | None, status: int) -> None:
    """Without If-Match it is refused with 428, with anything but an ETag of ours with 400."""
    made = await create(client)
    headers = {} if given is None else {"if-match": given}
    place = f"{URL}/{made['id']}"
    for answer in (
        await client.put(place, json={"name": "b", "spec": {}}, headers=headers),
        await client.delete(place, headers=headers),
        await client.post(place + "/restore", json={"version": 1}, headers=headers),
    ):
        assert answer.status_code == status
    assert (await client.get(place)).json()["data"] == made


async def test_what_is_deleted_comes_back(client: httpx.AsyncClient) -> None:
    """Deleted it is listed only on request; it comes back as it was, and a former state becomes the newest."""
    made = await create(client, spec={"n": 1})
    place = f"{URL}/{made['id']}"
    assert (await client.delete(place, headers={"if-match": '"1"'})).json()["data"]["deleted_ms"] > 0
    assert (await client.get(place)).status_code == 404
    assert (await client.get(URL)).json()["data"] == []
    assert [it["id"] for it in (await client.get(URL, params={"deleted": "true"})).json()["data"]] == [made["id"]]
    back = await client.post(place + "/restore")
    assert (back.status_code, back.json()["data"]["spec"], back.headers["etag"]) == (200, {"n": 1}, '"1"')
    await client.put(place, json={"name": "a", "spec": {"n": 2}}, headers={"if-match": '"1"'})
    again = await client.post(place + "/restore", json={"version": 1}, headers={"if-match": '"2"'})
    assert (again.json()["data"]["version"], again.json()["data"]["spec"]) == (3, {"n": 1})
    assert (await client.post(place + "/restore", json={})).status_code == 409


async def test_lists_are_filtered_and_paged(client: httpx.AsyncClient) -> None:
    """By a part of the name, by tag, and page by page."""
    for name, tags in (("CPU", ["host"]), ("Memory", ["host"]), ("Sales", [])):
        await create(client, name, spec={"tags": tags})

    async def names(**asked: str) -> list[str]:
        return [it["name"] for it in (await client.get(URL, params=asked)).json()["data"]]

    assert await names() == ["CPU", "Memory", "Sales"]
    assert await names(name="m") == ["Memory"]
    assert await names(tag="host") == ["CPU", "Memory"]
    first = (await client.get(URL, params={"limit": "2"})).json()
    assert await names(limit="2", after=first["next"]) == ["Sales"]
    for wrong in ({"limit": "0"}, {"limit": "x"}, {"limit": "1e3"}, {"after": "x"}, {"deleted": "yes"}):
        answer = await client.get(URL, params=wrong)
        assert (answer.status_code, next(iter(wrong)) in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "`name`"),
        (b"{", "body"),
        (b"[]", "object"),
        (b'{"name": "a"}', "`spec`"),
        (b'{"name": "a", "spec": []}', "$.spec"),
        (b'{"name": "a", "spec": {}, "version": 1}', "`version`"),
        (b'{"name": 1, "spec": {}}', "$.name"),
        (b'{"name": "a", "spec": {"x": 1e999}}', "body"),
        (b'{"name": "a", "spec": {"x": NaN}}', "body"),
        (b'{"name": "\xff", "spec": {}}', "body"),
        (b'{"name": "a", "spec": {"x": "\\ud800"}}', ""),
        (b'{"name": "a", "spec": {"x": ' + b"[" * 800 + b"]" * 800 + b"}}", ""),
        (b'{"name": "", "spec": {}}', "name"),
        (b'{"name": "a", "id": "../../etc", "spec": {}}', "id"),
    ],
)
async def test_a_body_that_is_no_document_is_refused(client: httpx.AsyncClient, body: bytes, words: str) -> None:
    """400 with the field that is wrong."""
    answer = await client.post(URL, content=body)
    assert answer.status_code == 400, answer.text
    assert words in answer.json()["error"]


async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient) -> None:
    """Also one of which only the blanks are too many; the limit is named."""
    for body in (
        json.dumps({"name": "a", "spec": {"x": "y" * 2000}}).encode(),
        b'{"name": "a", "spec": {}' + b" " * 100_000 + b"}",
    ):
        answer = await client.post(URL, content=body)
        assert answer.status_code == 422
        assert answer.json()["limit"] == {"name": "catalog.max_document", "value": 2000}


async def test_kinds_that_are_not_registered_are_not_found(client: httpx.AsyncClient) -> None:
    """No route makes one."""
    for kind in ("nix", "Dashboard", "dashboard%00", "..%2f"):
        for answer in (
            await client.get(f"/api/v1/documents/{kind}"),
            await client.post(f"/api/v1/documents/{kind}", json={"name": "a", "spec": {}}),
        ):
            assert answer.status_code in (404, 405)


async def test_a_kind_checks_what_it_is_given(tmp_path: Path) -> None:
    """Its own check refuses content when a document is made and when it is changed."""

    def check(spec: Mapping[str, Any]) -> None:
        if "expr" not in spec:
            raise BadData("expr: a rule needs one")

    served = Served(tmp_path, {"rule": DocumentKind("rule", check)})
    async with served.to(EDITOR) as client:
        url = "/api/v1/documents/rule"
        refused = await client.post(url, json={"name": "a", "spec": {}})
        assert (refused.status_code, refused.json()["error"]) == (400, "expr: a rule needs one")
        made = await client.post(url, json={"name": "a", "spec": {"expr": "up"}})
        place = made.headers["location"]
        assert (await client.put(place, json={"name": "a", "spec": {}}, headers={"if-match": '"1"'})).status_code == 400
    served.close()


async def test_viewers_read_and_editors_change_in_their_own_project(served: Served) -> None:
    """Who may only read gets 403 for everything else; documents of a project that is not theirs are not there."""
    async with served.to(EDITOR) as editor:
        made = await create(editor)
    place = f"{URL}/{made['id']}"
    match, body = {"if-match": '"1"'}, {"name": "x", "spec": {}}
    async with served.to(person("vic", default="viewer", web="editor")) as viewer:
        for answer in (await viewer.get(URL), await viewer.get(place), await viewer.get(place + "/versions/1")):
            assert answer.status_code == 200
        for answer in (
            await viewer.post(URL, json=body),
            await viewer.put(place, json=body, headers=match),
            await viewer.delete(place, headers=match),
            await viewer.post(place + "/restore"),
            await viewer.get(URL, params={"deleted": "true"}),
        ):
            assert (answer.status_code, answer.json()["permission"]) == (403, "documents:write")
        elsewhere = {"x-vedette-project": "web"}
        for answer in (
            await viewer.get(place, headers=elsewhere),
            await viewer.put(place, json=body, headers=match | elsewhere),
            await viewer.delete(place, headers=match | elsewhere),
            await viewer.post(place + "/restore", headers=elsewhere),
            await viewer.get(place + "/versions", headers=elsewhere),
            await viewer.get(place + "/versions/1", headers=elsewhere),
        ):
            assert answer.status_code == 404
        assert (await viewer.get(URL, headers=elsewhere)).json()["data"] == []


async def test_a_kind_may_ask_for_more_than_the_route(tmp_path: Path) -> None:
    """A kind that only administrators of a project may see and change is closed to editors."""
    kind = DocumentKind("rule", read=Permission.PROJECT_ADMIN, write=Permission.PROJECT_ADMIN)
    served = Served(tmp_path, {"rule": kind})
    for principal, status in ((EDITOR, 403), (person("ada", default="admin"), 200)):
        async with served.to(principal) as client:
            assert (await client.get("/api/v1/documents/rule")).status_code == status
    served.close()


async def test_every_change_is_in_the_audit_log(served: Served, client: httpx.AsyncClient) -> None:
    """Who, what and which; a change that fails leaves no line, and the content is not in the log."""
    made = await create(client, spec={"secret": "S3cret"})
    place = f"{URL}/{made['id']}"
    await client.put(place, json={"name": "b", "spec": {}}, headers={"if-match": '"1"'})
    await client.put(place, json={"name": "c", "spec": {}}, headers={"if-match": '"1"'})
    await client.delete(place, headers={"if-match": '"2"'})
    await client.post(place + "/restore")
    lines = served.log()
    assert [(line.action, line.detail["name"], line.detail["version"]) for line in lines] == [
        ("document.create", "a", 1),
        ("document.update", "b", 2),
        ("document.delete", "b", 2),
        ("document.restore", "b", 2),
    ]
    assert {(line.actor, line.object_kind, line.object_id, line.project) for line in lines} == {
        ("eve", "note", made["id"], "default")
    }
    assert "S3cret" not in repr(lines)


async def test_many_at_once_lose_nothing(client: httpx.AsyncClient) -> None:
    """Of twenty who change one version one wins and nineteen are told."""
    made = await create(client)
    place = f"{URL}/{made['id']}"
    bodies = [{"name": "a", "spec": {"n": number}} for number in range(20)]
    answers = await asyncio.gather(*(client.put(place, json=body, headers={"if-match": '"1"'}) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    winner = next(answer.json()["data"] for answer in answers if answer.status_code == 200)
    assert (await client.get(place)).json()["data"] == winner
