"""Alerting as one thing: what routes ask, and what runs by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog
from prometheus_client import CollectorRegistry

from vedette.alerting.book import AlertBook
from vedette.alerting.config import Configs
from vedette.alerting.counters import AlertingCounters
from vedette.alerting.desk import Desk
from vedette.alerting.dispatcher import Dispatcher
from vedette.alerting.outbox import Deliverer
from vedette.alerting.secret_options import Seal, sealed
from vedette.alerting.sending import Requests, Sender
from vedette.alerting.settings import AlertingSettings
from vedette.alerting.silence_book import SilenceBook
from vedette.alerting.templates import Templates
from vedette.clock import Clock
from vedette.errors import VedetteError
from vedette.model.alert import Courses

if TYPE_CHECKING:
    from vedette.catalog.database import Catalog
    from vedette.catalog.documents import Documents

_log = structlog.get_logger(__name__)
_LOOK_S: Final = 0.5
"""How soon what other processes wrote is noticed."""
_TIDY_S: Final = 600.0


class Rooms(msgspec.Struct, frozen=True):
    """What alerting is built of."""

    catalog: Catalog
    documents: Callable[[], Documents]
    clock: Clock
    registry: CollectorRegistry
    templates: Templates
    seal: Callable[[], Seal]
    """The instance's key, read when it is first needed."""
    sender: Sender
    holder: str
    """This process, for the lease."""
    courses: Courses | None = None
    """For charts in notifications."""


class Alerting:
    """One for a server; `book` is where rules and other servers say their alerts."""

    def __init__(self, rooms: Rooms, settings: AlertingSettings) -> None:
        self.settings = settings
        self.clock = rooms.clock
        self.catalog = rooms.catalog
        self.sender = rooms.sender
        self.documents = rooms.documents
        self.seal = rooms.seal
        self.book = AlertBook(rooms.catalog, rooms.clock, settings.max_alerts)
        self.configs = Configs(rooms.catalog, rooms.documents)
        counters = AlertingCounters(rooms.registry)
        self.dispatcher = Dispatcher(
            rooms.catalog, self.book, self.configs, rooms.clock, settings, counters, rooms.holder
        )
        self.desk = Desk(self)
        self.requests = Requests(settings, rooms.templates, rooms.clock, rooms.seal, rooms.courses)
        self.silences = SilenceBook(rooms.documents, self.configs, rooms.clock)
        self.deliverer = Deliverer(
            rooms.catalog,
            self.configs,
            self.requests,
            rooms.sender,
            rooms.clock,
            settings,
            counters,
            lambda: self.dispatcher.leads,
        )
        self._wake = asyncio.Event()
        self._stopping = False
        self._tidy_s = 0.0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="alerting")

    async def run(self) -> None:
        """Look at groups when they are due, and deliver, until `stop`."""
        loop = asyncio.get_running_loop()

        def tell(wake: Callable[[], None]) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(wake)

        self.book.on_taken = lambda: tell(self._wake.set)
        self.dispatcher.on_outbox = lambda: tell(self.deliverer.wake)
        delivering = asyncio.create_task(self.deliverer.run(), name="outbox")
        try:
            while not self._stopping:
                self._wake.clear()
                wait_s = await loop.run_in_executor(self._thread, self._tick)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), wait_s)
        finally:
            await self.deliverer.stop()
            await delivering
            await loop.run_in_executor(self._thread, self._resign)

    async def stop(self) -> None:
        """End `run` soon."""
        self._stopping = True
        self._wake.set()

    def close(self) -> None:
        """Let go of threads."""
        self._thread.shutdown(wait=True)
        self.deliverer.close()

    def keep(self, spec: dict[str, Any], former: dict[str, Any] | None) -> dict[str, Any]:
        """A contact point as the catalog keeps it, with its secrets sealed. Raises BadData."""
        return sealed(spec, former, self.seal(), self.requests.templates)

    def _resign(self) -> None:
        try:
            self.dispatcher.resign()
        except VedetteError as error:
            _log.warning("lease_not_given_back", error=error.message, code=error.code)

    def _tick(self) -> float:
        try:
            led = self.dispatcher.leads
            wait_s = self.dispatcher.tick()
            if not led and self.dispatcher.leads:
                self.dispatcher.on_outbox()
            now_s = self.clock.monotonic_s()
            if self.dispatcher.leads and now_s >= self._tidy_s:
                self._tidy_s = now_s + _TIDY_S
                self.silences.forget_old()
        except VedetteError as error:
            _log.warning("alerts_not_dispatched", error=error.message, code=error.code)
            return 1.0
        except Exception:  # noqa: BLE001 - the thread has to outlive whatever goes wrong in one round
            _log.exception("alerting_broke")
            return 1.0
        return min(wait_s, _LOOK_S)
