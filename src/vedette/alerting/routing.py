"""The tree of routes: which of its nodes an alert goes to, and under which labels it is grouped there."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Final

from msgspec import Struct

from vedette.alerting.document import GROUP_BY_ALL, MAX_ROUTE_DEPTH, MAX_ROUTES, Route
from vedette.alerting.matching import LabelMap, LabelTests, matchers_of, written
from vedette.errors import BadData
from vedette.model.labels import Labels

DEFAULT_GROUP_BY: Final = ("alertname",)
DEFAULT_GROUP_WAIT_MS: Final = 500
DEFAULT_GROUP_INTERVAL_MS: Final = 60_000
DEFAULT_REPEAT_INTERVAL_MS: Final = 4 * 3_600_000
_MAX_REMEMBERED: Final = 50_000


class Leaf(Struct, frozen=True):
    """What a node says once all that it inherits is filled in; `path` is the same as long as its conditions are."""

    path: str
    place: str
    """Where in the document it is: `routes[0].routes[2]`; empty for the root."""
    receiver: str
    group_by: tuple[str, ...]
    """Empty: one group; see `by_all`."""
    by_all: bool
    group_wait_ms: int
    group_interval_ms: int
    repeat_interval_ms: int
    mute_timings: tuple[str, ...]
    active_timings: tuple[str, ...]
    escalation: str

    def group_labels(self, labels: Labels) -> Labels:
        """The labels that name the group of an alert."""
        return labels if self.by_all else labels.keep(self.group_by)


class Node(Struct, frozen=True):
    """A node with its conditions compiled."""

    leaf: Leaf
    passes: LabelTests
    goes_on: bool
    children: tuple[Node, ...]

    def find(self, labels: LabelMap) -> list[Leaf]:
        """The deepest nodes that take an alert; none when this one does not."""
        if not self.passes(labels):
            return []
        found: list[Leaf] = []
        for child in self.children:
            more = child.find(labels)
            found += more
            if more and not child.goes_on:
                break
        return found or [self.leaf]

    def walk(self) -> Iterator[Node]:
        """This node and all below."""
        yield self
        for child in self.children:
            yield from child.walk()


class Tree:
    """A compiled tree. Alerts that agree in all labels that it asks for go the same way, which is found once."""

    def __init__(self, name: str, route: Route) -> None:
        """Raises BadData with the place of what is wrong."""
        self.name = name
        self.root = compile_route(name, route)
        self.nodes = tuple(self.root.walk())
        self._names = tuple(sorted({label for node in self.nodes for label in node.passes.names}))
        self._known: dict[tuple[str, ...], tuple[Leaf, ...]] = {}

    def find(self, labels: LabelMap) -> tuple[Leaf, ...]:
        """Where an alert goes."""
        key = tuple([labels.get(name, "") for name in self._names])
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MAX_REMEMBERED:
                self._known.clear()
            found = self._known[key] = tuple(self.root.find(labels))
        return found


def compile_route(name: str, route: Route) -> Node:
    """The root of a tree, which takes every alert. Raises BadData with the place of what is wrong."""
    if route.matchers:
        raise BadData("matchers: the root takes every alert; conditions belong to the routes below it")
    if route.continue_:
        raise BadData("continue: the root has nothing beside it")
    if not route.receiver:
        raise BadData("receiver: the root must name one")
    if route.mute_timings or route.active_timings:
        raise BadData("mute_timings and active_timings belong to the routes below the root")
    above = Leaf(
        path=name,
        place="",
        receiver=route.receiver,
        group_by=DEFAULT_GROUP_BY,
        by_all=False,
        group_wait_ms=DEFAULT_GROUP_WAIT_MS,
        group_interval_ms=DEFAULT_GROUP_INTERVAL_MS,
        repeat_interval_ms=DEFAULT_REPEAT_INTERVAL_MS,
        mute_timings=(),
        active_timings=(),
        escalation="",
    )
    count = [0]
    return _compile(route, above, above.path, "", count, 0)


def _compile(route: Route, above: Leaf, path: str, place: str, count: list[int], depth: int) -> Node:
    count[0] += 1
    if count[0] > MAX_ROUTES or depth > MAX_ROUTE_DEPTH:
        raise BadData(f"routes: a tree has at most {MAX_ROUTES} nodes, {MAX_ROUTE_DEPTH} below each other")
    where = f"{place}." if place else ""
    matchers = matchers_of(route.matchers, f"{where}matchers")
    leaf = _inherit(route, above, f"{path}/{written(matchers)}" if place else path, place)
    seen: dict[str, int] = {}
    children = []
    for number, child in enumerate(route.routes):
        node = _compile(child, leaf, leaf.path, f"{where}routes[{number}]", count, depth + 1)
        again = seen[node.leaf.path] = seen.get(node.leaf.path, 0) + 1
        if again > 1:
            # Of two nodes with the same conditions each keeps groups of its own.
            node = _compile(child, leaf, f"{leaf.path}#{again}", f"{where}routes[{number}]", [0], depth + 1)
        children.append(node)
    return Node(leaf, LabelTests(matchers), route.continue_, tuple(children))


def _inherit(route: Route, above: Leaf, path: str, place: str) -> Leaf:
    group_by = above.group_by if route.group_by is None else route.group_by
    by_all = above.by_all if route.group_by is None else GROUP_BY_ALL in route.group_by
    return Leaf(
        path=path,
        place=place,
        receiver=route.receiver or above.receiver,
        group_by=() if by_all else tuple(dict.fromkeys(group_by)),
        by_all=by_all,
        group_wait_ms=_given(route.group_wait_ms, above.group_wait_ms),
        group_interval_ms=_given(route.group_interval_ms, above.group_interval_ms),
        repeat_interval_ms=_given(route.repeat_interval_ms, above.repeat_interval_ms),
        mute_timings=route.mute_timings,
        active_timings=route.active_timings,
        escalation=above.escalation if route.escalation is None else route.escalation,
    )


def _given(value: int | None, above: int) -> int:
    return above if value is None else value


def missing_names(
    nodes: Sequence[Node],
    receivers: Container[str],
    timings: Container[str],
    escalations: Container[str],
) -> list[str]:
    """What a tree names that is not there, each with its place."""
    found = []
    for node in nodes:
        leaf = node.leaf
        where = f"{leaf.place}." if leaf.place else ""
        if leaf.receiver not in receivers:
            found.append(f"{where}receiver: there is no contact point {leaf.receiver!r}")
        found += [
            f"{where}{field}: there is no mute timing {name!r}"
            for field, names in (("mute_timings", leaf.mute_timings), ("active_timings", leaf.active_timings))
            for name in names
            if name not in timings
        ]
        if leaf.escalation and leaf.escalation not in escalations:
            found.append(f"{where}escalation: there is no escalation {leaf.escalation!r}")
    return found
