"""Scrape targets as Prometheus' API shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from vedette.scrape.targets import ActiveTarget, TargetsView


def targets_of(view: TargetsView) -> Callable[[str], dict[str, object]]:
    """state (`active`, `dropped` or `any`) -> the body of `/api/v1/targets`."""

    def answer(state: str) -> dict[str, object]:
        active = [_active(target) for target in view.active()] if state in ("active", "any") else []
        dropped = view.dropped() if state in ("dropped", "any") else []
        return {
            "activeTargets": active,
            "droppedTargets": [
                {"discoveredLabels": target.discovered.as_dict(), "scrapePool": target.job} for target in dropped
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
