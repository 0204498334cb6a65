"""Keeps what was given away up to date while a server runs."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from vedette.dashboards.sharing.book import ShareBook
from vedette.errors import VedetteError

_log = structlog.get_logger(__name__)
_TICK_S: Final = 1.0


class ShareKeeper:
    """Calls `ShareBook.tick` in a thread, every second."""

    def __init__(self, book: ShareBook) -> None:
        self._book = book
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until stopped."""
        while not await self._pause():
            try:
                await asyncio.to_thread(self._book.tick)
            except VedetteError as error:
                # The catalog may be there again the next time.
                _log.warning("shares_not_read", error=error.message, code=error.code)

    async def stop(self) -> None:
        """End `run`."""
        self._stopping.set()

    async def _pause(self) -> bool:
        """Whether to stop."""
        try:
            await asyncio.wait_for(self._stopping.wait(), _TICK_S)
        except TimeoutError:
            return False
        return True
