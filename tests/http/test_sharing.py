"""Public links: what a token opens, what it does not, and how it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.http.access_world import NOW_MS, WITHOUT_LIMITS, AccessWorld, Somebody, access_world
from tests.http.sharing_world import (
    DAY_MS,
    PUBLIC,
    SAMPLES,
    SHARES,
    SPAN_MS,
    STEP_MS,
    asked,
    by_token,
    filled,
    link,
    made_link,
    question,
    spec,
)
from tests.unit.test_settings_take_effect import push, serving

from vedette.auth.actor import CLI
from vedette.http.policy import POLICY, Open


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AccessWorld]:
    """With users, samples and nothing given away."""
    async with access_world(tmp_path, **WITHOUT_LIMITS) as it:
        await filled(it)
        yield it


async def test_a_link_shows_its_dashboard_and_answers_its_questions(world: AccessWorld) -> None:
    """Without signing in; the answer is of the frozen question, in columns."""
    share, token = await made_link(world, await world.browser("ed"))
    assert (share["title"], share["is_live"], share["works"], share["created_by"]) == ("Load", True, True, "ed")
    shown = (await world.ask(by_token(token), "GET", f"{PUBLIC}/dashboard")).json()["data"]
    assert (shown["title"], shown["time"], shown["expires_ms"]) == (
        "Load",
        {"last_ms": SPAN_MS, "start_ms": 0, "end_ms": 0},
        NOW_MS + DAY_MS,
    )
    assert shown["questions"] == [{k: v for k, v in question(instant=False).items() if k != "promql"}]
    answer = (await asked(world, token)).json()
    assert answer["data"]["step_ms"] == STEP_MS
    assert sorted((one["labels"]["team"], one["values"][-1]) for one in answer["data"]["series"]) == [
        ("a", 1.0),
        ("b", 2.0),
    ]


async def test_nothing_gets_out_that_is_not_drawn(world: AccessWorld) -> None:
    """Texts of questions, values of variables, sources of marks, links and tags stay inside (CVE-2026-21722)."""
    _, token = await made_link(world, await world.browser("ed"))
    shown = await world.ask(by_token(token), "GET", f"{PUBLIC}/dashboard")
    answer = await asked(world, token)
    for text in (shown.text, answer.text):
        assert "hidden" not in text
        assert "sum by" not in text
    (widget,) = shown.json()["data"]["spec"]["widgets"]
    assert [query["text"] for query in widget["queries"]] == ["?", "$A * 2"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"ref": "B"}, 404),
        ({"widget": "w2"}, 404),
        ({"role": "past"}, 404),
        ({"role": "other"}, 400),
        ({"step_ms": 1_000}, 404),
        ({"step_ms": 1}, 400),
        ({"start_ms": NOW_MS - 2 * SPAN_MS}, 400),
        ({"end_ms": NOW_MS + SPAN_MS}, 400),
        ({"start_ms": NOW_MS, "end_ms": NOW_MS - 60_000}, 400),
        ({"promql": "secret"}, 400),
        ({"query": "secret"}, 400),
        ({"project": "other"}, 400),
    ],
)
async def test_a_question_that_was_not_given_away_is_refused(
    world: AccessWorld, change: dict[str, Any], status: int
) -> None:
    """Another query, step, role or time, or a text of one's own."""
    _, token = await made_link(world, await world.browser("ed"))
    answer = await asked(world, token, **change)
    assert answer.status_code == status
    assert "sum by" not in answer.text


async def test_a_link_opens_no_other_route(world: AccessWorld) -> None:
    """Of every route that is not open to all, whatever way the token is sent."""
    _, token = await made_link(world, await world.browser("ed"))
    ways = [
        {"x-share-token": token},
        {"authorization": f"Bearer {token}"},
        {"x-api-key": token},
        {"cookie": f"vedette_session={token}"},
    ]
    for (method, path), need in POLICY.items():
        if need is Open.PUBLIC or method == "WS":
            continue
        place = path.replace("{", "").replace("}", "").replace(":path", "")
        for headers in ways:
            answer = await world.ask(Somebody("outside", headers), method, f"{place}?ticket={token}")
            assert answer.status_code in (400, 401), (method, path, headers, answer.text)


