"""Limits, cancellation and statistics of a query."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.unit.promql_engine.data import context, store

from vedette.clock import FakeClock
from vedette.errors import BadData, Cancelled, LimitExceeded, QuerySyntax, Timeout
from vedette.model.grid import Grid
from vedette.model.labels import Labels
from vedette.promql.context import QueryContext, QueryLimits
from vedette.promql.engine import Engine
from vedette.promql.parser import parse
from vedette.storage.interface import Selection
from vedette.storage.memory import MemoryStorage


def test_points_limit() -> None:
    """A range with too many steps is refused before anything is read."""
    with pytest.raises(LimitExceeded) as caught:
        Engine(store({})).range(parse("a"), 0, 10_000, 1, context(QueryLimits(max_points_per_series=100)))
    assert caught.value.limit == "query.max_points_per_series"
    assert caught.value.value == 100


def test_series_limit() -> None:
    """A selector that touches too many series is refused."""
    storage = store({f'a{{i="{index}"}}': [1] for index in range(5)})
    with pytest.raises(LimitExceeded) as caught:
        Engine(storage).instant(parse("a"), 0, context(QueryLimits(max_series=4)))
    assert caught.value.limit == "query.max_series"


def test_samples_limit_counts_what_is_held_at_one_time() -> None:
    """A query passes with the samples that it holds, and fails with one less."""
    storage = store({f'a{{i="{index}"}}': range(100) for index in range(10)})
    ctx = context()
    Engine(storage).range(parse("sum(rate(a[5m]))"), 0, 5_940_000, 60_000, ctx)
    peak = ctx.stats.samples_peak
    assert peak > 1000
    Engine(storage).range(parse("sum(rate(a[5m]))"), 0, 5_940_000, 60_000, context(QueryLimits(max_samples=peak)))
    with pytest.raises(LimitExceeded) as caught:
        Engine(storage).range(
            parse("sum(rate(a[5m]))"), 0, 5_940_000, 60_000, context(QueryLimits(max_samples=peak - 1))
        )
    assert caught.value.limit == "query.max_samples"


def test_cancelled_query_stops() -> None:
    """A query that was cancelled raises before it reads another part."""
    ctx = context()
    ctx.cancel("the caller went away")
    with pytest.raises(Cancelled, match="went away"):
        Engine(store({"a": [1]})).instant(parse("a"), 0, ctx)


def test_query_stops_at_its_deadline() -> None:
    """Time that passes while parts load counts."""
    clock = FakeClock()
    ctx = QueryContext(clock, QueryLimits(timeout_s=5))
    loaded = []

    class SlowPart:
        def __init__(self, index: int) -> None:
            self.series = range(index, index + 1)

        def load(self) -> Grid:
            loaded.append(self.series)
            clock.advance_ms(3000)
            return Grid.shared([Labels.of(i="1")], np.array([0]), np.ones((1, 1)))

    class Slow(MemoryStorage):
        def select(self, *_args, **_kwargs):  # type: ignore[no-untyped-def]  # answers anything
            return Selection([Labels.of(i=str(index)) for index in range(9)], [SlowPart(index) for index in range(9)])

    with pytest.raises(Timeout):
        Engine(Slow()).instant(parse("a"), 0, ctx)
    assert len(loaded) == 2


def test_failing_part_fails_the_query_on_any_thread() -> None:
    """An error in a helper thread reaches the caller, and the other parts stop."""

    class Broken:
        def __init__(self, index: int) -> None:
            self.series = range(index, index + 1)

        def load(self) -> Grid:
            if self.series.start == 3:
                raise BadData("this part is broken")
            return Grid.shared([Labels.of(i="1")], np.array([0]), np.ones((1, 1)))

    class Storage(MemoryStorage):
        def select(self, *_args, **_kwargs):  # type: ignore[no-untyped-def]  # answers anything
            labels = [Labels.of(i=str(index)) for index in range(64)]
            return Selection(labels, [Broken(index) for index in range(64)], samples_estimate=10_000_000)

    with ThreadPoolExecutor(2) as executor, pytest.raises(BadData, match="part is broken"):
        Engine(Storage(), executor).instant(parse("a"), 0, context())


@pytest.mark.parametrize("text", ["a[5m]", '"text"'])
def test_range_query_of_a_range_vector_or_string_is_refused(text: str) -> None:
    """Only scalars and instant vectors have values over time."""
    with pytest.raises(QuerySyntax, match="must be Scalar or instant Vector"):
        Engine(store({})).range(parse(text), 0, 60_000, 60_000, context())


@pytest.mark.parametrize(("start_ms", "end_ms", "step_ms"), [(0, 10, 0), (0, 10, -5), (10, 0, 5)])
def test_senseless_ranges_are_refused(start_ms: int, end_ms: int, step_ms: int) -> None:
    """A step must be positive and the end not before the start."""
    with pytest.raises(BadData):
        Engine(store({})).range(parse("1"), start_ms, end_ms, step_ms, context())


@pytest.mark.parametrize("text", ["a @ 9000000000000000", "a @ -9000000000000000", "rate(a[290y] offset -290y)"])
def test_moments_far_from_1970_are_answered(text: str) -> None:
    """Whatever times a query names, arithmetic stays within int64."""
    storage = store({"a": [1, 2, 3]})
    Engine(storage).instant(parse(text), 60_000, context())
    Engine(storage).range(parse(text), 0, 120_000, 60_000, context())
    with pytest.raises(BadData, match="out of range"):
        Engine(storage).instant(parse(text), 2**62, context())


def test_subquery_with_too_many_steps_is_refused() -> None:
    """The steps count as samples before anything is allocated."""
    with pytest.raises(LimitExceeded) as caught:
        Engine(store({"a": [1]})).instant(parse("sum_over_time(a[1y:1ms])"), 0, context())
    assert caught.value.limit == "query.max_samples"


def test_statistics_count_samples_as_prometheus_does() -> None:
    """Samples of all windows are the total; each is read once."""
    storage = store({"a": range(10), "b": range(10)})
    ctx = context()
    Engine(storage).range(parse("sum_over_time(a[2m])"), 0, 540_000, 60_000, ctx)
    assert ctx.stats.series_read == 1
    assert ctx.stats.samples_read == 10
    assert ctx.stats.samples_total == 1 + 9 * 2
    assert ctx.stats.result_points == 10
    assert set(ctx.stats.timings_s) == {"plan", "index", "read", "evaluate"}


def test_warnings_of_the_store_reach_the_result() -> None:
    """Damage that the store skipped over is told to the caller."""

    class Damaged(MemoryStorage):
        def select(self, *args, **kwargs):  # type: ignore[no-untyped-def]  # passes through
            selection = super().select(*args, **kwargs)
            selection.warnings.append("chunk 7 is damaged")
            return selection

    result = Engine(Damaged()).instant(parse("a"), 0, context())
    assert [warning.message for warning in result.warnings] == ["chunk 7 is damaged"]
