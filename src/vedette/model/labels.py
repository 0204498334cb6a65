"""Labels: the identity of a series."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import orjson

METRIC_NAME: Final = "__name__"

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


class Labels:
    """An immutable, sorted set of (name, value) pairs; empty values do not exist.

    Instances are interned by the stores that hand them out, so equal labels are often identical; `json` and the
    hash are computed once. Pairs are sorted by name.
    """

    __slots__ = ("__weakref__", "_hash", "_json", "pairs")

    pairs: tuple[tuple[str, str], ...]

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        """Take pairs that are already sorted by name, unique and without empty values."""
        self.pairs = pairs
        self._hash: int | None = None
        self._json: bytes | None = None

    @classmethod
    def of(cls, labels: Mapping[str, str] | Iterable[tuple[str, str]] = (), /, **more: str) -> Labels:
        """Build from any mapping or pairs; the last value of a name wins, empty values are dropped."""
        merged = dict(labels)
        merged.update(more)
        return cls(tuple(sorted((name, value) for name, value in merged.items() if value != "")))

    @property
    def name(self) -> str:
        """The metric name, or an empty string."""
        pairs = self.pairs
        # It comes before all names that begin with a lower-case letter.
        return pairs[0][1] if pairs and pairs[0][0] == METRIC_NAME else self.get(METRIC_NAME)

    def get(self, name: str, default: str = "") -> str:
        """The value of a label; a label that is not there has the empty value."""
        for key, value in self.pairs:
            if key == name:
                return value
        return default

    def keep(self, names: Iterable[str]) -> Labels:
        """Only the named labels."""
        wanted = frozenset(names)
        return Labels(tuple(pair for pair in self.pairs if pair[0] in wanted))

    def drop(self, names: Iterable[str]) -> Labels:
        """All but the named labels."""
        unwanted = frozenset(names)
        return Labels(tuple(pair for pair in self.pairs if pair[0] not in unwanted))

    def with_label(self, name: str, value: str) -> Labels:
        """A copy with one label set; an empty value removes it."""
        merged = dict(self.pairs)
        merged[name] = value
        return Labels.of(merged)

    def as_dict(self) -> dict[str, str]:
        """A new mapping of name to value."""
        return dict(self.pairs)

    @property
    def json(self) -> bytes:
        """The labels as a JSON object, UTF-8; cached."""
        if self._json is None:
            self._json = orjson.dumps(dict(self.pairs))
        return self._json

    @property
    def cached_json(self) -> bytes | None:
        """`json`, if it was made before or by somebody else."""
        return self._json

    @cached_json.setter
    def cached_json(self, json: bytes) -> None:
        self._json = json

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.pairs)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(self.pairs)
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Labels) and self.pairs == other.pairs)

    def __lt__(self, other: Labels) -> bool:
        return self.pairs < other.pairs

    def __repr__(self) -> str:
        return f"Labels({self})"

    def __str__(self) -> str:
        """PromQL notation; names outside the classic character set are quoted."""
        metric = self.name
        parts = [f"{quote_name(key)}={quote(value)}" for key, value in self.pairs if key != METRIC_NAME]
        if metric and _METRIC_NAME.fullmatch(metric):
            return metric + ("{" + ", ".join(parts) + "}" if parts else "")
        if metric:
            parts.insert(0, quote(metric))
        return "{" + ", ".join(parts) + "}"


EMPTY: Final = Labels(())


def quote(text: str) -> str:
    """A PromQL double-quoted string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def quote_name(name: str) -> str:
    """A label name as PromQL writes it: bare when classic, quoted otherwise."""
    return name if _LABEL_NAME.fullmatch(name) else quote(name)


def is_classic_metric_name(name: str) -> bool:
    """Whether the name needs no quotes in PromQL."""
    return _METRIC_NAME.fullmatch(name) is not None


def is_classic_label_name(name: str) -> bool:
    """Whether the label name needs no quotes in PromQL."""
    return _LABEL_NAME.fullmatch(name) is not None
