"""How long queries took the last times, so that those that take next to nothing need no thread of their own."""

from __future__ import annotations

from collections import OrderedDict

_KEEP = 0.3
"""How much of the former mean stays when a new duration comes in: one run that the machine held up does not count for
long, and of two runs that alternate the slow one decides."""
_UNKNOWN_S = float("inf")
_MIN_RUNS = 2


class Pace:
    """A bounded memory of (text, size) -> mean seconds. Races between threads cost an entry at worst."""

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._seconds: OrderedDict[tuple[str, int], tuple[float, int]] = OrderedDict()

    def expected_s(self, text: str, steps: int) -> float:
        """The mean of such queries, infinite while too few ran."""
        seconds, runs = self._seconds.get((text, _size(steps)), (_UNKNOWN_S, 0))
        return seconds if runs >= _MIN_RUNS else _UNKNOWN_S

    def learn(self, text: str, steps: int, seconds: float) -> None:
        """Take in one run."""
        key = (text, _size(steps))
        former, runs = self._seconds.get(key, (seconds, 0))
        # A slow run counts at once, a quick one has to prove itself.
        mean = seconds if runs == 0 or seconds > 2 * former else _KEEP * former + (1 - _KEEP) * seconds
        self._seconds[key] = (mean, runs + 1)
        if len(self._seconds) > self._max_entries:
            try:
                self._seconds.popitem(last=False)
            except KeyError:
                return


def _size(steps: int) -> int:
    return steps.bit_length()
