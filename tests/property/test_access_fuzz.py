"""Random people and programs try random things over HTTP: they succeed exactly where a model says so.

The model has its own tables of roles and scopes. What was refused must have changed nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
import pytest
from tests.http.access_world import PASSWORD, WITHOUT_LIMITS, AccessWorld, Somebody, access_world

from vedette.auth.actor import CLI
from vedette.errors import NotFound

PROJECTS = ("default", "shop", "lab")
USERS = ("ann", "bob", "eve", "root")
VIEW = {"metrics:read", "status:read", "documents:read"}
EDIT = VIEW | {"documents:write"}
ADMIN = EDIT | {"samples:write", "series:delete", "project:admin"}
ROLES: dict[str, tuple[set[str], set[str]]] = {
    "viewer": (VIEW, set()),
    "editor": (EDIT, set()),
    "admin": (ADMIN, set()),
    "team-a": ({"metrics:read", "status:read", "documents:read"}, {"a"}),
    "lead-a": (ADMIN, {"a"}),
    "lead-b": (ADMIN, {"b"}),
    "writer": ({"samples:write"}, set()),
}
"""Role -> (permissions, teams that alone are seen; none: everything)."""
CUSTOM = [name for name in ROLES if name not in ("viewer", "editor", "admin")]
SCOPES = {"ingest": {"samples:write"}, "read": VIEW, "edit": EDIT, "admin": ADMIN}
NEEDED = {"ingest": "samples:write", "read": "metrics:read", "edit": "documents:write", "admin": "project:admin"}
EVERYTHING = (ADMIN | {"instance:admin"}, set[str]())
NOTHING = (set[str](), set[str]())


@dataclass
class Key:
    """A key as the model knows it."""

    id: str
    project: str
    scopes: tuple[str, ...]
    owner: str
    who: Somebody


@dataclass
class Model:
    """Who has what; asked by plain rules."""

    roles: dict[tuple[str, str], str] = field(default_factory=dict)
    """By user and project."""
    keys: list[Key] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    """Project by id."""
    sessions: dict[str, str] = field(default_factory=dict)
    """Session id by user, another one than they ask with."""

    def held(self, who: str | Key, project: str) -> tuple[set[str], set[str]]:
        """(permissions, teams) in a project."""
        if isinstance(who, Key):
            if who.project != project:
                return NOTHING
            scopes = set().union(*(SCOPES[scope] for scope in who.scopes))
            if not who.owner:
                return scopes, set()
            permissions, teams = self.held(who.owner, project)
            return scopes & permissions, teams
        if who == "root":
            return EVERYTHING
        return ROLES.get(self.roles.get((who, project), ""), NOTHING)

    def may(self, who: str | Key, permission: str, project: str) -> bool:
        """Facts about a whole project are not for who sees a part of it."""
        if permission == "instance:admin":
            return who == "root"
        permissions, teams = self.held(who, project)
        return permission in permissions and not (permission == "status:read" and teams)

    def may_give(self, who: str | Key, project: str, user: str, role: str | None) -> bool:
        """A role, or none, to somebody: neither the new nor the present one is more than the giver's own."""
        if isinstance(who, Key) or not self.may(who, "project:admin", project):
            return False
        present = self.roles.get((user, project))
        if role is None and present is None:
            return False
        permissions, teams = self.held(who, project)
        concerned = [ROLES[name] for name in (role, present) if name is not None]
        return all(theirs <= permissions and teams <= narrowed for theirs, narrowed in concerned)

    def may_make_key(self, who: str | Key, project: str, scopes: tuple[str, ...]) -> bool:
        """With nothing that they have not themselves."""
        return not isinstance(who, Key) and all(self.may(who, NEEDED[scope], project) for scope in scopes)


