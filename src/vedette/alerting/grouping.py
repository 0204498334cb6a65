"""Groups: alerts that are told together, and when the next look at each is due."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterable, Iterator
from typing import cast

from vedette.alerting.book import Entry
from vedette.alerting.config import ProjectConfig
from vedette.alerting.notification import id_of
from vedette.alerting.routing import Leaf
from vedette.model.labels import Labels


class Group:
    """Alerts of one project that a node of a tree takes and that agree in the labels it groups by."""

    __slots__ = ("due_s", "id", "is_flushed", "key", "labels", "leaf", "members", "project")

    def __init__(self, project: str, leaf: Leaf, labels: Labels, key: str) -> None:
        self.project = project
        self.leaf = leaf
        self.labels = labels
        self.key = key
        self.id = id_of(project, key)
        self.members: dict[str, Entry] = {}
        self.due_s = 0.0
        """On the monotonic clock, which nobody sets."""
        self.is_flushed = False
        """Whether it has been looked at since it is there."""


class Groups:
    """All groups of all projects; under the lock of the book."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str, tuple[tuple[str, str], ...]], Group] = {}
        self._due: list[tuple[float, int, Group]] = []
        self._count = itertools.count()

    def __len__(self) -> int:
        return len(self._by_key)

    def of(self, project: str) -> Iterator[Group]:
        """Those of a project."""
        return (group for group in self._by_key.values() if group.project == project)

    def add(self, entry: Entry, config: ProjectConfig) -> list[Group]:
        """Put an alert where the routes say; the groups that it is new in."""
        project = entry.row.project
        joined = []
        for tree in config.trees:
            for leaf in tree.find(entry.map):
                labels = leaf.group_labels(entry.labels)
                key = (project, leaf.path, labels.pairs)
                group = self._by_key.get(key)
                if group is None:
                    group = self._by_key[key] = Group(project, leaf, labels, f"{leaf.path}:{labels}")
                if entry.fingerprint not in group.members:
                    group.members[entry.fingerprint] = entry
                    entry.groups.append(group)
                    joined.append(group)
        return joined

    def leave(self, group: Group, fingerprints: Iterable[str]) -> None:
        """Take alerts out; a group without any is no more."""
        for fingerprint in fingerprints:
            entry = group.members.pop(fingerprint, None)
            if entry is not None:
                entry.groups.remove(group)
        key = (group.project, group.leaf.path, group.labels.pairs)
        # Another may have come in its place meanwhile.
        if not group.members and self._by_key.get(key) is group:
            del self._by_key[key]

    def clear(self, project: str) -> list[Entry]:
        """Dissolve the groups of a project; who was in them."""
        entries: dict[str, Entry] = {}
        for group in list(self.of(project)):
            entries.update(group.members)
            self.leave(group, list(group.members))
        return list(entries.values())

    def schedule(self, group: Group, due_s: float) -> None:
        """Look at a group then, and not at the time that was meant before."""
        group.due_s = due_s
        heapq.heappush(self._due, (due_s, next(self._count), group))

    def due(self, now_s: float, most: int) -> list[Group]:
        """Groups whose time has come, at most so many, those that are late first."""
        found: list[Group] = []
        while self._due and self._due[0][0] <= now_s and len(found) < most:
            due_s, _, group = heapq.heappop(self._due)
            if group.due_s == due_s and group.members:
                # It may be there twice for the same moment.
                group.due_s = math.inf
                found.append(group)
        return found

    def next_due_s(self) -> float | None:
        """When the next look is due."""
        while self._due and (self._due[0][2].due_s != self._due[0][0] or not self._due[0][2].members):
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None


def groups_of(entry: Entry) -> list[Group]:
    """Groups that an alert is in."""
    return cast("list[Group]", entry.groups)
