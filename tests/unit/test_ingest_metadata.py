"""Metadata on its way in: only news reach the store, and hostile senders cannot fill it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.ingest.metadata import MAX_TEXT_CHARACTERS, MetadataGate
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.settings import IngestSettings
from vedette.model.metadata import MetricMetadata
from vedette.storage.memory import MemoryStorage


class Noting(MemoryStorage):
    """Keeps the names of each call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[list[str]] = []

    def put_metadata(self, project: str, metadata: Mapping[str, MetricMetadata]) -> None:
        self.calls.append(sorted(metadata))
        super().put_metadata(project, metadata)


def test_only_news_reach_the_store() -> None:
    """What was said before is not written again; a changed text is."""
    storage = Noting()
    storage.put_metadata("p", {"old": MetricMetadata("gauge")})
    gate = MetadataGate(storage)
    gate.put("p", {"old": MetricMetadata("gauge"), "a": MetricMetadata("counter"), "b": MetricMetadata("gauge")})
    gate.put("p", {"a": MetricMetadata("counter"), "b": MetricMetadata("gauge", "Help.")})
    gate.put("p", {"a": MetricMetadata("counter")})
    gate.put("p", {})
    assert storage.calls == [["old"], ["a", "b"], ["b"]]
    assert storage.metadata("p")["b"] == MetricMetadata("gauge", "Help.")


def test_families_and_texts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound new families are left out and counted, known ones still change; long texts are cut."""
    monkeypatch.setattr("vedette.ingest.metadata.MAX_FAMILIES", 2)
    gate = MetadataGate(storage := Noting())
    assert gate.put("p", {name: MetricMetadata("gauge") for name in ("a", "b", "c")}) == 1
    assert gate.put("p", {"d": MetricMetadata("gauge"), "x" * 2000: MetricMetadata("gauge")}) == 2
    assert gate.put("p", {"a": MetricMetadata("gauge", "x" * 10_000)}) == 0
    assert len(storage.metadata("p")["a"].help) == MAX_TEXT_CHARACTERS
    assert sorted(storage.metadata("p")) == ["a", "b"]


def test_what_is_left_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counter tells that metadata is missing."""
    monkeypatch.setattr("vedette.ingest.metadata.MAX_FAMILIES", 1)
    registry = CollectorRegistry()
    pipeline = Pipeline(MemoryStorage(), FakeClock(10**12), IngestSettings(), registry)
    report = pipeline.source("p", "exposition").write_exposition(b"# TYPE a gauge\na 1\n# TYPE b gauge\nb 2\n").report
    assert report.accepted == 2
    assert registry.get_sample_value("vedette_ingest_dropped_metadata_total") == 1
