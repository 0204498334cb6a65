"""Settings of rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

PackName = Literal["node-exporter", "postgresql", "prometheus", "rabbitmq", "redis"]


@dataclass(frozen=True, slots=True)
class RulesSettings:
    """Which rules there are beside documents, and how they are evaluated."""

    enabled: bool = True
    """Whether rules are evaluated at all."""
    system: bool = True
    """Whether the rules that come with the server are in force: of machines, of targets and of the server itself."""
    packs: tuple[PackName, ...] = ()
    """Further rules that come with the server: node-exporter, postgresql, prometheus, rabbitmq, redis."""
    files: tuple[str, ...] = ()
    """Prometheus rule files; names may have wildcards."""
    project: str = "default"
    """The project that the rules of files belong to."""
    interval_ms: Annotated[int, msgspec.Meta(ge=100, le=86_400_000)] = 60_000
    """How often a group is evaluated that does not say it."""
    query_offset_ms: Annotated[int, msgspec.Meta(ge=0, le=86_400_000)] = 0
    """How long before its evaluation a group looks that does not say it, so that late samples are there."""
    watch_interval_ms: Annotated[int, msgspec.Meta(ge=100, le=3_600_000)] = 2_000
    """How often documents and files are looked at for changes."""
    workers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 2
    """Threads that evaluate rules."""
    timeout_s: Annotated[float, msgspec.Meta(gt=0)] = 30.0
    """How long one rule may take."""
    catch_up_ms: Annotated[int, msgspec.Meta(ge=0)] = 3_600_000
    """Evaluations that were missed because the server was busy are made up for if they are no older than this."""
    outage_tolerance_ms: Annotated[int, msgspec.Meta(ge=0)] = 3_600_000
    """Alerts go on after a restart if the server was away for no longer than this."""
    restart_grace_ms: Annotated[int, msgspec.Meta(ge=0)] = 120_000
    """How long after a restart alerts stay as they were while their data is not there yet."""
    resend_ms: Annotated[int, msgspec.Meta(ge=1_000, le=3_600_000)] = 60_000
    """How often an alert that fires is told again."""
