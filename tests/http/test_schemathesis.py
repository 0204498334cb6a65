"""Schemathesis over the whole OpenAPI document: made-up requests of everybody, and what they are answered.

`--api-examples=200` makes more of them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import cramjam
import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.http.access_world import ORIGIN, WITHOUT_LIMITS, AccessWorld, Somebody, access_world

from vedette.auth.actor import CLI
from vedette.auth.permission import BUILT_IN_ROLES, SCOPES
from vedette.http.openapi.document import document
from vedette.http.openapi.operations import OPERATIONS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LEFT_OUT = {
    ("GET", "/stream/metrics"): "never ends; its frames are tested with the live hub",
    ("POST", "/api/v1/admin/tsdb/snapshot"): "copies the store each time; tested with the server",
    ("PUT", "/api/v1/admin/tsdb/snapshot"): "as above",
    ("GET", "/"): "the page's files, which need not be built; a path of their own is tested with the page",
    ("GET", "/{path:path}"): "as above",
}
BUILT = sorted(key for key in OPERATIONS if key[0] != "WS" and key not in LEFT_OUT)
_PROTOBUF = "application/x-protobuf"
_CONVERTOR = re.compile(r"\{(\w+):\w+\}")


def compressed(message: bytes) -> bytes:
    """As remote write sends it."""
    return bytes(cramjam.snappy.compress_raw(message))


schemathesis.openapi.media_type(_PROTOBUF, st.binary(max_size=200) | st.binary(max_size=200).map(compressed))


@schemathesis.serializer(_PROTOBUF)
def _as_it_is(_context: object, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@dataclass
class Crowd:
    """Two servers, one of them without accounts, and everybody who may ask."""

    loop: asyncio.AbstractEventLoop
    world: AccessWorld
    open_world: AccessWorld
    people: list[Somebody] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)
    """Names and ids that exist, by what a path's parameter is called and where it stands."""

    def ask_all(self, request: httpx.Request, answered: Callable[[str, httpx.Response], None]) -> None:
        """The request, of everybody in turn."""
        self.loop.run_until_complete(self._ask_all(request, answered))

    async def _ask_all(self, request: httpx.Request, answered: Callable[[str, httpx.Response], None]) -> None:
        for number, who in enumerate(self.people):
            answered(who.name, await self._send(self.world, request, who.headers))
            if "cookie" in who.headers and not await self._still_known(who):
                self.people[number] = await self.world.browser(who.name)
        answered("anyone", await self._send(self.open_world, request, {}))

    async def _still_known(self, who: Somebody) -> bool:
        return (await self.world.ask(who, "GET", "/api/v1/profile")).status_code == 200

    @staticmethod
    async def _send(world: AccessWorld, request: httpx.Request, more: dict[str, str]) -> httpx.Response:
        headers = httpx.Headers({**dict(request.headers), **more})
        world.client.cookies.clear()
        return await world.client.send(
            httpx.Request(request.method, request.url, headers=headers, content=request.content)
        )


def found_people(world: AccessWorld) -> list[str]:
    """Users of each role; who administers the instance comes last, being able to harm the others."""
    for role in BUILT_IN_ROLES:
        world.user(f"a-{role}", default=role)
    world.service.roles.create(CLI, "team-a", ["metrics:read", "status:read"], selector='{team="a"}')
    world.user("narrow", default="team-a")
    world.user("root", is_instance_admin=True)
    world.user("twin", is_instance_admin=True)
    return [*(f"a-{role}" for role in BUILT_IN_ROLES), "narrow", "root"]


