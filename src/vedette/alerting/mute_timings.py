"""Alertmanager's time intervals: wall clocks of a place, so that summer time moves them as it moves people."""

from __future__ import annotations

import calendar
import zoneinfo
from datetime import UTC, datetime, tzinfo
from typing import Final

from msgspec import Struct

from vedette.alerting.document import TimeInterval, TimeOfDay
from vedette.errors import BadData

_DAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS: Final = tuple(name.lower() for name in calendar.month_name[1:])
_DAY_MINUTES: Final = 24 * 60
_MAX_DAY: Final = 31
_MAX_YEAR: Final = 9999
Range = tuple[int, int]


class CompiledInterval(Struct, frozen=True):
    """An interval as numbers; ranges hold both of their ends, minutes only the first."""

    minutes: tuple[Range, ...]
    weekdays: tuple[Range, ...]
    days: tuple[Range, ...]
    months: tuple[Range, ...]
    years: tuple[Range, ...]
    zone: tzinfo

    def holds(self, time_ms: int) -> bool:
        """Whether a moment is within it."""
        local = datetime.fromtimestamp(time_ms / 1000, self.zone)
        minute = local.hour * 60 + local.minute
        return (
            (not self.minutes or any(start <= minute < end for start, end in self.minutes))
            and _within(self.years, local.year)
            and _within(self.months, local.month)
            and (not self.days or _within_month(self.days, local))
            # Sunday is the first day, as in Alertmanager.
            and _within(self.weekdays, local.isoweekday() % 7)
        )


def compile_interval(interval: TimeInterval, where: str = "interval") -> CompiledInterval:
    """Raises BadData with the place of what is wrong."""
    return CompiledInterval(
        minutes=tuple(_minutes(times, f"{where}.times[{number}]") for number, times in enumerate(interval.times)),
        weekdays=_ranges(interval.weekdays, f"{where}.weekdays", _DAYS, 0),
        days=tuple(_days(text, f"{where}.days_of_month[{n}]") for n, text in enumerate(interval.days_of_month)),
        months=_ranges(interval.months, f"{where}.months", _MONTHS, 1),
        years=tuple(_years(text, f"{where}.years[{number}]") for number, text in enumerate(interval.years)),
        zone=zone_of(interval.location, f"{where}.location"),
    )


def compile_intervals(intervals: tuple[TimeInterval, ...], where: str) -> tuple[CompiledInterval, ...]:
    """Raises BadData with the place of what is wrong."""
    return tuple(compile_interval(interval, f"{where}[{number}]") for number, interval in enumerate(intervals))


def zone_of(name: str, where: str) -> tzinfo:
    """A time zone by its name; empty: UTC. Raises BadData."""
    if name in ("", "UTC"):
        return UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise BadData(f"{where}: there is no time zone {name[:100]!r}") from None


def _minutes(times: TimeOfDay, where: str) -> Range:
    start, end = _minute(times.start, f"{where}.start"), _minute(times.end, f"{where}.end")
    if start >= end:
        raise BadData(f"{where}: {times.start} is not before {times.end}; write two, until 24:00 and from 00:00")
    return start, end


def _minute(text: str, where: str) -> int:
    hours, colon, minutes = text.partition(":")
    if colon and len(hours) == 2 and len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        found = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and found <= _DAY_MINUTES:
            return found
    raise BadData(f"{where}: {text!r} is no time such as 09:30")


def _ranges(texts: tuple[str, ...], where: str, names: tuple[str, ...], first: int) -> tuple[Range, ...]:
    found = []
    for number, text in enumerate(texts):
        low, _, high = text.lower().partition(":")
        start = _named(low, names, first, f"{where}[{number}]")
        end = _named(high, names, first, f"{where}[{number}]") if high else start
        if start > end:
            raise BadData(f"{where}[{number}]: {text!r} ends before it begins")
        found.append((start, end))
    return tuple(found)


def _named(text: str, names: tuple[str, ...], first: int, where: str) -> int:
    if text in names:
        return names.index(text) + first
    # Months may also be numbers.
    if first and text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= len(names):
        return int(text)
    raise BadData(f"{where}: {text!r} is none of {', '.join(names)}")


def _days(text: str, where: str) -> Range:
    start, end = _numbers(text, where)
    for day in (start, end):
        if day == 0 or abs(day) > _MAX_DAY:
            raise BadData(f"{where}: {day} is no day of a month")
    if start < 0 < end:
        raise BadData(f"{where}: the end must be negative where the start is")
    if (start < 0) == (end < 0) and start > end:
        raise BadData(f"{where}: {text!r} ends before it begins")
    return start, end


def _years(text: str, where: str) -> Range:
    start, end = _numbers(text, where)
    if not 1 <= start <= end <= _MAX_YEAR:
        raise BadData(f"{where}: {text!r} is no range of years")
    return start, end


def _numbers(text: str, where: str) -> Range:
    low, colon, high = text.partition(":")
    try:
        return int(low), int(high if colon else low)
    except ValueError:
        raise BadData(f"{where}: {text!r} is no number, nor a range such as 1:5") from None


def _within(ranges: tuple[Range, ...], value: int) -> bool:
    return not ranges or any(start <= value <= end for start, end in ranges)


def _within_month(ranges: tuple[Range, ...], local: datetime) -> bool:
    length = calendar.monthrange(local.year, local.month)[1]
    for start, end in ranges:
        # A range from the end may begin before the month does, one from the beginning may end after it.
        first = max(length + start + 1, 1) if start < 0 else start
        last = length + end + 1 if end < 0 else min(end, length)
        if first <= local.day <= last:
            return True
    return False
