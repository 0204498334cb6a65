"""What a block says of itself: the file meta.json, checksummed and versioned."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import orjson
from msgspec import Struct
from msgspec.structs import asdict, replace

from vedette.errors import Corruption
from vedette.kernel.checksum import crc32c
from vedette.model.timerange import TimeRange
from vedette.tsdb.files import BlockFiles, is_block_id, replace_file

BLOCK_VERSION: Final = 1


class BlockMeta(Struct, frozen=True):
    """Description of one block; times are those of its oldest and newest sample."""

    block_id: str
    min_time_ms: int
    max_time_ms: int
    series: int
    samples: int
    longest_row: int
    """Most samples of one series; compaction keeps it within bounds."""
    level: int = 1
    """1 for a sealed head or a back-fill; one more than its highest source for a compacted block."""
    generation: int = 0
    """Where blocks hold the same series and timestamp, the sample of the highest generation is the valid one."""
    resolution_ms: int = 0
    """0 for samples as they came in; a roll-up states its step."""
    sources: tuple[str, ...] = ()
    """Blocks this one replaces; any that are still there are deleted at open."""
    index_bytes: int = 0
    chunks_bytes: int = 0
    version: int = BLOCK_VERSION

    @property
    def time_range(self) -> TimeRange:
        """From the oldest to the newest sample, both included."""
        return TimeRange(self.min_time_ms, self.max_time_ms)

    def with_sizes(self, index_bytes: int, chunks_bytes: int) -> BlockMeta:
        """A copy that states the sizes of the other files."""
        return replace(self, index_bytes=index_bytes, chunks_bytes=chunks_bytes)


def write_meta(folder: Path, meta: BlockMeta) -> None:
    """Write meta.json durably; this makes a folder a block."""
    body = orjson.dumps(asdict(meta), option=orjson.OPT_SORT_KEYS)
    document = {"crc32c": crc32c(body), **asdict(meta)}
    replace_file(BlockFiles(folder).meta, orjson.dumps(document, option=orjson.OPT_INDENT_2))


def read_meta(folder: Path) -> BlockMeta:
    """Read and check meta.json. Raises Corruption when it is missing, damaged or of a newer version."""
    path = BlockFiles(folder).meta
    try:
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise Corruption(f"block {folder.name}: meta.json cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise Corruption(f"block {folder.name}: meta.json is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise Corruption(f"block {folder.name}: meta.json is not an object")
    version = document.get("version")
    if isinstance(version, int) and version > BLOCK_VERSION:
        raise Corruption(f"block {folder.name}: format version {version} is newer than this program's {BLOCK_VERSION}")
    checksum = document.pop("crc32c", None)
    if crc32c(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)) != checksum:
        raise Corruption(f"block {folder.name}: meta.json fails its checksum")
    return _checked(folder.name, document)


def _checked(name: str, document: dict[str, Any]) -> BlockMeta:
    known = set(BlockMeta.__struct_fields__)
    if set(document) != known:
        raise Corruption(f"block {name}: meta.json has wrong fields: {sorted(set(document) ^ known)}")
    meta = BlockMeta(**{**document, "sources": tuple(document["sources"])})
    if not is_block_id(meta.block_id):
        raise Corruption(f"block {name}: meta.json has a wrong block id {meta.block_id!r}")
    if meta.min_time_ms > meta.max_time_ms or meta.series < 1 or meta.samples < meta.series:
        raise Corruption(f"block {name}: meta.json states impossible times or counts")
    return meta