async def furnish(crowd: Crowd) -> None:
    """Something of every kind, so that not every made-up request asks for what is not there."""
    world = crowd.world
    names = found_people(world)
    world.service.projects.create(CLI, "other")
    crowd.people.append(Somebody("nobody"))
    crowd.people += [world.key(scope) for scope in SCOPES]
    crowd.people += [await world.browser(name) for name in names]
    root = crowd.people[-1]
    text = 'up{team="a"} 1\nup{team="b"} 2'
    for to, who in ((world, world.key("ingest")), (crowd.open_world, None)):
        assert (await to.ask(who, "POST", "/api/v1/import/prometheus", content=text)).status_code == 200
    spare = world.user("spare", default="viewer")
    made = await world.ask(root, "POST", "/api/v1/documents/dashboard", json={"name": "one", "spec": {}})
    key = world.service.keys.create(CLI, "default", "spare", ["read"])
    crowd.ids = {
        "project": ["default", "other"],
        "user": ["spare", spare],
        "name": ["team-a", "viewer", "up", "team", "other"],
        "kind": ["dashboard"],
        "users": [spare],
        "keys": [key.key.id],
        "dashboard": [made.json()["data"]["id"]] if made.status_code == 201 else [],
        "version": ["1"],
        "group": ["job/x", "job/x/instance/y"],
    }


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """One for all routes: what one of them did is there for the next."""
    loop = asyncio.new_event_loop()
    stack = AsyncExitStack()

    async def enter() -> Crowd:
        folder = tmp_path_factory.mktemp("api")
        closed = await stack.enter_async_context(access_world(folder / "closed", **WITHOUT_LIMITS))
        opened = await stack.enter_async_context(access_world(folder / "open", http__no_auth=True))
        it = Crowd(loop, closed, opened)
        await furnish(it)
        return it

    yield loop.run_until_complete(enter())
    loop.run_until_complete(stack.aclose())
    loop.close()


@pytest.fixture(scope="module")
def operations() -> dict[tuple[str, str], Any]:
    """Schemathesis' operations by method and path."""
    schema = schemathesis.openapi.from_dict(document(OPERATIONS))
    found = [result.ok() for result in schema.get_all_operations()]
    return {(operation.method.upper(), operation.path): operation for operation in found}


def cases_of(operation: Any) -> st.SearchStrategy[Any]:
    """Requests as the document has them, and others."""
    return operation.as_strategy(GenerationMode.POSITIVE) | operation.as_strategy(GenerationMode.NEGATIVE)


def meant(case: Any, draw: Callable[[st.SearchStrategy[Any]], Any], ids: dict[str, list[str]]) -> None:
    """Often ask for something that exists."""
    before = ""
    parts = case.operation.path.split("/")
    for part in parts:
        name = part.strip("{}")
        if part.startswith("{"):
            place = case.path_parameters.get("kind", before) if name == "id" else name
            known = ids.get(str(place), []) or ids.get(before, [])
            if known and draw(st.booleans()):
                case.path_parameters[name] = draw(st.sampled_from(known))
        before = name
    if "If-Match" in (case.headers or {}) and draw(st.booleans()):
        case.headers["If-Match"] = draw(st.sampled_from(['"1"', '"2"', '"0123456789abcdef"']))


def request_of(case: Any) -> httpx.Request | None:
    """As it would go over the wire; None where no client would send it."""
    arguments = case.as_transport_kwargs(base_url=ORIGIN)
    arguments.pop("timeout", None)
    try:
        prepared = requests.Request(**arguments).prepare()
        return httpx.Request(
            prepared.method or "GET",
            prepared.url or "",
            headers=dict(prepared.headers),
            content=prepared.body or b"",
        )
    except (requests.RequestException, httpx.InvalidURL, UnicodeError):
        return None


@pytest.mark.parametrize(("method", "path"), BUILT, ids=[f"{method} {path}" for method, path in BUILT])
def test_answers_are_as_the_document_says(
    method: str, path: str, crowd: Crowd, operations: dict[tuple[str, str], Any], api_examples: int
) -> None:
    """No error of our own, no status, media type, header or shape that the document does not have; for everybody."""
    operation = operations[method, _CONVERTOR.sub(r"{\1}", path)]
    asked = 0

    @settings(
        max_examples=api_examples,
        deadline=None,
        database=None,
        derandomize=api_examples <= 10,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        nonlocal asked
        case = data.draw(cases_of(operation))
        meant(case, data.draw, crowd.ids)
        request = request_of(case)
        if request is None:
            return
        asked += 1

        def answered(name: str, response: httpx.Response) -> None:
            try:
                case.validate_response(response, checks=CHECKS)
            except BaseException as error:
                error.add_note(f"asked by {name}: {request.method} {request.url} {request.content[:500]!r}")
                raise

        crowd.ask_all(request, answered)

    run()
    assert asked > 0


def test_what_is_left_out_exists() -> None:
    """A reason for a route that is gone goes too."""
    assert set(LEFT_OUT) <= set(OPERATIONS)
