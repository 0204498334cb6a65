"""What a running query carries with it: limits, deadline, the means to stop it, and what it has cost so far."""

from __future__ import annotations

from msgspec import Struct, field

from vedette.clock import Clock
from vedette.errors import Cancelled, LimitExceeded, Timeout
from vedette.model.frame import QueryStats
from vedette.model.matcher import Matcher


class QueryLimits(Struct, frozen=True):
    """Bounds of one query; 0 switches a bound off."""

    max_samples: int = 50_000_000
    """Samples held in memory at one time."""
    max_points_per_series: int = 11_000
    max_series: int = 200_000
    """Series that the selectors of a query may touch."""
    timeout_s: float = 120.0
    samples_name: str = "query.max_samples"
    """As errors call it; so the others."""
    series_name: str = "query.max_series"
    timeout_name: str = "query.timeout"


class QueryContext(Struct):
    """One running query. Thread-safe to cancel; operators call `check()` between parts."""

    clock: Clock
    limits: QueryLimits = field(default_factory=QueryLimits)
    project: str = "default"
    lookback_ms: int = 300_000
    collect_per_step_stats: bool = False
    matchers: tuple[Matcher, ...] = ()
    """Whoever asks sees only series that fulfil all of these: added to every selector where it meets the storage."""
    stats: QueryStats = field(default_factory=QueryStats)
    started_s: float = 0.0
    _cancelled: bool = False
    _reason: str = ""

    def __post_init__(self) -> None:
        self.started_s = self.clock.monotonic_s()

    def cancel(self, reason: str = "query was cancelled") -> None:
        """Make the next `check()` raise."""
        self._reason = reason
        self._cancelled = True

    def check(self) -> None:
        """Raise Cancelled or Timeout when the query has to stop."""
        if self._cancelled:
            raise Cancelled(self._reason)
        timeout_s = self.limits.timeout_s
        if timeout_s and self.clock.monotonic_s() - self.started_s > timeout_s:
            raise Timeout(f"query ran longer than {timeout_s:g} s (limit {self.limits.timeout_name})")

    def check_samples(self, held: int) -> None:
        """Raise LimitExceeded when the query holds too many samples at one time."""
        self.stats.samples_peak = max(self.stats.samples_peak, held)
        limit = self.limits.max_samples
        if limit and held > limit:
            raise LimitExceeded(
                f"query would load {held} samples, more than {self.limits.samples_name} = {limit}",
                limit=self.limits.samples_name,
                value=limit,
            )

    def check_series(self, count: int) -> None:
        """Raise LimitExceeded when a selector touches too many series."""
        limit = self.limits.max_series
        if limit and count > limit:
            raise LimitExceeded(
                f"selector matches {count} series, more than {self.limits.series_name} = {limit}",
                limit=self.limits.series_name,
                value=limit,
            )
