"""Event-loop lag: how much later than asked a timer of the loop fires, which is how long somebody blocked it."""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry, Gauge, Histogram

from vedette.clock import Clock

_WINDOW_S = 10.0


class LoopLag:
    """Measures the running event loop until stopped."""

    def __init__(self, clock: Clock, interval_ms: int, registry: CollectorRegistry) -> None:
        self._clock = clock
        self._interval_s = interval_ms / 1000
        self._stopping = asyncio.Event()
        self._lag = Histogram(
            "vedette_telemetry_event_loop_lag_seconds",
            "How much later than asked a timer of the event loop fired.",
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0),
            registry=registry,
        )
        self._worst = Gauge(
            "vedette_telemetry_event_loop_lag_max_seconds",
            f"Largest event-loop lag of the last {_WINDOW_S:.0f} to {2 * _WINDOW_S:.0f} seconds.",
            registry=registry,
        )
        self._window_started_s = clock.monotonic_s()
        self._worst_of_window_s = 0.0
        self._worst_before_s = 0.0

    async def run(self) -> None:
        """Measure until `stop` is called."""
        while not self._stopping.is_set():
            asked_s = self._clock.monotonic_s()
            await asyncio.sleep(self._interval_s)
            self.observe(max(0.0, self._clock.monotonic_s() - asked_s - self._interval_s))

    async def stop(self) -> None:
        """End `run` within one interval."""
        self._stopping.set()

    def observe(self, lag_s: float) -> None:
        """Take one measurement."""
        self._lag.observe(lag_s)
        now_s = self._clock.monotonic_s()
        if now_s - self._window_started_s >= _WINDOW_S:
            self._worst_before_s, self._worst_of_window_s = self._worst_of_window_s, 0.0
            self._window_started_s = now_s
        self._worst_of_window_s = max(self._worst_of_window_s, lag_s)
        self._worst.set(max(self._worst_of_window_s, self._worst_before_s))
