"""Reading JSON requests and conditions, and answering with data: for routes that are not on a hot path."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, Final, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from vedette.errors import BadData, LimitExceeded, TooBusy

SMALL_BODY_BYTES: Final = 64 * 1024
_ETAG: Final = re.compile(r'"([0-9a-f]{1,64})"')
_MAX_NUMBER_DIGITS: Final = 16
_MAX_WAITING: Final = 200
"""Jobs that wait where only a few may run at one time."""
S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")


async def read_body(
    request: Request, shape: type[S], max_bytes: int = SMALL_BODY_BYTES, limit: str = "http.max_small_body"
) -> S:
    """The body as `shape`; an empty one is an empty object. Raises BadData with the field, LimitExceeded."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > max_bytes:
            raise LimitExceeded(
                f"the request's body is larger than {limit} = {max_bytes} bytes", limit=limit, value=max_bytes
            )
        pieces.append(piece)
    try:
        return msgspec.json.decode(b"".join(pieces) or b"{}", type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"the body: {error}") from None


def expected_tag(request: Request) -> str:
    """The text of `If-Match`, without which nothing is changed: status 428. Raises BadData."""
    given = request.headers.get("if-match", "").strip()
    if not given:
        raise HTTPException(428, "send the ETag of the version that you change as If-Match")
    match = _ETAG.fullmatch(given)
    if match is None:
        raise BadData('If-Match must be an ETag, such as "3"')
    return match[1]


def expected_version(request: Request) -> int:
    """The same where the tag is a version."""
    tag = expected_tag(request)
    if not tag.isdigit() or len(tag) > _MAX_NUMBER_DIGITS:
        raise BadData('If-Match must be the ETag of a version, such as "3"')
    return int(tag)


def number(asked: Mapping[str, str], name: str, default: int = 0) -> int:
    """A parameter that is a whole number. Raises BadData."""
    text = asked.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_NUMBER_DIGITS):
        raise BadData(f"{name}: {text[:50]!r} is no whole number")
    return int(text)


def flag(asked: Mapping[str, str], name: str) -> bool:
    """A parameter that is `true` or `false`. Raises BadData."""
    text = asked.get(name, "")
    if text not in ("", "true", "false"):
        raise BadData(f"{name}: expected true or false, got {text[:50]!r}")
    return text == "true"


def answer(data: object, status: int = 200, *, tag: object = None, **more: object) -> Response:
    """`{"status": "success", "data": ...}`, with an ETag where there is one."""
    body: dict[str, Any] = {"status": "success", "data": data, **more}
    response = Response(msgspec.json.encode(body), status, media_type="application/json")
    if tag is not None:
        response.headers["etag"] = f'"{tag}"'
    return response


class Threads:
    """Runs what waits for the database or another server, or hashes a password, beside the event loop."""

    def __init__(self, executor: Executor, few: int = 1, limit: str = "auth.password_workers") -> None:
        """`few` jobs of `run_few` run at one time; `limit` names what bounds them.

        The executor should have more threads than that, where it has other jobs, too: those stay free for them.
        """
        self._executor = executor
        self._few = few
        self._limit = limit
        self._places = asyncio.Semaphore(few)
        self._waiting = 0

    async def run(self, job: Callable[[], T]) -> T:
        """The job's result, or what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, job)

    async def run_few(self, job: Callable[[], T]) -> T:
        """The same for a job that is part of signing in: however many do, nothing else waits for a thread.

        Raises TooBusy when too many wait.
        """
        if self._waiting >= _MAX_WAITING:
            raise TooBusy("too many people are signing in", limit=self._limit, value=self._few, retry_after_s=5.0)
        self._waiting += 1
        try:
            async with self._places:
                return await self.run(job)
        finally:
            self._waiting -= 1
