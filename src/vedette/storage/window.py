"""The window of time in which a store takes samples, the same rule for every implementation."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.model.timerange import MAX_TIME_MS, MIN_TIME_MS


@dataclass(frozen=True, slots=True)
class AppendWindow:
    """How far behind the newest sample of a project, and how far ahead of the clock, samples are taken."""

    out_of_order_ms: int = 3_600_000
    """Samples may be this much older than the newest sample that was stored before their batch."""
    ahead_ms: int = 600_000
    """Samples may be this much ahead of the wall clock."""

    def bounds(self, newest_ms: int | None, now_ms: int) -> tuple[int, int]:
        """The oldest and newest timestamps that are taken now; `newest_ms` is None while nothing is stored.

        A clock that was ahead for a while leaves samples of the future behind. Once it is right again the present
        must not count as too old, so the window never starts later than it would for a sample at the upper bound.
        """
        upper = min(now_ms + self.ahead_ms, MAX_TIME_MS)
        if newest_ms is None:
            return MIN_TIME_MS, upper
        return max(min(newest_ms, upper) - self.out_of_order_ms, MIN_TIME_MS), upper


UNBOUNDED = AppendWindow(out_of_order_ms=2 * MAX_TIME_MS, ahead_ms=2 * MAX_TIME_MS)
"""Takes samples of any age."""
