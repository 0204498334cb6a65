"""Settings of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


@dataclass(frozen=True, slots=True)
class QuerySettings:
    """Bounds of queries; all are on by default, 0 switches one off."""

    max_samples: Count = 50_000_000
    """Samples that one query may hold in memory at one time."""
    max_points_per_series: Count = 11_000
    """Steps of a range query."""
    max_series: Count = 200_000
    """Series that the selectors of one query may touch."""
    timeout_s: Seconds = 120.0
    """How long one query may take, waiting included; a request may ask for less."""
    max_concurrent: Count = 20
    """Queries that are evaluated at one time; more of them wait."""
    max_waiting: Count = 500
    """Queries that may wait for their turn; more of them are refused with status 429."""
    lookback_ms: Annotated[int, msgspec.Meta(ge=1)] = 300_000
    """How old a sample may be and still stand for a moment, in milliseconds."""
    max_cached_texts: Annotated[int, msgspec.Meta(ge=1)] = 2_000
    """Query texts whose parsed form is remembered."""
    inline_ms: Annotated[float, msgspec.Meta(ge=0)] = 2.0
    """A query that took no longer than this the last times is answered without a change of threads."""
