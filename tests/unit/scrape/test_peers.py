"""Real programs: node_exporter is scraped, and Prometheus is given the same file to compare what it makes of it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from vedette.clock import SystemClock
from vedette.errors import BadData
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.settings import IngestSettings
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.timerange import ALL_TIME
from vedette.outbound.guard import Guard
from vedette.outbound.settings import OutboundSettings
from vedette.scrape.host.collector import HostCollector
from vedette.scrape.host.settings import HostSettings
from vedette.scrape.manager import ScrapeManager
from vedette.scrape.settings import ScrapeSettings
from vedette.storage.memory import MemoryStorage

pytestmark = pytest.mark.peer


def need(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed (scripts/peers)")
    return path


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def process(*command: str) -> Iterator[None]:
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        running.kill()
        running.wait()


class Running:
    """A manager over an in-memory store."""

    def __init__(self, file: Path, stack: ExitStack) -> None:
        self.storage = MemoryStorage(SystemClock())
        registry = CollectorRegistry()
        pipeline = Pipeline(self.storage, SystemClock(), IngestSettings(), registry)
        settings, guard = ScrapeSettings(config_file=file), Guard(OutboundSettings())
        self.manager = ScrapeManager(pipeline, SystemClock(), settings, guard, registry)
        self.pipeline = pipeline
        self.stack = stack

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110 - the state under test has no event to wait for
                await asyncio.sleep(0.05)


@pytest_asyncio.fixture
async def run(tmp_path: Path) -> AsyncIterator[Any]:
    with ExitStack() as stack:
        started: list[tuple[Running, asyncio.Task[None]]] = []

        def start(config: str) -> Running:
            (tmp_path / "prometheus.yml").write_text(config)
            made = Running(tmp_path / "prometheus.yml", stack)
            started.append((made, asyncio.create_task(made.manager.run())))
            return made

        yield start
        for made, task in started:
            await made.manager.stop()
            await asyncio.wait_for(task, 10)


async def test_node_exporter_is_scraped_whole(run: Any) -> None:
    """Every series node_exporter exposes is stored, with its metadata."""
    program, port = need("prometheus-node-exporter"), free_port()
    static = f"static_configs: [{{targets: ['127.0.0.1:{port}']}}]"
    running = run(f"scrape_configs: [{{job_name: n, scrape_interval: 500ms, {static}}}]")
    with process(program, f"--web.listen-address=127.0.0.1:{port}"):
        await running.until(lambda: [found.health for found in running.manager.targets.active()] == ["up"])
        matcher = Matcher("__name__", MatchOp.EQUAL, "scrape_samples_scraped")
        await running.until(lambda: running.storage.select("default", [matcher], ALL_TIME).parts)
        part = running.storage.select("default", [matcher], ALL_TIME).parts[0]
        scraped = int(max(part.load().row(0)[1]))
        names = running.storage.label_values("default", "__name__", [], ALL_TIME)
        assert scraped > 300
        assert running.storage.stats("default").series >= scraped
        assert {"node_cpu_seconds_total", "node_memory_MemTotal_bytes", "go_goroutines"} <= set(names)
        assert running.storage.metadata("default", "node_cpu_seconds_total")["node_cpu_seconds_total"].type == "counter"


def test_host_names_are_node_exporters(tmp_path: Path) -> None:
    """A metric of the host collector called `node_*` has the type and the label names node_exporter gives it."""
    program, port = need("prometheus-node-exporter"), free_port()
    with process(program, f"--web.listen-address=127.0.0.1:{port}"):
        text = fetch(f"http://127.0.0.1:{port}/metrics").decode()
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    theirs: dict[str, set[str]] = {}
    for name, labels in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
        theirs[name] = set(re.findall(r'(\w+)="', labels))
    storage = MemoryStorage(SystemClock())
    pipeline = Pipeline(storage, SystemClock(), IngestSettings(), CollectorRegistry())
    collector = HostCollector(pipeline.source("default", "host"), SystemClock(), HostSettings())
    now_ms = SystemClock().now_ms()
    collector.tick(now_ms - 1000)
    collector.join_readings()
    collector.tick(now_ms)
    differences, compared = [], 0
    for labels in storage.series("default", [[Matcher("__name__", MatchOp.REGEX, "node_.*")]], ALL_TIME):
        name = labels.name
        if name not in theirs:
            continue
        compared += 1
        own = {key for key, _ in labels if key not in ("__name__", "job", "instance")}
        kind = storage.metadata("default", name)[name].type
        # Labels without a value do not exist here; node_exporter's netstat has no type.
        if not own <= theirs[name] or (kind != types[name] and types[name] != "untyped"):
            differences.append(f"{labels} is {kind}; theirs: {sorted(theirs[name])} {types[name]}")
    assert differences == []
    assert compared > 150


def fetch(url: str) -> bytes:
    """The body, as soon as the program listens."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            threading_sleep()
    raise AssertionError(f"{url} never answered")


def threading_sleep() -> None:
    """A moment for another process."""
    subprocess.run(["sleep", "0.1"], check=True)


