"""Prometheus' HTTP API: shapes, parameters, errors, limits."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from tests.http.prometheus_world import NOW_MS, World, world

from vedette.model.labels import Labels
from vedette.query.settings import QuerySettings

NOW = NOW_MS / 1000


@pytest.fixture
def small() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
async def client(small: World) -> AsyncIterator[httpx.AsyncClient]:
    async with small.client() as made:
        yield made


async def get(client: httpx.AsyncClient, path: str, **parameters: Any) -> dict[str, Any]:
    """A JSON answer, whatever its status."""
    answer = await client.get(path, params=parameters)
    body: dict[str, Any] = answer.json()
    return {"http": answer.status_code, **body}


async def test_an_instant_query_gives_a_vector_at_the_time_asked_for(client: httpx.AsyncClient) -> None:
    """Values are strings, times seconds with a fraction only where there is one."""
    answer = await get(client, "/api/v1/query", query='up{host="b"}', time=f"{NOW - 0.5}")
    metric = {"__name__": "up", "host": "b", "zone": "zb"}
    result = [{"metric": metric, "value": [NOW - 0.5, "1"]}]
    assert answer == {"http": 200, "status": "success", "data": {"resultType": "vector", "result": result}}


async def test_without_a_time_the_present_is_meant(client: httpx.AsyncClient) -> None:
    """`time` defaults to the server's clock."""
    answer = await get(client, "/api/v1/query", query="time()")
    assert answer["data"] == {"resultType": "scalar", "result": [NOW, str(int(NOW))]}


@pytest.mark.parametrize("when", [f"{NOW}", "2023-11-14T22:13:20Z", "2023-11-14T23:13:20.000+01:00", "1.7e9"])
async def test_times_are_seconds_or_rfc_3339(client: httpx.AsyncClient, when: str) -> None:
    """Every format that Prometheus takes means the same moment."""
    assert (await get(client, "/api/v1/query", query="time()", time=when))["data"]["result"][0] == NOW


@pytest.mark.parametrize("step", ["60", "60.0", "1m", "60s"])
async def test_a_range_query_gives_a_matrix_sorted_by_labels(client: httpx.AsyncClient, step: str) -> None:
    """Points stand at start, start + step .. end; a step is seconds or a duration."""
    answer = await get(client, "/api/v1/query_range", query="up", start=NOW - 120, end=NOW, step=step)
    assert answer["data"]["resultType"] == "matrix"
    assert [row["metric"]["host"] for row in answer["data"]["result"]] == ["a", "b", "c"]
    assert answer["data"]["result"][2]["values"] == [[NOW - 120, "2"], [NOW - 60, "2"], [NOW, "2"]]


async def test_a_form_body_counts_as_parameters(client: httpx.AsyncClient) -> None:
    """POST with a form does what GET does; both may be mixed."""
    answer = await client.post("/api/v1/query", data={"query": "count(up)"}, params={"time": str(NOW)})
    assert answer.json()["data"]["result"] == [{"metric": {}, "value": [NOW, "3"]}]


async def test_a_range_vector_at_one_moment_gives_its_samples(client: httpx.AsyncClient) -> None:
    """The stored timestamps are shown, not the moment of the query."""
    answer = await get(client, "/api/v1/query", query='requests_total{host="a"}[30s]', time=NOW + 1)
    assert answer["data"]["result"][0]["values"] == [[NOW - 20, "57"], [NOW - 10, "58"], [NOW, "59"]]


async def test_strings_and_special_numbers(client: httpx.AsyncClient) -> None:
    """A string is its text; NaN and infinities are written as Prometheus does."""
    assert (await get(client, "/api/v1/query", query='"a\\"ü"', time=NOW))["data"]["result"] == [NOW, 'a"ü']
    for text, shown in (("NaN", "NaN"), ("1/0", "+Inf"), ("-1/0", "-Inf"), ("1e-7", "1e-07"), ("1e21", "1e+21")):
        assert (await get(client, "/api/v1/query", query=text, time=NOW))["data"]["result"] == [NOW, shown]


