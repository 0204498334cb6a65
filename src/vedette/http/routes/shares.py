"""`/api/v1/shares`: public links to dashboards - make, list, revoke. What they open is in `public.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.auth.permission import Permission
from vedette.catalog.records import Share
from vedette.dashboards.sharing.book import LINK, Also, NewShare, ShareBook
from vedette.dashboards.sharing.frozen import (
    MAX_FROZEN_BYTES,
    MAX_MARKS,
    MAX_QUESTIONS,
    Frozen,
    FrozenMarks,
    FrozenQuestion,
    FrozenTime,
    Title,
    freeze,
)
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import Threads, answer, read_body

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vedette.auth.audit import Audit

_PATH: Final = "/api/v1/shares"
Lifetime = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
DashboardId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{0,64}$")]


class NewFrozen(msgspec.Struct, forbid_unknown_fields=True):
    """A dashboard with the variables put in, and all questions that it may ask."""

    title: Title
    time: FrozenTime
    spec: dict[str, Any]
    expires_in_ms: Lifetime
    questions: Annotated[tuple[FrozenQuestion, ...], msgspec.Meta(max_length=MAX_QUESTIONS)] = ()
    dashboard: DashboardId = ""
    """Id of the document that it was made from."""
    marks: Annotated[tuple[FrozenMarks, ...], msgspec.Meta(max_length=MAX_MARKS)] = ()
    """Sources of marks on the time axis; those that ask have a question each, with the role `mark`."""
    zoom: bool = False
    """Whether viewers of a link are offered to look closer at parts of its time."""

    def frozen(self) -> Frozen:
        """As the room of dashboards takes it."""
        return Frozen(self.title, self.time, self.spec, self.questions, self.marks, self.zoom)


class ShareView(msgspec.Struct):
    """A public link; `works`: it opens something now."""

    id: str
    title: str
    dashboard: str
    is_live: bool
    created_ms: int
    created_by: str
    expires_ms: int
    last_seen_ms: int
    views: int
    works: bool


class ShareRoutes:
    """Endpoints."""

    def __init__(
        self, book: ShareBook, audit: Callable[[], Audit], parse: Callable[[str], object], threads: Threads
    ) -> None:
        self._book = book
        self._audit = audit
        self._parse = parse
        self._threads = threads

    async def list(self, request: Request) -> Response:
        """Those of the project, newest first; expired ones for a week."""
        who, dashboard = caller(request.scope), request.query_params.get("dashboard", "")
        found = await self._threads.run(lambda: self._book.of_project(who.project, LINK))
        settings = self._book.settings
        return answer(
            [self._view(one) for one in found if not dashboard or one.dashboard == dashboard],
            public_links=settings.public_links,
            frame_ancestors=settings.frame_ancestors,
        )

    async def create(self, request: Request) -> Response:
        """Answers 201 with the token, which is told only now."""
        who = caller(request.scope)
        # A link can ask what its maker may ask; who may not ask has nothing to give.
        who.actor.require(Permission.METRICS_READ, who.project)
        given = await read_body(request, NewFrozen, MAX_FROZEN_BYTES, "max_frozen_dashboard")
        also = noting(self._audit, who, "share.create")

        def make() -> tuple[Share, str]:
            frozen = freeze(given.frozen(), self._parse)
            new = NewShare(
                title=frozen.title,
                dashboard=given.dashboard,
                is_live=frozen.time.last_ms > 0,
                lifetime_ms=given.expires_in_ms,
                is_public=True,
            )
            return self._book.create_link(who.project, new, frozen, who.principal, also)

        share, token = await self._threads.run(make)
        return answer({"share": self._view(share), "token": token}, 201)

    async def revoke(self, request: Request) -> Response:
        """It opens nothing any more; who has it open loses it within seconds."""
        who, share_id = caller(request.scope), request.path_params["id"]
        also = noting(self._audit, who, "share.revoke")
        gone = await self._threads.run(lambda: self._book.remove(who.project, LINK, share_id, also))
        return answer(self._view(gone))

    def _view(self, share: Share) -> ShareView:
        fields = {name: getattr(share, name) for name in ShareView.__struct_fields__ if name != "works"}
        return ShareView(**fields, works=self._book.is_open(share))


def noting(audit: Callable[[], Audit], who: Caller, action: str) -> Also:
    """What writes the line of a change within its transaction."""

    def note(connection: Connection, share: Share) -> None:
        audit().note_in(
            connection,
            who.actor,
            action,
            object_kind=share.kind,
            object_id=share.id,
            project=share.project,
            detail={"title": share.title, "dashboard": share.dashboard, "expires_ms": share.expires_ms},
        )

    return note


def routes(
    book: ShareBook, audit: Callable[[], Audit], parse: Callable[[str], object], threads: Threads
) -> list[BaseRoute]:
    """`audit` is called in threads; `parse` raises BadData for what is no question."""
    them = ShareRoutes(book, audit, parse, threads)
    return [
        Route(_PATH, them.list, methods=["GET"]),
        Route(_PATH, them.create, methods=["POST"]),
        Route(_PATH + "/{id}", them.revoke, methods=["DELETE"]),
    ]
