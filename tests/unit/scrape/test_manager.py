"""The whole of scraping in real time: discovery, reload, and what happens to series meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from vedette.clock import SystemClock
from vedette.errors import BadData
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.settings import IngestSettings
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import is_stale
from vedette.model.timerange import ALL_TIME
from vedette.outbound.guard import Guard
from vedette.outbound.settings import OutboundSettings
from vedette.scrape.manager import ScrapeManager
from vedette.scrape.settings import ScrapeSettings
from vedette.storage.memory import MemoryStorage


class Running:
    """A manager with its store, running in the test's event loop."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "prometheus.yml"
        self.clock = SystemClock()
        self.storage = MemoryStorage(self.clock)
        self.registry = CollectorRegistry()
        self.manager: ScrapeManager | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(
        self, config: str, watch_interval_s: float = 0.05, outbound: OutboundSettings | None = None
    ) -> ScrapeManager:
        self.file.write_text(config)
        pipeline = Pipeline(self.storage, self.clock, IngestSettings(), self.registry)
        settings = ScrapeSettings(config_file=self.file, watch_interval_s=watch_interval_s)
        guard = Guard(outbound or OutboundSettings())
        self.manager = ScrapeManager(pipeline, self.clock, settings, guard, self.registry)
        self._task = asyncio.create_task(self.manager.run())
        return self.manager

    async def stop(self) -> None:
        if self.manager is not None and self._task is not None:
            await self.manager.stop()
            await asyncio.wait_for(self._task, 10)
            self._task = None

    def targets(self) -> dict[str, str]:
        """Instance -> health of active targets."""
        assert self.manager is not None
        return {target.labels.get("instance"): target.health for target in self.manager.targets.active()}

    def last(self, metric: str) -> dict[str, float | str]:
        """Instance -> last value of a metric, or `stale`."""
        found: dict[str, float | str] = {}
        for part in self.storage.select("default", [Matcher("__name__", MatchOp.EQUAL, metric)], ALL_TIME).parts:
            grid = part.load()
            for index, labels in enumerate(grid.labels):
                values = np.ascontiguousarray(grid.row(index)[1][-1:])
                found[labels.get("instance")] = "stale" if is_stale(values)[0] else float(values[0])
        return found


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    made = Running(tmp_path)
    yield made
    await made.stop()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens soon."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the state under test has no event to wait for
            await asyncio.sleep(0.01)


def job(name: str, *targets: str, more: str = "") -> str:
    listed = ", ".join(f'"{target}"' for target in targets)
    return f"""
  - job_name: {name}
    scrape_interval: 100ms
    static_configs: [{{targets: [{listed}]}}]
    {more}"""


async def test_scrapes_what_the_file_says(running: Running, target: Any, other_target: Any) -> None:
    """Static targets are scraped; one that is down does not disturb the other."""
    await running.start("scrape_configs:" + job("a", target.address, other_target.address))
    await other_target.stop()
    await until(lambda: running.targets() == {target.address: "up", other_target.address: "down"})
    await until(lambda: running.last("up") == {target.address: 1.0, other_target.address: 0.0})
    down = [found for found in running.manager.targets.active() if found.health == "down"]  # type: ignore[union-attr]  # started
    assert "refused" in down[0].last_error
    shape = down[0].as_json()
    assert shape["scrapePool"] == "a"
    assert shape["scrapeUrl"] == other_target.url
    assert shape["discoveredLabels"]["__address__"] == other_target.address  # type: ignore[index]  # a mapping
    assert (shape["scrapeInterval"], shape["scrapeTimeout"]) == ("100ms", "100ms")


async def test_one_hanging_target_blocks_nobody(running: Running, target: Any, other_target: Any) -> None:
    """While a target hangs the others are scraped every interval."""

    async def hang(_head: str, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0)

    other_target.reply = hang
    await running.start("scrape_configs:" + job("a", target.address) + job("b", other_target.address))
    await until(lambda: len(target.heads) >= 5)
    await until(lambda: running.targets().get(other_target.address) == "down")


async def test_reload_keeps_what_did_not_change(running: Running, target: Any, other_target: Any) -> None:
    """A changed file takes effect by itself: new jobs begin, removed ones end, others go on undisturbed."""
    await running.start("scrape_configs:" + job("a", target.address) + job("b", other_target.address))
    await until(lambda: running.targets() == {target.address: "up", other_target.address: "up"})
    assert running.manager is not None
    connections = target.connections
    running.file.write_text("scrape_configs:" + job("a", target.address) + job("c", other_target.address))
    await until(lambda: running.manager.targets.pools() == ["a", "c"])  # type: ignore[union-attr]  # started
    await until(lambda: running.targets() == {target.address: "up", other_target.address: "up"})
    assert target.connections == connections
    running.file.write_text("scrape_configs:" + job("a", target.address))
    await until(lambda: running.last("m").get(other_target.address) == "stale")
    await until(lambda: running.last("up")[other_target.address] == "stale")
    assert running.last("m")[target.address] == 1.0