@dataclass
class Ground:
    """The server, with what stays the same between examples."""

    loop: asyncio.AbstractEventLoop
    world: AccessWorld
    browsers: dict[str, Somebody] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    model: Model = field(default_factory=Model)
    folders: int = 0

    def ask(self, who: str | Key, method: str, path: str, **more: Any) -> httpx.Response:
        """A request of somebody."""
        somebody = who.who if isinstance(who, Key) else self.browsers[who]
        self.world.client.cookies.clear()
        return self.loop.run_until_complete(self.world.ask(somebody, method, path, **more))

    def fingerprint(self) -> object:
        """Everything that attempts are about."""
        service = self.world.service
        state = service._directory.state
        documents = [
            self.ask("root", "GET", f"/api/v1/documents/folder?project={project}&deleted=true").json()["data"]
            for project in PROJECTS
        ]
        return (
            {user.id: (user.name, user.is_instance_admin, user.disabled_ms) for user in state.users.values()},
            {user: dict(roles) for user, roles in state.memberships.items() if roles},
            sorted(key.id for key in state.key_ids.values() if not key.revoked_ms),
            sorted(state.session_ids),
            {name: (role.permissions, role.selector) for name, role in state.roles.items()},
            {name: (project.title, project.limits, project.deleted_ms) for name, project in state.projects.items()},
            documents,
        )

    def reset(self, roles: dict[tuple[str, str], str], keys: list[tuple[str, tuple[str, ...], str]]) -> None:
        """A new example: these roles and these keys, one document in each project, one spare session each."""
        service, model = self.world.service, Model(roles=dict(roles))
        for project in PROJECTS:
            for user in USERS:
                self._give(project, user, roles.get((user, project)))
        for key in [key for key in service._directory.state.key_ids.values() if not key.revoked_ms]:
            service.keys.revoke(CLI, key.id)
        for project, scopes, owner in keys:
            made = service.keys.create(CLI, project, "k", scopes, owner_id="")
            if owner:
                self._own(made.key.id, self.ids[owner])
            who = Somebody(f"key of {owner}", {"x-api-key": made.secret})
            model.keys.append(Key(made.key.id, project, scopes, owner, who))
        for project in PROJECTS:
            made_document = self.ask("root", "POST", f"/api/v1/documents/folder?project={project}", json=self._folder())
            assert made_document.status_code == 201, made_document.text
            model.documents[made_document.json()["data"]["id"]] = project
        for user in USERS:
            for session in service.sessions.of_user(self.ids[user]):
                if session.method == "spare":
                    model.sessions[user] = session.id
            if user not in model.sessions:
                with service._directory.change() as connection:
                    owner_of = service.users.get(self.ids[user])
                    model.sessions[user] = service.sessions.begin(connection, owner_of, "spare", CLI).session.id
        self.model = model

    def _folder(self) -> dict[str, Any]:
        """Names are one's own within a project."""
        self.folders += 1
        return {"name": f"folder {self.folders}", "spec": {}}

    def _give(self, project: str, user: str, role: str | None) -> None:
        if role is not None:
            self.world.service.members.assign(CLI, project, user, role)
            return
        try:
            self.world.service.members.remove(CLI, project, user)
        except NotFound:
            return

    def _own(self, key_id: str, user_id: str) -> None:
        """Make it somebody's who may not have made it themselves: they may have lost rights since."""
        from sqlalchemy import update

        from vedette.catalog.epochs import raise_epoch
        from vedette.catalog.tables import api_keys

        with self.world.service._directory.change() as connection:
            connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(owner_id=user_id))
            raise_epoch(connection)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Users, projects and roles; signing in takes long, so it is done once."""
    loop = asyncio.new_event_loop()
    stack = AsyncExitStack()

    async def enter() -> Ground:
        folder = tmp_path_factory.mktemp("access")
        world = await stack.enter_async_context(access_world(folder, **WITHOUT_LIMITS))
        it = Ground(loop, world)
        for name in USERS:
            it.ids[name] = world.user(name, is_instance_admin=name == "root")
            it.browsers[name] = await world.browser(name)
        for project in PROJECTS[1:]:
            world.service.projects.create(CLI, project)
        for name in CUSTOM:
            permissions, teams = ROLES[name]
            selector = "{" + ",".join(f'team="{team}"' for team in sorted(teams)) + "}" if teams else ""
            world.service.roles.create(CLI, name, sorted(permissions), selector=selector)
        return it

    yield loop.run_until_complete(enter())
    loop.run_until_complete(stack.aclose())
    loop.close()


@dataclass
class Attempt:
    """What somebody tries, and whether the model lets them."""

    what: str
    allowed: bool
    send: Callable[[], httpx.Response]
    then: Callable[[httpx.Response], None] = lambda _answer: None
    """Takes over into the model what was done."""


def attempts(ground: Ground, random: Random) -> Attempt:
    """Any thing of anybody."""
    model = ground.model
    who: str | Key = random.choice([*USERS[:3], *USERS, *model.keys])
    project = random.choice(PROJECTS)
    kinds = [_seeing, _members, _keys, _instance, _own]
    if model.documents:
        kinds.append(_documents)
    return random.choice(kinds)(ground, random, who, project)


def _attempt(
    ground: Ground, who: str | Key, allowed: bool, method: str, path: str, then: Any = None, **more: Any
) -> Attempt:
    name = who if isinstance(who, str) else f"key {who.scopes} of {who.owner or 'nobody'} in {who.project}"
    described = f"{name}: {method} {path} {more}"
    return Attempt(described, allowed, lambda: ground.ask(who, method, path, **more), then or (lambda _answer: None))


SEEN = {
    "/api/v1/labels": "metrics:read",
    "/api/v1/query?query=up": "metrics:read",
    "/federate?match[]=up": "metrics:read",
    "/api/v1/metadata": "metrics:read",
    "/api/v1/status/tsdb": "status:read",
    "/api/v1/targets": "status:read",
    "/api/v1/queries": "status:read",
    "/api/v1/audit": "project:admin",
    "/api/v1/audit/export": "project:admin",
    "/api/v1/users": "instance:admin",
    "/api/v1/settings": "instance:admin",
    "/api/v1/status/config": "instance:admin",
    "/api/v1/audit/verify": "instance:admin",
}


def _seeing(ground: Ground, random: Random, who: str | Key, project: str) -> Attempt:
    path = random.choice(sorted(SEEN))
    if random.randint(0, 3) == 0:
        allowed = ground.model.may(who, "samples:write", project)
        return _attempt(
            ground, who, allowed, "POST", f"/api/v1/import/prometheus?project={project}", content='up{team="a"} 1'
        )
    allowed = ground.model.may(who, SEEN[path], project)
    return _attempt(ground, who, allowed, "GET", path, headers={"x-vedette-project": project})


def _documents(ground: Ground, random: Random, who: str | Key, project: str) -> Attempt:
    """The id may be of another project's document."""
    model = ground.model
    document, place = random.choice(list(model.documents.items()))
    write = random.choice(("", "PUT", "DELETE", "POST"))
    path = f"/api/v1/documents/folder/{document}?project={project}"
    if write == "":
        suffix = random.choice(("", "/versions", "/versions/1"))
        allowed = model.may(who, "documents:read", project) and place == project
        return _attempt(ground, who, allowed, "GET", path.replace("?", suffix + "?"))
    allowed = model.may(who, "documents:write", project)
    if write == "POST":
        return _attempt(
            ground,
            who,
            allowed,
            "POST",
            f"/api/v1/documents/folder?project={project}",
            lambda answer: model.documents.update({answer.json()["data"]["id"]: project}),
            json=ground._folder(),
        )
    tag = ground.ask("root", "GET", f"/api/v1/documents/folder/{document}?project={place}").headers["etag"]
    allowed = allowed and place == project
    if write == "PUT":
        return _attempt(ground, who, allowed, "PUT", path, headers={"if-match": tag}, json=ground._folder())
    return _attempt(
        ground,
        who,
        allowed,
        "DELETE",
        path,
        lambda _answer: model.documents.pop(document),
        headers={"if-match": tag},
    )


