"""What results look like: kinds, order, annotations, explanations, and the same answer on any number of threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.unit.promql_engine.data import MINUTE, cells, context, instant, over, store

from vedette.clock import FakeClock
from vedette.errors import BadData
from vedette.model.special import STALE_NAN
from vedette.promql.context import QueryContext
from vedette.promql.engine import Engine
from vedette.promql.parser import parse
from vedette.query.encode import stats_json


def test_range_vector_at_one_moment_yields_raw_samples() -> None:
    """Left-open, right-closed, without staleness markers, series in order of their labels."""
    result = instant(
        store({"b": [1, 2, STALE_NAN, 4], "a": [5, None, None, None]}), '{__name__=~"a|b"}[3m]', 3 * MINUTE
    )
    assert result.kind == "matrix"
    assert result.raw is not None
    assert [(str(each.labels), each.timestamps_ms.tolist(), each.values.tolist()) for each in result.raw] == [
        ("b", [MINUTE, 3 * MINUTE], [2.0, 4.0])
    ]


def test_subquery_at_one_moment_yields_its_steps() -> None:
    """Steps are multiples of the subquery's step."""
    result = instant(store({"a": [1, 2, 3, 4]}), "(a * 10)[2m:30s]", 3 * MINUTE + 1)
    assert result.raw is not None
    assert result.raw[0].timestamps_ms.tolist() == [90_000, 120_000, 150_000, 180_000]
    assert result.raw[0].values.tolist() == [20.0, 30.0, 30.0, 40.0]
    assert str(result.raw[0].labels) == "{}"


def test_strings_and_scalars() -> None:
    """They are results of their own kind at one moment; a scalar is a matrix over a range."""
    storage = store({})
    assert instant(storage, '"text"').text == "text"
    assert instant(storage, "1 + 1").kind == "scalar"
    assert cells(over(storage, "time()", 2 * MINUTE)) == {"{}": [0.0, 60.0, 120.0]}
    assert over(storage, "time()", 2 * MINUTE).kind == "matrix"


def test_sorted_result_is_marked_as_ordered() -> None:
    """Only an order that was asked for must be kept by those who print."""
    storage = store({'a{i="1"}': [3], 'a{i="2"}': [1], 'a{i="3"}': [2]})
    result = instant(storage, "sort(a)")
    assert result.ordered
    assert list(cells(result).values()) == [[1.0], [2.0], [3.0]]
    assert list(cells(instant(storage, "topk(2, a)")).values()) == [[3.0], [2.0]]
    assert not instant(storage, "a").ordered


def test_range_result_is_in_order_of_labels() -> None:
    """Whatever order the store found series in."""
    storage = store({'a{i="2"}': [1], 'a{i="1"}': [1]})
    assert list(cells(over(storage, "a", 0))) == ['a{i="1"}', 'a{i="2"}']


def test_rows_without_any_value_are_left_out() -> None:
    """A comparison that nothing fulfils yields no series."""
    storage = store({'a{i="1"}': [1, 5], 'a{i="2"}': [1, 1]})
    assert cells(over(storage, "a > 2", MINUTE)) == {'a{i="1"}': [None, 5.0]}


def test_staleness_marker_ends_a_series() -> None:
    """At and after the marker the selector has no value, before it the lookback fills gaps."""
    storage = store({"a": [1, None, STALE_NAN, None, 5]})
    assert cells(over(storage, "a", 4 * MINUTE)) == {"a": [1.0, 1.0, None, None, 5.0]}


def test_lookback_excludes_its_left_border() -> None:
    """A sample exactly five minutes old is too old."""
    storage = store({"a": [1]})
    assert cells(instant(storage, "a", 300_000)) == {}
    assert cells(instant(storage, "a", 299_999)) == {"a": [1.0]}


def test_rate_of_something_that_is_no_counter_is_noted_once() -> None:
    """The info names the metric and points at the range vector."""
    result = over(store({'a{i="1"}': range(9), 'a{i="2"}': range(9)}), "sum(rate(a[5m]))", 8 * MINUTE)
    assert [(info.message, info.start, info.end) for info in result.infos] == [
        (
            'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "a"',
            9,
            14,
        )
    ]
    assert result.warnings == []


def test_counters_and_empty_results_are_not_noted() -> None:
    """No info where the name is good or where there was nothing to compute."""
    storage = store({"a_total": range(9), "b": [1]})
    assert over(storage, "rate(a_total[5m])", 8 * MINUTE).infos == []
    assert over(storage, "rate(b[5m])", 8 * MINUTE).infos == []


@pytest.mark.parametrize("text", ["quantile(1.5, a)", "quantile_over_time(1.5, a[5m])"])
def test_impossible_quantile_is_warned_of(text: str) -> None:
    """The result is an infinity, and the caller is told."""
    result = instant(store({"a": [1, 2]}), text, MINUTE)
    assert list(cells(result).values()) == [[np.inf]]
    assert [warning.message for warning in result.warnings] == [
        "PromQL warning: quantile value should be between 0 and 1, got 1.5"
    ]