async def test_a_longer_list_leaves_its_targets_alone(running: Running, target: Any, other_target: Any) -> None:
    """Adding a target to a list ends nothing of those that were in it."""
    await running.start("scrape_configs:" + job("a", target.address))
    await until(lambda: running.last("m") == {target.address: 1.0})
    running.file.write_text("scrape_configs:" + job("a", target.address, other_target.address))
    await until(lambda: running.last("m") == {target.address: 1.0, other_target.address: 1.0})
    part = running.storage.select("default", [Matcher("__name__", MatchOp.EQUAL, "up")], ALL_TIME).parts[0].load()
    assert not is_stale(part.values).any()
    assert target.connections == 1


async def test_changed_rules_apply_to_running_targets(running: Running, target: Any) -> None:
    """New metric_relabel_configs take effect on targets that stay."""
    await running.start("scrape_configs:" + job("a", target.address))
    await until(lambda: running.last("m") == {target.address: 1.0})
    more = "metric_relabel_configs: [{source_labels: [__name__], regex: m, target_label: __name__, replacement: n}]"
    running.file.write_text("scrape_configs:" + job("a", target.address, more=more))
    await until(lambda: running.last("n") == {target.address: 1.0})
    await until(lambda: running.last("m") == {target.address: "stale"})


async def test_a_bad_file_changes_nothing(running: Running, target: Any) -> None:
    """A file with errors is refused at start; on reload it is named and the old one stays in force."""
    with pytest.raises(BadData, match="unknown key"):
        await running.start("scrape_configs: [{job: x}]")
    running.registry = CollectorRegistry()
    manager = await running.start("scrape_configs:" + job("a", target.address))
    await until(lambda: running.targets() == {target.address: "up"})
    running.file.write_text("scrape_configs: [{job: x}]")
    with pytest.raises(BadData, match="unknown key"):
        await manager.reload()
    assert running.registry.get_sample_value("vedette_scrape_config_last_reload_successful") == 0
    seen = len(target.heads)
    await until(lambda: len(target.heads) > seen + 2)


async def test_file_discovery_follows_the_file(
    running: Running, target: Any, other_target: Any, tmp_path: Path
) -> None:
    """Targets come and go with the files; a broken file keeps its last good targets; meta labels can be relabelled."""
    folder = tmp_path / "targets"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps([{"targets": [target.address], "labels": {"env": "test"}}]))
    await running.start(
        """
scrape_configs:
  - job_name: files
    scrape_interval: 100ms
    file_sd_configs: [{files: ["targets/*.json", "targets/*.yml"], refresh_interval: 50ms}]
    relabel_configs:
      - {source_labels: [__meta_filepath], regex: ".*/(.*)", target_label: file}
      - {source_labels: [env], regex: hidden, action: drop}
"""
    )
    await until(lambda: running.targets() == {target.address: "up"})
    assert running.manager is not None
    assert running.manager.targets.active()[0].labels.as_dict() == {
        "env": "test",
        "file": "a.json",
        "instance": target.address,
        "job": "files",
    }
    (folder / "b.yml").write_text(f"- targets: ['{other_target.address}']\n- targets: [x]\n  labels: {{env: hidden}}\n")
    await until(lambda: running.targets() == {target.address: "up", other_target.address: "up"})
    assert [dropped.discovered.get("env") for dropped in running.manager.targets.dropped()] == ["hidden"]
    assert running.manager.targets.dropped_counts() == {"files": 1}
    (folder / "b.yml").write_text("- target: [x]")
    labels = {"job": "files", "kind": "file"}
    await until(lambda: (running.registry.get_sample_value("vedette_scrape_discovery_failures_total", labels) or 0) > 0)
    assert other_target.address in running.targets()
    (folder / "b.yml").unlink()
    await until(lambda: running.targets() == {target.address: "up"})
    await until(lambda: running.last("up")[other_target.address] == "stale")


