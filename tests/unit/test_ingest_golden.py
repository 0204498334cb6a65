"""Golden bodies of every protocol, some caught from real senders: the samples, metadata and reports they come to.

`--update-golden` writes the expected files anew; read their difference before committing it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.ingest.decompress import decompress
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.protocols import exposition, influx, json_samples, remote_write
from vedette.ingest.settings import IngestSettings
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.metadata import MetricMetadata
from vedette.model.special import STALE_BITS
from vedette.storage.memory import MemoryStorage

FOLDER = Path(__file__).parents[1] / "golden" / "ingest"
NOW_MS = 1_700_000_100_000

# (options, Content-Encoding) of each body. The remote write bodies were sent by Prometheus 2.42 (1.0) and 3.5.3 (2.0).
CASES: dict[str, tuple[Any, str]] = {
    "remote_write/v1_metadata": (remote_write.Options(1), "snappy"),
    "remote_write/v1_samples": (remote_write.Options(1), "snappy"),
    "remote_write/v2_samples": (remote_write.Options(2), "snappy"),
    "influx/telegraf": (influx.Options(), ""),
    "influx/seconds": (influx.Options("s"), ""),
    "exposition/text": (exposition.Options("text/plain; version=0.0.4"), ""),
    "exposition/openmetrics": (exposition.Options("application/openmetrics-text; version=1.0.0"), ""),
    "json/samples": (json_samples.Options(), ""),
    "json/list": (json_samples.Options(), ""),
    "json/columns": (json_samples.Options(), ""),
}


class Notes(MemoryStorage):
    """Keeps what is appended in order and bit for bit."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        known = {ref: labels for labels, ref in self._projects[project].refs.items()}
        columns = zip(batch.refs.tolist(), batch.timestamps_ms.tolist(), batch.values.tolist(), strict=True)
        self.lines += [
            {"series": str(known[ref]), "timestamp_ms": time_ms, "value": written(value)}
            for ref, time_ms, value in columns
        ]
        return super().append(project, batch)


def written(value: float) -> str:
    """A value as text that tells a staleness marker from a NaN."""
    return "stale" if np.array([value]).view(np.uint64)[0] == STALE_BITS else repr(value)


def described(metadata: dict[str, MetricMetadata]) -> list[dict[str, str]]:
    return [
        {"metadata": name, "type": one.type, "help": one.help, "unit": one.unit}
        for name, one in sorted(metadata.items())
    ]


@pytest.mark.parametrize("kernel", ["compiled", "plain"])
@pytest.mark.parametrize("name", CASES)
def test_a_body_comes_to_the_expected_samples(
    name: str, kernel: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """The whole way from bytes to the store, with the compiled kernel and without it."""
    if kernel == "compiled":
        pytest.importorskip("vedette.kernel._intern")
    else:
        monkeypatch.setattr("vedette.kernel.WANTED", False)
    options, encoding = CASES[name]
    storage, settings = Notes(), IngestSettings()
    pipeline = Pipeline(storage, FakeClock(NOW_MS), settings, CollectorRegistry())
    body = decompress((FOLDER / f"{name}.in").read_bytes(), encoding, settings)
    report = pipeline.source("default", name.partition("/")[0]).write(body, options).report
    lines = [*storage.lines, *described(storage.metadata("default")), {"report": report.as_json()}]
    found = b"".join(orjson.dumps(line) + b"\n" for line in lines)
    expected = FOLDER / f"{name}.jsonl"
    if request.config.getoption("--update-golden"):
        expected.write_bytes(found)
    assert found.decode() == expected.read_text(encoding="utf-8")


def test_every_golden_body_is_a_case() -> None:
    """No body lies there untried."""
    assert sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.in")) == sorted(CASES)
