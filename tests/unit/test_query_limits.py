"""Limits of projects in the query service: how many at a time, how long, and that nobody else notices."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry
from tests.unit.test_query_service import Recorder

from vedette.catalog.records import ProjectLimits
from vedette.clock import FakeClock
from vedette.errors import Timeout, TooBusy
from vedette.query.options import QueryOptions
from vedette.query.service import QueryService
from vedette.query.settings import QuerySettings


class World:
    """A service whose projects have limits that can be changed."""

    def __init__(self, **limits: ProjectLimits) -> None:
        self.clock, self.engine, self.limits = FakeClock(1_000), Recorder(), limits
        self.service = QueryService(self.engine, self.clock, QuerySettings(), CollectorRegistry(), self.limits.get)


def test_queries_beyond_the_limit_are_refused_and_not_kept_waiting() -> None:
    """Who waits holds a thread that another project's query needs; the limit can be changed meanwhile."""
    world = World(a=ProjectLimits(max_concurrent_queries=2), b=ProjectLimits())
    first, second = (world.service.admit_instant("a", "x", 0) for _ in range(2))
    with pytest.raises(TooBusy, match="max_concurrent_queries = 2") as caught:
        world.service.admit_instant("a", "x", 0)
    assert (caught.value.limit, caught.value.value) == ("max_concurrent_queries", 2)
    assert world.service.concurrent("a") == (2, 2)
    for _ in range(5):
        world.service.admit_instant("b", "x", 0)
    world.limits["a"] = ProjectLimits(max_concurrent_queries=3)
    third = world.service.admit_instant("a", "x", 0)
    world.limits["a"] = ProjectLimits(max_concurrent_queries=1)
    for query in (first, second):
        query.run()
        with pytest.raises(TooBusy):
            world.service.admit_instant("a", "x", 0)
    third.run()
    world.service.admit_instant("a", "x", 0).run()


def test_live_results_do_not_count_as_somebodys_queries() -> None:
    """They come again by themselves, and how many run at a time the server bounds."""
    world = World(a=ProjectLimits(max_concurrent_queries=1))
    world.service.admit_instant("a", "x", 0)
    world.service.admit_instant("a", "x", 0, QueryOptions(is_standing=True)).run()


def test_the_time_of_a_query_is_the_projects() -> None:
    """Shorter or longer than the server's; a request may ask for less still; the error names the limit."""
    world = World(a=ProjectLimits(query_timeout_s=2.0), b=ProjectLimits(query_timeout_s=500.0))
    world.service.instant("a", "x", 0)
    world.service.instant("b", "x", 0)
    world.service.instant("a", "x", 0, QueryOptions(timeout_s=1.0))
    world.service.instant("nobody", "x", 0)
    assert [context.limits.timeout_s for context in world.engine.contexts] == [2.0, 500.0, 1.0, 120.0]
    context = world.engine.contexts[0]
    world.clock.advance_ms(2_500)
    with pytest.raises(Timeout, match="query_timeout_s"):
        context.check()
