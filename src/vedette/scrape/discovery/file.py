"""Targets from JSON or YAML files that other programs write; changes are seen within seconds."""

from __future__ import annotations

import asyncio
import glob
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import yaml

from vedette.config.yaml_section import Section, compose
from vedette.errors import BadData
from vedette.scrape.discovery.kind import (
    DiscoveryContext,
    DiscoveryKind,
    ParseContext,
    TargetGroup,
    Update,
    parse_groups,
)

_SUFFIXES: Final = (".json", ".yml", ".yaml")
_LOOK_S: Final = 3.0
"""How often files are looked at for a changed size or time, whatever the refresh interval."""
MAX_FILE_BYTES: Final = 64 * 2**20
_MAX_DEPTH: Final = 4
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class FileOptions:
    """One file_sd_config; `patterns` are absolute, with wildcards in the last part."""

    patterns: tuple[str, ...]
    refresh_ms: int


class FileDiscovery:
    """Reads files anew when they change; a file that cannot be read keeps its last good groups."""

    def __init__(self, options: FileOptions, context: DiscoveryContext, look_s: float = _LOOK_S) -> None:
        self._options = options
        self._context = context
        self._look_s = min(look_s, options.refresh_ms / 1000)
        self._stamps: dict[str, _Stamp] = {}
        self._groups: dict[str, list[TargetGroup]] = {}

    async def run(self, update: Update) -> None:
        refreshed_s = -1e18
        while True:
            now_s = self._context.clock.monotonic_s()
            if now_s - refreshed_s >= self._options.refresh_ms / 1000:
                refreshed_s = now_s
                self._stamps.clear()
            if await asyncio.to_thread(self.look):
                update([group for groups in self._groups.values() for group in groups])
            await asyncio.sleep(self._look_s)

    def look(self) -> bool:
        """Read files that are new or changed; whether any group may be different now."""
        paths = {path for pattern in self._options.patterns for path in glob.glob(pattern)}  # noqa: PTH207 - patterns are text
        gone = self._groups.keys() - paths
        for path in gone:
            del self._groups[path]
            self._stamps.pop(path, None)
        changed = bool(gone) or not self._stamps
        for path in sorted(paths):
            try:
                info = Path(path).stat()
                stamp = (info.st_mtime_ns, info.st_size, info.st_ino)
                if self._stamps.get(path) != stamp:
                    self._groups[path] = read_groups(Path(path))
                    self._stamps[path] = stamp
                    changed = True
            except (OSError, BadData) as error:
                message = error.message if isinstance(error, BadData) else error.strerror or str(error)
                self._context.failed("file", f"{path}: {message}")
        return changed


def read_groups(path: Path) -> list[TargetGroup]:
    """The groups in a file. Raises BadData, OSError."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BadData(f"larger than {MAX_FILE_BYTES} bytes")
    body = path.read_bytes()
    try:
        data = orjson.loads(body) if path.suffix == ".json" else _plain(compose(body.decode()))
    except (orjson.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadData(f"not valid {path.suffix[1:].upper()}: {error}") from None
    return parse_groups([] if data is None else data, str(path), {"__meta_filepath": str(path)})


def _plain(node: yaml.Node | None, depth: int = 0) -> Any:
    """Lists, mappings and texts of a YAML tree: a number or a word like `on` in a label is taken as it is written."""
    if depth > _MAX_DEPTH:
        raise BadData("nested too deeply for a list of target groups")
    match node:
        case yaml.SequenceNode():
            return [_plain(item, depth + 1) for item in node.value]
        case yaml.MappingNode():
            return {_plain(key, depth + 1): _plain(value, depth + 1) for key, value in node.value}
        case yaml.ScalarNode(tag="tag:yaml.org,2002:null"):
            return None
        case yaml.ScalarNode():
            return str(node.value)
        case _:
            return None


def _parse(section: Section, context: ParseContext) -> FileOptions:
    patterns = section.texts("files")
    if not patterns:
        section.findings.error(section.node, "file_sd_config: files is missing")
    for pattern in patterns:
        directory, _, name = pattern.rpartition("/")
        if not name.endswith(_SUFFIXES):
            section.error("files", f"path name {pattern!r} must end in .json, .yml or .yaml")
        if glob.has_magic(directory):
            section.error("files", f"path name {pattern!r} may hold wildcards in its last part only")
    refresh_ms = section.duration_ms("refresh_interval", 300_000)
    section.finish()
    return FileOptions(tuple(str(context.folder / pattern) for pattern in patterns), refresh_ms)


def _open(options: FileOptions, context: DiscoveryContext) -> FileDiscovery:
    return FileDiscovery(options, context)


DISCOVERY = DiscoveryKind("file", "file_sd_configs", _parse, _open)
