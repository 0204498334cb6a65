"""The plan: what a query will do, as a tree of frozen nodes that print themselves.

Nodes compare by meaning (positions in the text do not count), so equal subtrees can be found and shared.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from vedette.model.duration import print_duration_ms
from vedette.model.matcher import Matcher
from vedette.promql.ast import At, Span, VectorMatching

NOWHERE = Span(-1, -1)


class Node(Struct, frozen=True):
    """A step of the plan; fields that are nodes, or tuples of nodes, are its inputs."""

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The nodes directly below."""
        found: list[Node] = []
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, Node):
                found.append(value)
            elif isinstance(value, tuple):
                found.extend(item for item in value if isinstance(item, Node))
        return tuple(found)

    @property
    def meaning(self) -> tuple[object, ...]:
        """All fields but positions in the text: what the comparison of nodes that have such looks at."""
        return tuple(getattr(self, name) for name in self.__struct_fields__ if "span" not in name)

    @property
    def title(self) -> str:
        """One line that says what this node does."""
        return type(self).__name__

    def print(self, indent: int = 0) -> str:
        """The tree below, a line a node."""
        lines = ["  " * indent + self.title]
        lines += [node.print(indent + 1) for node in self.inputs]
        return "\n".join(lines)


class Scalar(Node, frozen=True):
    """Yields one number a step."""


class Vector(Node, frozen=True):
    """Yields rows of one value a step."""


class Samples(Node, frozen=True):
    """Yields rows of samples for windows."""


class Constant(Scalar, frozen=True):
    """The same number at every step."""

    value: float

    @property
    def title(self) -> str:
        return f"Constant {self.value:g}"


class Text(Node, frozen=True):
    """A string."""

    value: str

    @property
    def title(self) -> str:
        return f"Text {self.value!r}"


class Now(Scalar, frozen=True):
    """The moment of the step, in seconds."""


class QueryBound(Scalar, frozen=True):
    """`start()`, `end()`, `range()` or `step()` of the query, in seconds."""

    kind: str

    @property
    def title(self) -> str:
        return f"QueryBound {self.kind}()"


class ScalarMath(Scalar, frozen=True):
    """An operator or function of numbers."""

    op: str
    args: tuple[Scalar, ...]

    @property
    def title(self) -> str:
        return f"ScalarMath {self.op}"


class OnlyValue(Scalar, frozen=True):
    """`scalar()`: the value of the only row, else NaN."""

    child: Vector


class HoistedScalar(Scalar, frozen=True):
    """A number that is the same at every step, computed once."""

    child: Scalar


def _where(matchers: tuple[Matcher, ...], offset_ms: int, at: At | None) -> str:
    text = "{" + ", ".join(map(str, matchers)) + "}"
    if at is not None:
        text += f" @ {at.time_ms / 1000:.3f}" if at.kind == "time" else f" @ {at.kind}()"
    if offset_ms:
        text += f" offset {print_duration_ms(offset_ms)}"
    return text


class Select(Vector, frozen=True):
    """The newest sample within the lookback, or its timestamp."""

    matchers: tuple[Matcher, ...]
    offset_ms: int
    at: At | None
    timestamps: bool = False
    smoothed: bool = False
    """Interpolated between the samples around the step."""

    @property
    def title(self) -> str:
        what = " timestamps" if self.timestamps else " smoothed" if self.smoothed else ""
        return f"Select{what} {_where(self.matchers, self.offset_ms, self.at)}"


class SelectRange(Samples, frozen=True):
    """The samples of a range before each step."""

    matchers: tuple[Matcher, ...]
    range_ms: int
    offset_ms: int
    at: At | None
    extension: str = ""
    """`anchored` or `smoothed`."""

    @property
    def title(self) -> str:
        extension = f" {self.extension}" if self.extension else ""
        where = _where(self.matchers, self.offset_ms, self.at)
        return f"SelectRange [{print_duration_ms(self.range_ms)}]{extension} {where}"


class Resample(Samples, frozen=True):
    """A subquery: an expression evaluated at its own steps, whose results are samples."""

    child: Vector | Scalar
    range_ms: int
    step_ms: int
    """0 means the engine's default."""
    offset_ms: int
    at: At | None

    @property
    def title(self) -> str:
        step = print_duration_ms(self.step_ms) if self.step_ms else ""
        return f"Resample [{print_duration_ms(self.range_ms)}:{step}]{_where((), self.offset_ms, self.at)[2:]}"


