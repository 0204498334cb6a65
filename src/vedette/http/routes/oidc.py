"""`/api/v1/oidc/{provider}`: sign in where one has an account already. Browsers come here by links and redirects."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from vedette.errors import Forbidden, Unauthenticated, Unavailable
from vedette.http.errors import request_id_of
from vedette.http.gate import caller
from vedette.http.json_requests import Threads
from vedette.http.session_cookie import SessionCookie

if TYPE_CHECKING:
    from vedette.auth.oidc import Arrival
    from vedette.auth.service import AuthService

_log = structlog.get_logger(__name__)
_PATH: Final = "/api/v1/oidc"
_COOKIE: Final = "vedette_oidc"
_COOKIE_S: Final = 600
_MAX_QUERY_CHARACTERS: Final = 8192


class OidcRoutes:
    """Endpoints."""

    def __init__(self, service: Callable[[], AuthService], threads: Threads, cookie: SessionCookie) -> None:
        self._service = service
        self._threads = threads
        self._cookie = cookie

    async def start(self, request: Request) -> Response:
        """Sends the browser to the provider; `next` is the path that is wanted afterwards."""
        name = request.path_params["provider"]
        # The host has been checked by then to be one of this server's.
        redirect_uri = f"{request.url.scheme}://{request.url.netloc}{_PATH}/{name}/callback"
        return_to = request.query_params.get("next", "/")
        departure = await self._threads.run(lambda: self._service().oidc.start(name, redirect_uri, return_to))
        response = RedirectResponse(departure.url, 303)
        response.set_cookie(
            _COOKIE,
            departure.cookie,
            max_age=_COOKIE_S,
            path=_PATH,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return response

    async def callback(self, request: Request) -> Response:
        """Where the provider sends the browser back to."""
        name, actor = request.path_params["provider"], caller(request.scope).actor
        given = request.cookies.get(_COOKIE, "")
        parameters = dict(request.query_params) if len(request.url.query) <= _MAX_QUERY_CHARACTERS else {}

        def job() -> Arrival:
            return self._service().oidc.finish(name, parameters, given, actor)

        try:
            arrival = await self._threads.run(job)
        except (Unauthenticated, Forbidden, Unavailable) as error:
            # Somebody looks at this in a browser: the page tells them in its own words, the log has ours.
            _log.info("oidc_refused", provider=name, error=error.message, request_id=request_id_of(request.scope))
            problem = "unavailable" if isinstance(error, Unavailable) else "refused"
            response: Response = RedirectResponse(f"/login?problem=oidc_{problem}", 303)
        else:
            response = RedirectResponse(arrival.return_to, 303)
            self._cookie.give(response, arrival.signed_in.token, request.scope)
        response.delete_cookie(_COOKIE, path=_PATH)
        return response


def routes(service: Callable[[], AuthService], threads: Threads, cookie: SessionCookie) -> list[BaseRoute]:
    """`service` as in `session.routes`."""
    them = OidcRoutes(service, threads, cookie)
    return [
        Route(f"{_PATH}/{{provider}}/start", them.start, methods=["GET"]),
        Route(f"{_PATH}/{{provider}}/callback", them.callback, methods=["GET"]),
    ]
