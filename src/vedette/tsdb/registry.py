"""The series a project has in memory: labels <-> ref, series ids, postings and the newest sample of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from vedette.model.labels import Labels
from vedette.model.special import IntArray
from vedette.tsdb.head_table import NEVER_MS, Int32Array, NewestSamples, grown
from vedette.tsdb.postings import Postings
from vedette.tsdb.series_id import series_id

IdArray = npt.NDArray[np.uint64]
REFUSED = -1
_CACHE_SLACK = 100_000


class Registry:
    """Refs are dense, ascending and never reused. Changes need the project's lock; `known` and `labels` do not."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        """Of the series ids."""
        self._refs: dict[Labels, int] = {}
        self._labels: list[Labels | None] = []
        self.ids: IdArray = np.zeros(0, dtype=np.uint64)
        self.labels_cache: dict[int, Labels] = {}
        """Series id -> labels; shared with the blocks so that equal labels are one object."""
        self.postings = Postings()
        self.newest = NewestSamples()
        self._alive: npt.NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self.logged: Int32Array = np.zeros(0, dtype=np.int32)
        """The log segment that each series is described in; it changes under the lock of the log."""
        self.version = 0
        self.collisions = 0
        self.forgotten = 0

    def __len__(self) -> int:
        return len(self._refs)

    @property
    def end(self) -> int:
        """One more than the highest ref given out."""
        return len(self._labels)

    def known(self, labels: Sequence[Labels]) -> list[int | None]:
        """Refs of series, None for those that are new."""
        get = self._refs.get
        return [get(one) for one in labels]

    def intern(self, labels: Labels) -> int:
        """The ref of a series, made when it is new; REFUSED when its id or its text cannot be stored."""
        return self.intern_all([labels])[0]

    def intern_all(self, series: Sequence[Labels], identities: Sequence[int] | None = None) -> list[int]:
        """As `intern` for each of many; `identities` are their series ids where these are known."""
        first = len(self._labels)
        self._reserve(first + len(series))
        ids: list[int] = []
        if identities is None:
            found = [self._intern(labels, ids) for labels in series]
        else:
            found = [self._intern(labels, ids, one) for labels, one in zip(series, identities, strict=True)]
        end = len(self._labels)
        if end > first:
            self.ids[first:end] = np.array(ids, dtype=np.uint64)
            self.logged[first:end] = 0
            self._alive[first:end] = True
            self.version += 1
        return found

    def _intern(self, labels: Labels, ids: list[int], identity: int | None = None) -> int:
        """The ref of one series; the id of a new one is put behind `ids`."""
        ref = self._refs.get(labels)
        if ref is not None:
            return ref
        if identity is None:
            try:
                identity = series_id(self.key, labels)
            except UnicodeEncodeError:
                return REFUSED
        cached = self.labels_cache.setdefault(identity, labels)
        if cached is not labels and cached != labels:
            self.collisions += 1
            return REFUSED
        ref = len(self._labels)
        ids.append(identity)
        self._labels.append(cached)
        self.postings.add(ref, cached)
        self._refs[cached] = ref
        return ref

    def labels(self, refs: Iterable[int]) -> list[Labels]:
        """Labels of refs that are known."""
        by_ref = self._labels
        return [by_ref[ref] for ref in refs]  # type: ignore[misc]  # None only for forgotten refs

    def is_known(self, refs: IntArray) -> npt.NDArray[np.bool_]:
        """Which refs may be appended to."""
        inside = (refs >= 0) & (refs < len(self._labels))
        return inside & self._alive[np.where(inside, refs, 0)] if len(self._alive) else inside

    def all_known(self, refs: IntArray) -> bool:
        """Whether every ref may be appended to; refs must not be empty."""
        if int(refs.min()) < 0 or int(refs.max()) >= len(self._labels):
            return False
        return not self.forgotten or bool(self._alive[refs].all())

    def forget(self, refs: Iterable[int]) -> None:
        """Take series out of memory; their refs become unknown for ever."""
        for ref in refs:
            labels = self._labels[ref]
            if labels is None:
                continue
            self.postings.remove(ref, labels)
            del self._refs[labels]
            self._labels[ref] = None
            self._alive[ref] = False
            self.newest.timestamps_ms[ref] = NEVER_MS
            self.forgotten += 1
        self.version += 1

    def trim_cache(self) -> None:
        """Drop labels that only blocks have when there are many; they are read again when somebody asks."""
        if len(self.labels_cache) <= 2 * len(self._refs) + _CACHE_SLACK:
            return
        kept = {int(self.ids[ref]) for ref in self._refs.values()}
        # Blocks hold on to the dict itself, so it is thinned out in place.
        for identity in list(self.labels_cache):
            if identity not in kept:
                self.labels_cache.pop(identity, None)

    def _reserve(self, size: int) -> None:
        if size > len(self.ids):
            room = max(size, 256)
            self.ids = grown(self.ids, room)
            self.logged = grown(self.logged, room)
            self._alive = grown(self._alive, room)
        self.newest.reserve(size)