def _members(ground: Ground, random: Random, who: str | Key, project: str) -> Attempt:
    """Others and oneself."""
    model, user = ground.model, random.choice(USERS)
    path = f"/api/v1/projects/{project}/members"
    role = random.choice((None, "see", *ROLES))
    if role == "see":
        return _attempt(ground, who, model.may(who, "project:admin", project), "GET", path)
    allowed = model.may_give(who, project, user, role)
    if role is None:
        return _attempt(
            ground, who, allowed, "DELETE", f"{path}/{user}", lambda _answer: model.roles.pop((user, project))
        )
    return _attempt(
        ground,
        who,
        allowed,
        "PUT",
        f"{path}/{ground.ids[user]}",
        lambda _answer: model.roles.update({(user, project): role}),
        json={"role": role},
    )


def _keys(ground: Ground, random: Random, who: str | Key, project: str) -> Attempt:
    """Keys of others, of other projects, and with more than one has."""
    model = ground.model
    by_profile = random.random() < 0.5
    base = "/api/v1/profile/keys" if by_profile else f"/api/v1/projects/{project}/keys"
    at_all = isinstance(who, str) if by_profile else model.may(who, "project:admin", project)
    if model.keys and random.random() < 0.5:
        key = random.choice(model.keys)
        if by_profile:
            own = isinstance(who, str) and key.owner == who
            allowed = isinstance(who, str) and (own or model.may(who, "project:admin", key.project))
        else:
            allowed = at_all and key.project == project
        return _attempt(ground, who, allowed, "DELETE", f"{base}/{key.id}", lambda _answer: model.keys.remove(key))
    scopes = some_scopes(random)
    allowed = at_all and model.may_make_key(who, project, scopes)

    def made(answer: httpx.Response) -> None:
        data = answer.json()["data"]
        assert isinstance(who, str)
        somebody = Somebody("made", {"x-api-key": data["secret"]})
        model.keys.append(Key(data["id"], project, scopes, who, somebody))

    return _attempt(ground, who, allowed, "POST", base, made, json={"name": "n", "scopes": scopes, "project": project})


