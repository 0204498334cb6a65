"""Operations on users, roles, projects, sessions, keys and the audit log."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from vedette.http.openapi.operation import Content, Operation, Parameter, in_path, parameter
from vedette.http.openapi.shapes_access import (
    Answer,
    AuditAnswer,
    KeyAnswer,
    KeysAnswer,
    ProjectAnswer,
    ProjectsAnswer,
    RoleAnswer,
    RolesAnswer,
    SessionsAnswer,
    UserAnswer,
    UsersAnswer,
    WelcomeAnswer,
    WhoAmIAnswer,
)
from vedette.http.routes.profile import Code, KeyRequest, OwnChange, Password, PasswordChange
from vedette.http.routes.projects import ChangedProject, NewProject, RoleOfMember
from vedette.http.routes.session import Login, SetUp
from vedette.http.routes.users import ChangedUser, NewRole, NewUser, RoleSpec

Operations = dict[tuple[str, str], Operation]
_DONE: Final = Content("Done.", shape=Answer)
_IF_MATCH: Final = Parameter(
    "If-Match", "The ETag of what is changed.", "header", required=True, schema={"type": "string"}
)
_ID: Final = in_path("id", "Its id.")
_PROJECT: Final = in_path("project", "Name of the project.")
_CHANGED: Final = (400, 404, 409, 413, 428)


def _body(shape: type[Struct]) -> tuple[Content, ...]:
    return (Content("What to do.", shape=shape),)


_PROVIDER: Final = in_path("provider", "Name of the provider.")
_SESSION: Final[Operations] = {
    ("GET", "/api/v1/session"): Operation(
        "Who asks, and what they may do", "access", {200: Content("Who.", shape=WhoAmIAnswer)}, errors=(503,)
    ),
    ("POST", "/api/v1/session"): Operation(
        "Sign in",
        "access",
        {201: Content("Signed in.", shape=WelcomeAnswer)},
        bodies=_body(Login),
        description="Status 401 with `reason` second_factor asks for the code.",
        errors=(400, 401, 413, 429, 503),
    ),
    ("DELETE", "/api/v1/session"): Operation("Sign out", "access", {200: _DONE}),
    ("POST", "/api/v1/setup"): Operation(
        "Use a one-time link: set a password",
        "access",
        {200: Content("The password is set.", shape=WelcomeAnswer), 201: Content("Signed in.", shape=WelcomeAnswer)},
        bodies=_body(SetUp),
        errors=(400, 401, 409, 413, 429, 503),
    ),
    ("GET", "/api/v1/oidc/{provider}/start"): Operation(
        "Sign in at a provider of identities",
        "access",
        {303: Content("To the provider.", "")},
        parameters=(_PROVIDER, parameter("next", "Path of the page that is wanted afterwards.")),
        errors=(400, 404, 503),
    ),
    ("GET", "/api/v1/oidc/{provider}/callback"): Operation(
        "Come back from a provider of identities",
        "access",
        {303: Content("To the page, signed in, or to the login with what is the problem.", "")},
        parameters=(_PROVIDER, parameter("code", "What the provider gave."), parameter("state", "What was sent.")),
        errors=(400, 404, 429, 503),
    ),
    ("POST", "/api/v1/tickets"): Operation(
        "A ticket for one socket or event stream", "access", {201: Content("`ticket`, good for 30 s.", shape=Answer)}
    ),
}
_PROFILE: Final[Operations] = {
    ("GET", "/api/v1/profile"): Operation("Oneself", "access", {200: Content("The user.", shape=UserAnswer)}),
    ("PATCH", "/api/v1/profile"): Operation(
        "Change one's name or address",
        "access",
        {200: Content("The user.", shape=UserAnswer)},
        bodies=_body(OwnChange),
        errors=(400, 413),
    ),
    ("POST", "/api/v1/profile/password"): Operation(
        "Change one's password; other sessions end",
        "access",
        {200: Content("`csrf` of the new session.", shape=Answer)},
        bodies=_body(PasswordChange),
        errors=(400, 413),
    ),
    ("POST", "/api/v1/profile/totp"): Operation(
        "Begin to use a second factor",
        "access",
        {200: Content("`secret`, `uri` and `qr_svg` for an app.", shape=Answer)},
        bodies=_body(Password),
        errors=(400, 409, 413),
    ),
    ("DELETE", "/api/v1/profile/totp"): Operation(
        "Do without a second factor", "access", {200: _DONE}, bodies=_body(Password), errors=(400, 413)
    ),
    ("POST", "/api/v1/profile/totp/confirm"): Operation(
        "Prove that the app works",
        "access",
        {200: Content("`recovery_codes`, shown once.", shape=Answer)},
        bodies=_body(Code),
        errors=(400, 409, 413),
    ),
    ("GET", "/api/v1/profile/sessions"): Operation(
        "One's sessions", "access", {200: Content("Sessions.", shape=SessionsAnswer)}
    ),
    ("DELETE", "/api/v1/profile/sessions"): Operation("End one's other sessions", "access", {200: _DONE}),
    ("DELETE", "/api/v1/profile/sessions/{id}"): Operation(
        "End a session", "access", {200: _DONE}, parameters=(_ID,), errors=(404,)
    ),
    ("GET", "/api/v1/profile/keys"): Operation("One's keys", "access", {200: Content("Keys.", shape=KeysAnswer)}),
    ("POST", "/api/v1/profile/keys"): Operation(
        "Make a key for oneself",
        "access",
        {201: Content("The only answer with the secret.", shape=KeyAnswer)},
        bodies=_body(KeyRequest),
        errors=(400, 404, 409, 413),
    ),
    ("DELETE", "/api/v1/profile/keys/{id}"): Operation(
        "Revoke a key", "access", {200: _DONE}, parameters=(_ID,), errors=(404,)
    ),
}
_USERS: Final[Operations] = {
    ("GET", "/api/v1/users"): Operation("All users", "access", {200: Content("Users.", shape=UsersAnswer)}),
    ("POST", "/api/v1/users"): Operation(
        "Make a user",
        "access",
        {201: Content("The user; without a password with a link token.", shape=UserAnswer)},
        bodies=_body(NewUser),
        errors=(400, 409, 413),
    ),
    ("GET", "/api/v1/users/{id}"): Operation(
        "A user", "access", {200: Content("The user.", shape=UserAnswer)}, parameters=(_ID,), errors=(404,)
    ),
    ("PATCH", "/api/v1/users/{id}"): Operation(
        "Change or disable a user",
        "access",
        {200: Content("The user.", shape=UserAnswer)},
        parameters=(_ID, _IF_MATCH),
        bodies=_body(ChangedUser),
        errors=_CHANGED,
    ),
    ("DELETE", "/api/v1/users/{id}"): Operation(
        "Remove a user with all sessions and keys", "access", {200: _DONE}, parameters=(_ID,), errors=(404, 409)
    ),
    ("POST", "/api/v1/users/{id}/link"): Operation(
        "A one-time link to set a password",
        "access",
        {201: Content("`link_token`, for `/setup#`.", shape=Answer)},
        parameters=(_ID,),
        errors=(404,),
    ),
    ("DELETE", "/api/v1/users/{id}/sessions"): Operation(
        "Sign a user out everywhere", "access", {200: _DONE}, parameters=(_ID,), errors=(404,)
    ),
    ("DELETE", "/api/v1/users/{id}/totp"): Operation(
        "Take a user's second factor away", "access", {200: _DONE}, parameters=(_ID,), errors=(404,)
    ),
}
_NAME: Final = in_path("name", "Name of the role.")
_ROLES: Final[Operations] = {
    ("GET", "/api/v1/roles"): Operation("All roles", "access", {200: Content("Roles.", shape=RolesAnswer)}),
    ("POST", "/api/v1/roles"): Operation(
        "Make a role",
        "access",
        {201: Content("The role.", shape=RoleAnswer)},
        bodies=_body(NewRole),
        errors=(400, 409, 413),
    ),
    ("GET", "/api/v1/roles/{name}"): Operation(
        "A role", "access", {200: Content("The role.", shape=RoleAnswer)}, parameters=(_NAME,), errors=(404,)
    ),
    ("PUT", "/api/v1/roles/{name}"): Operation(
        "Change a role, for all who have it",
        "access",
        {200: Content("The role.", shape=RoleAnswer)},
        parameters=(_NAME, _IF_MATCH),
        bodies=_body(RoleSpec),
        errors=_CHANGED,
    ),
    ("DELETE", "/api/v1/roles/{name}"): Operation(
        "Remove a role that nobody has", "access", {200: _DONE}, parameters=(_NAME,), errors=(400, 404, 409)
    ),
}
_ONE: Final = "/api/v1/projects/{project}"
_USER: Final = in_path("user", "Id or name of the user.")
_PROJECTS: Final[Operations] = {
    ("GET", "/api/v1/projects"): Operation(
        "Projects that one may see",
        "access",
        {200: Content("Projects.", shape=ProjectsAnswer)},
        parameters=(parameter("deleted", "`true`: those that were deleted, for whoever administers the instance."),),
        errors=(400,),
    ),
    ("POST", "/api/v1/projects"): Operation(
        "Make a project",
        "access",
        {201: Content("The project.", shape=ProjectAnswer)},
        bodies=_body(NewProject),
        errors=(400, 409, 413),
    ),
    ("GET", _ONE): Operation(
        "A project", "access", {200: Content("The project.", shape=ProjectAnswer)}, parameters=(_PROJECT,)
    ),
    ("PATCH", _ONE): Operation(
        "Change title or limits of a project",
        "access",
        {200: Content("The project.", shape=ProjectAnswer)},
        parameters=(_PROJECT, _IF_MATCH),
        bodies=_body(ChangedProject),
        errors=_CHANGED,
    ),
    ("DELETE", _ONE): Operation(
        "Delete a project; it can be restored",
        "access",
        {200: Content("The project.", shape=ProjectAnswer)},
        parameters=(_PROJECT,),
        errors=(409,),
    ),
    ("POST", "/api/v1/projects/{name}/restore"): Operation(
        "Bring a deleted project back",
        "access",
        {200: Content("The project.", shape=ProjectAnswer)},
        parameters=(in_path("name", "Name of the project."),),
        errors=(404,),
    ),
    ("GET", f"{_ONE}/members"): Operation(
        "Who has a role in a project", "access", {200: Content("Members.", shape=Answer)}, parameters=(_PROJECT,)
    ),
    ("PUT", f"{_ONE}/members/{{user}}"): Operation(
        "Give a user a role",
        "access",
        {200: Content("The member.", shape=Answer)},
        parameters=(_PROJECT, _USER),
        bodies=_body(RoleOfMember),
        errors=(400, 404, 413),
    ),
    ("DELETE", f"{_ONE}/members/{{user}}"): Operation(
        "Take a user's role away", "access", {200: _DONE}, parameters=(_PROJECT, _USER), errors=(404,)
    ),
    ("GET", f"{_ONE}/keys"): Operation(
        "Keys of a project", "access", {200: Content("Keys.", shape=KeysAnswer)}, parameters=(_PROJECT,)
    ),
    ("POST", f"{_ONE}/keys"): Operation(
        "Make a key of a project",
        "access",
        {201: Content("The only answer with the secret.", shape=KeyAnswer)},
        parameters=(_PROJECT,),
        bodies=_body(KeyRequest),
        errors=(400, 404, 409, 413),
    ),
    ("DELETE", f"{_ONE}/keys/{{id}}"): Operation(
        "Revoke a key of a project", "access", {200: _DONE}, parameters=(_PROJECT, _ID), errors=(404,)
    ),
}
_FILTER: Final = (
    parameter("since_ms", "Not before.", "integer"),
    parameter("until_ms", "Before.", "integer"),
    parameter("actor", "Name of who did it."),
    parameter("actor_id", "Id of who did it."),
    parameter("action", "An action; with a dot at its end all that begin so."),
    parameter("object_kind", "Kind of what it was done to."),
    parameter("object_id", "Id of what it was done to."),
    parameter("of_project", "Only of a project; who does not administer the instance sees no other anyway."),
    parameter("address", "Where from."),
    parameter("result", "`ok`, `refused` or `failed`."),
)
_AUDIT: Final[Operations] = {
    ("GET", "/api/v1/audit"): Operation(
        "The audit log",
        "access",
        {200: Content("Lines.", shape=AuditAnswer)},
        parameters=(
            *_FILTER,
            parameter("limit", "Lines of a page, 1 to 1000.", "integer"),
            parameter("before", "`next` of the page before.", "integer"),
        ),
        errors=(400,),
    ),
    ("GET", "/api/v1/audit/export"): Operation(
        "The audit log as a file",
        "access",
        {200: Content("Oldest first.", "*/*")},
        parameters=(*_FILTER, parameter("format", "`jsonl` or `csv`.")),
        errors=(400,),
    ),
    ("GET", "/api/v1/audit/verify"): Operation(
        "Whether a line is missing or was changed", "access", {200: Content("`intact`, `problems`.", shape=Answer)}
    ),
}

ACCESS: Final[Operations] = {**_SESSION, **_PROFILE, **_USERS, **_ROLES, **_PROJECTS, **_AUDIT}
