"""What every operator offers."""

from __future__ import annotations

from abc import ABC, abstractmethod

from vedette.model.special import BoolArray, FloatArray
from vedette.promql.matrix import Chunk, Fill, Matrix, Rows, Steps
from vedette.promql.plan import Node
from vedette.promql.run import Figures, Run


class Operator(ABC):
    """Yields rows of one value a step.

    Subclasses implement `open`; callers use `series`, whose labels are known at once and whose cells are computed
    chunk by chunk, or `evaluate`, which computes all of them.
    """

    def __init__(self, node: Node, inputs: tuple[Operator | ScalarOperator, ...] = ()) -> None:
        self.node = node
        self.inputs = inputs

    @abstractmethod
    def open(self, run: Run, steps: Steps) -> Rows:
        """The rows; the work may be left to their chunks."""

    def series(self, run: Run, steps: Steps) -> Rows:
        """`open`, measured when the query is explained."""
        if run.figures is None:
            return self.open(run, steps)
        return _measured(self, run, steps)

    def evaluate(self, run: Run, steps: Steps) -> Matrix:
        """All rows computed."""
        return run.collect(self.series(run, steps), steps)


class ScalarOperator(ABC):
    """Yields one number a step."""

    def __init__(self, node: Node, inputs: tuple[Operator | ScalarOperator, ...] = ()) -> None:
        self.node = node
        self.inputs = inputs

    @abstractmethod
    def numbers(self, run: Run, steps: Steps) -> FloatArray:
        """float64[K]; not to be written to."""


def _measured(operator: Operator, run: Run, steps: Steps) -> Rows:
    figures = run.figures_of(operator) or Figures()
    clock = run.ctx.clock
    began_s = clock.monotonic_s()
    rows = operator.open(run, steps)
    figures.seconds += clock.monotonic_s() - began_s
    figures.rows += len(rows.labels)

    def timed(fill: Fill) -> Fill:
        def work(values: FloatArray, present: BoolArray, first: int) -> int:
            began_s = clock.monotonic_s()
            filled = fill(values, present, first)
            figures.seconds += clock.monotonic_s() - began_s
            return filled

        return work

    if rows.matrix is not None:
        return rows
    rows.chunks = [Chunk(chunk.rows, timed(chunk.fill)) for chunk in rows.chunks]
    return rows
