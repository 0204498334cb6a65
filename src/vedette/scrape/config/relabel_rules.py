"""Relabelling rules of a scrape_config, each complaint with its line."""

from __future__ import annotations

from typing import Any, cast

from vedette.config.yaml_section import Section
from vedette.errors import BadData
from vedette.ingest.relabel import (
    ACTIONS,
    DEFAULT_REGEX,
    DEFAULT_REPLACEMENT,
    DEFAULT_SEPARATOR,
    Action,
    RelabelRule,
)


def parse_relabel_rules(section: Section, key: str) -> tuple[RelabelRule, ...]:
    """The rules below a key; those that do not fit together become findings."""
    rules = []
    for rule in section.sections(key, key.removesuffix("s")):
        action = rule.text("action", "replace").lower()
        parts: dict[str, Any] = {
            "source_labels": rule.texts("source_labels"),
            "separator": rule.written("separator", DEFAULT_SEPARATOR),
            "regex": rule.written("regex", DEFAULT_REGEX),
            "modulus": rule.count("modulus"),
            "target_label": rule.text("target_label"),
            "replacement": rule.written("replacement", DEFAULT_REPLACEMENT),
        }
        rule.finish()
        if action not in ACTIONS:
            rule.error("action", f"unknown relabel action {action!r}, known are {', '.join(ACTIONS)}")
            continue
        try:
            rules.append(RelabelRule(**parts, action=cast("Action", action)))
        except BadData as error:
            rule.findings.error(rule.node, f"{rule.name}: {error.message}")
    return tuple(rules)
