"""Inhibition: alerts that need not be told while another one, of which they follow, is firing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from vedette.alerting.document import InhibitRule
from vedette.alerting.matching import LabelMap, LabelTests, matchers_of
from vedette.errors import BadData


class CompiledRule(Struct, frozen=True):
    """A rule ready to be asked."""

    source: LabelTests
    target: LabelTests
    equal: tuple[str, ...]


def compile_rule(rule: InhibitRule) -> CompiledRule:
    """Raises BadData with the place of what is wrong."""
    if not rule.source_matchers:
        raise BadData("source_matchers: at least one is needed")
    if not rule.target_matchers:
        raise BadData("target_matchers: at least one is needed")
    return CompiledRule(
        LabelTests(matchers_of(rule.source_matchers, "source_matchers")),
        LabelTests(matchers_of(rule.target_matchers, "target_matchers")),
        rule.equal,
    )


class Inhibitor:
    """Sources that are firing, by the labels that targets must share with them."""

    def __init__(self, rules: Iterable[CompiledRule], firing: Mapping[str, LabelMap]) -> None:
        """`firing` has the labels of all alerts that fire, by their keys."""
        self._rules: list[tuple[CompiledRule, dict[tuple[str, ...], tuple[str, bool]]]] = []
        for rule in rules:
            sources: dict[tuple[str, ...], tuple[str, bool]] = {}
            for key, labels in firing.items():
                if rule.source(labels):
                    # One is enough, best one that is no target itself: it inhibits whatever it may.
                    shared = _shared(rule, labels)
                    kept = sources.get(shared)
                    if kept is None or kept[1]:
                        sources[shared] = (key, rule.target(labels))
            if sources:
                self._rules.append((rule, sources))

    def inhibiting(self, labels: LabelMap) -> list[str]:
        """Keys of alerts that inhibit one with these labels, one for each rule."""
        found = []
        for rule, sources in self._rules:
            if not rule.target(labels):
                continue
            source = sources.get(_shared(rule, labels))
            # As in Alertmanager: what matches both sides is not inhibited by another that does, too, nor by itself.
            if source is not None and not (source[1] and rule.source(labels)):
                found.append(source[0])
        return found

    def __bool__(self) -> bool:
        return bool(self._rules)


def _shared(rule: CompiledRule, labels: LabelMap) -> tuple[str, ...]:
    return tuple([labels.get(name, "") for name in rule.equal])
