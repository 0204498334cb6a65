"""Settings of the catalog."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

import msgspec

from vedette.errors import BadData

POSTGRESQL: Final = "postgresql+psycopg://"


@dataclass(frozen=True, slots=True)
class CatalogSettings:
    """Where users, projects, keys, documents and the audit log are kept, and how much of them there may be."""

    url: str = field(default="", repr=False)
    """A PostgreSQL database as `postgresql+psycopg://user:password@host/name`; empty: `catalog.sqlite3` in the data."""
    connections: Annotated[int, msgspec.Meta(ge=1, le=200)] = 8
    """Connections that are kept to PostgreSQL, or open handles of the file."""
    busy_timeout_s: float = 10.0
    """How long a change waits for others that are being written before it is refused with status 503."""
    max_document_bytes: int = 4 * 2**20
    """Size of one document as JSON."""
    max_documents: Annotated[int, msgspec.Meta(ge=1)] = 10_000
    """Documents of one project, those that are deleted not counted."""
    max_document_versions: Annotated[int, msgspec.Meta(ge=1)] = 200
    """Saved states of a document; of older ones nothing is kept."""
    deleted_retention_ms: int = 30 * 86_400_000
    """How long a deleted document can be restored."""

    def __post_init__(self) -> None:
        if self.url and not self.url.startswith(POSTGRESQL):
            # The text is not repeated: it may hold a password.
            raise BadData(f"catalog.url must begin with {POSTGRESQL}")
        if self.busy_timeout_s <= 0:
            raise BadData("catalog.busy_timeout must be more than 0")