async def test_http_discovery_keeps_the_last_good_answer(running: Running, target: Any, other_target: Any) -> None:
    """Groups come from a URL; while it fails the targets stay."""
    groups = json.dumps([{"targets": [target.address], "labels": {"__meta_rack": "r1"}}]).encode()
    replies = [b"200 OK"]

    async def reply(_head: str, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 " + replies[-1] + b"\r\nContent-Type: application/json; charset=utf-8\r\n"
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(groups) + groups)

    other_target.reply = reply
    await running.start(
        f"""
scrape_configs:
  - job_name: web
    scrape_interval: 100ms
    http_sd_configs: [{{url: "http://{other_target.address}/targets", refresh_interval: 1s}}]
    relabel_configs: [{{source_labels: [__meta_rack], target_label: rack}}]
"""
    )
    await until(lambda: running.targets() == {target.address: "up"})
    assert running.manager is not None
    assert running.manager.targets.active()[0].labels.get("rack") == "r1"
    assert "X-Prometheus-Refresh-Interval-Seconds: 1" in other_target.heads[0]
    replies.append(b"503 Service Unavailable")
    labels = {"job": "web", "kind": "http"}
    await until(lambda: (running.registry.get_sample_value("vedette_scrape_discovery_failures_total", labels) or 0) > 0)
    assert running.targets() == {target.address: "up"}


async def test_equal_targets_are_scraped_once(running: Running, target: Any) -> None:
    """Two entries that come to the same labels and URL are one target."""
    more = "relabel_configs: [{regex: zone, action: labeldrop}]"
    await running.start(
        f"""
scrape_configs:
  - job_name: a
    scrape_interval: 100ms
    static_configs:
      - targets: ["{target.address}"]
        labels: {{zone: one}}
      - targets: ["{target.address}", "{target.address}"]
        labels: {{zone: two}}
    {more}
"""
    )
    await until(lambda: len(target.heads) >= 2)
    assert running.manager is not None
    assert len(running.manager.targets.active()) == 1


async def test_too_many_targets_fail_all(running: Running, target: Any) -> None:
    """Beyond target_limit every target of the job is down with the reason, and none is asked."""
    await running.start("scrape_configs:" + job("a", target.address, "127.0.0.1:1", more="target_limit: 1"))
    await until(lambda: set(running.targets().values()) == {"down"})
    assert running.manager is not None
    errors = {found.last_error for found in running.manager.targets.active()}
    assert errors == {"target_limit exceeded (number of targets: 2, limit: 1)"}
    assert target.heads == []


async def test_stop_ends_tasks_and_keeps_series_open(running: Running, target: Any) -> None:
    """A stop leaves no task behind, and no staleness markers: after a restart series go on."""
    await running.start("scrape_configs:" + job("a", target.address))
    await until(lambda: running.last("m") == {target.address: 1.0})
    await running.stop()
    assert running.last("m") == {target.address: 1.0}
    assert [task for task in asyncio.all_tasks() if "scrape" in task.get_name()] == []


async def test_a_replaced_file_is_noticed(running: Running, target: Any, tmp_path: Path) -> None:
    """Editors replace files by renaming; that counts as a change."""
    manager = await running.start("scrape_configs:" + job("a", target.address))
    fresh = tmp_path / "fresh.yml"
    fresh.write_text("scrape_configs:" + job("z", target.address))
    os.replace(fresh, running.file)  # noqa: PTH105 - the very call editors make
    await until(lambda: manager.targets.pools() == ["z"])


async def test_an_included_file_that_appears_is_noticed(running: Running, target: Any, tmp_path: Path) -> None:
    """A new file that fits a pattern of scrape_config_files takes effect, and its removal too."""
    manager = await running.start("scrape_config_files: ['more/*.yml']\nscrape_configs:" + job("a", target.address))
    await until(lambda: manager.targets.pools() == ["a"])
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.yml").write_text("scrape_configs:" + job("b", target.address))
    await until(lambda: manager.targets.pools() == ["a", "b"])
    (tmp_path / "more" / "b.yml").unlink()
    await until(lambda: manager.targets.pools() == ["a"])


async def test_discovered_targets_are_judged(running: Running, target: Any, other_target: Any, tmp_path: Path) -> None:
    """What a file tells of is asked only where the guard allows it; what the configuration itself names is asked."""
    both, never = target.address, "169.254.169.254:80"
    (tmp_path / "found.json").write_text(json.dumps([{"targets": [both, other_target.address, never]}]))
    more = f"file_sd_configs: [{{files: ['{tmp_path}/found.json']}}]"
    config = "scrape_configs:" + job("a", both, more=more)
    await running.start(config, outbound=OutboundSettings(allow_private=()))
    await until(lambda: running.targets() == {both: "up", other_target.address: "down", never: "down"})
    assert running.manager is not None
    errors = {found.labels.get("instance"): found.last_error for found in running.manager.targets.active()}
    assert "this machine itself, which may not be asked for scrape" in errors[other_target.address]
    assert "the metadata service of a cloud" in errors[never]
    assert other_target.heads == []
