"""Looks at the folder of dashboards again and again."""

from __future__ import annotations

import asyncio

import structlog

from vedette.dashboards.provisioning import Provisioning
from vedette.errors import VedetteError

_log = structlog.get_logger(__name__)


class Watch:
    """Runs `Provisioning.look` in a thread, one look at a time."""

    def __init__(self, provisioning: Provisioning) -> None:
        self._provisioning = provisioning
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until stopped."""
        interval_s = self._provisioning.settings.provisioning_interval_ms / 1000
        while not self._stopping.is_set():
            try:
                await asyncio.to_thread(self._provisioning.look)
            except (VedetteError, OSError) as error:
                # The catalog or the folder may be there again the next time.
                _log.warning("provisioning_failed", error=str(error))
            try:
                await asyncio.wait_for(self._stopping.wait(), interval_s)
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """End `run`."""
        self._stopping.set()
