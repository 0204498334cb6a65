"""Security headers on every answer; pages get a content security policy with a fresh nonce for style sheets."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vedette.http.answer import Header

PLUGIN_FRAMES: Final = "/plugins/"
"""Where the documents of plugins are: the only ones that the page frames."""
# As a policy can say it; IPv6 addresses it cannot.
_HOST: Final = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,5})?")
# What answers that are no page may do when somebody opens them in a browser: nothing.
_API_POLICY = b"default-src 'none'; frame-ancestors 'none'; sandbox"
_UNFRAMED: Final = b"frame-ancestors 'none'"
_FRAME_OPTIONS: Final = b"x-frame-options"
_COMMON: Final[list[Header]] = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (_FRAME_OPTIONS, b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# Nothing the page needs; what it shows must not get at them either.
_PERMISSIONS = b"camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
_PAGE_HEADERS: Final = [*_COMMON, (b"permissions-policy", _PERMISSIONS)]
_FILE_HEADERS: Final = [*_COMMON, (b"content-security-policy", _API_POLICY)]
# Answers are for who asked and for now: they name series, people and, once, new secrets.
API_HEADERS: Final = [*_FILE_HEADERS, (b"cache-control", b"no-store")]


def page_policy(nonce: str, host: str, frame_ancestors: Sequence[str] = ()) -> str:
    """The policy of the page: own scripts only, own styles and those that carry the nonce, own server only.

    The editor and the lock of scrolling below dialogs make style elements at run time; those are what the nonce is for.
    `host` is as in the request. A frame cannot go anywhere but to documents of plugins, whatever its script does.
    Only pages of `frame_ancestors`, which are origins, may show it in a frame.
    """
    frames = host + PLUGIN_FRAMES if _HOST.fullmatch(host) else "'self'"
    ancestors = " ".join(frame_ancestors) or "'none'"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
        f"form-action 'self'; frame-src {frames}; frame-ancestors {ancestors}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def new_nonce() -> str:
    """Unguessable; one for each page that is sent."""
    return secrets.token_urlsafe(16)


class SecurityHeaders:
    """Adds the headers; an answer that brings its own content security policy keeps it."""

    def __init__(self, app: ASGIApp, hsts_max_age_s: int) -> None:
        self._app = app
        self._hsts = [(b"strict-transport-security", b"max-age=%d" % hsts_max_age_s)] if hsts_max_age_s else []

    def transport(self, scope: Scope) -> list[Header]:
        """What tells browsers to come over TLS only, where they have done so and will be able to again."""
        if scope["scheme"] != "https" or not self._hsts:
            return []
        # Every server of a developer's machine is `localhost`, and it would hold for all of them.
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        return [] if host.partition(b":")[0].endswith(b"localhost") else self._hsts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        transport = self.transport(scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                names = {name for name, _ in headers}
                policy = next((value for name, value in headers if name == b"content-security-policy"), None)
                if policy is not None:
                    # The documents of plugins may be framed, by us; what may be by others has no other way to say so.
                    framed = set() if _UNFRAMED in policy else {_FRAME_OPTIONS}
                    headers += [header for header in _PAGE_HEADERS if header[0] not in names | framed]
                else:
                    headers += _FILE_HEADERS if b"cache-control" in names else API_HEADERS
                message["headers"] = headers + transport
            await send(message)

        await self._app(scope, receive, with_headers)