def _instance(ground: Ground, random: Random, who: str | Key, project: str) -> Attempt:
    """What only administrators of the instance do; each is undone when they did it."""
    target = ground.ids[random.choice(USERS[:3])]
    tag = ground.ask("root", "GET", f"/api/v1/users/{target}").headers["etag"]
    version = ground.ask("root", "GET", f"/api/v1/projects/{project}").headers["etag"]
    is_root, service = who == "root", ground.world.service
    choice = random.randint(0, 6)
    if choice == 0:
        return _attempt(
            ground,
            who,
            is_root,
            "PATCH",
            f"/api/v1/users/{target}",
            lambda _answer: ground.loop.run_until_complete(_unpromote(ground, target)),
            headers={"if-match": tag},
            json={"is_instance_admin": True},
        )
    if choice == 1:
        body = {"name": "mallory", "password": PASSWORD, "is_instance_admin": True}
        return _attempt(
            ground,
            who,
            is_root,
            "POST",
            "/api/v1/users",
            lambda answer: service.users.remove(CLI, answer.json()["data"]["id"]),
            json=body,
        )
    if choice == 2:
        body = {"name": "super", "permissions": ["instance:admin"]}
        return _attempt(ground, who, False, "POST", "/api/v1/roles", json=body)
    if choice == 3:
        allowed = ground.model.may(who, "project:admin", project)
        return _attempt(
            ground,
            who,
            allowed,
            "PATCH",
            f"/api/v1/projects/{project}",
            headers={"if-match": version},
            json={"title": version.strip('"')},
        )
    if choice == 4:
        return _attempt(
            ground,
            who,
            is_root,
            "PATCH",
            f"/api/v1/projects/{project}",
            headers={"if-match": version},
            json={"limits": {"max_series": 10**9}},
        )
    if choice == 5:
        return _attempt(
            ground,
            who,
            is_root,
            "POST",
            "/api/v1/roles",
            lambda _answer: service.roles.remove(CLI, "new"),
            json={"name": "new", "permissions": ["metrics:read"]},
        )
    return _attempt(ground, who, is_root, "POST", f"/api/v1/users/{target}/link")


async def _unpromote(ground: Ground, user_id: str) -> None:
    root = ground.browsers["root"]
    tag = (await ground.world.ask(root, "GET", f"/api/v1/users/{user_id}")).headers["etag"]
    answer = await ground.world.ask(
        root, "PATCH", f"/api/v1/users/{user_id}", json={"is_instance_admin": False}, headers={"if-match": tag}
    )
    assert answer.status_code == 200


