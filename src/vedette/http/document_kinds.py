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


class DocumentKind(Struct, frozen=True):
    """One kind."""

    name: str
    check: Callable[[Mapping[str, Any]], None] = anything
    """Raises BadData, with the field that is wrong, for what is no document of this kind."""
    read: Permission = Permission.DOCUMENTS_READ
    write: Permission = Permission.DOCUMENTS_WRITE


KINDS: Final[dict[str, DocumentKind]] = {
    kind.name: kind
    for kind in (
        DocumentKind("dashboard", check_dashboard),
        DocumentKind("folder", check_folder),
        DocumentKind("template", check_dashboard),
        DocumentKind("playlist", check_playlist),
        DocumentKind("rule_group", _rule_group),
    )
}
