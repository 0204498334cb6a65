"""`/api/v1/public/plugins` and `/annotations`: what a page of a public link shows beside its dashboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.auth.permission import Permission
from vedette.catalog.records import Share
from vedette.dashboards.annotations import Annotations
from vedette.dashboards.plugins.shelf import Shelf
from vedette.dashboards.sharing.book import LINK, PREFIXES, SNAPSHOT
from vedette.dashboards.sharing.marks import MAX_SHOWN, has_annotations, shown_annotations
from vedette.dashboards.sharing.snapshots import kinds_in, kinds_of
from vedette.http.json_requests import answer
from vedette.http.routes.plugins import PluginList, entry_of
from vedette.http.routes.public import Door, token_of

_PATH: Final = "/api/v1/public"
_OF_PLUGIN: Final = "plugin:"
"""What the kind of a widget begins with that is of a plugin."""


class PublicParts:
    """Endpoints."""

    def __init__(self, door: Door, shelf: Shelf, annotations: Annotations, now_ms: Callable[[], int]) -> None:
        self._door = door
        self._shelf = shelf
        self._annotations = annotations
        self._now_ms = now_ms

    async def plugins(self, request: Request) -> Response:
        """Only those that a widget of the link is of: which others there are is nobody's business outside."""
        token = token_of(request)
        kind = SNAPSHOT if token.startswith(PREFIXES[SNAPSHOT]) else LINK
        share = await self._door.share(request.scope, kind, token)
        shown = await self._door.threads.run(self._shelf.shown)
        kinds = await self._kinds(share)
        mine = [one for one in shown if _OF_PLUGIN + one.plugin.manifest.name in kinds]
        return answer(PluginList([entry_of(one) for one in mine], []))

    async def _kinds(self, share: Share) -> set[str]:
        if share.kind == LINK:
            return kinds_in((await self._door.open(share)).frozen.dashboard)
        return await self._door.threads.run(lambda: kinds_of(self._door.book.content(share)))

    async def annotations(self, request: Request) -> Response:
        """Of the time that the link shows, as long as its maker may see them."""
        share = await self._door.share(request.scope, LINK, token_of(request))
        frozen = (await self._door.open(share)).frozen
        if not has_annotations(frozen) or not self._door.book.owner_may(share, Permission.DOCUMENTS_READ):
            return answer([])
        start_ms, end_ms = frozen.time.window(self._now_ms())
        found = await self._door.threads.run(
            lambda: self._annotations.within(share.project, start_ms, end_ms, share.dashboard, MAX_SHOWN)
        )
        return answer(shown_annotations(frozen, share.dashboard, found))


def routes(door: Door, shelf: Shelf, annotations: Annotations, now_ms: Callable[[], int]) -> list[BaseRoute]:
    """`now_ms` is the server's clock."""
    them = PublicParts(door, shelf, annotations, now_ms)
    return [
        Route(_PATH + "/plugins", them.plugins, methods=["GET"]),
        Route(_PATH + "/annotations", them.annotations, methods=["GET"]),
    ]
