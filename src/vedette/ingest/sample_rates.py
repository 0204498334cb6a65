"""How many samples a second a project takes in, and its limit: an average over ten seconds."""

from __future__ import annotations

import threading
from typing import Final

from msgspec import Struct, field

from vedette.catalog.records import LimitsOf, no_limits
from vedette.clock import Clock
from vedette.errors import TooBusy

LIMIT: Final = "max_samples_per_s"
WINDOW_S: Final = 10
"""Samples of this time may come at once."""


class _Bucket(Struct):
    per_s: int = 0
    """The limit that `tokens` are counted under; 0: none."""
    tokens: float = 0.0
    """Samples that may come now; less than 0: what came on top and has to be waited for."""
    counted_s: float = 0.0
    seconds: list[int] = field(default_factory=lambda: [-1] * WINDOW_S)
    samples: list[int] = field(default_factory=lambda: [0] * WINDOW_S)


class SampleRates:
    """Counts samples by project; thread-safe.

    How many samples a body holds is known only when it is decoded, so a project may go below zero with its last body
    and is refused from then on until time has made up for it.
    """

    def __init__(self, clock: Clock, limits_of: LimitsOf = no_limits) -> None:
        self._clock = clock
        self._limits_of = limits_of
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def limit(self, project: str) -> int | None:
        """Samples a second; None: no limit."""
        own = self._limits_of(project)
        return own.max_samples_per_s if own is not None else None

    def check(self, project: str) -> None:
        """Raise TooBusy, with the time to wait, when a project has sent more than it may."""
        per_s = self.limit(project)
        if per_s is None:
            return
        with self._lock:
            tokens = self._filled(project, per_s).tokens
        if tokens <= 0:
            raise TooBusy(
                f"project {project} has sent more than {LIMIT} = {per_s} samples a second",
                limit=LIMIT,
                value=per_s,
                retry_after_s=(1 - tokens) / per_s,
            )

    def take(self, project: str, samples: int) -> None:
        """Count samples that came in."""
        per_s = self.limit(project) or 0
        with self._lock:
            bucket = self._filled(project, per_s)
            bucket.tokens -= samples if per_s else 0
            second = int(bucket.counted_s)
            place = second % WINDOW_S
            if bucket.seconds[place] != second:
                bucket.seconds[place], bucket.samples[place] = second, 0
            bucket.samples[place] += samples

    def rate(self, project: str) -> float:
        """Samples a second, over the last ten whole seconds."""
        second = int(self._clock.monotonic_s())
        with self._lock:
            bucket = self._buckets.get(project)
            if bucket is None:
                return 0.0
            pairs = zip(bucket.seconds, bucket.samples, strict=True)
            return sum(samples for at, samples in pairs if at > second - WINDOW_S) / WINDOW_S

    def _filled(self, project: str, per_s: int) -> _Bucket:
        now_s = self._clock.monotonic_s()
        bucket = self._buckets.get(project)
        if bucket is None:
            bucket = self._buckets[project] = _Bucket()
        most = per_s * WINDOW_S
        if bucket.per_s != per_s:
            # A limit that was changed holds from now on: nothing is owed from before.
            bucket.per_s, bucket.tokens = per_s, most
        else:
            bucket.tokens = min(most, bucket.tokens + (now_s - bucket.counted_s) * per_s)
        bucket.counted_s = now_s
        return bucket
