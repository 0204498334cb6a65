"""When a group is told, and what of it: Alertmanager's rules of first, changed, resolved and repeated notifications."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from vedette.alerting.book import Entry
from vedette.alerting.grouping import Group
from vedette.alerting.notification import Notification, NotifiedAlert, Reason, common, id_of
from vedette.catalog.alert_records import GroupRow


class Moment(Struct, frozen=True):
    """The alerts of a group that are not hidden, at one moment."""

    group: Group
    firing: tuple[Entry, ...]
    resolved: tuple[Entry, ...]
    now_ms: int

    @property
    def all_acked(self) -> bool:
        """Whether somebody takes care of all that fires."""
        return bool(self.firing) and all(entry.is_acked(self.now_ms) for entry in self.firing)


def why_tell(moment: Moment, row: GroupRow | None, *, send_resolved: bool) -> Reason | None:
    """Why a group is to be told by one way now; None: it is not. `row` is what was told last."""
    firing = {entry.fingerprint for entry in moment.firing}
    if row is None or not row.number:
        return "firing" if firing else None
    if not firing <= set(row.firing):
        return "firing"
    if not firing:
        return "resolved" if row.firing and send_resolved else None
    if send_resolved and not {entry.fingerprint for entry in moment.resolved} <= set(row.resolved):
        return "resolved"
    # Who set the clock back must not silence anything: what lies ahead counts as long ago.
    waited_ms = moment.now_ms - row.notified_ms
    if (waited_ms >= moment.group.leaf.repeat_interval_ms or waited_ms < -60_000) and not moment.all_acked:
        return "repeat"
    return None


def told(moment: Moment, row: GroupRow | None, target: str) -> GroupRow:
    """What is noted of a notification."""
    firing = tuple(entry.fingerprint for entry in moment.firing)
    started_ms = row.started_ms if row is not None and row.firing and row.started_ms else moment.now_ms
    return GroupRow(
        project=moment.group.project,
        group_key=moment.group.id,
        target=target,
        firing=firing,
        resolved=tuple(entry.fingerprint for entry in moment.resolved),
        number=(row.number if row is not None else 0) + 1,
        notified_ms=moment.now_ms,
        started_ms=started_ms,
        steps=row.steps if row is not None and row.firing else 0,
        thread=row.thread if row is not None else "",
    )


def notification_of(
    moment: Moment, row: GroupRow, receiver: str, reason: Reason, *, with_resolved: bool, most: int, url: str
) -> Notification:
    """The notification that `row` notes."""
    entries = [*moment.firing, *(moment.resolved if with_resolved else ())]
    maps = [entry.map for entry in entries]
    group = moment.group
    return Notification(
        id=id_of(group.id, row.target, row.number, row.notified_ms),
        project=group.project,
        receiver=receiver,
        reason=reason,
        group_key=group.key,
        group_id=group.id,
        group_labels=group.labels.as_dict(),
        common_labels=common(maps),
        common_annotations=common([entry.annotations for entry in entries]),
        alerts=tuple(notified(entry, moment.now_ms) for entry in entries[:most]),
        firing=len(moment.firing),
        resolved=len(moment.resolved) if with_resolved else 0,
        created_ms=moment.now_ms,
        url=url,
    )


def notified(entry: Entry, now_ms: int) -> NotifiedAlert:
    """An alert as it is told."""
    row = entry.row
    return NotifiedAlert(
        fingerprint=entry.fingerprint,
        firing=entry.is_firing(now_ms),
        labels=entry.map,
        annotations=entry.annotations,
        starts_ms=row.active_ms,
        ends_ms=row.ends_ms,
        value=float(row.value) if row.value else None,
        generator_url=row.generator_url,
        acked_by=row.acked_by if entry.is_acked(now_ms) else "",
        rule=row.rule,
    )


def moment_of(group: Group, entries: Sequence[Entry], now_ms: int) -> Moment:
    """Entries of a group that are not hidden; in the order of their labels."""
    entries = sorted(entries, key=lambda entry: entry.labels.pairs)
    firing = tuple(entry for entry in entries if entry.is_firing(now_ms))
    return Moment(group, firing, tuple(entry for entry in entries if not entry.is_firing(now_ms)), now_ms)