def _own(ground: Ground, random: Random, who: str | Key, _project: str) -> Attempt:
    """One's profile: fields that it does not have, and sessions of others."""
    choice = random.randint(0, 2)
    if choice == 0:
        more = random.choice(("is_instance_admin", "disabled", "name", "id", "roles", "password_hash"))
        return _attempt(ground, who, False, "PATCH", "/api/v1/profile", json={more: True, "email": "x@y.example"})
    if choice == 1:
        owner, session = random.choice(sorted(ground.model.sessions.items()))
        return _attempt(
            ground,
            who,
            who == owner,
            "DELETE",
            f"/api/v1/profile/sessions/{session}",
            lambda _answer: ground.model.sessions.pop(owner),
        )
    return _attempt(ground, who, isinstance(who, str), "GET", "/api/v1/profile/keys")


def some_scopes(random: Random) -> tuple[str, ...]:
    """One or two."""
    return tuple(random.sample(sorted(SCOPES), random.randint(1, 2)))


def some_roles(random: Random) -> dict[tuple[str, str], str]:
    """Most people have a role in most projects, and often one with many rights."""
    places = [(user, project) for user in USERS[:3] for project in PROJECTS if random.random() < 0.7]
    return {place: random.choice([*ROLES, "admin", "lead-a"]) for place in places}


def some_keys(random: Random) -> list[tuple[str, tuple[str, ...], str]]:
    """Up to four, as (project, scopes, owner)."""
    owners = ("", *USERS)
    return [(random.choice(PROJECTS), some_scopes(random), random.choice(owners)) for _ in range(random.randint(0, 4))]


def is_known(ground: Ground, who: Key) -> bool:
    """A key whose owner has no role any more is no key."""
    return not who.owner or bool(ground.model.held(who.owner, who.project)[0])


@pytest.mark.parametrize("seed", range(16))
def test_what_succeeds_is_what_the_model_allows(ground: Ground, seed: int, api_examples: int) -> None:
    """Allowed things are done, all others are refused and change nothing."""
    random = Random(seed)
    ground.reset(some_roles(random), some_keys(random))
    done_at_all = 0
    for _ in range(5 * api_examples):
        attempt = attempts(ground, random)
        before = None if attempt.allowed else ground.fingerprint()
        answer = attempt.send()
        done = answer.status_code < 300
        assert done == attempt.allowed, (attempt.what, answer.status_code, answer.text, ground.model.roles)
        if done:
            attempt.then(answer)
            done_at_all += 1
        else:
            assert answer.status_code in (400, 401, 403, 404), (attempt.what, answer.text)
            assert ground.fingerprint() == before, attempt.what
    assert done_at_all > 0


@pytest.mark.parametrize("seed", range(8))
def test_lists_hold_what_the_model_lets_see(ground: Ground, seed: int) -> None:
    """Projects, their keys, sessions and the audit log show nothing of where one has no part."""
    random = Random(1000 + seed)
    ground.reset(some_roles(random), some_keys(random))
    model = ground.model
    everybody: list[str | Key] = [*USERS, *model.keys]
    for who in everybody:
        seen = {project for project in PROJECTS if who == "root" or model.held(who, project)[0]}
        answer = ground.ask(who, "GET", "/api/v1/projects")
        if isinstance(who, Key) and not is_known(ground, who):
            assert answer.status_code == 401
            continue
        assert {project["name"] for project in answer.json()["data"]} >= seen - {""}
        strangers = set(PROJECTS) - seen
        if isinstance(who, str):
            assert {project["name"] for project in answer.json()["data"]} == seen
            sessions = ground.ask(who, "GET", "/api/v1/profile/sessions").json()["data"]
            assert model.sessions[who] in {session["id"] for session in sessions}
            others = {model.sessions[user] for user in USERS if user != who}
            assert not others & {session["id"] for session in sessions}
        for project in PROJECTS:
            lines = ground.ask(who, "GET", "/api/v1/audit", headers={"x-vedette-project": project})
            if lines.status_code == 200 and who != "root":
                assert {line["project"] for line in lines.json()["data"]} <= {project}
                assert not strangers & {line["project"] for line in lines.json()["data"]}
            found = ground.ask(who, "GET", f"/api/v1/projects/{project}/keys")
            if found.status_code == 200:
                expected = {key.id for key in model.keys if key.project == project}
                assert {key["id"] for key in found.json()["data"]} == expected
                assert "secret_hash" not in found.text
