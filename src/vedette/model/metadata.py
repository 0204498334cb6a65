"""What is known of a metric beyond its samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MetricType = Literal["counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown"]


@dataclass(frozen=True, slots=True)
class MetricMetadata:
    """Type, unit and help text of a metric family."""

    type: MetricType = "unknown"
    help: str = ""
    unit: str = ""
