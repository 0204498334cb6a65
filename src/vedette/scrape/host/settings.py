"""Settings of the host collector."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HostSettings:
    """How this machine is observed."""

    enabled: bool = True
    """Whether this machine's own metrics are collected."""
    interval_ms: int = 1000
    """Between two readings of CPU, memory, disk and network I/O; moments are multiples of it."""
    process_interval_ms: int = 5000
    """Between two readings of the process list; 0 leaves processes out."""
    filesystem_interval_ms: int = 15_000
    """Between two readings of file system usage, sensors and other things that change slowly."""
    process_groups: int = 20
    """Command names that get series of their own; all others are summed up as `other`."""
    instance: str = ""
    """Value of the `instance` label; empty means the host name."""
