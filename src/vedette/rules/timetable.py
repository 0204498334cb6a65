"""When which groups are due: groups with one interval share moments, so that they share reads."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct, field

from vedette.rules.group import GroupState

RULES_AT_ONCE: Final = 250
"""Beyond this many rules of one interval they are spread over several moments of it."""
MIN_GAP_MS: Final = 1_000
_JUMP_MS: Final = 5_000
"""The wall clock and the one that never goes back may drift apart this far before it is a jump."""


class Slot(Struct):
    """Groups that are evaluated at the same moments: whole intervals since 1970, and `offset_ms` more."""

    interval_ms: int
    offset_ms: int
    groups: list[GroupState] = field(default_factory=list)
    next_ms: int = 0
    is_running: bool = False

    def first_from(self, time_ms: int) -> int:
        """The first of its moments at or after a time."""
        return -((self.offset_ms - time_ms) // self.interval_ms) * self.interval_ms + self.offset_ms


class Due(Struct, frozen=True):
    """A slot and the moments that it has to be evaluated at, oldest first."""

    slot: Slot
    times_ms: Sequence[int]


class Timetable:
    """Slots and their next moments. Not thread-safe."""

    def __init__(self, catch_up_ms: int) -> None:
        self._catch_up_ms = catch_up_ms
        self.slots: list[Slot] = []
        self.missed = 0
        """Evaluations of slots that were given up."""
        self._seen: tuple[int, float] | None = None

    def plan(self, groups: Iterable[GroupState], now_ms: int) -> None:
        """Make the slots anew; a moment that a slot has begun to wait for stays."""
        by_interval: dict[int, list[GroupState]] = {}
        for group in groups:
            by_interval.setdefault(group.group.interval_ms, []).append(group)
        before = {(slot.interval_ms, slot.offset_ms): slot.next_ms for slot in self.slots}
        self.slots = []
        for interval_ms, members in sorted(by_interval.items()):
            count = _slots(sum(len(group.rules) for group in members), interval_ms)
            made = [Slot(interval_ms, interval_ms * place // count) for place in range(count)]
            for group in members:
                made[zlib.crc32(group.group.key.encode()) % count].groups.append(group)
            for slot in made:
                slot.next_ms = before.get((interval_ms, slot.offset_ms)) or slot.first_from(now_ms)
            self.slots += [slot for slot in made if slot.groups]

    def jumped(self, now_ms: int, monotonic_s: float) -> bool:
        """Whether the wall clock has been moved, or stood still with the machine, since the last look."""
        before, self._seen = self._seen, (now_ms, monotonic_s)
        if before is None:
            return False
        drift_ms = (now_ms - before[0]) - (monotonic_s - before[1]) * 1000
        if abs(drift_ms) < _JUMP_MS:
            return False
        for slot in self.slots:
            slot.next_ms = slot.first_from(now_ms)
        return True

    def due(self, now_ms: int) -> list[Due]:
        """What is to be done now; the slots' next moments move on."""
        found = []
        for slot in self.slots:
            if slot.is_running or slot.next_ms > now_ms:
                continue
            times = range(slot.next_ms, now_ms + 1, slot.interval_ms)
            slot.next_ms = times[-1] + slot.interval_ms
            # The newest is always evaluated, however late it is.
            kept = [time_ms for time_ms in times[:-1] if time_ms >= now_ms - self._catch_up_ms] + [times[-1]]
            given_up = len(times) - len(kept)
            if given_up:
                self.missed += given_up
                for group in slot.groups:
                    group.missed += given_up
            found.append(Due(slot, kept))
        return found

    def wait_s(self, now_ms: int, longest_s: float) -> float:
        """How long nothing is due."""
        waiting = [slot.next_ms for slot in self.slots if not slot.is_running]
        return min(longest_s, max(0.0, (min(waiting, default=2**62) - now_ms) / 1000))


def _slots(rules: int, interval_ms: int) -> int:
    count = 1
    while rules > count * RULES_AT_ONCE and interval_ms >= 2 * count * MIN_GAP_MS:
        count *= 2
    return count
