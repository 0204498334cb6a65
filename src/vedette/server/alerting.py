"""Alerting, made behind the start: what it needs takes long to import, and the first alert comes later."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from vedette.catalog.database import Catalog
from vedette.http.document_kinds import KINDS, DocumentKind
from vedette.http.json_requests import Threads
from vedette.http.routes import alerting as alerting_routes
from vedette.model.alert import Alert, Courses
from vedette.server.instance import Instance
from vedette.server.late import Late

if TYPE_CHECKING:
    from vedette.alerting.service import Alerting
    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Documents

_ONE_PROCESS: Final = "this folder's process"
"""Who holds the lease where the data folder lets in one process only: after a restart it is the same."""
_CONTACT_POINT: Final = "contact_point"
_POLL_S: Final = 0.2


def open_alerting(
    instance: Instance, catalog: Catalog, documents: Callable[[], Documents], audit: Callable[[], Audit]
) -> LateAlerting:
    """The room with its background work and routes."""
    made = LateAlerting(instance, catalog, documents)
    instance.background("alerting", made.run, made.stop)
    instance.on_close("alerting", made.close)
    pool = ThreadPoolExecutor(3, thread_name_prefix="alert routes")
    instance.on_close("pool alert routes", lambda: pool.shutdown(wait=True, cancel_futures=True))
    threads = Threads(pool)
    instance.routes += alerting_routes.routes(made, audit, threads)
    return made


class LateAlerting:
    """Call it to get the room; it is also where rules say their alerts."""

    def __init__(self, instance: Instance, catalog: Catalog, documents: Callable[[], Documents]) -> None:
        self._instance = instance
        self._catalog = catalog
        self._documents = documents
        self._late = Late(self._make)
        self._stopping = asyncio.Event()
        self.courses: Courses | None = None
        """Who knows what alerts' series were like; to be set before the start."""

    def __call__(self) -> Alerting:
        """The room. In a thread."""
        return self._late()

    def take(self, alerts: Sequence[Alert]) -> None:
        """See `model.alert.AlertSink`."""
        self._late().book.take(alerts)

    def kinds(self) -> dict[str, DocumentKind]:
        """Kinds of documents; contact points keep secrets, for which there is a key here."""
        contact_point = DocumentKind(_CONTACT_POINT, keep=lambda spec, former: self().keep(spec, former), show=_shown)
        return {**KINDS, _CONTACT_POINT: contact_point}

    async def run(self) -> None:
        """Tell of alerts until `stop`; begins when there is a catalog."""
        while not self._catalog.exists:
            if await self._stops_within(_POLL_S):
                return
        alerting = await asyncio.to_thread(self._late)
        running = asyncio.create_task(alerting.run(), name="alerting")
        await self._stopping.wait()
        await alerting.stop()
        await running

    async def stop(self) -> None:
        """End `run` soon."""
        self._stopping.set()

    def close(self) -> None:
        """Let go of threads."""
        if self._late.made is not None:
            self._late.made.close()

    async def _stops_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _make(self) -> Alerting:
        from vedette.alerting.sending import OutboundSender  # noqa: PLC0415 - as said above
        from vedette.alerting.service import Alerting, Rooms  # noqa: PLC0415 - as said above
        from vedette.auth.instance_key import InstanceKey  # noqa: PLC0415 - as said above
        from vedette.outbound.apprise import AppriseClient  # noqa: PLC0415 - as said above
        from vedette.outbound.guard import Guard  # noqa: PLC0415 - as said above
        from vedette.outbound.mail import MailClient  # noqa: PLC0415 - as said above
        from vedette.server.notification_templates import NotificationTemplates  # noqa: PLC0415 - as said above

        settings, registry = self._instance.settings, self._instance.registry
        guard = Guard(settings.outbound)
        key = Late(lambda: InstanceKey.of(settings.server.data))
        rooms = Rooms(
            catalog=self._catalog,
            documents=self._documents,
            clock=self._instance.clock,
            registry=registry,
            templates=NotificationTemplates(),
            seal=key,
            sender=OutboundSender(
                self._instance.outbound(), MailClient(settings.outbound, guard), AppriseClient(settings.outbound)
            ),
            holder=secrets.token_hex(8) if settings.catalog.url else _ONE_PROCESS,
            courses=self.courses,
        )
        return Alerting(rooms, settings.alerting)


def _shown(spec: dict[str, Any]) -> dict[str, Any]:
    from vedette.alerting.secret_options import shown  # noqa: PLC0415 - as said above

    return shown(spec)
