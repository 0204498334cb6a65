"""Settings of ingest: sizes of requests and limits of cardinality, all on by default."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]


@dataclass(frozen=True, slots=True)
class SeriesLimits:
    """Bounds of the labels of one series and of how many series there may be."""

    max_labels: Count = 64
    """Labels of one series, the metric name included."""
    max_label_name_bytes: Count = 512
    """Length of a label name."""
    max_label_value_bytes: Count = 4_096
    """Length of a label value or metric name."""
    max_active_series: Count = 1_000_000
    """Series of a project that had a sample within the last hour."""
    max_active_series_per_metric: Count = 250_000
    """The same for one metric name."""
    max_new_series_per_hour: Count = 500_000
    """Series of a project that were not active before, in any hour of the clock."""


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """Bounds of what senders may do."""

    series: SeriesLimits = field(default_factory=SeriesLimits)
    """Limits of labels and of cardinality."""
    max_body_bytes: Count = 32 * 1024 * 1024
    """Size of a request as it comes over the wire."""
    max_body_decoded_bytes: Count = 64 * 1024 * 1024
    """Size of a request after decompression; also the size of a scraped body."""
    max_body_ratio: Count = 300
    """Decompressed size divided by compressed size, from one megabyte decompressed on."""
    max_in_flight_bytes: Count = 128 * 1024 * 1024
    """Bytes of all requests that are being received, decoded or stored; beyond it senders are told to come again."""
    max_message_bytes: Count = 1024 * 1024
    """Size of one message of a push socket."""
