"""Shapes of JSON bodies for the document. Answers on hot paths are written column by column; tests compare both."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Text = str
Labels = dict[str, str]
Sample = Annotated[
    list[float | str], msgspec.Meta(description="[seconds since 1970, value as text]", min_length=2, max_length=2)
]
Value = Annotated[
    float | str | None, msgspec.Meta(description='A number; null where there is no value; "NaN", "+Inf" or "-Inf".')
]


class Position(msgspec.Struct):
    """A span of the query text, as 0-based offsets."""

    start: int
    end: int


class Limit(msgspec.Struct):
    """The limit that was hit: the setting's name and its value."""

    name: str
    value: float


class Error(msgspec.Struct, omit_defaults=True):
    """Every answer that is no success."""

    status: Literal["error"]
    error_type: str = msgspec.field(name="errorType")
    error: str = msgspec.field()
    code: str = msgspec.field()
    request_id: str = msgspec.field()
    position: Position | None = None
    limit: Limit | None = None
    reason: str = ""
    """Why who asks is not known: `required`, `invalid`, `expired`, `second_factor` or `setup`."""
    permission: str = ""
    """The right that is missing."""
    current: Any = None
    """What is stored, where somebody else has changed it meanwhile."""
    yours: Any = None
    """What was to be stored instead."""


class StringList(msgspec.Struct):
    """Prometheus' success envelope around a list of texts."""

    status: Literal["success"]
    data: list[str]
    warnings: list[str] = []
    infos: list[str] = []


class LabelSets(msgspec.Struct):
    """Prometheus' success envelope around label sets."""

    status: Literal["success"]
    data: list[Labels]
    warnings: list[str] = []
    infos: list[str] = []


class ResultItem(msgspec.Struct, omit_defaults=True):
    """One series: `value` in a vector, `values` in a matrix."""

    metric: Labels
    value: Sample | None = None
    values: list[Sample] | None = None


class QueryData(msgspec.Struct):
    """Result of a query; `result` is a list of series, for scalar and string one sample."""

    result_type: Literal["vector", "matrix", "scalar", "string"] = msgspec.field(name="resultType")
    result: list[ResultItem | float | str]
    stats: dict[str, Any] = {}


class QueryAnswer(msgspec.Struct):
    """Prometheus' answer to a query."""

    status: Literal["success"]
    data: QueryData
    warnings: list[str] = []
    infos: list[str] = []


class AnyAnswer(msgspec.Struct):
    """Prometheus' success envelope."""

    status: Literal["success"]
    data: Any
    warnings: list[str] = []
    infos: list[str] = []


class TextAnswer(msgspec.Struct):
    """Prometheus' success envelope around one text."""

    status: Literal["success"]
    data: str


class Metadata(msgspec.Struct):
    """What is known of a metric family."""

    type: str
    help: str
    unit: str


class MetadataAnswer(msgspec.Struct):
    """Metadata by metric name."""

    status: Literal["success"]
    data: dict[str, list[Metadata]]


class Problem(msgspec.Struct):
    """An example of what was wrong; `position` is a line number from 1 or an index into the request."""

    reason: str
    message: str
    position: int = -1


class IngestReport(msgspec.Struct):
    """What became of the samples of a request; `dropped` counts by reason."""

    accepted: int
    out_of_order: int
    duplicates: int
    new_series: int
    dropped: dict[str, int]
    problems: list[Problem]


class TextsAnswer(msgspec.Struct):
    """Prometheus' success envelope around texts by name."""

    status: Literal["success"]
    data: dict[str, str]


class Config(msgspec.Struct):
    """Settings as the text of a file."""

    yaml: str


class ConfigAnswer(msgspec.Struct):
    """Prometheus' success envelope around the settings."""

    status: Literal["success"]
    data: Config


class Setting(msgspec.Struct):
    """One setting in force."""

    name: str
    value: str
    default: str
    source: str
    """Empty for a default, else file and line, variable or flag."""
    environment: str
    description: str


class SettingsAnswer(msgspec.Struct):
    """All settings."""

    status: Literal["success"]
    data: list[Setting]


class Target(msgspec.Struct, rename="camel"):
    """A target that is scraped."""

    discovered_labels: Labels
    labels: Labels
    scrape_pool: str
    scrape_url: str
    global_url: str
    last_error: str
    last_scrape: str
    last_scrape_duration: float
    health: Literal["up", "down", "unknown"]
    scrape_interval: str
    scrape_timeout: str


class DroppedTarget(msgspec.Struct, rename="camel"):
    """A target that relabelling left out."""

    discovered_labels: Labels
    scrape_pool: str = ""


class Targets(msgspec.Struct, rename="camel"):
    """Targets by state."""

    active_targets: list[Target]
    dropped_targets: list[DroppedTarget]
    dropped_target_counts: dict[str, int]


class TargetsAnswer(msgspec.Struct):
    """Prometheus' success envelope around targets."""

    status: Literal["success"]
    data: Targets


class ColumnsSeries(msgspec.Struct):
    """One series; `values` has an entry for each of the shared timestamps."""

    labels: Labels
    values: list[Value]


class ColumnsData(msgspec.Struct):
    """Series over shared timestamps."""

    result_type: Literal["vector", "matrix", "scalar"] = msgspec.field(name="resultType")
    timestamps_ms: list[int] = msgspec.field()
    step_ms: int = msgspec.field()
    series: list[ColumnsSeries] = msgspec.field()


class Note(msgspec.Struct):
    """A warning or info; `start` and `end` are offsets into the query, -1 when unknown."""

    message: str
    start: int
    end: int


class ColumnsAnswer(msgspec.Struct):
    """Columns, with what it took to get them."""

    status: Literal["success"]
    data: ColumnsData
    total_points: int
    aggregation: str
    cache_hit: bool
    query_time_ms: float
    promql: str
    stats: dict[str, Any]
    warnings: list[Note]
    infos: list[Note]


class RunningQuery(msgspec.Struct):
    """A query under way; `step_ms` 0 is an instant query."""

    id: str
    project: str
    query: str
    start_ms: int
    end_ms: int
    step_ms: int
    started_ms: int
    elapsed_s: float
    waiting: bool
    samples: int


class RunningAnswer(msgspec.Struct):
    """Queries under way."""

    status: Literal["success"]
    data: list[RunningQuery]


class ReportAnswer(msgspec.Struct):
    """Prometheus' success envelope around a report."""

    status: Literal["success"]
    data: IngestReport
