"""The small files without which nothing else can be read: `format` and `key` of a folder, metadata of its projects."""

from __future__ import annotations

import os
from collections.abc import Iterator

from vedette.errors import Corruption
from vedette.tsdb.files import (
    FORMAT_VERSION,
    ProjectFiles,
    StoreFiles,
    parse_project_folder,
    replace_file,
    sync_folder,
)
from vedette.tsdb.metadata_file import read_metadata
from vedette.tsdb.series_id import KEY_BYTES


def prepare_root(files: StoreFiles) -> bytes:
    """The key of the series ids; in an empty folder both files are made. Raises Corruption, OSError."""
    if not files.format.exists() and not files.key.exists() and not any(files.projects.iterdir()):
        replace_file(files.format, f"{FORMAT_VERSION}\n".encode())
    check_format(files)
    if not files.key.exists() and not any(files.projects.iterdir()):
        return _make_key(files)
    return read_key(files)


def check_format(files: StoreFiles) -> None:
    """Raises Corruption when the folder is not of a version this program knows."""
    if not files.format.exists():
        raise Corruption(f"{files.format} is missing: the folder is an unfinished snapshot, or was damaged")
    text = files.format.read_text(encoding="utf-8", errors="replace").strip()
    if not text.isdecimal():
        raise Corruption(f"{files.format} does not state a format version: {text[:20]!r}")
    if int(text) > FORMAT_VERSION:
        raise Corruption(
            f"{files.root} has format version {text}, newer than this program's {FORMAT_VERSION}; use a newer Vedette"
        )


def read_key(files: StoreFiles) -> bytes:
    """The secret of the series ids. Raises Corruption when it is missing or of a wrong length."""
    path = files.key
    if not path.exists():
        raise Corruption(f"{path} is missing, but there is data that needs it; restore it from a backup")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise Corruption(f"{path} has {len(key)} bytes, not {KEY_BYTES}; restore it from a backup")
    return key


def verify_root(files: StoreFiles) -> list[str]:
    """What is wrong with format and key, in words. Only a backup brings them back."""
    problems = []
    for check in (check_format, read_key):
        try:
            check(files)
        except Corruption as error:
            problems.append(error.message)
    return problems


def verify_metadata(files: StoreFiles) -> list[str]:
    """Which projects have damaged metadata, in words."""
    return [problem for _, problem in _damaged_metadata(files)]


def repair_metadata(files: StoreFiles) -> list[str]:
    """Move damaged metadata to the quarantine; a text for each file. The store must not be in use. Raises OSError."""
    done = []
    for project, _ in _damaged_metadata(files):
        kept = project.quarantine / project.metadata.name
        project.quarantine.mkdir(exist_ok=True)
        project.metadata.replace(kept)
        sync_folder(project.root)
        done.append(f"{project.metadata} is now {kept}; senders bring type, unit and help again")
    return done


def _damaged_metadata(files: StoreFiles) -> Iterator[tuple[ProjectFiles, str]]:
    for folder in sorted(files.projects.iterdir()):
        if parse_project_folder(folder.name) is not None:
            try:
                read_metadata(ProjectFiles(folder))
            except Corruption as error:
                yield ProjectFiles(folder), error.message


def _make_key(files: StoreFiles) -> bytes:
    key = os.urandom(KEY_BYTES)
    # The umask of the process must not decide who can read it.
    with os.fdopen(os.open(files.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(files.key.parent)
    return key
