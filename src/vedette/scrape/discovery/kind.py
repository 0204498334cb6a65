"""What a discovery is: options from the configuration file, and a task that tells of target groups."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from vedette.clock import Clock
from vedette.config.yaml_section import Section
from vedette.errors import BadData
from vedette.scrape.client import HttpClient


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """Targets with common labels; each target is a set of labels with at least `__address__`."""

    source: str
    targets: Sequence[Mapping[str, str]]
    labels: Mapping[str, str] = field(default_factory=dict)
    is_trusted: bool = False
    """Whether the operator wrote the targets into the configuration itself."""


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What surrounds a discovery in its file."""

    folder: Path
    """What relative file names are relative to."""
    relabelled: bool
    """Whether the job has relabel_configs, which may turn anything into an address."""


@dataclass(frozen=True, slots=True)
class DiscoveryContext:
    """What a discovery may use."""

    client: HttpClient
    clock: Clock
    job: str
    failed: Callable[[str, str], None]
    """To be told (kind, message) of each failed round; what was known before stays."""


Update = Callable[[Sequence[TargetGroup]], None]
"""Takes all groups that are known now; what is missing is gone."""


class Discovery(Protocol):
    """A running discovery."""

    async def run(self, update: Update) -> None:
        """Tell of groups until cancelled; may return when nothing will ever change."""
        ...


@dataclass(frozen=True, slots=True)
class DiscoveryKind:
    """A kind of discovery; a file in this folder holds one as `DISCOVERY`."""

    name: str
    """As in `<name>_sd_configs` or, for static, `static_configs`."""
    key: str
    """The key in a scrape_config."""
    parse: Callable[[Section, ParseContext], Any]
    """Options from one entry below the key; complaints go to the section. Options that are equal discover alike."""
    open: Callable[[Any, DiscoveryContext], Discovery]


@dataclass(frozen=True, slots=True)
class DiscoveryOptions:
    """One configured discovery of a job."""

    kind: DiscoveryKind
    options: Any


def find_kinds() -> tuple[DiscoveryKind, ...]:
    """All kinds of this package; a file whose constant is missing or of another type is an error."""
    discovery = importlib.import_module("vedette.scrape.discovery")
    kinds = []
    for module in pkgutil.iter_modules(discovery.__path__):
        if module.name == "kind":
            continue
        kind = getattr(importlib.import_module(f"{discovery.__name__}.{module.name}"), "DISCOVERY", None)
        if not isinstance(kind, DiscoveryKind):
            raise TypeError(f"BUG: scrape/discovery/{module.name}.py has no DISCOVERY")
        kinds.append(kind)
    return tuple(kinds)


def parse_groups(data: Any, source: str, meta: Mapping[str, str]) -> list[TargetGroup]:
    """Groups from the JSON shape that file and HTTP discovery share; `meta` labels are added. Raises BadData."""
    if not isinstance(data, list):
        raise BadData("must be a list of target groups")
    groups = []
    for index, entry in enumerate(data):
        where = f"group {index}"
        if not isinstance(entry, dict):
            raise BadData(f"{where}: must be an object with targets and labels")
        unknown = entry.keys() - {"targets", "labels"}
        if unknown:
            raise BadData(f"{where}: unknown key {min(map(str, unknown))!r}, known are targets and labels")
        targets, labels = entry.get("targets") or [], entry.get("labels") or {}
        if not isinstance(targets, list) or not all(isinstance(target, str) for target in targets):
            raise BadData(f"{where}: targets must be a list of texts")
        if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
            raise BadData(f"{where}: labels must be an object of texts")
        addresses = [{"__address__": target} for target in targets]
        groups.append(TargetGroup(f"{source}:{index}", addresses, {**labels, **meta}))
    return groups
