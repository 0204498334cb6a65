"""YAML mappings taken apart key by key; each complaint has its line, and no key is passed over silently."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

import yaml

from vedette.errors import BadData
from vedette.model.duration import parse_duration_ms

_NULL: Final = "tag:yaml.org,2002:null"
_BOOL: Final = "tag:yaml.org,2002:bool"
_TRUE: Final = ("true", "yes", "on")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGTPE]?)(i?B)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint about a file; `line` counts from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(slots=True)
class Findings:
    """Errors keep the file from being used; warnings name what has no effect."""

    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def error(self, node: yaml.Node, message: str) -> None:
        self.errors.append(Finding(line_of(node), message))

    def warn(self, node: yaml.Node, message: str) -> None:
        self.warnings.append(Finding(line_of(node), message))


def line_of(node: yaml.Node) -> int:
    """The line a node begins on, from 1."""
    return int(node.start_mark.line) + 1


def compose(text: str) -> yaml.Node | None:
    """The tree of a YAML document, None when it is empty. Raises BadData with the line."""
    loader = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is not None:
            _flatten(loader, node, set())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        raise BadData(f"{line}not valid YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BadData(f"not valid YAML: {str(error) or 'nested too deeply'}") from None
    finally:
        if loader is not None:
            loader.dispose()
    return node


def _flatten(loader: yaml.SafeLoader, node: yaml.Node, seen: set[int]) -> None:
    """Resolve `<<` merge keys; aliases may share nodes, so each is visited once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        _check_keys(node)
        loader.flatten_mapping(node)
        for key, value in node.value:
            _flatten(loader, key, seen)
            _flatten(loader, value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _flatten(loader, item, seen)


def _check_keys(node: yaml.MappingNode) -> None:
    seen: dict[str, yaml.Node] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise BadData(f"line {line_of(key)}: a key must be text")
        if key.value in seen:
            first = line_of(seen[key.value])
            raise BadData(f"line {line_of(key)}: {key.value} is given twice, first on line {first}")
        seen[key.value] = key


def is_null(node: yaml.Node | None) -> bool:
    """Whether the key was left out or has no value."""
    return node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _NULL)


