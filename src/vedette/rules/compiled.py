"""Rule groups ready to be evaluated, and everything that is wrong with one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from vedette.errors import BadData
from vedette.model.alert import ALERT_NAME
from vedette.model.duration import parse_duration_ms
from vedette.model.labels import METRIC_NAME, is_classic_metric_name
from vedette.promql import ast
from vedette.promql.parser import parse
from vedette.promql.printer import print_expr
from vedette.rules.conditions import compile_condition
from vedette.rules.document import Rule, RuleGroup
from vedette.rules.templates.expand import Template

DEFAULT_INTERVAL_MS: Final = 60_000
GROUP: Final = -1
"""In place of a rule's number: the group itself."""
_MAX_DURATION_MS: Final = 10 * 365 * 86_400_000

Complain = Callable[[int, str, str], None]
"""Gets the rule's number, the field and what is wrong with it."""


class CompiledRule(Struct, frozen=True):
    """One rule. Times in milliseconds; labels and annotations are sorted by name."""

    name: str
    is_alert: bool
    text: str
    expr: ast.Expr
    labels: tuple[tuple[str, Template], ...] = ()
    annotations: tuple[tuple[str, Template], ...] = ()
    for_ms: int = 0
    keep_ms: int = 0
    cooldown_ms: int = 0
    keep_expr: ast.Expr | None = None
    id: str = ""
    """Of the rule within its group; its name when it has none of its own."""
    rule: Rule = Rule()
    """As it was written."""

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for rules that mean the same, between which state is handed on when a group changes."""
        return self.is_alert, self.id, tuple((name, template.source) for name, template in self.labels)


class CompiledGroup(Struct, frozen=True):
    """A group; `key` is unique among all groups of a process."""

    key: str
    project: str
    name: str
    rules: tuple[CompiledRule, ...]
    interval_ms: int
    query_offset_ms: int = 0
    limit: int = 0
    file: str = ""
    """Where it stands; empty for a document."""
    document: str = ""
    """Id of the document; empty for a file."""
    source: RuleGroup = RuleGroup()


class Defaults(Struct, frozen=True):
    """What holds where a group says nothing."""

    interval_ms: int = DEFAULT_INTERVAL_MS
    query_offset_ms: int = 0


def compile_group(
    name: str,
    group: RuleGroup,
    complain: Complain,
    defaults: Defaults,
    *,
    project: str = "default",
    key: str = "",
    file: str = "",
    document: str = "",
) -> CompiledGroup:
    """The group without its disabled and wrong rules; what is wrong is told to `complain`."""

    def duration(field: str, text: str, default_ms: int) -> int:
        return _duration(text, default_ms, lambda message: complain(GROUP, field, message))

    _check_labels(group.labels, "labels", lambda field, message: complain(GROUP, field, message))
    rules: list[CompiledRule] = []
    for number, rule in enumerate(group.rules):
        failed: list[str] = []

        def tell(field: str, message: str, number: int = number, failed: list[str] = failed) -> None:
            failed.append(field)
            complain(number, field, message)

        compiled = compile_rule(rule, tell, group.labels)
        if compiled is not None and not failed and rule.enabled and group.enabled:
            rules.append(compiled)
    return CompiledGroup(
        key=key or f"{project}/{file or document}/{name}",
        project=project,
        name=name,
        rules=tuple(rules),
        interval_ms=duration("interval", group.interval, defaults.interval_ms) or defaults.interval_ms,
        query_offset_ms=duration("query_offset", group.query_offset, defaults.query_offset_ms),
        limit=group.limit,
        file=file,
        document=document,
        source=group,
    )


Tell = Callable[[str, str], None]
"""Gets the field and what is wrong with it."""


def compile_rule(rule: Rule, tell: Tell, group_labels: Mapping[str, str] | None = None) -> CompiledRule | None:
    """One rule, None when it is none at all; what is wrong is told."""
    if bool(rule.record) == bool(rule.alert):
        field = "alert" if rule.record else "record"
        tell(field, f"{'only ' if rule.record else ''}one of 'record' and 'alert' must be set")
        return None
    if rule.record:
        _check_recording(rule, tell)
    text, keep_text = _texts(rule, tell)
    expr = _parsed(text, "condition" if rule.condition is not None else "expr", tell)
    keep_expr = _parsed(keep_text, "keep_firing_while", tell) if keep_text else None
    labels = _check_labels(rule.labels, "labels", tell)
    annotations = _check_labels(rule.annotations, "annotations", tell, is_label=False)
    added = {**(group_labels or {}), **({"severity": rule.severity} if rule.severity else {})}
    added |= {"owner": rule.owner} if rule.owner else {}
    for name, value in added.items():
        # What the rule itself says wins; so does what is written about it over what is added to it.
        labels.setdefault(name, Template(value.replace("{{", '{{"{{"}}') if name == "owner" else value))
    if rule.runbook and "runbook_url" not in annotations:
        annotations["runbook_url"] = _template(rule.runbook, "runbook", tell)
    for_ms = _duration(rule.for_, 0, lambda message: tell("for", message))
    keep_ms = _duration(rule.keep_firing_for, 0, lambda message: tell("keep_firing_for", message))
    cooldown_ms = _duration(rule.cooldown, 0, lambda message: tell("cooldown", message))
    if expr is None:
        return None
    return CompiledRule(
        name=rule.record or rule.alert,
        is_alert=bool(rule.alert),
        text=print_expr(expr) if rule.condition is not None else text,
        expr=expr,
        labels=tuple(sorted(labels.items())),
        annotations=tuple(sorted(annotations.items())),
        for_ms=for_ms,
        keep_ms=keep_ms,
        cooldown_ms=cooldown_ms,
        keep_expr=keep_expr,
        id=rule.id or rule.record or rule.alert,
        rule=rule,
    )


_OF_ALERTS: Final[Sequence[tuple[str, str]]] = (
    ("for_", "for"),
    ("keep_firing_for", "keep_firing_for"),
    ("keep_firing_while", "keep_firing_while"),
    ("cooldown", "cooldown"),
    ("annotations", "annotations"),
    ("severity", "severity"),
    ("runbook", "runbook"),
)


def _check_recording(rule: Rule, tell: Tell) -> None:
    for field, written in _OF_ALERTS:
        if getattr(rule, field):
            tell(written, f"invalid field '{written}' in recording rule")
    if "{" in rule.record or "}" in rule.record:
        tell("record", f"braces present in the recording rule name; should it be in expr?: {rule.record}")
    elif not is_classic_metric_name(rule.record):
        tell("record", f"invalid recording rule name: {rule.record}")


def _texts(rule: Rule, tell: Tell) -> tuple[str, str]:
    """Of the expression and of what keeps an alert firing."""
    if rule.condition is None:
        if not rule.expr:
            tell("expr", "field 'expr' must be set in rule")
        return rule.expr, rule.keep_firing_while
    if rule.expr:
        tell("condition", "a rule has either expr or condition")
    try:
        text, keep = compile_condition(rule.condition)
    except BadData as error:
        tell("condition", error.message)
        return "", ""
    return text, rule.keep_firing_while or keep


def _parsed(text: str, field: str, tell: Tell) -> ast.Expr | None:
    if not text:
        return None
    try:
        return parse(text)
    except BadData as error:
        tell(field, f"could not parse expression: {error.message}")
        return None


def _check_labels(pairs: Mapping[str, str], field: str, tell: Tell, *, is_label: bool = True) -> dict[str, Template]:
    found: dict[str, Template] = {}
    for name, value in pairs.items():
        if not name or (is_label and name == METRIC_NAME) or "\0" in name:
            tell(field, f"invalid {'label' if is_label else 'annotation'} name: {name!r}")
        elif is_label and name == ALERT_NAME:
            # Prometheus takes it and overwrites it.
            continue
        else:
            found[name] = _template(value, field, tell, f"{name}: ")
    return found


def _template(value: str, field: str, tell: Tell, place: str = "") -> Template:
    try:
        return Template(value)
    except BadData as error:
        tell(field, f"{place}template: {error.message}")
        return Template("")


def _duration(text: str, default_ms: int, tell: Callable[[str], None]) -> int:
    if not text:
        return default_ms
    try:
        duration_ms = parse_duration_ms(text)
    except BadData as error:
        tell(error.message)
        return default_ms
    if duration_ms > _MAX_DURATION_MS:
        tell("longer than ten years")
        return default_ms
    return duration_ms
