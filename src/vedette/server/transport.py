"""A transport that sends what is written within one turn of the event loop in one piece.

Uvicorn writes the head of an answer and its body one after the other, and uvloop hands each to the kernel at once: the
client wakes up twice for one answer. Held back until the turn ends, both go out in one system call, as do all the
live frames that one batch of samples brings to one connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_SEND_AT_ONCE_BYTES = 65_536


class CoalescingTransport:
    """Wraps a socket's transport; all but writing is the wrapped one's."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._held_bytes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(bytes(data))
        self._held_bytes += len(data)
        if self._held_bytes >= _SEND_AT_ONCE_BYTES:
            self.flush()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        for data in list_of_data:
            self.write(data)

    def flush(self) -> None:
        """Send what is held back."""
        held, self._held, self._held_bytes = self._held, [], 0
        if held and not self._transport.is_closing():
            self._transport.write(held[0] if len(held) == 1 else b"".join(held))

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size() + self._held_bytes

    def write_eof(self) -> None:
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        self.flush()
        self._transport.close()


class HttpProtocol(HttpToolsProtocol):
    """Uvicorn's protocol on such a transport; sockets that are upgraded to WebSocket keep it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        coalescing = CoalescingTransport(cast("asyncio.Transport", transport), self.loop)
        super().connection_made(cast("asyncio.Transport", coalescing))


def web_socket_protocol(**parts: Any) -> asyncio.Protocol:
    """Uvicorn's WebSocket protocol. Imported with the first one: a twentieth of a start, which need not wait for it."""
    from uvicorn.protocols.websockets.websockets_sansio_impl import (  # noqa: PLC0415 - as said above
        WebSocketsSansIOProtocol,
    )

    return WebSocketsSansIOProtocol(**parts)
