"""When the head becomes a block: it is full, it spans enough time, or a bulk load has come to its end."""

from __future__ import annotations

from typing import Final

from vedette.clock import Clock
from vedette.tsdb.head import Head
from vedette.tsdb.settings import TsdbSettings

_BULK_FACTOR: Final = 4
"""Samples that span this many times the age of their head do not come in live."""
_BULK_SAMPLES: Final = 100_000
"""Less is not worth a block before its time."""

_SLOW_REPLAY_RECORDS = 20_000
_SLOW_REPLAY_SAMPLES = 200_000
_SLOW_REPLAY_EMPTY_BYTES = 1 << 20


def is_slow_to_replay(head: Head, log_bytes: int) -> bool:
    """Whether a head is to become a block at close, because a start would be later for reading its log again."""
    # Without samples the log may still describe a million series that nobody needs at the start.
    if not head.samples:
        return log_bytes > _SLOW_REPLAY_EMPTY_BYTES
    return head.records > _SLOW_REPLAY_RECORDS or head.samples > _SLOW_REPLAY_SAMPLES


class SealPolicy:
    """Watches one head after the other; for one thread."""

    def __init__(self, settings: TsdbSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._number = 0
        self._samples = 0
        self._began_s = self._changed_s = clock.monotonic_s()

    def is_due(self, head: Head, limit: int) -> bool:
        """Whether to seal now; `limit` is the number of samples of a full head. To be asked again and again."""
        now_s = self._clock.monotonic_s()
        if head.number != self._number:
            self._number, self._began_s = head.number, now_s
        if head.samples != self._samples:
            self._samples, self._changed_s = head.samples, now_s
        if head.samples == 0:
            return False
        if head.samples >= limit or head.records >= self._settings.head_records:
            return True
        age_ms, span_ms = (now_s - self._began_s) * 1000, head.max_ms - head.min_ms
        if age_ms >= self._settings.head_min_age_ms and span_ms >= self._settings.head_span_ms:
            return True
        quiet_ms = (now_s - self._changed_s) * 1000
        bulk = head.samples >= _BULK_SAMPLES and span_ms >= _BULK_FACTOR * age_ms
        return bulk and quiet_ms >= self._settings.head_quiet_ms
