"""All ways by which people are reached, by the name that documents use."""

from __future__ import annotations

from typing import Any, Final, cast

import msgspec

from vedette.alerting.contact_points.apprise import Apprise
from vedette.alerting.contact_points.email import Email
from vedette.alerting.contact_points.in_dashboard import InDashboard
from vedette.alerting.contact_points.kind import Kind
from vedette.alerting.contact_points.pagerduty import PagerDuty
from vedette.alerting.contact_points.slack import Slack
from vedette.alerting.contact_points.webhook import Webhook
from vedette.errors import BadData

CONTACT_KINDS: Final[dict[str, Kind]] = {
    kind.name: cast("Kind", kind) for kind in (InDashboard(), Slack(), Email(), PagerDuty(), Webhook(), Apprise())
}
TELL_ACKNOWLEDGED: Final = frozenset(name for name, kind in CONTACT_KINDS.items() if kind.tells_acknowledged)


def kind_of(name: str) -> Kind:
    """Raises BadData for a type that is not there."""
    kind = CONTACT_KINDS.get(name)
    if kind is None:
        raise BadData(f"type: {name[:50]!r} is none of {', '.join(sorted(CONTACT_KINDS))}")
    return kind


def options_of(kind: Kind, options: dict[str, object]) -> Any:
    """Options as the kind's own shape. Raises BadData with the option that is wrong."""
    try:
        return msgspec.convert(options, kind.options)
    except msgspec.ValidationError as error:
        raise BadData(f"options: {error}") from None


def schemas() -> list[dict[str, Any]]:
    """For forms: name, title and the JSON schema of the options of each kind that can be used here."""
    found = []
    for kind in CONTACT_KINDS.values():
        if isinstance(kind, Apprise) and not kind.is_available():
            continue
        (_,), components = msgspec.json.schema_components([kind.options], ref_template="#/$defs/{name}")
        found.append(
            {
                "type": kind.name,
                "title": kind.title,
                "secrets": sorted(kind.secrets),
                "schema": components[kind.options.__name__],
            }
        )
    return found
