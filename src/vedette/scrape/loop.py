"""The scrape loop of one target: ask, store, report, and end series that are gone."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Literal

import numpy as np
import structlog
from prometheus_client import Counter, Gauge, Histogram

from vedette.clock import Clock
from vedette.errors import BadData, Unavailable, VedetteError
from vedette.ingest.source import Source
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.special import STALE_NAN, IntArray
from vedette.scrape.client import Answer, HttpClient
from vedette.scrape.config.job import PROTOCOLS, JobConfig
from vedette.scrape.report import ReportWriter
from vedette.scrape.shown import shown_url
from vedette.scrape.target import Target

Health = Literal["unknown", "up", "down"]

_log = structlog.get_logger(__name__)
_REPORT: Final = (
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
)
_EXTRA_REPORT: Final = ("scrape_timeout_seconds", "scrape_sample_limit", "scrape_body_size_bytes")
_TEXT_TYPES: Final = ("text/plain", "application/openmetrics-text")
_TOLERANCE_MS: Final = 10
_NO_REFS: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class ScrapeCounters:
    """What all loops count together."""

    scrapes: Counter
    """By outcome: ok, failed."""
    lag: Histogram
    """Seconds between when a scrape was due and when it began."""
    skipped: Counter
    """Scrapes left out because the one before took too long."""
    unwritten: Counter
    """Reports the store did not take."""
    body_bytes: Counter
    """Bytes of bodies over the wire."""
    targets: Gauge
    """Active targets by job."""


@dataclass(frozen=True, slots=True)
class LoopRooms:
    """What a loop works with."""

    client: HttpClient
    clock: Clock
    writers: ThreadPoolExecutor
    reports: ReportWriter
    counters: ScrapeCounters
    max_body_bytes: int


@dataclass(slots=True)
class TargetStatus:
    """What is known of a target's last scrape."""

    health: Health = "unknown"
    last_error: str = ""
    last_scrape_ms: int = 0
    last_duration_s: float = 0.0


@dataclass(slots=True)
class _Outcome:
    """Figures of one scrape for its report."""

    scraped: int = 0
    kept: int = 0
    added: int = 0
    body_bytes: int = 0
    refs: IntArray = field(default_factory=lambda: _NO_REFS)


