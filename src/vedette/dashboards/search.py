"""Dashboards by words, with the widgets that the words are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from vedette.catalog.records import Document

_MOST_WIDGETS: Final = 20


class FoundWidget(Struct, frozen=True):
    """A widget whose title has at least one of the words."""

    id: str
    title: str
    kind: str


class Found(Struct, frozen=True):
    """A dashboard in which all of the words are."""

    id: str
    name: str
    folder: str
    tags: list[str]
    widgets: list[FoundWidget]


def found(document: Document, text: str) -> Found:
    """What of a dashboard the words of a search are about."""
    spec = document.spec
    return Found(
        id=document.id,
        name=document.name,
        folder=_text(spec, "folder"),
        tags=[tag for tag in spec.get("tags", ()) if isinstance(tag, str)],
        widgets=_widgets(document, text.casefold().split()),
    )


def _widgets(document: Document, words: list[str]) -> list[FoundWidget]:
    """Those that the words are in together with the dashboard's name, so that `cpu web` finds CPU of Web servers."""
    name = document.name.casefold()
    hits: list[FoundWidget] = []
    widgets = document.spec.get("widgets", ())
    for widget in widgets if isinstance(widgets, list) else ():
        if not isinstance(widget, dict) or len(hits) == _MOST_WIDGETS:
            continue
        title = _text(widget, "title")
        folded = title.casefold()
        if any(word in folded for word in words) and all(word in folded or word in name for word in words):
            hits.append(FoundWidget(_text(widget, "id"), title, _text(widget, "kind")))
    return hits


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""
