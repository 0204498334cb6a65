"""`/api/v1/public/...`: what a public link opens, and nothing else. Nobody signs in: the token says what is meant.

A viewer names a question by widget, ref, role and step, and gets the answer to what was frozen under that name. Texts
of questions and of errors stay inside. The token comes in a header, so that it is in no address and no log.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.auth.actor import anonymous
from vedette.auth.throttle import network_of
from vedette.catalog.records import Share
from vedette.dashboards.sharing.book import LINK, SNAPSHOT, ShareBook
from vedette.dashboards.sharing.frozen import Opened, QuestionName, check_window, marks_of, names_of
from vedette.errors import BadData, Forbidden, LimitExceeded, NotFound, TooBusy, Unavailable, VedetteError
from vedette.http.errors import request_id_of
from vedette.http.gate import address_of
from vedette.http.gzip_answers import wants_gzip
from vedette.http.json_requests import Threads, answer, read_body
from vedette.http.rates import RateClass, Rates
from vedette.http.routes.prometheus_answers import run_query
from vedette.http.routes.snapshots import send_packed
from vedette.model.frame import QueryResult
from vedette.query.encode import columns_series
from vedette.query.options import QueryOptions
from vedette.query.service import Query

if TYPE_CHECKING:
    from starlette.types import Scope

    from vedette.auth.audit import Audit
    from vedette.query.service import QueryService

TOKEN_HEADER: Final = "x-share-token"  # noqa: S105 - the name of a header
_PATH: Final = "/api/v1/public"
_MAX_MS: Final = 2**53
Moment = Annotated[int, msgspec.Meta(ge=0, le=_MAX_MS)]


class PublicQuestion(QuestionName, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question of the link, about a time that the link shows."""

    start_ms: Moment
    end_ms: Moment


class Door:
    """Lets in whoever has a token, as often as the rates allow."""

    def __init__(self, book: ShareBook, rates: Rates, ready: Callable[[], Awaitable[None]], threads: Threads) -> None:
        """`ready` waits until it is known who there is."""
        self.book = book
        self.threads = threads
        self._rates = rates
        self._ready = ready

    async def share(self, scope: Scope, kind: str, token: str) -> Share:
        """What the token opens. Raises NotFound, TooBusy, Unavailable."""
        self._rates.take(RateClass.PUBLIC, f"address {network_of(address_of(scope))}")
        await self._ready()
        if not self.book.is_loaded:
            await self.threads.run(self.book.refresh)
        return self.book.by_token(kind, token)

    async def open(self, share: Share) -> Opened:
        """What a link shows."""
        return await self.threads.run(lambda: self.book.open(share))


class PublicRoutes:
    """Endpoints."""

    def __init__(self, door: Door, service: QueryService, audit: Callable[[], Audit], queries: Executor) -> None:
        self._door = door
        self._service = service
        self._audit = audit
        self._queries = queries

    async def dashboard(self, request: Request) -> Response:
        """What a link shows, and by which names its questions are asked."""
        share = await self._share(request, LINK)
        frozen = (await self._door.open(share)).frozen
        await self._seen(request, share)
        return answer(
            {
                "title": frozen.title,
                "time": frozen.time,
                "spec": frozen.dashboard,
                "questions": names_of(frozen.questions),
                "marks": marks_of(frozen.marks),
                "zoom": frozen.zoom,
                "expires_ms": share.expires_ms,
                "now_ms": self._service.now_ms(),
            }
        )

    async def query(self, request: Request) -> Response:
        """The answer to one of its questions, in columns."""
        began_s = time.perf_counter()
        share = await self._share(request, LINK)
        asked = await read_body(request, PublicQuestion)
        opened = await self._door.open(share)
        matchers = self._door.book.narrowing(share)
        if matchers is None:
            raise NotFound("there is nothing behind this link any more")
        question, now_ms = opened.question(asked), self._service.now_ms()
        check_window(opened.frozen.time, question, asked.start_ms, asked.end_ms, now_ms)
        step_ms = question.step_ms
        start_ms, end_ms = asked.start_ms // step_ms * step_ms, asked.end_ms // step_ms * step_ms
        try:
            query = self._service.admit_range(
                share.project, question.promql, start_ms, end_ms, step_ms, QueryOptions(matchers=matchers)
            )
            body, gzipped = await run_query(
                query,
                lambda result: _columns(result, query, began_s),
                request.receive,
                self._queries,
                gzip=wants_gzip(request.scope),
            )
        except VedetteError as error:
            raise without_details(error) from None
        headers = {"content-encoding": "gzip", "vary": "accept-encoding"} if gzipped else {}
        return Response(body, headers=headers, media_type="application/json")

    async def snapshot(self, request: Request) -> Response:
        """A snapshot with its data."""
        share = await self._share(request, SNAPSHOT)
        content = await self._door.threads.run(lambda: self._door.book.content(share))
        await self._seen(request, share)
        return await send_packed(request, content, self._door.threads)

    async def _share(self, request: Request, kind: str) -> Share:
        return await self._door.share(request.scope, kind, token_of(request))

    async def _seen(self, request: Request, share: Share) -> None:
        self._door.book.note_seen(share)
        actor = anonymous(address_of(request.scope), request_id=request_id_of(request.scope))
        audit = await self._door.threads.run(self._audit)
        audit.later(actor, "share.view", object_kind=share.kind, object_id=share.id, project=share.project)


def token_of(request: Request) -> str:
    """What stands behind `#` in the link; empty when it is not sent."""
    return request.headers.get(TOKEN_HEADER, "")


def without_details(error: VedetteError) -> VedetteError:
    """What viewers may know of an error: that there is one. Texts speak of questions and of values of labels."""
    if isinstance(error, TooBusy):
        return TooBusy("the server is busy", limit="busy", value=0, retry_after_s=error.retry_after_s)
    if isinstance(error, LimitExceeded):
        return LimitExceeded("the question is larger than it may be", limit="query", value=0)
    if isinstance(error, NotFound | Forbidden | Unavailable):
        return error
    return BadData("the question could not be answered")


def _columns(result: QueryResult, query: Query, began_s: float) -> bytes:
    frame = result.frame
    times = [] if frame is None else frame.timestamps_ms.tolist()
    head = b'{"status":"success","data":{"resultType":"%s","timestamps_ms":%s,"step_ms":%d,"series":' % (
        result.kind.encode(),
        orjson.dumps(times),
        query.step_ms,
    )
    took_ms = round((time.perf_counter() - began_s) * 1000, 3)
    return head + columns_series(frame) + b'},"query_time_ms":%s}' % orjson.dumps(took_ms)


def routes(door: Door, service: QueryService, audit: Callable[[], Audit], queries: Executor) -> list[BaseRoute]:
    """`audit` is called in threads; `queries` runs the questions."""
    them = PublicRoutes(door, service, audit, queries)
    return [
        Route(_PATH + "/dashboard", them.dashboard, methods=["GET"]),
        Route(_PATH + "/query", them.query, methods=["POST"]),
        Route(_PATH + "/snapshot", them.snapshot, methods=["GET"]),
    ]
