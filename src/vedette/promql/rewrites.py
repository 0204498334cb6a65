"""Rewrites of plans: each takes a plan and returns one with the same answers that costs less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from vedette.promql import plan
from vedette.promql.functions.scalars import scalar_math

_VARIES_BY_STEP = ("predict_linear",)
"""Windows whose result depends on the moment of evaluation even when their samples do not."""


def rewrite(node: plan.Plan) -> plan.Plan:
    """All rewrites, in the order that lets each see the work of those before it."""
    folded = _descend(node, fold_constants)
    return share_repeated(hoist_invariants(folded))


def _descend(node: plan.Plan, change: Callable[[plan.Plan], plan.Plan]) -> plan.Plan:
    """`change` applied to every node, leaves first."""
    changes: dict[str, object] = {}
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, plan.Node):
            new: object = _descend(value, change)  # type: ignore[arg-type]  # inputs of a plan are plans
        elif isinstance(value, tuple) and any(isinstance(item, plan.Node) for item in value):
            new = tuple(_descend(item, change) for item in value)
        else:
            continue
        if new is not value:
            changes[name] = new
    return change(replace(node, **changes) if changes else node)


def fold_constants(node: plan.Plan) -> plan.Plan:
    """Arithmetic of numbers that are known."""
    if isinstance(node, plan.ScalarMath) and all(isinstance(arg, plan.Constant) for arg in node.args):
        with np.errstate(all="ignore"):
            args = [np.array([arg.value]) for arg in node.args if isinstance(arg, plan.Constant)]
            return plan.Constant(float(scalar_math(node.op, args)[0]))
    return node


def is_invariant(node: plan.Node) -> bool:
    """Whether the result is the same at every step of a query."""
    match node:
        case plan.Constant() | plan.QueryBound() | plan.Text():
            return True
        case plan.Select() | plan.SelectRange() | plan.Resample():
            return node.at is not None
        case plan.Now() | plan.StepTime():
            return False
        case plan.Window() if node.function in _VARIES_BY_STEP:
            return False
        case plan.Info() if node.at is None:
            return False
        case _:
            return all(map(is_invariant, node.inputs))


def hoist_invariants(node: plan.Plan) -> plan.Plan:
    """Compute what does not depend on the step once: everything below `@`."""
    if isinstance(node, plan.Constant | plan.QueryBound | plan.Text):
        return node
    if is_invariant(node):
        inner = _hoist_inputs(node, inside=True)
        if isinstance(inner, plan.Vector):
            return plan.Hoisted(inner)
        if isinstance(inner, plan.Scalar):
            return plan.HoistedScalar(inner)
        return inner
    return _hoist_inputs(node, inside=False)


def _hoist_inputs(node: plan.Plan, *, inside: bool) -> plan.Plan:
    """Below a hoisted node only subqueries, which have steps of their own, need another look."""
    looks = not inside or isinstance(node, plan.Resample)
    changes: dict[str, object] = {}
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, plan.Node):
            new: object = hoist_invariants(value) if looks else _hoist_inputs(value, inside=True)  # type: ignore[arg-type]  # inputs of a plan are plans
        elif isinstance(value, tuple) and any(isinstance(item, plan.Node) for item in value):
            new = tuple(hoist_invariants(item) if looks else _hoist_inputs(item, inside=True) for item in value)
        else:
            continue
        if new != value:
            changes[name] = new
    return replace(node, **changes) if changes else node


def share_repeated(node: plan.Plan) -> plan.Plan:
    """Compute subtrees that occur more than once only once."""
    counts: Counter[plan.Node] = Counter()
    _count(node, counts)
    repeated = {each for each, count in counts.items() if count > 1}
    if not repeated:
        return node

    def wrap(each: plan.Plan) -> plan.Plan:
        return plan.Shared(each) if isinstance(each, plan.Vector) and each in repeated else each

    return _descend(node, wrap)


def _count(node: plan.Node, counts: Counter[plan.Node]) -> None:
    """Count vectors worth sharing; below one that was seen before nothing is counted again."""
    if isinstance(node, plan.Vector) and not isinstance(node, plan.FromScalar | plan.Absent):
        counts[node] += 1
        if counts[node] > 1:
            return
    for each in node.inputs:
        _count(each, counts)
