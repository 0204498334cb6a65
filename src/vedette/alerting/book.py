"""All alerts that fire or did a moment ago, in memory; the catalog is told when it matters."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from vedette.catalog.alert_records import AlertRow
from vedette.clock import Clock
from vedette.errors import LimitExceeded
from vedette.model.alert import Alert, AlertState
from vedette.model.labels import Labels

if TYPE_CHECKING:
    from vedette.catalog.database import Catalog

FAMILY: Final = "alerts"
RESOLVED_KEPT_MS: Final = 15 * 60_000
_FINGERPRINT_BYTES: Final = 16
_WORDS_KEPT_MS: Final = 30_000
"""How old annotations in the catalog may be, which change with every value."""
_MAPS: Final = msgspec.json.Decoder(dict[str, str])


class Entry:
    """One alert; changed in place under the book's lock."""

    __slots__ = ("fingerprint", "groups", "json", "labels", "map", "row", "saved")

    def __init__(self, row: AlertRow, labels: Labels) -> None:
        self.row = row
        self.saved = row
        """As the catalog has it."""
        self.labels = labels
        self.map = labels.as_dict()
        self.fingerprint = row.fingerprint
        self.groups: list[object] = []
        """Groups that it is in."""
        self.json: bytes = b""
        """How it is listed; empty until somebody asks."""

    def is_firing(self, now_ms: int) -> bool:
        """Whether it is to be believed that it fires."""
        row = self.row
        return row.state == AlertState.FIRING and (not row.ends_ms or row.ends_ms > now_ms)

    def is_acked(self, now_ms: int) -> bool:
        """Whether somebody has taken care of it since it fires."""
        row = self.row
        return bool(
            row.acked_by and row.ack_active_ms == row.active_ms and (not row.ack_until_ms or row.ack_until_ms > now_ms)
        )

    def ended_ms(self, now_ms: int) -> int:
        """When it ended; 0 while it fires."""
        if self.is_firing(now_ms):
            return 0
        return self.row.ends_ms or self.row.changed_ms

    @property
    def annotations(self) -> dict[str, str]:
        """What people wrote."""
        return _MAPS.decode(self.row.annotations)


def fingerprint_of(labels: Labels) -> str:
    """Tells an alert from all others of its project."""
    return hashlib.blake2b(labels.json, digest_size=_FINGERPRINT_BYTES).hexdigest()


