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
        end = found = 0
        for match in self._regex.finditer(text):
            if match.end() == match.start() or not self._accepts(match.group()):
                continue
            parts.append(text[end : match.start()])
            parts.append(self._replacement(match.group()))
            end = match.end()
            found += 1
        if not found:
            return text, 0
        parts.append(text[end:])
        return "".join(parts), found

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