async def test_a_link_shows_only_its_own_project_and_kind(world: AccessWorld) -> None:
    """A header that names another project changes nothing; the token of a link opens no snapshot."""
    _, token = await made_link(world, await world.browser("ed"))
    headers = {"x-share-token": token, "x-vedette-project": "other"}
    answer = await world.ask(Somebody("outside", headers), "GET", f"{PUBLIC}/dashboard?project=other")
    assert answer.json()["data"]["title"] == "Load"
    assert (await world.ask(by_token(token), "GET", f"{PUBLIC}/snapshot")).status_code == 404


@pytest.mark.parametrize("token", ["", "vsl_", "vsl_" + "x" * 43, ":token", "../..", "x" * 10_000, "vsl_*", "%00"])
async def test_what_is_no_token_opens_nothing(world: AccessWorld, token: str) -> None:
    """The same answer whatever is wrong with it (CVE-2021-39226)."""
    await made_link(world, await world.browser("ed"))
    for method, place in (("GET", "dashboard"), ("POST", "query"), ("GET", "snapshot")):
        answer = await world.ask(by_token(token), method, f"{PUBLIC}/{place}")
        assert answer.status_code == 404
        assert answer.json()["error"].startswith("there is nothing behind this link")


async def test_a_revoked_link_ends_at_once(world: AccessWorld) -> None:
    """Its token is as unknown as any other, and it is no longer listed."""
    ed = await world.browser("ed")
    share, token = await made_link(world, ed)
    assert (await world.ask(ed, "DELETE", f"{SHARES}/{share['id']}")).status_code == 200
    assert (await asked(world, token)).status_code == 404
    assert (await world.ask(ed, "GET", SHARES)).json()["data"] == []
    assert (await world.ask(ed, "DELETE", f"{SHARES}/{share['id']}")).status_code == 404


async def test_a_link_expires(world: AccessWorld) -> None:
    """At its moment; it is listed for a week more."""
    ed = await world.browser("ed")
    _, token = await made_link(world, ed, expires_in_ms=60_000)
    world.clock.advance_ms(60_001)
    assert (await asked(world, token)).status_code == 404
    (listed,) = (await world.ask(ed, "GET", SHARES)).json()["data"]
    assert listed["works"] is False


async def test_a_link_has_the_rights_of_its_maker_as_they_are_now(world: AccessWorld) -> None:
    """It is narrowed as they are, follows a change of their role, and ends with them."""
    ann = world.user("bea", default="team-a")
    _, token = await made_link(world, await world.browser("bea"), questions=[question(promql="x")])
    seen = (await asked(world, token)).json()["data"]["series"]
    assert [one["labels"]["team"] for one in seen] == ["a"]
    world.service.members.assign(CLI, "default", ann, "editor")
    assert len((await asked(world, token)).json()["data"]["series"]) == 2
    world.service.members.remove(CLI, "default", ann)
    assert (await asked(world, token)).status_code == 404


async def test_a_link_ends_with_its_project(world: AccessWorld) -> None:
    """What is deleted is seen by nobody."""
    world.service.projects.create(CLI, "gone")
    root = await world.browser("root")
    answer = await world.ask(root, "POST", SHARES, json=link(), headers={"x-vedette-project": "gone"})
    token = answer.json()["data"]["token"]
    assert (await world.ask(by_token(token), "GET", f"{PUBLIC}/dashboard")).status_code == 200
    world.service.projects.remove(CLI, "gone")
    assert (await world.ask(by_token(token), "GET", f"{PUBLIC}/dashboard")).status_code == 404


