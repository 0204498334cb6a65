"""Metadata on its way to the store: only what changed goes on, and it cannot grow without end."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from vedette.model.metadata import MetricMetadata
from vedette.storage.interface import Storage

MAX_FAMILIES: Final = 100_000
"""Metric families of a project that are described; those beyond it are left out and counted."""
MAX_NAME_CHARACTERS: Final = 1024
MAX_TEXT_CHARACTERS: Final = 4096
"""Longer help texts and units are cut."""


class MetadataGate:
    """Remembers what the store was given; thread-safe."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._known: dict[str, dict[str, MetricMetadata]] = {}
        self._lock = threading.Lock()

    def put(self, project: str, metadata: Mapping[str, MetricMetadata]) -> int:
        """Store what is new or different; returns how many families were left out."""
        if not metadata:
            return 0
        with self._lock:
            known = self._known.get(project)
            if known is None:
                known = self._known[project] = dict(self._storage.metadata(project))
            changed: dict[str, MetricMetadata] = {}
            left_out = 0
            for name, described in metadata.items():
                found = known.get(name)
                if found == described:
                    continue
                if len(name) > MAX_NAME_CHARACTERS or (found is None and len(known) + len(changed) >= MAX_FAMILIES):
                    left_out += 1
                    continue
                cut = _cut(described)
                if cut != found:
                    changed[name] = cut
            if changed:
                self._storage.put_metadata(project, changed)
                known.update(changed)
            return left_out


def _cut(described: MetricMetadata) -> MetricMetadata:
    if len(described.help) <= MAX_TEXT_CHARACTERS and len(described.unit) <= MAX_TEXT_CHARACTERS:
        return described
    return replace(described, help=described.help[:MAX_TEXT_CHARACTERS], unit=described.unit[:MAX_TEXT_CHARACTERS])
