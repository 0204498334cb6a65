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
_ENVELOPE_BYTES: Final = 64 * 1024
_ETAG: Final = re.compile(r'"([0-9a-f]{1,64})"')
MAX_VERSION_DIGITS: Final = 9
"""More are none: the catalog keeps versions in 32 bits."""
_MAX_NUMBER_DIGITS: Final = 16
_MAX_WAITING: Final = 200
"""Jobs that wait where only a few may run at one time."""
S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")


async def read_bytes(request: Request, max_bytes: int, limit: str, value: int | None = None) -> bytes:
    """The whole body; `value` is that of the limit, where a body may have more bytes. Raises LimitExceeded."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > max_bytes:
            allowed = f"{limit} = {max_bytes} bytes"
            if value is not None:
                allowed = f"the {max_bytes} bytes that {limit} = {value} allows"
            raise LimitExceeded(
                f"the request's body is larger than {allowed}", limit=limit, value=max_bytes if value is None else value
            )
        pieces.append(piece)
    return b"".join(pieces)


async def read_body(
    request: Request,
    shape: type[S],
    max_bytes: int = SMALL_BODY_BYTES,
    limit: str = "http.max_small_body",
    value: int | None = None,
) -> S:
    """The body as `shape`; an empty one is an empty object. Raises BadData with the field, and as `read_bytes`."""
    body = await read_bytes(request, max_bytes, limit, value)
    try:
        return msgspec.json.decode(body or b"{}", type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadData(f"the body: {error}") from None


async def read_document(request: Request, shape: type[S], max_document_bytes: int) -> S:
    """The same where there is a document in the body, and a little around it."""
    return await read_body(
        request, shape, max_document_bytes + _ENVELOPE_BYTES, "catalog.max_document", max_document_bytes
    )


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
    if not tag.isdigit() or len(tag) > MAX_VERSION_DIGITS:
        raise BadData('If-Match must be the ETag of a version, such as "3"')
    return int(tag)


def number(asked: Mapping[str, str], name: str, default: int = 0, max_digits: int = _MAX_NUMBER_DIGITS) -> int:
    """A parameter that is a whole number. Raises BadData."""
    text = asked.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= max_digits):
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
