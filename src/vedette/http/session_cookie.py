"""The session's cookie: no script reads it, no other page makes a browser send it with a change."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Scope

from vedette.http.credentials import SESSION_COOKIE
from vedette.http.settings import HttpSettings

_DEFAULT_PORT = 9000


def cookie_name(settings: HttpSettings) -> str:
    """Browsers share cookies among the ports of a host, so servers on other ports have names of their own.

    The prefix makes browsers refuse it when it is set over plain HTTP or by a neighbouring host.
    """
    name = SESSION_COOKIE if settings.port == _DEFAULT_PORT else f"{SESSION_COOKIE}_{settings.port}"
    return f"__Host-{name}" if settings.tls_cert_file else name


class SessionCookie:
    """Gives and takes it."""

    def __init__(self, settings: HttpSettings, lifetime_ms: int) -> None:
        self.name = cookie_name(settings)
        self._lifetime_s = lifetime_ms // 1000
        self._secure = settings.tls_cert_file is not None

    def give(self, response: Response, token: str, scope: Scope) -> None:
        """Sign a browser in. Lax, not Strict: links to a dashboard from a message have to work."""
        response.set_cookie(
            self.name,
            token,
            max_age=self._lifetime_s,
            path="/",
            # Also where a trusted proxy speaks TLS for this server.
            secure=self._secure or scope.get("scheme") == "https",
            httponly=True,
            samesite="lax",
        )

    def take(self, response: Response) -> None:
        """Sign it out."""
        response.delete_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="lax")