class AlertBook:
    """Implements `model.alert.AlertSink`. Thread-safe; `lock` is held while `on_change` is told."""

    def __init__(self, catalog: Catalog, clock: Clock, max_alerts: int) -> None:
        self._catalog = catalog
        self._clock = clock
        self._max_alerts = max_alerts
        self.lock = threading.RLock()
        self._taking = threading.Lock()
        self._entries: dict[str, dict[str, Entry]] = {}
        self._seq = 0
        self.version = 0
        """Grows with every change."""
        self.on_change: Callable[[Sequence[Entry]], None] = lambda _entries: None
        self.on_taken: Callable[[], None] = lambda: None
        """Called without the lock when something new was said."""

    def take(self, alerts: Sequence[Alert]) -> None:
        """Firing and resolved alerts, new or said again; durable when it returns. Raises LimitExceeded, Unavailable."""
        if not alerts:
            return
        with self._taking:
            self.sync()
            now_ms = self._clock.now_ms()
            with self.lock:
                changed, writes = self._compare(alerts, now_ms)
                self._check_room(changed)
            written = self._write(writes) if writes else {}
            with self.lock:
                entries = [self._put(row, labels) for labels, row in changed]
                for entry in entries:
                    entry.saved = written.get((entry.row.project, entry.fingerprint), entry.saved)
                self._changed(entries)
        if entries:
            self.on_taken()

    def sync(self) -> None:
        """Take over what other processes wrote. Raises Unavailable."""
        from vedette.catalog import alert_rows  # noqa: PLC0415 - SQLAlchemy must not delay the start

        with self._catalog.read() as connection:
            rows = alert_rows.since(connection, self._seq) if self._is_behind(connection) else []
        if not rows:
            return
        with self.lock:
            self._seq = max(self._seq, *(row.seq for row in rows))
            entries = [self._put(row, None) for row in rows]
            for entry in entries:
                entry.saved = entry.row
            self._changed(entries)

    def acknowledge(self, entry: Entry, by: str, note: str, until_ms: int) -> None:
        """Note that somebody takes care; an empty `by` takes it back. Raises Unavailable."""
        from vedette.catalog import alert_rows  # noqa: PLC0415 - as above

        row = entry.row
        with self._taking:
            self.sync()
            with self._catalog.begin() as connection:
                saved = msgspec.structs.replace(
                    entry.row,
                    acked_by=by,
                    ack_note=note,
                    acked_ms=self._clock.now_ms() if by else 0,
                    ack_until_ms=until_ms,
                    ack_active_ms=row.active_ms if by else 0,
                    seq=alert_rows.next_seq(connection),
                )
                alert_rows.acknowledge(connection, saved)
            with self.lock:
                self._seq = max(self._seq, saved.seq)
                self._changed([self._put(saved, None)])
        self.on_taken()

    def find(self, project: str, fingerprint: str) -> Entry | None:
        """One alert."""
        return self._entries.get(project, {}).get(fingerprint)

    def of(self, project: str) -> dict[str, Entry]:
        """All of a project by fingerprint; to be read under the lock."""
        return self._entries.get(project, {})

    def every(self) -> Iterator[Entry]:
        """All of all projects; to be read under the lock."""
        for entries in self._entries.values():
            yield from entries.values()

    def projects(self) -> list[str]:
        """Those that have any."""
        return list(self._entries)

    def drop_old(self) -> list[tuple[str, str]]:
        """Forget what ended a while ago and is in no group any more; which these are."""
        before_ms = self._clock.now_ms() - RESOLVED_KEPT_MS
        gone = []
        with self.lock:
            for project, entries in self._entries.items():
                for fingerprint, entry in list(entries.items()):
                    if not entry.groups and 0 < entry.ended_ms(before_ms + RESOLVED_KEPT_MS) < before_ms:
                        del entries[fingerprint]
                        gone.append((project, fingerprint))
            if gone:
                self.version += 1
        return gone

    @property
    def seq(self) -> int:
        """The last change that is known here."""
        return self._seq

    def _compare(self, alerts: Iterable[Alert], now_ms: int) -> tuple[list[tuple[Labels, AlertRow]], list[AlertRow]]:
        """What is new in memory, and what of that must be written."""
        found: dict[tuple[str, str], tuple[Labels, AlertRow]] = {}
        writes: dict[tuple[str, str], AlertRow] = {}
        for alert in alerts:
            fingerprint = fingerprint_of(alert.labels)
            key = (alert.project, fingerprint)
            former = found[key][1] if key in found else None
            known = self.find(*key)
            before = former or (known.row if known is not None else None)
            row = _row(alert, fingerprint, before, now_ms)
            if row is None:
                continue
            labels = known.labels if known is not None else alert.labels
            found[key] = (labels, row)
            if known is None or _matters(known.saved, row, now_ms):
                writes[key] = row
        return list(found.values()), list(writes.values())

    def _check_room(self, changed: Iterable[tuple[Labels, AlertRow]]) -> None:
        new: dict[str, int] = {}
        for _, row in changed:
            if row.fingerprint not in self.of(row.project):
                new[row.project] = new.get(row.project, 0) + 1
        for project, count in new.items():
            if len(self.of(project)) + count > self._max_alerts:
                raise LimitExceeded(
                    f"project {project!r} would have more than alerting.max_alerts = {self._max_alerts} alerts",
                    limit="alerting.max_alerts",
                    value=self._max_alerts,
                )

    def _write(self, rows: Sequence[AlertRow]) -> dict[tuple[str, str], AlertRow]:
        from vedette.catalog import alert_rows  # noqa: PLC0415 - as above

        with self._catalog.begin() as connection:
            seq = alert_rows.next_seq(connection)
            numbered = [msgspec.structs.replace(row, seq=seq) for row in rows]
            alert_rows.save(connection, numbered)
        # Nothing of others came in between: the next look need not read what was just written.
        if seq == self._seq + 1:
            self._seq = seq
        return {(row.project, row.fingerprint): row for row in numbered}

    def _is_behind(self, connection: object) -> bool:
        from vedette.catalog.epochs import epoch_of  # noqa: PLC0415 - as above

        return epoch_of(connection, FAMILY) > self._seq  # type: ignore[arg-type] # a Connection, whose type comes late

    def _put(self, row: AlertRow, labels: Labels | None) -> Entry:
        entries = self._entries.setdefault(row.project, {})
        entry = entries.get(row.fingerprint)
        if entry is None:
            entry = entries[row.fingerprint] = Entry(row, labels or Labels.of(_MAPS.decode(row.labels)))
        else:
            entry.row = row
            entry.json = b""
        return entry

    def _changed(self, entries: Sequence[Entry]) -> None:
        if entries:
            self.version += 1
            self.on_change(entries)


def _row(alert: Alert, fingerprint: str, before: AlertRow | None, now_ms: int) -> AlertRow | None:
    """The alert as it is kept; None where nothing is to be kept: the end of what nobody knows."""
    if alert.state not in (AlertState.FIRING, AlertState.RESOLVED):
        return None
    is_firing = alert.state is AlertState.FIRING
    if before is None and not is_firing:
        return None
    same = before is not None and before.state == alert.state
    if before is not None and same and not is_firing:
        return None
    fired = before is not None and before.state == AlertState.FIRING and (not before.ends_ms or before.ends_ms > now_ms)
    active_ms = min(alert.active_ms, before.active_ms) if before is not None and fired else alert.active_ms
    acks = () if before is None else ("acked_by", "ack_note", "acked_ms", "ack_until_ms", "ack_active_ms")
    return AlertRow(
        project=alert.project,
        fingerprint=fingerprint,
        labels=before.labels if before is not None else alert.labels.json.decode(),
        annotations=alert.annotations.json.decode(),
        state=alert.state.value,
        active_ms=active_ms,
        changed_ms=before.changed_ms if before is not None and same and fired else alert.changed_ms,
        ends_ms=alert.ends_ms or (0 if is_firing else now_ms),
        value=repr(alert.value),
        rule=alert.rule,
        generator_url=alert.generator_url,
        updated_ms=now_ms,
        seq=before.seq if before is not None else 0,
        **{name: getattr(before, name) for name in acks},
    )


def _matters(saved: AlertRow, row: AlertRow, now_ms: int) -> bool:
    """Whether the catalog must know: a transition, an end that comes too early, or words that are too old."""
    if (saved.state, saved.active_ms, saved.rule) != (row.state, row.active_ms, row.rule):
        return True
    if bool(saved.ends_ms) != bool(row.ends_ms) or (saved.ends_ms - now_ms) * 2 < row.ends_ms - now_ms:
        return True
    return saved.annotations != row.annotations and row.updated_ms - saved.updated_ms >= _WORDS_KEPT_MS
