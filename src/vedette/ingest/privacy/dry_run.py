"""What rules would do to what is stored, without doing it: counts, and samples of the masked form alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from vedette.ingest.privacy.filter import RuleSet
from vedette.ingest.privacy.rules import CompiledRule
from vedette.model.labels import Labels

MAX_SAMPLES: Final = 5
_MAX_SAMPLE_CHARACTERS: Final = 200


@dataclass(slots=True)
class RuleEffect:
    """What one rule would find."""

    series: int = 0
    values: set[tuple[str, int]] = field(default_factory=set)
    by_label: dict[str, int] = field(default_factory=dict)
    samples: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class DryRun:
    """What all rules would find, `effects` by rule name."""

    series: int = 0
    changed: int = 0
    refused: int = 0
    effects: dict[str, RuleEffect] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The wire shape; never holds what was found."""
        return {
            "series": self.series,
            "changed": self.changed,
            "refused": self.refused,
            "rules": [
                {
                    "name": name,
                    "series": effect.series,
                    "values": len(effect.values),
                    "by_label": effect.by_label,
                    "samples": effect.samples,
                }
                for name, effect in self.effects.items()
            ],
        }


def dry_run(rules: Iterable[CompiledRule], series: Iterable[Labels], check: Callable[[], None]) -> DryRun:
    """Judge every series. `check` is called now and then and may raise to stop it."""
    rule_set = RuleSet(list(rules))
    run = DryRun(effects={one.rule.name: RuleEffect() for one in rule_set.rules})
    for number, labels in enumerate(series):
        if number % 1000 == 0:
            check()
        run.series += 1
        if not rule_set.suspects([labels]):
            continue
        verdict = rule_set.judge(labels)
        if not verdict.hits:
            continue
        run.refused += verdict.labels is None
        run.changed += verdict.labels is not None
        for name in {one.rule.name for one, _ in verdict.hits}:
            run.effects[name].series += 1
        for one, label in verdict.hits:
            _note(run.effects[one.rule.name], rule_set, label, labels.get(label))
    return run


def _note(effect: RuleEffect, rules: RuleSet, label: str, value: str) -> None:
    seen = (label, hash(value))
    if seen in effect.values:
        return
    effect.values.add(seen)
    effect.by_label[label] = effect.by_label.get(label, 0) + 1
    if len(effect.samples) < MAX_SAMPLES:
        # By all rules: what one of them passes over may be what another one is for.
        masked = rules.mask(value, label)[:_MAX_SAMPLE_CHARACTERS]
        effect.samples.append({"label": label, "masked": masked})
