"""Secrets of contact points: sealed in the catalog, never shown, sent nowhere but where they were meant for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from vedette.alerting.check import read
from vedette.alerting.contact_points.kind import Kind
from vedette.alerting.contact_points.registry import CONTACT_KINDS, kind_of, options_of
from vedette.alerting.document import ContactPoint, Integration
from vedette.alerting.templates import Templates
from vedette.errors import BadData

KEPT: Final = "<secret>"
"""Stands for a secret in what is shown; sent back, it means that it stays."""
_KEPT: Final = re.compile(r"<secret(?: ([0-9]{1,2}))?>")
"""With a number it is the one kept at that place: integrations before it may have been removed."""
_SEALED: Final = "sealed:"
_PURPOSE: Final = "contact point"


class Seal(Protocol):
    """The instance's key."""

    def seal(self, text: str, purpose: str) -> str:
        """Text -> what only this instance can read."""
        ...

    def unseal(self, sealed: str, purpose: str) -> str:
        """Raises Corruption when it was made by another instance."""
        ...


def check_contact_point(spec: Mapping[str, Any], templates: Templates) -> ContactPoint:
    """Raises BadData with the field that is wrong."""
    point = read(spec, ContactPoint)
    for number, integration in enumerate(point.integrations):
        try:
            kind = kind_of(integration.type)
            kind.check(options_of(kind, integration.options), templates)
        except BadData as error:
            raise BadData(f"integrations[{number}].{error.message}") from None
    return point


def sealed(
    spec: Mapping[str, Any], former: Mapping[str, Any] | None, seal: Seal, templates: Templates
) -> dict[str, Any]:
    """What the catalog keeps: new secrets sealed, `<secret>` replaced by what was kept. Raises BadData."""
    point = read(spec, ContactPoint)
    before = read(former, ContactPoint).integrations if former else ()
    integrations = []
    for number, integration in enumerate(point.integrations):
        kind, options = kind_of(integration.type), dict(integration.options)
        plain = dict(options)
        for name in kind.secrets:
            value = options.get(name)
            kept = _KEPT.fullmatch(value) if isinstance(value, str) else None
            if kept is not None:
                same = _options_at(before, int(kept[1] or number), integration.type)
                options[name] = _kept(kind, name, options, same, f"integrations[{number}].options.{name}")
                plain[name] = seal.unseal(str(options[name]).removeprefix(_SEALED), _PURPOSE)
            elif isinstance(value, str) and value:
                options[name] = _SEALED + seal.seal(value, _PURPOSE)
        try:
            kind.check(options_of(kind, plain), templates)
        except BadData as error:
            raise BadData(f"integrations[{number}].{error.message}") from None
        integrations.append(msgspec.structs.replace(integration, options=options))
    found: dict[str, Any] = msgspec.to_builtins(ContactPoint(integrations=tuple(integrations)))
    return found


def _options_at(before: Sequence[Integration], place: int, kind: str) -> Mapping[str, object]:
    return before[place].options if place < len(before) and before[place].type == kind else {}


def _kept(kind: Kind, name: str, options: Mapping[str, object], same: Mapping[str, object], where: str) -> object:
    value = same.get(name)
    if not value:
        raise BadData(f"{where}: {KEPT} stands for one that is kept, and there is none")
    # Whoever may change the address must not learn the secret by having it sent to themselves.
    moved = sorted(place for place in kind.place if options.get(place) != same.get(place))
    if moved:
        raise BadData(f"{where}: give it anew, for {', '.join(moved)} changes where it is sent")
    return value


def shown(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The content without secrets."""
    found = dict(spec)
    integrations = found.get("integrations")
    if isinstance(integrations, list | tuple):
        found["integrations"] = [_shown(it) for it in integrations]
    return found


def _shown(integration: Any) -> Any:
    if not isinstance(integration, dict) or not isinstance(integration.get("options"), dict):
        return integration
    kind = CONTACT_KINDS.get(str(integration.get("type")))
    secrets = kind.secrets if kind is not None else frozenset(integration["options"])
    options = {name: KEPT if name in secrets and value else value for name, value in integration["options"].items()}
    return {**integration, "options": options}


def opened(options: Mapping[str, object], seal: Seal) -> dict[str, object]:
    """Options with their secrets. Raises Corruption when they were sealed by another instance."""
    return {
        name: seal.unseal(value.removeprefix(_SEALED), _PURPOSE)
        if isinstance(value, str) and value.startswith(_SEALED)
        else value
        for name, value in options.items()
    }
