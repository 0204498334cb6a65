"""Operations on widgets of others."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from vedette.http.openapi.operation import Content, Operation, in_path
from vedette.http.routes.plugins import PluginList


class PluginListAnswer(msgspec.Struct):
    """By name."""

    status: Literal["success"]
    data: PluginList


PLUGINS: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/api/v1/plugins"): Operation(
        "Widgets of others, and what is wrong with folders that are none",
        "dashboards",
        {200: Content("The plugins.", shape=PluginListAnswer)},
    ),
    ("GET", "/plugins/{name}/{digest}/{file}"): Operation(
        "The document that a plugin is shown in, or its icon",
        "dashboards",
        {200: Content("The same for ever: the address names the content.", media_type="text/html")},
        parameters=(
            in_path("name", "Of the plugin."),
            in_path("digest", "Of its content, as in the list."),
            in_path("file", "`frame.html`, or the name of the icon."),
        ),
        errors=(404,),
    ),
}
