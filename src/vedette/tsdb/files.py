"""Every on-disk name of the store is built and parsed here and nowhere else; docs/formats/files.md draws the tree."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from msgspec import Struct

from vedette.errors import BadData

FORMAT_VERSION: Final = 1
"""Version of the layout of the whole folder, written in the file `format`."""

TEMP_SUFFIX: Final = ".tmp"
"""Ends the name of every file that is being written; such files are removed at open."""

_SEGMENT = re.compile(r"[0-9]{8,}")
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BLOCK_ID = re.compile(f"[{_CROCKFORD}]{{26}}")
_BLOCK_ID_LENGTH: Final = 26


class StoreFiles(Struct, frozen=True):
    """Names in the store's root folder."""

    root: Path

    @property
    def lock(self) -> Path:
        """Held with flock while a process has the store open."""
        return self.root / "LOCK"

    @property
    def format(self) -> Path:
        """The decimal FORMAT_VERSION and a newline."""
        return self.root / "format"

    @property
    def key(self) -> Path:
        """16 random bytes that key series ids; created once, needed for ever."""
        return self.root / "key"

    @property
    def projects(self) -> Path:
        """Holds one folder for each project."""
        return self.root / "projects"

    def project(self, name: str) -> ProjectFiles:
        """Names of one project. Raises BadData when the name is empty or too long for a folder."""
        return ProjectFiles(self.projects / project_folder(name))


class ProjectFiles(Struct, frozen=True):
    """Names in the folder of one project."""

    root: Path

    @property
    def wal(self) -> Path:
        """Folder of the write-ahead log's segments."""
        return self.root / "wal"

    def wal_segment(self, number: int) -> Path:
        """One segment of the log; numbers start at 1 and only grow."""
        return self.wal / segment_name(number)

    @property
    def metadata(self) -> Path:
        """Type, unit and help text of the project's metric families."""
        return self.root / "metadata.json"

    @property
    def blocks(self) -> Path:
        """Folder of complete blocks, one folder each, named by block id."""
        return self.root / "blocks"

    def block(self, block_id: str) -> Path:
        """Folder of one block."""
        return self.blocks / block_id

    @property
    def temporary(self) -> Path:
        """Folder of everything unfinished; emptied at open."""
        return self.root / "tmp"

    @property
    def quarantine(self) -> Path:
        """Damaged blocks and segments, moved aside for a human to look at; never read, never deleted."""
        return self.root / "quarantine"

    def folders(self) -> tuple[Path, ...]:
        """Those that must exist in a project that is open."""
        return (self.wal, self.blocks, self.temporary, self.quarantine)


class BlockFiles(Struct, frozen=True):
    """Names in the folder of one block."""

    root: Path

    @property
    def meta(self) -> Path:
        """JSON description; written last, so a folder without it is not a block."""
        return self.root / "meta.json"

    @property
    def index(self) -> Path:
        """Labels and the directory of rows, pages and chunks."""
        return self.root / "index"

    @property
    def chunks(self) -> Path:
        """Compressed samples."""
        return self.root / "chunks"

    @property
    def tombstones(self) -> Path:
        """Deleted ranges of rows; not there while nothing was deleted."""
        return self.root / "tombstones"


def segment_name(number: int) -> str:
    """`00000001`."""
    return f"{number:08d}"


def parse_segment_name(name: str) -> int | None:
    """The number of a log segment, or None for any other name."""
    return int(name) if _SEGMENT.fullmatch(name) else None


def project_folder(project: str) -> str:
    """The folder of a project; any text is possible, unusual characters are percent-encoded.

    Raises BadData when the name is empty or its encoded form is longer than file systems allow.
    """
    folder = quote(project, safe="")
    if folder.startswith("."):
        folder = "%2E" + folder[1:]
    if not folder or len(folder) > 200:
        raise BadData(f"project name must have 1 to 200 characters after percent-encoding, not {len(folder)}")
    return folder


def parse_project_folder(folder: str) -> str | None:
    """The project of a folder, or None when no project has such a folder."""
    try:
        project = unquote(folder, errors="strict")
        return project if project_folder(project) == folder else None
    except (UnicodeDecodeError, BadData):
        return None


def new_block_id(now_ms: int, entropy: bytes | None = None) -> str:
    """A ULID: 26 characters that sort by creation time; `entropy` is 10 random bytes."""
    random = os.urandom(10) if entropy is None else entropy
    number = ((max(now_ms, 0) & (2**48 - 1)) << 80) | int.from_bytes(random, "big")
    digits = [_CROCKFORD[(number >> shift) & 31] for shift in range(5 * (_BLOCK_ID_LENGTH - 1), -1, -5)]
    return "".join(digits)


def block_time_ms(block_id: str) -> int:
    """When a block was written, from its id."""
    return sum(_CROCKFORD.index(digit) << (45 - 5 * place) for place, digit in enumerate(block_id[:10]))


def is_block_id(name: str) -> bool:
    """Whether a folder name is that of a block."""
    return _BLOCK_ID.fullmatch(name) is not None


def sync_folder(path: Path) -> None:
    """Make creations, renames and removals in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes) -> None:
    """Write a whole file so that after a crash either the old or the new content is there, never a mixture."""
    temporary = path.with_name(path.name + TEMP_SUFFIX)
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
