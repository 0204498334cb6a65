"""Metadata on its way to the store: only what changed goes on, and it cannot grow without end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from vedette.model.metadata import MetricMetadata
from vedette.storage.interface import Storage

Describe = Callable[[str, str], str]
"""(project, text as it came) -> as it may be stored."""
MAX_FAMILIES: Final = 100_000
"""Metric families of a project that are described; those beyond it are left out and counted."""
MAX_NAME_CHARACTERS: Final = 1024
MAX_TEXT_CHARACTERS: Final = 4096
"""Longer help texts and units are cut."""


class MetadataGate:
    """Remembers what the store was given; thread-safe."""

    def __init__(self, storage: Storage, describe: Describe | None = None) -> None:
        """`describe` makes of a text what may be stored; asked once for each new one."""
        self._storage = storage
        self._describe = describe
        self._known: dict[str, dict[str, MetricMetadata]] = {}
        # As it came, where something else was stored.
        self._altered: dict[str, dict[str, MetricMetadata]] = {}
        self._lock = threading.Lock()

    def put(self, project: str, metadata: Mapping[str, MetricMetadata]) -> int:
        """Store what is new or different; returns how many families were left out."""
        if not metadata:
            return 0
        with self._lock:
            known = self._known.get(project)
            if known is None:
                known = self._known[project] = dict(self._storage.metadata(project))
            altered = self._altered.setdefault(project, {})
            changed: dict[str, MetricMetadata] = {}
            left_out = 0
            for name, described in metadata.items():
                found = known.get(name)
                if found == described or (name in altered and altered[name] == described):
                    continue
                if len(name) > MAX_NAME_CHARACTERS or (found is None and len(known) + len(changed) >= MAX_FAMILIES):
                    left_out += 1
                    continue
                kept = self._keepable(project, described)
                if kept != described:
                    altered[name] = described
                if kept != found:
                    changed[name] = kept
            if changed:
                self._storage.put_metadata(project, changed)
                known.update(changed)
            return left_out

    def forget(self, project: str) -> None:
        """Judge all texts of a project anew, as after a change of what `describe` makes of them."""
        with self._lock:
            self._known[project] = {}
            self._altered.pop(project, None)

    def _keepable(self, project: str, described: MetricMetadata) -> MetricMetadata:
        if self._describe is not None:
            help_text, unit = self._describe(project, described.help), self._describe(project, described.unit)
            if (help_text, unit) != (described.help, described.unit):
                described = replace(described, help=help_text, unit=unit)
        return _cut(described)


def _cut(described: MetricMetadata) -> MetricMetadata:
    if len(described.help) <= MAX_TEXT_CHARACTERS and len(described.unit) <= MAX_TEXT_CHARACTERS:
        return described
    return replace(described, help=described.help[:MAX_TEXT_CHARACTERS], unit=described.unit[:MAX_TEXT_CHARACTERS])
