"""Rules compiled: where to look, what for, and what becomes of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any, Final

import re2

from vedette.errors import BadData
from vedette.ingest.privacy.detectors import DETECTORS, SECRETS
from vedette.ingest.privacy.rule import Action, PrivacyRule
from vedette.model.labels import METRIC_NAME

MAX_RULES: Final = 100
MAX_PATTERN_CHARACTERS: Final = 1000
MAX_FIELDS: Final = 50
_HASH_CHARACTERS: Final = 16
_BETWEEN_WORDS: Final = " -.()"


DEFAULT_RULES: Final = tuple(
    PrivacyRule(name=DETECTORS[name].title, detector=name, enabled=name in SECRETS) for name in DETECTORS
)
"""What holds in a project whose rules nobody has touched: secrets are masked, the rest is there to be switched on."""


class CompiledRule:
    """A rule ready to be asked."""

    def __init__(self, rule: PrivacyRule, key: bytes) -> None:
        """`key` is what hashes are made with. Raises BadData that says what is wrong with the rule."""
        self.rule = rule
        self._key = key
        self._accepts: Callable[[str], bool]
        if bool(rule.detector) == bool(rule.pattern):
            raise BadData(f"privacy rule {rule.name!r} needs either a detector or a pattern")
        if rule.detector:
            detector = DETECTORS.get(rule.detector)
            if detector is None:
                raise BadData(f"there is no detector {rule.detector!r}; there are {', '.join(DETECTORS)}")
            self.source, self._accepts = detector.pattern, detector.accepts
            self._mark = rule.detector
        else:
            self.source, self._accepts = rule.pattern, _any
            self._mark = rule.name
        self._regex = _compile(self.source, rule.name)
        if rule.pattern and self._regex.search("") is not None:
            raise BadData(f"the pattern of privacy rule {rule.name!r} finds something in an empty text")
        if not rule.name.strip() or len(rule.name) > 100:
            raise BadData("a privacy rule needs a name of at most 100 characters")
        if len(rule.fields) > MAX_FIELDS:
            raise BadData(f"privacy rule {rule.name!r} names more than {MAX_FIELDS} fields")
        self._fields = [_compile(field, rule.name) for field in rule.fields]

    def covers(self, field: str) -> bool:
        """Whether the rule looks into a label."""
        if not self._fields:
            return field != METRIC_NAME
        return any(regex.fullmatch(field) is not None for regex in self._fields)

    def finds(self, text: str) -> bool:
        """Whether the pattern finds something, checks aside."""
        return self._regex.search(text) is not None

    def apply(self, text: str) -> tuple[str, int]:
        """(text with what was found replaced, how much was found)."""
        parts: list[str] = []
        place = end = found = 0
        while place <= len(text) and (match := self._regex.search(text, place)) is not None:
            start, group = match.start(), match.group()
            piece = self._accepted(group)
            if not piece:
                # What is looked for may begin further on in what was taken for it.
                place = start + _next_word(group)
                continue
            parts += (text[end:start], self._replacement(piece))
            place = end = start + len(piece)
            found += 1
        if not found:
            return text, 0
        parts.append(text[end:])
        return "".join(parts), found

    def _accepted(self, found: str) -> str:
        """The longest beginning that is what it looks like: a pattern takes in what follows, such as a code after the
        number of a card. Empty: none is."""
        if not found or self._accepts(found):
            return found
        for end in range(len(found) - 1, 0, -1):
            if found[end] in _BETWEEN_WORDS and found[end - 1] not in _BETWEEN_WORDS and self._accepts(found[:end]):
                return found[:end]
        return ""

    def _replacement(self, found: str) -> str:
        if self.rule.action is Action.HASH:
            digest = hmac.new(self._key, found.encode(), hashlib.sha256).hexdigest()
            return f"{self._mark}:{digest[:_HASH_CHARACTERS]}"
        return f"[{self._mark}]"


def compile_rules(rules: Sequence[PrivacyRule], key: bytes) -> list[CompiledRule]:
    """All that are enabled, in order. Raises BadData for the first that is wrong, enabled or not."""
    if len(rules) > MAX_RULES:
        raise BadData(f"{len(rules)} privacy rules, there may be {MAX_RULES}")
    compiled = [CompiledRule(rule, key) for rule in rules]
    return [one for one in compiled if one.rule.enabled]


def _next_word(text: str) -> int:
    """Where the second word begins; the length if there is none."""
    for place in range(1, len(text)):
        if text[place - 1] in _BETWEEN_WORDS and text[place] not in _BETWEEN_WORDS:
            return place
    return max(1, len(text))


def _any(_found: str) -> bool:
    return True


def _compile(pattern: str, name: str) -> Any:
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise BadData(f"a pattern of privacy rule {name!r} is longer than {MAX_PATTERN_CHARACTERS} characters")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise BadData(f"a pattern of privacy rule {name!r} is no regular expression: {reason}") from error
