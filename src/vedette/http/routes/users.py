"""`/api/v1/users` and `/api/v1/roles`: for whoever administers the instance."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.auth.permission import BUILT_IN_ROLES
from vedette.http.access_views import role_view, user_view
from vedette.http.gate import caller
from vedette.http.json_requests import Threads, answer, expected_tag, expected_version, read_body

if TYPE_CHECKING:
    from vedette.auth.service import AuthService
    from vedette.catalog.records import User


class NewUser(msgspec.Struct, forbid_unknown_fields=True):
    """Without a password the answer has a one-time link by which the user sets one."""

    name: str
    email: str = ""
    display_name: str = ""
    is_instance_admin: bool = False
    password: str | None = None


class ChangedUser(msgspec.Struct, forbid_unknown_fields=True):
    """What to change; null leaves it."""

    name: str | None = None
    email: str | None = None
    display_name: str | None = None
    is_instance_admin: bool | None = None
    disabled: bool | None = None


class RoleSpec(msgspec.Struct, forbid_unknown_fields=True):
    """A custom role; `selector` narrows every question."""

    permissions: tuple[str, ...]
    selector: str = ""
    description: str = ""


class NewRole(RoleSpec, forbid_unknown_fields=True, kw_only=True):
    """A custom role with its name."""

    name: str


class UserRoutes:
    """Endpoints of users."""

    def __init__(self, service: Callable[[], AuthService], threads: Threads) -> None:
        self._service = service
        self._threads = threads

    async def list(self, request: Request) -> Response:
        """By name, with their roles."""
        actor = caller(request.scope).actor

        def job() -> Response:
            service = self._service()
            return answer([user_view(user, service.members.roles_of(user.id)) for user in service.users.all(actor)])

        return await self._threads.run(job)

    async def create(self, request: Request) -> Response:
        """Answers 201."""
        actor = caller(request.scope).actor
        new = await read_body(request, NewUser)

        def job() -> Response:
            service = self._service()
            user = service.users.create(
                actor,
                new.name,
                password=new.password,
                email=new.email,
                display_name=new.display_name,
                is_instance_admin=new.is_instance_admin,
            )
            link = "" if new.password is not None else service.setup.link(actor, user.id)
            return self._user(user, 201, link)

        run = self._threads.run if new.password is None else self._threads.run_few
        return await run(job)

    async def get(self, request: Request) -> Response:
        """One, with the tag that a change needs."""
        user_id = request.path_params["id"]
        return await self._threads.run(lambda: self._user(self._service().users.get(user_id)))

    async def change(self, request: Request) -> Response:
        """Disabling ends all they have."""
        actor, user_id, tag = caller(request.scope).actor, request.path_params["id"], expected_tag(request)
        change = await read_body(request, ChangedUser)

        def job() -> Response:
            from vedette.auth.users import UserChange  # noqa: PLC0415 - SQLAlchemy comes with it

            wanted = UserChange(**msgspec.structs.asdict(change))
            return self._user(self._service().users.update(actor, user_id, wanted, expected=tag))

        return await self._threads.run(job)

    async def remove(self, request: Request) -> Response:
        """With their keys and sessions."""
        actor, user_id = caller(request.scope).actor, request.path_params["id"]
        await self._threads.run(lambda: self._service().users.remove(actor, user_id))
        return answer(None)

    async def link(self, request: Request) -> Response:
        """A one-time link to set a password."""
        actor, user_id = caller(request.scope).actor, request.path_params["id"]
        return answer({"link_token": await self._threads.run(lambda: self._service().setup.link(actor, user_id))}, 201)

    async def end_sessions(self, request: Request) -> Response:
        """Sign them out everywhere."""
        actor, user_id = caller(request.scope).actor, request.path_params["id"]
        return answer({"ended": await self._threads.run(lambda: self._service().users.end_sessions(actor, user_id))})

    async def remove_second_factor(self, request: Request) -> Response:
        """For somebody who has lost the device."""
        actor, user_id = caller(request.scope).actor, request.path_params["id"]
        await self._threads.run(lambda: self._service().second_factor.remove(actor, user_id))
        return answer(None)

    def _user(self, user: User, status: int = 200, link_token: str = "") -> Response:
        from vedette.auth.users import tag_of  # noqa: PLC0415 - as above

        view = user_view(user, self._service().members.roles_of(user.id), link_token)
        return answer(view, status, tag=tag_of(user))


class RoleRoutes:
    """Endpoints of roles."""

    def __init__(self, service: Callable[[], AuthService], threads: Threads) -> None:
        self._service = service
        self._threads = threads

    async def list(self, request: Request) -> Response:
        """Those that one may know of, the built-in ones first."""
        who = caller(request.scope)

        def job() -> Response:
            found = self._service().roles.seen_by(who.principal)
            return answer([role_view(role, is_built_in=role.name in BUILT_IN_ROLES) for role in found])

        return await self._threads.run(job)

    async def create(self, request: Request) -> Response:
        """Answers 201."""
        actor = caller(request.scope).actor
        new = await read_body(request, NewRole)
        role = await self._threads.run(
            lambda: self._service().roles.create(
                actor, new.name, new.permissions, selector=new.selector, description=new.description
            )
        )
        return answer(role_view(role, is_built_in=False), 201, tag=role.version)

    async def get(self, request: Request) -> Response:
        """One, with the tag that a change needs."""
        who, name = caller(request.scope), request.path_params["name"]
        role = await self._threads.run(lambda: self._service().roles.get_seen(who.principal, name))
        return answer(role_view(role, is_built_in=name in BUILT_IN_ROLES), tag=role.version)

    async def change(self, request: Request) -> Response:
        """For everybody who has it at once."""
        actor, name, version = caller(request.scope).actor, request.path_params["name"], expected_version(request)
        spec = await read_body(request, RoleSpec)
        role = await self._threads.run(
            lambda: self._service().roles.update(
                actor,
                name,
                spec.permissions,
                selector=spec.selector,
                description=spec.description,
                expected_version=version,
            )
        )
        return answer(role_view(role, is_built_in=False), tag=role.version)

    async def remove(self, request: Request) -> Response:
        """Unless somebody has it."""
        actor, name = caller(request.scope).actor, request.path_params["name"]
        await self._threads.run(lambda: self._service().roles.remove(actor, name))
        return answer(None)


def routes(service: Callable[[], AuthService], threads: Threads) -> list[BaseRoute]:
    """`service` as in `session.routes`."""
    users, roles = UserRoutes(service, threads), RoleRoutes(service, threads)
    return [
        Route("/api/v1/users", users.list, methods=["GET"]),
        Route("/api/v1/users", users.create, methods=["POST"]),
        Route("/api/v1/users/{id}", users.get, methods=["GET"]),
        Route("/api/v1/users/{id}", users.change, methods=["PATCH"]),
        Route("/api/v1/users/{id}", users.remove, methods=["DELETE"]),
        Route("/api/v1/users/{id}/link", users.link, methods=["POST"]),
        Route("/api/v1/users/{id}/sessions", users.end_sessions, methods=["DELETE"]),
        Route("/api/v1/users/{id}/totp", users.remove_second_factor, methods=["DELETE"]),
        Route("/api/v1/roles", roles.list, methods=["GET"]),
        Route("/api/v1/roles", roles.create, methods=["POST"]),
        Route("/api/v1/roles/{name}", roles.get, methods=["GET"]),
        Route("/api/v1/roles/{name}", roles.change, methods=["PUT"]),
        Route("/api/v1/roles/{name}", roles.remove, methods=["DELETE"]),
    ]
