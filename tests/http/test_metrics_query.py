"""`POST /api/v1/metrics/query`, running queries, explain, cancellation, and hostile input at the front door."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.http.prometheus_world import NOW_MS, World, world

from vedette.promql import ast
from vedette.promql.context import QueryContext
from vedette.query.settings import QuerySettings

URL = "/api/v1/metrics/query"


@pytest.fixture
def small() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
async def client(small: World) -> AsyncIterator[httpx.AsyncClient]:
    async with small.client() as made:
        yield made


async def ask(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    """The JSON answer with the status put in."""
    answer = await client.post(URL, json={"start_ms": NOW_MS - 60_000, "end_ms": NOW_MS, **body})
    return {"http": answer.status_code, **answer.json()}


async def test_promql_gives_columns(client: httpx.AsyncClient) -> None:
    """All series share the moments; what is absent is null, what is no number a string."""
    answer = await ask(client, promql='up{host="b"} / (up{host="b"} > bool 5)', step_ms=30_000)
    moments = [NOW_MS - 60_000, NOW_MS - 30_000, NOW_MS]
    assert answer["data"]["timestamps_ms"] == moments
    assert answer["data"]["series"] == [{"labels": {"host": "b", "zone": "zb"}, "values": ["+Inf"] * 3}]
    assert (answer["total_points"], answer["cache_hit"], answer["data"]["step_ms"]) == (3, False, 30_000)
    assert answer["query_time_ms"] > 0
    some = await ask(client, promql="up > 1", step_ms=60_000)
    assert [series["labels"]["host"] for series in some["data"]["series"]] == ["c"]
    gap = await ask(client, promql=f"up{{host='c'}} and on () (vector(time()) > {NOW_MS / 1000 - 1})", step_ms=60_000)
    assert gap["data"]["series"][0]["values"] == [None, 2]


async def test_one_moment(client: httpx.AsyncClient) -> None:
    """Without a step the end is asked about."""
    answer = await ask(client, promql="sum(up)")
    assert answer["data"]["resultType"] == "vector"
    assert answer["data"]["series"] == [{"labels": {}, "values": [3]}]


async def test_the_structured_form(client: httpx.AsyncClient) -> None:
    """Filters, aggregation, interval and grouping; the answer says what was asked and how many points there are."""
    answer = await ask(
        client,
        metric="requests_total",
        filters=[{"label": "host", "op": "!=", "value": "c"}],
        aggregation="max",
        interval="1m",
        group_by=["host"],
    )
    assert answer["promql"] == 'max by (host) (max_over_time(requests_total{host!="c"}[1m]))'
    assert [series["labels"] for series in answer["data"]["series"]] == [{"host": "a"}, {"host": "b"}]
    assert answer["aggregation"] == "max"
    assert answer["total_points"] == sum(len(series["values"]) for series in answer["data"]["series"])


async def test_raw_samples(client: httpx.AsyncClient) -> None:
    """Neither aggregation nor interval: the samples as they are stored."""
    answer = await ask(client, metric="requests_total", filters=[{"label": "host", "op": "=", "value": "a"}])
    assert answer["data"]["timestamps_ms"] == [NOW_MS - 10_000 * back for back in range(5, -1, -1)]
    assert answer["data"]["series"][0]["values"] == [54, 55, 56, 57, 58, 59]
    assert (await ask(client, metric="requests_total", limit=1))["total_points"] == 6


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({}, "either promql or metric"),
        ({"promql": "up", "metric": "up"}, "either promql or metric"),
        ({"metric": "up", "aggregation": "median"}, "aggregation"),
        ({"metric": "up", "interval": "2m"}, "interval"),
        ({"metric": "up", "filters": [{"label": "a", "op": "~", "value": "x"}]}, "filters[0].op"),
        ({"metric": "up", "filters": [{"label": "a", "op": "=~", "value": "("}]}, "filters[0].value"),
        ({"metric": "up", "filters": [{"label": "", "op": "=", "value": "x"}]}, "filters[0].label"),
        ({"metric": "up", "group_by": ["host"]}, "group_by"),
        ({"metric": "up", "colour": "red"}, "colour"),
        ({"promql": "up", "limit": -1}, "limit"),
        ({"promql": "up", "step_ms": 1, "start_ms": 0}, "exceeded maximum resolution"),
        ({"promql": '"text"'}, "a string has no columns"),
        ({"promql": "up", "end_ms": 2**63 - 1}, "milliseconds"),
    ],
)
async def test_bad_forms_are_refused_by_field(client: httpx.AsyncClient, body: dict[str, Any], part: str) -> None:
    """A 400 that names the field."""
    answer = await ask(client, **body)
    assert answer["http"] == 400
    assert part in answer["error"]


async def test_syntax_errors_carry_their_position(client: httpx.AsyncClient) -> None:
    """For the editor."""
    answer = await ask(client, promql="sum(up) by")
    assert (answer["http"], answer["code"], answer["position"]) == (400, "bad_query", {"start": 10, "end": 10})


async def test_explain(client: httpx.AsyncClient) -> None:
    """The plan with figures, for an instant and a range query."""
    answer = (await client.get("/api/v1/explain", params={"query": "sum(rate(requests_total[1m]))"})).json()
    assert "sum" in answer["data"]["plan"]["operator"]
    assert answer["data"]["stats"]["series_read"] == 3
    assert "sum" in answer["data"]["text"]
    start = NOW_MS / 1000 - 60
    ranged = {"query": "sum(up)", "start": start, "end": start + 60, "step": "10"}
    assert (await client.post("/api/v1/explain", data=ranged)).json()["status"] == "success"
    assert (await client.get("/api/v1/explain", params={"query": "sum("})).status_code == 400


class Slow:
    """An engine whose queries last until they are stopped."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.ended = threading.Event()

    def instant(self, _expr: ast.Expr, _time_ms: int, ctx: QueryContext) -> Any:
        self.entered.set()
        try:
            for _ in range(2000):
                ctx.check()
                self.ended.wait(0.005)
            raise AssertionError("nobody stopped the query")
        finally:
            self.ended.set()


