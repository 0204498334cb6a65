"""Frames: the columnar result of a query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, field

from vedette.model.labels import Labels
from vedette.model.special import BoolArray, FloatArray, IntArray

ResultKind = Literal["vector", "matrix", "scalar", "string"]


class Frame(Struct, frozen=True):
    """S series over K shared moments: timestamps_ms int64[K], values float64[S, K].

    `present` is bool[S, K], or None when every value is there; a NaN in `values` where `present` is true is a NaN.
    """

    labels: Sequence[Labels]
    timestamps_ms: IntArray
    values: FloatArray
    present: BoolArray | None = None


class RawSeries(Struct, frozen=True):
    """One series with its own timestamps, as an instant query of a range selector returns it."""

    labels: Labels
    timestamps_ms: IntArray
    values: FloatArray


class Annotation(Struct, frozen=True):
    """A warning or an info about a result; `start` and `end` are offsets into the query text, -1 when unknown."""

    message: str
    start: int = -1
    end: int = -1


class QueryStats(Struct):
    """What a query cost. Times in seconds by stage (parse, plan, index, read, evaluate, encode)."""

    series_read: int = 0
    samples_read: int = 0
    """Samples decoded from the store."""
    samples_total: int = 0
    """Samples looked at by all steps, as Prometheus' totalQueryableSamples."""
    samples_per_step: list[tuple[int, int]] = field(default_factory=list)
    """(timestamp in ms, samples looked at) of each step, where they were asked for."""
    samples_peak: int = 0
    bytes_read: int = 0
    chunks_read: int = 0
    result_series: int = 0
    result_points: int = 0
    timings_s: dict[str, float] = field(default_factory=dict)


class QueryResult(Struct):
    """A finished query.

    vector: `frame` with one moment. matrix: `frame`, or `raw` when the expression is a range selector asked at one
    instant. scalar: `frame` with one series without labels. string: `text`.
    """

    kind: ResultKind
    frame: Frame | None = None
    raw: Sequence[RawSeries] | None = None
    text: str = ""
    time_ms: int = 0
    step_ms: int = 0
    warnings: list[Annotation] = field(default_factory=list)
    infos: list[Annotation] = field(default_factory=list)
    stats: QueryStats = field(default_factory=QueryStats)
    ordered: bool = False
    """The order of the series carries meaning (sort, topk at one instant): keep it."""
