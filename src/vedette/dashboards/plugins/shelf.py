"""All plugins of a server: found in folders, looked at again and again, told with what is wrong with the others."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog
from msgspec import Struct

from vedette.dashboards.plugins.folder import Plugin, read_plugin
from vedette.dashboards.plugins.frame import Frame, frame_of
from vedette.dashboards.plugins.manifest import MANIFEST
from vedette.dashboards.settings import DashboardSettings
from vedette.errors import BadData

_log = structlog.get_logger(__name__)
FOLDER: Final = "plugins"
_MAX_PLUGINS: Final = 100
_MAX_ENTRIES: Final = 1_000
_MAX_STAMPED: Final = 200

Stamp = tuple[tuple[str, int, int, int], ...]
"""(name, time of change, size, inode) of each entry of a folder."""


class Shown(Struct, frozen=True):
    """A plugin with the document that it is shown in."""

    plugin: Plugin
    frame: Frame


class Refused(Struct, frozen=True):
    """A folder that is no plugin that may be shown, and why."""

    name: str
    """Of the folder."""
    error: str


class Shelf:
    """`look` may be called from any thread; what is found is handed out without reading a file."""

    def __init__(self, settings: DashboardSettings, data: Path, frame_ancestors: Sequence[str] = ()) -> None:
        """`frame_ancestors`: origins of pages that may show dashboards in a frame."""
        self._settings = settings
        self._frame_ancestors = frame_ancestors
        self._folders = [data / FOLDER, *map(Path, settings.plugins)]
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._looked = False
        self._stamps: dict[Path, Stamp] = {}
        self._found: dict[Path, Shown | Refused] = {}
        self._shown: dict[str, Shown] = {}
        self._refused: list[Refused] = []

    def shown(self) -> list[Shown]:
        """By name; the first time this looks."""
        self._look_once()
        with self._lock:
            return [self._shown[name] for name in sorted(self._shown)]

    def refused(self) -> list[Refused]:
        """By name."""
        self._look_once()
        with self._lock:
            return list(self._refused)

    def get(self, name: str, digest: str) -> Shown | None:
        """The one that has exactly this content."""
        with self._lock:
            found = self._shown.get(name)
        return found if found is not None and found.frame.digest == digest else None

    def look(self) -> None:
        """Take over what has changed since the last time."""
        with self._looking:
            found: dict[Path, Shown | Refused] = {}
            stamps: dict[Path, Stamp] = {}
            for folder in self._candidates():
                stamp = _stamp_of(folder)
                before = self._found.get(folder)
                if before is None or stamp != self._stamps.get(folder):
                    before = self._read(folder)
                found[folder], stamps[folder] = before, stamp
            self._found, self._stamps = found, stamps
            shown: dict[str, Shown] = {}
            refused: list[Refused] = []
            for folder, one in found.items():
                if isinstance(one, Refused):
                    refused.append(one)
                elif one.plugin.manifest.name in shown:
                    refused.append(Refused(folder.name, "another folder has a plugin of this name, which comes first"))
                else:
                    shown[one.plugin.manifest.name] = one
            with self._lock:
                self._shown, self._refused = shown, sorted(refused, key=lambda one: one.name)
                self._looked = True

    def _look_once(self) -> None:
        with self._lock:
            looked = self._looked
        if not looked:
            self.look()

    def _candidates(self) -> list[Path]:
        found: list[Path] = []
        for folder in self._folders:
            if (folder / MANIFEST).is_file():
                found.append(folder)
                continue
            try:
                with os.scandir(folder) as entries:
                    names = sorted(entry.name for entry, _ in zip(entries, range(_MAX_ENTRIES), strict=False))
            except OSError:
                continue
            # What begins with a point is somebody's own: an editor's, a version control's.
            found += [folder / name for name in names if not name.startswith(".") and (folder / name).is_dir()]
        return list(dict.fromkeys(found))[:_MAX_PLUGINS]

    def _read(self, folder: Path) -> Shown | Refused:
        if folder.is_symlink():
            return Refused(folder.name, "the folder is a link; name the place itself in dashboards.plugins")
        try:
            plugin = read_plugin(folder, development=self._settings.plugins_development)
        except BadData as error:
            _log.warning("plugin_refused", plugin=folder.name, error=error.message)
            return Refused(folder.name, error.message)
        return Shown(plugin, frame_of(plugin, self._frame_ancestors))


def _stamp_of(folder: Path) -> Stamp:
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry, _ in zip(entries, range(_MAX_STAMPED), strict=False):
                about = entry.stat(follow_symlinks=False)
                found.append((entry.name, about.st_mtime_ns, about.st_size, about.st_ino))
    except OSError:
        return ()
    return tuple(sorted(found))
