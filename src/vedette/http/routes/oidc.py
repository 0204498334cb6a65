"""`/api/v1/oidc/{provider}`: sign in where one has an account already. Browsers come here by links and redirects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from vedette.errors import Forbidden, NotFound, TooBusy, Unauthenticated, Unavailable, VedetteError
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
    """Endpoints. Each provider has threads of its own: one that hangs holds up nobody but who signs in with it."""

    def __init__(
        self, service: Callable[[], AuthService], threads: Mapping[str, Threads], cookie: SessionCookie
    ) -> None:
        """`threads` by the names of the providers."""
        self._service = service
        self._threads = threads
        self._cookie = cookie

    async def start(self, request: Request) -> Response:
        """Sends the browser to the provider; `next` is the path that is wanted afterwards."""
        name = request.path_params["provider"]
        threads = self._threads_of(name)
        # The host has been checked by then to be one of this server's.
        redirect_uri = f"{request.url.scheme}://{request.url.netloc}{_PATH}/{name}/callback"
        return_to = request.query_params.get("next", "/")
        try:
            departure = await threads.run_few(lambda: self._service().oidc.start(name, redirect_uri, return_to))
        except (Unavailable, TooBusy) as error:
            return self._back_to_login(request, error)
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
        threads = self._threads_of(name)
        given = request.cookies.get(_COOKIE, "")
        parameters = dict(request.query_params) if len(request.url.query) <= _MAX_QUERY_CHARACTERS else {}

        def job() -> Arrival:
            return self._service().oidc.finish(name, parameters, given, actor)

        try:
            arrival = await threads.run_few(job)
        except (Unauthenticated, Forbidden, Unavailable, TooBusy) as error:
            response = self._back_to_login(request, error)
        else:
            response = RedirectResponse(arrival.return_to, 303)
            self._cookie.give(response, arrival.signed_in.token, request.scope)
        response.delete_cookie(_COOKIE, path=_PATH)
        return response

    def _threads_of(self, name: str) -> Threads:
        found = self._threads.get(name)
        if found is None:
            raise NotFound(f"there is no provider of identities {name!r}")
        return found

    def _back_to_login(self, request: Request, error: VedetteError) -> Response:
        """Somebody looks at this in a browser: the page tells them in its own words, the log has ours."""
        name, request_id = request.path_params["provider"], request_id_of(request.scope)
        _log.info("oidc_refused", provider=name, error=error.message, request_id=request_id)
        is_refused = isinstance(error, Unauthenticated | Forbidden)
        asked = {"problem": "oidc_refused" if is_refused else "oidc_unavailable"}
        if "next" in request.query_params:
            asked["next"] = request.query_params["next"][:_MAX_QUERY_CHARACTERS]
        return RedirectResponse(f"/login?{urlencode(asked)}", 303)


def routes(
    service: Callable[[], AuthService], threads: Mapping[str, Threads], cookie: SessionCookie
) -> list[BaseRoute]:
    """`service` as in `session.routes`, `threads` by the names of the providers."""
    them = OidcRoutes(service, threads, cookie)
    return [
        Route(f"{_PATH}/{{provider}}/start", them.start, methods=["GET"]),
        Route(f"{_PATH}/{{provider}}/callback", them.callback, methods=["GET"]),
    ]
