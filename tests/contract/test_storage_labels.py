"""The storage contract: what every store promises about labels, matchers, metadata and statistics."""

from __future__ import annotations

import numpy as np
import pytest
from tests.contract.ask import ask, expected, match, put
from tests.contract.conftest import NOW_MS, Bench

from vedette.errors import BadData
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.model.matcher import matches_all
from vedette.model.metadata import MetricMetadata
from vedette.model.timerange import ALL_TIME, TimeRange

SERIES = [
    Labels.of(__name__="up", job="api", instance="a:1"),
    Labels.of(__name__="up", job="api", instance="b:1"),
    Labels.of(__name__="up", job="db"),
    Labels.of(__name__="load", job="db", zone='é\n"x"'),
    Labels.of(__name__="no_job", zone="eu"),
    Labels.of(job="nameless"),
]
SELECTORS = [
    (),
    ("__name__=up",),
    ("__name__=", "job=nameless"),
    ("job=",),
    ("job!=",),
    ("job!=api",),
    ("job=~a.*|db",),
    ("job=~",),
    ("job=~.*",),
    ("job=~.+",),
    ("job!~.*",),
    ("job!~.+",),
    ("job!~d.",),
    ("job=~a",),
    ("zone=~(?s).*x.",),
    ('zone=é\n"x"',),
    ("missing=",),
    ("missing!=",),
    ("missing=~.*", "job=db"),
    ("missing=x",),
    ("__name__=up", "job=api", "instance!=a:1"),
    ("__name__=up", "__name__!=up"),
    ("job=~api|db", "job!~db", "instance=~[ab]:1"),
]


def fill(bench: Bench) -> None:
    for index, labels in enumerate(SERIES):
        put(bench.store, labels, [(NOW_MS + index, float(index))])


@pytest.mark.parametrize("selector", SELECTORS)
def test_matchers_select_what_they_say(bench: Bench, selector: tuple[str, ...]) -> None:
    """A label that is not there has the empty value; expressions match the whole value."""
    fill(bench)
    matchers = [match(text) for text in selector]
    wanted = [(labels, index) for index, labels in enumerate(SERIES) if matches_all(labels, matchers)]
    assert ask(bench.store, *selector) == expected(
        *((labels, [(NOW_MS + index, float(index))]) for labels, index in wanted)
    )
    assert bench.store.series("default", [matchers], ALL_TIME) == sorted(labels for labels, _ in wanted)
    names = sorted({name for labels, _ in wanted for name, _ in labels})
    assert bench.store.label_names("default", matchers, ALL_TIME) == names
    jobs = sorted({labels.get("job") for labels, _ in wanted} - {""})
    assert bench.store.label_values("default", "job", matchers, ALL_TIME) == jobs


def test_a_bad_expression_is_bad_data() -> None:
    """An expression that RE2 does not take is refused with a reason."""
    with pytest.raises(BadData, match="invalid regular expression"):
        match("job=~(a")


def test_limits_cut_sorted_lists(bench: Bench) -> None:
    """A limit gives the first ones; 0 gives all."""
    fill(bench)
    assert bench.store.label_names("default", [], ALL_TIME, limit=2) == ["__name__", "instance"]
    assert bench.store.label_values("default", "job", [], ALL_TIME, limit=2) == ["api", "db"]
    assert bench.store.series("default", [[]], ALL_TIME, limit=3) == sorted(SERIES)[:3]


def test_series_of_several_selectors_come_once(bench: Bench) -> None:
    """A label set that fulfils two selectors is listed once."""
    fill(bench)
    found = bench.store.series("default", [[match("job=api")], [match("__name__=up")]], ALL_TIME)
    assert found == sorted(labels for labels in SERIES if labels.name == "up")


