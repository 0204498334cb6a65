"""HELP, TYPE and UNIT lines <-> metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, get_args

from vedette.model.metadata import MetricMetadata, MetricType

TYPES: Final = frozenset(get_args(MetricType))
_SUFFIX_OF_COUNTER: Final = "_total"
_LINE: Final = re.compile(r'(HELP|TYPE|UNIT)[ \t]+(?:"((?:[^"\\]|\\.)*)"|([^ \t]+))(?:[ \t]+(.*))?', re.DOTALL)


def metric_type(word: str) -> MetricType:
    """The type a word stands for; `unknown` for words that are no type, such as `untyped`."""
    word = word.lower()
    if word in TYPES:
        return word  # type: ignore[return-value]  # membership in the literal's values is checked just above
    return "unknown"


def parse_metadata(lines: Iterable[bytes], *, openmetrics: bool = False) -> dict[str, MetricMetadata]:
    """Metadata by metric family of lines such as `TYPE name counter` (without `# `); lines of no use are passed over.

    OpenMetrics names a counter family without `_total`; samples and queries have the suffix, so it is added.
    """
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        match = _LINE.fullmatch(line.decode("utf-8", "replace"))
        if match is None:
            continue
        word, quoted, bare, text = match.groups()
        name = bare if quoted is None else unescape_help(quoted)
        found.setdefault(name, {})[word] = text or ""
    metadata: dict[str, MetricMetadata] = {}
    for name, words in found.items():
        kind = metric_type(words.get("TYPE", "").strip())
        if openmetrics and kind == "counter" and not name.endswith(_SUFFIX_OF_COUNTER):
            name += _SUFFIX_OF_COUNTER
        metadata[name] = MetricMetadata(kind, unescape_help(words.get("HELP", "")), words.get("UNIT", "").strip())
    return metadata


def unescape_help(text: str) -> str:
    """Undo the escapes of a HELP text."""
    if "\\" not in text:
        return text
    return re.sub(r'\\([\\n"])', lambda match: "\n" if match[1] == "n" else match[1], text)
