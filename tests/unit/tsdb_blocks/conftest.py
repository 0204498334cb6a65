"""A project folder for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.tsdb_blocks.rig import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "tsdb")
