"""`/api/v1/plugins`: widgets of others; `/plugins/...`: the documents that they are shown in, and their icons."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.dashboards.plugins.manifest import Category, OptionSchema, PluginSample, PluginSize
from vedette.dashboards.plugins.shelf import Refused, Shelf, Shown
from vedette.dashboards.settings import DashboardSettings
from vedette.http.json_requests import Threads, answer
from vedette.http.middleware.headers import PLUGIN_FRAMES

_FRAME: Final = "frame.html"
_ICON_TYPES: Final = {".svg": "image/svg+xml", ".png": "image/png"}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FRAMED_HERE_ALONE: Final = "frame-ancestors 'self';"


class PluginEntry(Struct):
    """What the page needs to offer and to show one."""

    name: str
    title: str
    version: str
    description: str
    category: Category
    needs: str
    mode: str
    live: bool
    cache_ms: int
    size: PluginSize
    schema: OptionSchema
    defaults: dict[str, Any]
    sample: PluginSample
    digest: str
    """Of everything that is run or shown."""
    frame: str
    """Where the document is that it is shown in."""
    icon: str
    is_pinned: bool
    """Whether its files are those that its manifest pins; others are there in development alone."""


class PluginList(Struct):
    """Those that may be shown, and folders with what is wrong with them."""

    plugins: list[PluginEntry]
    refused: list[Refused]
    follow_ms: int | UnsetType = UNSET
    """In development: how often to ask again, for changes to be seen at once."""


class PluginRoutes:
    """Endpoints."""

    def __init__(self, shelf: Shelf, settings: DashboardSettings, threads: Threads) -> None:
        self._shelf = shelf
        self._threads = threads
        self._follow_ms: int | UnsetType = settings.plugins_interval_ms if settings.plugins_development else UNSET

    async def list(self, _request: Request) -> Response:
        """By name."""
        shown = await self._threads.run(self._shelf.shown)
        return answer(PluginList([entry_of(one) for one in shown], self._shelf.refused(), self._follow_ms))

    async def file(self, request: Request) -> Response:
        """Named by its content, from memory: no path of a request ever becomes a path of a file."""
        wanted = request.path_params
        found = self._shelf.get(wanted["name"], wanted["digest"])
        if found is not None:
            headers = {"cache-control": _FOR_EVER}
            if wanted["file"] == _FRAME:
                headers["content-security-policy"] = found.frame.policy
                # This header can name no other pages: where some may show dashboards, the policy alone says which.
                headers |= {"x-frame-options": "SAMEORIGIN"} if _FRAMED_HERE_ALONE in found.frame.policy else {}
                # What a policy does not speak of: names that are looked up and lines that are opened in advance.
                headers |= {"connection-allowlist": "()", "x-dns-prefetch-control": "off"}
                return Response(found.frame.document, 200, headers, "text/html")
            if wanted["file"] == found.plugin.manifest.icon:
                return Response(found.plugin.icon, 200, headers, _ICON_TYPES[wanted["file"][-4:]])
        raise HTTPException(404, "there is no such plugin, or no longer with this content")


def entry_of(one: Shown) -> PluginEntry:
    """What the page is told of it."""
    manifest = one.plugin.manifest
    base = f"{PLUGIN_FRAMES}{manifest.name}/{one.frame.digest}/"
    return PluginEntry(
        manifest.name,
        manifest.title,
        manifest.version,
        manifest.description,
        manifest.category,
        manifest.needs,
        manifest.mode,
        manifest.live,
        manifest.cache_ms,
        manifest.size,
        manifest.schema,
        manifest.defaults,
        manifest.sample,
        one.frame.digest,
        base + _FRAME,
        base + manifest.icon,
        one.plugin.is_pinned,
    )


def routes(shelf: Shelf, settings: DashboardSettings, threads: Threads) -> list[BaseRoute]:
    """`threads` may read folders."""
    them = PluginRoutes(shelf, settings, threads)
    return [
        Route("/api/v1/plugins", them.list, methods=["GET"]),
        Route(PLUGIN_FRAMES + "{name}/{digest}/{file}", them.file, methods=["GET"]),
    ]