class Window(Vector, frozen=True):
    """A function of the samples in each window."""

    function: str
    kernel: str
    samples: Samples
    params: tuple[Scalar, ...] = ()
    span: Span = NOWHERE
    """Of the range vector."""
    first_span: Span = NOWHERE
    """Of the first argument."""

    @property
    def title(self) -> str:
        return f"Window {self.function}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Window) and self.meaning == other.meaning

    def __hash__(self) -> int:
        return hash(self.meaning)


class Elementwise(Vector, frozen=True):
    """A function of each value."""

    function: str
    child: Vector
    params: tuple[Scalar, ...] = ()

    @property
    def title(self) -> str:
        return f"Elementwise {self.function}"


class WithScalar(Vector, frozen=True):
    """A vector and a number; `swapped` when the number stands on the left."""

    op: str
    child: Vector
    scalar: Scalar
    swapped: bool
    return_bool: bool

    @property
    def title(self) -> str:
        return f"WithScalar {'scalar ' if self.swapped else ''}{self.op}{' bool' if self.return_bool else ''}"


def _matching(matching: VectorMatching) -> str:
    text = " on" if matching.on else " ignoring" if matching.labels else ""
    if text:
        text += f"({', '.join(matching.labels)})"
    if matching.card in ("many-to-one", "one-to-many"):
        side = "left" if matching.card == "many-to-one" else "right"
        text += f" group_{side}({', '.join(matching.include)})"
    return text


class Match(Vector, frozen=True):
    """Two vectors, matched row by row."""

    op: str
    left: Vector
    right: Vector
    matching: VectorMatching
    return_bool: bool

    @property
    def title(self) -> str:
        return f"Match {self.op}{' bool' if self.return_bool else ''}{_matching(self.matching)}"


class SetOperation(Vector, frozen=True):
    """`and`, `or`, `unless`."""

    op: str
    left: Vector
    right: Vector
    matching: VectorMatching

    @property
    def title(self) -> str:
        return f"SetOperation {self.op}{_matching(self.matching)}"


class Aggregation(Vector, frozen=True):
    """Rows folded into groups, or picked from groups."""

    op: str
    child: Vector
    grouping: tuple[str, ...]
    without: bool
    param: Scalar | Text | None = None
    param_span: Span = NOWHERE

    @property
    def title(self) -> str:
        grouping = f" {'without' if self.without else 'by'} ({', '.join(self.grouping)})"
        return f"Aggregation {self.op}{grouping if self.grouping or self.without else ''}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Aggregation) and self.meaning == other.meaning

    def __hash__(self) -> int:
        return hash(self.meaning)


class Relabel(Vector, frozen=True):
    """`label_replace` and `label_join`."""

    function: str
    child: Vector
    texts: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Relabel {self.function}({', '.join(map(repr, self.texts))})"


class Buckets(Vector, frozen=True):
    """`histogram_quantile`, `histogram_quantiles` and `histogram_fraction` of classic histograms."""

    function: str
    child: Vector
    params: tuple[Scalar, ...]
    label: str = ""
    """Where `histogram_quantiles` tells its results apart."""
    span: Span = NOWHERE
    """Of the vector."""
    param_spans: tuple[Span, ...] = ()

    @property
    def title(self) -> str:
        return f"Buckets {self.function}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Buckets) and self.meaning == other.meaning

    def __hash__(self) -> int:
        return hash(self.meaning)


class NativeOnly(Vector, frozen=True):
    """A function of native histograms: floats yield nothing."""

    function: str
    child: Vector

    @property
    def title(self) -> str:
        return f"NativeOnly {self.function}"


class Sort(Vector, frozen=True):
    """An order of rows; only an instant query shows it."""

    function: str
    child: Vector
    by: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"Sort {self.function}"


class Absent(Vector, frozen=True):
    """1 where the child has no row."""

    child: Vector
    labels: tuple[tuple[str, str], ...]


class FromScalar(Vector, frozen=True):
    """`vector()`: a number as a row without labels."""

    child: Scalar


class StepTime(Vector, frozen=True):
    """`timestamp()` of anything that is no selector: the moment of the step."""

    child: Vector


class Info(Vector, frozen=True):
    """`info()`: data labels from info metrics."""

    child: Vector
    matchers: tuple[Matcher, ...] | None
    offset_ms: int
    at: At | None


class Hoisted(Vector, frozen=True):
    """The same at every step: computed once."""

    child: Vector


class Shared(Vector, frozen=True):
    """Occurs several times in the query: computed once."""

    child: Vector


Plan: TypeAlias = Scalar | Vector | Samples | Text
"""What a query, or a part of one, becomes."""
