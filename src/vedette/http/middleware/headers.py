"""Security headers on every answer; pages get a content security policy with a fresh nonce for style sheets."""

from __future__ import annotations

import secrets
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What answers that are no page may do when somebody opens them in a browser: nothing.
_API_POLICY = b"default-src 'none'; frame-ancestors 'none'; sandbox"
_COMMON = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
API_HEADERS: Final = [*_COMMON, (b"content-security-policy", _API_POLICY)]


def page_policy(nonce: str) -> str:
    """The policy of the page: own scripts only, own styles and those that carry the nonce, own server only."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )


def new_nonce() -> str:
    """Unguessable; one for each page that is sent."""
    return secrets.token_urlsafe(16)


class SecurityHeaders:
    """Adds the headers; an answer that brings its own content security policy keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                own = any(name == b"content-security-policy" for name, _ in headers)
                message["headers"] = headers + (_COMMON if own else API_HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)