class ScrapeLoop:
    """Scrapes one target until stopped. Series of the last scrape that are missing in the next one are ended."""

    def __init__(self, job: JobConfig, target: Target, source: Source, rooms: LoopRooms, seed: str) -> None:
        """`seed` differs between instances, so that two servers do not ask a target at the same moment."""
        self.job = job
        self.target = target
        self.status = TargetStatus()
        self.forced_error = ""
        """Set from outside: every scrape fails with it, as when there are too many targets."""
        self._source = source
        self._rooms = rooms
        self._offset_ms = target.offset_ms(seed)
        self._refs = _NO_REFS
        self._last_ms = 0
        self._writing: asyncio.Future[None] | None = None
        self._predecessor: ScrapeLoop | None = None
        self._report = [_with_name(target.public, name) for name in _REPORT]
        if job.extra_scrape_metrics:
            self._report += [_with_name(target.public, name) for name in _EXTRA_REPORT]
        accept = [f"{PROTOCOLS[name]};q=0.{len(PROTOCOLS) - i}" for i, name in enumerate(job.protocols)]
        self._headers = (
            ("Accept", ",".join([*accept, "*/*;q=0.1"])),
            ("X-Prometheus-Scrape-Timeout-Seconds", f"{target.timeout_ms / 1000:g}"),
        )

    def follow(self, predecessor: ScrapeLoop) -> None:
        """Take over the series of a loop that has been cancelled: what the next scrape does not bring is ended."""
        self._predecessor = predecessor
        self.status = predecessor.status

    async def run(self) -> None:
        """Scrape at this target's moments until cancelled."""
        await self.settle()
        clock, interval_ms = self._rooms.clock, self.target.interval_ms
        due_ms = self.next_due_ms(clock.now_ms())
        while True:
            while (wait_ms := due_ms - clock.now_ms()) > 0:
                # The wall clock was set back: start counting from where it is now.
                if wait_ms > 2 * interval_ms:
                    due_ms = self.next_due_ms(clock.now_ms())
                    continue
                await asyncio.sleep(wait_ms / 1000)
            late_ms = clock.now_ms() - due_ms
            self._rooms.counters.lag.observe(late_ms / 1000)
            tolerance_ms = min(_TOLERANCE_MS, interval_ms // 100)
            await self.scrape(due_ms if late_ms <= tolerance_ms else due_ms + late_ms)
            next_ms = self.next_due_ms(clock.now_ms())
            if next_ms > due_ms + interval_ms:
                self._rooms.counters.skipped.inc((next_ms - due_ms) // interval_ms - 1)
            due_ms = next_ms

    def next_due_ms(self, now_ms: int) -> int:
        """The first of this target's moments after `now_ms`."""
        interval_ms = self.target.interval_ms
        return ((now_ms - self._offset_ms) // interval_ms + 1) * interval_ms + self._offset_ms

    async def scrape(self, timestamp_ms: int) -> None:
        """Scrape once; whatever goes wrong ends up in the status, in `up` and in the log, never in an exception."""
        started_s = self._rooms.clock.monotonic_s()
        answer: Answer | None = None
        failure = ""
        try:
            answer = await self._ask()
        except VedetteError as error:
            failure = error.message
        except Exception as error:  # noqa: BLE001 - one odd target must not end its loop
            failure = f"{type(error).__name__}: {error}"
            _log.exception("scrape_broke", target=shown_url(self.target.url))
        loop = asyncio.get_running_loop()
        # Shielded: what a thread has begun is finished, also when the loop is stopped meanwhile.
        self._writing = loop.run_in_executor(
            self._rooms.writers, self._finish, answer, failure, timestamp_ms, started_s
        )
        await asyncio.shield(self._writing)

    def progress(self) -> tuple[IntArray, int]:
        """Refs and timestamp of the last scrape."""
        return self._refs, self._last_ms

    async def end(self) -> None:
        """Mark all series as ended because the target is gone; only once the loop has been stopped."""
        await asyncio.get_running_loop().run_in_executor(self._rooms.writers, self._end)

    async def settle(self) -> None:
        """Wait for the write under way, if any, of this loop and the one it follows."""
        before = self._predecessor
        if before is not None:
            await before.settle()
            (self._refs, self._last_ms), self._predecessor = before.progress(), None
        if self._writing is not None:
            await asyncio.wait([self._writing])

    async def _ask(self) -> Answer:
        if self.forced_error:
            raise Unavailable(self.forced_error)
        answer = await self._rooms.client.get(
            self.target.url,
            self.job.http,
            headers=self._headers,
            timeout_s=self.target.timeout_ms / 1000,
            max_body_bytes=self._max_body_bytes,
            compress=self.job.enable_compression,
            is_trusted=self.target.is_trusted,
        )
        self._rooms.counters.body_bytes.inc(len(answer.body))
        if answer.status != HTTPStatus.OK:
            raise Unavailable(f"server returned HTTP status {answer.status} {_phrase(answer.status)}".rstrip())
        return answer

    @property
    def _max_body_bytes(self) -> int:
        return self.job.body_size_limit or self._rooms.max_body_bytes

    def _finish(self, answer: Answer | None, failure: str, timestamp_ms: int, started_s: float) -> None:
        """Store and report, in a thread."""
        # A reload may bring the same moment twice; a later sample must have a later time.
        if timestamp_ms <= self._last_ms < timestamp_ms + 1000:
            timestamp_ms = self._last_ms + 1
        self._last_ms = timestamp_ms
        outcome = _Outcome()
        if answer is not None:
            try:
                outcome = self._store(answer, timestamp_ms)
            except VedetteError as error:
                failure = error.message
            except Exception as error:  # noqa: BLE001 - as above
                failure = f"{type(error).__name__}: {error}"
                _log.exception("scrape_not_stored", target=shown_url(self.target.url))
        duration_s = self._rooms.clock.monotonic_s() - started_s
        try:
            self._source.write_stale(_missing(self._refs, outcome.refs), timestamp_ms)
            self._refs = outcome.refs
        except VedetteError as error:
            failure = failure or f"the end of series was not stored: {error.message}"
        self._report_outcome(outcome, not failure, duration_s, timestamp_ms)
        self._note(failure, timestamp_ms, duration_s)

    def _store(self, answer: Answer, timestamp_ms: int) -> _Outcome:
        body = answer.plain_body(self._max_body_bytes)
        written = self._source.write_exposition(
            body,
            self._content_type(answer.content_type),
            timestamp_ms,
            honor_timestamps=self.job.honor_timestamps,
            sample_limit=self.job.sample_limit,
            strict=True,
        )
        added = len(_missing(written.refs, self._refs))
        return _Outcome(written.scraped, written.kept, added, len(body), written.refs)

    def _content_type(self, given: str) -> str:
        """The content type to read the body by. Raises BadData when it is none of ours and there is no fallback."""
        media_type = given.partition(";")[0].strip().lower()
        if media_type in _TEXT_TYPES:
            return given
        if self.job.fallback_protocol:
            return PROTOCOLS[self.job.fallback_protocol]
        what = f"unsupported Content-Type {given!r}" if given else "no Content-Type"
        raise BadData(f"the target sent {what}, and its job has no fallback_scrape_protocol")

    def _report_outcome(self, outcome: _Outcome, is_up: bool, duration_s: float, timestamp_ms: int) -> None:
        values = [float(is_up), duration_s, float(outcome.scraped), float(outcome.kept), float(outcome.added)]
        if self.job.extra_scrape_metrics:
            values += [self.target.timeout_ms / 1000, float(self.job.sample_limit), float(outcome.body_bytes)]
        self._rooms.reports.put(self._report, timestamp_ms, values)

    def _note(self, failure: str, timestamp_ms: int, duration_s: float) -> None:
        health: Health = "down" if failure else "up"
        if self.status.health != health or self.status.last_error != failure:
            # Told once a change, not once a scrape: a dead target would fill the log.
            log = _log.bind(job=self.job.name, target=shown_url(self.target.url))
            if failure:
                log.warning("scrape_failed", error=failure)
            elif self.status.health == "down":
                log.info("scrape_recovered")
        self.status = TargetStatus(health, failure, timestamp_ms, duration_s)
        self._rooms.counters.scrapes.labels("failed" if failure else "ok").inc()

    def _end(self) -> None:
        if not self._last_ms:
            return
        timestamp_ms = max(self._rooms.clock.now_ms(), self._last_ms + 1)
        self._rooms.reports.put(self._report, timestamp_ms, [STALE_NAN] * len(self._report))
        try:
            self._source.write_stale(np.unique(self._refs), timestamp_ms)
        except VedetteError as error:
            _log.warning("target_end_not_stored", target=shown_url(self.target.url), error=error.message)


def _missing(before: IntArray, after: IntArray) -> IntArray:
    """Refs of `before` that are not in `after`, each once."""
    if len(before) == 0 or (len(before) == len(after) and np.array_equal(before, after)):
        return _NO_REFS
    return np.setdiff1d(before, after)


def _with_name(labels: Labels, name: str) -> Labels:
    return labels.with_label(METRIC_NAME, name)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
