"""Postings of the head: label name -> value -> the refs that have it, and the sets that matchers select."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from pyroaring import BitMap

from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp

_ENTER_AT_MOST: Final = 16_384
"""Series that wait to be entered; what a query may have to do under the lock stays below some ten milliseconds."""


class Postings:
    """Not thread-safe: the project's lock is held around every call."""

    def __init__(self) -> None:
        # A value that one series alone has, as pod names and the like, is that ref itself: a bitmap would take five
        # times the memory.
        self._values: dict[str, dict[str, BitMap | int]] = {}
        self._named: dict[str, BitMap] = {}
        self._all = BitMap()
        # Entered together when somebody asks: a bitmap takes many refs at once several times faster than one by one,
        # and a start with many series in the log is ready sooner.
        self._new: list[tuple[int, Labels]] = []

    @property
    def all(self) -> BitMap:
        """The refs of all series."""
        self._enter()
        return self._all

    def add(self, ref: int, labels: Labels) -> None:
        """Enter a new series."""
        self._new.append((ref, labels))
        if len(self._new) >= _ENTER_AT_MOST:
            self._enter()

    def _enter(self) -> None:
        if not self._new:
            return
        new, self._new = self._new, []
        self._all.update([ref for ref, _ in new])
        refs: dict[tuple[str, str], list[int]] = {}
        for ref, labels in new:
            for pair in labels.pairs:
                if pair in refs:
                    refs[pair].append(ref)
                else:
                    refs[pair] = [ref]
        named: dict[str, list[int]] = {}
        for (name, value), these in refs.items():
            values = self._values.get(name)
            if values is None:
                values = self._values[name] = {}
            known = values.get(value)
            if known is None:
                values[value] = these[0] if len(these) == 1 else BitMap(these)
            elif isinstance(known, int):
                values[value] = BitMap([known, *these])
            else:
                known.update(these)
            if name in named:
                named[name] += these
            else:
                named[name] = these.copy()
        for name, these in named.items():
            if name in self._named:
                self._named[name].update(these)
            else:
                self._named[name] = BitMap(these)

    def remove(self, ref: int, labels: Labels) -> None:
        """Take a series out."""
        self._enter()
        self._all.discard(ref)
        for name, value in labels.pairs:
            values = self._values[name]
            known = values[value]
            if not isinstance(known, int):
                known.discard(ref)
            if isinstance(known, int) or not known:
                del values[value]
            self._named[name].discard(ref)
            if not values:
                del self._values[name], self._named[name]

    def find(self, matchers: Sequence[Matcher]) -> BitMap:
        """Refs of the series that fulfil all matchers."""
        found: BitMap | None = None
        self._enter()
        # Those with one posting list first: they leave the least to intersect.
        for matcher in sorted(matchers, key=lambda one: one.op is not MatchOp.EQUAL):
            selected = self._select(matcher)
            found = selected if found is None else found & selected
            if not found:
                break
        return self._all.copy() if found is None else found

    def names(self, refs: BitMap) -> list[str]:
        """Names of labels that some of the refs have."""
        self._enter()
        return [name for name, named in self._named.items() if named.intersect(refs)]

    def values(self, name: str, refs: BitMap) -> list[str]:
        """Values of a label that some of the refs have."""
        self._enter()
        return [
            value
            for value, known in self._values.get(name, {}).items()
            if (known in refs if isinstance(known, int) else known.intersect(refs))
        ]

    def sizes(self) -> Iterable[tuple[str, str, int]]:
        """(name, value, number of series) of every pair in use."""
        self._enter()
        for name, values in self._values.items():
            for value, known in values.items():
                yield name, value, 1 if isinstance(known, int) else len(known)

    def _select(self, matcher: Matcher) -> BitMap:
        values = self._values.get(matcher.name, {})
        if matcher.op is MatchOp.EQUAL and matcher.value:
            known = values.get(matcher.value)
            return BitMap() if known is None else BitMap([known]) if isinstance(known, int) else known
        if matcher.op is MatchOp.NOT_EQUAL and not matcher.value:
            return self._named.get(matcher.name) or BitMap()
        fulfils = matcher.predicate()
        if fulfils(""):
            return self._all - _union([known for value, known in values.items() if not fulfils(value)])
        return _union([known for value, known in values.items() if fulfils(value)])


def _union(postings: list[BitMap | int]) -> BitMap:
    together = BitMap([known for known in postings if isinstance(known, int)])
    many = [known for known in postings if not isinstance(known, int)]
    return BitMap.union(together, *many) if many else together
