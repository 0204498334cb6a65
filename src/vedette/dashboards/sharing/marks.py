"""Annotations as those outside see them: of the sources that were given away, without who wrote them and when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from vedette.catalog.records import Annotation
from vedette.dashboards.annotations import Moment, OtherId, Title, Words
from vedette.dashboards.document import Id
from vedette.dashboards.sharing.frozen import Frozen

MAX_SHOWN: Final = 1_000
_COPY: Final = re.compile(r"--[0-9]+$")
"""What the page puts behind the id of a widget that is a copy."""


class ShownAnnotation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An annotation; `end_ms` is null for a moment, `source` the id of the source that shows it."""

    source: Id
    time_ms: Moment
    end_ms: Moment | None = None
    title: Title
    text: Words = ""
    widget: OtherId = ""
    """Only this widget and its copies show it; empty: all of them."""


ShownAnnotations = Annotated[list[ShownAnnotation], Meta(max_length=MAX_SHOWN)]


class _Named(Struct):
    id: str


class _Widgets(Struct):
    widgets: list[_Named] = []


def has_annotations(frozen: Frozen) -> bool:
    """Whether annotations are shown at all."""
    return any(one.kind == "manual" for one in frozen.marks)


def shown_annotations(frozen: Frozen, dashboard: str, found: Iterable[Annotation]) -> list[ShownAnnotation]:
    """Those of the dashboard and of all dashboards that a source shows, of widgets that were given away."""
    there = {_COPY.sub("", one) for one in _widget_ids(frozen.dashboard)}
    mine = [one for one in found if one.dashboard in ("", dashboard) and (not one.widget or one.widget in there)]
    return [
        ShownAnnotation(
            source=source.id,
            time_ms=one.time_ms,
            end_ms=None if one.end_ms == one.time_ms else one.end_ms,
            title=one.title,
            text=one.text,
            widget=one.widget,
        )
        for source in frozen.marks
        if source.kind == "manual"
        for one in mine
        if not source.tags or not set(source.tags).isdisjoint(one.tags)
    ][:MAX_SHOWN]


def _widget_ids(dashboard: dict[str, Any]) -> list[str]:
    return [one.id for one in msgspec.convert(dashboard, _Widgets).widgets]
