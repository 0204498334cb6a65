"""Label sets derived from label sets - without a name, only the grouping labels - remembered by identity.

Stores hand out the same `Labels` object for a series again and again; what was derived from it once is found by a
dictionary look-up on its id, so that ten thousand series cost a millisecond and not thirty.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from vedette.model.labels import EMPTY, METRIC_NAME, Labels
from vedette.model.special import IntArray

METADATA_LABELS = (METRIC_NAME, "__type__", "__unit__")
"""What goes when a value stops being that metric."""


class _Memory:
    """One derivation: results by source (which stays alive with it), and by the id of the source."""

    __slots__ = ("by_id", "by_source", "results")

    def __init__(self) -> None:
        self.by_id: dict[int, Labels] = {}
        self.by_source: dict[Labels, Labels] = {}
        self.results: dict[Labels, Labels] = {}

    def learn(self, source: Labels, rule: Callable[[Labels], Labels]) -> Labels:
        """The result for a source whose id is not known."""
        result = self.by_source.get(source)
        if result is None:
            result = rule(source)
            result = self.results.setdefault(result, result)
            self.by_source[source] = self.by_id[id(source)] = result
        return result


class LabelSets:
    """Derivations of label sets; thread-safe; forgets everything when it holds more than `limit` of them."""

    def __init__(self, limit: int = 250_000) -> None:
        self._limit = limit
        self._memories: dict[Hashable, _Memory] = {}
        self._lock = threading.Lock()

    def derive(self, key: Hashable, rule: Callable[[Labels], Labels], labels: Sequence[Labels]) -> list[Labels]:
        """`rule` of each label set. Equal results of one key are the same object within a call."""
        if not labels:
            return []
        memory = self._memories.get(key)
        if memory is None:
            memory = self._memories.setdefault(key, _Memory())
        try:
            # A look for None among them would ask each label set whether it is equal to it.
            return list(map(memory.by_id.__getitem__, map(id, labels)))
        except KeyError:
            found = list(map(memory.by_id.get, map(id, labels)))
        with self._lock:
            for index, source in enumerate(labels):
                if found[index] is None:
                    found[index] = memory.learn(source, rule)
            if sum(len(each.by_id) for each in self._memories.values()) > self._limit:
                self._memories = {}
        return found  # type: ignore[return-value]  # every None was replaced

    def without(self, names: tuple[str, ...], labels: Sequence[Labels]) -> list[Labels]:
        """Label sets without some labels."""
        return self.derive(("without", names), lambda source: source.drop(names), labels)

    def only(self, names: tuple[str, ...], labels: Sequence[Labels]) -> list[Labels]:
        """Label sets with nothing but some labels."""
        return self.derive(("only", names), lambda source: source.keep(names), labels)

    def without_metadata(self, labels: Sequence[Labels]) -> list[Labels]:
        """Label sets without the metric's name, type and unit."""
        return self.without(METADATA_LABELS, labels)

    def groups(self, names: tuple[str, ...], without: bool, labels: Sequence[Labels]) -> tuple[IntArray, list[Labels]]:
        """Number of the group of each label set, int64[S], and the label set of each group, in order of appearance."""
        if without:
            return number(self.without((METRIC_NAME, *names), labels))
        if not names:
            return np.zeros(len(labels), dtype=np.int64), [EMPTY] if len(labels) else []
        return number(self.only(names, labels))


def number(labels: Sequence[Labels]) -> tuple[IntArray, list[Labels]]:
    """Numbers of equal label sets, int64[S], and the distinct ones; equal ones must be the same object."""
    ids = list(map(id, labels))
    distinct = dict(zip(ids, labels, strict=True))
    if len(distinct) == len(ids):
        return np.arange(len(ids), dtype=np.int64), list(labels)
    numbers = dict(zip(distinct, range(len(distinct)), strict=True))
    return np.fromiter(map(numbers.__getitem__, ids), np.int64, len(ids)), list(distinct.values())
