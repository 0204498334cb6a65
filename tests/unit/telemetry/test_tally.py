"""The quick counters and histograms show what prometheus_client's show."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from vedette.telemetry.present import Present
from vedette.telemetry.tally import Counts, Durations

BUCKETS_S = (0.001, 0.5, 2.5, 10.0)


def text_of(registry: CollectorRegistry) -> list[str]:
    """The lines of the exposition."""
    return generate_latest(Present(registry)).decode().splitlines()


def test_they_show_what_the_library_shows() -> None:
    """Names, types, help, labels, bounds, sums: the exposition is the same line by line."""
    quick, usual = CollectorRegistry(), CollectorRegistry()
    counts = Counts("asks", "What is asked.", ["kind", "status"], quick)
    counter = Counter("asks", "What is asked.", ["kind", "status"], registry=usual)
    durations = Durations("ask_seconds", "How long.", ["kind"], BUCKETS_S, quick)
    histogram = Histogram("ask_seconds", "How long.", ["kind"], buckets=BUCKETS_S, registry=usual)
    for kind, status, value in (("a", "200", 1.0), ("b", "200", 2.5), ("a", "500", 1.0), ("a", "200", 1.0)):
        counts.add((kind, status), value)
        counter.labels(kind, status).inc(value)
        for seconds in (0.0005, 0.001, 0.25 * value, 10.5):
            durations.add((kind,), seconds)
            histogram.labels(kind).observe(seconds)
    assert text_of(quick) == text_of(usual)
    assert quick.get_sample_value("ask_seconds_bucket", {"kind": "a", "le": "0.001"}) == 6


def test_without_labels() -> None:
    """An empty tuple of labels is one plain counter."""
    registry = CollectorRegistry()
    counts = Counts("asks", "What is asked.", [], registry)
    counts.add(())
    assert registry.get_sample_value("asks_total") == 1


def test_a_name_is_taken_once() -> None:
    """As with the library, a second collector of one name is a mistake."""
    registry = CollectorRegistry()
    Counts("asks", "What is asked.", [], registry)
    with pytest.raises(ValueError, match="Duplicated"):
        Counter("asks", "Again.", registry=registry)
