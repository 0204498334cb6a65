"""`POST /api/v1/metrics/queries`: each question has its own line; none keeps another from its answer."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import numpy as np
import orjson
import pytest
from tests.http.prometheus_world import NOW_MS, World, world

from vedette.http.routes.metrics_queries import MAX_QUERIES
from vedette.model.labels import Labels
from vedette.query.settings import QuerySettings

URL = "/api/v1/metrics/queries"
SPAN = {"start_ms": NOW_MS - 60_000, "end_ms": NOW_MS}


@pytest.fixture
def small() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
async def client(small: World) -> AsyncIterator[httpx.AsyncClient]:
    async with small.client() as made:
        yield made


async def ask(client: httpx.AsyncClient, *queries: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The answers by the places of their questions."""
    answer = await client.post(URL, json={"queries": [{**SPAN, **one} for one in queries]})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [orjson.loads(line) for line in answer.text.splitlines()]
    assert len(lines) == len(queries)
    return {line["index"]: line for line in lines}


async def test_each_is_answered_as_alone(client: httpx.AsyncClient) -> None:
    """The same columns that the question gets by itself."""
    queries: list[dict[str, Any]] = [
        {"promql": "up", "step_ms": 30_000},
        {"promql": "sum(up)"},
        {"metric": "requests_total", "aggregation": "max", "interval": "1m", "group_by": ["host"]},
    ]
    found = await ask(client, *queries)
    for place, query in enumerate(queries):
        alone = (await client.post("/api/v1/metrics/query", json={**SPAN, **query})).json()
        assert {key: found[place][key] for key in ("status", "data", "total_points", "promql")} == {
            key: alone[key] for key in ("status", "data", "total_points", "promql")
        }


async def test_one_that_fails_fails_alone(client: httpx.AsyncClient) -> None:
    """Its line says what an answer to it alone would have said, status and place in the text too."""
    found = await ask(client, {"promql": "sum("}, {"promql": "up"}, {"promql": "up", "step_ms": 1, "start_ms": 0})
    assert (found[0]["status"], found[0]["http_status"], found[0]["code"]) == ("error", 400, "bad_query")
    assert found[0]["position"]["start"] == 4
    assert found[1]["status"] == "success"
    assert "maximum resolution" in found[2]["error"]


async def test_slow_ones_do_not_hold_up_the_others() -> None:
    """What is known to be quick comes first, whatever its place; nothing is left running."""
    with world(QuerySettings(inline_ms=1e6)) as quick:
        async with quick.client() as client:
            for _ in range(3):
                await client.post(URL, json={"queries": [{**SPAN, "promql": "up"}]})
            unknown = [{**SPAN, "promql": f"up + {number}"} for number in range(6)]
            answer = await client.post(URL, json={"queries": [*unknown, {**SPAN, "promql": "up"}]})
        places = [orjson.loads(line)["index"] for line in answer.text.splitlines()]
        assert sorted(places) == list(range(7))
        assert places[0] == 6
        assert quick.service.running() == []


async def test_the_whole_is_compressed_for_who_takes_it(small: World) -> None:
    """One gzip stream over all lines, small and large, from threads and not."""
    for index in range(600):
        small.write(Labels.of(__name__="many", index=str(index)), np.array([NOW_MS]), np.array([1.0]))
    async with small.client("192.0.2.7") as client:
        wide = {"start_ms": NOW_MS - 60_000, "end_ms": NOW_MS, "step_ms": 1000}
        body = {"queries": [{**SPAN, "promql": "up", "step_ms": 1000}, {**wide, "promql": "many"}] * 2}
        request = client.build_request("POST", URL, json=body, headers={"accept-encoding": "gzip"})
        answer = await client.send(request, stream=True)
        raw = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == "gzip"
        found = {line["index"]: line for line in map(orjson.loads, gzip.decompress(raw).splitlines())}
        assert [len(found[index]["data"]["series"]) for index in range(4)] == [3, 600, 3, 600]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({}, "queries"),
        ({"queries": []}, "queries"),
        ({"queries": [{"promql": "up"}]}, "start_ms"),
        ({"queries": [{**SPAN, "promql": "up", "colour": 1}]}, "colour"),
        ({"queries": [{**SPAN, "promql": "up"}] * (MAX_QUERIES + 1)}, "queries"),
    ],
)
async def test_what_is_no_list_of_questions_is_refused(client: httpx.AsyncClient, body: Any, part: str) -> None:
    """A 400 that names the field, before anything is asked."""
    answer = await client.post(URL, json=body)
    assert answer.status_code == 400
    assert part in answer.json()["error"]
