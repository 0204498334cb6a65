"""The pipeline's privacy step: decides once for every new series; known series never come here again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import re2
from prometheus_client import Counter

from vedette.ingest.privacy.rule import Action
from vedette.ingest.privacy.rules import CompiledRule
from vedette.ingest.report import DropReason
from vedette.ingest.steps import Candidates
from vedette.model.labels import Labels

MAX_CLEAN_VALUES: Final = 500_000
"""Values that are remembered as clean; with more the memory starts anew."""

RulesOf = Callable[[str], "RuleSet"]
"""project -> the rules in force; waits until they are known."""


@dataclass(slots=True)
class Verdict:
    """What the rules make of one series."""

    labels: Labels | None
    """None: the series is refused."""
    hits: list[tuple[CompiledRule, str]] = field(default_factory=list)
    """(rule, label) of each finding."""


class RuleSet:
    """The rules of a project, with a memory of values they found nothing in. Thread-safe, replaced when rules change.

    `counts` is findings by rule name; they go on from those of the rules before.
    """

    def __init__(self, rules: Sequence[CompiledRule], counts: Mapping[str, int] | None = None) -> None:
        self.rules = list(rules)
        before = counts or {}
        self.counts: dict[str, int] = {one.rule.name: before.get(one.rule.name, 0) for one in self.rules}
        self._lock = threading.Lock()
        self._by_field: dict[str, list[CompiledRule]] = {}
        self._clean: set[tuple[str, str]] = set()
        self._built_in = _any_of([one for one in self.rules if one.rule.detector])
        self._own = [one for one in self.rules if one.rule.pattern]

    def suspects(self, labels: Sequence[Labels]) -> list[int]:
        """Positions of the series that have to be judged; the others hold nothing that a rule looks for.

        Values not seen before are searched as one text first: nearly always that finds nothing at all.
        """
        if not self.rules:
            return []
        clean = self._clean
        unknown = [[pair for pair in one.pairs if pair not in clean] for one in labels]
        fresh = {pair for pairs in unknown for pair in pairs}
        if not fresh:
            return []
        suspected = self._suspected(fresh)
        self._remember(fresh - suspected)
        if not suspected:
            return []
        return [place for place, pairs in enumerate(unknown) if not suspected.isdisjoint(pairs)]

    def judge(self, labels: Labels) -> Verdict:
        """Apply every rule to every label it covers, in the order of the rules."""
        verdict = Verdict(labels)
        changed: dict[str, str] = {}
        for name, value in labels.pairs:
            text = value
            hits = 0
            for one in self._covering(name):
                text, found = one.apply(text)
                if not found:
                    continue
                hits += 1
                verdict.hits.append((one, name))
                if one.rule.action is Action.DROP_RECORD:
                    verdict.labels = None
                    return verdict
                if one.rule.action is Action.DROP_FIELD:
                    text = ""
                    break
            if hits:
                changed[name] = text
            else:
                self._remember({(name, value)})
        if changed:
            verdict.labels = Labels.of({**labels.as_dict(), **changed})
        return verdict

    def mask(self, text: str, label: str = "") -> str:
        """A text with everything found in it replaced, whatever else the rules would do; `label` by those covering it.

        Without a label by all rules: for texts that are no labels.
        """
        for one in self._covering(label) if label else self.rules:
            text, _ = one.apply(text)
        return text

    def describe(self, text: str) -> str:
        """A help text without what the rules find in it; those that are bound to labels do not matter here."""
        is_clean = self._built_in is None or self._built_in.search(text) is None
        for one in self._own if is_clean else self.rules:
            if not one.rule.fields:
                text, _ = one.apply(text)
        return text

    def count(self, verdict: Verdict) -> None:
        """Add a verdict that was carried out to `counts`."""
        with self._lock:
            for one, _ in verdict.hits:
                self.counts[one.rule.name] += 1

    def _covering(self, name: str) -> list[CompiledRule]:
        found = self._by_field.get(name)
        if found is None:
            found = [one for one in self.rules if one.covers(name)]
            if len(self._by_field) < 10_000:
                self._by_field[name] = found
        return found

    def _suspected(self, pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those in which some pattern finds something, whatever the checks will make of it."""
        found: set[tuple[str, str]] = set()
        # Built-in patterns know no line breaks: one search over all values nearly always ends it.
        if self._built_in is not None and self._built_in.search("\n".join(value for _, value in pairs)) is not None:
            found = {pair for pair in pairs if self._built_in.search(pair[1]) is not None}
        for one in self._own:
            found.update(pair for pair in pairs if one.covers(pair[0]) and one.finds(pair[1]))
        return found

    def _remember(self, pairs: set[tuple[str, str]]) -> None:
        with self._lock:
            if len(self._clean) + len(pairs) > MAX_CLEAN_VALUES:
                self._clean = set()
            self._clean |= pairs


def _any_of(rules: Sequence[CompiledRule]) -> Any:
    if not rules:
        return None
    return re2.compile("|".join(f"(?:{one.source})" for one in rules))


class PrivacyFilter:
    """The pipeline's step over the rules of each project."""

    def __init__(self, rules_of: RulesOf, findings: Counter) -> None:
        """`findings` is counted by action."""
        self._rules_of = rules_of
        self._by_action = {action: findings.labels(action.value) for action in Action}

    def describe(self, project: str, text: str) -> str:
        """A help text as it may be stored."""
        return self._rules_of(project).describe(text)

    def conceal(self, project: str, text: str) -> str:
        """Any text by all rules."""
        return self._rules_of(project).mask(text)

    def __call__(self, candidates: Candidates) -> None:
        """Change or refuse the series in which something is found."""
        places = candidates.open()
        rules = self._rules_of(candidates.project)
        for suspect in rules.suspects([candidates.labels[place] for place in places]):
            place = places[suspect]
            verdict = rules.judge(candidates.labels[place])
            for one, _ in verdict.hits:
                self._by_action[one.rule.action].inc()
            rules.count(verdict)
            if verdict.labels is not None:
                candidates.labels[place] = verdict.labels
                continue
            rule, field_name = verdict.hits[-1]
            words = f"privacy rule {rule.rule.name!r} refuses label {field_name} of {candidates.labels[place].name}"
            candidates.refused[place] = (DropReason.PRIVACY, words)
