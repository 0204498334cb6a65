"""Backups of a running store: a folder that can be opened as a store of its own. docs/formats/snapshot.md."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from vedette.errors import BadData
from vedette.tsdb.files import StoreFiles, sync_folder
from vedette.tsdb.project_store import ProjectStore
from vedette.tsdb.wal import unavailable


def snapshot(source: StoreFiles, stores: Sequence[ProjectStore], target: Path) -> None:
    """Copy projects to a folder that does not exist yet or is empty. Everything acknowledged before is in it.

    Blocks are hard-linked where that is possible and take no space then. The folder is complete when this returns;
    after a failure the file `format` is missing and no store opens it.

    Raises BadData when the folder is not empty, Unavailable when it cannot be written.
    """
    files = StoreFiles(target)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BadData(f"snapshot folder {target} exists and is not empty")
    try:
        files.projects.mkdir(parents=True)
        _copy(source.key, files.key, 0o600)
        for store in stores:
            store.snapshot(files.project(store.name))
        sync_folder(files.projects)
        _copy(source.format, files.format, 0o644)
        sync_folder(target)
    except OSError as error:
        raise unavailable(f"snapshot {target} cannot be written", error) from error


def _copy(source: Path, target: Path, mode: int) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())
