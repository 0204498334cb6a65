"""`POST /api/v1/metrics/queries`: many questions at once, each answered by a line of JSON as soon as it is known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Annotated, Final

import msgspec
import orjson
from msgspec import Meta
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.errors import VedetteError
from vedette.http.errors import describe, request_id_of, status_of
from vedette.http.gate import Caller, caller
from vedette.http.gzip_answers import GZIP_FROM_BYTES, GZIP_HEADERS, GzipStream, deflate, wants_gzip
from vedette.http.rates import RateClass
from vedette.http.routes.metrics_query import Body, admit, read_json
from vedette.http.routes.prometheus_answers import disconnected, run_unless
from vedette.http.routes.prometheus_parameters import read_body
from vedette.query.service import QueryService

MAX_QUERIES: Final = 200
MAX_BODY_BYTES: Final = 1024 * 1024
LINES: Final = (b"content-type", b"application/x-ndjson")
_AT_ONCE: Final = 4
"""Of one request so many run in threads at a time, so that others find room."""


class Questions(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Questions as `POST /api/v1/metrics/query` takes them."""

    queries: Annotated[tuple[Body, ...], Meta(min_length=1, max_length=MAX_QUERIES)]


_DECODER = msgspec.json.Decoder(Questions)


def routes(service: QueryService, executor: Executor) -> list[BaseRoute]:
    """`executor` runs what takes longer than a moment."""
    return [Route("/api/v1/metrics/queries", _MetricsQueries(service, executor), methods=["POST"])]


class _MetricsQueries:
    def __init__(self, service: QueryService, executor: Executor) -> None:
        self._service = service
        self._executor = executor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        questions = read_json(await read_body(receive, MAX_BODY_BYTES), _DECODER).queries
        lines = _Lines(scope, send, self._executor)
        gone = asyncio.ensure_future(disconnected(receive))
        try:
            slow = await self._quick(questions, caller(scope), lines)
            await self._slow(questions, slow, caller(scope), lines, gone)
        finally:
            gone.cancel()
        await lines.end()

    async def _quick(self, questions: Sequence[Body], who: Caller, lines: _Lines) -> list[int]:
        """Answer what takes but a moment; the places of the rest."""
        rest = []
        for index, body in enumerate(questions):
            try:
                if index > 0:
                    who.count(RateClass.QUERY)
                query, encode = admit(self._service, body, who)
                if not query.is_quick:
                    query.abandon()
                    rest.append(index)
                    continue
                answer = encode(query.run())
            except VedetteError as error:
                await lines.refuse(index, error)
            else:
                await lines.write(index, answer)
            # others have their turn between any two
            await asyncio.sleep(0)
        return rest

    async def _slow(
        self, questions: Sequence[Body], places: list[int], who: Caller, lines: _Lines, gone: asyncio.Future[None]
    ) -> None:
        """Answer the rest in threads, in any order."""
        left = iter(places)

        async def work() -> None:
            for index in left:
                try:
                    query, encode = admit(self._service, questions[index], who)
                    answer, _ = await run_unless(gone, query, encode, self._executor, gzip=False)
                except VedetteError as error:
                    if gone.done():
                        return
                    await lines.refuse(index, error)
                else:
                    await lines.write(index, answer)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(_AT_ONCE, len(places))):
                group.create_task(work())


class _Lines:
    """The body of the answer, compressed as a whole where the client takes that."""

    def __init__(self, scope: Scope, send: Send, executor: Executor) -> None:
        self._scope = scope
        self._send = send
        self._executor = executor
        self._zip = GzipStream() if wants_gzip(scope) else None
        self._begun = False
        self._turn = asyncio.Lock()

    async def write(self, index: int, answer: bytes) -> None:
        """One answer, with its question's place put first."""
        await self._put(b'{"index":%d,%b\n' % (index, answer[1:]))

    async def refuse(self, index: int, error: VedetteError) -> None:
        """What would have been the answer to that question alone; `http_status` is what it would have come with."""
        status, error_type = status_of(error)
        told = describe(error, error_type, request_id_of(self._scope))
        await self._put(orjson.dumps({"index": index, "http_status": status, **told}) + b"\n")

    async def end(self) -> None:
        """Nothing follows."""
        await self._begin()
        rest = self._zip.tail() if self._zip else b""
        await self._send({"type": "http.response.body", "body": rest})

    async def _put(self, line: bytes) -> None:
        body = line
        if self._zip:
            if len(line) < GZIP_FROM_BYTES:
                body = deflate(line)
            else:
                body = await asyncio.get_running_loop().run_in_executor(self._executor, deflate, line)
        # Several questions are at work, and lines are counted in the order in which they are sent.
        async with self._turn:
            await self._begin()
            if self._zip:
                self._zip.count(line)
            await self._send({"type": "http.response.body", "body": body, "more_body": True})

    async def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        zipped = GZIP_HEADERS if self._zip else ()
        await self._send({"type": "http.response.start", "status": 200, "headers": [LINES, *zipped]})
        if self._zip:
            await self._send({"type": "http.response.body", "body": self._zip.HEAD, "more_body": True})
