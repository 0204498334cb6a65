"""GraphQL over a whole server: the same dashboards, rights and refusals as REST has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_client_schema, get_introspection_query, print_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.http.access_world import WITHOUT_LIMITS, AccessWorld, Somebody, access_world
from tests.http.sharing_world import made_link

from vedette.catalog.audit_log import AuditFilter

PATH = "/api/v1/graphql"
SPEC = {
    "tags": ["prod"],
    "description": "All of it",
    "refresh": "30s",
    "variables": [{"name": "host", "kind": "label_values"}],
    "widgets": [{"id": "a", "kind": "line", "title": "CPU", "place": {"x": 0, "y": 0, "w": 6, "h": 4}}],
}
CREATE = "mutation ($new: DashboardInput!) { createDashboard(dashboard: $new) { id version owner } }"
UPDATE = """mutation ($id: ID!, $version: Int!, $new: DashboardInput!) {
  updateDashboard(id: $id, version: $version, dashboard: $new) { version name updatedBy }
}"""
PIECES = [*'{}()[]:!$"@ \\', "...", "dashboards", "next", "on", "query", "é", "\x00"]
EVERYTHING = """query ($id: ID!) { dashboard(id: $id) {
  id name version description folder tags owner created updated updatedBy public refresh timezone filters
  layout { x y w h } widgets { id kind title place { w } spec } spec
  versions { version name message saved savedBy }
} }"""


class Client:
    """Somebody who speaks GraphQL."""

    def __init__(self, world: AccessWorld, who: Somebody) -> None:
        self.world = world
        self.who = who

    async def post(self, query: object, **variables: object) -> httpx.Response:
        """The whole answer."""
        return await self.world.ask(self.who, "POST", PATH, json={"query": query, "variables": variables})

    async def data(self, query: str, **variables: object) -> Any:
        """The data of an answer without errors."""
        answer = await self.post(query, **variables)
        assert (answer.status_code, answer.json().get("errors")) == (200, None), answer.text
        return answer.json()["data"]

    async def error(self, query: str, **variables: object) -> Any:
        """The one error of an answer."""
        (error,) = (await self.post(query, **variables)).json()["errors"]
        return error

    async def create(self, name: str, **spec: object) -> str:
        """A new dashboard's id."""
        made = await self.data(CREATE, new={"name": name, "spec": {**SPEC, **spec}, "message": "first"})
        return str(made["createDashboard"]["id"])


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AccessWorld]:
    """A server where people sign in."""
    async with access_world(tmp_path, **WITHOUT_LIMITS) as it:
        it.user("ann", default="editor")
        it.user("bob", default="viewer")
        yield it


@pytest.fixture
async def ann(world: AccessWorld) -> Client:
    """May change dashboards."""
    return Client(world, await world.browser("ann"))


@pytest.fixture
async def bob(world: AccessWorld) -> Client:
    """May see them."""
    return Client(world, await world.browser("bob"))


async def test_a_dashboard_has_all_of_its_fields(world: AccessWorld, ann: Client) -> None:
    """What REST keeps is read field by field; what a dashboard leaves out has its default."""
    made = await ann.create("Web")
    rest = (await world.ask(ann.who, "GET", f"/api/v1/documents/dashboard/{made}")).json()["data"]
    found = (await ann.data(EVERYTHING, id=made))["dashboard"]
    (widget,) = found.pop("widgets")
    assert widget == {
        **{name: SPEC["widgets"][0][name] for name in ("id", "kind", "title")},  # type: ignore[index]
        "place": {"w": 6},
        "spec": SPEC["widgets"][0],  # type: ignore[index]
    }
    (version,) = found.pop("versions")
    assert (version["version"], version["message"], version["savedBy"]) == (1, "first", "ann")
    assert found.pop("created") == found.pop("updated") == version["saved"] == "2023-11-14T22:13:20.000Z"
    assert found == {
        "id": made,
        "name": "Web",
        "version": 1,
        "description": "All of it",
        "folder": "",
        "tags": ["prod"],
        "owner": "ann",
        "updatedBy": "ann",
        "public": False,
        "refresh": "30s",
        "timezone": "browser",
        "filters": SPEC["variables"],
        "layout": [{"x": 0, "y": 0, "w": 6, "h": 4}],
        "spec": rest["spec"],
    }
    assert (await ann.data("{ dashboard(id: 5) { id } }"))["dashboard"] is None


