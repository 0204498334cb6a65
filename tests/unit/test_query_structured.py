"""The structured form of a query becomes PromQL of the same meaning."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.errors import BadData
from vedette.promql.parser import parse
from vedette.query.structured import Filter, StructuredQuery, translate

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("aggregation", "interval", "text"),
    [
        ("none", "raw", 'm{a="x"}[1h]'),
        ("none", "5m", 'last_over_time(m{a="x"}[5m])'),
        ("avg", "1m", 'avg by (h) (avg_over_time(m{a="x"}[1m]))'),
        ("sum", "5m", 'sum by (h) (sum_over_time(m{a="x"}[5m]))'),
        ("count", "1h", 'sum by (h) (count_over_time(m{a="x"}[1h]))'),
        ("min", "1d", 'min by (h) (min_over_time(m{a="x"}[1d]))'),
        ("p95", "5m", 'quantile by (h) (0.95, quantile_over_time(0.95, m{a="x"}[5m]))'),
        ("max", "raw", 'max by (h) (m{a="x"})'),
        ("count", "raw", 'count by (h) (m{a="x"})'),
        ("p50", "raw", 'quantile by (h) (0.5, m{a="x"})'),
    ],
)
def test_each_aggregation_over_each_interval(aggregation: str, interval: str, text: str) -> None:
    """First over the samples of each series in the interval, then over the series of a group."""
    query = StructuredQuery(
        metric="m",
        start_ms=0,
        end_ms=HOUR_MS,
        filters=(Filter("a", "=", "x"),),
        aggregation=aggregation,  # type: ignore[arg-type]
        interval=interval,  # type: ignore[arg-type]
        group_by=() if aggregation == "none" else ("h",),
    )
    assert translate(query).text == text


def test_intervals_lie_on_their_grid() -> None:
    """Points stand at the ends of whole intervals that cover the range."""
    asked = translate(StructuredQuery("m", 61_000, 200_000, aggregation="sum", interval="1m"))
    assert (asked.start_ms, asked.end_ms, asked.step_ms) == (120_000, 240_000, 60_000)
    raw = translate(StructuredQuery("m", 0, HOUR_MS))
    assert (raw.end_ms, raw.step_ms) == (HOUR_MS, 0)
    month = translate(StructuredQuery("m", 0, 30 * 24 * HOUR_MS, aggregation="avg"))
    assert month.end_ms // month.step_ms <= 1000


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    metric=st.text(min_size=1, max_size=8).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)
    | st.sampled_from(["on", "bool", "inf", "NaN", "sum", "by", "fill", "a:b", "http.server", "{}", '"']),
    label=st.text(min_size=1, max_size=6).filter(lambda text: text.encode("utf-8", "ignore").decode() == text),
    value=st.text(max_size=8).filter(lambda text: text.encode("utf-8", "ignore").decode() == text),
)
def test_names_and_values_cannot_break_out(metric: str, label: str, value: str) -> None:
    """Whatever they contain, the text parses to a selector of exactly these."""
    if label == "__name__":
        return
    query = StructuredQuery(metric, 0, HOUR_MS, (Filter(label, "=", value),), "sum", "5m", (label,))
    text = translate(query).text
    inner = parse(text).expr.args[0].selector  # type: ignore[union-attr]
    assert {(matcher.name, matcher.value) for matcher in inner.matchers} == {("__name__", metric), (label, value)}
    assert parse(text).grouping == (label,)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (StructuredQuery("", 0, 1), "metric"),
        (StructuredQuery("m", 1, 0), "end_ms"),
        (StructuredQuery("m", 0, 1, aggregation="p42"), "aggregation"),  # type: ignore[arg-type]
        (StructuredQuery("m", 0, 1, interval="3m"), "interval"),  # type: ignore[arg-type]
        (StructuredQuery("m", 0, 1, (Filter("a", "<", "1"),)), "filters[0].op"),
        (StructuredQuery("m", 0, 1, (Filter("__name__", "=", "1"),)), "filters[0].label"),
        (StructuredQuery("m", 0, 1, (Filter("a", "=~", "("),)), "filters[0].value"),
        (StructuredQuery("m", 0, 1, group_by=("a",)), "group_by"),
        (StructuredQuery("m", 0, 1, aggregation="sum", group_by=("",)), "group_by"),
        (StructuredQuery("m", 0, 1, limit=-1), "limit"),
    ],
)
def test_mistakes_are_named_by_field(query: StructuredQuery, field: str) -> None:
    """The message begins with the field."""
    with pytest.raises(BadData) as caught:
        translate(query)
    assert caught.value.message.startswith(field)
