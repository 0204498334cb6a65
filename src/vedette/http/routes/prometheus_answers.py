"""Running a query for a request: at once or in a thread, ended when the client goes; and JSON answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final, TypeVar

import cramjam
import orjson
from starlette.types import Receive, Scope, Send

from vedette.errors import Cancelled, Unavailable
from vedette.model.frame import QueryResult
from vedette.query.service import Query

GZIP_FROM_BYTES: Final = 32 * 1024
"""Smaller answers are not worth compressing."""
_GZIP_LEVEL: Final = 1
_JSON: Final = (b"content-type", b"application/json")

T = TypeVar("T")


async def run_query(
    query: Query, encode: Callable[[QueryResult], bytes], receive: Receive, executor: Executor, *, gzip: bool
) -> tuple[bytes, bool]:
    """The encoded answer and whether it is gzip. A client that hangs up ends the query."""
    if query.is_quick:
        return encode(query.run()), False
    try:
        job = executor.submit(_answer, query, encode, gzip)
    except RuntimeError as error:
        query.abandon()
        raise Unavailable("the server is stopping") from error
    work = asyncio.wrap_future(job)
    gone = asyncio.ensure_future(_disconnect(receive))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise Cancelled("the client went away")
        return work.result()
    finally:
        gone.cancel()
        if not work.done():
            query.cancel("the client went away")
            if job.cancel():
                query.abandon()
            work.cancel()


def _answer(query: Query, encode: Callable[[QueryResult], bytes], gzip: bool) -> tuple[bytes, bool]:
    body = encode(query.run())
    if gzip and len(body) >= GZIP_FROM_BYTES:
        return compress(body), True
    return body, False


def compress(body: bytes) -> bytes:
    """gzip at its fastest level."""
    return bytes(cramjam.gzip.compress(body, level=_GZIP_LEVEL))


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def in_thread(executor: Executor, work: Callable[[], T]) -> T:
    """The result of blocking work."""
    return await asyncio.get_running_loop().run_in_executor(executor, work)


def accepts_gzip(scope: Scope) -> bool:
    """Whether the client asked for gzip."""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            return any(
                part.split(b";")[0].strip() == b"gzip" and part.partition(b";")[2].strip() != b"q=0"
                for part in value.split(b",")
            )
    return False


async def send_json(send: Send, body: bytes, *, status: int = 200, gzipped: bool = False) -> None:
    """Send a finished JSON body."""
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    if gzipped:
        headers += [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def send_data(scope: Scope, send: Send, data: object, warnings: list[str] | None = None) -> None:
    """`{"status":"success","data":..}`."""
    answer: dict[str, object] = {"status": "success", "data": data}
    if warnings:
        answer["warnings"] = warnings
    body = orjson.dumps(answer)
    gzipped = len(body) >= GZIP_FROM_BYTES and accepts_gzip(scope)
    await send_json(send, compress(body) if gzipped else body, gzipped=gzipped)
