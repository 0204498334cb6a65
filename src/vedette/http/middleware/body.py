"""Bounds the size of request bodies while they arrive, whether or not they declare it."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vedette.errors import BadData, LimitExceeded


class BodyLimit:
    """Raises LimitExceeded as soon as a body is known to be too large."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    def passes(self, body: bytes | bytearray) -> bool:
        """Whether this whole body is small enough."""
        return len(body) <= self._max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        for name, value in scope["headers"]:
            if name == b"content-length":
                if not value.isdigit():
                    raise BadData("the Content-Length header is no number")
                if int(value) > self._max_bytes:
                    raise self._too_large()
        seen_bytes = 0

        async def bounded() -> Message:
            nonlocal seen_bytes
            message = await receive()
            if message["type"] == "http.request":
                seen_bytes += len(message.get("body", b""))
                if seen_bytes > self._max_bytes:
                    raise self._too_large()
            return message

        await self._app(scope, bounded, send)

    def _too_large(self) -> LimitExceeded:
        return LimitExceeded(
            f"the request's body is larger than http.max_body = {self._max_bytes} bytes",
            limit="http.max_body",
            value=self._max_bytes,
        )
