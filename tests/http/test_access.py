"""The gate over the whole server: who is let in where, by what, about which project."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.http.access_world import NOW_MS, PASSWORD, AccessWorld, Somebody, access_world

from vedette.auth.actor import CLI
from vedette.auth.permission import BUILT_IN_ROLES, SCOPES, Permission
from vedette.http.policy import POLICY, Open
from vedette.storage.interface import DEFAULT_PROJECT

MOMENT = {"start_ms": NOW_MS, "end_ms": NOW_MS, "step_ms": 0}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AccessWorld]:
    """A server with an administrator, two projects, and a role that sees team a only."""
    async with access_world(tmp_path) as it:
        it.user("root", is_instance_admin=True)
        it.service.projects.create(CLI, "other")
        it.service.roles.create(CLI, "team-a", ["metrics:read", "status:read"], selector='{team="a"}')
        yield it


async def push(world: AccessWorld, text: str, project: str = DEFAULT_PROJECT) -> None:
    """Store samples of now."""
    answer = await world.ask(world.key("ingest", project=project), "POST", "/api/v1/import/prometheus", content=text)
    assert answer.status_code == 200, answer.text


async def test_before_set_up_only_the_page_and_set_up_answer(tmp_path: Path) -> None:
    """The page's files, liveness and the one-time link; everything else says what to do."""
    async with access_world(tmp_path) as world:
        assert (await world.ask(None, "GET", "/api/v1/openapi.json")).status_code == 200
        assert (await world.ask(None, "GET", "/api/v1/session")).json()["data"]["setup_required"] is True
        refused = await world.ask(None, "GET", "/api/v1/query?query=up")
        assert (refused.status_code, refused.json()["reason"]) == (401, "setup")
        token = world.service.setup.begin()
        wrong = await world.ask(None, "POST", "/api/v1/setup", json={"token": "x", "name": "a", "password": PASSWORD})
        assert wrong.status_code == 401
        body = {"token": token, "name": "ada", "password": PASSWORD}
        assert (await world.ask(None, "POST", "/api/v1/setup", json=body)).status_code == 201
        assert (await world.ask(None, "POST", "/api/v1/setup", json=body)).status_code == 401
        ada = await world.browser("ada")
        assert (await world.ask(ada, "GET", "/api/v1/query?query=up")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer "},
        {"authorization": "Bearer vdt_x_y"},
        {"authorization": "Basic !!!"},
        {"authorization": "Basic " + base64.b64encode(b"root:").decode()},
        {"authorization": "Digest x"},
        {"authorization": "Bearer " + "x" * 10_000},
        {"x-api-key": ""},
        {"cookie": "vedette_session="},
        {"cookie": "vedette_session=x; vedette_session=y"},
        {},
    ],
)
async def test_odd_and_empty_credentials_are_refused(world: AccessWorld, headers: dict[str, str]) -> None:
    """Nothing that is empty, cut, doubled or unknown opens anything (OpenObserve CVE-2026-126065)."""
    answer = await world.ask(Somebody("odd", headers), "GET", "/api/v1/query?query=up")
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


async def test_a_key_is_taken_in_every_usual_form(world: AccessWorld) -> None:
    """Bearer, Token, X-API-Key and basic with any user name."""
    secret = world.key("read").headers["authorization"].removeprefix("Bearer ")
    basic = base64.b64encode(f"anybody:{secret}".encode()).decode()
    for headers in (
        {"authorization": f"Bearer {secret}"},
        {"authorization": f"Token {secret}"},
        {"authorization": f"Basic {basic}"},
        {"x-api-key": secret},
    ):
        assert (await world.ask(Somebody("key", headers), "GET", "/api/v1/labels")).status_code == 200
    in_url = await world.ask(None, "GET", f"/api/v1/labels?ticket={secret}")
    assert in_url.status_code == 401


