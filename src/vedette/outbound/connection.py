"""One HTTP/1.1 connection: sends a request, parses the answer, keeps to limits; knows nothing of targets."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final, cast

import httptools

from vedette.errors import BadData, LimitExceeded, Unavailable
from vedette.outbound.resolver import is_loopback

MAX_HEAD_BYTES: Final = 256 * 1024
"""Status line and headers of an answer."""


@dataclass(slots=True)
class RawAnswer:
    """An answer as it came over the wire; header names are in lower case, the last value of a name wins."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)
    body_bytes: int = 0

    @property
    def body(self) -> bytes:
        """The body, still compressed where it was."""
        return self.chunks[0] if len(self.chunks) == 1 else b"".join(self.chunks)


class Connection(asyncio.Protocol):
    """Serves one request at a time; `is_open` tells whether it can serve another."""

    def __init__(self, body_limit: str = "body_size_limit") -> None:
        """`body_limit` is the name by which an operator knows the limit of the body."""
        self._body_limit = body_limit
        self.is_open = False
        self.served = 0
        self.is_loopback = False
        self._transport: asyncio.Transport | None = None
        self._parser: Any = None
        self._answer: RawAnswer | None = None
        self._finished: asyncio.Future[RawAnswer] | None = None
        self._max_body_bytes = 0
        self._head_bytes = 0
        self._until_close = False
        self._is_connect = False

    async def request(self, head: bytes, max_body_bytes: int, *, is_connect: bool = False) -> RawAnswer:
        """Send and wait for the whole answer. Raises Unavailable, BadData or LimitExceeded and is closed then."""
        if self._transport is None or not self.is_open:
            raise Unavailable("the connection is closed")
        self._parser = httptools.HttpResponseParser(self)
        self._answer = RawAnswer()
        self._max_body_bytes = max_body_bytes
        self._head_bytes = 0
        self._until_close = False
        self._is_connect = is_connect
        self._finished = asyncio.get_running_loop().create_future()
        self._transport.write(head)
        try:
            return await self._finished
        finally:
            self._finished = None
            if self._answer is not None:
                # Cancelled or failed half-way: what still comes belongs to nobody.
                self.abort()

    def abort(self) -> None:
        """Close at once, without goodbye."""
        self.is_open = False
        self._answer = None
        if self._transport is not None:
            self._transport.abort()

    @property
    def transport(self) -> asyncio.Transport:
        """The transport below, for TLS through a proxy."""
        if self._transport is None:
            raise Unavailable("the connection is closed")
        return self._transport

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.is_open = True
        peer = transport.get_extra_info("peername")
        self.is_loopback = bool(peer) and is_loopback(str(peer[0]))

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            # Bytes nobody asked for: a server that says goodbye, or nonsense. Either way no more requests here.
            self.abort()
            return
        if not self._answer.status:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail(BadData("the target wants to speak another protocol"))
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._fail(cause if isinstance(cause, LimitExceeded) else BadData(f"not an HTTP answer: {error}"))
        else:
            if self._head_bytes > MAX_HEAD_BYTES and self._is_waiting_for_status():
                message = f"headers of more than {MAX_HEAD_BYTES} bytes"
                self._fail(LimitExceeded(message, limit="head_bytes", value=MAX_HEAD_BYTES))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        answer = self._answer
        if answer is None:
            return
        if self._until_close and exc is None:
            self._complete(answer)
        elif answer.status:
            self._fail(Unavailable(f"connection closed after {answer.body_bytes} bytes of the body"))
        else:
            self._fail(Unavailable(f"connection closed before an answer{f': {exc}' if exc else ''}"))

    # httptools callbacks

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._answer is not None:
            self._answer.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        answer = self._answer
        if answer is None:
            return
        status = self._parser.get_status_code()
        if status < 200:
            answer.headers.clear()
            return
        answer.status = status
        if self._is_connect and status == 200:
            self._complete(answer)
            return
        length = answer.headers.get("content-length", "")
        if length.isdigit() and int(length) > self._max_body_bytes:
            raise self._too_large()
        self._until_close = not length and "chunked" not in answer.headers.get("transfer-encoding", "").lower()

    def on_body(self, body: bytes) -> None:
        answer = self._answer
        if answer is None or not answer.status:
            return
        answer.body_bytes += len(body)
        if answer.body_bytes > self._max_body_bytes:
            raise self._too_large()
        answer.chunks.append(body)

    def on_message_complete(self) -> None:
        answer = self._answer
        if answer is not None and answer.status:
            if not self._parser.should_keep_alive():
                self.is_open = False
            self._complete(answer)

    def _is_waiting_for_status(self) -> bool:
        return self._answer is not None and not self._answer.status

    def _too_large(self) -> LimitExceeded:
        return body_too_large(self._max_body_bytes, self._body_limit)

    def _complete(self, answer: RawAnswer) -> None:
        self._answer = None
        self.served += 1
        if self._finished is not None and not self._finished.done():
            self._finished.set_result(answer)
        if not self.is_open and self._transport is not None:
            self._transport.close()

    def _fail(self, error: Exception) -> None:
        if self._finished is not None and not self._finished.done():
            self._finished.set_exception(error)
        self.abort()


def body_too_large(max_body_bytes: int, limit: str = "body_size_limit") -> LimitExceeded:
    """The error for a body beyond its limit."""
    message = f"the body is larger than {limit} = {max_body_bytes} bytes"
    return LimitExceeded(message, limit=limit, value=max_body_bytes)
