"""Operators that yield one number a step, and the ways between numbers and vectors."""

from __future__ import annotations

import numpy as np

from vedette.model.special import FloatArray
from vedette.promql import plan
from vedette.promql.functions.scalars import scalar_math
from vedette.promql.matrix import Rows, Steps, single
from vedette.promql.operators.base import Operator, ScalarOperator
from vedette.promql.run import Run
from vedette.promql.tally import Tally


class ConstantOperator(ScalarOperator):
    """A literal."""

    node: plan.Constant

    def numbers(self, run: Run, steps: Steps) -> FloatArray:  # noqa: ARG002 - the same at any time
        return np.full(steps.count, self.node.value)


class NowOperator(ScalarOperator):
    """`time()`."""

    def numbers(self, run: Run, steps: Steps) -> FloatArray:  # noqa: ARG002 - only the steps count
        return steps.times_ms / 1000


class QueryBoundOperator(ScalarOperator):
    """`start()`, `end()`, `range()`, `step()`."""

    node: plan.QueryBound

    def numbers(self, run: Run, steps: Steps) -> FloatArray:
        bounds = {"start": run.start_ms, "end": run.end_ms, "range": run.end_ms - run.start_ms, "step": run.step_ms}
        return np.full(steps.count, bounds[self.node.kind] / 1000)


class ScalarMathOperator(ScalarOperator):
    """Arithmetic and comparisons of numbers."""

    node: plan.ScalarMath
    inputs: tuple[ScalarOperator, ...]

    def numbers(self, run: Run, steps: Steps) -> FloatArray:
        with np.errstate(all="ignore"):
            return scalar_math(self.node.op, [each.numbers(run, steps) for each in self.inputs])


class OnlyValueOperator(ScalarOperator):
    """`scalar()`."""

    inputs: tuple[Operator]

    def numbers(self, run: Run, steps: Steps) -> FloatArray:
        matrix = self.inputs[0].evaluate(run, steps)
        if not len(matrix.labels):
            return np.full(steps.count, np.nan)
        mask = matrix.mask
        row = mask.argmax(axis=0)
        return np.where(np.count_nonzero(mask, axis=0) == 1, matrix.values[row, np.arange(steps.count)], np.nan)


class HoistedScalarOperator(ScalarOperator):
    """Computed at the first step, the same at all."""

    inputs: tuple[ScalarOperator]

    def numbers(self, run: Run, steps: Steps) -> FloatArray:
        within = Tally()
        with run.counting(within):
            once = self.inputs[0].numbers(run, steps.first())
        run.tally.count_at_every_step(within.samples, steps.count)
        return np.repeat(once, steps.count)


class FromScalarOperator(Operator):
    """`vector()`."""

    inputs: tuple[ScalarOperator]

    def open(self, run: Run, steps: Steps) -> Rows:
        return single(self.inputs[0].numbers(run, steps)).rows()