async def test_a_change_with_a_session_needs_the_csrf_text(world: AccessWorld) -> None:
    """A forged request has the cookie but not the text; a key needs neither."""
    root = await world.browser("root")
    forged = Somebody("forged", {"cookie": root.headers["cookie"]})
    refused = await world.ask(forged, "POST", "/api/v1/projects", json={"name": "evil"})
    assert refused.status_code == 403
    assert (await world.ask(forged, "GET", "/api/v1/projects")).status_code == 200
    assert (await world.ask(root, "POST", "/api/v1/projects", json={"name": "good"})).status_code == 201


async def test_what_ends_takes_effect_at_once(world: AccessWorld) -> None:
    """A disabled user, a revoked key and an ended session are nobody with the next request."""
    user_id = world.user("eve", default="viewer")
    eve = await world.browser("eve")
    key = world.service.keys.create(CLI, "default", "hers", ["read"], owner_id=user_id)
    by_key = Somebody("hers", {"x-api-key": key.secret})
    assert (await world.ask(by_key, "GET", "/api/v1/labels")).status_code == 200
    root = await world.browser("root")
    tag = (await world.ask(root, "GET", f"/api/v1/users/{user_id}")).headers["etag"]
    changed = await world.ask(
        root, "PATCH", f"/api/v1/users/{user_id}", json={"disabled": True}, headers={"if-match": tag}
    )
    assert changed.status_code == 200
    for who in (eve, by_key):
        assert (await world.ask(who, "GET", "/api/v1/labels")).status_code == 401


async def test_a_role_with_a_selector_narrows_every_way_to_ask(world: AccessWorld) -> None:
    """Queries, labels, values, series, metadata, federation and columns show nothing of other teams."""
    await push(world, '# HELP secret_b hidden\nx{team="a",host="h1"} 1\nx{team="b",host="h2"} 2\nsecret_b{team="b"} 3')
    world.user("ann", default="team-a")
    ann = await world.browser("ann")
    for path in (
        "/api/v1/query?query=x",
        "/api/v1/query?query=sum(x)",
        '/api/v1/query?query=x{team="b"}',
        "/api/v1/query_range?query=x&start=1699999990&end=1700000010&step=5",
        "/api/v1/series?match[]=x",
        "/api/v1/labels",
        "/api/v1/label/host/values",
        "/api/v1/label/__name__/values",
        "/api/v1/metadata",
        "/api/v1/targets/metadata",
        "/federate?match[]=x",
        "/api/v1/explain?query=x",
        "/api/history/metrics?start=1699999990&end=1700000010&step=5",
        "/api/metrics/at?time=1700000000&match[]=x",
    ):
        answer = await world.ask(ann, "GET", path)
        if answer.status_code != 403:
            assert answer.status_code == 200, (path, answer.text)
            for hidden in ("h2", "secret_b", "hidden", '"3"'):
                assert hidden not in answer.text, path
    total = await world.ask(ann, "GET", "/api/v1/query?query=sum(x)")
    assert total.json()["data"]["result"][0]["value"][1] == "1"
    columns = await world.ask(ann, "POST", "/api/v1/metrics/query", json={"promql": "x", **MOMENT})
    assert [series["labels"]["team"] for series in columns.json()["data"]["series"]] == ["a"]
    for path in ("/api/v1/targets", "/api/v1/status/tsdb", "/api/v1/status/cardinality", "/api/v1/queries"):
        assert (await world.ask(ann, "GET", path)).status_code == 403, path


