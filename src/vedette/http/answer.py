"""Whole answers, and Prometheus' success envelope for those that are small enough to be built as objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol, runtime_checkable

import orjson
from msgspec import Struct
from starlette.responses import Response
from starlette.types import Scope, Send

Header = tuple[bytes, bytes]
JSON: Final[Header] = (b"content-type", b"application/json")
JSON_ONLY: Final[tuple[Header, ...]] = (JSON,)


class Answer(Struct, frozen=True):
    """An answer that is known as a whole; the length of its body is not among the headers."""

    body: bytes
    status: int = 200
    headers: tuple[Header, ...] = JSON_ONLY

    async def send(self, send: Send) -> None:
        """Send it as an ASGI application does."""
        headers = [*self.headers, (b"content-length", b"%d" % len(self.body))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


AtOnce = Callable[[Scope, bytes | bytearray], Answer | None]
"""Answers a request, given its whole body, without waiting for anything; None when that takes more than a moment."""


@runtime_checkable
class Prompt(Protocol):
    """An ASGI endpoint that can also answer at once."""

    def at_once(self, scope: Scope, body: bytes | bytearray) -> Answer | None:
        """See `AtOnce`. What it raises is answered as what an endpoint raises."""


def header_lines(headers: Iterable[Header]) -> bytes:
    """Headers as they go over the wire."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def success(data: Any, **more: Any) -> Response:
    """`{"status": "success", "data": ...}` with further fields such as warnings."""
    return Response(orjson.dumps({"status": "success", "data": data, **more}), media_type="application/json")