def test_series_that_become_equal_are_joined_where_they_do_not_meet() -> None:
    """Dropping names may make label sets equal; two values at one step are an error."""
    apart = store({"a": [1, None], "b": [None, 2]})
    lookback = context()
    lookback.lookback_ms = MINUTE
    text = '{__name__=~"a|b"} * 10'
    result = Engine(apart).range(parse(text), 0, MINUTE, MINUTE, lookback)
    assert cells(result) == {"{}": [10.0, 20.0]}
    with pytest.raises(BadData, match="same labelset"):
        instant(store({"a": [1], "b": [2]}), text)


def test_results_of_matching_that_become_equal_are_refused() -> None:
    """Type labels take part in matching but not in the result."""
    storage = store({'a{__type__="x"}': [1], 'a{__type__="y"}': [2], 'b{__type__="x"}': [1], 'b{__type__="y"}': [2]})
    with pytest.raises(BadData, match="same labelset"):
        instant(storage, "a + b")
    assert len(cells(instant(storage, "a == b"))) == 2


@pytest.mark.parametrize(
    ("op", "values"),
    [
        ("sum", [1.0, np.inf]),
        ("avg", [1.0, np.inf]),
        ("min", [1.0, np.inf]),
        ("count", [1.0, 1.0]),
        ("group", [1.0, 1.0]),
        ("stddev", [0.0, np.nan]),
    ],
)
def test_groups_of_one_row_aggregate_as_any(op: str, values: list[float]) -> None:
    """Whether a group has one row or more makes no difference to how it is computed."""
    storage = store({'a{i="1"}': [1.0, np.inf], 'a{i="2"}': [5.0, None]})
    alone = cells(over(storage, f"{op} by (i) (a)", MINUTE))
    np.testing.assert_array_equal(alone['{i="1"}'], values)
    together = cells(over(storage, f'{op} by (j) (a{{i="1"}} or vector(NaN) > 0)', MINUTE))
    np.testing.assert_array_equal(together["{}"], values)


def test_several_quantiles_of_a_histogram_at_once() -> None:
    """Each quantile is a series of its own, told apart by a label; a label that makes series equal is refused."""
    storage = store({'a_bucket{le="1", i="1"}': [2], 'a_bucket{le="+Inf", i="1"}': [2], 'a_bucket{le="1", i="2"}': [4]})
    result = instant(storage, 'histogram_quantiles(a_bucket{i="1"}, "q", 0.5, 1, 1.5)')
    assert cells(result) == {
        '{i="1", q="0.5"}': [0.5],
        '{i="1", q="1.0"}': [1.0],
        '{i="1", q="1.5"}': [np.inf],
    }
    assert [(warning.start, warning.end) for warning in result.warnings] == [(50, 53)]
    with pytest.raises(BadData, match="same labelset"):
        instant(storage, 'histogram_quantiles(a_bucket, "i", 0.5)')


def test_a_quantile_that_is_no_number_is_one_series_over_all_steps() -> None:
    """NaN as a quantile gives a row labelled NaN, in a range query as at one moment."""
    storage = store({'a_bucket{le="1"}': [2, 3, 4], 'a_bucket{le="+Inf"}': [2, 3, 4]})
    found = cells(over(storage, 'histogram_quantiles(a_bucket, "q", NaN, 0.5)', 2 * MINUTE))
    np.testing.assert_array_equal(found.pop('{q="NaN"}'), [np.nan] * 3)
    assert found == {'{q="0.5"}': [0.5] * 3}


@pytest.mark.parametrize(
    ("query", "time_ms", "expected"),
    [
        ("a[2m] anchored", 210_000, [(90_000, 2.0), (120_000, 8.0), (180_000, 4.0), (210_000, 4.0)]),
        ("a[2m] smoothed", 210_000, [(90_000, 5.0), (120_000, 8.0), (180_000, 4.0), (210_000, 7.0)]),
        ("a[1m] anchored", 180_000, [(120_000, 8.0), (180_000, 4.0)]),
        ("a[1m] smoothed", 180_000, [(120_000, 8.0), (180_000, 4.0)]),
        ("a[1m] smoothed", 30_000, [(-30_000, 1.0), (0, 1.0), (30_000, 1.5)]),
        ("a[1m] anchored offset 30s", 60_000, [(-30_000, 1.0), (0, 1.0), (30_000, 1.0)]),
        ("a[1m] anchored", 400_000, None),
        ("a[1m] smoothed", 10_000_000, None),
    ],
)
def test_samples_of_an_extended_range(query: str, time_ms: int, expected: list[tuple[int, float]] | None) -> None:
    """At one moment an extended range is its inner samples and one at each border, as Prometheus extends them."""
    result = instant(store({"a": [1.0, 2.0, 8.0, 4.0, 10.0]}), query, time_ms)
    assert result.kind == "matrix"
    assert result.raw is not None
    found = [list(zip(row.timestamps_ms.tolist(), row.values.tolist(), strict=True)) for row in result.raw]
    assert found == ([] if expected is None else [expected])


