"""Scrape targets as Prometheus' API shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from vedette.http.routes.prometheus_metadata import no_targets
from vedette.scrape.shown import shown_labels
from vedette.scrape.targets import ActiveTarget, TargetsView


def targets_of(view: TargetsView, scraped_for: str) -> Callable[[str, str], dict[str, object]]:
    """project and state (`active`, `dropped` or `any`) -> the body of `/api/v1/targets`.

    `scraped_for` is the project that has the targets; the others have none.
    """

    def answer(project: str, state: str) -> dict[str, object]:
        if project != scraped_for:
            return no_targets(project, state)
        active = [_active(target) for target in view.active()] if state in ("active", "any") else []
        dropped = view.dropped() if state in ("dropped", "any") else []
        return {
            "activeTargets": active,
            "droppedTargets": [
                {"discoveredLabels": shown_labels(target.discovered), "scrapePool": target.job} for target in dropped
            ],
            "droppedTargetCounts": view.dropped_counts(),
        }

    return answer


def _active(target: ActiveTarget) -> dict[str, object]:
    shown = target.as_json()
    shown.pop("lastScrapeMs")
    moment = datetime.fromtimestamp(target.last_scrape_ms / 1000, UTC)
    # Go's zero time, which clients know as "never".
    never = "0001-01-01T00:00:00Z"
    shown["lastScrape"] = (
        moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if target.last_scrape_ms else never
    )
    return shown