RELABELLED = """
global: {scrape_interval: 30s, scrape_timeout: 20s}
scrape_configs:
  - job_name: plain
    static_configs:
      - targets: ["127.0.0.1:1", "[::1]:1", "localhost"]
        labels: {env: prod, "__meta_kind": x}
  - job_name: blackbox
    metrics_path: /probe
    params: {module: [http_2xx], target: [a, b]}
    static_configs: [{targets: ["http://example.test/x y?z=1"]}]
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: "127.0.0.1:1"}
  - job_name: rules
    scheme: https
    scrape_interval: 1m30s
    file_sd_configs: [{files: [targets.json]}]
    relabel_configs:
      - {source_labels: [__meta_a, __meta_b], separator: "-", target_label: joined}
      - {source_labels: [__address__], regex: "([^:]+):(\\\\d+)", replacement: "${2}_$1", target_label: swapped}
      - {source_labels: [__address__], regex: "([^:]+):.*", replacement: "$1", target_label: "host_$1"}
      - {action: labelmap, regex: "__meta_label_(.+)"}
      - {action: labelmap, regex: "__meta_(a)", replacement: "kept_$1"}
      - {source_labels: [__address__], modulus: 7, action: hashmod, target_label: shard}
      - {source_labels: [joined], action: uppercase, target_label: loud}
      - {source_labels: [loud], action: lowercase, target_label: quiet}
      - {source_labels: [drop], regex: "yes|true", action: drop}
      - {source_labels: [keep], regex: ".+", action: keep}
      - {regex: "tmp_.*", action: labeldrop}
      - {source_labels: [missing], target_label: env}
      - {source_labels: [joined], regex: "(one)-(two)?", replacement: "<$2>", target_label: optional}
      - {source_labels: [__meta_a], target_label: __scrape_interval__, regex: "fast", replacement: "25s"}
      - {target_label: emptied, replacement: ""}
"""
DISCOVERED = [
    {
        "targets": ["a:1", "b:22"],
        "labels": {"keep": "1", "__meta_a": "one", "__meta_b": "two", "tmp_x": "t", "env": "e"},
    },
    {"targets": ["c:1"], "labels": {"keep": "1", "__meta_label_app": "shop", "__meta_a": "fast", "emptied": "full"}},
    {"targets": ["d:1"], "labels": {"keep": "1", "drop": "yes"}},
    {"targets": ["e:1"], "labels": {"keep": ""}},
    {"targets": ["f:1"], "labels": {"keep": "ä ö", "__meta_a": "one", "job": "own", "instance": "named"}},
]


async def test_targets_are_those_of_prometheus(run: Any, tmp_path: Path) -> None:
    """The same file gives the same active and dropped targets: labels, URLs, pools, intervals."""
    program, port = need("prometheus"), free_port()
    (tmp_path / "targets.json").write_text(json.dumps(DISCOVERED))
    running = run(RELABELLED)
    command = [program, f"--config.file={tmp_path / 'prometheus.yml'}", f"--storage.tsdb.path={tmp_path / 'data'}"]
    with process(*command, f"--web.listen-address=127.0.0.1:{port}"):
        url = f"http://127.0.0.1:{port}/api/v1/targets"
        theirs: dict[str, Any] = {}

        def settled() -> bool:
            theirs.update(json.loads(fetch(url))["data"])
            return len(theirs["activeTargets"]) >= 7 and len(theirs["droppedTargets"]) >= 2

        async with asyncio.timeout(60):
            while not await asyncio.to_thread(settled):  # noqa: ASYNC110 - another process has no event
                await asyncio.sleep(0.2)
    ours = running.manager.targets
    expected = {target["scrapeUrl"]: target for target in map(shown, theirs["activeTargets"])}
    assert len(expected) >= 7
    found = {target["scrapeUrl"]: target for target in (shown(one.as_json()) for one in ours.active())}
    assert found.keys() == expected.keys()
    differences = [
        (url, name, found[url]["labels"].get(name), expected[url]["labels"].get(name))
        for url in expected
        for name in found[url]["labels"].keys() | expected[url]["labels"].keys()
        if found[url]["labels"].get(name) != expected[url]["labels"].get(name)
    ]
    assert differences == []
    assert found == expected
    dropped = sorted(one["discoveredLabels"]["__address__"] for one in theirs["droppedTargets"])
    assert sorted(one.discovered.get("__address__") for one in ours.dropped()) == dropped


def shown(target: dict[str, Any]) -> dict[str, Any]:
    """What must be equal. Prometheus before 3.0 adds the scheme's port to an address without one."""
    url = re.sub(r"^(http://localhost):80/", r"\1/", target["scrapeUrl"])
    instance = re.sub(r"^localhost:80$", "localhost", target["labels"]["instance"])
    keys = ("scrapePool", "scrapeInterval", "scrapeTimeout")
    return {
        # Debian's version shows discovered labels partly as they are after relabelling.
        "discovered": target["discoveredLabels"] if target["scrapePool"] == "plain" else None,
        **{key: target[key] for key in keys},
        "scrapeUrl": url,
        "labels": {**target["labels"], "instance": instance},
    }


@pytest.mark.parametrize(
    "rule",
    [
        "{action: replace}",
        "{action: hashmod, target_label: a}",
        "{action: keepequal}",
        "{action: labeldrop, source_labels: [a]}",
        "{action: nonsense}",
        "{regex: '('}",
        "{target_label: a, replacement: }",
        "{action: lowercase, target_label: a, replacement: b}",
        "{source_labels: [a], action: dropequal, target_label: b}",
        "{source_labels: a, target_label: b}",
        "{action: labelmap, regex: '(.*)', replacement: ''}",
    ],
)
def test_promtool_agrees_which_rules_are_bad(run: Any, tmp_path: Path, rule: str) -> None:
    """A relabelling rule is refused exactly where Prometheus refuses it."""
    program = need("promtool")
    text = f"scrape_configs: [{{job_name: a, static_configs: [{{targets: [a]}}], relabel_configs: [{rule}]}}]"
    path = tmp_path / "prometheus.yml"
    path.write_text(text)
    checked = subprocess.run([program, "check", "config", str(path)], capture_output=True, text=True)
    try:
        Running(path, ExitStack())
        accepted = True
    except BadData:
        accepted = False
    assert accepted == (checked.returncode == 0), checked.stderr
