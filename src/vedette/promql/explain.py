"""`explain`: the plan of a query with the figures of its operators, as text and as plain data."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from vedette.model.frame import QueryResult
from vedette.promql.operators.base import Operator, ScalarOperator
from vedette.promql.plan import Node, Window
from vedette.promql.run import Figures


class Explanation(Struct, frozen=True):
    """What a query did, operator by operator; seconds of an operator include those below it, summed over threads."""

    title: str
    rows: int
    samples: int
    """Samples that its steps looked at."""
    seconds: float
    inputs: tuple[Explanation, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "operator": self.title,
            "rows": self.rows,
            "samples": self.samples,
            "seconds": round(self.seconds, 6),
            "inputs": [each.as_data() for each in self.inputs],
        }

    def text(self, indent: int = 0) -> str:
        """A line an operator."""
        head = f"{'  ' * indent}{self.title}"
        if self.rows:
            head += f"  rows={self.rows}"
            head += f" samples={self.samples}" if self.samples else ""
            head += f" ms={self.seconds * 1000:.3f}"
        return "\n".join([head, *(each.text(indent + 1) for each in self.inputs)])


class Explained(Struct, frozen=True):
    """A query that was run to be explained."""

    root: Explanation
    result: QueryResult

    def text(self) -> str:
        """The tree, and what the query cost as a whole."""
        stats = self.result.stats
        timings = " ".join(f"{stage}={seconds * 1000:.3f}ms" for stage, seconds in stats.timings_s.items())
        return (
            f"{self.root.text()}\n"
            f"series={stats.series_read} samples={stats.samples_read} bytes={stats.bytes_read} "
            f"chunks={stats.chunks_read} looked_at={stats.samples_total} peak={stats.samples_peak} {timings}"
        )

    def as_data(self) -> dict[str, Any]:
        """Plain values for JSON."""
        stats = self.result.stats
        return {
            "plan": self.root.as_data(),
            "stats": {
                "series_read": stats.series_read,
                "samples_read": stats.samples_read,
                "bytes_read": stats.bytes_read,
                "chunks_read": stats.chunks_read,
                "samples_total": stats.samples_total,
                "samples_peak": stats.samples_peak,
                "timings_s": dict(stats.timings_s),
            },
        }


def explanation_of(node: Node, operator: Operator | ScalarOperator | None, figures: dict[int, Figures]) -> Explanation:
    """The tree below an operator; strings and bare range vectors have none."""
    if operator is None:
        return Explanation(node.title, 0, 0, 0.0, ())
    own = figures.get(id(operator), Figures())
    inputs = tuple(explanation_of(each.node, each, figures) for each in operator.inputs)
    title = f"{node.title} of {node.samples.title}" if isinstance(node, Window) else node.title
    return Explanation(title, own.rows, own.samples, own.seconds, inputs)
