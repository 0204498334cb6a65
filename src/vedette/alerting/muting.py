"""What hides alerts of a project at a moment: silences and inhibition."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from vedette.alerting.book import AlertBook, Entry
from vedette.alerting.config import Configs
from vedette.alerting.inhibition import Inhibitor
from vedette.alerting.silences import SilencesInForce
from vedette.clock import Clock

_FRESH_MS: Final = 1_000


class Hiding(Struct, frozen=True):
    """As of one moment."""

    silences: SilencesInForce
    inhibitor: Inhibitor

    def hides(self, entry: Entry) -> bool:
        """Whether an alert is not to be told."""
        return bool(
            (self.silences and self.silences.hiding(entry.map))
            or (self.inhibitor and self.inhibitor.inhibiting(entry.map))
        )


class Muting:
    """Remembers what it found out, for many groups are looked at at a time; under the lock of the book."""

    def __init__(self, book: AlertBook, configs: Configs, clock: Clock) -> None:
        self._book = book
        self._configs = configs
        self._clock = clock
        self._known: dict[str, tuple[tuple[int, int, int], Hiding]] = {}

    def of(self, project: str) -> Hiding:
        """What holds now."""
        now_ms = self._clock.now_ms()
        stamp = (self._book.version, self._configs.version, now_ms // _FRESH_MS)
        known = self._known.get(project)
        if known is not None and known[0] == stamp:
            return known[1]
        config = self._configs.of(project)
        firing = (
            {key: entry.map for key, entry in self._book.of(project).items() if entry.is_firing(now_ms)}
            if config.rules
            else {}
        )
        found = Hiding(
            SilencesInForce(silence for silence in config.silences if silence.is_in_force(now_ms)),
            Inhibitor(config.rules, firing),
        )
        self._known[project] = (stamp, found)
        return found