async def test_a_syntax_error_is_a_400_with_its_position(client: httpx.AsyncClient) -> None:
    """errorType is bad_data, the text names the parameter, line and column; offsets are for editors."""
    answer = await get(client, "/api/v1/query", query="sum(up")
    assert (answer["http"], answer["errorType"], answer["code"]) == (400, "bad_data", "bad_query")
    assert answer["error"] == 'invalid parameter "query": 1:7: parse error: unclosed left parenthesis'
    assert answer["position"] == {"start": 6, "end": 6}


@pytest.mark.parametrize(
    ("path", "parameters", "part"),
    [
        ("query", {"query": "up", "time": "yesterday"}, 'invalid parameter "time"'),
        ("query", {"query": "up", "timeout": "soon"}, 'invalid parameter "timeout"'),
        ("query", {"query": "up", "limit": "-1"}, 'invalid parameter "limit"'),
        ("query", {}, "no expression found in input"),
        ("query_range", {"query": "up", "end": "1", "step": "1"}, 'invalid parameter "start"'),
        ("query_range", {"query": "up", "start": "2", "end": "1", "step": "1"}, "end timestamp must not be before"),
        ("query_range", {"query": "up", "start": "1", "end": "2", "step": "0"}, "zero or negative"),
        ("query_range", {"query": "up", "start": "1", "end": "20000", "step": "1"}, "exceeded maximum resolution"),
        ("query_range", {"query": "up[1m]", "start": "1", "end": "2", "step": "1"}, "invalid expression type"),
        ("series", {}, "no match[] parameter provided"),
        ("series", {"match[]": "{"}, 'invalid parameter "match[]"'),
        ("series", {"match[]": '{a=""}'}, "at least one non-empty matcher"),
        ("labels", {"start": "5", "end": "4"}, 'invalid parameter "end"'),
        ("targets", {"state": "odd"}, 'invalid parameter "state"'),
    ],
)
async def test_bad_parameters_are_named(
    client: httpx.AsyncClient, path: str, parameters: dict[str, str], part: str
) -> None:
    """A 400 of type bad_data that says which parameter is wrong."""
    answer = await get(client, f"/api/v1/{path}", **parameters)
    assert (answer["http"], answer["errorType"]) == (400, "bad_data")
    assert part in answer["error"]


async def test_an_execution_error_is_a_422(client: httpx.AsyncClient) -> None:
    """What parses but cannot be worked out from the data is of type execution, as in Prometheus."""
    answer = await get(client, "/api/v1/query", query="up + on () up", time=NOW)
    assert (answer["http"], answer["errorType"]) == (422, "execution")
    assert "found duplicate series for the match group" in answer["error"]
    late = await get(client, "/api/v1/query", query="up[1m - 2m]", time=NOW)
    assert (late["http"], late["position"]) == (400, {"start": 3, "end": 10})


async def test_a_series_limit_cuts_off_and_says_so(client: httpx.AsyncClient) -> None:
    """`limit` keeps the first series and adds a warning."""
    answer = await get(client, "/api/v1/query", query="up", time=NOW, limit=2)
    assert len(answer["data"]["result"]) == 2
    assert answer["warnings"] == ["results truncated due to limit"]
    ranged = await get(client, "/api/v1/query_range", query="up", start=NOW - 10, end=NOW, step=10, limit=1)
    assert [row["metric"]["host"] for row in ranged["data"]["result"]] == ["a"]


async def test_stats_are_given_when_asked_for(client: httpx.AsyncClient) -> None:
    """`stats=all` adds timings and samples."""
    stats = (await get(client, "/api/v1/query", query="sum(up)", time=NOW, stats="all"))["data"]["stats"]
    assert stats["samples"]["totalQueryableSamples"] == 3
    assert stats["timings"]["execTotalTime"] > 0
    assert "stats" not in (await get(client, "/api/v1/query", query="sum(up)", time=NOW))["data"]


async def test_lookback_delta_bounds_the_age_of_samples(client: httpx.AsyncClient) -> None:
    """A shorter look-back finds nothing where the default finds an old sample."""
    asked = {"query": "count(up)", "time": NOW + 60}
    assert (await get(client, "/api/v1/query", **asked))["data"]["result"]
    assert not (await get(client, "/api/v1/query", **asked, lookback_delta="30s"))["data"]["result"]


