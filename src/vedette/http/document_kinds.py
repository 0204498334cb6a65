"""Kinds of documents that the API keeps: which content is one, and who may see and change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from vedette.auth.permission import Permission
from vedette.dashboards.check import check_dashboard
from vedette.dashboards.folder import check_folder
from vedette.dashboards.playlist import check_playlist


def anything(spec: Mapping[str, Any]) -> None:
    """Takes every JSON object."""


def _rule_group(spec: Mapping[str, Any]) -> None:
    from vedette.rules.check import check_group  # noqa: PLC0415 - a start needs no templates of alerts

    check_group(spec)


def _alerting(name: str) -> Callable[[Mapping[str, Any]], None]:
    """A check of `alerting.check`, imported when the first such document comes."""

    def check(spec: Mapping[str, Any]) -> None:
        from vedette.alerting import check as checks  # noqa: PLC0415 - as above

        getattr(checks, name)(spec)

    return check


def _as_it_is(spec: dict[str, Any], _former: dict[str, Any] | None) -> dict[str, Any]:
    return spec


class DocumentKind(Struct, frozen=True):
    """One kind."""

    name: str
    check: Callable[[Mapping[str, Any]], None] = anything
    """Raises BadData, with the field that is wrong, for what is no document of this kind."""
    read: Permission = Permission.DOCUMENTS_READ
    write: Permission = Permission.DOCUMENTS_WRITE
    keep: Callable[[dict[str, Any], dict[str, Any] | None], dict[str, Any]] = _as_it_is
    """What is stored of a content, given that stored before, such as with its secrets sealed. In a thread."""
    show: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """What people see of what is stored; None: all of it."""


KINDS: Final[dict[str, DocumentKind]] = {
    kind.name: kind
    for kind in (
        DocumentKind("dashboard", check_dashboard),
        DocumentKind("folder", check_folder),
        DocumentKind("template", check_dashboard),
        DocumentKind("playlist", check_playlist),
        DocumentKind("rule_group", _rule_group),
        DocumentKind("alert_route", _alerting("check_route")),
        DocumentKind("inhibit_rule", _alerting("check_inhibit_rule")),
        DocumentKind("mute_timing", _alerting("check_mute_timing")),
        DocumentKind("silence", _alerting("check_silence")),
        DocumentKind("on_call_schedule", _alerting("check_schedule")),
        DocumentKind("escalation", _alerting("check_steps")),
    )
}
