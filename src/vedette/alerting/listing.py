"""Alerts and groups as Alertmanager's API lists them; what is the same each time is written once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from vedette.alerting.book import Entry
from vedette.alerting.grouping import Group, groups_of
from vedette.alerting.matching import LabelTests
from vedette.alerting.notification import rfc3339
from vedette.model.matcher import Matcher, MatchOp

if TYPE_CHECKING:
    from vedette.alerting.service import Alerting

_ACTIVE: Final = b'{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"}'
_HEAD: Final = (
    b'{"annotations":%b,"endsAt":"%b","fingerprint":"%b","generatorURL":%b,"labels":%b,"startsAt":"%b","updatedAt":"%b"'
)
encode = msgspec.json.encode


class Wanted(Struct, frozen=True):
    """Which alerts are asked for."""

    matchers: tuple[Matcher, ...] = ()
    receiver: str = ""
    """An expression that one of their receivers must match; empty: any."""
    active: bool = True
    silenced: bool = True
    inhibited: bool = True


class Listed(Struct, frozen=True):
    """An alert with what holds of it now."""

    entry: Entry
    silenced_by: Sequence[str]
    inhibited_by: Sequence[str]

    @property
    def is_active(self) -> bool:
        """Whether nothing hides it."""
        return not self.silenced_by and not self.inhibited_by


class Listing:
    """What one project has at one moment."""

    def __init__(self, alerting: Alerting, project: str) -> None:
        """Takes over what other processes wrote. Raises Unavailable."""
        alerting.dispatcher.refresh()
        self._now_ms = alerting.clock.now_ms()
        with alerting.book.lock:
            self._entries = [it for it in alerting.book.of(project).values() if it.is_firing(self._now_ms)]
            self._groups = [(group, list(group.members.values())) for group in alerting.dispatcher.groups.of(project)]
            self._hiding = alerting.dispatcher.muting.of(project)
        self._receivers: dict[tuple[str, ...], bytes] = {}

    def find(self, wanted: Wanted) -> Iterator[Listed]:
        """Alerts that fire."""
        return self._find(self._entries, wanted, self._receiver_test(wanted))

    def alerts_json(self, wanted: Wanted) -> bytes:
        """`/api/v2/alerts`."""
        return b"[" + b",".join([self._json(it) for it in self.find(wanted)]) + b"]"

    def groups(self, wanted: Wanted) -> Iterator[tuple[Group, list[Listed]]]:
        """Groups that have any, by receiver and labels."""
        passes = self._receiver_test(wanted)
        for group, members in sorted(self._groups, key=lambda it: (it[0].labels.pairs, it[0].leaf.receiver)):
            if passes is not None and not passes({"receiver": group.leaf.receiver}):
                continue
            firing = [entry for entry in members if entry.is_firing(self._now_ms)]
            found = list(self._find(firing, wanted, None))
            if found:
                yield group, found

    def groups_json(self, wanted: Wanted) -> bytes:
        """`/api/v2/alerts/groups`."""
        parts = []
        for group, found in self.groups(wanted):
            receiver = encode({"name": group.leaf.receiver})
            alerts = b",".join([self._json(it) for it in found])
            parts.append(b'{"alerts":[%b],"labels":%b,"receiver":%b}' % (alerts, group.labels.json, receiver))
        return b"[" + b",".join(parts) + b"]"

    def _find(self, entries: Iterable[Entry], wanted: Wanted, passes: LabelTests | None) -> Iterator[Listed]:
        tests = LabelTests(wanted.matchers)
        silences, inhibitor = self._hiding.silences, self._hiding.inhibitor
        for entry in entries:
            if tests.tests and not tests(entry.map):
                continue
            if passes is not None and not any(passes({"receiver": name}) for name in receivers_of(entry)):
                continue
            silenced = silences.hiding(entry.map) if silences else ()
            inhibited = inhibitor.inhibiting(entry.map) if inhibitor else ()
            if silenced and not wanted.silenced:
                continue
            if inhibited and not wanted.inhibited:
                continue
            if not wanted.active and not silenced and not inhibited:
                continue
            yield Listed(entry, silenced, inhibited)

    @staticmethod
    def _receiver_test(wanted: Wanted) -> LabelTests | None:
        if not wanted.receiver:
            return None
        return LabelTests([Matcher("receiver", MatchOp.REGEX, wanted.receiver)])

    def _json(self, listed: Listed) -> bytes:
        entry = listed.entry
        status = _ACTIVE
        if not listed.is_active:
            status = encode(
                {
                    "inhibitedBy": list(listed.inhibited_by),
                    "mutedBy": [],
                    "silencedBy": list(listed.silenced_by),
                    "state": "suppressed",
                }
            )
        head = entry.json
        if not head:
            head = entry.json = _head(entry)
        return b'%b,"receivers":%b,"status":%b}' % (head, self._receivers_json(receivers_of(entry)), status)

    def _receivers_json(self, names: tuple[str, ...]) -> bytes:
        known = self._receivers.get(names)
        if known is None:
            known = self._receivers[names] = encode([{"name": name} for name in names])
        return known


def receivers_of(entry: Entry) -> tuple[str, ...]:
    """Names of the contact points that an alert goes to."""
    return tuple(dict.fromkeys([group.leaf.receiver for group in groups_of(entry)]))


def _head(entry: Entry) -> bytes:
    row = entry.row
    return _HEAD % (
        row.annotations.encode(),
        rfc3339(row.ends_ms).encode(),
        row.fingerprint.encode(),
        encode(row.generator_url),
        row.labels.encode(),
        rfc3339(row.changed_ms).encode(),
        rfc3339(row.updated_ms).encode(),
    )
