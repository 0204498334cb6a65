"""Samples -> Prometheus text 0.0.4 or OpenMetrics 1.0."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

from msgspec import Struct

from vedette.kernel.text import format_value
from vedette.model.labels import METRIC_NAME, Labels, is_classic_metric_name, quote, quote_name
from vedette.model.metadata import MetricMetadata

TEXT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8"
OPENMETRICS_TYPE: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"

_SUFFIXES: Final[Mapping[str, Sequence[str]]] = {
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    "summary": ("_count", "_sum", "_created"),
}
_SUFFIXED: Final = tuple(sorted({suffix for suffixes in _SUFFIXES.values() for suffix in suffixes}))
_TOTAL: Final = "_total"
_BOUND: Final = "le"


class Sample(Struct, frozen=True):
    """One line; `timestamp_ms` None leaves the time to the reader."""

    labels: Labels
    value: float
    timestamp_ms: int | None = None


def accepts_openmetrics(accept: str) -> bool:
    """Whether an Accept header asks for OpenMetrics."""
    return "application/openmetrics-text" in accept.lower()


def encode(
    samples: Iterable[Sample],
    metadata: Mapping[str, MetricMetadata],
    *,
    openmetrics: bool = False,
    always: Sequence[str] = (),
) -> bytes:
    """An exposition, sorted by name; samples without a metric name are left out.

    `metadata` is keyed as the store keys it: by family, counters with their `_total`. Labels in `always` are written
    even where a series does not have them, as empty texts.
    """
    named = sorted(
        ((family_of(sample.labels.name, metadata), sample) for sample in samples if sample.labels.name),
        key=lambda pair: (pair[0], *_place(pair[1].labels)),
    )
    lines: list[str] = []
    for family, group in groupby(named, key=lambda pair: pair[0]):
        lines += _header(family, metadata.get(family, MetricMetadata()), openmetrics=openmetrics)
        lines += [_line(sample, always, openmetrics=openmetrics) for _, sample in group]
    if openmetrics:
        lines.append("# EOF\n")
    return "".join(lines).encode()


def family_of(name: str, metadata: Mapping[str, MetricMetadata]) -> str:
    """The metric family of a series: its name, or without `_bucket` and the like where metadata says so."""
    for suffix in _SUFFIXED:
        if name.endswith(suffix):
            family = name.removesuffix(suffix)
            described = metadata.get(family)
            if described is not None and suffix in _SUFFIXES.get(described.type, ()):
                return family
    return name


def _place(labels: Labels) -> tuple[tuple[tuple[str, str], ...], str, float]:
    """Order within a family: OpenMetrics wants all lines of one metric together, buckets by their bound."""
    bound = labels.get(_BOUND)
    try:
        number = float(bound) if bound else 0.0
    except ValueError:
        number = math.inf
    return labels.drop((METRIC_NAME, _BOUND)).pairs, labels.name, number


def _header(family: str, described: MetricMetadata, *, openmetrics: bool) -> list[str]:
    kind: str = described.type
    if openmetrics:
        # A counter's family has no suffix here, and every counter must have one; what has none is of unknown type.
        if kind == "counter":
            kind = "counter" if family.endswith(_TOTAL) else "unknown"
            family = family.removesuffix(_TOTAL)
    elif kind not in ("counter", "gauge", "histogram", "summary"):
        kind = "gauge" if kind in ("info", "stateset") else "untyped"
    name = family if is_classic_metric_name(family) else quote(family)
    lines = []
    if described.help:
        text = described.help.replace("\\", "\\\\").replace("\n", "\\n")
        lines.append(f"# HELP {name} {text.replace(chr(34), chr(92) + chr(34)) if openmetrics else text}\n")
    lines.append(f"# TYPE {name} {kind}\n")
    if openmetrics and described.unit and family.endswith("_" + described.unit):
        lines.append(f"# UNIT {name} {described.unit}\n")
    return lines


def _line(sample: Sample, always: Sequence[str], *, openmetrics: bool) -> str:
    text = f"{series_text(sample.labels, always)} {format_value(sample.value)}"
    if sample.timestamp_ms is None:
        return text + "\n"
    if openmetrics:
        return f"{text} {sample.timestamp_ms / 1000:.3f}\n"
    return f"{text} {sample.timestamp_ms}\n"


def series_text(labels: Labels, always: Sequence[str] = ()) -> str:
    """The text before the value; names outside the classic character set are quoted."""
    name = labels.name
    pairs = [f"{quote_name(key)}={quote(value)}" for key, value in labels if key != METRIC_NAME]
    pairs += [f'{quote_name(missing)}=""' for missing in always if missing not in labels]
    if not is_classic_metric_name(name):
        return "{" + ",".join([quote(name), *pairs]) + "}"
    return name + "{" + ",".join(pairs) + "}" if pairs else name
