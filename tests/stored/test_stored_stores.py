"""Data folders of every format version that was ever released open, answer and can be written to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from tests.contract.ask import ask, expected, put
from tests.stored.make_store import LONE, METADATA, SETTINGS, START_MS, content

from vedette.clock import FakeClock
from vedette.tsdb.db import Tsdb
from vedette.tsdb.files import FORMAT_VERSION

FOLDERS = sorted(path for path in Path(__file__).parent.glob("store_v*") if path.is_dir())


def test_the_present_version_is_stored() -> None:
    """A new format version comes with its fixture."""
    assert Path(__file__).parent / f"store_v{FORMAT_VERSION}" in FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_stored_folder_answers(folder: Path, tmp_path: Path) -> None:
    """Blocks, log, deletions and metadata are as they were written, and stay so when the store goes on."""
    shutil.copytree(folder, tmp_path / "data")
    wanted = content()
    for step in range(3):
        store = Tsdb(tmp_path / "data", SETTINGS, FakeClock(START_MS + 10**8), CollectorRegistry())
        assert store.problems == []
        assert ask(store) == expected(*wanted.items())
        assert store.metadata("default") == METADATA
        put(store, LONE, [(START_MS + 2 * 10**7 + step, float(step))])
        wanted[LONE] = [*wanted[LONE], (START_MS + 2 * 10**7 + step, float(step))]
        if step == 1:
            store.seal("default")
        store.close()
