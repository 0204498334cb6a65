"""The same rule file and the same samples through a real Prometheus and through our evaluation."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence

import cramjam
import numpy as np
import pytest
from bench.data import delimited, varint
from bench.process import peer

from vedette.clock import FakeClock
from vedette.model.batch import SampleBatch
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import FloatArray, IntArray, is_stale
from vedette.model.timerange import ALL_TIME
from vedette.promql.engine import Engine
from vedette.rules.compiled import Defaults
from vedette.rules.file import parse_rules
from vedette.rules.group import Evaluator, GroupState
from vedette.rules.reads import SharedReads
from vedette.storage.memory import MemoryStorage

RULES = """
groups:
- name: one
  interval: 1s
  rules:
  - {record: 'tick:one', expr: time()}
  - {alert: Now, expr: m > 5, labels: {severity: page, who: '{{ $labels.i | toUpper }}'}}
  - {alert: Waits, expr: m > 5, for: 2s}
  - {alert: Keeps, expr: m > 5, for: 1s, keep_firing_for: 2s}
  - {record: 'r:sum', expr: sum by (i) (m), labels: {made: 'yes'}}
- name: two
  interval: 1s
  limit: 2
  rules:
  - {record: 'tick:two', expr: time()}
  - {record: 'r:firing', expr: 'count by (alertname) (m > 5)'}
  - {alert: Many, expr: m > 0}
  - {record: 'r:gone', expr: 'absent(m{i="b"})'}
  - {alert: Gone, expr: 'r:gone == 1', annotations: {text: 'x'}}
"""
PATTERNS = {"a": "9999999111199999", "b": "1191191191119999", "c": "__________1111__", "d": "6__6__6666______"}
"""Values of `m` each half second; a line is no sample."""
AHEAD_MS = 400
"""Samples are of a moment that has not come: whoever evaluates then has them."""
Samples = dict[str, list[tuple[int, float]]]


def free_address() -> str:
    """Of a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API of a Prometheus that evaluates the rules."""
    program = peer("prometheus") or shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed")
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "rules.yml").write_text(RULES)
    config = folder / "prometheus.yml"
    config.write_text("rule_files: [rules.yml]\n")
    address = free_address()
    command = [program, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"]
    command += [f"--web.listen-address={address}", "--web.enable-remote-write-receiver", "--log.level=error"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            try:
                urllib.request.urlopen(f"http://{address}/-/ready", timeout=2).close()
                break
            except OSError:
                time.sleep(0.02)
        yield f"http://{address}/api/v1/"
    finally:
        process.kill()
        process.wait()


def push(url: str, samples: Sequence[tuple[str, int, float]]) -> None:
    """Remote write of `m`."""
    messages = []
    for i, at, value in samples:
        pairs = [("__name__", "m"), ("i", i)]
        labels = b"".join(delimited(1, delimited(1, k.encode()) + delimited(2, v.encode())) for k, v in pairs)
        sample = b"\x09" + np.float64(value).tobytes() + b"\x10" + varint(at)
        messages.append(delimited(1, labels + delimited(2, sample)))
    headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"}
    body = bytes(cramjam.snappy.compress_raw(b"".join(messages)))
    urllib.request.urlopen(urllib.request.Request(url + "write", body, headers), timeout=20).close()


def asked(url: str, query: str) -> Samples:
    """All samples of the last minutes by series."""
    body = urllib.parse.urlencode({"query": f"{query}[5m]"}).encode()
    with urllib.request.urlopen(urllib.request.Request(url + "query", body), timeout=20) as answer:
        rows = json.load(answer)["data"]["result"]
    return {
        str(Labels.of(row["metric"])): [(round(at * 1000), float(value)) for at, value in row["values"]] for row in rows
    }


def ours(pushed: Sequence[tuple[str, int, float]], ticks: dict[str, list[int]]) -> Samples:
    """What our evaluation makes of the same samples at the same moments."""
    storage, clock = MemoryStorage(), FakeClock()

    def write(project: str, labels: Sequence[Labels], times: IntArray, values: FloatArray) -> None:
        storage.append(project, SampleBatch(storage.intern(project, labels), times, np.array(values)))

    names = [Labels.of({METRIC_NAME: "m", "i": i}) for i, _, _ in pushed]
    write("default", names, np.array([at for _, at, _ in pushed]), np.array([value for _, _, value in pushed]))
    reads = SharedReads(storage)
    evaluator = Evaluator(Engine(reads), reads, write, clock)
    groups = {group.name: GroupState(group) for group in parse_rules(RULES, Defaults()).groups}
    for at, name in sorted((at, name) for name, moments in ticks.items() for at in moments):
        clock.jump_to_ms(at)
        evaluator.evaluate([groups[name]], at)
    found: Samples = {}
    made = Matcher(METRIC_NAME, MatchOp.REGEX, "ALERTS.*|r:.*")
    selection = storage.select("default", [made], ALL_TIME)
    for part in selection.parts:
        grid = part.load()
        for index, row in enumerate(part.series):
            times, values = grid.row(index)
            cells = zip(times.tolist(), values.tolist(), is_stale(values).tolist(), strict=True)
            found[str(selection.labels[row])] = [(at, value) for at, value, over in cells if not over]
    return {series: samples for series, samples in found.items() if samples}


@pytest.mark.peer
def test_prometheus_writes_the_same_series(prometheus: str) -> None:
    """Every sample of ALERTS and of recording rules is the same, at the same moment; so firing intervals are."""
    pushed: list[tuple[str, int, float]] = []
    # Rules are evaluated a few times before Prometheus writes what it knows of alerts.
    for _ in range(100):
        if len(asked(prometheus, "tick:two").get("tick:two", [])) >= 4:
            break
        time.sleep(0.1)
    for place in range(len(PATTERNS["a"])):
        at = time.time_ns() // 1_000_000 + AHEAD_MS
        new = [(i, at, float(text[place])) for i, text in PATTERNS.items() if text[place] != "_"]
        push(prometheus, new)
        pushed += new
        time.sleep(0.5)
    time.sleep(1)
    ticks = {name: [at for at, _ in asked(prometheus, f"tick:{name}")[f"tick:{name}"]] for name in ("one", "two")}
    theirs = asked(prometheus, '{__name__=~"ALERTS.*|r:.*"}')
    mine = ours(pushed, ticks)
    first_ms = max(moments[3] for moments in ticks.values())
    last_ms = min(moments[-1] for moments in ticks.values())

    def within(found: Samples) -> Samples:
        """Prometheus keeps whole seconds of when an alert became active."""
        cut = {
            series: [(at, float(int(value))) for at, value in samples if first_ms <= at <= last_ms]
            for series, samples in found.items()
        }
        return {series: samples for series, samples in cut.items() if samples}

    assert within(mine) == within(theirs)
    assert any("firing" in series and len(samples) > 3 for series, samples in within(theirs).items())
