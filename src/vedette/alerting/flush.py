"""What comes of a look at a group: notifications for the outbox, what is noted of them, and when to look again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec import Struct, field

from vedette.alerting.book import Entry
from vedette.alerting.config import ProjectConfig
from vedette.alerting.contact_points.registry import TELL_ACKNOWLEDGED
from vedette.alerting.document import ContactPoint, Integration
from vedette.alerting.escalation import due_steps, next_step_ms
from vedette.alerting.grouping import Group
from vedette.alerting.muting import Hiding
from vedette.alerting.notification import Notification, Reason
from vedette.alerting.settings import AlertingSettings
from vedette.alerting.telling import moment_of, notification_of, told, why_tell
from vedette.catalog.alert_records import GroupRow, OutboxRow

ACKNOWLEDGED: Final = "acknowledged:"
"""Stands for the group itself: when it was last told that somebody takes care."""
ESCALATION: Final = "escalation:"
"""Likewise: which steps were taken."""
Rows = Mapping[str, GroupRow]
"""What was told of a group, by target."""


class Target(Struct, frozen=True):
    """One way of a contact point."""

    receiver: str
    number: int
    integration: Integration

    @property
    def name(self) -> str:
        return f"{self.receiver}/{self.number}/{self.integration.type}"


class Flushed(Struct):
    """All that follows from one look."""

    group: Group
    wait_ms: int
    """When to look again."""
    rows: list[GroupRow] = field(default_factory=list)
    outbox: list[OutboxRow] = field(default_factory=list)
    leaving: list[Entry] = field(default_factory=list)
    """Alerts that are over and need not be told any more."""


def targets_of(config: ProjectConfig, receiver: str) -> list[Target]:
    """Ways of a contact point by its name."""
    name, point = config.contact_point(receiver)
    return _targets(name, point)


def _targets(name: str, point: ContactPoint) -> list[Target]:
    return [Target(name, number, integration) for number, integration in enumerate(point.integrations)]


class Flush:
    """One look at one group."""

    def __init__(
        self, group: Group, rows: Rows, config: ProjectConfig, hiding: Hiding, settings: AlertingSettings, now_ms: int
    ) -> None:
        self._rows = rows
        self._config = config
        self._settings = settings
        self._now_ms = now_ms
        seen = [entry for entry in group.members.values() if not hiding.hides(entry)]
        self._moment = moment_of(group, seen, now_ms)
        leaf = group.leaf
        self._is_muted = bool(config.is_muted(leaf.mute_timings, leaf.active_timings, now_ms))
        self._done = Flushed(group, leaf.group_interval_ms)

    def look(self) -> Flushed:
        """What follows."""
        moment, done = self._moment, self._done
        if not self._is_muted and (moment.firing or moment.resolved):
            primary = targets_of(self._config, done.group.leaf.receiver)
            for target in primary:
                self._consider(target, why_tell(moment, self._row(target), send_resolved=True))
            self._escalate()
            self._close({target.name for target in primary})
            self._acknowledge()
        self._leave()
        return done

    def _row(self, target: Target) -> GroupRow | None:
        return next((row for row in self._done.rows if row.target == target.name), self._rows.get(target.name))

    def _consider(self, target: Target, reason: Reason | None) -> None:
        integration, former = target.integration, self._row(target)
        if not integration.send_resolved:
            # The end is noted, so that it is told when it fires again, but not told.
            reason = why_tell(self._moment, former, send_resolved=False)
            if reason is None and not self._moment.firing and former is not None and former.firing:
                self._done.rows.append(told(self._moment, former, target.name))
        if reason is not None:
            self._tell(target, reason, former)

    def _tell(self, target: Target, reason: Reason, former: GroupRow | None, by: str = "", note: str = "") -> None:
        row = told(self._moment, former, target.name)
        notification = notification_of(
            self._moment,
            row,
            target.receiver,
            reason,
            with_resolved=target.integration.send_resolved,
            most=self._settings.max_alerts_per_notification,
            url=link_to(self._settings, self._moment.group),
        )
        if by:
            notification = msgspec.structs.replace(notification, by=by, note=note)
        self._done.rows = [it for it in self._done.rows if it.target != row.target]
        self._done.rows.append(row)
        self._done.outbox.append(letter(target, notification))

    def _escalate(self) -> None:
        """Steps of the escalation whose time has come."""
        name = self._done.group.leaf.escalation
        steps = self._config.escalations.get(name)
        if steps is None:
            return
        key, moment = ESCALATION + name, self._moment
        former = self._rows.get(key)
        row = told(moment, former, key)
        if not moment.firing:
            if former is not None and former.firing:
                self._done.rows.append(row)
            return
        waited_ms = max(0, self._now_ms - row.started_ms)
        due = () if moment.all_acked else due_steps(steps, row.steps, waited_ms)
        for step in due:
            on_call = [self._config.schedules[it] for it in step.schedules if it in self._config.schedules]
            names = [*step.receivers, *(rota.on_call(self._now_ms).contact_point for rota in on_call)]
            for receiver in dict.fromkeys(names):
                for target in targets_of(self._config, receiver):
                    self._tell(target, "escalation", self._row(target))
        row = msgspec.structs.replace(row, steps=row.steps + len(due))
        if former is None or not former.firing or due:
            self._done.rows.append(row)
        ahead_ms = next_step_ms(steps, row.steps)
        if ahead_ms is not None and not moment.all_acked:
            self._done.wait_ms = min(self._done.wait_ms, max(1, row.started_ms + ahead_ms - self._now_ms))

    def _close(self, primary: set[str]) -> None:
        """Tell the end to those who were told on the way."""
        if self._moment.firing:
            return
        for name, row in self._rows.items():
            if row.firing and name not in primary and not name.startswith((ESCALATION, ACKNOWLEDGED)):
                target = self._target(name)
                if target is not None and target.integration.send_resolved:
                    self._tell(target, "resolved", row)

    def _acknowledge(self) -> None:
        """Tell that somebody takes care, once for each time that somebody said so."""
        acked = [entry.row for entry in self._moment.firing if entry.is_acked(self._now_ms)]
        newest = max(acked, key=lambda row: row.acked_ms, default=None)
        former = self._rows.get(ACKNOWLEDGED)
        if newest is None or (former is not None and former.notified_ms >= newest.acked_ms):
            return
        row = told(self._moment, former, ACKNOWLEDGED)
        self._done.rows.append(msgspec.structs.replace(row, notified_ms=newest.acked_ms))
        for name, known in self._rows.items():
            target = self._target(name) if known.firing and known.number else None
            if target is not None and target.integration.type in TELL_ACKNOWLEDGED:
                self._tell(target, "acknowledged", self._row(target), newest.acked_by, newest.ack_note)

    def _target(self, name: str) -> Target | None:
        receiver = name.rpartition("/")[0].rpartition("/")[0]
        point = self._config.contact_points.get(receiver)
        return next((it for it in _targets(receiver, point) if it.name == name), None) if point is not None else None

    def _leave(self) -> None:
        """What is over leaves, unless its end is to be told but cannot be now."""
        done, visible = self._done, {entry.fingerprint for entry in self._moment.resolved}
        told_of = {fingerprint for row in self._rows.values() for fingerprint in row.firing}
        for fingerprint, entry in done.group.members.items():
            if entry.is_firing(self._now_ms):
                continue
            can_be_told = fingerprint in visible and not self._is_muted
            if can_be_told or fingerprint not in told_of:
                done.leaving.append(entry)


def letter(target: Target, notification: Notification) -> OutboxRow:
    """A notification as it waits in the outbox."""
    return OutboxRow(
        id=notification.id,
        project=notification.project,
        target=target.name,
        contact_point=target.receiver,
        integration=target.number,
        type=target.integration.type,
        group_key=notification.group_id,
        reason=notification.reason,
        status="waiting",
        created_ms=notification.created_ms,
        next_ms=notification.created_ms,
        payload=msgspec.json.encode(notification).decode(),
    )


def link_to(settings: AlertingSettings, group: Group) -> str:
    """The page about a group; empty where the server's address is not known."""
    base = settings.external_url.rstrip("/")
    return f"{base}/alerts?project={group.project}&group={group.id}" if base else ""


def noted(rows: Iterable[GroupRow]) -> dict[tuple[str, str], dict[str, GroupRow]]:
    """Rows by project and group, and target."""
    found: dict[tuple[str, str], dict[str, GroupRow]] = {}
    for row in rows:
        found.setdefault((row.project, row.group_key), {})[row.target] = row
    return found
