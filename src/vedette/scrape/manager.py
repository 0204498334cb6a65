"""All scrape jobs: reads the configuration, follows its changes, keeps what did not change running."""

from __future__ import annotations

import asyncio
import glob
import platform
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from vedette.clock import Clock
from vedette.errors import BadData
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.source import Source
from vedette.outbound.guard import Guard
from vedette.scrape.client import HttpClient
from vedette.scrape.config.file import ScrapeConfig, load_config
from vedette.scrape.config.job import JobConfig
from vedette.scrape.discovery.kind import DiscoveryContext, find_kinds
from vedette.scrape.job_targets import JobTargets
from vedette.scrape.loop import LoopRooms, ScrapeCounters
from vedette.scrape.report import ReportWriter
from vedette.scrape.settings import ScrapeSettings
from vedette.scrape.target import SampleLabels, Target
from vedette.scrape.targets import JobView, TargetsView

_log = structlog.get_logger(__name__)
_Stamp = dict[Path, tuple[int, int, int] | None]


@dataclass(frozen=True, slots=True)
class LastReload:
    """Whether the configuration could be used when it was last read, and since when the one in force is."""

    successful: bool
    in_force_since_ms: int


class ScrapeManager:
    """Scrapes what the configuration file says until stopped. Use within one event loop."""

    def __init__(
        self, pipeline: Pipeline, clock: Clock, settings: ScrapeSettings, guard: Guard, registry: CollectorRegistry
    ) -> None:
        """Reads the file at once. Raises BadData with all its errors."""
        self._guard = guard
        self._pipeline = pipeline
        self._clock = clock
        self._settings = settings
        self._kinds = find_kinds()
        self._counters = make_counters(registry)
        self._discovery_failures = Counter(
            "vedette_scrape_discovery_failures", "Rounds of discovery that failed.", ["job", "kind"], registry=registry
        )
        self._reloaded_well = Gauge(
            "vedette_scrape_config_last_reload_successful",
            "Whether the configuration file could be used when it was last read.",
            registry=registry,
        )
        self.last_reload = LastReload(True, clock.now_ms())
        self._jobs: dict[str, JobTargets] = {}
        self._stopping = asyncio.Event()
        self._reloading = asyncio.Lock()
        self._client: HttpClient | None = None
        self._rooms: LoopRooms | None = None
        self._watched: tuple[list[Path], tuple[str, ...]] = ([], ())
        self._stamps: _Stamp = {}
        self._config = self._read()
        self.targets = TargetsView(self._views)
        """Active and dropped targets for the API."""

    async def run(self) -> None:
        """Scrape until `stop` is called; ends only when all loops have ended and stored what they had."""
        with ThreadPoolExecutor(self._settings.writers, thread_name_prefix="scrape-write") as writers:
            self._client = HttpClient(self._clock, self._guard, self._settings.max_connecting)
            reports = ReportWriter(
                self._pipeline.source(self._settings.project, "scrape"), writers, self._counters.unwritten
            )
            self._rooms = LoopRooms(
                self._client, self._clock, writers, reports, self._counters, self._settings.max_body_bytes
            )
            try:
                await self._apply(self._config)
                await self._watch()
            finally:
                await asyncio.gather(*(job.stop(gone=False) for job in self._jobs.values()))
                self._jobs.clear()
                await asyncio.to_thread(reports.drain)
                await self._client.close()
                self._rooms = None

    async def stop(self) -> None:
        """End `run` soon. Series are not marked as ended: after a restart they go on."""
        self._stopping.set()

    async def reload(self) -> None:
        """Read the configuration anew. Raises BadData and goes on as before when it has errors."""
        async with self._reloading:
            config = await asyncio.to_thread(self._read)
            self._config = config
            if self._rooms is not None:
                await self._apply(config)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What of the configuration file has no effect, one line each."""
        return self._config.warnings

    def _read(self) -> ScrapeConfig:
        path = self._settings.config_file
        if path is None:
            self._reloaded_well.set(1)
            return ScrapeConfig(())
        path = path.absolute()
        self._watched = ([path], ())
        self._stamps = _stamps(*self._watched)
        try:
            config = load_config(path, self._kinds)
        except BadData:
            self._reloaded_well.set(0)
            self.last_reload = replace(self.last_reload, successful=False)
            raise
        # Stamped before reading: a change while the file is read is seen the next time.
        self._watched = ([path, *config.files], config.patterns)
        self._stamps = {**_stamps(*self._watched), **self._stamps}
        self._reloaded_well.set(1)
        self.last_reload = LastReload(True, self._clock.now_ms())
        for warning in config.warnings:
            _log.warning("scrape_config", warning=warning)
        return config

    async def _watch(self) -> None:
        wait_s = self._settings.watch_interval_s
        watched = wait_s > 0 and self._settings.config_file is not None
        while not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), wait_s if watched else None)
            except TimeoutError:
                if await asyncio.to_thread(_stamps, *self._watched) != self._stamps:
                    await self._reload_quietly()

    async def _reload_quietly(self) -> None:
        try:
            await self.reload()
            _log.info("scrape_config_reloaded", jobs=len(self._config.jobs))
        except BadData as error:
            _log.error("scrape_config_not_usable", errors=error.message.splitlines())

    async def _apply(self, config: ScrapeConfig) -> None:
        if self._rooms is None:
            return
        wanted = {job.name: job for job in config.jobs}
        gone = [self._jobs.pop(name) for name in list(self._jobs) if name not in wanted]
        await asyncio.gather(*(job.stop(gone=True) for job in gone))
        for name, job in wanted.items():
            running = self._jobs.get(name)
            context = self._context(name)
            if running is not None:
                running.reconfigure(job, context)
                continue
            fresh = JobTargets(job, self._rooms, self._source_of, platform.node())
            self._jobs[name] = fresh
            fresh.start(context)

    def _context(self, job: str) -> DiscoveryContext:
        def failed(kind: str, message: str) -> None:
            self._discovery_failures.labels(job, kind).inc()
            _log.warning("discovery_failed", job=job, kind=kind, error=message)

        if self._client is None:
            raise AssertionError("BUG: no client before run")
        return DiscoveryContext(self._client, self._clock, job, failed)

    def _source_of(self, job: JobConfig, target: Target) -> Source:
        return self._pipeline.source(self._settings.project, "scrape", SampleLabels(job, target))

    def _views(self) -> Iterator[JobView]:
        for name, job in self._jobs.items():
            yield JobView(name, list(job.loops.values()), list(job.dropped), job.dropped_count)


def _stamps(paths: list[Path], patterns: tuple[str, ...]) -> _Stamp:
    """Time, size and inode of files and of what the patterns find; None for one that is not there."""
    found: _Stamp = {}
    appeared = [Path(name) for pattern in patterns for name in glob.glob(pattern)]  # noqa: PTH207 - patterns are text
    for path in {*paths, *appeared}:
        try:
            info = path.stat()
            found[path] = (info.st_mtime_ns, info.st_size, info.st_ino)
        except OSError:
            found[path] = None
    return found


def make_counters(registry: CollectorRegistry) -> ScrapeCounters:
    """What scraping counts, in this registry."""
    return ScrapeCounters(
        scrapes=Counter("vedette_scrape_scrapes", "Scrapes by outcome.", ["outcome"], registry=registry),
        lag=Histogram(
            "vedette_scrape_lag_seconds",
            "How much later than due scrapes began.",
            buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0),
            registry=registry,
        ),
        skipped=Counter(
            "vedette_scrape_skipped", "Scrapes left out because the one before took too long.", registry=registry
        ),
        unwritten=Counter("vedette_scrape_unwritten_reports", "Reports the store did not take.", registry=registry),
        body_bytes=Counter("vedette_scrape_body_bytes", "Bytes of scraped bodies on the wire.", registry=registry),
        targets=Gauge("vedette_scrape_targets", "Active targets.", ["job"], registry=registry),
    )
