"""The playlist document: dashboards that a screen shows one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from vedette.dashboards.document import Id, LongText, TimeSpan
from vedette.errors import BadData

MAX_ITEMS: Final = 200


class PlaylistItem(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One dashboard, and how long it stays. It need not be there (any more): players go on with the next."""

    dashboard: Id
    seconds: Annotated[int, Meta(ge=5, le=86_400)] = 30
    time: TimeSpan | None = None
    """What it shows; None: what the dashboard opens with."""


class Playlist(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The whole; the document around it has id and name."""

    schema: Annotated[int, Meta(ge=1, le=1)] = 1
    description: LongText = ""
    items: Annotated[list[PlaylistItem], Meta(max_length=MAX_ITEMS)] = []


def check_playlist(spec: Mapping[str, Any]) -> None:
    """Raises BadData, with the field that is wrong, for what is no playlist."""
    try:
        msgspec.convert(spec, Playlist)
    except msgspec.ValidationError as error:
        raise BadData(f"the playlist: {error}") from None
