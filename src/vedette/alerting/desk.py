"""What people ask and do: who takes care, where an alert would go, what was sent, what to try again."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from vedette.alerting.alertmanager_file import NewDocument, read_alertmanager
from vedette.alerting.book import Entry
from vedette.alerting.check import read
from vedette.alerting.desk_views import (
    AlertView,
    Bell,
    Import,
    ImportedDocument,
    LogEntry,
    OnCall,
    RouteHit,
    RouteTest,
    Shift,
    SilencePreview,
)
from vedette.alerting.document import CONTACT_POINT, ContactPoint, Integration, Route, Silence
from vedette.alerting.grouping import groups_of
from vedette.alerting.listing import Listed, Listing, Wanted, receivers_of
from vedette.alerting.notification import Notification, NotifiedAlert, id_of, title_of
from vedette.alerting.routing import Tree, missing_names
from vedette.alerting.secret_options import sealed, shown
from vedette.alerting.sending import Prepared, described
from vedette.alerting.silences import CompiledSilence
from vedette.catalog.alert_records import BellRow, OutboxRow
from vedette.errors import BadData, NotFound
from vedette.model.labels import Labels

if TYPE_CHECKING:
    from vedette.alerting.service import Alerting
    from vedette.catalog.documents import Also

MAX_LIMIT: Final = 1_000
_MAX_PREVIEW: Final = 100
_SHIFTS: Final = 4
_IMPORTED: Final = "imported from an alertmanager.yml"


class Tested(Struct, frozen=True):
    """The exact request of a test, and how it went; secrets are hidden."""

    request: dict[str, Any]
    prepared: Prepared


class Desk:
    """For threads. Every question names the project."""

    def __init__(self, alerting: Alerting) -> None:
        self._alerting = alerting

    def alerts(self, project: str, wanted: Wanted, limit: int) -> tuple[list[AlertView], int]:
        """Alerts that fire, those that began last first, at most so many; and how many there are."""
        found = list(Listing(self._alerting, project).find(wanted))
        newest = heapq.nsmallest(limit, found, key=lambda it: (-it.entry.row.changed_ms, it.entry.fingerprint))
        now_ms = self._alerting.clock.now_ms()
        return [_view(it, now_ms) for it in newest], len(found)

    def acknowledge(self, project: str, fingerprint: str, by: str, note: str, until_ms: int) -> AlertView:
        """Somebody takes care, until a moment or the alert's end. Raises NotFound, BadData."""
        now_ms = self._alerting.clock.now_ms()
        if until_ms and until_ms <= now_ms:
            raise BadData("until_ms: it must be in the future")
        entry = self._firing(project, fingerprint)
        self._alerting.book.acknowledge(entry, by, note, until_ms)
        return _view(Listed(entry, (), ()), now_ms)

    def unacknowledge(self, project: str, fingerprint: str) -> AlertView:
        """Nobody does any more. Raises NotFound."""
        entry = self._firing(project, fingerprint)
        self._alerting.book.acknowledge(entry, "", "", 0)
        return _view(Listed(entry, (), ()), self._alerting.clock.now_ms())

    def _firing(self, project: str, fingerprint: str) -> Entry:
        self._alerting.dispatcher.refresh()
        entry = self._alerting.book.find(project, fingerprint)
        if entry is None or not entry.is_firing(self._alerting.clock.now_ms()):
            raise NotFound(f"no alert {fingerprint[:100]!r} fires")
        return entry

    def route(self, project: str, labels: Mapping[str, str], time_ms: int, spec: dict[str, Any] | None) -> RouteTest:
        """Where an alert would go at a moment, by the stored trees or by one that is being written. Raises BadData."""
        alerting = self._alerting
        alerting.dispatcher.refresh()
        config = alerting.configs.of(project)
        trees = config.trees if spec is None else (Tree("tree", read(spec, Route)),)
        alert = Labels.of(labels)
        found = [(tree, leaf) for tree in trees for leaf in tree.find(alert.as_dict())]
        with alerting.book.lock:
            inhibited = alerting.dispatcher.muting.of(project).inhibitor.inhibiting(alert.as_dict())
        silenced = [it.id for it in config.silences if it.is_in_force(time_ms) and it.passes(alert.as_dict())]
        problems = [
            words
            for tree in trees
            for words in missing_names(tree.nodes, config.contact_points, config.timings, config.escalations)
        ]
        hits = []
        for tree, leaf in found:
            point = config.contact_points.get(leaf.receiver)
            hits.append(
                RouteHit(
                    tree=tree.name,
                    place=leaf.place,
                    receiver=leaf.receiver,
                    contact_point_exists=point is not None,
                    integrations=tuple(it.type for it in point.integrations) if point is not None else (),
                    group_labels=leaf.group_labels(alert).as_dict(),
                    group_wait_ms=leaf.group_wait_ms,
                    group_interval_ms=leaf.group_interval_ms,
                    repeat_interval_ms=leaf.repeat_interval_ms,
                    muted_by=config.is_muted(leaf.mute_timings, leaf.active_timings, time_ms),
                    escalation=leaf.escalation,
                )
            )
        return RouteTest(tuple(hits), tuple(silenced), tuple(inhibited), tuple(problems))

    def preview(self, project: str, spec: dict[str, Any]) -> SilencePreview:
        """What a silence would hide, were it in force now. Raises BadData."""
        silence = CompiledSilence("", read(spec, Silence))
        listed = list(Listing(self._alerting, project).find(Wanted()))
        hidden = [it for it in listed if silence.passes(it.entry.map)]
        now_ms = self._alerting.clock.now_ms()
        return SilencePreview(len(hidden), len(listed), tuple(_view(it, now_ms) for it in hidden[:_MAX_PREVIEW]))

    def log(self, project: str, status: str, group_id: str, before: int, limit: int) -> list[LogEntry]:
        """Notifications, newest first. Raises BadData."""
        from vedette.catalog import outbox_rows  # noqa: PLC0415 - SQLAlchemy must not delay the start

        if status and status not in outbox_rows.STATUSES:
            raise BadData(f"status: {status[:50]!r} is none of {', '.join(outbox_rows.STATUSES)}")
        with self._alerting.catalog.read() as connection:
            return [_entry(row) for row in outbox_rows.page(connection, project, status, group_id, before, limit)]

    def notification(self, project: str, outbox_id: str) -> Notification:
        """What one told. Raises NotFound."""
        from vedette.catalog import outbox_rows  # noqa: PLC0415 - as above

        with self._alerting.catalog.read() as connection:
            row = outbox_rows.find(connection, project, outbox_id)
        if row is None:
            raise NotFound(f"there is no notification {outbox_id[:100]!r}")
        return msgspec.json.decode(row.payload, type=Notification)

    def retry(self, project: str, ids: Sequence[str]) -> int:
        """Try dead letters again, all of them where none is named; how many there were."""
        from vedette.catalog import outbox_rows  # noqa: PLC0415 - as above

        with self._alerting.catalog.begin() as connection:
            wanted = list(ids) or outbox_rows.dead_of(connection, project, MAX_LIMIT)
            count = outbox_rows.revive(connection, project, wanted, self._alerting.clock.now_ms())
        self._alerting.dispatcher.on_outbox()
        return count

    def bell(self, project: str, reader: str, after_ms: int, limit: int) -> Bell:
        """What the page shows, and how much of it somebody has not seen."""
        from vedette.catalog import outbox_rows  # noqa: PLC0415 - as above

        with self._alerting.catalog.read() as connection:
            rows = outbox_rows.rung(connection, project, after_ms, limit)
            read_ms = outbox_rows.read_until_ms(connection, project, reader)
            unread = len(outbox_rows.rung(connection, project, read_ms, MAX_LIMIT))
        return Bell(tuple(rows), unread, read_ms)

    def note_read(self, project: str, reader: str, until_ms: int) -> None:
        """Somebody has seen all until a moment; what comes later counts as unread."""
        from vedette.catalog import outbox_rows  # noqa: PLC0415 - as above

        with self._alerting.catalog.begin() as connection:
            outbox_rows.note_read(connection, project, reader, min(until_ms, self._alerting.clock.now_ms()))

    def on_call(self, project: str) -> list[OnCall]:
        """Of every schedule."""
        self._alerting.configs.refresh()
        now_ms = self._alerting.clock.now_ms()
        found = []
        for name, rota in sorted(self._alerting.configs.of(project).schedules.items()):
            member = rota.on_call(now_ms)
            shifts = [Shift(start_ms, it.name, it.contact_point) for start_ms, it in rota.shifts(now_ms, _SHIFTS)]
            found.append(OnCall(name, member.name, member.contact_point, tuple(shifts)))
        return found

    def test(self, project: str, integration: Integration, number: int, former: dict[str, Any] | None) -> Tested:
        """The request of a test; `former` is the stored contact point whose secrets may be meant. Raises BadData."""
        before: dict[str, Any] | None = None
        if former is not None:
            kept = read(former, ContactPoint).integrations
            if number < len(kept):
                before = msgspec.to_builtins(ContactPoint(integrations=(kept[number],)))
        spec: dict[str, Any] = msgspec.to_builtins(ContactPoint(integrations=(integration,)))
        requests = self._alerting.requests
        spec = sealed(spec, before, self._alerting.seal(), requests.templates)
        (ready,) = read(spec, ContactPoint).integrations
        prepared = requests.prepare(ready, _test_notification(project, self._alerting.clock.now_ms()))
        return Tested(described(prepared.request, requests.secrets_of(ready)), prepared)

    def import_file(self, project: str, text: str, by: str, also: Also, *, dry_run: bool) -> Import:
        """Make documents of an `alertmanager.yml`; those of the same kind and name get a new version.

        Raises BadData for what is no YAML mapping, LimitExceeded.
        """
        found = read_alertmanager(text, self._alerting.requests.templates)
        made = []
        for new in found.documents:
            result = "" if dry_run or found.errors else self._save(project, new, by, also)
            made.append(ImportedDocument(new.kind, new.name, result, shown(new.spec)))
        return Import(tuple(made), found.errors, found.notes)

    def _save(self, project: str, new: NewDocument, by: str, also: Also) -> str:
        documents = self._alerting.documents()
        known = next((it for it in documents.every(new.kind, project) if it.name == new.name), None)
        spec = new.spec
        if new.kind == CONTACT_POINT:
            spec = self._alerting.keep(spec, None)
        if known is None:
            documents.create(new.kind, project, new.name, spec, by, message=_IMPORTED, also=also)
            return "created"
        documents.update(
            new.kind,
            project,
            known.id,
            name=new.name,
            spec=spec,
            by=by,
            expected_version=known.version,
            message=_IMPORTED,
            also=also,
        )
        return "updated"

    def ring(self, row: BellRow) -> None:
        """Show something in the page."""
        from vedette.catalog import outbox_rows  # noqa: PLC0415 - as above

        with self._alerting.catalog.begin() as connection:
            outbox_rows.ring(connection, [row])


