"""Sample data: made-up samples of the last hour, by the way of all samples, and the template that shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.http.access_world import NOW_MS, AccessWorld, access_world

from vedette.dashboards.templates import load_templates
from vedette.ingest.sample_data import REACH_MS, STEP_MS, sample_columns

URL = "/api/v1/sample-data"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[AccessWorld]:
    """A server with two projects and keys."""
    async with access_world(tmp_path) as it:
        it.user("root", is_instance_admin=True)
        yield it


@given(now_ms=st.integers(1_600_000_000_000, 1_900_000_000_000), later_ms=st.integers(0, REACH_MS))
@settings(max_examples=15, deadline=None)
def test_a_moment_has_one_value(now_ms: int, later_ms: int) -> None:
    """Whenever it is asked for, midnight or not; nothing is of the future, and everything is a number."""
    first, second = sample_columns(now_ms), sample_columns(now_ms + later_ms)
    assert first.values.shape == (len(first.labels), len(first.times_ms))
    assert len(set(first.labels)) == len(first.labels)
    assert now_ms - STEP_MS < first.times_ms[-1] <= now_ms
    assert first.times_ms[0] >= now_ms - REACH_MS - STEP_MS
    assert np.isfinite(first.values).all()
    _, mine, theirs = np.intersect1d(first.times_ms, second.times_ms, return_indices=True)
    np.testing.assert_array_equal(first.values[:, mine], second.values[:, theirs])


def test_counters_fall_at_midnight_alone() -> None:
    """So that a rate is never wrong, and buckets hold what is in smaller ones."""
    columns = sample_columns(NOW_MS)
    for labels, values in zip(columns.labels, columns.values, strict=True):
        if labels.name.endswith(("_total", "_bucket", "_sum", "_count")):
            falls = columns.times_ms[1:][np.diff(values) < 0]
            assert (falls % 86_400_000 == 0).all(), labels
    buckets = {
        labels.get("le"): values
        for labels, values in zip(columns.labels, columns.values, strict=True)
        if labels.name.endswith("_bucket") and labels.get("instance") == "shop-1"
    }
    rows = np.stack([buckets[le] for le in sorted(buckets, key=float)])
    assert (np.diff(rows, axis=0) >= 0).all()


async def test_it_is_sent_once(world: AccessWorld) -> None:
    """Asked again in the same moment, nothing is stored twice; its job says what it is, and its types are known."""
    ingest, read = world.key("ingest"), world.key("read")
    first = (await world.ask(ingest, "POST", URL)).json()["data"]
    assert first["accepted"] == first["new_series"] * (REACH_MS // STEP_MS + 1)
    assert first["dropped"] == {}
    again = (await world.ask(ingest, "POST", URL)).json()["data"]
    assert (again["new_series"], again["dropped"]) == (0, {})
    params = {"query": "sum(count_over_time({job='sample'}[2h]))", "time": str(NOW_MS / 1000)}
    counted = (await world.ask(read, "GET", "/api/v1/query", params=params)).json()["data"]["result"]
    assert counted[0]["value"][1] == str(first["accepted"])
    jobs = await world.ask(read, "GET", "/api/v1/label/job/values?match[]={__name__=~'sample_.*'}")
    assert jobs.json()["data"] == ["sample"]
    types = (await world.ask(read, "GET", "/api/v1/metadata?metric=sample_orders_total")).json()["data"]
    assert types["sample_orders_total"][0]["type"] == "counter"


async def test_it_is_for_those_who_may_write_samples(world: AccessWorld) -> None:
    """In the project of the key; who may only read sends nothing."""
    assert (await world.ask(world.key("read"), "POST", URL)).status_code == 403
    assert (await world.ask(None, "POST", URL)).status_code == 401
    root = await world.browser("root")
    assert (await world.ask(root, "POST", "/api/v1/projects", json={"name": "other"})).status_code == 201
    assert (await world.ask(root, "POST", f"{URL}?project=other")).status_code == 200
    mine = await world.ask(root, "GET", "/api/v1/query?query=count({job='sample'})")
    theirs = await world.ask(root, "GET", "/api/v1/query?query=count({job='sample'})&project=other")
    assert mine.json()["data"]["result"] == []
    assert len(theirs.json()["data"]["result"]) == 1


async def test_every_widget_of_the_template_shows_it(world: AccessWorld) -> None:
    """A click away from the data: no question of it is without an answer."""
    await world.ask(world.key("ingest"), "POST", URL)
    read = world.key("read")
    for widget in load_templates()["sample-shop"].spec["widgets"]:
        for query in widget["queries"]:
            promql = query["text"].replace("$__rate_interval", "1m")
            params = {"query": promql, "time": str(NOW_MS / 1000)}
            answer = (await world.ask(read, "GET", "/api/v1/query", params=params)).json()
            assert answer["data"]["result"] != [], f"{widget['title']}: {promql}"
