"""`/api/v1/projects`: projects with their limits, members and keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.catalog.records import ProjectLimits
from vedette.http.access_views import key_view, project_view
from vedette.http.gate import caller
from vedette.http.json_requests import Threads, answer, expected_version, flag, read_body
from vedette.http.routes.profile import KeyRequest

if TYPE_CHECKING:
    from vedette.auth.service import AuthService


class NewProject(msgspec.Struct, forbid_unknown_fields=True):
    """A project; limits that are null are the server's settings."""

    name: str
    title: str = ""
    limits: ProjectLimits | None = None


class ChangedProject(msgspec.Struct, forbid_unknown_fields=True):
    """What to change; null leaves it. Limits are replaced as a whole."""

    title: str | None = None
    limits: ProjectLimits | None = None


class RoleOfMember(msgspec.Struct, forbid_unknown_fields=True):
    """The role that a user is to have."""

    role: str


class ProjectRoutes:
    """Endpoints."""

    def __init__(self, service: Callable[[], AuthService], threads: Threads) -> None:
        self._service = service
        self._threads = threads

    async def list(self, request: Request) -> Response:
        """Those that one may see; `deleted=true`: those that were deleted."""
        who = caller(request.scope)
        deleted = flag(request.query_params, "deleted")

        def job() -> Response:
            projects = self._service().projects
            found = projects.deleted(who.actor) if deleted else projects.seen_by(who.principal)
            return answer([project_view(project) for project in found])

        return await self._threads.run(job)

    async def create(self, request: Request) -> Response:
        """Answers 201."""
        actor = caller(request.scope).actor
        new = await read_body(request, NewProject)
        project = await self._threads.run(
            lambda: self._service().projects.create(actor, new.name, title=new.title, limits=new.limits)
        )
        return answer(project_view(project), 201, tag=project.version)

    async def get(self, request: Request) -> Response:
        """One, with the tag that a change needs."""
        name = request.path_params["project"]
        project = await self._threads.run(lambda: self._service().projects.get(name))
        return answer(project_view(project), tag=project.version)

    async def change(self, request: Request) -> Response:
        """Limits are for whoever administers the instance."""
        actor, name, version = caller(request.scope).actor, request.path_params["project"], expected_version(request)
        change = await read_body(request, ChangedProject)
        project = await self._threads.run(
            lambda: self._service().projects.update(
                actor, name, title=change.title, limits=change.limits, expected_version=version
            )
        )
        return answer(project_view(project), tag=project.version)

    async def remove(self, request: Request) -> Response:
        """Its samples stay until it is restored or they are too old."""
        actor, name = caller(request.scope).actor, request.path_params["project"]
        return answer(project_view(await self._threads.run(lambda: self._service().projects.remove(actor, name))))

    async def restore(self, request: Request) -> Response:
        """With its members and keys."""
        actor, name = caller(request.scope).actor, request.path_params["name"]
        project = await self._threads.run(lambda: self._service().projects.restore(actor, name))
        return answer(project_view(project), tag=project.version)

    async def members(self, request: Request) -> Response:
        """By name."""
        who = caller(request.scope)
        return answer(await self._threads.run(lambda: self._service().members.of_project(who.actor, who.project)))

    async def assign(self, request: Request) -> Response:
        """A role in place of the one the user has."""
        who, user = caller(request.scope), request.path_params["user"]
        wanted = await read_body(request, RoleOfMember)
        return answer(
            await self._threads.run(lambda: self._service().members.assign(who.actor, who.project, user, wanted.role))
        )

    async def expel(self, request: Request) -> Response:
        """Take a user's role."""
        who, user = caller(request.scope), request.path_params["user"]
        await self._threads.run(lambda: self._service().members.remove(who.actor, who.project, user))
        return answer(None)

    async def keys(self, request: Request) -> Response:
        """All that reach the project."""
        who = caller(request.scope)
        found = await self._threads.run(lambda: self._service().keys.of_project(who.actor, who.project))
        return answer([key_view(key) for key in found])

    async def make_key(self, request: Request) -> Response:
        """The only answer that has the secret."""
        who = caller(request.scope)
        wanted = await read_body(request, KeyRequest)
        made = await self._threads.run(
            lambda: self._service().keys.create(
                who.actor, who.project, wanted.name, wanted.scopes, expires_ms=wanted.expires_ms
            )
        )
        return answer(key_view(made.key, made.secret), 201)

    async def revoke_key(self, request: Request) -> Response:
        """At once."""
        who, key_id = caller(request.scope), request.path_params["id"]
        await self._threads.run(lambda: self._service().keys.revoke(who.actor, key_id, who.project))
        return answer(None)


def routes(service: Callable[[], AuthService], threads: Threads) -> list[BaseRoute]:
    """`service` as in `session.routes`."""
    them = ProjectRoutes(service, threads)
    one = "/api/v1/projects/{project}"
    return [
        Route("/api/v1/projects", them.list, methods=["GET"]),
        Route("/api/v1/projects", them.create, methods=["POST"]),
        Route(one, them.get, methods=["GET"]),
        Route(one, them.change, methods=["PATCH"]),
        Route(one, them.remove, methods=["DELETE"]),
        # The gate looks for `project`; a deleted one is none.
        Route("/api/v1/projects/{name}/restore", them.restore, methods=["POST"]),
        Route(f"{one}/members", them.members, methods=["GET"]),
        Route(f"{one}/members/{{user}}", them.assign, methods=["PUT"]),
        Route(f"{one}/members/{{user}}", them.expel, methods=["DELETE"]),
        Route(f"{one}/keys", them.keys, methods=["GET"]),
        Route(f"{one}/keys", them.make_key, methods=["POST"]),
        Route(f"{one}/keys/{{id}}", them.revoke_key, methods=["DELETE"]),
    ]
