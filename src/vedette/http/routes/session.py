"""Signing in and out, setting the server up, and who one is: `/api/v1/session`, `/api/v1/setup`, `/api/v1/tickets`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.errors import Unauthenticated
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import Threads, answer, read_body
from vedette.http.session_cookie import SessionCookie

if TYPE_CHECKING:
    from vedette.auth.identified import SignedIn
    from vedette.auth.service import AuthService
    from vedette.catalog.records import User


class Login(msgspec.Struct, forbid_unknown_fields=True):
    """A name with its password; `code` is of the second factor, empty until it is asked for."""

    name: str
    password: str
    code: str = ""


class SetUp(msgspec.Struct, forbid_unknown_fields=True):
    """The token of a one-time link; `name` is of the first administrator, and unused with other links."""

    token: str
    password: str
    name: str = ""


class SessionRoutes:
    """Endpoints; the service is asked in threads, where it may still be on its way."""

    def __init__(
        self, service: Callable[[], AuthService], threads: Threads, cookie: SessionCookie, *, no_auth: bool
    ) -> None:
        self._service = service
        self._threads = threads
        self._cookie = cookie
        self._no_auth = no_auth

    async def who_am_i(self, request: Request) -> Response:
        """For everybody; renews the cookie's token when it is due."""
        who = caller(request.scope)
        data, token = await self._threads.run(lambda: self._describe(who))
        response = answer(data)
        if token:
            self._cookie.give(response, token, request.scope)
        return response

    async def sign_in(self, request: Request) -> Response:
        """By name and password, with the code of the second factor where there is one."""
        login = await read_body(request, Login)
        actor = caller(request.scope).actor
        signed_in = await self._threads.run_few(
            lambda: self._service().sign_in(login.name, login.password, login.code, actor)
        )
        return self._welcome(signed_in, request)

    async def sign_out(self, request: Request) -> Response:
        """Ends the session; the cookie goes."""
        who = caller(request.scope)
        if who.identified is None or who.identified.session is None:
            raise Unauthenticated("there is no session to end")
        await self._threads.run(lambda: self._service().sign_out(who.actor))
        response = answer(None)
        self._cookie.take(response)
        return response

    async def set_up(self, request: Request) -> Response:
        """Uses a one-time link: makes the first administrator, or sets a password."""
        given = await read_body(request, SetUp)
        actor = caller(request.scope).actor
        signed_in = await self._threads.run_few(
            lambda: self._service().set_up(given.token, given.name, given.password, actor)
        )
        # With a second factor the password alone is no session: sign in with both.
        return answer({"signed_in": False}) if signed_in is None else self._welcome(signed_in, request)

    async def ticket(self, request: Request) -> Response:
        """For one socket or event stream."""
        identified = caller(request.scope).identified
        if identified is None:
            raise Unauthenticated("where nobody signs in no tickets are needed")
        return answer({"ticket": self._service().ticket(identified)}, 201)

    def _welcome(self, signed_in: SignedIn, request: Request) -> Response:
        response = answer({"signed_in": True, "csrf": signed_in.session.csrf_token}, 201)
        self._cookie.give(response, signed_in.token, request.scope)
        return response

    def _describe(self, who: Caller) -> tuple[dict[str, Any], str]:
        """(the answer, a new token for the cookie or nothing)."""
        service = self._service()
        identified = who.identified
        data: dict[str, Any] = {
            "user": None,
            "csrf": "",
            "setup_required": not service.is_set_up and not self._no_auth,
            "no_auth": self._no_auth,
            "oidc": service.oidc_providers(),
            "projects": [],
        }
        if identified is not None or self._no_auth:
            data["projects"] = _projects(service, who)
            data["home"] = who.principal.home
        if identified is None or identified.session is None:
            return data, ""
        data["csrf"] = identified.csrf
        data["user"] = _user(service.users.get(identified.session.user_id))
        return data, (service.sessions.rotate(identified.session.id) or "") if identified.rotation_due else ""


def _projects(service: AuthService, who: Caller) -> list[dict[str, Any]]:
    """What the caller may see, with what they may do there."""
    return [
        {
            "name": project.name,
            "title": project.title,
            "role": grant.role,
            "permissions": sorted(permission.value for permission in grant.permissions),
            "narrowed": bool(grant.matchers),
        }
        for project in service.projects.seen_by(who.principal)
        if (grant := who.principal.grant(project.name)) is not None
    ]


def _user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "display_name": user.display_name,
        "email": user.email,
        "is_instance_admin": user.is_instance_admin,
        "has_password": bool(user.password_hash),
        "has_second_factor": bool(user.totp_secret),
    }


def routes(
    service: Callable[[], AuthService], threads: Threads, cookie: SessionCookie, *, no_auth: bool
) -> list[BaseRoute]:
    """`service` is called in threads and may wait until the catalog is open."""
    them = SessionRoutes(service, threads, cookie, no_auth=no_auth)
    return [
        Route("/api/v1/session", them.who_am_i, methods=["GET"]),
        Route("/api/v1/session", them.sign_in, methods=["POST"]),
        Route("/api/v1/session", them.sign_out, methods=["DELETE"]),
        Route("/api/v1/setup", them.set_up, methods=["POST"]),
        Route("/api/v1/tickets", them.ticket, methods=["POST"]),
    ]
