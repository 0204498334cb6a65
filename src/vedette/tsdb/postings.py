"""Postings of the head: label name -> value -> the refs that have it, and the sets that matchers select."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyroaring import BitMap

from vedette.model.labels import Labels
from vedette.model.matcher import Matcher, MatchOp


class Postings:
    """Not thread-safe: the project's lock is held around every call."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, BitMap]] = {}
        self._named: dict[str, BitMap] = {}
        self.all = BitMap()

    def add(self, ref: int, labels: Labels) -> None:
        """Enter a new series."""
        self.all.add(ref)
        for name, value in labels.pairs:
            values = self._values.get(name)
            if values is None:
                values = self._values[name] = {}
                self._named[name] = BitMap()
            postings = values.get(value)
            if postings is None:
                postings = values[value] = BitMap()
            postings.add(ref)
            self._named[name].add(ref)

    def remove(self, ref: int, labels: Labels) -> None:
        """Take a series out."""
        self.all.discard(ref)
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
        # Those with one posting list first: they leave the least to intersect.
        for matcher in sorted(matchers, key=lambda one: one.op is not MatchOp.EQUAL):
            selected = self._select(matcher)
            found = selected if found is None else found & selected
            if not found:
                break
        return self.all.copy() if found is None else found

    def names(self, refs: BitMap) -> list[str]:
        """Names of labels that some of the refs have."""
        return [name for name, named in self._named.items() if named.intersect(refs)]

    def values(self, name: str, refs: BitMap) -> list[str]:
        """Values of a label that some of the refs have."""
        return [value for value, postings in self._values.get(name, {}).items() if postings.intersect(refs)]

    def sizes(self) -> Iterable[tuple[str, str, int]]:
        """(name, value, number of series) of every pair in use."""
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
            return self.all - BitMap.union(*refused) if refused else self.all
        taken = [postings for value, postings in values.items() if fulfils(value)]
        return BitMap.union(*taken) if taken else BitMap()
