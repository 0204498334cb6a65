"""The composition root: constructs the rooms bottom-up and stops them in reverse."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute, Route

import vedette
from vedette.clock import Clock
from vedette.http.page import Page
from vedette.http.routes import health, page
from vedette.server.settings import Settings

PAGE_DIRECTORY = Path(vedette.__file__).parent / "page"

_log = logging.getLogger("vedette.server")


class Instance:
    """All rooms of a running server. `build` makes it, in any thread; `start` and `stop` run in the event loop."""

    def __init__(self, settings: Settings, clock: Clock, registry: CollectorRegistry) -> None:
        self.settings = settings
        self.clock = clock
        self.registry = registry
        self.routes: list[BaseRoute] = []
        self.fallback: Route | None = None
        self._starters: list[Callable[[], Awaitable[None]]] = []
        # In order of construction; stopped in reverse.
        self._stoppers: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        self._closers: list[tuple[str, Callable[[], None]]] = []

    def on_start(self, start: Callable[[], Awaitable[None]]) -> None:
        """To be awaited once everything is built."""
        self._starters.append(start)

    def on_stop(self, name: str, stop: Callable[[], Awaitable[None]]) -> None:
        """To be awaited when requests are no longer taken, before anything is closed."""
        self._stoppers.append((name, stop))

    def on_close(self, name: str, close: Callable[[], None]) -> None:
        """To be called in a thread at the end."""
        self._closers.append((name, close))

    async def start(self) -> None:
        """Start what runs by itself."""
        for start in self._starters:
            await start()

    async def stop(self) -> None:
        """Stop what runs by itself; a room that fails to stop does not keep the others from it."""
        for name, stop in reversed(self._stoppers):
            try:
                await stop()
            except Exception:  # noqa: BLE001 - the others still have to stop
                _log.exception("%s did not stop cleanly", name)

    def close(self) -> None:
        """Make everything durable and release it."""
        for name, close in reversed(self._closers):
            try:
                close()
            except Exception:  # noqa: BLE001 - the others still have to stop
                _log.exception("%s did not close cleanly", name)


def build(settings: Settings, clock: Clock, registry: CollectorRegistry) -> Instance:
    """Construct all rooms. Raises VedetteError when one cannot start; what was built before is closed again."""
    instance = Instance(settings, clock, registry)
    try:
        _construct(instance)
    except BaseException:
        instance.close()
        raise
    return instance


def _construct(instance: Instance) -> None:
    _pool(instance, "ingest", instance.settings.server.ingest_workers)
    _pool(instance, "query", instance.settings.server.query_workers)
    the_page = Page(PAGE_DIRECTORY)
    instance.routes += health.routes(instance.registry)
    instance.routes += page.routes(the_page)
    instance.fallback = page.fallback(the_page)


def _pool(instance: Instance, name: str, workers: int) -> ThreadPoolExecutor:
    pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
    instance.on_close(f"pool {name}", lambda: pool.shutdown(wait=True, cancel_futures=True))
    return pool
