"""Operators that work value by value, in place, on whatever chunks their input comes in."""

from __future__ import annotations

import numpy as np

from vedette.model.special import BoolArray, FloatArray
from vedette.promql import plan
from vedette.promql.functions.dates import DATES, date_part
from vedette.promql.functions.elementwise import ELEMENTWISE
from vedette.promql.functions.scalars import ARITHMETIC, COMPARISONS
from vedette.promql.matrix import Matrix, Rows, Steps, empty
from vedette.promql.operators.base import Operator, ScalarOperator
from vedette.promql.run import Run
from vedette.promql.tally import Tally


class ElementwiseOperator(Operator):
    """A function of each value."""

    node: plan.Elementwise

    def __init__(self, node: plan.Elementwise, child: Operator, params: tuple[ScalarOperator, ...]) -> None:
        super().__init__(node, (child, *params))
        self._child = child
        self._params = params

    def open(self, run: Run, steps: Steps) -> Rows:
        name = self.node.function
        params = [each.numbers(run, steps) for each in self._params]

        def change(values: FloatArray, present: BoolArray) -> int | None:
            values[...] = date_part(name, values) if name in DATES else ELEMENTWISE[name](values, params)
            if name == "clamp":
                # Bounds that cross yield nothing at that step.
                present &= ~(params[1] < params[0])
                return int(np.count_nonzero(present))
            return None

        return self._child.series(run, steps).mapped(change, drop=True)


class WithScalarOperator(Operator):
    """Arithmetic or comparison of a vector with a number."""

    node: plan.WithScalar
    inputs: tuple[Operator, ScalarOperator]

    def open(self, run: Run, steps: Steps) -> Rows:
        node, (child, scalar) = self.node, self.inputs
        number = scalar.numbers(run, steps)
        compare = COMPARISONS.get(node.op)

        def change(values: FloatArray, present: BoolArray) -> int | None:
            sides = (number, values) if node.swapped else (values, number)
            if compare is None:
                ARITHMETIC[node.op](*sides, out=values)
                return None
            fulfilled = compare(*sides)
            if node.return_bool:
                values[...] = fulfilled
                return None
            present &= fulfilled
            return int(np.count_nonzero(present))

        return child.series(run, steps).mapped(change, drop=compare is None or node.return_bool)


class StepTimeOperator(Operator):
    """`timestamp()` of a computed vector."""

    inputs: tuple[Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        seconds = steps.times_ms / 1000

        def change(values: FloatArray, _: BoolArray) -> None:
            values[...] = seconds

        return self.inputs[0].series(run, steps).mapped(change, drop=True)


class NativeOnlyOperator(Operator):
    """Functions of native histograms: the input is computed for its errors, floats yield nothing."""

    inputs: tuple[Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        self.inputs[0].evaluate(run, steps)
        return empty(steps).rows()


class HoistedOperator(Operator):
    """Computed at the first step, the same at all."""

    inputs: tuple[Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        if steps.count == 1:
            return self.inputs[0].series(run, steps)
        within = Tally()
        with run.counting(within):
            once = self.inputs[0].evaluate(run, steps.first())
        run.tally.count_at_every_step(within.samples, steps.count)
        run.hold(len(once.labels) * steps.count)
        values = np.repeat(once.values, steps.count, axis=1)
        present = None if once.present is None else np.repeat(once.present, steps.count, axis=1)
        return Matrix(once.labels, values, present, once.drop_name, once.distinct, once.ordered).rows()


class SharedOperator(Operator):
    """Computed once for each set of steps that it is asked for."""

    inputs: tuple[Operator]

    def open(self, run: Run, steps: Steps) -> Rows:
        key = (id(self), steps.start_ms, steps.step_ms, steps.count)
        found = run.shared.get(key)
        if found is None:
            within = run.tally.like()
            with run.counting(within):
                found = run.shared[key] = self.inputs[0].evaluate(run, steps), within
        matrix, within = found
        run.tally.count(within.samples, within.per_step)
        return matrix.rows()
