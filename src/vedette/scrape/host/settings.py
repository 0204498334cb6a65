"""Settings of the host collector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

IntervalMs = Annotated[int, msgspec.Meta(ge=100, le=3_600_000)]


@dataclass(frozen=True, slots=True)
class HostSettings:
    """How this machine is observed."""

    enabled: bool = True
    """Whether this machine's own metrics are collected."""
    interval_ms: IntervalMs = 1000
    """Between two readings of CPU, memory, disk and network I/O; moments are multiples of it."""
    process_interval_ms: Annotated[int, msgspec.Meta(ge=0, le=3_600_000)] = 5000
    """Between two readings of the process list; 0 leaves processes out."""
    filesystem_interval_ms: IntervalMs = 15_000
    """Between two readings of file system usage, sensors and other things that change slowly."""
    process_groups: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 20
    """Command names that get series of their own; all others are summed up as `other`."""
    instance: str = ""
    """Value of the `instance` label; empty means the host name."""