async def test_projects_do_not_see_each_other(world: AccessWorld) -> None:
    """What is not theirs looks like what is not there, by header, parameter and path."""
    await push(world, "mine 1")
    await push(world, "theirs 1", "other")
    world.user("ann", default="viewer")
    ann = await world.browser("ann")
    names = await world.ask(ann, "GET", "/api/v1/label/__name__/values")
    assert names.json()["data"] == ["mine"]
    answers = [
        await world.ask(ann, "GET", "/api/v1/labels", headers={"x-vedette-project": "other"}),
        await world.ask(ann, "GET", "/api/v1/labels?project=other"),
        await world.ask(ann, "GET", "/api/v1/labels?project=nowhere"),
        await world.ask(ann, "GET", "/api/v1/projects/other/members"),
        await world.ask(ann, "GET", "/api/v1/projects/nowhere/members"),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert (await world.ask(ann, "GET", "/api/v1/labels?project=../x")).status_code == 400
    root = await world.browser("root")
    assert (await world.ask(root, "GET", "/api/v1/labels?project=nowhere")).status_code == 404
    found = await world.ask(root, "GET", "/api/v1/label/__name__/values?project=other")
    assert found.json()["data"] == ["theirs"]


def routes_of_permissions() -> list[tuple[str, str, Permission]]:
    """Every route that needs a permission, with its path filled in."""
    return [
        (method, path, need)
        for (method, path), need in sorted(POLICY.items())
        if isinstance(need, Permission) and method != "WS"
    ]


def filled(path: str) -> str:
    """A path of the table with something in its braces."""
    values = {"project": "default", "kind": "dashboard", "group:path": "job/x"}
    while "{" in path:
        head, _, rest = path.partition("{")
        name, _, tail = rest.partition("}")
        path = head + values.get(name, "nothing") + tail
    return path


async def test_each_role_and_scope_reaches_exactly_its_routes(world: AccessWorld) -> None:
    """The matrix of roles and routes: 403 with the missing permission, or not 403."""
    for role in BUILT_IN_ROLES:
        world.user(f"a-{role}", default=role)
    asking = [(await world.browser(f"a-{role}"), permissions) for role, permissions in BUILT_IN_ROLES.items()]
    asking += [(world.key(scope), permissions) for scope, permissions in SCOPES.items()]
    asking.append((Somebody("nobody"), frozenset()))
    for method, path, need in routes_of_permissions():
        for who, permissions in asking:
            if need in permissions:
                continue
            answer = await world.ask(who, method, filled(path))
            expected = 401 if who.name == "nobody" else 403
            assert answer.status_code == expected, (who.name, method, path, answer.text)
            if expected == 403:
                assert answer.json()["permission"] == need.value, (who.name, method, path)


@pytest.mark.parametrize("role", [*BUILT_IN_ROLES, "root"])
async def test_what_is_permitted_is_not_refused_by_the_gate(world: AccessWorld, role: str) -> None:
    """The other half of the matrix: whatever else is wrong with an empty request, it is not the permission."""
    if role != "root":
        world.user(f"a-{role}", default=role)
    who = await world.browser("root" if role == "root" else f"a-{role}")
    permissions = frozenset(Permission) if role == "root" else BUILT_IN_ROLES[role]
    for method, path, need in routes_of_permissions():
        if need in permissions and path not in ("/stream/metrics", "/api/v1/admin/tsdb/snapshot"):
            answer = await world.ask(who, method, filled(path))
            assert answer.status_code not in (401, 403, 500), (role, method, path, answer.text)


async def test_signed_in_routes_need_somebody(world: AccessWorld) -> None:
    """One's own things are nobody's without signing in."""
    for (method, path), need in POLICY.items():
        if need is Open.SIGNED_IN:
            assert (await world.ask(None, method, filled(path))).status_code == 401, (method, path)


async def test_a_ticket_works_once(world: AccessWorld) -> None:
    """For what cannot send headers; afterwards it is nothing."""
    root = await world.browser("root")
    ticket = (await world.ask(root, "POST", "/api/v1/tickets")).json()["data"]["ticket"]
    assert (await world.ask(None, "GET", f"/api/v1/labels?ticket={ticket}")).status_code == 200
    assert (await world.ask(None, "GET", f"/api/v1/labels?ticket={ticket}")).status_code == 401
