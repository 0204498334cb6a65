"""A process that is killed: takes alerts by its input, and tells of them to an address."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry

from vedette.alerting.sending import OutboundSender
from vedette.alerting.service import Alerting, Rooms
from vedette.alerting.settings import AlertingSettings
from vedette.auth.instance_key import InstanceKey
from vedette.catalog.database import Catalog
from vedette.catalog.documents import Documents
from vedette.clock import SystemClock
from vedette.errors import Conflict
from vedette.model.alert import Alert, AlertState
from vedette.model.labels import EMPTY, Labels
from vedette.outbound.apprise import AppriseClient
from vedette.outbound.client import Outbound
from vedette.outbound.guard import Guard
from vedette.outbound.mail import MailClient
from vedette.outbound.settings import OutboundSettings
from vedette.server.notification_templates import NotificationTemplates


async def main(folder: Path, url: str) -> None:
    """Until the input ends, or a signal."""
    # The output is for answers alone.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    clock, catalog = SystemClock(), Catalog(None, folder)
    catalog.open()
    documents = Documents(catalog, clock)
    with contextlib.suppress(Conflict):
        integration = {"type": "webhook", "options": {"url": url}}
        documents.create("contact_point", "default", "ops", {"integrations": [integration]}, "test")
        route = {"receiver": "ops", "group_by": ["g"], "group_wait_ms": 0, "group_interval_ms": 1_000}
        documents.create("alert_route", "default", "main", route, "test")
    guarded = OutboundSettings(allow_networks=("127.0.0.0/8",))
    guard, registry = Guard(guarded), CollectorRegistry()
    rooms = Rooms(
        catalog=catalog,
        documents=lambda: documents,
        clock=clock,
        registry=registry,
        templates=NotificationTemplates(),
        seal=lambda: InstanceKey(bytes(range(32))),
        sender=OutboundSender(Outbound(guarded, guard, registry), MailClient(guarded, guard), AppriseClient(guarded)),
        holder="one",
    )
    alerting = Alerting(rooms, AlertingSettings(backoff_ms=50, rate_per_minute=100_000, digest_from=100_000))
    running = asyncio.create_task(alerting.run())
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        group, fires = json.loads(line)
        now_ms = clock.now_ms()
        alert = Alert(
            project="default",
            labels=Labels.of(alertname="A", g=str(group)),
            annotations=EMPTY,
            state=AlertState.FIRING if fires else AlertState.RESOLVED,
            active_ms=now_ms,
            changed_ms=now_ms,
        )
        await asyncio.to_thread(alerting.book.take, [alert])
        print("ok", flush=True)
    running.cancel()
