"""A world for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.alerting.world import AlertWorld, new_catalog


@pytest.fixture
def alerts(tmp_path: Path) -> Iterator[AlertWorld]:
    """Alerting on an empty catalog."""
    catalog = new_catalog(tmp_path)
    world = AlertWorld(catalog)
    yield world
    world.close()
    catalog.close()
