"""Catalogs for tests, on either back end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from vedette.catalog.database import Catalog


@dataclass
class CatalogPlace:
    """Where a catalog is; each `open` is like that of another process."""

    back_end: str
    url: str
    folder: Path
    opened: list[Catalog] = field(default_factory=list)

    def open(self, **options: float) -> Catalog:
        """A catalog on this place; closed when the test ends."""
        catalog = Catalog(self.url, self.folder, **options)  # type: ignore[arg-type]
        self.opened.append(catalog)
        catalog.open()
        return catalog

    def close(self) -> None:
        """Close all that was opened."""
        for catalog in self.opened:
            catalog.close()
