"""Looks at groups when they are due and puts notifications into the outbox: of all processes that share a catalog, one.

A notification, and the note that it was made, are one transaction, in which the lease is renewed, too: however often a
process dies or two believe to be in charge, each transition of a group becomes exactly one notification for each way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import structlog

from vedette.alerting.book import AlertBook, Entry
from vedette.alerting.config import Configs
from vedette.alerting.counters import AlertingCounters
from vedette.alerting.flush import ACKNOWLEDGED, Flush, Flushed, noted
from vedette.alerting.grouping import Group, Groups, groups_of
from vedette.alerting.muting import Muting
from vedette.alerting.settings import AlertingSettings
from vedette.catalog.alert_records import GroupRow
from vedette.clock import Clock
from vedette.errors import Unavailable, VedetteError

if TYPE_CHECKING:
    from vedette.catalog.database import Catalog

_log = structlog.get_logger(__name__)
LEASE: Final = "alerting"
LEASE_MS: Final = 15_000
_RENEW_S: Final = 5.0
_AT_ONCE: Final = 500
_HOUSEKEEPING_S: Final = 60.0


class Dispatcher:
    """`tick` does all that is due; one thread calls it."""

    def __init__(
        self,
        catalog: Catalog,
        book: AlertBook,
        configs: Configs,
        clock: Clock,
        settings: AlertingSettings,
        counters: AlertingCounters,
        holder: str,
    ) -> None:
        """`holder` is this process, for the lease; the same text after a restart where there is only one process."""
        self._catalog = catalog
        self._book = book
        self._configs = configs
        self._clock = clock
        self._settings = settings
        self._holder = holder
        self.groups = Groups()
        self.muting = Muting(book, configs, clock)
        self._told: dict[tuple[str, str], dict[str, GroupRow]] = {}
        self._leads_until_s = 0.0
        self._renew_s = 0.0
        self._housekeeping_s = 0.0
        self.on_outbox: Callable[[], None] = lambda: None
        """Called when something new is in the outbox."""
        book.on_change = self._on_change
        self._counters = counters

    @property
    def leads(self) -> bool:
        """Whether this process is in charge, as far as it knows."""
        return self._clock.monotonic_s() < self._leads_until_s

    def tick(self) -> float:
        """Do what is due; how many seconds from now something will be, at most a few. Raises VedetteError."""
        self.refresh()
        now_s = self._clock.monotonic_s()
        if not self._lead(now_s):
            return _RENEW_S
        while True:
            with self._book.lock:
                due = self.groups.due(self._clock.monotonic_s(), _AT_ONCE)
                flushed = [self._look(group) for group in due]
            if not flushed:
                break
            self._settle(flushed)
        if now_s >= self._housekeeping_s:
            self._housekeeping_s = now_s + _HOUSEKEEPING_S
            self._tidy()
        next_s = self.groups.next_due_s()
        return min(_RENEW_S, max(0.0, next_s - self._clock.monotonic_s())) if next_s is not None else _RENEW_S

    def resign(self) -> None:
        """Let another process be in charge at once. Raises Unavailable."""
        from vedette.catalog import leases  # noqa: PLC0415 - SQLAlchemy must not delay the start

        if not self.leads:
            return
        self._leads_until_s = 0.0
        with self._catalog.begin() as connection:
            leases.release(connection, LEASE, self._holder)

    def refresh(self) -> None:
        """Take over alerts and documents that were changed, whichever process changed them. Raises VedetteError."""
        moved = self._configs.refresh()
        self._book.sync()
        with self._book.lock:
            for project in moved:
                self._regroup(project)
            self._counters.groups.set(len(self.groups))
            self._counters.alerts.set(sum(len(self._book.of(project)) for project in self._book.projects()))

    def told(self, group: Group) -> dict[str, GroupRow]:
        """What was told of a group by target, as far as this process knows; under the lock of the book."""
        return self._told.get((group.project, group.id), {})

    # Groups; under the lock of the book.

    def _on_change(self, entries: Sequence[Entry]) -> None:
        now_ms, now_s = self._clock.now_ms(), self._clock.monotonic_s()
        for entry in entries:
            # What is over and in no group may not have been told yet: a process ended in between.
            if entry.is_firing(now_ms) or not entry.groups:
                self._join(entry, now_ms, now_s)
            if entry.is_acked(now_ms):
                for group in groups_of(entry):
                    noticed = self.told(group).get(ACKNOWLEDGED)
                    if noticed is None or noticed.notified_ms < entry.row.acked_ms:
                        self.groups.schedule(group, now_s)

    def _join(self, entry: Entry, now_ms: int, now_s: float) -> None:
        for group in self.groups.add(entry, self._configs.of(entry.row.project)):
            if not group.is_flushed:
                self._schedule_first(group, entry, now_ms, now_s)

    def _schedule_first(self, group: Group, entry: Entry, now_ms: int, now_s: float) -> None:
        """A new group waits for more alerts, counted from when its first began; one that was told waits as before."""
        rows = self.told(group).values()
        told_ms = max((row.notified_ms for row in rows if row.firing), default=0)
        wait_ms = group.leaf.group_interval_ms if told_ms else group.leaf.group_wait_ms
        began_ms = told_ms or entry.row.changed_ms
        due_s = now_s + min(wait_ms, max(0, began_ms + wait_ms - now_ms)) / 1000
        if len(group.members) == 1 or due_s < group.due_s:
            self.groups.schedule(group, due_s)

    def _regroup(self, project: str) -> None:
        now_ms, now_s = self._clock.now_ms(), self._clock.monotonic_s()
        was_in = self.groups.clear(project)
        firing = (entry for entry in self._book.of(project).values() if entry.is_firing(now_ms))
        for entry in {entry.fingerprint: entry for entry in (*was_in, *firing)}.values():
            self._join(entry, now_ms, now_s)

    def _look(self, group: Group) -> Flushed:
        config = self._configs.of(group.project)
        hiding = self.muting.of(group.project)
        return Flush(group, self.told(group), config, hiding, self._settings, self._clock.now_ms()).look()

    # The catalog.

    def _lead(self, now_s: float) -> bool:
        """Whether this process is in charge; takes the lease when it is free."""
        from vedette.catalog import alert_rows, leases  # noqa: PLC0415 - SQLAlchemy must not delay the start

        if now_s < self._renew_s:
            return self.leads
        led = self.leads
        with self._catalog.begin() as connection:
            has = leases.acquire(connection, LEASE, self._holder, self._clock.now_ms(), LEASE_MS)
            rows = alert_rows.groups(connection) if has and not led else []
        self._renew_s = now_s + _RENEW_S
        self._leads_until_s = now_s + LEASE_MS / 1000 if has else 0.0
        if has and not led:
            with self._book.lock:
                self._begin(rows)
        return has

    def _begin(self, rows: Sequence[GroupRow]) -> None:
        """In charge from now on: what the former one told is known, each group's time is what it would have been."""
        self._told = noted(rows)
        now_ms, now_s = self._clock.now_ms(), self._clock.monotonic_s()
        for project in self._book.projects():
            for group in self.groups.of(project):
                group.is_flushed = False
                group.due_s = float("inf")
                for entry in group.members.values():
                    self._schedule_first(group, entry, now_ms, now_s)

    def _settle(self, flushed: Sequence[Flushed]) -> None:
        from vedette.catalog import alert_rows, leases, outbox_rows  # noqa: PLC0415 - as above

        rows = [row for it in flushed for row in it.rows]
        letters = [letter for it in flushed for letter in it.outbox]
        if rows or letters:
            try:
                with self._catalog.begin() as connection:
                    if not leases.renew(connection, LEASE, self._holder, self._clock.now_ms(), LEASE_MS):
                        raise Unavailable("another process sends notifications now")
                    alert_rows.save_groups(connection, rows)
                    outbox_rows.add(connection, letters)
            except VedetteError:
                self._give_up(flushed)
                raise
        with self._book.lock:
            self._apply(flushed)
        for letter in letters:
            self._counters.notifications.labels(letter.reason).inc()
        if letters:
            self.on_outbox()

    def _give_up(self, flushed: Sequence[Flushed]) -> None:
        """Nothing of it has happened: the same groups are due again, for whoever is in charge then."""
        self._leads_until_s = self._renew_s = 0.0
        now_s = self._clock.monotonic_s()
        with self._book.lock:
            for it in flushed:
                self.groups.schedule(it.group, now_s)

    def _apply(self, flushed: Sequence[Flushed]) -> None:
        now_ms, now_s = self._clock.now_ms(), self._clock.monotonic_s()
        for it in flushed:
            group = it.group
            for row in it.rows:
                self._told.setdefault((row.project, row.group_key), {})[row.target] = row
            group.is_flushed = True
            # What fired again meanwhile stays.
            over = [entry.fingerprint for entry in it.leaving if not entry.is_firing(now_ms)]
            self.groups.leave(group, over)
            if group.members:
                self.groups.schedule(group, now_s + it.wait_ms / 1000)

    def _tidy(self) -> None:
        """Forget what is over."""
        from vedette.catalog import alert_rows, outbox_rows  # noqa: PLC0415 - as above

        before_ms = self._clock.now_ms() - self._settings.retention_ms
        seq = self._book.seq
        gone = self._book.drop_old()
        with self._catalog.begin() as connection:
            alert_rows.forget(connection, gone, seq)
            alert_rows.forget_groups(connection, before_ms)
            outbox_rows.forget(connection, before_ms)
        with self._book.lock:
            kept = {(group.project, group.id) for project in self._book.projects() for group in self.groups.of(project)}
            for key, rows in list(self._told.items()):
                if key not in kept and all(row.notified_ms < before_ms for row in rows.values()):
                    del self._told[key]
