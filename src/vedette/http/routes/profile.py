"""`/api/v1/profile`: what everybody does for themselves - name, password, second factor, sessions, keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.errors import Forbidden
from vedette.http.access_views import key_view, session_view, user_view
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import Threads, answer, read_body
from vedette.http.session_cookie import SessionCookie

if TYPE_CHECKING:
    from vedette.auth.service import AuthService
    from vedette.catalog.records import User


class OwnChange(msgspec.Struct, forbid_unknown_fields=True):
    """What to change of oneself; null leaves it."""

    email: str | None = None
    display_name: str | None = None


class PasswordChange(msgspec.Struct, forbid_unknown_fields=True):
    """The present password and the new one."""

    old: str
    new: str


class Password(msgspec.Struct, forbid_unknown_fields=True):
    """The present password, to make sure who sits there."""

    password: str


class Code(msgspec.Struct, forbid_unknown_fields=True):
    """A code of the app."""

    code: str


class KeyRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A key to be made; `expires_ms` 0: never."""

    name: str
    scopes: tuple[str, ...]
    project: str = ""
    expires_ms: int = 0


class ProfileRoutes:
    """Endpoints; all are about the user who is signed in."""

    def __init__(self, service: Callable[[], AuthService], threads: Threads, cookie: SessionCookie) -> None:
        self._service = service
        self._threads = threads
        self._cookie = cookie

    async def get(self, request: Request) -> Response:
        """Oneself."""
        who = _person(request)
        return await self._threads.run(lambda: self._view(self._service().users.get(who.principal.user_id)))

    async def change(self, request: Request) -> Response:
        """Name and address; the rest is for whoever administers the instance."""
        who = _person(request)
        change = await read_body(request, OwnChange)

        def job() -> Response:
            from vedette.auth.users import UserChange  # noqa: PLC0415 - SQLAlchemy comes with it

            wanted = UserChange(email=change.email, display_name=change.display_name)
            return self._view(self._service().users.update(who.actor, who.principal.user_id, wanted))

        return await self._threads.run(job)

    def _view(self, user: User) -> Response:
        return answer(user_view(user, self._service().members.roles_of(user.id)))

    async def password(self, request: Request) -> Response:
        """All sessions end; this browser gets a new one."""
        who = _person(request)
        change = await read_body(request, PasswordChange)
        signed_in = await self._threads.run_few(
            lambda: self._service().change_password(who.actor, change.old, change.new)
        )
        response = answer({"csrf": signed_in.session.csrf_token})
        self._cookie.give(response, signed_in.token, request.scope)
        return response

    async def begin_second_factor(self, request: Request) -> Response:
        """What an app needs to know; nothing changes until a code of it is confirmed."""
        who = _person(request)
        given = await read_body(request, Password)
        return answer(
            await self._threads.run_few(lambda: self._service().begin_second_factor(who.actor, given.password))
        )

    async def confirm_second_factor(self, request: Request) -> Response:
        """From now on; the answer has the recovery codes, shown once."""
        who = _person(request)
        given = await read_body(request, Code)
        codes = await self._threads.run(
            lambda: self._service().second_factor.confirm(who.actor, who.principal.user_id, given.code)
        )
        return answer({"recovery_codes": codes})

    async def remove_second_factor(self, request: Request) -> Response:
        """Do without."""
        who = _person(request)
        given = await read_body(request, Password)
        await self._threads.run_few(lambda: self._service().remove_second_factor(who.actor, given.password))
        return answer(None)

    async def sessions(self, request: Request) -> Response:
        """Where one is signed in."""
        who = _person(request)
        found = self._service().sessions.of_user(who.principal.user_id)
        return answer([session_view(session, who.actor.session_id) for session in found])

    async def end_other_sessions(self, request: Request) -> Response:
        """All but this one."""
        who = _person(request)
        return answer({"ended": await self._threads.run(lambda: self._service().sessions.revoke_others(who.actor))})

    async def end_session(self, request: Request) -> Response:
        """One of them."""
        who = _person(request)
        session_id = request.path_params["id"]
        await self._threads.run(lambda: self._service().sessions.revoke(who.actor, session_id))
        return answer(None)

    async def keys(self, request: Request) -> Response:
        """One's own."""
        who = _person(request)
        return answer([key_view(key) for key in self._service().keys.of_owner(who.principal.user_id)])

    async def make_key(self, request: Request) -> Response:
        """The only answer that has the secret."""
        who = _person(request)
        wanted = await read_body(request, KeyRequest)
        made = await self._threads.run(
            lambda: self._service().keys.create(
                who.actor, wanted.project or who.project, wanted.name, wanted.scopes, expires_ms=wanted.expires_ms
            )
        )
        return answer(key_view(made.key, made.secret), 201)

    async def revoke_key(self, request: Request) -> Response:
        """At once."""
        who = _person(request)
        key_id = request.path_params["id"]
        await self._threads.run(lambda: self._service().keys.revoke(who.actor, key_id))
        return answer(None)


def _person(request: Request) -> Caller:
    """A user in a session: keys do not manage themselves."""
    who = caller(request.scope)
    if who.identified is None or who.identified.session is None:
        raise Forbidden("this needs a user who is signed in, not a key")
    return who


def routes(service: Callable[[], AuthService], threads: Threads, cookie: SessionCookie) -> list[BaseRoute]:
    """`service` as in `session.routes`."""
    them = ProfileRoutes(service, threads, cookie)
    return [
        Route("/api/v1/profile", them.get, methods=["GET"]),
        Route("/api/v1/profile", them.change, methods=["PATCH"]),
        Route("/api/v1/profile/password", them.password, methods=["POST"]),
        Route("/api/v1/profile/totp", them.begin_second_factor, methods=["POST"]),
        Route("/api/v1/profile/totp", them.remove_second_factor, methods=["DELETE"]),
        Route("/api/v1/profile/totp/confirm", them.confirm_second_factor, methods=["POST"]),
        Route("/api/v1/profile/sessions", them.sessions, methods=["GET"]),
        Route("/api/v1/profile/sessions", them.end_other_sessions, methods=["DELETE"]),
        Route("/api/v1/profile/sessions/{id}", them.end_session, methods=["DELETE"]),
        Route("/api/v1/profile/keys", them.keys, methods=["GET"]),
        Route("/api/v1/profile/keys", them.make_key, methods=["POST"]),
        Route("/api/v1/profile/keys/{id}", them.revoke_key, methods=["DELETE"]),
    ]
