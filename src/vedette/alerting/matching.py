"""Conditions on labels: compiled so that each distinct value is judged once, and as Alertmanager writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from vedette.alerting.document import Condition
from vedette.errors import BadData
from vedette.model.labels import quote, quote_name
from vedette.model.matcher import Matcher, MatchOp

_MAX_KNOWN: Final = 10_000
_OPS: Final = ("=~", "!~", "!=", "=")
_RESERVED: Final = frozenset("{}!=~,\\\"'`")
_ESCAPES: Final = {"n": "\n", '"': '"', "\\": "\\", "t": "\t", "r": "\r"}
LabelMap = Mapping[str, str]


class LabelTest:
    """One condition, with the verdicts on values that were seen."""

    __slots__ = ("_known", "_predicate", "equals", "matcher", "name")

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.name = matcher.name
        self.equals = matcher.value if matcher.op is MatchOp.EQUAL and matcher.value else ""
        """The one value that passes; empty where several may."""
        self._predicate: Callable[[str], bool] = matcher.predicate()
        self._known: dict[str, bool] = {}

    def passes(self, value: str) -> bool:
        """Whether a value fulfils the condition."""
        found = self._known.get(value)
        if found is None:
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            found = self._known[value] = self._predicate(value)
        return found


class LabelTests:
    """All of several conditions."""

    __slots__ = ("tests",)

    def __init__(self, matchers: Iterable[Matcher]) -> None:
        self.tests = tuple(LabelTest(matcher) for matcher in matchers)

    def __call__(self, labels: LabelMap) -> bool:
        return all(test.passes(labels.get(test.name, "")) for test in self.tests)

    @property
    def names(self) -> frozenset[str]:
        """Labels that are asked for."""
        return frozenset(test.name for test in self.tests)


def matcher_of(condition: Condition) -> Matcher:
    """Raises BadData for an expression that is none."""
    return Matcher(condition.label, MatchOp(condition.op), condition.value)


def matchers_of(conditions: Sequence[Condition], where: str) -> tuple[Matcher, ...]:
    """Raises BadData with the place of the wrong one."""
    found = []
    for number, condition in enumerate(conditions):
        try:
            found.append(matcher_of(condition))
        except BadData as error:
            raise BadData(f"{where}[{number}].value: {error.message}") from None
    return tuple(found)


def condition_of(matcher: Matcher) -> Condition:
    """The same as part of a document."""
    return Condition(label=matcher.name, value=matcher.value, op=matcher.op.value)


def written(matchers: Iterable[Matcher]) -> str:
    """As Alertmanager writes them: `{a="b",c=~"d"}`."""
    return "{" + ",".join(map(written_one, matchers)) + "}"


def written_one(matcher: Matcher) -> str:
    """One of them."""
    return f"{quote_name(matcher.name)}{matcher.op.value}{quote(matcher.value)}"


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """`{a="b", "utf-8 name"=~"c.*"}`, also without braces or quotes. Raises BadData with the place."""
    at, end = _trimmed(text)
    found = []
    while at < end:
        matcher, at = _one(text, at, end)
        found.append(matcher)
        at = _blank(text, at, end)
        if at < end:
            if text[at] != ",":
                raise _wrong(text, at, "expected a comma")
            at = _blank(text, at + 1, end)
    return tuple(found)


def _trimmed(text: str) -> tuple[int, int]:
    at, end = _blank(text, 0, len(text)), len(text.rstrip())
    if at < end and text[at] == "{":
        if text[end - 1] != "}":
            raise _wrong(text, end, "expected }")
        return _blank(text, at + 1, end - 1), end - 1
    return at, end


def _one(text: str, at: int, end: int) -> tuple[Matcher, int]:
    name, at = _word(text, at, end, "the name of a label")
    at = _blank(text, at, end)
    op = next((op for op in _OPS if text.startswith(op, at, end)), "")
    if not op:
        raise _wrong(text, at, "expected one of = != =~ !~")
    at = _blank(text, at + len(op), end)
    if at >= end or text[at] == ",":
        return Matcher(name, MatchOp(op), ""), at
    value, at = _word(text, at, end, "a value")
    return Matcher(name, MatchOp(op), value), at


def _word(text: str, at: int, end: int, what: str) -> tuple[str, int]:
    if at < end and text[at] == '"':
        return _quoted(text, at + 1, end)
    start = at
    while at < end and text[at] not in _RESERVED and not text[at].isspace():
        at += 1
    if at == start:
        raise _wrong(text, at, f"expected {what}")
    return text[start:at], at


def _quoted(text: str, at: int, end: int) -> tuple[str, int]:
    parts = []
    while at < end and text[at] != '"':
        if text[at] == "\\":
            at += 1
            if at >= end:
                break
            parts.append(_ESCAPES.get(text[at], "\\" + text[at]))
        else:
            parts.append(text[at])
        at += 1
    if at >= end:
        raise _wrong(text, at, "a quote is not closed")
    return "".join(parts), at + 1


def _blank(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _wrong(text: str, at: int, what: str) -> BadData:
    return BadData(f"matchers {text[:200]!r}: {what} at character {at + 1}")
