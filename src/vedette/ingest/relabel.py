"""Relabelling with Prometheus' semantics: rules that change, keep or drop label sets, applied in order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

import msgspec

from vedette.errors import BadData
from vedette.model.labels import Labels
from vedette.model.matcher import compile_regex

Action = Literal[
    "replace",
    "keep",
    "drop",
    "keepequal",
    "dropequal",
    "hashmod",
    "labelmap",
    "labeldrop",
    "labelkeep",
    "lowercase",
    "uppercase",
]
ACTIONS: Final = get_args(Action)
DEFAULT_REGEX: Final = "(.*)"
DEFAULT_REPLACEMENT: Final = "$1"
DEFAULT_SEPARATOR: Final = ";"

# As Go's regexp.Expand: the longest name wins, so `$1x` is the group called `1x`.
_VARIABLE: Final = re.compile(r"\$(?:(\$)|\{([a-zA-Z0-9_]+)\}|([a-zA-Z0-9_]+))")
_NEEDS_TARGET: Final = ("replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal")
_NO_REPLACEMENT: Final = ("lowercase", "uppercase", "keepequal", "dropequal")
_REGEX_ONLY: Final = ("labeldrop", "labelkeep")


@dataclass(frozen=True, slots=True)
class RelabelRule:
    """One rule; raises BadData when its parts do not fit together. Names may be any UTF-8, as in Prometheus 3."""

    source_labels: tuple[str, ...] = ()
    """Labels whose values are joined and compared with `regex`."""
    separator: str = DEFAULT_SEPARATOR
    """What stands between the joined values."""
    regex: str = DEFAULT_REGEX
    """RE2, anchored at both ends."""
    modulus: int = 0
    """Divisor of the hash, for hashmod."""
    target_label: str = ""
    """The label that is set or compared; may hold `$1` for replace."""
    replacement: str = DEFAULT_REPLACEMENT
    """The new value, or the new name for labelmap; `$1` and `${name}` stand for groups of the regex."""
    action: Action = "replace"
    """What to do."""
    _regex: Any = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "action", self.action.lower())
        problem = _problem(self)
        if problem is not None:
            raise BadData(problem)
        object.__setattr__(self, "_regex", compile_regex(self.regex))

    def apply(self, labels: dict[str, str]) -> bool:
        """Change the labels in place; False says drop."""
        return _APPLY[self.action](self, labels, self._joined(labels), self._regex)

    def _joined(self, labels: Mapping[str, str]) -> str:
        return self.separator.join([labels.get(name, "") for name in self.source_labels])


def relabel(labels: Labels, rules: Sequence[RelabelRule]) -> Labels | None:
    """The labels after all rules; None when a rule dropped them."""
    changed = dict(labels.pairs)
    for rule in rules:
        if not rule.apply(changed):
            return None
    return Labels.of(changed)


def parse_rules(items: object, place: str = "relabel_configs") -> tuple[RelabelRule, ...]:
    """Rules from a decoded YAML, JSON or TOML list; BadData names the rule and its field."""
    if items is None:
        return ()
    if not isinstance(items, Sequence) or isinstance(items, str | bytes):
        raise BadData(f"{place}: a list of rules is expected")
    rules = []
    for number, item in enumerate(items):
        try:
            parts = msgspec.convert(item, _Parts, strict=False)
            rules.append(RelabelRule(**_given(parts)))
        except msgspec.ValidationError as error:
            raise BadData(f"{place}[{number}]: {error}") from None
        except BadData as error:
            raise BadData(f"{place}[{number}]: {error.message}") from None
    return tuple(rules)


class _Parts(msgspec.Struct, forbid_unknown_fields=True):
    source_labels: tuple[str, ...] = ()
    separator: str = DEFAULT_SEPARATOR
    regex: str | None = DEFAULT_REGEX
    modulus: int = 0
    target_label: str = ""
    replacement: str | None = DEFAULT_REPLACEMENT
    action: str = "replace"


def _given(parts: _Parts) -> dict[str, Any]:
    values = msgspec.structs.asdict(parts)
    # YAML's `replacement:` with nothing after it means the empty text.
    values["replacement"] = values["replacement"] or ""
    values["regex"] = values["regex"] or ""
    return values


def _problem(rule: RelabelRule) -> str | None:
    action = rule.action
    if action not in ACTIONS:
        return f"unknown relabel action {action!r}, expected one of {', '.join(ACTIONS)}"
    if rule.modulus < 0 or rule.modulus >= 2**64:
        return "modulus must be between 0 and 2^64-1"
    if action == "hashmod" and rule.modulus == 0:
        return "relabel configuration for hashmod requires non-zero modulus"
    if action in _NEEDS_TARGET and not rule.target_label:
        return f"relabel configuration for {action} action requires 'target_label' value"
    if action in _NO_REPLACEMENT and rule.replacement != DEFAULT_REPLACEMENT:
        return f"'replacement' can not be set for {action} action"
    if action == "labelmap" and not rule.replacement:
        return "'' is invalid 'replacement' for labelmap action"
    others = (rule.modulus, rule.separator, rule.replacement)
    unset = (0, DEFAULT_SEPARATOR, DEFAULT_REPLACEMENT)
    if action in ("keepequal", "dropequal") and (rule.regex != DEFAULT_REGEX or others != unset):
        return f"{action} action requires only 'source_labels' and `target_label`, and no other fields"
    if action in _REGEX_ONLY and (rule.source_labels or rule.target_label or others != unset):
        return f"{action} action requires only 'regex', and no other fields"
    return None


def _expand(template: str, match: Any) -> str:
    if "$" not in template:
        return template

    def group(variable: re.Match[str]) -> str:
        if variable[1]:
            return "$"
        name = variable[2] or variable[3]
        try:
            found = match.group(int(name) if name.isdecimal() else name)
        except (IndexError, KeyError):
            return ""
        return found or ""

    return _VARIABLE.sub(group, template)


def _replace(rule: RelabelRule, labels: dict[str, str], value: str, regex: Any) -> bool:
    match = regex.fullmatch(value)
    if match is not None:
        target = _expand(rule.target_label, match)
        if target:
            _set(labels, target, _expand(rule.replacement, match))
    return True


def _keep(_rule: RelabelRule, _labels: dict[str, str], value: str, regex: Any) -> bool:
    return regex.fullmatch(value) is not None


def _drop(_rule: RelabelRule, _labels: dict[str, str], value: str, regex: Any) -> bool:
    return regex.fullmatch(value) is None


def _keepequal(rule: RelabelRule, labels: dict[str, str], value: str, _regex: Any) -> bool:
    return labels.get(rule.target_label, "") == value


def _dropequal(rule: RelabelRule, labels: dict[str, str], value: str, _regex: Any) -> bool:
    return labels.get(rule.target_label, "") != value


def _hashmod(rule: RelabelRule, labels: dict[str, str], value: str, _regex: Any) -> bool:
    # Prometheus takes the last eight bytes of the MD5; a checksum here, not a protection.
    digest = hashlib.md5(value.encode(), usedforsecurity=False).digest()
    _set(labels, rule.target_label, str(int.from_bytes(digest[8:], "big") % rule.modulus))
    return True


def _labelmap(rule: RelabelRule, labels: dict[str, str], _value: str, regex: Any) -> bool:
    for name, value in list(labels.items()):
        match = regex.fullmatch(name)
        if match is not None:
            target = _expand(rule.replacement, match)
            if target:
                _set(labels, target, value)
    return True


def _labeldrop(_rule: RelabelRule, labels: dict[str, str], _value: str, regex: Any) -> bool:
    for name in [name for name in labels if regex.fullmatch(name) is not None]:
        del labels[name]
    return True


def _labelkeep(_rule: RelabelRule, labels: dict[str, str], _value: str, regex: Any) -> bool:
    for name in [name for name in labels if regex.fullmatch(name) is None]:
        del labels[name]
    return True


def _lowercase(rule: RelabelRule, labels: dict[str, str], value: str, _regex: Any) -> bool:
    _set(labels, rule.target_label, value.lower())
    return True


def _uppercase(rule: RelabelRule, labels: dict[str, str], value: str, _regex: Any) -> bool:
    _set(labels, rule.target_label, value.upper())
    return True


def _set(labels: dict[str, str], name: str, value: str) -> None:
    if value:
        labels[name] = value
    else:
        labels.pop(name, None)


_APPLY: Final[Mapping[str, Callable[[RelabelRule, dict[str, str], str, Any], bool]]] = {
    "replace": _replace,
    "keep": _keep,
    "drop": _drop,
    "keepequal": _keepequal,
    "dropequal": _dropequal,
    "hashmod": _hashmod,
    "labelmap": _labelmap,
    "labeldrop": _labeldrop,
    "labelkeep": _labelkeep,
    "lowercase": _lowercase,
    "uppercase": _uppercase,
}
