"""Prometheus' rule files: strict, every complaint with its line, and with the fields of forms beside its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
import yaml
from msgspec import Struct

from vedette.config.yaml_section import Finding, Findings, Section, compose, is_null
from vedette.errors import BadData
from vedette.model.duration import parse_duration_ms
from vedette.rules.compiled import GROUP, CompiledGroup, Defaults, compile_group
from vedette.rules.document import SEVERITIES, Condition, Rule, RuleGroup

MAX_FILE_BYTES: Final = 64 * 2**20
_TEXTS: Final = ("record", "alert", "expr", "keep_firing_while", "owner", "runbook", "id")
_DURATIONS: Final = (("for", "for_"), ("keep_firing_for", "keep_firing_for"), ("cooldown", "cooldown"))


class RuleFile(Struct, frozen=True):
    """What a file has; with findings it is not to be used."""

    groups: tuple[CompiledGroup, ...]
    findings: tuple[Finding, ...] = ()
    """Errors in the order of their lines."""
    duplicates: tuple[str, ...] = ()
    """Rules of the same name and labels, which promtool warns of."""


def read_rule_file(path: Path, defaults: Defaults, project: str = "default") -> RuleFile:
    """A file from the disk. Raises BadData when it cannot be read or is not YAML."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadData(f"{path}: the file is larger than {MAX_FILE_BYTES} bytes")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadData(f"{path}: not UTF-8 at byte {error.start}") from None
    except OSError as error:
        raise BadData(f"{path}: {error.strerror or error}") from None
    try:
        return parse_rules(text, defaults, project=project, file=str(path))
    except BadData as error:
        raise BadData(f"{path}: {error.message}") from None


class ConfigRules(Struct, frozen=True):
    """What a Prometheus configuration says of rules: absolute patterns of files, and what holds for their groups."""

    patterns: tuple[str, ...]
    defaults: Defaults


def read_config_rules(path: Path, defaults: Defaults) -> ConfigRules:
    """`rule_files` and what `global` says of rules. Raises BadData; what else is wrong is for others to tell."""
    try:
        node = compose(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadData(f"{path}: {error}") from None
    if node is None:
        return ConfigRules((), defaults)
    findings = Findings()
    root = Section(node, "file", findings)
    section = root.section("global")
    if section is not None:
        defaults = Defaults(
            section.duration_ms("evaluation_interval", defaults.interval_ms),
            parse_duration_ms(_duration(section, "rule_query_offset") or "0") or defaults.query_offset_ms,
        )
    patterns = tuple(str(path.parent / pattern) for pattern in root.texts("rule_files"))
    if findings.errors:
        raise BadData("; ".join(f"{path}: {finding}" for finding in findings.errors))
    return ConfigRules(patterns, defaults)


def parse_rules(text: str, defaults: Defaults, *, project: str = "default", file: str = "") -> RuleFile:
    """The groups of a text. Raises BadData, with the line, for what is not YAML."""
    findings = Findings()
    node = compose(text)
    groups: list[CompiledGroup] = []
    if node is not None:
        root = Section(node, "file", findings)
        names: set[str] = set()
        for section in root.sections("groups", "group"):
            group = _group(section, defaults, project, file)
            if group.name in names:
                section.error("name", f'groupname: "{group.name}" is repeated in the same file')
            names.add(group.name)
            groups.append(group)
        root.finish()
    errors = sorted(findings.errors, key=lambda finding: finding.line)
    return RuleFile(tuple(groups), tuple(errors), _duplicates(groups))


def _group(section: Section, defaults: Defaults, project: str, file: str) -> CompiledGroup:
    name = section.text("name")
    if not name:
        section.error("name", "Groupname must not be empty")
    sections = section.sections("rules", "rule")
    group = RuleGroup(
        rules=tuple(_rule(rule) for rule in sections),
        interval=_duration(section, "interval"),
        query_offset=_duration(section, "query_offset"),
        limit=_limit(section),
        labels=section.text_map("labels"),
        enabled=section.boolean("enabled", True),
        tags=section.texts("tags"),
        description=section.text("description"),
    )
    section.finish()

    def complain(number: int, field: str, message: str) -> None:
        (section if number == GROUP else sections[number]).error(field, message)

    return compile_group(name, group, complain, defaults, project=project, file=file, key=f"{project}/{file};{name}")


def _rule(section: Section) -> Rule:
    fields: dict[str, Any] = {name: section.text(name) for name in _TEXTS}
    fields |= {field: _duration(section, key) for key, field in _DURATIONS}
    fields["labels"], fields["annotations"] = section.text_map("labels"), section.text_map("annotations")
    fields["severity"] = section.choice("severity", ("", *SEVERITIES), "")
    fields["tags"] = section.texts("tags")
    fields["enabled"] = section.boolean("enabled", True)
    fields["condition"] = _condition(section)
    if section.has("condition") and fields["condition"] is None:
        # What is wrong with it has been said; that the rule asks nothing then is no further mistake.
        fields["expr"] = fields["expr"] or "0"
    section.finish()
    return Rule(**fields)


def _condition(section: Section) -> Condition | None:
    node = section.node_of("condition")
    if node is None:
        return None
    try:
        condition: Condition = msgspec.convert(_plain(node, 0), Condition, strict=False)
    except (msgspec.ValidationError, BadData) as error:
        section.error("condition", f"condition: {error}")
        return None
    return condition


def _plain(node: yaml.Node, depth: int) -> object:
    if depth > 20:
        raise BadData("nested too deeply")
    if is_null(node):
        return None
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value, depth + 1) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, depth + 1) for item in node.value]
    return str(node.value)


def _duration(section: Section, key: str) -> str:
    """Checked where it stands, for an empty text is no duration in a file."""
    node = section.node_of(key)
    if node is None:
        return ""
    text = section.text(key)
    try:
        parse_duration_ms(text)
    except BadData as error:
        section.error(key, f"{key}: {error.message}")
        return ""
    return text


def _limit(section: Section) -> int:
    """Prometheus takes a negative limit for none."""
    text = section.text("limit")
    if text.startswith("-") and text[1:].isdigit():
        return 0
    return section.count("limit")


def _duplicates(groups: list[CompiledGroup]) -> tuple[str, ...]:
    seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    found = []
    for group in groups:
        for rule in group.rules:
            key = rule.name, tuple((name, template.source) for name, template in rule.labels)
            if key in seen:
                labels = ", ".join(f'{name}="{source}"' for name, source in key[1])
                found.append(f"{'alert' if rule.is_alert else 'record'} {rule.name}{{{labels}}}")
            seen.add(key)
    return tuple(found)
