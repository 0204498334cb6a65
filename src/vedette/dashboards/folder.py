"""The folder document: what the catalog keeps as the `spec` of a document of kind `folder`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from vedette.errors import BadData

KIND: Final = "folder"


class Folder(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Something that dashboards are in; they say so by its id, and it has their project's permissions."""

    description: Annotated[str, Meta(max_length=1_000)] = ""
    tags: Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(max_length=50)] = []


def check_folder(spec: Mapping[str, Any]) -> None:
    """Raises BadData, with the field that is wrong, for what is no folder."""
    try:
        msgspec.convert(spec, Folder)
    except msgspec.ValidationError as error:
        raise BadData(f"the folder: {error}") from None
