"""Running a query for a request: at once or in a thread, ended when the client goes; and JSON answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final, TypeVar

import orjson
from starlette.types import Receive, Scope, Send

from vedette.errors import Cancelled, Unavailable
from vedette.http.answer import JSON, Answer
from vedette.http.gzip_answers import GZIP_FROM_BYTES, GZIP_HEADERS, compress, wants_gzip
from vedette.model.frame import QueryResult
from vedette.query.service import Query

_GZIPPED_JSON: Final = (JSON, *GZIP_HEADERS)

Encode = Callable[[QueryResult], bytes]
T = TypeVar("T")


async def run_query(
    query: Query, encode: Encode, receive: Receive, executor: Executor, *, gzip: bool
) -> tuple[bytes, bool]:
    """The encoded answer and whether it is gzip. A client that hangs up ends the query."""
    if query.is_quick:
        return encode(query.run()), False
    gone = asyncio.ensure_future(disconnected(receive))
    try:
        return await run_unless(gone, query, encode, executor, gzip=gzip)
    finally:
        gone.cancel()


async def run_unless(
    gone: asyncio.Future[None], query: Query, encode: Encode, executor: Executor, *, gzip: bool
) -> tuple[bytes, bool]:
    """The same in a thread, for what is not quick. Raises Cancelled, with the query ended, once `gone` is done."""
    try:
        job = executor.submit(_answer, query, encode, gzip)
    except RuntimeError as error:
        query.abandon()
        raise Unavailable("the server is stopping") from error
    work = asyncio.wrap_future(job)
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise Cancelled("the client went away")
        return work.result()
    finally:
        if not work.done():
            query.cancel("the client went away")
            if job.cancel():
                query.abandon()
            work.cancel()


def _answer(query: Query, encode: Encode, gzip: bool) -> tuple[bytes, bool]:
    body = encode(query.run())
    if gzip and len(body) >= GZIP_FROM_BYTES:
        return compress(body), True
    return body, False


async def disconnected(receive: Receive) -> None:
    """Returns when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def in_thread(executor: Executor, work: Callable[[], T]) -> T:
    """The result of blocking work."""
    return await asyncio.get_running_loop().run_in_executor(executor, work)


async def send_json(send: Send, body: bytes, *, gzipped: bool = False) -> None:
    """Send a finished JSON body."""
    await (Answer(body, headers=_GZIPPED_JSON) if gzipped else Answer(body)).send(send)


async def send_data(scope: Scope, send: Send, data: object, warnings: list[str] | None = None) -> None:
    """`{"status":"success","data":..}`."""
    answer: dict[str, object] = {"status": "success", "data": data}
    if warnings:
        answer["warnings"] = warnings
    body = orjson.dumps(answer)
    gzipped = len(body) >= GZIP_FROM_BYTES and wants_gzip(scope)
    await send_json(send, await asyncio.to_thread(compress, body) if gzipped else body, gzipped=gzipped)
