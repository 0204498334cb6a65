"""The engine against a real Prometheus: the same samples, random queries over HTTP.

Debian 12 has Prometheus 2.42; VEDETTE_PROMETHEUS names another program, such as 3.5 from `scripts/newest-peers`.
What versions after 2.42 changed on purpose is kept out of the questions to that one:
- windows and look-back no longer include a sample exactly at their left end: no sample or subquery step is put there;
- rate and increase treat a counter that could start at zero within the window differently: counters start far above;
- newer functions are unknown to it; NaN and infinities meet other summation: the samples are finite numbers.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.promql.prometheus_subject import prometheus_subject
from tests.promql.runner import run_script
from tests.promql.subjects import EngineSubject
from tests.promql.test_scripts import EVALUATIONS, WITHOUT_NATIVE_HISTOGRAMS, corpus
from tests.property.promql_queries import SPAN_MS, Moments, Rows, moments, queries, samples_of
from tests.property.test_promql_engine import Table, ask, difference

from vedette.model.labels import METRIC_NAME, Labels
from vedette.promql.parser import parse
from vedette.storage.memory import MemoryStorage

PROGRAM = os.environ.get("VEDETTE_PROMETHEUS", "prometheus")
EXAMPLES = int(os.environ.get("VEDETTE_PEER_EXAMPLES", "250"))
FEATURES = "promql-experimental-functions,promql-delayed-name-removal,promql-duration-expr,promql-per-step-stats"
DATASETS = 8
DATASET_MS = 6 * SPAN_MS
BASE_MS = 1_699_999_200_000
_EPSILON = 1e-6
_UNKNOWN_TO_2 = re.compile(
    r"mad_over_time|first_over_time|ts_of_|double_exponential|(?:rate|increase)\((?!requests_total)|NaN|Inf"
    # 2.42 gives only one point where a subquery steps over this.
    r"|predict_linear\(.*@"
    # The deviation of a single NaN was 0.
    r"|std(?:dev|var).*scalar"
)
_UNKNOWN_TO_3 = re.compile("first_over_time")
# Rounding in the last place becomes a whole step here.
_STEPS = re.compile(r"floor|ceil|round|sgn|changes|resets|timestamp|%|[=!<>]=|[<>]|tan")


def rows_of(dataset: int) -> Rows:
    """Finite samples in a time of their own; counters start far above zero; no sample at a whole or half second."""
    rows: Rows = []
    for labels, times, values in samples_of(dataset + 1000, special=False):
        if labels.name == "requests_total":
            values = 1e6 + np.cumsum(np.abs(values))
        off_grid = times + BASE_MS + dataset * DATASET_MS
        rows.append((labels, np.where(off_grid % 500 == 0, off_grid + 137, off_grid), values))
    return rows


def open_metrics(datasets: list[Rows]) -> str:
    """All samples as OpenMetrics text, family by family."""
    by_name: dict[str, list[str]] = {}
    for rows in datasets:
        for labels, times, values in rows:
            pairs = ",".join(f'{key}="{value}"' for key, value in labels if key != METRIC_NAME)
            lines = by_name.setdefault(labels.name, [])
            cells = zip(times.tolist(), values.tolist(), strict=True)
            lines += [f"{labels.name}{{{pairs}}} {value!r} {time_ms / 1000:.3f}\n" for time_ms, value in cells]
    body = "".join(f"# TYPE {name} unknown\n" + "".join(lines) for name, lines in by_name.items())
    return body + "# EOF\n"


@lru_cache
def is_new() -> bool:
    """Whether the peer is a Prometheus 3."""
    if not shutil.which(PROGRAM):
        return False
    told = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True)
    return re.search(r"version (\d+)", told.stdout + told.stderr)[1] != "2"  # type: ignore[index]


def is_answerable(text: str) -> bool:
    """Whether the peer knows everything in the query and means the same by it."""
    return not (_UNKNOWN_TO_3 if is_new() else _UNKNOWN_TO_2).search(text) and not _STEPS.search(text)


class Peer:
    """A Prometheus with all datasets in blocks."""

    def __init__(self, folder: Path) -> None:
        text = folder / "samples.om"
        text.write_text(open_metrics([rows_of(dataset) for dataset in range(DATASETS)]))
        data = folder / "data"
        command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "-q", str(text), str(data)]
        subprocess.run(command, check=True, capture_output=True)
        (folder / "prometheus.yml").write_text("global: {}\n")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        self._process = subprocess.Popen(
            [
                PROGRAM,
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={data}",
                "--storage.tsdb.retention.time=50y",
                f"--web.listen-address={self.url.removeprefix('http://')}",
                "--log.level=error",
                f"--enable-feature={FEATURES if is_new() else 'promql-per-step-stats'}",
            ],
            stderr=subprocess.DEVNULL,
        )
        self._await_ready()

    def _await_ready(self) -> None:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.url}/-/ready", timeout=2).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("prometheus did not start")

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)

    def ask(self, path: str, **parameters: object) -> Table | str:
        """The result as a table, or the word error."""
        body = urllib.parse.urlencode(parameters).encode()
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}", body, timeout=20) as answer:
                data = json.load(answer)["data"]
        except urllib.error.HTTPError:
            return "BadData"
        if data["resultType"] == "vector":
            return {Labels.of(row["metric"]): {_ms(row["value"][0]): float(row["value"][1])} for row in data["result"]}
        return {
            Labels.of(row["metric"]): {_ms(moment): float(value) for moment, value in row["values"]}
            for row in data["result"]
        }

    def samples(self, path: str, **parameters: object) -> tuple[int, list[tuple[int, int]]]:
        """What the peer says it looked at: in all, and by step."""
        body = urllib.parse.urlencode({**parameters, "stats": "all"}).encode()
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", body, timeout=20) as answer:
            told = json.load(answer)["data"]["stats"]["samples"]
        by_step = [(_ms(moment), count) for moment, count in told["totalQueryableSamplesPerStep"]]
        return told["totalQueryableSamples"], by_step


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    if not shutil.which(PROGRAM) or not shutil.which("promtool"):
        pytest.skip("no prometheus on this machine: PromQL is not compared with a real one")
    running = Peer(tmp_path_factory.mktemp("prometheus"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def engines() -> Iterator[list[EngineSubject]]:
    with ThreadPoolExecutor(2) as pool:
        subjects = [EngineSubject(MemoryStorage(), pool) for _ in range(DATASETS)]
        for dataset, subject in enumerate(subjects):
            subject.load(rows_of(dataset))
        yield subjects


@pytest.mark.peer
@settings(max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES == 250, suppress_health_check=list(HealthCheck))
@given(
    dataset=st.integers(0, DATASETS - 1),
    text=queries.filter(is_answerable),
    asked=moments,
)
def test_the_engine_agrees_with_prometheus(
    peer: Peer, engines: list[EngineSubject], dataset: int, text: str, asked: Moments
) -> None:
    """Range and instant queries give the same series, moments and values as the real thing."""
    base_ms = BASE_MS + dataset * DATASET_MS
    text = text.replace("@ 600", f"@ {(base_ms + 600_500) / 1000}")
    note(text)
    expr, engine = parse(text), engines[dataset]
    start_ms, end_ms = base_ms + asked.start_ms + 500, base_ms + asked.end_ms + 500
    ranged = ask(lambda: engine.range(expr, start_ms, end_ms, asked.step_ms))
    window = {"start": start_ms / 1000, "end": end_ms / 1000, "step": asked.step_ms / 1000}
    found = difference(ranged, peer.ask("query_range", query=text, **window), _EPSILON)
    assert not found, found
    instant = ask(lambda: engine.instant(expr, end_ms))
    found = difference(instant, peer.ask("query", query=text, time=end_ms / 1000), _EPSILON)
    assert not found, found


COUNTED = (
    "temperature",
    "{__name__=~'temp.*|requests_total'} offset 7s",
    "rate(requests_total[47s])",
    "quantile_over_time(0.5, temperature[33s])",
    "sum by (host) (temperature)",
    "topk(1, max_over_time(temperature[61s]))",
    "temperature + on (host, zone) group_left () requests_total",
    "temperature + temperature",
    "timestamp(temperature)",
    "sum(temperature @ MOMENT) + count(temperature)",
    "scalar(sum(temperature @ MOMENT)) + time()",
    "max_over_time(temperature[50s:7s])",
    "sum_over_time(sum(rate(requests_total[30s]))[50s:7s] @ MOMENT)",
    "absent(temperature) or vector(1)",
    "avg(increase(requests_total[2m])) / avg(delta(temperature[2m]))",
)
COUNTED_AT_ONCE = ("temperature[61s]", "temperature[50s:7s]", "sum(requests_total)[1m:9s]")


@pytest.mark.peer
@pytest.mark.parametrize("text", [*COUNTED, *COUNTED_AT_ONCE])
def test_samples_are_counted_as_prometheus_counts_them(peer: Peer, engines: list[EngineSubject], text: str) -> None:
    """The samples that a query looked at, in all and by step, are those that the real thing reports."""
    start_ms, end_ms, step_ms = BASE_MS + 60_500, BASE_MS + 600_500, 13_000
    text = text.replace("MOMENT", str((BASE_MS + 300_500) / 1000))
    expr, engine = parse(text), engines[0]
    stats = engine.instant(expr, end_ms, per_step=True).stats
    told = peer.samples("query", query=text, time=end_ms / 1000)
    assert (stats.samples_total, stats.samples_per_step) == told
    if text in COUNTED_AT_ONCE:
        return
    stats = engine.range(expr, start_ms, end_ms, step_ms, per_step=True).stats
    told = peer.samples("query_range", query=text, start=start_ms / 1000, end=end_ms / 1000, step=step_ms / 1000)
    assert (stats.samples_total, stats.samples_per_step) == told
    assert stats.samples_total > 0


LOADED_TWICE = {("aggregators.test", 'avg(data{test="inf3"})'), ("aggregators.test", 'avg(data{test="-inf3"})')}
"""The script loads a series twice, with another value; remote write keeps one of them."""


@pytest.mark.peer
def test_the_runner_passes_prometheus_itself(tmp_path: Path) -> None:
    """What the runner takes for evaluations without native histograms a real Prometheus 3 passes over HTTP, but two."""
    if not is_new():
        pytest.skip("no prometheus 3 on this machine (VEDETTE_PROMETHEUS): the runner is not proved by the real thing")
    subject = prometheus_subject(PROGRAM, tmp_path)
    outcomes = [outcome for path in corpus() for outcome in run_script(path, subject)]
    asked = [outcome for outcome in outcomes if not outcome.native]
    assert (len(outcomes), len(asked)) == (EVALUATIONS, WITHOUT_NATIVE_HISTOGRAMS)
    assert {(outcome.script, outcome.expr) for outcome in asked if outcome.problem} == LOADED_TWICE
