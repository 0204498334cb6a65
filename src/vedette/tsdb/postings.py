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
        self._values: dict[str, dict[str, BitMap]] = {}
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
        for (name, value), these in refs.items():
            values = self._values.get(name)
            if values is None:
                values = self._values[name] = {}
                self._named[name] = BitMap()
            postings = values.get(value)
            if postings is None:
                values[value] = BitMap(these)
            else:
                postings.update(these)
            self._named[name].update(these)

    def remove(self, ref: int, labels: Labels) -> None:
        """Take a series out."""
        self._enter()
        self._all.discard(ref)
        for name, value in labels.pairs:
            values = self._values[name]
            values[value].discard(ref)
            if not values[value]:
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
        return [value for value, postings in self._values.get(name, {}).items() if postings.intersect(refs)]

    def sizes(self) -> Iterable[tuple[str, str, int]]:
        """(name, value, number of series) of every pair in use."""
        self._enter()
        for name, values in self._values.items():
            for value, postings in values.items():
                yield name, value, len(postings)

    def _select(self, matcher: Matcher) -> BitMap:
        values = self._values.get(matcher.name, {})
        if matcher.op is MatchOp.EQUAL and matcher.value:
            return values.get(matcher.value) or BitMap()
        if matcher.op is MatchOp.NOT_EQUAL and not matcher.value:
            return self._named.get(matcher.name) or BitMap()
        fulfils = matcher.predicate()
        if fulfils(""):
            refused = [postings for value, postings in values.items() if not fulfils(value)]
            return self._all - BitMap.union(*refused) if refused else self._all
        taken = [postings for value, postings in values.items() if fulfils(value)]
        return BitMap.union(*taken) if taken else BitMap()
