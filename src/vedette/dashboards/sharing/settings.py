"""Settings of what is given away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from vedette.errors import BadData

DAY_MS: Final = 86_400_000
_ORIGIN: Final = re.compile(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class SharingSettings:
    """Public links, snapshots and embedding."""

    public_links: bool = True
    """Whether editors may make links that open a dashboard or a snapshot without signing in, and those work."""
    max_lifetime_ms: Annotated[int, msgspec.Meta(ge=60_000)] = 365 * DAY_MS
    """How long a link or snapshot may be there before it expires."""
    max_links: Annotated[int, msgspec.Meta(ge=0)] = 200
    """Public links of one project."""
    max_viewers: Annotated[int, msgspec.Meta(ge=0)] = 50
    """Live connections of one public link at one time; further viewers get answers without live results."""
    max_snapshots: Annotated[int, msgspec.Meta(ge=0)] = 100
    """Snapshots of one project."""
    max_snapshot_bytes: Annotated[int, msgspec.Meta(ge=1024)] = 8 * 2**20
    """Size of a snapshot as it is kept, compressed; as a file it may have four times as much."""
    frame_ancestors: tuple[str, ...] = ()
    """Origins of pages that may show public links in a frame, such as `https://wiki.example`; no others may."""

    def __post_init__(self) -> None:
        for origin in self.frame_ancestors:
            if _ORIGIN.fullmatch(origin) is None:
                raise BadData(f"frame_ancestors: {origin[:100]!r} is no origin such as https://wiki.example")
