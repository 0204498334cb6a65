"""Shapes of answers about users, roles, projects, sessions, keys and the audit log."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from vedette.http.access_views import AuditView, KeyView, ProjectView, RoleView, SessionView, UserView


class Answer(Struct):
    """Done."""

    status: Literal["success"]
    data: Any


class OwnProject(Struct):
    """A project with what the reader may do there; `narrowed`: a selector bounds what is seen."""

    name: str
    title: str
    role: str
    permissions: list[str]
    narrowed: bool


class OwnUser(Struct):
    """Who is signed in."""

    id: str
    name: str
    display_name: str
    email: str
    is_instance_admin: bool
    has_password: bool
    has_second_factor: bool


class Provider(Struct):
    """Where one can sign in instead; it begins at `/api/v1/oidc/{name}/start`."""

    name: str
    title: str


class WhoAmI(Struct):
    """`csrf` goes into the header X-CSRF-Token of every change; `user` is null for nobody and for keys."""

    user: OwnUser | None
    csrf: str
    setup_required: bool
    no_auth: bool
    oidc: list[Provider]
    projects: list[OwnProject]
    home: str = ""


class WhoAmIAnswer(Struct):
    """Who asks."""

    status: Literal["success"]
    data: WhoAmI


class Welcome(Struct):
    """`signed_in` false: the password is set, sign in with it and the second factor."""

    signed_in: bool
    csrf: str = ""


class WelcomeAnswer(Struct):
    """The session is in the cookie."""

    status: Literal["success"]
    data: Welcome


class UserAnswer(Struct):
    """A user; the `ETag` is what a change needs."""

    status: Literal["success"]
    data: UserView


class UsersAnswer(Struct):
    """Users by name."""

    status: Literal["success"]
    data: list[UserView]


class SessionsAnswer(Struct):
    """Sessions."""

    status: Literal["success"]
    data: list[SessionView]


class KeyAnswer(Struct):
    """A key with its secret."""

    status: Literal["success"]
    data: KeyView


class KeysAnswer(Struct):
    """Keys without secrets."""

    status: Literal["success"]
    data: list[KeyView]


class RoleAnswer(Struct):
    """A role; the `ETag` is what a change needs."""

    status: Literal["success"]
    data: RoleView


class RolesAnswer(Struct):
    """Roles, the built-in ones first."""

    status: Literal["success"]
    data: list[RoleView]


class ProjectAnswer(Struct):
    """A project; the `ETag` is what a change needs."""

    status: Literal["success"]
    data: ProjectView


class ProjectsAnswer(Struct):
    """Projects."""

    status: Literal["success"]
    data: list[ProjectView]


class AuditAnswer(Struct):
    """Lines, newest first; `next` is the `before` of the next page."""

    status: Literal["success"]
    data: list[AuditView]
    next: int | None
