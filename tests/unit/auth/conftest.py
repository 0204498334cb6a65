"""A whole AuthService on a fake clock, on each back end of the catalog."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.auth.world import World

from vedette.catalog.database import Catalog


@pytest.fixture
def world(catalog: Catalog, tmp_path: Path) -> World:
    """An instance on which nobody has signed in yet."""
    return World(catalog, tmp_path)


@pytest.fixture
def quick_world(tmp_path: Path) -> World:
    """The same on SQLite alone, where the back end cannot matter."""
    return World(Catalog(None, tmp_path / "catalog"), tmp_path)