def test_series_without_samples_are_not_listed(bench: Bench) -> None:
    """A series that was interned but never got a sample does not exist for readers."""
    fill(bench)
    bench.store.intern("default", [Labels.of(__name__="ghost", only="here")])
    assert bench.store.label_values("default", "only", [], ALL_TIME) == []
    assert "only" not in bench.store.label_names("default", [], ALL_TIME)
    assert bench.store.series("default", [[match("__name__=ghost")]], ALL_TIME) == []
    assert ask(bench.store, "__name__=ghost") == {}


def test_times_without_data_have_no_labels(bench: Bench) -> None:
    """A range before everything that is stored has no names, values or series."""
    fill(bench)
    before = TimeRange(0, NOW_MS - 1)
    assert bench.store.label_names("default", [], before) == []
    assert bench.store.label_values("default", "job", [], before) == []
    assert bench.store.series("default", [[]], before) == []


def test_metadata_is_kept(bench: Bench) -> None:
    """The last word of a family wins, and it is there after a restart."""
    gauge = MetricMetadata("gauge", "how full", "bytes")
    bench.store.put_metadata("default", {"a": gauge, "b": MetricMetadata()})
    bench.store.put_metadata("default", {"b": MetricMetadata("counter")})
    put(bench.store, SERIES[0], [(NOW_MS, 1.0)])
    put(bench.store, SERIES[0], [(NOW_MS + 1, 1.0)])
    wanted = {"a": gauge, "b": MetricMetadata("counter")}
    for _ in range(3):
        assert bench.store.metadata("default") == wanted
        assert bench.store.metadata("default", "a") == {"a": gauge}
        assert bench.store.metadata("default", "c") == {}
        if bench.survives:
            bench.reopen()


def test_statistics_count_what_is_stored(bench: Bench) -> None:
    """Counts, bounds in time and rankings fit the data."""
    fill(bench)
    stats = bench.store.stats("default", limit=2)
    assert (stats.series, stats.samples) == (len(SERIES), len(SERIES))
    assert (stats.min_time_ms, stats.max_time_ms) == (NOW_MS, NOW_MS + len(SERIES) - 1)
    assert stats.label_pairs == len({pair for labels in SERIES for pair in labels})
    assert stats.series_by_metric[0] == ("up", 3)
    assert len(stats.series_by_metric) == len(stats.values_by_label) == len(stats.series_by_pair) == 2
    assert stats.values_by_label[0] in (("__name__", 3), ("job", 3))
    assert stats.series_by_pair[0] == ("__name__=up", 3)
    quick = bench.store.stats("default", limit=0)
    assert (quick.series, quick.samples, quick.label_pairs) == (len(SERIES), len(SERIES), 0)
    assert (quick.series_by_metric, quick.values_by_label, quick.series_by_pair) == ([], [], [])


def test_estimate_bounds_what_is_loaded(bench: Bench) -> None:
    """`samples_estimate` is no less than the samples that a selection of the whole time gives."""
    fill(bench)
    for step in range(50):
        put(bench.store, SERIES[0], [(NOW_MS + 100 + step, 1.0)])
    selection = bench.store.select("default", [], ALL_TIME)
    loaded = sum(len(part.load().values) for part in selection.parts)
    assert selection.samples_estimate >= loaded == 50 + len(SERIES)


def test_thousands_of_series_are_selected_in_parts(bench: Bench) -> None:
    """A large selection comes in several parts that together are complete."""
    labels = [Labels.of(__name__="wide", i=str(index), half=str(index % 2)) for index in range(1500)]
    refs = bench.store.intern("default", labels)
    for step in range(2):
        times = np.full(len(refs), NOW_MS + step, dtype=np.int64)
        bench.store.append("default", SampleBatch(refs, times, np.arange(len(refs)) + step / 2))
    found = ask(bench.store, "half=1")
    assert found == expected(
        *((one, [(NOW_MS, float(index)), (NOW_MS + 1, index + 0.5)]) for index, one in enumerate(labels) if index % 2)
    )
    assert len(bench.store.select("default", [match("half=1")], ALL_TIME).parts) > 1
