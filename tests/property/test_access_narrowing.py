"""Whoever has a role with a selector gets exactly the answers of a server that holds nothing but their series."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.http.access_world import NOW_MS, WITHOUT_LIMITS, AccessWorld, Somebody, access_world
from tests.property.promql_queries import NAMES, SPAN_MS, Moments, moments, queries, samples_of, selector

from vedette.auth.actor import CLI

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
START_MS = NOW_MS - SPAN_MS
ROLES = {
    "only-a": ('{host="a"}', lambda labels: labels["host"] == "a"),
    "not-a": ('{host!="a"}', lambda labels: labels["host"] != "a"),
    "zone-y": ('{zone=~"y|z"}', lambda labels: labels["zone"] == "y"),
    "one": ('{host="b",zone!~"y.*"}', lambda labels: labels["host"] == "b" and labels["zone"] != "y"),
    "temperature": ('{__name__="temperature"}', lambda labels: labels["__name__"] == "temperature"),
    "none": ('{host="nobody"}', lambda labels: False),
}
"""Role -> its selector and what that means."""
VARIANTS = 3


@dataclass
class Views:
    """For each variant a project with all series; for each role one with those that the role sees."""

    loop: asyncio.AbstractEventLoop
    world: AccessWorld
    readers: dict[str, Somebody] = field(default_factory=dict)
    root: Somebody = field(default_factory=lambda: Somebody("root"))

    def both(self, role: str, variant: int, method: str, path: str, **more: Any) -> tuple[Any, Any]:
        """The answers to the narrowed reader of all, and to an administrator of the part."""
        return (
            self._ask(self.readers[role], f"all-{variant}", method, path, **more),
            self._ask(self.root, f"{role}-{variant}", method, path, **more),
        )

    def _ask(self, who: Somebody, project: str, method: str, path: str, **more: Any) -> Any:
        self.world.client.cookies.clear()
        answer = self.loop.run_until_complete(
            self.world.ask(who, method, path, headers={"x-vedette-project": project}, **more)
        )
        return answer.status_code, without_times(answer.text)


def without_times(text: str) -> Any:
    """The answer without what differs between any two, and series in one order."""
    try:
        body = json.loads(text)
    except ValueError:
        return sorted(text.splitlines())
    for name in ("request_id", "query_time_ms", "stats"):
        body.pop(name, None)
    if isinstance(body.get("data"), dict):
        body["data"].pop("stats", None)
        for name in ("result", "series"):
            found = body["data"].get(name)
            if isinstance(found, list):
                body["data"][name] = sorted(found, key=json.dumps)
    return body


def exposition(seed: int, keep: Any) -> str:
    """The samples as text, with the times moved to just before now."""
    lines = [f"# HELP {name} of {name}\n# TYPE {name} gauge" for name in NAMES] if seed % 2 else []
    for labels, times, values in samples_of(seed, special=False):
        pairs = labels.as_dict()
        if keep(pairs):
            name = pairs["__name__"]
            inside = ",".join(f'{key}="{value}"' for key, value in pairs.items() if key != "__name__")
            lines += [f"{name}{{{inside}}} {v} {START_MS + t}" for t, v in zip(times, values.tolist(), strict=True)]
    kept = {line.split("{")[0] for line in lines if not line.startswith("#")}
    return "\n".join(line for line in lines if not line.startswith("#") or line.split()[2] in kept) + "\n"


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Views]:
    """One for all questions."""
    loop = asyncio.new_event_loop()
    stack = AsyncExitStack()

    async def enter() -> Views:
        folder = tmp_path_factory.mktemp("narrow")
        world = await stack.enter_async_context(access_world(folder, **WITHOUT_LIMITS))
        it = Views(loop, world)
        world.user("root", is_instance_admin=True)
        it.root = await world.browser("root")
        for role, (selects, _) in ROLES.items():
            world.service.roles.create(CLI, role, ["metrics:read", "status:read"], selector=selects)
            world.user(role)
            it.readers[role] = await world.browser(role)
        for variant in range(VARIANTS):
            await fill(world, f"all-{variant}", variant, lambda _labels: True)
            for role, (_, keep) in ROLES.items():
                world.service.members.assign(CLI, f"all-{variant}", role, role)
                await fill(world, f"{role}-{variant}", variant, keep)
        return it

    yield loop.run_until_complete(enter())
    loop.run_until_complete(stack.aclose())
    loop.close()


async def fill(world: AccessWorld, project: str, seed: int, keep: Any) -> None:
    """A project with the samples of a seed that are to be kept."""
    world.service.projects.create(CLI, project)
    text = exposition(seed + 3, keep)
    answer = await world.ask(
        world.key("ingest", project=project), "POST", "/api/v1/import/prometheus", content=text.encode()
    )
    assert answer.status_code == 200, answer.text


roles = st.sampled_from(sorted(ROLES))
variants = st.integers(0, VARIANTS - 1)


@SETTINGS
@given(role=roles, variant=variants, query=queries, when=moments)
def test_queries_know_nothing_but_the_part(views: Views, role: str, variant: int, query: str, when: Moments) -> None:
    """Any expression, at a moment, over a range and as columns."""
    query = query.replace("@ 600", f"@ {(START_MS + 600_000) / 1000}")
    start_ms, end_ms = START_MS + when.start_ms, START_MS + when.end_ms
    form = {"query": query, "start": start_ms / 1000, "end": end_ms / 1000, "step": when.step_ms / 1000}
    seen, there = views.both(role, variant, "POST", "/api/v1/query_range", data=form)
    assert seen == there, query
    seen, there = views.both(role, variant, "POST", "/api/v1/query", data={"query": query, "time": end_ms / 1000})
    assert seen == there, query
    columns = {"promql": query, "start_ms": start_ms, "end_ms": end_ms, "step_ms": when.step_ms}
    seen, there = views.both(role, variant, "POST", "/api/v1/metrics/query", json=columns)
    assert seen == there, query


MATCHERS = st.sampled_from(
    (
        '{host="b"}',
        '{host=~".*"}',
        '{host!="a"}',
        '{zone=~"x|y",host=""}',
        '{__name__=~".+"}',
        '{__name__="temperature"}',
        '{host!~"a"}',
        '{zone!="",__name__=~"re.*"}',
    )
)


@SETTINGS
@given(role=roles, variant=variants, matches=st.lists(MATCHERS | selector(), max_size=3), data=st.data())
def test_names_and_values_are_those_of_the_part(
    views: Views, role: str, variant: int, matches: list[str], data: st.DataObject
) -> None:
    """Series, labels, their values, metadata and federation, for any selectors."""
    asked = "&".join(f"match[]={quote(match)}" for match in matches)
    name = data.draw(st.sampled_from(("host", "zone", "__name__", "nothing")))
    paths = [
        f"/api/v1/labels?{asked}",
        f"/api/v1/label/{name}/values?{asked}",
        "/api/v1/metadata",
        "/api/v1/labels?limit=1",
        f"/api/v1/label/{name}/values?limit=1&{asked}",
    ]
    if matches:
        paths += [f"/api/v1/series?{asked}", f"/federate?{asked}", f"/api/v1/series?limit=1&{asked}"]
    for path in paths:
        seen, there = views.both(role, variant, "GET", path)
        assert seen == there, path


@SETTINGS
@given(role=roles, variant=variants, query=queries)
def test_plans_and_errors_name_nothing_else(views: Views, role: str, variant: int, query: str) -> None:
    """What a query would do, and why it fails, does not tell that there is more."""
    form = {"query": query, "time": NOW_MS / 1000}
    (status, seen), (expected, there) = views.both(role, variant, "POST", "/api/v1/explain", data=form)
    assert status == expected
    if status != 200:
        assert seen == there