class Section:
    """One mapping of the file. Ask for every key that is understood, then call `finish`."""

    def __init__(self, node: yaml.Node, name: str, findings: Findings) -> None:
        """`name` is how messages call the section, such as `scrape_config` or `group`."""
        self.node = node
        self.name = name
        self.findings = findings
        self._values: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        self._taken: set[str] = set()
        if is_null(node):
            return
        if not isinstance(node, yaml.MappingNode):
            findings.error(node, f"{name} must be a mapping of keys to values")
            return
        for key, value in node.value:
            text = key.value if isinstance(key, yaml.ScalarNode) else ""
            # A key merged in by `<<` comes first and gives way to the mapping's own.
            self._values[text] = (key, value)

    def node_of(self, key: str) -> yaml.Node | None:
        """The value's node, None when it is missing or null; the key counts as understood."""
        self._taken.add(key)
        pair = self._values.get(key)
        return None if pair is None or is_null(pair[1]) else pair[1]

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return key in self._values and not is_null(self._values[key][1])

    def error(self, key: str, message: str) -> None:
        """A complaint about one key."""
        pair = self._values.get(key)
        self.findings.error(pair[0] if pair else self.node, f"{self.name}: {message}")

    def text(self, key: str, default: str = "") -> str:
        """Any scalar, as it is written."""
        node = self.node_of(key)
        if node is None:
            return default
        if not isinstance(node, yaml.ScalarNode):
            self.error(key, f"{key} must be text")
            return default
        return str(node.value)

    def written(self, key: str, default: str) -> str:
        """As `text`, but a key with nothing after it means the empty text and not the default."""
        empty = key in self._values and not self.has(key)
        return self.text(key, "" if empty else default)

    def required_text(self, key: str) -> str:
        """As `text`; an error when it is missing or empty."""
        value = self.text(key)
        if not value:
            self.error(key, f"{key} is missing")
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """One of a closed set of words."""
        value = self.text(key, default)
        if value not in choices:
            self.error(key, f"{key} must be one of {', '.join(choices)}, not {value!r}")
            return default
        return value

    def boolean(self, key: str, default: bool) -> bool:
        node = self.node_of(key)
        if node is None:
            return default
        if node.tag != _BOOL:
            self.error(key, f"{key} must be true or false")
            return default
        return str(node.value).lower() in _TRUE

    def count(self, key: str, default: int = 0) -> int:
        """A whole number, 0 or more."""
        text = self.text(key)
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            self.error(key, f"{key} must be a whole number from 0, not {text!r}")
            return default
        return int(text)

    def size_bytes(self, key: str, default: int = 0) -> int:
        """A size; as in Prometheus KB and KiB are both 1024 bytes."""
        text = self.text(key)
        if text in ("", "0"):
            return default if not text else 0
        match = _SIZE.fullmatch(text)
        if match is None:
            self.error(key, f"{key} must be a size such as 10MB, not {text!r}")
            return default
        return int(float(match[1]) * 1024 ** " KMGTPE".index(match[2].upper() or " "))

    def duration_ms(self, key: str, default_ms: int) -> int:
        """A duration of more than zero, such as 15s."""
        text = self.text(key)
        if not text:
            return default_ms
        try:
            duration_ms = parse_duration_ms(text)
        except BadData as error:
            self.error(key, f"{key}: {error.message}")
            return default_ms
        if duration_ms <= 0:
            self.error(key, f"{key} must be more than zero")
            return default_ms
        return duration_ms

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of scalars."""
        found = []
        for item in self.items(key):
            if isinstance(item, yaml.ScalarNode) and not is_null(item):
                found.append(str(item.value))
            else:
                self.findings.error(item, f"{self.name}: {key} must be a list of texts")
        return tuple(found)

    def items(self, key: str) -> list[yaml.Node]:
        """The nodes of a list; empty when it is missing."""
        node = self.node_of(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.error(key, f"{key} must be a list")
            return []
        return list(node.value)

    def sections(self, key: str, name: str) -> list[Section]:
        """A list of mappings."""
        found = []
        for item in self.items(key):
            if is_null(item):
                self.findings.error(item, f"{self.name}: empty entry in {key}")
            else:
                found.append(Section(item, name, self.findings))
        return found

    def section(self, key: str) -> Section | None:
        """A nested mapping, or None."""
        node = self.node_of(key)
        return None if node is None else Section(node, key, self.findings)

    def text_map(self, key: str) -> dict[str, str]:
        """A mapping of names to texts, such as labels."""
        section = self.section(key)
        return {} if section is None else {name: section.text(name) for name in section.names()}

    def list_map(self, key: str) -> dict[str, tuple[str, ...]]:
        """A mapping of names to lists of texts, such as URL parameters."""
        section = self.section(key)
        return {} if section is None else {name: section.texts(name) for name in section.names()}

    def names(self) -> list[str]:
        """All keys of the mapping in the order of the file."""
        return list(self._values)

    def ignore(self, reasons: Mapping[str, str]) -> None:
        """Keys that are known but without effect here: each that is given becomes a warning with its reason."""
        for key, reason in reasons.items():
            self._taken.add(key)
            if self.has(key):
                self.findings.warn(self._values[key][0], f"{self.name}: {key} has no effect: {reason}")

    def refuse(self, reasons: Mapping[str, str]) -> None:
        """Keys without which the rest would do the wrong thing: each that is given is an error with its reason."""
        for key, reason in reasons.items():
            self._taken.add(key)
            if self.has(key):
                self.error(key, f"{key} is not supported: {reason}")

    def finish(self) -> None:
        """Complain of every key that nobody asked for."""
        for key, (node, _) in self._values.items():
            if key not in self._taken:
                self.findings.error(node, f"{self.name}: unknown key {key!r}{_hint(key, self._taken)}")


def _hint(key: str, known: set[str]) -> str:
    """A known key that looks alike."""
    close = get_close_matches(key, sorted(known), n=1, cutoff=0.75)
    return f", did you mean {close[0]}?" if close else ""
