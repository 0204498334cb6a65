"""Settings of our own log and counters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """What the process tells about itself."""

    log_format: Literal["console", "json", "auto"] = "auto"
    """How log lines look; `auto` is console on a terminal and JSON elsewhere."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Lines below this level are not written."""
    export_interval_ms: Annotated[int, msgspec.Meta(ge=0, le=3_600_000)] = 1000
    """Between two recordings of our own counters as samples of job `vedette`; 0 turns it off."""
    loop_probe_interval_ms: Annotated[int, msgspec.Meta(ge=10, le=60_000)] = 100
    """Between two measurements of the event loop's lag."""
    instance: str = ""
    """Value of the `instance` label of our own counters; empty means the host name."""