async def test_annotations_carry_their_place(client: httpx.AsyncClient) -> None:
    """Infos and warnings are texts that end in line and column."""
    answer = await get(client, "/api/v1/query", query="rate(up[1m])", time=NOW)
    assert answer["infos"][0].startswith("PromQL info: metric might not be a counter")
    assert answer["infos"][0].endswith("(1:6)")
    answer = await get(client, "/api/v1/query", query="quantile(7, up)", time=NOW)
    assert answer["warnings"][0].startswith("PromQL warning: quantile value should be between 0 and 1")


async def test_series_labels_and_values(client: httpx.AsyncClient) -> None:
    """Metadata queries honour match[], repeated, and limit."""
    answer = await get(client, "/api/v1/series", **{"match[]": ['up{host="a"}', 'requests_total{host="b"}']})
    assert sorted(row["__name__"] for row in answer["data"]) == ["requests_total", "up"]
    assert (await get(client, "/api/v1/labels"))["data"] == ["__name__", "host", "zone"]
    assert (await get(client, "/api/v1/labels", **{"match[]": "requests_total"}))["data"] == ["__name__", "host"]
    assert (await get(client, "/api/v1/label/zone/values"))["data"] == ["za", "zb", "zc"]
    cut = await get(client, "/api/v1/label/host/values", limit=2)
    assert (cut["data"], cut["warnings"]) == (["a", "b"], ["results truncated due to limit"])
    none = await get(client, "/api/v1/label/host/values", start=1, end=2)
    assert none["data"] == []


async def test_escaped_label_names_in_paths(small: World, client: httpx.AsyncClient) -> None:
    """`U__a_2e_b__c` stands for `a.b_c`."""
    small.write(Labels.of({"__name__": "x", "a.b_c": "here"}), np.array([NOW_MS]), np.array([1.0]))
    assert (await get(client, "/api/v1/label/U__a_2e_b__c/values"))["data"] == ["here"]


async def test_metadata(client: httpx.AsyncClient) -> None:
    """Type, help and unit by metric."""
    expected = {"up": [{"type": "gauge", "help": "Whether it answers.", "unit": ""}]}
    assert (await get(client, "/api/v1/metadata"))["data"] == expected
    assert (await get(client, "/api/v1/metadata", metric="other"))["data"] == {}
    assert (await get(client, "/api/v1/metadata", limit=0))["data"] == {}
    assert (await get(client, "/api/v1/targets/metadata", metric="up"))["data"][0]["type"] == "gauge"


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("alertmanagers", {"activeAlertmanagers": [], "droppedAlertmanagers": []}),
        ("targets", {"activeTargets": []}),
        ("status/config", {"yaml": "[http]\n"}),
        ("status/flags", {"http.port": "9000"}),
        ("status/runtimeinfo", {"storageRetention": "30d", "serverTime": "2023-11-14T22:13:20Z"}),
        ("status/walreplay", {"current": 0}),
    ],
)
async def test_pages_about_the_server(client: httpx.AsyncClient, path: str, part: dict[str, Any]) -> None:
    """Clients that look around find every page, honestly empty where there is nothing."""
    answer = await get(client, f"/api/v1/{path}")
    assert answer["http"] == 200
    assert {name: answer["data"][name] for name in part} == part


async def test_status_of_the_store(client: httpx.AsyncClient) -> None:
    """Head figures and rankings."""
    data = (await get(client, "/api/v1/status/tsdb", limit=1))["data"]
    assert data["headStats"]["numSeries"] == 6
    assert (
        data["seriesCountByMetricName"] == [{"name": "requests_total", "value": 3}]
        or len(data["seriesCountByMetricName"]) == 1
    )


async def test_the_version_is_a_semantic_one(client: httpx.AsyncClient) -> None:
    """Dashboards compare it to find out what they may ask."""
    version = (await get(client, "/api/v1/status/buildinfo"))["data"]["version"]
    assert version.startswith("3.5.0+vedette.")


