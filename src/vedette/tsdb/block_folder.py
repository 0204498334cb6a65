"""The folder of a project's blocks: opened after a crash, cleaned, damaged blocks moved aside, old ones removed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, field

from vedette.errors import Corruption, Unavailable
from vedette.tsdb.block import Block, LabelsCache
from vedette.tsdb.files import ProjectFiles, is_block_id, sync_folder


class OpenedBlocks(Struct):
    """What was found; `problems` says in words which blocks were damaged and where they are now."""

    blocks: list[Block] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def open_blocks(files: ProjectFiles, labels_cache: LabelsCache | None = None) -> OpenedBlocks:
    """Open all blocks of a project that nobody else has open, and finish what a crash left half done.

    Unfinished files are removed, blocks whose compacted successor is complete are deleted, and damaged blocks are
    moved to the quarantine and reported. Raises Unavailable when the folder cannot be written.
    """
    try:
        clean_temporary(files)
        opened = _open_all(files, labels_cache)
        replaced = {source for block in opened.blocks for source in block.meta.sources}
        for block in opened.blocks:
            if block.meta.block_id in replaced:
                remove_block(files, block.meta.block_id)
        opened.blocks = [block for block in opened.blocks if block.meta.block_id not in replaced]
    except OSError as error:
        raise Unavailable(f"{files.blocks}: cannot be opened: {error.strerror or error}") from error
    return opened


def _open_all(files: ProjectFiles, labels_cache: LabelsCache | None) -> OpenedBlocks:
    opened = OpenedBlocks()
    for folder in sorted(path for path in files.blocks.iterdir() if is_block_id(path.name)):
        try:
            opened.blocks.append(Block.open(folder, labels_cache))
        except Corruption as error:
            place = quarantine_block(files, folder.name, str(error))
            opened.problems.append(f"{error}; the block is now in {place}")
    return opened


def clean_temporary(files: ProjectFiles) -> None:
    """Create the project's folders and remove everything unfinished."""
    for folder in files.folders():
        folder.mkdir(parents=True, exist_ok=True)
    for path in files.temporary.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def remove_block(files: ProjectFiles, block_id: str) -> None:
    """Delete a block; after a crash it is either whole or gone. Readers that have it open go on unharmed."""
    doomed = files.temporary / block_id
    files.block(block_id).rename(doomed)
    sync_folder(files.blocks)
    shutil.rmtree(doomed)


def quarantine_block(files: ProjectFiles, block_id: str, reason: str) -> Path:
    """Move a damaged block aside with a note of what is wrong; returns where it is now."""
    place = _free_name(files.quarantine / block_id, Path.exists)
    files.block(block_id).rename(place)
    place.with_name(place.name + ".txt").write_text(reason + "\n", encoding="utf-8")
    sync_folder(files.quarantine)
    sync_folder(files.blocks)
    return place


def _free_name(path: Path, taken: Callable[[Path], bool]) -> Path:
    number, candidate = 1, path
    while taken(candidate):
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate
