"""Texts of warnings and infos, as Prometheus words them."""

from __future__ import annotations

import math

BAD_BUCKET_LABEL = (
    'PromQL warning: bucket label "le" is missing or has a malformed value of "{label}" for metric name "{name}"'
)
NOT_A_COUNTER = "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {name}"
FORCED_MONOTONICITY = (
    "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see "
    "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name {name}"
)


def invalid_quantile(q: float) -> str:
    """A quantile outside [0, 1]."""
    return f"PromQL warning: quantile value should be between 0 and 1, got {short_float(q)}"


def invalid_ratio(ratio: float, capped: float) -> str:
    """A ratio outside [-1, 1]."""
    return (
        "PromQL warning: ratio value should be between -1 and 1, "
        f"got {short_float(ratio)}, capping to {short_float(capped)}"
    )


def short_float(value: float) -> str:
    """The shortest notation, with an exponent for very large and very small numbers (Go's %g)."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(value).removesuffix(".0")
    if "e" not in text and abs(value) >= 1e21:
        text = f"{value:e}"
    return text
