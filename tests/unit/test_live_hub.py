"""The live hub over the in-memory store."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from vedette.clock import SystemClock
from vedette.errors import LimitExceeded, Unavailable
from vedette.live.client import Client
from vedette.live.hub import Hub
from vedette.live.metrics import LiveMetrics
from vedette.live.settings import LiveSettings
from vedette.model.batch import SampleBatch
from vedette.model.frame import Frame, QueryResult
from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.timerange import TimeRange
from vedette.promql.parser import parse_selector
from vedette.storage.memory import MemoryStorage
from vedette.storage.tee import Tee

PROJECT = "default"
CLOCK = SystemClock()


class Bench:
    """A store, a hub on it, and an evaluator that knows instant selectors."""

    def __init__(self, **settings: Any) -> None:
        self.storage = Tee(MemoryStorage())
        self.evaluations: Counter[str] = Counter()
        self.pool = ThreadPoolExecutor(2)
        self.hub = Hub(
            self.storage,
            self.evaluate,
            self.pool,
            CLOCK,
            LiveSettings(**settings),
            LiveMetrics(CollectorRegistry()),
        )
        self.storage.observe(self.hub.on_append, self.hub.on_intern)

    def evaluate(
        self, project: str, text: str, start_ms: int, end_ms: int, step_ms: int, matchers: tuple[Matcher, ...]
    ) -> QueryResult:
        self.evaluations[text] += 1
        moments = np.arange(start_ms, end_ms + 1, step_ms)
        selection = self.storage.select(
            project, (*parse_selector(text), *matchers), TimeRange(start_ms - 300_000, end_ms)
        )
        rows, present = np.zeros((len(selection.labels), len(moments))), np.zeros((len(selection.labels), len(moments)))
        for part in selection.parts:
            grid = part.load()
            for offset, index in enumerate(part.series):
                times, values = grid.row(offset)
                for column, moment in enumerate(moments):
                    at = np.searchsorted(times, moment, side="right") - 1
                    if at >= 0:
                        rows[index, column], present[index, column] = values[at], 1
        return QueryResult("matrix", Frame(selection.labels, moments, rows, present.astype(np.bool_)))

    def push(self, value: float, time_ms: int | None = None, **labels: str) -> int:
        refs = self.storage.intern(PROJECT, [Labels.of({"__name__": "x", **labels})])
        time_ms = CLOCK.now_ms() if time_ms is None else time_ms
        self.storage.append(PROJECT, SampleBatch(refs, np.array([time_ms]), np.array([value])))
        return time_ms

    async def say(self, client: Client, **wish: object) -> None:
        await self.hub.receive(client, json.dumps(wish))


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    task = asyncio.create_task(made.hub.run())
    yield made
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    made.pool.shutdown()


async def until(client: Client, kind: str) -> dict[str, Any]:
    """The next message of a kind."""
    while True:
        message: dict[str, Any] = json.loads(await asyncio.wait_for(client.next_message(), 5))
        if message["type"] == kind:
            return message


async def test_a_pushed_sample_reaches_every_watcher_and_is_worked_out_once(bench: Bench) -> None:
    """Each distinct question is evaluated once, however many watch it."""
    bench.push(0)
    clients = [bench.hub.connect(PROJECT) for _ in range(5)]
    for client in clients:
        await bench.say(client, op="subscribe", id="a", promql="x", interval_ms=0)
        await until(client, "frame")
    before = bench.evaluations["x"]
    bench.push(42)
    for client in clients:
        assert (await until(client, "frame"))["values"] == {"0": [42.0]}
    assert bench.evaluations["x"] == before + 1


async def test_questions_with_an_interval_are_answered_for_each_step(bench: Bench) -> None:
    """At one second the moments are whole seconds, each once, without holes."""
    bench.push(1)
    client = bench.hub.connect(PROJECT)
    await bench.say(client, op="subscribe", id="a", promql="x", step_ms=1000, interval_ms=1000)
    moments: list[int] = []
    while len(set(moments)) < 4:
        bench.push(len(moments))
        moments += (await until(client, "frame"))["timestamps_ms"]
    distinct = sorted(set(moments))
    assert distinct == list(range(distinct[0], distinct[-1] + 1, 1000))


async def test_a_client_that_was_away_gets_what_it_missed(bench: Bench) -> None:
    """since_ms brings every step after it, then the present goes on."""
    now_ms = CLOCK.now_ms() // 1000 * 1000
    for back in range(10, -1, -1):
        bench.push(back, now_ms - back * 1000)
    client = bench.hub.connect(PROJECT)
    await bench.say(client, op="subscribe", id="a", promql="x", since_ms=now_ms - 6000)
    frame = await until(client, "frame")
    assert frame["timestamps_ms"][:6] == [now_ms - back * 1000 for back in range(5, -1, -1)]
    assert frame["values"]["0"][:6] == [5.0, 4.0, 3.0, 2.0, 1.0, 0.0]


async def test_raw_samples_come_as_they_arrive_and_missed_ones_first(bench: Bench) -> None:
    """A selector subscription sees each sample with its own timestamp, new series included."""
    now_ms = CLOCK.now_ms()
    bench.push(1, now_ms - 3000, a="1")
    bench.push(2, now_ms - 1000, a="1")
    client = bench.hub.connect(PROJECT)
    await bench.say(client, op="subscribe", id="r", selector='{__name__="x"}', since_ms=now_ms - 2000)
    assert (await until(client, "frame"))["timestamps_ms"] == [now_ms - 1000]
    bench.push(3, now_ms + 5, a="2")
    series = await until(client, "series")
    assert series["series"] == [{"key": 1, "labels": {"__name__": "x", "a": "2"}}]
    frame = await until(client, "frame")
    assert (frame["timestamps_ms"], frame["values"]) == ([now_ms + 5], {"1": [3.0]})


async def test_samples_of_other_series_wake_nobody(bench: Bench) -> None:
    """Only batches that touch a question's selectors make it be worked out."""
    bench.push(1, a="1")
    client = bench.hub.connect(PROJECT)
    await bench.say(client, op="subscribe", id="a", promql='x{a="1"}', interval_ms=0)
    await until(client, "frame")
    before = bench.evaluations['x{a="1"}']
    bench.push(1, a="2")
    await asyncio.sleep(0.1)
    assert bench.evaluations['x{a="1"}'] == before


