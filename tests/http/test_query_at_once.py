"""Quick queries are answered at once, with the same answer as in a thread."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.http.prometheus_world import NOW_MS, World, world

from vedette.http.app import WireAnswer
from vedette.query.settings import QuerySettings

RANGE = {"start": f"{NOW_MS / 1000 - 60:.3f}", "end": f"{NOW_MS / 1000:.3f}", "step": "10"}
INSTANT = {"time": f"{NOW_MS / 1000:.3f}"}


@pytest.fixture
def quick() -> Iterator[World]:
    """A world in which every query that has run twice is quick."""
    with world(QuerySettings(inline_ms=1e6)) as it:
        yield it


def ask(it: World, path: str, query: dict[str, str], body: bytes = b"", kind: bytes = b"") -> WireAnswer | None:
    """What the short way answers."""
    return it.app.at_once(
        {
            "type": "http",
            "scheme": "http",
            "method": "POST" if body else "GET",
            "path": path,
            "query_string": urlencode(query).encode(),
            "headers": [(b"host", b"127.0.0.1:9000"), *([(b"content-type", kind)] if kind else [])],
        },
        body,
    )


def without_id(body: bytes) -> Any:
    """The body but for what no two answers share."""
    data = json.loads(body)
    for name in ("request_id", "query_time_ms", "stats"):
        data.pop(name, None)
    return data


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/v1/query_range", {"query": 'sum by (zone) (up{host=~"a|b"})', **RANGE}),
        ("/api/v1/query", {"query": "up", **INSTANT}),
        ("/api/v1/query", {"query": "up[30s]", "limit": "2", **INSTANT}),
        ("/api/v1/query", {"query": '"text"', **INSTANT}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_query_that_was_quick_twice_is_answered_at_once(
    quick: World, path: str, query: dict[str, str], method: str
) -> None:
    """Before it takes a thread, after it the loop; the answer is the same, and nothing stays on the list."""
    async with quick.client() as client:
        for _ in range(2):
            if method == "GET":
                assert ask(quick, path, query) is None
            assert quick.service.running() == []
            expected = await client.get(path, params=query)
        if method == "GET":
            answer = ask(quick, path, query)
        else:
            answer = ask(quick, path, {}, urlencode(query).encode(), b"application/x-www-form-urlencoded")
    assert answer is not None
    assert (answer.status, answer.body) == (200, expected.content)
    assert quick.service.running() == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/v1/query_range", {"query": "up +", **RANGE}),
        ("/api/v1/query_range", {"query": "up", **RANGE, "step": "0"}),
        ("/api/v1/query_range", {"query": "up", **RANGE, "end": "0"}),
        ("/api/v1/query_range", {"query": "up"}),
        ("/api/v1/query_range", {"query": "up[5m]", **RANGE}),
        ("/api/v1/query", {"query": "up", "time": "yesterday"}),
        ("/api/v1/query", {"query": "up", "timeout": "-1"}),
        ("/api/v1/query", {}),
    ],
)
async def test_what_is_wrong_is_told_alike(quick: World, path: str, query: dict[str, str]) -> None:
    """Status and body of a refusal do not depend on the way that the request took."""
    async with quick.client() as client:
        expected = await client.get(path, params=query)
    answer = ask(quick, path, query)
    assert answer is not None
    assert answer.status == expected.status_code >= 400
    assert without_id(answer.body) == without_id(expected.content)
    assert quick.service.running() == []


async def test_a_quick_query_that_stops_working_is_422(quick: World) -> None:
    """A query may be quick and then fail for what has been stored since."""
    query = {"query": 'count_values("v", up) + on() up{host="a"}', **INSTANT}
    async with quick.client() as client:
        settled = {**query, "time": "1"}
        for _ in range(2):
            assert (await client.get("/api/v1/query", params=settled)).status_code == 200
        expected = await client.get("/api/v1/query", params=query)
    answer = ask(quick, "/api/v1/query", query)
    assert answer is not None
    assert answer.status == expected.status_code == 422
    assert without_id(answer.body) == without_id(expected.content)
    assert quick.service.running() == []


async def test_columns_are_answered_at_once_too(quick: World) -> None:
    """Our own form of a question, with its errors."""
    path = "/api/v1/metrics/query"
    body = json.dumps({"promql": "up", "start_ms": NOW_MS - 60_000, "end_ms": NOW_MS, "step_ms": 10_000}).encode()
    async with quick.client() as client:
        for _ in range(2):
            assert ask(quick, path, {}, body) is None
            assert quick.service.running() == []
            expected = await client.post(path, content=body)
        answer = ask(quick, path, {}, body)
        assert answer is not None
        assert without_id(answer.body) == without_id(expected.content)
        for wrong in (b"{", b"[1]", b'{"promql": "up +", "start_ms": 0, "end_ms": 0}'):
            refused, other = ask(quick, path, {}, wrong), await client.post(path, content=wrong)
            assert refused is not None
            assert refused.status == other.status_code == 400
            assert without_id(refused.body) == without_id(other.content)
