"""`label_replace` and `label_join`: new label sets from old ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from vedette.errors import BadData
from vedette.model.labels import Labels
from vedette.model.matcher import compile_regex

_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)


def replace_rule(destination: str, replacement: str, source: str, pattern: str) -> Callable[[Labels], Labels]:
    """The rule of `label_replace`; label sets whose source does not match stay as they are. Raises BadData."""
    _check_name(destination, "destination", "label_replace")
    try:
        regex = compile_regex(pattern)
    except BadData:
        raise BadData(f"invalid regular expression in label_replace(): {pattern}") from None

    template = _as_value(replacement)

    def rule(labels: Labels) -> Labels:
        match = regex.fullmatch(labels.get(source))
        return labels if match is None else labels.with_label(destination, _expand(template, match))

    return rule


def is_label_name(name: str) -> bool:
    """Whether a label may have this name; bytes of a query that are no UTF-8 arrive as lone surrogates."""
    return bool(name) and not any("\ud800" <= char <= "\udfff" for char in name)


def _as_value(text: str) -> str:
    # Label values are valid UTF-8 everywhere; what is not becomes U+FFFD.
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _check_name(name: str, role: str, function: str) -> None:
    if not is_label_name(name):
        raise BadData(f"invalid {role} label name in {function}(): {name!a}")


def _expand(template: str, match: Any) -> str:
    """`$1`, `${1}`, `$name`, `${name}` and `$$`; what does not exist is empty, as in Go."""
    named = match.re.groupindex

    def value(reference: re.Match[str]) -> str:
        if reference.group(0) == "$$":
            return "$"
        name = reference.group(1) or reference.group(2)
        number = int(name) if name.isdigit() else named.get(name, -1)
        return (match.group(number) or "") if 0 <= number <= match.re.groups else ""

    return _REFERENCE.sub(value, template)


def join_rule(destination: str, separator: str, sources: tuple[str, ...]) -> Callable[[Labels], Labels]:
    """The rule of `label_join`. Raises BadData."""
    for source in sources:
        _check_name(source, "source", "label_join")
    _check_name(destination, "destination", "label_join")
    between = _as_value(separator)
    return lambda labels: labels.with_label(destination, between.join(map(labels.get, sources)))
