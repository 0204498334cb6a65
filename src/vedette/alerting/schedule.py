"""Who is on call: a list of people who take turns, a week each, by the wall clock of a place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from vedette.alerting.document import Member, Schedule
from vedette.alerting.mute_timings import zone_of
from vedette.errors import BadData

_WEEK: Final = timedelta(weeks=1)


class Rota:
    """A compiled schedule."""

    def __init__(self, schedule: Schedule) -> None:
        """Raises BadData with the place of what is wrong."""
        self._members = schedule.members
        self._overrides = schedule.overrides
        self._by_name: Mapping[str, Member] = {member.name: member for member in schedule.members}
        if len(self._by_name) != len(schedule.members):
            raise BadData("members: two have the same name")
        for number, override in enumerate(schedule.overrides):
            if override.member not in self._by_name:
                raise BadData(f"overrides[{number}].member: {override.member!r} is no member")
            if override.end_ms <= override.start_ms:
                raise BadData(f"overrides[{number}]: it ends before it begins")
        try:
            first = date.fromisoformat(schedule.starts_on)
        except ValueError:
            raise BadData(f"starts_on: {schedule.starts_on!r} is no day") from None
        self._zone: tzinfo = zone_of(schedule.location, "location")
        self._first = datetime.combine(first, time.fromisoformat(schedule.starts_at))

    def on_call(self, time_ms: int) -> Member:
        """Who is on call at a moment."""
        for override in self._overrides:
            if override.start_ms <= time_ms < override.end_ms:
                return self._by_name[override.member]
        # Differences of wall clocks: a shift changes at the same hour on both sides of summer time.
        passed = datetime.fromtimestamp(time_ms / 1000, self._zone).replace(tzinfo=None) - self._first
        return self._members[(passed // _WEEK) % len(self._members)]

    def shifts(self, time_ms: int, count: int) -> list[tuple[int, Member]]:
        """The next shifts as (begin, who), the present one first; overrides are left aside."""
        passed = datetime.fromtimestamp(time_ms / 1000, self._zone).replace(tzinfo=None) - self._first
        number = passed // _WEEK
        found = []
        for turn in range(number, number + count):
            begin = (self._first + turn * _WEEK).replace(tzinfo=self._zone)
            found.append((int(begin.timestamp() * 1000), self._members[turn % len(self._members)]))
        return found