def _view(listed: Listed, now_ms: int) -> AlertView:
    entry = listed.entry
    row = entry.row
    is_acked = entry.is_acked(now_ms)
    number = float(row.value) if row.value else math.nan
    return AlertView(
        fingerprint=entry.fingerprint,
        labels=entry.map,
        annotations=entry.annotations,
        starts_ms=row.changed_ms,
        ends_ms=row.ends_ms,
        value=number if math.isfinite(number) else None,
        rule=row.rule,
        generator_url=row.generator_url,
        receivers=receivers_of(entry),
        groups=tuple(group.id for group in groups_of(entry)),
        silenced_by=tuple(listed.silenced_by),
        inhibited_by=tuple(listed.inhibited_by),
        acked_by=row.acked_by if is_acked else "",
        ack_note=row.ack_note if is_acked else "",
        acked_ms=row.acked_ms if is_acked else 0,
        ack_until_ms=row.ack_until_ms if is_acked else 0,
    )


def _entry(row: OutboxRow) -> LogEntry:
    told = msgspec.json.decode(row.payload, type=Notification)
    return LogEntry(
        id=row.id,
        seq=row.seq,
        contact_point=row.contact_point,
        type=row.type,
        reason=row.reason,
        status=row.status,
        attempts=row.attempts,
        created_ms=row.created_ms,
        next_ms=row.next_ms,
        done_ms=row.done_ms,
        error=row.error,
        group_id=row.group_key,
        title=title_of(told),
        firing=told.firing,
        resolved=told.resolved,
        in_digest=bool(row.digest),
    )


def _test_notification(project: str, now_ms: int) -> Notification:
    labels = {"alertname": "TestAlert", "severity": "low"}
    said = {"summary": "A test from Vedette: if you can read this, the contact point works."}
    return Notification(
        id=id_of("test", project, now_ms),
        project=project,
        receiver="test",
        reason="test",
        group_key="test",
        group_id=id_of("test", project),
        group_labels={"alertname": "TestAlert"},
        common_labels=labels,
        common_annotations=said,
        alerts=(NotifiedAlert(id_of("test"), True, labels, said, now_ms),),
        firing=1,
        resolved=0,
        created_ms=now_ms,
    )
