"""A running server: its rooms in order of construction, started upwards and stopped downwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute, Route

from vedette.clock import Clock
from vedette.errors import BadData
from vedette.http.gate import Gate
from vedette.server.identity import LateIdentity
from vedette.server.late import Late
from vedette.server.settings import Settings

if TYPE_CHECKING:
    from vedette.outbound.client import Outbound

_log = structlog.get_logger(__name__)
_STOP_TIMEOUT_S = 5.0


class Instance:
    """All rooms of a running server. Built in any thread; `start` and `stop` run in the event loop."""

    def __init__(
        self, settings: Settings, sources: Mapping[str, str], clock: Clock, registry: CollectorRegistry
    ) -> None:
        self.settings = settings
        self.sources = sources
        self.clock = clock
        self.registry = registry
        self.routes: list[BaseRoute] = []
        self.fallback: Route | None = None
        self.gate: Gate
        """Who is let in to the routes."""
        self.identity: LateIdentity
        """Who is who."""
        self.tell_setup: Callable[[str], None] = lambda _token: None
        """Gets the one-time token of the set-up page while nobody can administer the instance."""
        self.outbound = Late(self._make_outbound)
        """The guarded way out, of which there is one."""
        self.last_reload: Callable[[], tuple[bool, int]] | None = None
        self._starters: list[Callable[[], Awaitable[None]]] = []
        self._stoppers: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        self._warmers: list[Callable[[], object]] = []
        self._closers: list[tuple[str, Callable[[], None]]] = []
        self._reloaders: list[Callable[[], Awaitable[None]]] = []

    def _make_outbound(self) -> Outbound:
        from vedette.outbound.client import Outbound  # noqa: PLC0415 - nothing leaves before the start
        from vedette.outbound.guard import Guard  # noqa: PLC0415 - as said above

        return Outbound(self.settings.outbound, Guard(self.settings.outbound), self.registry)

    def on_start(self, start: Callable[[], Awaitable[None]]) -> None:
        """To be awaited once everything is built."""
        self._starters.append(start)

    def on_ready(self, warm: Callable[[], object]) -> None:
        """To be called in a thread as soon as requests are served: what makes the first of them quicker."""
        self._warmers.append(warm)

    def on_stop(self, name: str, stop: Callable[[], Awaitable[None]]) -> None:
        """To be awaited when new requests are no longer taken, before anything is closed."""
        self._stoppers.append((name, stop))

    def on_close(self, name: str, close: Callable[[], None]) -> None:
        """To be called in a thread at the very end."""
        self._closers.append((name, close))

    def pool(self, name: str, workers: int) -> ThreadPoolExecutor:
        """Threads that end at the very end."""
        made = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self.on_close(f"pool {name}", lambda: made.shutdown(wait=True, cancel_futures=True))
        return made

    def background(
        self, name: str, run: Callable[[], Coroutine[Any, Any, None]], stop: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Work of a room that runs by itself from start until `stop` makes it end; without `stop` it is cancelled."""
        task: asyncio.Task[None] | None = None

        async def begin() -> None:
            nonlocal task
            task = asyncio.create_task(run(), name=name)
            task.add_done_callback(_report_end)

        async def end() -> None:
            if task is None:
                return
            if stop is None:
                task.cancel()
            else:
                await stop()
            _, pending = await asyncio.wait([task], timeout=_STOP_TIMEOUT_S)
            if pending:
                _log.warning("background_work_cancelled", name=name, timeout_s=_STOP_TIMEOUT_S)
                task.cancel()

        self.on_start(begin)
        self.on_stop(name, end)

    def on_reload(self, reload: Callable[[], Awaitable[None]]) -> None:
        """To be awaited when files are to be read anew; raises BadData and leaves all as it was when they are wrong."""
        self._reloaders.append(reload)

    async def reload(self) -> None:
        """Read anew what can change while running. Raises BadData with the errors of all that stays as it was."""
        errors = []
        for reload in self._reloaders:
            try:
                await reload()
            except BadData as error:
                errors.append(error.message)
        if errors:
            raise BadData("\n".join(errors))

    async def start(self) -> None:
        """Start what runs by itself."""
        for start in self._starters:
            await start()

    async def warm(self) -> None:
        """Do what `on_ready` noted."""
        for warm in self._warmers:
            await asyncio.to_thread(warm)

    async def stop(self) -> None:
        """Stop what runs by itself; a room that fails to stop does not keep the others from it."""
        for name, stop in reversed(self._stoppers):
            try:
                await stop()
            except Exception:  # noqa: BLE001 - the others still have to stop
                _log.exception("stop_failed", name=name)

    def close(self) -> None:
        """Make everything durable and release it."""
        for name, close in reversed(self._closers):
            try:
                close()
            except Exception:  # noqa: BLE001 - the others still have to close
                _log.exception("close_failed", name=name)


def _report_end(task: asyncio.Task[None]) -> None:
    """Background work that dies must be heard of; the rest of the process goes on."""
    if not task.cancelled() and task.exception() is not None:
        _log.error("background_work_failed", name=task.get_name(), exc_info=task.exception())