async def test_lists_go_on_where_they_ended(ann: Client) -> None:
    """By name, page by page, narrowed by words and tags, with the content where that is asked for."""
    for name in ("One", "Three", "Two"):
        await ann.create(name, tags=[name.lower()])
    asked = "query ($after: String!) { dashboards(first: 2, after: $after) { nodes { name widgets { title } } next } }"
    first = (await ann.data(asked, after=""))["dashboards"]
    assert first["nodes"] == [{"name": name, "widgets": [{"title": "CPU"}]} for name in ("One", "Three")]
    second = (await ann.data(asked, after=first["next"]))["dashboards"]
    assert (second["nodes"], second["next"]) == ([{"name": "Two", "widgets": [{"title": "CPU"}]}], "")
    by_tag = await ann.data('{ dashboards(tag: "two") { nodes { name } } }')
    by_word = await ann.data('{ dashboards(search: "cpu thr") { nodes { name } } }')
    assert [by_tag["dashboards"]["nodes"], by_word["dashboards"]["nodes"]] == [[{"name": "Two"}], [{"name": "Three"}]]
    for wrong in ("first: 0", "first: 101", f'search: "{"x" * 201}"'):
        error = await ann.error(f"{{ dashboards({wrong}) {{ next }} }}")
        assert (error["extensions"]["code"], error["extensions"]["status"]) == ("bad_data", 400), wrong


async def test_changes_are_versions(world: AccessWorld, ann: Client) -> None:
    """Made, changed, deleted, restored and taken back, each upon the version that is named, and in the audit log."""
    made = await ann.create("Web")
    new = {"name": "Web 2", "spec": {**SPEC, "widgets": []}}
    changed = (await ann.data(UPDATE, id=made, version=1, new=new))["updateDashboard"]
    assert changed == {"version": 2, "name": "Web 2", "updatedBy": "ann"}
    conflict = await ann.error(UPDATE, id=made, version=1, new=new)
    assert (conflict["extensions"]["code"], conflict["extensions"]["current"]["version"]) == ("conflict", 2)
    assert conflict["path"] == ["updateDashboard"]
    id_of = f'id: "{made}"'
    gone = (await ann.data(f"mutation {{ deleteDashboard({id_of}, version: 2) {{ tags }} }}"))["deleteDashboard"]
    assert gone["tags"] == ["prod"]
    assert (await ann.data(f"{{ dashboard({id_of}) {{ id }} }}"))["dashboard"] is None
    back = (await ann.data(f"mutation {{ restoreDashboard({id_of}) {{ name version }} }}"))["restoreDashboard"]
    assert back["name"] == "Web 2"
    former = f"mutation {{ restoreDashboard({id_of}, to: 1, version: {back['version']}) {{ name }} }}"
    assert (await ann.data(former))["restoreDashboard"]["name"] == "Web"
    noted = [line.action for line in world.service.audit.search(AuditFilter()) if line.object_id == made]
    assert noted[::-1] == [f"document.{verb}" for verb in ("create", "update", "delete", "restore", "restore")]


