"""Between the socket and the application: answers leave in one piece, and what can be answered at once is.

Uvicorn writes the head of an answer and its body one after the other, and uvloop hands each to the kernel at once: the
client wakes up twice for one answer. Held back until the turn ends, both go out in one system call, as do all the
live frames that one batch of samples brings to one connection.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from vedette.http.answer import header_lines
from vedette.http.app import Application

if TYPE_CHECKING:
    from starlette.types import Scope

_SEND_AT_ONCE_BYTES = 65_536
_VIGIL_S = 0.0002
_default_lines = lru_cache(maxsize=1)(header_lines)


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

    def write_now(self, data: bytes) -> None:
        """Send without waiting for the end of the turn."""
        if self._held:
            self._held.append(data)
            self.flush()
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Send what is held back."""
        held, self._held, self._held_bytes = self._held, [], 0
        if held and not self._transport.is_closing():
            self._transport.write(held[0] if len(held) == 1 else b"".join(held))

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size() + self._held_bytes

    def write_eof(self) -> None:
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        self.flush()
        self._transport.close()


class Vigil:
    """Keeps the event loop awake for a fifth of a millisecond after an answer to a client that asks on and on.

    To fall asleep and to be woken, with caches gone cold meanwhile, takes as long as a small question. It pays only
    for a client that asks again at once, so one has to have done so just before: of each burst of questions nothing
    but the last vigil is in vain, and who asks once in a while is never waited for.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, now_s: Callable[[], float] = time.perf_counter) -> None:
        self._loop = loop
        self._now_s = now_s
        self._answered_s = float("-inf")
        self._pays = False
        self._is_kept = False
        self._is_due = False

    def end(self) -> None:
        """A request has come."""
        self._pays = self._now_s() - self._answered_s < _VIGIL_S
        self._is_kept = False

    def begin(self) -> None:
        """It has been answered."""
        self._answered_s = self._now_s()
        self._is_kept = self._pays
        if self._is_kept and not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        # While a callback is due the loop looks for events without waiting for them.
        self._is_due = self._is_kept and self._now_s() - self._answered_s < _VIGIL_S
        if self._is_due:
            self._loop.call_soon(self._go_on)


class HttpProtocol(HttpToolsProtocol):
    """Uvicorn's protocol on such a transport; sockets that are upgraded to WebSocket keep it.

    Uvicorn starts a task for a request as soon as its head is there. Here that waits until all that came with the head
    is parsed: is the request whole then, the application is asked for an answer at once, and only without one the task
    starts. One request of each piece that arrives is answered so; those that a client sends ahead have their tasks,
    between which others get their turn.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._at_once = self.app.at_once if isinstance(self.app, Application) else None
        self._vigil = Vigil(self.loop)
        self._is_parsing = False
        self._begun: RequestResponseCycle | None = None
        self._wire: CoalescingTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = CoalescingTransport(cast("asyncio.Transport", transport), self.loop)
        super().connection_made(cast("asyncio.Transport", self._wire))

    def data_received(self, data: bytes) -> None:
        self._vigil.end()
        self._is_parsing = self._at_once is not None
        super().data_received(data)
        self._is_parsing = False
        cycle, self._begun = self._begun, None
        if cycle is not None and not self._answered(cycle):
            super()._start_asgi_task(cycle, self.app)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # Another `app` is Uvicorn's own, which refuses connections above the limit.
        if self._is_parsing and self._begun is None and app is self.app:
            self._begun = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def _answered(self, cycle: RequestResponseCycle) -> bool:
        """Answer a request at once if that is possible."""
        if cycle.more_body or not cycle.keep_alive or self.flow.write_paused or self._wire.is_closing():
            return False
        answer = self._at_once(cast("Scope", cycle.scope), cycle.body) if self._at_once is not None else None
        if answer is None:
            return False
        default = _default_lines(tuple(self.server_state.default_headers))
        length = b"content-length: %d\r\n\r\n" % len(answer.body)
        self._wire.write_now(b"".join((STATUS_LINE[answer.status], default, answer.head, length, answer.body)))
        cycle.response_started = cycle.response_complete = True
        self.on_response_complete()
        self._vigil.begin()
        return True


def web_socket_protocol(**parts: Any) -> asyncio.Protocol:
    """Uvicorn's WebSocket protocol. Imported with the first one: a twentieth of a start, which need not wait for it."""
    from uvicorn.protocols.websockets.websockets_sansio_impl import (  # noqa: PLC0415 - as said above
        WebSocketsSansIOProtocol,
    )

    return WebSocketsSansIOProtocol(**parts)
