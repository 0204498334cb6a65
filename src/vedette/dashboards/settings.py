"""Settings of dashboards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec


@dataclass(frozen=True, slots=True)
class DashboardSettings:
    """Dashboards that come from files, annotations, and plugins."""

    provisioning_folder: Path | None = None
    """Folder whose `*.json` files are dashboards of the project `default`; those in folders below count, too."""
    provisioning_interval_ms: Annotated[int, msgspec.Meta(ge=100, le=3_600_000)] = 5_000
    """How often the files are looked at."""
    max_annotations: Annotated[int, msgspec.Meta(ge=1)] = 100_000
    """Annotations of one project."""
    allow_edits: bool = False
    """Whether such dashboards may be changed in the page; changes last until the file changes, or are written back."""
    plugins: tuple[str, ...] = ()
    """Folders of plugins besides `plugins` in the data folder; one that has a manifest.json is a plugin itself."""
    plugins_interval_ms: Annotated[int, msgspec.Meta(ge=100, le=3_600_000)] = 5_000
    """How often the folders of plugins are looked at."""
    plugins_development: bool = False
    """For who writes plugins: files may differ from what manifests pin, and open pages follow changes at once."""
