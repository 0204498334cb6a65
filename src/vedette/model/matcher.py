"""Matchers: conditions on one label each; a selector is a list of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

import re2
from msgspec import Struct

from vedette.errors import BadData
from vedette.model.labels import Labels, quote, quote_name


class MatchOp(Enum):
    """The four label operators."""

    EQUAL = "="
    NOT_EQUAL = "!="
    REGEX = "=~"
    NOT_REGEX = "!~"


@lru_cache(maxsize=4096)
def compile_regex(pattern: str) -> Any:
    """A fully anchored RE2 program (linear time); `.` matches a newline as in Prometheus 3.

    Raises BadData when the pattern is not RE2 syntax.
    """
    try:
        options = re2.Options()
        options.log_errors = False
        return re2.compile(f"(?s:{pattern})", options=options)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise BadData(f"invalid regular expression {pattern!r}: {reason}") from error


class Matcher(Struct, frozen=True):
    """One condition; a label that is not there has the empty value."""

    name: str
    op: MatchOp
    value: str

    def __post_init__(self) -> None:
        if self.op in (MatchOp.REGEX, MatchOp.NOT_REGEX):
            compile_regex(self.value)

    def predicate(self) -> Callable[[str], bool]:
        """A function of the label value."""
        value = self.value
        match self.op:
            case MatchOp.EQUAL:
                return lambda text: text == value
            case MatchOp.NOT_EQUAL:
                return lambda text: text != value
            case MatchOp.REGEX:
                fullmatch = compile_regex(value).fullmatch
                return lambda text: fullmatch(text) is not None
            case MatchOp.NOT_REGEX:
                fullmatch = compile_regex(value).fullmatch
                return lambda text: fullmatch(text) is None

    def matches(self, text: str) -> bool:
        """Whether the value fulfils the condition."""
        return self.predicate()(text)

    @property
    def matches_empty(self) -> bool:
        """Whether series without the label are selected too."""
        return self.matches("")

    def __str__(self) -> str:
        return f"{quote_name(self.name)}{self.op.value}{quote(self.value)}"


def matches_all(labels: Labels, matchers: Sequence[Matcher]) -> bool:
    """Whether the labels fulfil every condition."""
    return all(matcher.matches(labels.get(matcher.name)) for matcher in matchers)