async def test_unsubscribing_and_disconnecting_forget_the_question(bench: Bench) -> None:
    """Nothing is evaluated for nobody."""
    bench.push(1)
    one, two = bench.hub.connect(PROJECT), bench.hub.connect(PROJECT)
    for client in (one, two):
        await bench.say(client, op="subscribe", id="a", promql="x", interval_ms=0)
    await bench.say(one, op="unsubscribe", id="a")
    bench.hub.disconnect(two)
    before = bench.evaluations["x"]
    bench.push(2)
    await asyncio.sleep(0.1)
    assert bench.evaluations["x"] == before


async def test_who_is_narrowed_sees_only_that_in_every_kind_of_subscription(bench: Bench) -> None:
    """Matchers of a connection hold for expressions, raw samples and what was missed, beside one without them."""
    bench.push(1, team="a")
    bench.push(2, team="b")
    only_a = (Matcher("team", MatchOp.EQUAL, "a"),)
    narrowed, everybody = bench.hub.connect(PROJECT, only_a), bench.hub.connect(PROJECT)
    for client in (narrowed, everybody):
        await bench.say(client, op="subscribe", id="p", promql="x", interval_ms=0)
        await bench.say(client, op="subscribe", id="r", selector="x", interval_ms=0, since_ms=1)
    bench.push(3, team="b")
    bench.push(4, team="a")
    seen = [await until(narrowed, "series") for _ in range(2)]
    assert [series["labels"].get("team") for news in seen for series in news["series"]] == ["a", "a"]
    assert {series["labels"]["team"] for series in (await until(everybody, "series"))["series"]} == {"a", "b"}


async def test_who_may_not_stay_is_ushered_out(bench: Bench) -> None:
    """A connection ends soon after its session has."""
    allowed = [True]
    client = bench.hub.connect(PROJECT, may_stay=lambda: allowed[0])
    usher = asyncio.create_task(bench.hub.usher())
    allowed[0] = False
    while True:
        if await asyncio.wait_for(client.next_message(), 10) is None:
            break
    usher.cancel()


async def test_bad_wishes_are_answered_not_raised(bench: Bench) -> None:
    """A syntax error carries its position and leaves the connection as it was."""
    client = bench.hub.connect(PROJECT)
    await bench.say(client, op="subscribe", id="a", promql="sum(")
    error = await until(client, "error")
    assert error["id"] == "a"
    assert error["error"]["code"] == "bad_query"
    assert "position" in error["error"]
    await bench.say(client, op="ping", sent_ms=5)
    assert (await until(client, "pong"))["sent_ms"] == 5


async def test_limits_hold() -> None:
    """Clients, subscriptions and message sizes are bounded and the answer names the limit."""
    bench = Bench(max_clients=1, max_subscriptions=1, max_message_bytes=200)
    client = bench.hub.connect(PROJECT)
    with pytest.raises(LimitExceeded, match="1 live clients"):
        bench.hub.connect(PROJECT)
    await bench.say(client, op="subscribe", id="a", promql="x")
    await bench.say(client, op="subscribe", id="b", promql="x")
    assert (await until(client, "error"))["error"]["limit"] == {"name": "live.max_subscriptions", "value": 1}
    await bench.hub.receive(client, " " * 300)
    assert (await until(client, "error"))["error"]["limit"]["name"] == "live.max_message_bytes"
    bench.pool.shutdown()


async def test_closing_ends_all_connections() -> None:
    """Whoever waits for a message, or for bandwidth, is told that there are no more; nobody comes in any more."""
    bench = Bench(max_bytes_per_s=1000)
    waiting, busy = bench.hub.connect(PROJECT), bench.hub.connect(PROJECT)
    busy.push(" " * 60_000)
    busy.push("not sent for a minute")
    await waiting.next_message()
    await busy.next_message()
    await busy.next_message()
    tasks = [asyncio.create_task(client.next_message()) for client in (waiting, busy)]
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in tasks)
    await bench.hub.close()
    assert await asyncio.wait_for(asyncio.gather(*tasks), 5) == [None, None]
    with pytest.raises(Unavailable, match="stopping"):
        bench.hub.connect(PROJECT)
    bench.pool.shutdown()
