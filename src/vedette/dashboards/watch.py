"""Looks at folders again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from vedette.errors import VedetteError

_log = structlog.get_logger(__name__)


class Watch:
    """Runs `look` in a thread, one look at a time."""

    def __init__(self, look: Callable[[], None], interval_ms: int, event_of_failure: str) -> None:
        self._look = look
        self._interval_s = interval_ms / 1000
        self._event = event_of_failure
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until stopped."""
        while not self._stopping.is_set():
            try:
                await asyncio.to_thread(self._look)
            except (VedetteError, OSError) as error:
                # The catalog or the folder may be there again the next time.
                _log.warning(self._event, error=str(error))
            try:
                await asyncio.wait_for(self._stopping.wait(), self._interval_s)
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """End `run`."""
        self._stopping.set()
