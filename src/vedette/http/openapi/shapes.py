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
