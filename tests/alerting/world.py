"""Alerting on a real catalog with a clock that moves when told, and a sender that notes what it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from vedette.alerting.notification import Notification
from vedette.alerting.sending import Prepared, Sent
from vedette.alerting.service import Alerting, Rooms
from vedette.alerting.settings import AlertingSettings
from vedette.auth.instance_key import InstanceKey
from vedette.catalog.database import Catalog
from vedette.catalog.documents import Documents
from vedette.clock import FakeClock
from vedette.errors import VedetteError
from vedette.model.alert import Alert, AlertState
from vedette.model.labels import EMPTY, Labels
from vedette.server.notification_templates import NotificationTemplates

NOW_MS = 1_700_000_000_000
PROJECT = "default"
HOOK = {"type": "webhook", "options": {"url": "https://hooks.example.org/x"}}


class Notes:
    """A sender that notes requests, and fails as it is told."""

    def __init__(self) -> None:
        self.sent: list[Prepared] = []
        self.fail: Callable[[Prepared], VedetteError | None] = lambda _prepared: None
        self.thread = ""

    async def send(self, prepared: Prepared) -> Sent:
        """Note it, or raise."""
        error = self.fail(prepared)
        self.sent.append(prepared)
        if error is not None:
            raise error
        from vedette.alerting.contact_points.kind import BellRequest

        return Sent(self.thread, prepared.request if isinstance(prepared.request, BellRequest) else None)


@dataclass
class AlertWorld:
    """One process that is in charge."""

    catalog: Catalog
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW_MS))
    settings: AlertingSettings = field(default_factory=AlertingSettings)
    holder: str = "one"
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        self.documents = Documents(self.catalog, self.clock)
        key = InstanceKey(bytes(range(32)))
        rooms = Rooms(
            catalog=self.catalog,
            documents=lambda: self.documents,
            clock=self.clock,
            registry=CollectorRegistry(),
            templates=NotificationTemplates(),
            seal=lambda: key,
            sender=self.notes,
            holder=self.holder,
        )
        self.alerting = Alerting(rooms, self.settings)

    def twin(self, holder: str = "") -> AlertWorld:
        """Another process on the same catalog, or this one after it was killed."""
        return AlertWorld(self.catalog, self.clock, self.settings, holder or self.holder)

    def put(self, kind: str, name: str, spec: dict[str, Any]) -> None:
        """A document."""
        self.documents.create(kind, PROJECT, name, spec, "test")

    def routes(self, **root: Any) -> None:
        """A tree whose root goes to contact point `ops`, a webhook."""
        self.put("contact_point", "ops", {"integrations": [HOOK]})
        self.put("alert_route", "main", {"receiver": "ops", **root})

    def say(self, *labels: dict[str, str], resolved: bool = False, **fields: Any) -> None:
        """Alerts of a rule, now."""
        state = AlertState.RESOLVED if resolved else AlertState.FIRING
        now_ms = self.clock.now_ms()
        fields = {"annotations": EMPTY, "active_ms": now_ms, "changed_ms": now_ms, **fields}
        self.alerting.book.take([Alert(project=PROJECT, labels=Labels.of(it), state=state, **fields) for it in labels])

    def pass_s(self, seconds: float, step_s: float = 0.0) -> list[Notification]:
        """Let time pass, looking every `step_s` (once where that is 0); what was put into the outbox meanwhile."""
        before = {letter.id for letter in self.letters()}
        step_s = step_s or seconds
        for _ in range(max(1, round(seconds / step_s)) if step_s else 1):
            self.clock.advance_ms(round(step_s * 1000))
            self.alerting.dispatcher.tick()
        return [letter for letter in self.letters() if letter.id not in before]

    def letters(self) -> list[Notification]:
        """All in the outbox, oldest first."""
        import msgspec

        from vedette.catalog import outbox_rows

        with self.catalog.read() as connection:
            rows = outbox_rows.page(connection, PROJECT, "", "", 0, 1_000)
        return [msgspec.json.decode(row.payload, type=Notification) for row in reversed(rows)]

    async def deliver(self, rounds: int = 1) -> None:
        """Send what is due."""
        for _ in range(rounds):
            await self.alerting.deliverer.deliver_due()
            await self.alerting.deliverer.settled()

    def close(self) -> None:
        """Let go of threads."""
        self.alerting.close()


def told(letters: Sequence[Notification]) -> list[tuple[str, list[str]]]:
    """(reason, names of what fires) of each."""
    return [
        (letter.reason, sorted(alert.labels["alertname"] for alert in letter.alerts if alert.firing))
        for letter in letters
    ]


def new_catalog(folder: Path) -> Catalog:
    """A catalog in a file."""
    catalog = Catalog(None, folder)
    catalog.open()
    return catalog
