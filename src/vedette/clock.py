"""Time as a value: rooms are handed a clock, none reads the wall clock itself."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Source of the present moment."""

    def now_ms(self) -> int:
        """Wall clock, milliseconds since 1970 UTC."""
        ...

    def monotonic_s(self) -> float:
        """A clock that never goes back, in seconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()


class FakeClock:
    """A clock that moves only when told; for tests and backtests."""

    def __init__(self, now_ms: int = 0) -> None:
        self._now_ms = now_ms
        self._monotonic_s = 0.0

    def now_ms(self) -> int:
        return self._now_ms

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def advance_ms(self, step_ms: int) -> None:
        """Move both clocks forward."""
        self._now_ms += step_ms
        self._monotonic_s += step_ms / 1000

    def jump_to_ms(self, now_ms: int) -> None:
        """Move the wall clock alone, as an operator or NTP may."""
        self._now_ms = now_ms
