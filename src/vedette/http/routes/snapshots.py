"""`/api/v1/snapshots`: dashboards with their data - take, import, list, show, open to others, delete."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.auth.permission import Permission
from vedette.catalog.records import Share
from vedette.dashboards.annotations import Annotations
from vedette.dashboards.sharing.book import SNAPSHOT, NewShare, ShareBook, may_see, narrowing_texts
from vedette.dashboards.sharing.frozen import MAX_FROZEN_BYTES, Frozen, freeze
from vedette.dashboards.sharing.marks import MAX_SHOWN, ShownAnnotation, has_annotations, shown_annotations
from vedette.dashboards.sharing.snapshots import capture, most_unpacked, packed, read_file, unpacked, write_file
from vedette.errors import BadData, Forbidden, NotFound, TooBusy
from vedette.http.gate import Caller, caller
from vedette.http.gzip_answers import accepts_gzip
from vedette.http.json_requests import Threads, answer, flag, number, read_body, read_bytes
from vedette.http.routes.shares import NewFrozen, noting
from vedette.model.frame import QueryResult
from vedette.query.options import QueryOptions

if TYPE_CHECKING:
    from vedette.auth.audit import Audit

_PATH: Final = "/api/v1/snapshots"
_MOST_WAITING: Final = 4
"""Snapshots that are being taken or wait for it; each asks many questions."""
_DEFAULT_LIFETIME_MS: Final = 30 * 86_400_000


class Asks(Protocol):
    """What `query.service.QueryService` answers."""

    def now_ms(self) -> int: ...

    def parse(self, text: str) -> object: ...

    def range(
        self, project: str, text: str, start_ms: int, end_ms: int, step_ms: int, options: QueryOptions = ...
    ) -> QueryResult: ...


class NewSnapshot(NewFrozen, forbid_unknown_fields=True, kw_only=True):
    """As for a link; `public` makes it open without signing in."""

    public: bool = False


class SnapshotView(msgspec.Struct):
    """A snapshot without its data; `visible`: the reader's role may see it."""

    id: str
    title: str
    dashboard: str
    size_bytes: int
    created_ms: int
    created_by: str
    expires_ms: int
    last_seen_ms: int
    views: int
    public: bool
    visible: bool


