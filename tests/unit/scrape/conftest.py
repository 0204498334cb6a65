"""A target that does as it is told, on a free port of loopback."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest
import pytest_asyncio

Reply = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes, *headers: str, status: str = "200 OK", content_type: str = "text/plain") -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class FakeTarget:
    """Serves `body`, or whatever `reply` does with a request's head; remembers heads and counts connections."""

    def __init__(self) -> None:
        self.body: bytes = b"m 1\n"
        self.reply: Reply | None = None
        self.heads: list[str] = []
        self.connections = 0
        self.closed = asyncio.Event()
        """Set when a client has ended a connection."""
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            self._server = None
            await asyncio.sleep(0)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}/metrics"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.heads.append(head)
                if self.reply is None:
                    writer.write(answer(self.body))
                else:
                    await self.reply(head, writer)
                await writer.drain()
        self.closed.set()
        self._writers.discard(writer)
        writer.close()


@pytest_asyncio.fixture
async def target() -> AsyncIterator[FakeTarget]:
    fake = FakeTarget()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def make_target() -> type[FakeTarget]:
    """For tests that start targets themselves."""
    return FakeTarget


@pytest_asyncio.fixture
async def other_target() -> AsyncIterator[FakeTarget]:
    fake = FakeTarget()
    await fake.start()
    yield fake
    await fake.stop()
