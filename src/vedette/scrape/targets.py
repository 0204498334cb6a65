"""What is scraped, as plain values: the content of the Prometheus API's targets endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from vedette.model.duration import print_duration_ms
from vedette.model.labels import Labels
from vedette.scrape.loop import Health, ScrapeLoop
from vedette.scrape.shown import shown_labels, shown_url
from vedette.scrape.target import DroppedTarget


@dataclass(frozen=True, slots=True)
class ActiveTarget:
    """One scraped target and its last scrape; `last_scrape_ms` is 0 before the first."""

    job: str
    labels: Labels
    discovered: Labels
    url: str
    health: Health
    last_error: str
    last_scrape_ms: int
    last_duration_s: float
    interval_ms: int
    timeout_ms: int

    def as_json(self) -> dict[str, object]:
        """The shape of Prometheus' `/api/v1/targets`, with lastScrape still in milliseconds as `lastScrapeMs`."""
        return {
            "discoveredLabels": shown_labels(self.discovered),
            "labels": self.labels.as_dict(),
            "scrapePool": self.job,
            "scrapeUrl": shown_url(self.url),
            "globalUrl": shown_url(self.url),
            "lastError": self.last_error,
            "lastScrapeMs": self.last_scrape_ms,
            "lastScrapeDuration": self.last_duration_s,
            "health": self.health,
            "scrapeInterval": print_duration_ms(self.interval_ms),
            "scrapeTimeout": print_duration_ms(self.timeout_ms),
        }


@dataclass(frozen=True, slots=True)
class JobView:
    """What a job contributes."""

    name: str
    loops: Sequence[ScrapeLoop]
    dropped: Sequence[DroppedTarget]
    dropped_count: int


class TargetsView:
    """Reads the running jobs; every call gives fresh values. For use in the event loop."""

    def __init__(self, jobs: Callable[[], Iterable[JobView]]) -> None:
        self._jobs = jobs

    def pools(self) -> list[str]:
        """Names of all jobs."""
        return sorted(job.name for job in self._jobs())

    def active(self, job: str = "") -> list[ActiveTarget]:
        """Targets that are scraped, of one job or of all, by job and URL."""
        found = [_active(view.name, loop) for view in self._jobs() if job in ("", view.name) for loop in view.loops]
        return sorted(found, key=lambda target: (target.job, target.url, target.labels.pairs))

    def dropped(self, job: str = "") -> list[DroppedTarget]:
        """Targets that relabelling left out, as many as are kept."""
        return [target for view in self._jobs() if job in ("", view.name) for target in view.dropped]

    def dropped_counts(self) -> dict[str, int]:
        """Number of dropped targets by job."""
        return {view.name: view.dropped_count for view in self._jobs()}


def _active(job: str, loop: ScrapeLoop) -> ActiveTarget:
    target, status = loop.target, loop.status
    return ActiveTarget(
        job=job,
        labels=target.public,
        discovered=target.discovered,
        url=target.url,
        health=status.health,
        last_error=status.last_error,
        last_scrape_ms=status.last_scrape_ms,
        last_duration_s=status.last_duration_s,
        interval_ms=target.interval_ms,
        timeout_ms=target.timeout_ms,
    )
