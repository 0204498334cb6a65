"""Silences: which alerts are hidden at a moment, and which a silence would hide."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from vedette.alerting.document import Silence
from vedette.alerting.matching import LabelMap, LabelTests, matchers_of
from vedette.alerting.mute_timings import compile_intervals
from vedette.errors import BadData


class SilenceState(StrEnum):
    """As Alertmanager calls it."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


class CompiledSilence:
    """A silence ready to be asked."""

    def __init__(self, silence_id: str, silence: Silence, updated_ms: int = 0) -> None:
        """Raises BadData with the place of what is wrong."""
        self.id = silence_id
        self.silence = silence
        self.updated_ms = updated_ms
        self.matchers = matchers_of(silence.matchers, "matchers")
        self.passes = LabelTests(self.matchers)
        self._recurring = compile_intervals(silence.recurring, "recurring")
        if not self.matchers:
            raise BadData("matchers: a silence needs at least one")
        if all(matcher.matches_empty for matcher in self.matchers):
            raise BadData("matchers: at least one must not match what has no such label")
        if silence.ends_ms < silence.starts_ms:
            raise BadData("ends_ms: it must not be before starts_ms")

    def state(self, now_ms: int) -> SilenceState:
        """By the clock alone."""
        if now_ms >= self.silence.ends_ms:
            return SilenceState.EXPIRED
        return SilenceState.ACTIVE if now_ms >= self.silence.starts_ms else SilenceState.PENDING

    def is_in_force(self, now_ms: int) -> bool:
        """Whether it hides anything at a moment; one that recurs does so within its times only."""
        return self.state(now_ms) is SilenceState.ACTIVE and (
            not self._recurring or any(interval.holds(now_ms) for interval in self._recurring)
        )


class SilencesInForce:
    """Those in force at a moment, found by a value that an alert must have where they ask for one."""

    def __init__(self, silences: Iterable[CompiledSilence]) -> None:
        self._by_value: dict[str, dict[str, list[CompiledSilence]]] = {}
        self._others: list[CompiledSilence] = []
        for silence in silences:
            exact = next((test for test in silence.passes.tests if test.equals), None)
            if exact is None:
                self._others.append(silence)
            else:
                self._by_value.setdefault(exact.name, {}).setdefault(exact.equals, []).append(silence)

    def hiding(self, labels: LabelMap) -> list[str]:
        """Ids of those that hide an alert."""
        found = [silence.id for silence in self._others if silence.passes(labels)]
        for name, by_value in self._by_value.items():
            candidates = by_value.get(labels.get(name, ""))
            if candidates:
                found += [silence.id for silence in candidates if silence.passes(labels)]
        return found

    def __bool__(self) -> bool:
        return bool(self._others or self._by_value)
