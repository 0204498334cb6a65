"""Time ranges."""

from __future__ import annotations

from msgspec import Struct

MIN_TIME_MS = -(2**62)
MAX_TIME_MS = 2**62


class TimeRange(Struct, frozen=True):
    """Milliseconds since 1970; both bounds belong to the range."""

    start_ms: int
    end_ms: int

    def contains(self, time_ms: int) -> bool:
        return self.start_ms <= time_ms <= self.end_ms

    def overlaps(self, other: TimeRange) -> bool:
        return self.start_ms <= other.end_ms and other.start_ms <= self.end_ms


ALL_TIME = TimeRange(MIN_TIME_MS, MAX_TIME_MS)
