"""From a plan to operators."""

from __future__ import annotations

from vedette.promql import plan
from vedette.promql.operators.aggregate import CountValuesOperator, FoldOperator, QuantileOperator
from vedette.promql.operators.base import Operator, ScalarOperator
from vedette.promql.operators.buckets import BucketsOperator
from vedette.promql.operators.elementwise import (
    ElementwiseOperator,
    HoistedOperator,
    NativeOnlyOperator,
    SharedOperator,
    StepTimeOperator,
    WithScalarOperator,
)
from vedette.promql.operators.info import InfoOperator
from vedette.promql.operators.match import MatchOperator, SetOperator
from vedette.promql.operators.pick import PickOperator
from vedette.promql.operators.scalar import (
    ConstantOperator,
    FromScalarOperator,
    HoistedScalarOperator,
    NowOperator,
    OnlyValueOperator,
    QueryBoundOperator,
    ScalarMathOperator,
)
from vedette.promql.operators.select import (
    RangeSource,
    SelectOperator,
    SelectorSource,
    SubquerySource,
    WindowOperator,
)
from vedette.promql.operators.shape import AbsentOperator, RelabelOperator, SortOperator

_PICKS = ("topk", "bottomk", "limitk", "limit_ratio")
_BY_NODE: dict[type[plan.Node], type[Operator] | type[ScalarOperator]] = {
    plan.Absent: AbsentOperator,
    plan.Constant: ConstantOperator,
    plan.FromScalar: FromScalarOperator,
    plan.Hoisted: HoistedOperator,
    plan.HoistedScalar: HoistedScalarOperator,
    plan.Info: InfoOperator,
    plan.Match: MatchOperator,
    plan.NativeOnly: NativeOnlyOperator,
    plan.Now: NowOperator,
    plan.OnlyValue: OnlyValueOperator,
    plan.QueryBound: QueryBoundOperator,
    plan.Relabel: RelabelOperator,
    plan.ScalarMath: ScalarMathOperator,
    plan.Select: SelectOperator,
    plan.SetOperation: SetOperator,
    plan.Shared: SharedOperator,
    plan.Sort: SortOperator,
    plan.StepTime: StepTimeOperator,
    plan.WithScalar: WithScalarOperator,
}
"""Nodes whose operator takes the node and its inputs, and nothing else."""


class Builder:
    """Makes the operators of one query; a shared node gets one operator however often it occurs."""

    def __init__(self) -> None:
        self._shared: dict[plan.Shared, Operator] = {}

    def vector(self, node: plan.Node) -> Operator:
        """The operator of a vector."""
        operator = self.build(node)
        if not isinstance(operator, Operator):
            raise TypeError(f"{node.title} yields no vector")
        return operator

    def scalar(self, node: plan.Node) -> ScalarOperator:
        """The operator of a number."""
        operator = self.build(node)
        if not isinstance(operator, ScalarOperator):
            raise TypeError(f"{node.title} yields no number")
        return operator

    def build(self, node: plan.Node) -> Operator | ScalarOperator:
        """The operator of a node and all below it."""
        if isinstance(node, plan.Shared):
            if node not in self._shared:
                self._shared[node] = SharedOperator(node, (self.vector(node.child),))
            return self._shared[node]
        match node:
            case plan.Aggregation():
                return self._aggregation(node)
            case plan.Buckets():
                return BucketsOperator(node, self.vector(node.child), tuple(map(self.scalar, node.params)))
            case plan.Elementwise():
                return ElementwiseOperator(node, self.vector(node.child), tuple(map(self.scalar, node.params)))
            case plan.Window():
                return WindowOperator(node, self.samples(node.samples), tuple(map(self.scalar, node.params)))
            case _:
                return _BY_NODE[type(node)](node, tuple(map(self.build, node.inputs)))

    def samples(self, node: plan.Samples) -> RangeSource:
        """The source of a window."""
        if isinstance(node, plan.SelectRange):
            return SelectorSource(node)
        if isinstance(node, plan.Resample):
            return SubquerySource(node, self.build(node.child))
        raise TypeError(f"{node.title} yields no samples")

    def _aggregation(self, node: plan.Aggregation) -> Operator:
        child = self.vector(node.child)
        if node.op == "count_values":
            return CountValuesOperator(node, (child,))
        if node.op == "quantile" or node.op in _PICKS:
            if node.param is None:
                raise TypeError(f"{node.op} needs a parameter")
            made = PickOperator if node.op in _PICKS else QuantileOperator
            return made(node, (child, self.scalar(node.param)))
        return FoldOperator(node, (child,))
