"""Targets written into the configuration file itself."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.config.yaml_section import Section
from vedette.scrape.discovery.kind import DiscoveryContext, DiscoveryKind, ParseContext, TargetGroup, Update


@dataclass(frozen=True, slots=True)
class StaticOptions:
    """One static_config."""

    targets: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]


class StaticDiscovery:
    """Tells its group once."""

    def __init__(self, options: StaticOptions) -> None:
        self._options = options

    async def run(self, update: Update) -> None:
        addresses = [{"__address__": target} for target in self._options.targets]
        update([TargetGroup("static", addresses, dict(self._options.labels), is_trusted=True)])


def _parse(section: Section, context: ParseContext) -> StaticOptions:
    options = StaticOptions(section.texts("targets"), tuple(section.text_map("labels").items()))
    for target in options.targets:
        if "/" in target and not context.relabelled:
            section.error("targets", f"{target!r} is not a valid address: it may hold host and port only")
    section.finish()
    return options


def _open(options: StaticOptions, _context: DiscoveryContext) -> StaticDiscovery:
    return StaticDiscovery(options)


DISCOVERY = DiscoveryKind("static", "static_configs", _parse, _open)