def test_one_side_may_change_over_time() -> None:
    """Rows of one signature that never meet count as one partner; where they meet, matching fails."""
    storage = store(
        {
            'a{i="1"}': [1, 2, 3, 4],
            'b{i="1", version="1"}': [10, 10, STALE_NAN, None],
            'b{i="1", version="2"}': [None, None, 20, 20],
        }
    )
    assert cells(over(storage, "a * on(i) b", 3 * MINUTE)) == {'{i="1"}': [10.0, 20.0, 60.0, 80.0]}
    assert cells(over(storage, "a * on(i) group_left(version) b", 3 * MINUTE)) == {
        '{i="1", version="1"}': [10.0, 20.0, None, None],
        '{i="1", version="2"}': [None, None, 60.0, 80.0],
    }
    with pytest.raises(BadData, match="found duplicate series for the match group"):
        over(store({"a": [1], 'b{v="1"}': [1], 'b{v="2"}': [1]}), "a * on() b", 0)


def test_answers_do_not_depend_on_threads() -> None:
    """Sums are folded in the order of the parts, whichever thread computed them."""
    rng = np.random.default_rng(3)
    storage = store({f'a_total{{i="{index}"}}': np.cumsum(rng.random(60) * 1e6).tolist() for index in range(400)})
    texts = ["sum(rate(a_total[5m]))", "avg(a_total)", "quantile(0.9, a_total)", "topk(3, a_total)", "stddev(a_total)"]
    with ThreadPoolExecutor(3) as executor:
        many, one = Engine(storage, executor, workers=4), Engine(storage)
        for text in texts:
            results = [engine.range(parse(text), 0, 59 * MINUTE, 5000, context()) for engine in (one, many, many, many)]
            for other in results[1:]:
                assert results[0].frame is not None
                assert other.frame is not None
                np.testing.assert_array_equal(results[0].frame.values, other.frame.values)


def test_explanation_tells_rows_and_cost() -> None:
    """The tree of operators with their rows, as text and as plain data."""
    storage = store({'a{i="1"}': range(9), 'a{i="2"}': range(9)})
    explained = Engine(storage).explain(parse("sum(max_over_time(a[5m]))"), 0, 8 * MINUTE, MINUTE, context())
    data = explained.as_data()
    assert data["plan"]["operator"] == "Aggregation sum"
    assert data["plan"]["rows"] == 1
    assert data["plan"]["inputs"][0]["operator"] == 'Window max_over_time of SelectRange [5m] {__name__="a"}'
    assert data["plan"]["inputs"][0]["rows"] == 2
    assert data["plan"]["inputs"][0]["samples"] == 2 * (1 + 2 + 3 + 4 + 5 * 5)
    assert data["stats"]["samples_read"] == 18
    assert "  Window max_over_time" in explained.text()
    assert explained.result.frame is not None


def test_plan_of_a_tree_is_kept() -> None:
    """The same tree asked twice is planned once; one with a duration of steps is planned for each step."""
    engine = Engine(store({}))
    plain, by_step = parse("rate(a[5m])"), parse("rate(a[step() * 4])")
    assert engine.plan_of(plain) is engine.plan_of(plain)
    assert "[1m]" in engine.plan_of(by_step, 15_000, 60_000).print()
    assert "[2m]" in engine.plan_of(by_step, 30_000, 60_000).print()


def test_engine_without_threads_to_lend_still_answers() -> None:
    """A busy executor never blocks a query: the calling thread does the work."""
    storage = store({f'a{{i="{index}"}}': range(300) for index in range(200)})
    with ThreadPoolExecutor(1) as executor:
        engine = Engine(storage, executor, workers=2)
        future = executor.submit(engine.range, parse("count(a)"), 0, 299 * MINUTE, 10_000, context())
        assert future.result(timeout=60).frame is not None


def test_samples_by_step_are_told_to_those_who_ask() -> None:
    """`stats=all` adds a count for every step, in Prometheus' form; others get the sum alone."""
    storage = store({"a": [1, 2, 3], 'b{i="1"}': [1, None, 3]})
    expr = parse('{__name__=~"a|b"}')
    asking = QueryContext(FakeClock(), lookback_ms=MINUTE, collect_per_step_stats=True)
    told = stats_json(Engine(storage).range(expr, 0, 2 * MINUTE, MINUTE, asking).stats)["samples"]
    assert isinstance(told, dict)
    assert told["totalQueryableSamples"] == 5
    assert told["totalQueryableSamplesPerStep"] == [[0.0, 2], [60.0, 1], [120.0, 2]]
    told = stats_json(over(storage, "a", 2 * MINUTE).stats)["samples"]
    assert isinstance(told, dict)
    assert told["totalQueryableSamples"] == 3
    assert "totalQueryableSamplesPerStep" not in told