def until_running(made: World, count: int) -> None:
    """Wait until so many queries are on the list."""
    for _ in range(500):
        if len(made.service.running()) == count:
            return
        time.sleep(0.01)
    raise AssertionError(f"{len(made.service.running())} queries are running, not {count}")


async def until(event: threading.Event) -> None:
    """Wait without holding up the event loop."""
    assert await asyncio.to_thread(event.wait, 10)


async def test_a_running_query_is_listed_and_killed(small: World, client: httpx.AsyncClient) -> None:
    """The list shows text and age; killing makes the request fail and frees its place, and is noted."""
    slow = Slow()
    small.service._engine = slow  # type: ignore[assignment]
    asked = asyncio.create_task(client.get("/api/v1/query", params={"query": "up"}))
    await until(slow.entered)
    listed = (await client.get("/api/v1/queries")).json()["data"]
    assert [(query["query"], query["waiting"]) for query in listed] == [("up", False)]
    assert (await client.delete(f"/api/v1/queries/{listed[0]['id']}")).status_code == 200
    assert small.lines == [("query.kill", {"query": listed[0]["id"]})]
    answer = await asked
    assert (answer.status_code, answer.json()["errorType"]) == (503, "canceled")
    assert (await client.get("/api/v1/queries")).json()["data"] == []
    assert (await client.delete("/api/v1/queries/1")).status_code == 404
    assert (await client.delete("/api/v1/queries/no")).status_code == 404


async def test_a_client_that_hangs_up_ends_its_query(small: World) -> None:
    """The work stops within a check; nothing is left on the list."""
    slow = Slow()
    small.service._engine = slow  # type: ignore[assignment]
    gone = asyncio.Event()
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v1/query",
        "query_string": b"query=up",
        "headers": [(b"host", b"127.0.0.1:9000")],
        "scheme": "http",
        "server": ("127.0.0.1", 9000),
        "client": ("127.0.0.1", 1),
    }
    asked = asyncio.create_task(small.app(scope, receive, send))
    await until(slow.entered)
    gone.set()
    await asked
    await until(slow.ended)
    await asyncio.to_thread(until_running, small, 0)