async def test_who_may_give_away(world: AccessWorld) -> None:
    """Editors make, list and revoke links of their own project; viewers see them; nobody reaches another project's."""
    share, _ = await made_link(world, await world.browser("ed"))
    vic, olga = await world.browser("vic"), await world.browser("olga")
    assert (await world.ask(vic, "GET", SHARES)).json()["data"][0]["id"] == share["id"]
    assert (await world.ask(vic, "POST", SHARES, json=link())).status_code == 403
    assert (await world.ask(vic, "DELETE", f"{SHARES}/{share['id']}")).status_code == 403
    assert (await world.ask(olga, "GET", SHARES)).json()["data"] == []
    assert (await world.ask(olga, "DELETE", f"{SHARES}/{share['id']}")).status_code == 404
    assert (await world.ask(None, "GET", SHARES)).status_code == 401
    assert (await world.ask(world.key("ingest"), "POST", SHARES, json=link())).status_code == 403


async def test_who_may_not_ask_has_nothing_to_give(world: AccessWorld) -> None:
    """An editor of documents without a right to the metrics."""
    world.service.roles.create(CLI, "writer", ["documents:read", "documents:write"])
    world.user("wes", default="writer")
    refused = await world.ask(await world.browser("wes"), "POST", SHARES, json=link())
    assert (refused.status_code, refused.json()["permission"]) == (403, "metrics:read")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"title": " "}, "title"),
        ({"time": {}}, "time"),
        ({"time": {"last_ms": 1, "end_ms": 5}}, "time"),
        ({"time": {"last_ms": 10}}, "time"),
        ({"time": {"start_ms": 5, "end_ms": 4}}, "time"),
        ({"spec": {"widgets": 3}}, "widgets"),
        ({"questions": [question("w9")]}, "questions[0]"),
        ({"questions": [question(), question()]}, "questions[1]"),
        ({"questions": [question(promql="sum(")]}, "questions[0].promql"),
        ({"questions": [question(span_ms=400 * DAY_MS)]}, "questions[0]"),
        ({"questions": [question(step_ms=1)]}, "step_ms"),
        ({"expires_in_ms": 5}, "expires_in_ms"),
        ({"expires_in_ms": 400 * DAY_MS}, "expires_in_ms"),
        ({"more": 1}, "more"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(world: AccessWorld, change: dict[str, Any], where: str) -> None:
    """And nothing is kept."""
    ed = await world.browser("ed")
    answer = await world.ask(ed, "POST", SHARES, json=link(**change))
    assert answer.status_code == 400
    assert where in answer.json()["error"]
    assert (await world.ask(ed, "GET", SHARES)).json()["data"] == []


async def test_a_link_is_of_a_dashboard_of_its_project(world: AccessWorld) -> None:
    """Where it names one, that one is there; the list can be asked for it."""
    ed = await world.browser("ed")
    assert (await world.ask(ed, "POST", SHARES, json=link(dashboard="d1"))).status_code == 404
    made = await world.ask(ed, "POST", "/api/v1/documents/dashboard", json={"name": "d", "id": "d1", "spec": spec()})
    assert made.status_code == 201
    await made_link(world, ed, dashboard="d1")
    await made_link(world, ed)
    assert len((await world.ask(ed, "GET", f"{SHARES}?dashboard=d1")).json()["data"]) == 1


async def test_making_seeing_and_revoking_are_noted(world: AccessWorld) -> None:
    """In the audit log without the token, and in the list."""
    ed, root = await world.browser("ed"), await world.browser("root")
    share, token = await made_link(world, ed)
    for _ in range(2):
        await world.ask(by_token(token), "GET", f"{PUBLIC}/dashboard")
    (listed,) = (await world.ask(ed, "GET", SHARES)).json()["data"]
    assert (listed["views"], listed["last_seen_ms"]) == (2, NOW_MS)
    await world.ask(ed, "DELETE", f"{SHARES}/{share['id']}")
    lines = (await world.ask(root, "GET", "/api/v1/audit?limit=50")).json()["data"]
    about = [line for line in lines if line["object_id"] == share["id"]]
    # What is only seen is written a little later.
    assert sorted((line["action"], line["actor"]) for line in about) == [
        ("share.create", "ed"),
        ("share.revoke", "ed"),
        ("share.view", ""),
    ]
    assert token not in json.dumps(lines)


async def test_hostile_titles_come_out_as_they_went_in(world: AccessWorld) -> None:
    """They are text, and control characters do not break the audit log."""
    title = "<img src=x onerror=alert(1)>\u0000\u202e${x}"
    ed = await world.browser("ed")
    _, token = await made_link(world, ed, title=title, spec=spec(title=title[:100]))
    shown = (await world.ask(by_token(token), "GET", f"{PUBLIC}/dashboard")).json()["data"]
    assert shown["title"] == title
    assert shown["spec"]["widgets"][0]["title"] == title[:100]
    assert world.service.audit.verify() == []


async def test_public_links_can_be_switched_off(tmp_path: Path) -> None:
    """None can be made, and those that are there open nothing until it is on again."""
    async with access_world(tmp_path, **WITHOUT_LIMITS) as world:
        await filled(world)
        _, token = await made_link(world, await world.browser("ed"))
    async with access_world(tmp_path, **WITHOUT_LIMITS, sharing__public_links=False) as world:
        ed = await world.browser("ed")
        assert (await asked(world, token)).status_code == 404
        assert (await world.ask(ed, "POST", SHARES, json=link())).status_code == 403
    async with access_world(tmp_path, **WITHOUT_LIMITS) as world:
        assert (await world.ask(by_token(token), "GET", f"{PUBLIC}/dashboard")).status_code == 200


async def test_links_of_a_project_are_bounded(tmp_path: Path) -> None:
    """The refusal names the setting."""
    async with access_world(tmp_path, **WITHOUT_LIMITS, sharing__max_links=1, sharing__max_lifetime="2d") as world:
        await filled(world)
        ed = await world.browser("ed")
        await made_link(world, ed)
        refused = await world.ask(ed, "POST", SHARES, json=link())
        assert (refused.status_code, refused.json()["limit"]["name"]) == (422, "sharing.max_links")
        late = await world.ask(ed, "POST", SHARES, json=link(expires_in_ms=3 * DAY_MS))
        assert "sharing.max_lifetime" in late.json()["error"]


async def test_viewers_are_counted_by_address(tmp_path: Path) -> None:
    """Who asks more often than http.rates.public_per_s allows is told when to come again."""
    async with access_world(tmp_path, http__rates__public_per_s=1.0) as world:
        answers = [await world.ask(by_token("x"), "GET", f"{PUBLIC}/dashboard") for _ in range(11)]
        assert [one.status_code for one in answers] == [404] * 10 + [429]
        assert answers[-1].json()["limit"]["name"] == "http.rates.public_per_s"


async def test_what_is_wrong_with_a_question_stays_inside(world: AccessWorld) -> None:
    """Errors speak of values of labels."""
    both = "x * on() group_left() x"
    _, token = await made_link(world, await world.browser("ed"), questions=[question(promql=both)])
    refused = await asked(world, token)
    assert refused.status_code == 400
    assert refused.json()["error"] == "the question could not be answered"
    assert "team" not in refused.text


async def test_expired_links_are_forgotten(world: AccessWorld) -> None:
    """A week after they expired."""
    ed = await world.browser("ed")
    await made_link(world, ed)
    world.clock.advance_ms(9 * DAY_MS)
    ed = await world.browser("ed")
    await made_link(world, ed)
    assert len((await world.ask(ed, "GET", SHARES)).json()["data"]) == 1


WATCH = {"op": "subscribe", "id": "a", "widget": "w1", "ref": "A", "role": "value", "step_ms": STEP_MS}


def viewer(token: str) -> Somebody:
    """Somebody outside who opens a socket."""
    return Somebody("outside", {"sec-websocket-protocol": f"vedette.share, {token}"})


def texts(heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was said on a socket."""
    return [json.loads(one["text"]) for one in heard if one["type"] == "websocket.send"]


async def test_live_results_are_of_the_links_questions(world: AccessWorld) -> None:
    """Any other wish is answered with an error, and says nothing of what is inside."""
    _, token = await made_link(world, await world.browser("ed"))
    wishes = [
        WATCH | {"ref": "B", "id": "b"},
        WATCH | {"promql": "secret"},
        {"op": "subscribe", "id": "c", "promql": "secret"},
        {"op": "subscribe", "id": "c", "selector": "secret"},
        WATCH | {"interval_ms": 0},
        {"op": "ping", "sent_ms": 1},
        {"op": "unsubscribe", "id": "a"},
        [],
    ]
    heard = await world.socket(viewer(token), "/ws/public", "x" * 100_000, *map(json.dumps, wishes))
    assert heard[0]["type"] == "websocket.accept"
    assert heard[0]["subprotocol"] == "vedette.share"
    assert "secret" not in str(heard)
    assert token not in str(heard)


@pytest.mark.parametrize("offered", ["", "vedette.share", "vedette.share, x", "x, y", "vedette.share, a, b"])
async def test_a_socket_without_a_token_is_refused(world: AccessWorld, offered: str) -> None:
    """Before it is one; a session or ticket of somebody does not help."""
    headers = {"sec-websocket-protocol": offered} if offered else {}
    heard = await world.socket(Somebody("outside", headers), "/ws/public?ticket=x")
    assert (heard[0]["type"], heard[0]["status"]) == ("websocket.http.response.start", 404)


async def test_a_fixed_time_has_nothing_live(world: AccessWorld) -> None:
    """Its answers are those of its time."""
    time = {"start_ms": NOW_MS - SPAN_MS, "end_ms": NOW_MS}
    _, token = await made_link(world, await world.browser("ed"), time=time)
    assert (await asked(world, token)).status_code == 200
    assert (await asked(world, token, end_ms=NOW_MS + 60_000)).status_code == 400
    assert (await world.socket(viewer(token), "/ws/public"))[0]["status"] == 400


async def test_viewers_of_a_link_are_bounded(tmp_path: Path) -> None:
    """The refusal names the setting."""
    async with access_world(tmp_path, **WITHOUT_LIMITS, sharing__max_viewers=0) as world:
        await filled(world)
        _, token = await made_link(world, await world.browser("ed"))
        heard = await world.socket(viewer(token), "/ws/public")
        assert heard[0]["status"] == 422
        assert b"sharing.max_viewers" in heard[1]["body"]


async def test_revoking_ends_what_is_open(tmp_path: Path) -> None:
    """A socket that follows a link gets its samples, and is closed soon after the link is revoked."""
    async with serving(tmp_path, http__no_auth=True) as client:
        assert (await push(client, SAMPLES)).status_code == 200
        wish = link(questions=[question(step_ms=1_000)])
        made = (await client.post(SHARES, json=wish)).json()["data"]
        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        said.put_nowait({"type": "websocket.connect"})
        watch = WATCH | {"step_ms": 1_000, "interval_ms": 1_000}
        said.put_nowait({"type": "websocket.receive", "text": json.dumps(watch)})
        scope = {
            "type": "websocket",
            "scheme": "ws",
            "path": "/ws/public",
            "raw_path": b"/ws/public",
            "query_string": b"",
            "headers": [
                (b"host", b"127.0.0.1"),
                (b"sec-websocket-protocol", f"vedette.share, {made['token']}".encode()),
            ],
            "client": ("127.0.0.1", 5000),
            "server": ("127.0.0.1", 80),
            "state": {},
        }
        app = client._transport.app  # type: ignore[attr-defined]
        serve = asyncio.create_task(app(scope, said.get, heard.put))
        values: dict[str, Any] = {}
        async with asyncio.timeout(30):
            while not values:
                told = await heard.get()
                message = json.loads(told.get("text") or "{}")
                values = message.get("values") or {}
            assert sorted(column[-1] for column in values.values()) == [1.0, 2.0]
            assert (await client.delete(f"{SHARES}/{made['share']['id']}")).status_code == 200
            while told["type"] != "websocket.close":
                told = await heard.get()
            said.put_nowait({"type": "websocket.disconnect", "code": 1000})
            await serve
