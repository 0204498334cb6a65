"""Expositions that we write: what readers of both formats make of them."""

from __future__ import annotations

import math

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from vedette.exposition.encode import Sample, accepts_openmetrics, encode, family_of
from vedette.exposition.metadata import parse_metadata
from vedette.model.labels import Labels
from vedette.model.metadata import MetricMetadata

METADATA = {
    "requests_total": MetricMetadata("counter", 'Requests "served",\nall of them.'),
    "latency_seconds": MetricMetadata("histogram", "Latency.", "seconds"),
    "temperature": MetricMetadata("gauge", "Back\\slash."),
}
SAMPLES = [
    Sample(Labels.of(__name__="temperature", room='a"b\\c\nd'), -3.5, 1_700_000_000_123),
    Sample(Labels.of(__name__="requests_total", code="200"), 7.0),
    Sample(Labels.of(__name__="latency_seconds_sum", host="b"), 1.25),
    *[
        Sample(Labels.of(__name__="latency_seconds_bucket", host=host, le=bound), count)
        for host in ("b", "a")
        for bound, count in (("10", 4.0), ("0.5", 1.0), ("+Inf", 5.0))
    ],
    Sample(Labels.of(__name__="latency_seconds_count", host="b"), 5.0),
    Sample(Labels.of(__name__="odd", x="é"), math.nan),
    Sample(Labels.of(x="nameless"), 1.0),
]


def test_text_is_read_back_as_it_was() -> None:
    """Values, labels with every escape, times, help texts and types survive the text format."""
    text = encode(SAMPLES, METADATA).decode()
    families = {family.name: family for family in parse_text(text)}
    assert set(families) == {"requests", "latency_seconds", "temperature", "odd"}
    (cold,) = families["temperature"].samples
    assert (cold.labels, cold.value, cold.timestamp) == ({"room": 'a"b\\c\nd'}, -3.5, 1_700_000_000.123)
    assert families["temperature"].documentation == "Back\\slash."
    assert families["requests"].documentation == 'Requests "served",\nall of them.'
    assert families["latency_seconds"].type == "histogram"
    assert math.isnan(families["odd"].samples[0].value)


def test_openmetrics_satisfies_a_strict_reader() -> None:
    """Counters lose their suffix, lines of one metric stand together, buckets rise, the end is marked."""
    text = encode(SAMPLES, METADATA, openmetrics=True).decode()
    assert text.endswith("# EOF\n")
    families = {family.name: family for family in parse_openmetrics(text)}
    assert families["requests"].type == "counter"
    assert families["latency_seconds"].unit == "seconds"
    bounds = [sample.labels["le"] for sample in families["latency_seconds"].samples if "le" in sample.labels]
    assert bounds == ["0.5", "10", "+Inf", "0.5", "10", "+Inf"]
    assert float(families["temperature"].samples[0].timestamp) == 1_700_000_000.123


def test_a_counter_without_suffix_is_of_unknown_type_in_openmetrics() -> None:
    """OpenMetrics knows no counter that does not end in _total."""
    text = encode([Sample(Labels.of(__name__="hits"), 1.0)], {"hits": MetricMetadata("counter")}, openmetrics=True)
    assert text == b"# TYPE hits unknown\nhits 1\n# EOF\n"


def test_names_outside_the_classic_set_are_quoted() -> None:
    """Dots and the like are written as Prometheus 3 writes them."""
    sample = Sample(Labels.of({"__name__": "http.requests", "status.code": "200"}), 2.0)
    assert encode([sample], {}) == b'# TYPE "http.requests" untyped\n{"http.requests","status.code"="200"} 2\n'


def test_labels_can_be_written_even_where_they_are_empty() -> None:
    """Federation writes an empty instance so that the reader adds none."""
    sample = Sample(Labels.of(__name__="up"), 1.0, 5)
    assert encode([sample], {}, always=("instance",)) == b'# TYPE up untyped\nup{instance=""} 1 5\n'


def test_suffixes_belong_to_a_family_only_where_metadata_says_so() -> None:
    """`x_count` is a family of its own unless `x` is a histogram or summary."""
    assert family_of("latency_seconds_bucket", METADATA) == "latency_seconds"
    assert family_of("temperature_count", METADATA) == "temperature_count"


def test_metadata_lines_are_read() -> None:
    """HELP with escapes, TYPE in any case, UNIT, quoted names; lines of no use are passed over."""
    lines = [b"HELP a one\\ntwo \\\\", b"TYPE a Counter", b'TYPE "b.c" gauge', b"UNIT d s", b"TYPE", b"TYPE e nonsense"]
    assert parse_metadata(lines) == {
        "a": MetricMetadata("counter", "one\ntwo \\"),
        "b.c": MetricMetadata("gauge"),
        "d": MetricMetadata("unknown", "", "s"),
        "e": MetricMetadata("unknown"),
    }
    assert list(parse_metadata([b"TYPE a counter"], openmetrics=True)) == ["a_total"]


def test_openmetrics_is_asked_for_by_accept() -> None:
    """Any mention in the Accept header counts."""
    assert accepts_openmetrics("application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
    assert not accepts_openmetrics("text/plain")
