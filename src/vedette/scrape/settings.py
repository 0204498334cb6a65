"""Settings of scraping."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]


@dataclass(frozen=True, slots=True)
class ScrapeSettings:
    """What is scraped and how much of it at once."""

    config_file: Path | None = None
    """A Prometheus configuration file; its `global` and `scrape_configs` are used. None scrapes nothing."""
    project: str = "default"
    """The project that scraped samples belong to."""
    watch_interval_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 5.0
    """How often the configuration file is looked at for changes; 0 leaves that to a reload by hand."""
    max_body_bytes: Count = 256 * 2**20
    """Size of a target's answer after decompression, where its job sets no body_size_limit."""
    max_connecting: Count = 64
    """Name look-ups and reads of credential files at one time, so that a dead name server does not stop the rest."""
    writers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 16
    """Threads that decode and store scraped bodies; most of their time they wait for the disk, together."""