async def test_format_and_parse(client: httpx.AsyncClient) -> None:
    """format_query prints, parse_query shows the tree."""
    text = "sum(rate(up[5m]))by(host)"
    assert (await get(client, "/api/v1/format_query", query=text))["data"] == "sum by (host) (rate(up[5m]))"
    tree = (await get(client, "/api/v1/parse_query", query=text))["data"]
    assert (tree["type"], tree["op"], tree["expr"]["func"]["name"]) == ("aggregation", "sum", "rate")
    assert tree["expr"]["args"][0]["range"] == 300_000
    assert (await get(client, "/api/v1/format_query", query="sum("))["http"] == 400
    everything = 'a{b!~"c"} offset 5m @ end() + on(x) group_left(y) -b[5m:1m] or topk(1, "s")'
    assert (await get(client, "/api/v1/parse_query", query=everything))["http"] == 400
    both = '(a{b!~"c"} @ end() offset 5m + on(x) group_left(y) -sum_over_time(b[5m:1m])) or vector(1)'
    assert (await get(client, "/api/v1/parse_query", query=both))["data"]["op"] == "or"


async def test_exemplars_are_an_empty_list(client: httpx.AsyncClient) -> None:
    """None are stored; the query is checked all the same."""
    assert (await get(client, "/api/v1/query_exemplars", query="up", start=1, end=2))["data"] == []
    assert (await get(client, "/api/v1/query_exemplars", query="up{", start=1, end=2))["http"] == 400


async def test_large_answers_are_gzipped_on_request(small: World, client: httpx.AsyncClient) -> None:
    """Only where the client asked for it, and is not on this machine; behind a proxy it may be anywhere."""
    for index in range(600):
        small.write(Labels.of(__name__="many", index=str(index)), np.array([NOW_MS]), np.array([1.0]))
    plain = await client.get("/api/v1/query", params={"query": "many"}, headers={"accept-encoding": "identity"})
    near = await client.get("/api/v1/query", params={"query": "many"})
    assert not {"content-encoding"} & {*plain.headers, *near.headers}
    proxied = await client.get("/api/v1/query", params={"query": "many"}, headers={"x-forwarded-for": "192.0.2.7"})
    assert proxied.headers["content-encoding"] == "gzip"
    assert proxied.content == near.content == plain.content
    far = small.client("192.0.2.7")
    async with far as remote, remote.stream("GET", "/api/v1/query", params={"query": "many"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert gzip.decompress(raw) == plain.content
    series = await client.get("/api/v1/series", params={"match[]": "many"})
    assert len(series.json()["data"]) == 600


async def test_federation(small: World, client: httpx.AsyncClient) -> None:
    """The newest sample of each series with its own timestamp, sorted by name; ended series are left out."""
    stale = np.array([0x7FF0_0000_0000_0002], dtype=np.uint64).view(np.float64)
    small.write(Labels.of(__name__="up", host="a", zone="za"), np.array([NOW_MS + 1]), stale)
    small.clock.advance_ms(5_000)
    text = (await client.get("/federate", params={"match[]": ['up{host=~"a|b"}', "requests_total"]})).text
    lines = text.splitlines()
    assert lines[0] == "# TYPE requests_total untyped"
    assert 'up{host="b",zone="zb",instance=""} 1 1700000000000' in lines
    assert not any('host="a",zone' in line for line in lines)
    assert (await client.get("/federate")).status_code == 400


async def test_admin(small: World, client: httpx.AsyncClient) -> None:
    """Deleting hides series at once; cleaning and snapshots go to the store."""
    answer = await client.post("/api/v1/admin/tsdb/delete_series", params={"match[]": 'up{host="a"}'})
    assert (answer.status_code, answer.content) == (204, b"")
    count = await get(client, "/api/v1/query", query="count(up)", time=NOW)
    assert count["data"]["result"][0]["value"][1] == "2"
    assert (await client.post("/api/v1/admin/tsdb/delete_series")).status_code == 400
    assert (await client.post("/api/v1/admin/tsdb/clean_tombstones")).status_code == 204
    assert (await client.post("/api/v1/admin/tsdb/snapshot")).json()["data"] == {"name": "20231114T221320Z"}
    assert (await client.get("/api/v1/admin/tsdb/delete_series")).status_code == 405


async def test_limits_answer_with_their_name() -> None:
    """A query over a limit is a 422 that names the limit, its value and the way out."""
    with world(QuerySettings(max_series=2)) as made:
        async with made.client() as client:
            answer = await get(client, "/api/v1/query", query="sum(up)", time=NOW)
    assert (answer["http"], answer["errorType"], answer["code"]) == (422, "execution", "limit_exceeded")
    assert answer["limit"] == {"name": "query.max_series", "value": 2}