class SnapshotRoutes:
    """Endpoints."""

    def __init__(
        self,
        book: ShareBook,
        audit: Callable[[], Audit],
        service: Asks,
        annotations: Annotations,
        threads: Threads,
        taker: Executor,
    ) -> None:
        self._annotations = annotations
        self._book = book
        self._audit = audit
        self._service = service
        self._threads = threads
        self._taker = taker
        self._waiting = 0

    async def list(self, request: Request) -> Response:
        """Those of the project, newest first, without their data."""
        who = caller(request.scope)
        found = await self._threads.run(lambda: self._book.of_project(who.project, SNAPSHOT))
        return answer([_view(one, visible=may_see(one, who.matchers)) for one in found])

    async def create(self, request: Request) -> Response:
        """Asks everything now, narrowed as whoever takes it; answers 201."""
        who = caller(request.scope)
        who.actor.require(Permission.METRICS_READ, who.project)
        given = await read_body(request, NewSnapshot, MAX_FROZEN_BYTES, "max_frozen_dashboard")
        options = QueryOptions(matchers=who.matchers)
        most = self._book.settings.max_snapshot_bytes
        frozen = await self._threads.run(lambda: freeze(given.frozen(), self._service.parse))

        def ask(promql: str, start_ms: int, end_ms: int, step_ms: int) -> QueryResult:
            return self._service.range(who.project, promql, start_ms, end_ms, step_ms, options)

        def take() -> bytes:
            now_ms = self._service.now_ms()
            return capture(frozen, now_ms, ask, most, self._noted(who.project, given.dashboard, frozen, now_ms))

        content = await self._take(take)
        new = NewShare(
            title=frozen.title,
            dashboard=given.dashboard,
            lifetime_ms=given.expires_in_ms,
            is_public=given.public,
        )
        return await self._kept(request, new, content)

    def _noted(self, project: str, dashboard: str, frozen: Frozen, now_ms: int) -> Sequence[ShownAnnotation]:
        if not has_annotations(frozen):
            return []
        start_ms, end_ms = frozen.time.window(now_ms)
        found = self._annotations.within(project, start_ms, end_ms, dashboard, MAX_SHOWN)
        return shown_annotations(frozen, dashboard, found)

    async def _take(self, capture_it: Callable[[], bytes]) -> bytes:
        if self._waiting >= _MOST_WAITING:
            raise TooBusy("snapshots are being taken", limit="snapshots", value=_MOST_WAITING, retry_after_s=5.0)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._taker, capture_it)
        finally:
            self._waiting -= 1

    async def bring(self, request: Request) -> Response:
        """A file that was exported, here or elsewhere; answers 201."""
        asked = request.query_params
        most = self._book.settings.max_snapshot_bytes
        body = await read_bytes(request, most_unpacked(most), "sharing.max_snapshot", most)
        if not body:
            raise BadData("the body: send the file of a snapshot")
        lifetime_ms = number(asked, "expires_in_ms", _DEFAULT_LIFETIME_MS)
        public = flag(asked, "public")

        def read() -> tuple[NewShare, bytes]:
            file = read_file(body)
            new = NewShare(title=file.title, dashboard="", lifetime_ms=lifetime_ms, is_public=public)
            return new, packed(write_file(file), most)

        new, content = await self._threads.run(read)
        return await self._kept(request, new, content)

    async def _kept(self, request: Request, new: NewShare, content: bytes) -> Response:
        who = caller(request.scope)
        also, narrowing = noting(self._audit, who, "snapshot.create"), narrowing_texts(who.matchers)
        share, token = await self._threads.run(
            lambda: self._book.create_snapshot(who.project, new, content, narrowing, who.principal, also)
        )
        return answer({"snapshot": _view(share, visible=True), "token": token}, 201)

    async def content(self, request: Request) -> Response:
        """The snapshot as it is exported, for those whose role hides nothing of it."""
        who, share_id = caller(request.scope), request.path_params["id"]
        who.actor.require(Permission.METRICS_READ, who.project)

        def read() -> bytes:
            share = self._visible(who, share_id)
            self._book.note_seen(share)
            return self._book.content(share)

        return await send_packed(request, await self._threads.run(read), self._threads)

    async def open(self, request: Request) -> Response:
        """A link that opens it without signing in; one from before ends. Answers 201 with the token."""
        who, share_id = caller(request.scope), request.path_params["id"]
        who.actor.require(Permission.METRICS_READ, who.project)
        also = noting(self._audit, who, "snapshot.open")

        def make() -> tuple[Share, str]:
            self._visible(who, share_id)
            return self._book.set_public(who.project, share_id, also)

        share, token = await self._threads.run(make)
        return answer({"snapshot": _view(share, visible=True), "token": token}, 201)

    async def shut(self, request: Request) -> Response:
        """Its link ends."""
        who, share_id = caller(request.scope), request.path_params["id"]
        also = noting(self._audit, who, "snapshot.shut")
        share = await self._threads.run(lambda: self._book.set_private(who.project, share_id, also))
        return answer(_view(share, visible=may_see(share, who.matchers)))

    async def delete(self, request: Request) -> Response:
        """For good."""
        who, share_id = caller(request.scope), request.path_params["id"]
        also = noting(self._audit, who, "snapshot.delete")
        share = await self._threads.run(lambda: self._book.remove(who.project, SNAPSHOT, share_id, also))
        return answer(_view(share, visible=may_see(share, who.matchers)))

    def _visible(self, who: Caller, share_id: str) -> Share:
        """Raises NotFound; Forbidden where a role that is narrowed would see, or show others, more than it may."""
        share = self._book.get(who.project, SNAPSHOT, share_id)
        if share.expires_ms <= self._service.now_ms():
            raise NotFound(f"the snapshot {share_id!r} has expired")
        if not may_see(share, who.matchers):
            raise Forbidden("the snapshot shows series that your role does not", permission="metrics:read")
        return share


async def send_packed(request: Request, content: bytes, threads: Threads) -> Response:
    """Kept content as it is to those who take gzip."""
    if accepts_gzip(request.scope):
        headers = {"content-encoding": "gzip", "vary": "accept-encoding"}
        return Response(content, headers=headers, media_type="application/json")
    return Response(await threads.run(lambda: unpacked(content)), media_type="application/json")


def _view(share: Share, *, visible: bool) -> SnapshotView:
    names = [name for name in SnapshotView.__struct_fields__ if name not in ("public", "visible")]
    fields = {name: getattr(share, name) for name in names}
    return SnapshotView(**fields, public=share.token_hash != "", visible=visible)


def routes(
    book: ShareBook,
    audit: Callable[[], Audit],
    service: Asks,
    annotations: Annotations,
    threads: Threads,
    taker: Executor,
) -> list[BaseRoute]:
    """`audit` is called in threads; `taker` asks the questions of a snapshot that is taken, one after the other."""
    them = SnapshotRoutes(book, audit, service, annotations, threads, taker)
    return [
        Route(_PATH, them.list, methods=["GET"]),
        Route(_PATH, them.create, methods=["POST"]),
        Route(_PATH + "/import", them.bring, methods=["POST"]),
        Route(_PATH + "/{id}", them.delete, methods=["DELETE"]),
        Route(_PATH + "/{id}/content", them.content, methods=["GET"]),
        Route(_PATH + "/{id}/link", them.open, methods=["POST"]),
        Route(_PATH + "/{id}/link", them.shut, methods=["DELETE"]),
    ]
