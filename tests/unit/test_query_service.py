"""The query service: limits, turns, the list of running queries, counters, what is quick."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.errors import BadData, Cancelled, NotFound, QuerySyntax, Timeout, TooBusy
from vedette.model.frame import Frame, QueryResult
from vedette.model.labels import EMPTY
from vedette.promql import ast
from vedette.promql.context import QueryContext
from vedette.promql.explain import Explained, Explanation
from vedette.query.options import QueryOptions
from vedette.query.pace import Pace
from vedette.query.service import QueryService
from vedette.query.settings import QuerySettings


class Recorder:
    """An engine that answers 1 and remembers what it was asked."""

    def __init__(self) -> None:
        self.contexts: list[QueryContext] = []
        self.during: Callable[[QueryContext], None] = lambda _ctx: None

    def instant(self, _expr: ast.Expr, time_ms: int, ctx: QueryContext) -> QueryResult:
        self.contexts.append(ctx)
        self.during(ctx)
        ctx.stats.samples_read = 7
        frame = Frame([EMPTY], np.array([time_ms]), np.ones((1, 1)))
        return QueryResult("vector", frame=frame, time_ms=time_ms, stats=ctx.stats)

    def range(self, expr: ast.Expr, start_ms: int, _end_ms: int, _step_ms: int, ctx: QueryContext) -> QueryResult:
        return self.instant(expr, start_ms, ctx)

    def explain(self, expr: ast.Expr, start_ms: int, _e: int, _s: int, ctx: QueryContext) -> Explained:
        return Explained(
            Explanation("all", rows=1, samples=7, seconds=0.0, inputs=()), self.instant(expr, start_ms, ctx)
        )


class World:
    """A service over the recorder."""

    def __init__(self, settings: QuerySettings | None = None) -> None:
        self.clock, self.engine, self.registry = FakeClock(1_000), Recorder(), CollectorRegistry()
        self.service = QueryService(self.engine, self.clock, settings or QuerySettings(), self.registry)

    def count(self, outcome: str) -> float | None:
        return self.registry.get_sample_value("vedette_query_queries_total", {"outcome": outcome})


def test_options_reach_the_engine() -> None:
    """Project, look-back, a shorter timeout, statistics; a longer timeout than configured does not count."""
    world = World(QuerySettings(timeout_s=10, lookback_ms=1_000))
    world.service.instant("team", "up", 5)
    world.service.instant("team", "up", 5, QueryOptions(timeout_s=2, lookback_ms=77, per_step_stats=True))
    world.service.instant("team", "up", 5, QueryOptions(timeout_s=99))
    first, second, third = world.engine.contexts
    assert (first.project, first.lookback_ms, first.limits.timeout_s) == ("team", 1_000, 10)
    assert (second.lookback_ms, second.limits.timeout_s, second.collect_per_step_stats) == (77, 2, True)
    assert third.limits.timeout_s == 10


def test_a_text_is_parsed_once() -> None:
    """Equal texts share one tree; errors are not remembered."""
    service = World().service
    assert service.parse("up + 1") is service.parse("up + 1")
    for _ in range(2):
        with pytest.raises(QuerySyntax):
            service.parse("up +")


@pytest.mark.parametrize(
    ("text", "start_ms", "end_ms", "step_ms", "part"),
    [
        ("up", 0, 10, 0, "zero or negative"),
        ("up", 10, 0, 1, "before start"),
        ("up", 0, 12_000, 1, "exceeded maximum resolution of 11,000 points"),
        ("up[5m]", 0, 10, 1, "invalid expression type"),
        ('"text"', 0, 10, 1, "invalid expression type"),
    ],
)
def test_senseless_ranges_are_refused(text: str, start_ms: int, end_ms: int, step_ms: int, part: str) -> None:
    """Before anything is evaluated."""
    world = World()
    with pytest.raises(BadData, match=part):
        world.service.range("default", text, start_ms, end_ms, step_ms)
    assert world.engine.contexts == []
    assert world.service.running() == []


def test_running_queries_are_listed_and_killed() -> None:
    """While it runs a query is on the list; killed, its next check raises; then it is gone."""
    world = World()
    seen = []

    def during(ctx: QueryContext) -> None:
        world.clock.advance_ms(1_500)
        seen.extend(world.service.running())
        world.service.kill(seen[0].id, seen[0].project)
        ctx.check()

    world.engine.during = during
    with pytest.raises(Cancelled, match="killed"):
        world.service.range("default", "up", 0, 60, 10)
    shown = seen[0].as_json()
    assert (shown["query"], shown["step_ms"], shown["elapsed_s"], shown["waiting"]) == ("up", 10, 1.5, False)
    assert world.service.running() == []
    with pytest.raises(NotFound):
        world.service.kill(seen[0].id, seen[0].project)
    assert world.count("cancelled") == 1


def test_only_so_many_run_and_only_so_many_wait() -> None:
    """One runs, one waits and gets its turn, a third is refused."""
    world = World(QuerySettings(max_concurrent=1, max_waiting=1))
    entered, leave = threading.Event(), threading.Event()

    def during(_ctx: QueryContext) -> None:
        entered.set()
        assert leave.wait(10)

    world.engine.during = during
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(world.service.instant, "default", "up", 0)
        assert entered.wait(10)
        waiting = world.service.admit_instant("default", "up", 0)
        assert [query.waiting for query in world.service.running()] == [False, True]
        assert not waiting.is_quick
        with pytest.raises(TooBusy) as caught:
            world.service.instant("default", "up", 0)
        assert caught.value.limit == "query.max_waiting"
        second = pool.submit(waiting.run)
        leave.set()
        assert first.result(10).kind == second.result(10).kind == "vector"
    assert world.service.running() == []


def test_waiting_counts_against_the_timeout() -> None:
    """A query that waits too long ends without having run."""
    world = World(QuerySettings(max_concurrent=1, timeout_s=5))
    held = world.service.admit_instant("default", "up", 0)
    held.take_turn()
    late = world.service.admit_instant("default", "up", 0)
    world.clock.advance_ms(6_000)
    with pytest.raises(Timeout):
        late.run()
    held.abandon()
    assert world.service.running() == []
    assert world.engine.contexts == []
    assert world.count("timeout") == 1


def test_counters_and_timings() -> None:
    """Outcomes, samples and stages are told."""
    world = World()
    result = world.service.instant("default", "up", 0)
    assert world.count("success") == 1
    assert world.registry.get_sample_value("vedette_query_samples_read_total") == 7
    assert {"parse", "queue", "evaluate"} <= result.stats.timings_s.keys()
    assert world.registry.get_sample_value("vedette_query_running") == 0


def test_explaining_takes_a_turn_and_gives_it_back() -> None:
    """explain is a query like any other."""
    world = World(QuerySettings(max_concurrent=1))
    for _ in range(2):
        assert world.service.explain("default", "up", 0, 0, 0).root.title == "all"
    assert world.service.running() == []


def test_quick_is_what_was_quick_before() -> None:
    """A text proves itself by two runs; a slow run counts at once; memory is bounded."""
    pace = Pace(2)
    assert pace.expected_s("a", 10) == float("inf")
    pace.learn("a", 10, 0.001)
    assert pace.expected_s("a", 10) == float("inf")
    pace.learn("a", 10, 0.001)
    assert pace.expected_s("a", 10) == pytest.approx(0.001)
    assert pace.expected_s("a", 10_000) == float("inf")
    pace.learn("a", 10, 1.0)
    assert pace.expected_s("a", 10) == 1.0
    for text in "bcd":
        pace.learn(text, 1, 0.1)
    assert pace.expected_s("a", 10) == float("inf")


def test_a_quick_query_never_waits_for_a_turn() -> None:
    """It runs in the event loop: it has its turn when it is admitted, or it is not quick."""
    world = World(QuerySettings(max_concurrent=1, inline_ms=1_000))
    for _ in range(3):
        world.service.instant("default", "up", 0)
    quick = world.service.admit_instant("default", "up", 0)
    other = world.service.admit_instant("default", "up", 0)
    assert (quick.is_quick, other.is_quick) == (True, False)
    assert [query.waiting for query in world.service.running()] == [False, True]
    quick.run()
    other.run()
    assert world.service.running() == []
    world.service.admit_instant("default", "up", 0).abandon()
    assert world.service.admit_instant("default", "up", 0).is_quick
