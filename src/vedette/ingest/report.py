"""Why samples are dropped, and what a request gets told about it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct, field


class DropReason(Enum):
    """The closed list of reasons; values are metric label values and part of the API."""

    MALFORMED = "malformed"
    """A line or message that does not parse."""
    INVALID_LABELS = "invalid_labels"
    """Empty, duplicate or badly encoded label names, or no metric name."""
    LABEL_LIMIT = "label_limit"
    """Too many labels, or a name or value that is too long."""
    RELABELLED = "relabelled"
    """A relabelling rule said drop."""
    PRIVACY = "privacy"
    """A privacy rule refuses what a label holds."""
    SERIES_LIMIT = "series_limit"
    """The project has its maximum of active series."""
    METRIC_SERIES_LIMIT = "metric_series_limit"
    """One metric has its maximum of series."""
    NEW_SERIES_RATE = "new_series_rate"
    """Too many new series within the hour."""
    SAMPLE_LIMIT = "sample_limit"
    """A scrape returned more than its target's limit."""
    TOO_OLD = "too_old"
    """Older than the out-of-order window."""
    TOO_FAR_AHEAD = "too_far_ahead"
    """Timestamp too far in the future."""
    BAD_TIMESTAMP = "bad_timestamp"
    """A timestamp that is no number or out of range."""
    EXEMPLAR = "exemplar"
    """Exemplars are not stored."""
    NATIVE_HISTOGRAM = "native_histogram"
    """Native histograms are not stored."""
    UNSUPPORTED_VALUE = "unsupported_value"
    """A field type that is no number, such as a line-protocol string."""


class Problem(Struct):
    """One example of what was wrong; `position` is a line number (from 1) or an index into the request."""

    reason: DropReason
    message: str
    position: int = -1


class IngestReport(Struct):
    """What became of one request."""

    accepted: int = 0
    out_of_order: int = 0
    duplicates: int = 0
    new_series: int = 0
    dropped: dict[DropReason, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    """The first few problems, in words."""
    max_problems: int = 10

    def drop(self, reason: DropReason, count: int = 1, message: str = "", position: int = -1) -> None:
        """Count drops of one reason and keep an example while there is room."""
        if count <= 0:
            return
        self.dropped[reason] = self.dropped.get(reason, 0) + count
        if message and len(self.problems) < self.max_problems:
            self.problems.append(Problem(reason, message, position))

    @property
    def dropped_total(self) -> int:
        return sum(self.dropped.values())

    def as_json(self) -> dict[str, object]:
        """The wire shape of the partial-success body."""
        return {
            "accepted": self.accepted,
            "out_of_order": self.out_of_order,
            "duplicates": self.duplicates,
            "new_series": self.new_series,
            "dropped": {reason.value: count for reason, count in self.dropped.items()},
            "problems": [
                {
                    "reason": p.reason.value,
                    "message": p.message,
                    **({"position": p.position} if p.position >= 0 else {}),
                }
                for p in self.problems
            ],
        }
