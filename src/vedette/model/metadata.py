"""What is known of a metric beyond its samples."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

MetricType = Literal["counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown"]


class MetricMetadata(Struct, frozen=True):
    """Type, unit and help text of a metric family."""

    type: MetricType = "unknown"
    help: str = ""
    unit: str = ""