async def test_rights_are_those_of_rest(world: AccessWorld, ann: Client, bob: Client) -> None:
    """A viewer reads; who is nobody, or of another project, does not; a refused change leaves all as it was."""
    made = await ann.create("Web")
    assert (await bob.data(f'{{ dashboard(id: "{made}") {{ name }} }}'))["dashboard"] == {"name": "Web"}
    refused = await bob.error(CREATE, new={"name": "x", "spec": {}})
    assert (refused["extensions"]["code"], refused["extensions"]["status"]) == ("forbidden", 403)
    assert len((await ann.data("{ dashboards { nodes { id } } }"))["dashboards"]["nodes"]) == 1
    nobody = Client(world, Somebody("nobody"))
    assert (await nobody.post("{ dashboards { next } }")).status_code == 401
    pushing = Client(world, world.key("ingest"))
    assert (await pushing.post("{ dashboards { next } }")).status_code == 403


async def test_public_means_that_somebody_outside_sees_it(world: AccessWorld, ann: Client) -> None:
    """As long as there is a link that works."""
    made = await ann.create("Web")
    asked = "{ dashboards { nodes { public } } }"
    share, _ = await made_link(world, ann.who, dashboard=made)
    assert (await ann.data(asked))["dashboards"]["nodes"] == [{"public": True}]
    assert (await world.ask(ann.who, "DELETE", f"/api/v1/shares/{share['id']}")).status_code == 200
    assert (await ann.data(asked))["dashboards"]["nodes"] == [{"public": False}]


async def test_what_is_no_dashboard_is_refused_with_its_field(ann: Client) -> None:
    """Content, names and versions that cannot be, and whatever JSON stands in the query itself."""
    for wrong, said in (
        ({"name": "", "spec": {}}, "name"),
        ({"name": "x", "spec": {"refresh": 5}}, "refresh"),
        ({"name": "x", "spec": []}, "spec"),
    ):
        error = await ann.error(CREATE, new=wrong)
        assert error["extensions"]["code"] == "bad_data"
        assert said in error["message"]
    literal = (
        'mutation { createDashboard(dashboard: {name: "L", spec: {tags: ["a"], refresh: "off"}}) { refresh tags } }'
    )
    assert (await ann.data(literal))["createDashboard"] == {"refresh": "off", "tags": ["a"]}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "{",
        "{ dashboards }",
        "{ nothing }",
        "subscription { a }",
        "{" + "a" * 10 + "{" * 1_000,
        "{" + " ".join(f"a{n}: dashboards {{ next }}" for n in range(11)) + "}",
        "{ ...f } fragment f on Query {" + " ".join(f"a{n}: dashboards {{ next }}" for n in range(11)) + "}",
        "{" + " ".join(f"a{n}: __typename" for n in range(2_000)) + "}",
        "query A { dashboards { next } } query B { dashboards { next } }",
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
        "query ($a: Int!) { dashboards(first: $a) { next } }",
    ],
)
async def test_what_is_no_operation_is_refused(ann: Client, query: str) -> None:
    """400 with what is wrong: syntax, schema, too much at once, too deep, without its variables."""
    answer = await ann.post(query)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["message"]
    assert "data" not in answer.json()


async def test_bodies_that_are_none(world: AccessWorld, ann: Client) -> None:
    """As everywhere: what the body lacks is named, and one that is too large is not read."""
    for body in ({}, {"query": 5}, {"query": "{ x }", "variables": []}):
        answer = await world.ask(ann.who, "POST", PATH, json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_data")
    long = await ann.post("{ " + "x" * 200_000 + " }")
    assert (long.status_code, "100000" in long.text.replace(",", "")) == (400, True), long.text


async def test_clients_read_the_schema(ann: Client) -> None:
    """Introspection builds the schema anew, with its descriptions."""
    schema = build_client_schema(await ann.data(get_introspection_query()))
    assert "createDashboard(dashboard: DashboardInput!" in print_schema(schema)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(query=st.lists(st.sampled_from(PIECES)).map("".join))
async def test_no_text_is_a_bug(ann: Client, query: str) -> None:
    """Whatever is sent: an answer with what is wrong, never one that blames the program."""
    answer = await ann.post(query)
    assert answer.status_code in (200, 400)
    assert "internal" not in answer.text
