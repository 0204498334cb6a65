"""Which alerting rules watch what a query shows, and the numbers that they hold against the same thing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from weakref import WeakKeyDictionary

from msgspec import Struct

from vedette.model.labels import METRIC_NAME
from vedette.model.matcher import MatchOp
from vedette.promql import ast
from vedette.rules.course import compared
from vedette.rules.evaluation import RuleState
from vedette.rules.group import GroupState
from vedette.rules.reads import Matchers, name_of, selectors_of

_OVER_ANY_WINDOW: Final = frozenset(
    (
        *("rate", "irate", "deriv", "double_exponential_smoothing", "predict_linear"),
        *("avg_over_time", "min_over_time", "max_over_time", "quantile_over_time", "last_over_time"),
        *("stddev_over_time", "stdvar_over_time", "mad_over_time", "present_over_time"),
    )
)
"""Functions whose values are of one scale, however long the window is: not those that add up."""
_PICKS: Final = frozenset(("topk", "bottomk", "limitk", "limit_ratio"))
_SORTS: Final = frozenset(("sort", "sort_desc", "sort_by_label", "sort_by_label_desc"))
_SIDES_OF_AND: Final = ("and", "or")


class Limit(Struct, frozen=True):
    """A rule fires while what it watches is `op` than `value`."""

    op: str
    value: float


class Watching(Struct, frozen=True):
    """A rule that reads what a query reads; `limits` where it compares the very thing that the query shows."""

    state: RuleState
    limits: tuple[Limit, ...]


class _Watcher(Struct, frozen=True):
    state: RuleState
    reads: tuple[Matchers, ...]
    limits: tuple[tuple[object, Limit], ...]
    """Each with the shape of what is compared."""


class _Index(Struct, frozen=True):
    """The watchers of a group by the metrics that they read: of ten thousand rules few are about a chart."""

    watchers: tuple[_Watcher, ...]
    by_name: dict[str, set[int]]
    """Places of watchers; those that name no metric are under no name."""

    def about(self, names: set[str]) -> Iterable[_Watcher]:
        """Those that may read one of the metrics, in their order; whoever names none may read any."""
        if "" in names:
            return self.watchers
        places = self.by_name.get("", set()).union(*(self.by_name.get(name, ()) for name in names))
        return (self.watchers[place] for place in sorted(places))


class Watchers:
    """What alerting rules read, found once for each group."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[GroupState, _Index] = WeakKeyDictionary()

    def of(self, groups: Iterable[GroupState], expr: ast.Expr) -> list[Watching]:
        """The rules of some groups that watch what an expression shows, in their order."""
        shown = tuple(selectors_of(expr))
        names = {name_of(one) for one in shown}
        shape = shape_of(_shown(expr))
        found = []
        for group in groups:
            for one in self._of_group(group).about(names):
                if any(may_share(mine, other) for mine in one.reads for other in shown):
                    limits = tuple(limit for of, limit in one.limits if of == shape)
                    found.append(Watching(one.state, limits))
        return found

    def _of_group(self, group: GroupState) -> _Index:
        known = self._known.get(group)
        if known is None:
            known = self._known[group] = _index(_watcher(state) for state in group.rules if state.rule.is_alert)
        return known


def _index(watchers: Iterable[_Watcher]) -> _Index:
    index = _Index(tuple(watchers), {})
    for place, one in enumerate(index.watchers):
        for name in map(name_of, one.reads):
            index.by_name.setdefault(name, set()).add(place)
    return index


def _watcher(state: RuleState) -> _Watcher:
    expr = state.rule.expr
    limits = tuple((shape_of(side), limit) for side, limit in limits_of(expr))
    return _Watcher(state, tuple(selectors_of(expr)), limits)


def limits_of(expr: ast.Expr) -> Iterator[tuple[ast.Expr, Limit]]:
    """What a rule compares with numbers; not what stands behind `unless`, which keeps it from firing."""
    match expr:
        case ast.Paren():
            yield from limits_of(expr.expr)
        case ast.Binary(op="unless"):
            yield from limits_of(expr.left)
        case ast.Binary(op=op) if op in _SIDES_OF_AND:
            yield from limits_of(expr.left)
            yield from limits_of(expr.right)
        case _:
            found = compared(expr)
            if found is not None and math.isfinite(found.value):
                yield found.expr, Limit(found.op, found.value)


def may_share(one: Matchers, other: Matchers) -> bool:
    """Whether there may be series that both select: no label is one value in one of them and another in the other."""
    if name_of(one) != name_of(other) and name_of(one) and name_of(other):
        return False
    for these, those in ((one, other), (other, one)):
        for matcher in these:
            if matcher.op is MatchOp.EQUAL and not all(
                against.matches(matcher.value) for against in those if against.name == matcher.name
            ):
                return False
    return True


def _shown(expr: ast.Expr) -> ast.Expr:
    """Without what only picks or sorts series: the values stay what they are."""
    match expr:
        case ast.Paren():
            return _shown(expr.expr)
        case ast.Aggregate(op=op) if op in _PICKS:
            return _shown(expr.expr)
        case ast.Call(function=function) if function in _SORTS:
            return _shown(expr.args[0])
        case _:
            found = compared(expr)
            return expr if found is None else _shown(found.expr)


def _none(_label: str) -> bool:
    return False


def shape_of(expr: ast.Expr, lost: Callable[[str], bool] = _none, *, any_window: bool = False) -> object:
    """Equal for expressions whose values can be held against each other.

    The windows of rates and averages do not matter, nor which series are selected by labels that come out; `lost` are
    the labels that do not, as something is added up over them.
    """
    match expr:
        case ast.Paren():
            return shape_of(expr.expr, lost, any_window=any_window)
        case ast.VectorSelector():
            kept = (one for one in expr.matchers if one.name == METRIC_NAME or lost(one.name))
            return frozenset(kept), expr.offset
        case ast.MatrixSelector():
            return "[]", shape_of(expr.selector, lost), None if any_window else expr.range
        case ast.Subquery():
            return "[:]", shape_of(expr.expr, lost), None if any_window else expr.range, expr.offset
        case ast.Call(function=function):
            free = function in _OVER_ANY_WINDOW
            return function, *(shape_of(arg, lost, any_window=free) for arg in expr.args)
        case ast.Aggregate(grouping=grouping, without=without):
            param = None if expr.param is None else shape_of(expr.param)
            below = shape_of(expr.expr, lambda label: lost(label) or (label in grouping) == without)
            return expr.op, without, frozenset(grouping), param, below
        case ast.Binary():
            sides = (shape_of(side, lost) for side in (expr.left, expr.right))
            return expr.op, expr.return_bool, *sides
        case ast.Unary():
            return expr.op, shape_of(expr.expr, lost)
        case _:
            return expr.value