async def test_too_many_waiting_queries_are_refused() -> None:
    """429 with Retry-After once as many wait as may."""
    with world(QuerySettings(max_concurrent=1, max_waiting=1)) as made:
        slow = Slow()
        made.service._engine = slow  # type: ignore[assignment]
        async with made.client() as client:
            asked = [asyncio.create_task(client.get("/api/v1/query", params={"query": "up"})) for _ in range(2)]
            await until(slow.entered)
            await asyncio.to_thread(until_running, made, 2)
            refused = await client.get("/api/v1/query", params={"query": "up"})
            assert refused.status_code == 429
            assert refused.headers["retry-after"]
            assert refused.json()["limit"] == {"name": "query.max_waiting", "value": 1}
            for query in made.service.running():
                made.service.kill(query.id, query.project)
            assert {answer.status_code for answer in await asyncio.gather(*asked)} == {503}


async def test_a_timeout_ends_a_query(small: World, client: httpx.AsyncClient) -> None:
    """`timeout` bounds the whole query; the answer is a 503 of type timeout."""
    slow = Slow()
    small.service._engine = slow  # type: ignore[assignment]
    asked = asyncio.create_task(client.get("/api/v1/query", params={"query": "up", "timeout": "5s"}))
    await until(slow.entered)
    small.clock.advance_ms(6_000)
    answer = await asked
    assert (answer.status_code, answer.json()["errorType"]) == (503, "timeout")


async def test_a_stopping_server_says_so() -> None:
    """A query that finds no thread any more is refused with 503 and leaves the list."""
    with world() as made:
        async with made.client() as client:
            made.executor.shutdown()
            answer = await client.get("/api/v1/query", params={"query": "up"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert made.service.running() == []


_GET_PATHS = (
    *("query", "query_range", "query_exemplars", "format_query", "parse_query", "series", "labels"),
    *("label/x/values", "metadata", "targets", "explain", "status/tsdb"),
)
_PIECES = st.one_of(
    st.sampled_from(
        (
            *("up", "{", "}", "(", ")", "[5m]", "[", "]", "sum", "rate(", " by (", "offset", "@", "-", "^", '"', "\\"),
            *(
                "1e",
                "9" * 30,
                "inf",
                "on",
                "group_left",
                "{__name__=~'.*'}",
                "\x00",
                "\ud800",
                "ü",
                "#",
                ",",
                ":",
                "0x",
            ),
            *("step()", "start()", "fill(", "{a=~'(a+)+$'}", "%", "`", "unless", "bool", "topk(", "count_values('a',"),
            "label_replace(",
        )
    ),
    st.text(max_size=5),
)
_texts = st.lists(_PIECES, max_size=12).map("".join)
_names = st.sampled_from(["query", "start", "end", "step", "time", "match[]", "limit", "timeout", "stats", "x"])


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(_GET_PATHS), pairs=st.lists(st.tuples(_names, _texts), max_size=6), post=st.booleans())
def test_nothing_sent_to_the_front_door_is_our_fault(path: str, pairs: list[tuple[str, str]], post: bool) -> None:
    """Whatever the parameters, the answer is JSON and no 500."""
    encoded = httpx.QueryParams([(n, v.encode("utf-8", "surrogatepass").decode("latin-1")) for n, v in pairs])

    async def knock() -> None:
        with world() as made:
            async with made.client() as client:
                headers = {"content-type": "application/x-www-form-urlencoded"}
                if post:
                    answer = await client.post(f"/api/v1/{path}", content=str(encoded), headers=headers)
                else:
                    answer = await client.get(f"/api/v1/{path}?{encoded}")
                assert answer.status_code in (200, 400, 404, 405, 422, 503), answer.text
                assert answer.json()["status"] in ("success", "error")

    asyncio.run(knock())


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    body=st.one_of(
        st.binary(max_size=60),
        st.dictionaries(
            st.sampled_from(["promql", "metric", "start_ms", "end_ms", "step_ms", "filters", "group_by", "limit"]),
            st.one_of(_texts, st.integers(-(2**70), 2**70), st.lists(_texts, max_size=2), st.none(), st.floats()),
        ),
    )
)
def test_no_body_is_our_fault(body: bytes | dict[str, Any]) -> None:
    """Random bytes and random JSON are answered, never with a 500."""

    async def knock() -> None:
        with world() as made:
            async with made.client() as client:
                try:
                    content = body if isinstance(body, bytes) else orjson.dumps(body)
                except TypeError:
                    return
                answer = await client.post(URL, content=content)
                assert answer.status_code in (200, 400, 422), answer.text

    asyncio.run(knock())
