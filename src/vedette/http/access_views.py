"""What the API shows of records: fields are named one by one, so that a new one, or a secret, never slips out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from vedette.catalog.records import ApiKey, AuditEntry, Project, ProjectLimits, Role, Session, User


class UserView(Struct):
    """A user; times are milliseconds, 0 is never."""

    id: str
    name: str
    display_name: str
    email: str
    is_instance_admin: bool
    has_password: bool
    has_second_factor: bool
    oidc_issuer: str
    created_ms: int
    last_login_ms: int
    disabled_ms: int
    roles: dict[str, str]
    """By project."""
    link_token: str = ""
    """For `/setup#`: where the user sets a password; only in the answer that made it."""


class SessionView(Struct):
    """A session of the reader."""

    id: str
    method: str
    created_ms: int
    last_seen_ms: int
    expires_ms: int
    address: str
    user_agent: str
    is_present: bool
    """The one that asks."""


class KeyView(Struct):
    """A key; `secret` only in the answer that made it."""

    id: str
    name: str
    prefix: str
    project: str
    scopes: tuple[str, ...]
    owner_id: str
    created_ms: int
    expires_ms: int
    last_used_ms: int
    secret: str = ""


class RoleView(Struct):
    """A role."""

    name: str
    description: str
    permissions: tuple[str, ...]
    selector: str
    is_built_in: bool
    version: int


class ProjectView(Struct):
    """A project; limits that are null are the server's settings."""

    name: str
    title: str
    limits: ProjectLimits
    version: int
    created_ms: int
    deleted_ms: int


class AuditView(Struct):
    """A line of the audit log."""

    seq: int
    time_ms: int
    actor_kind: str
    actor_id: str
    actor: str
    action: str
    object_kind: str
    object_id: str
    project: str
    address: str
    result: str
    detail: dict[str, Any]
    request_id: str
    previous_hash: str
    hash: str


def user_view(user: User, roles: Mapping[str, str], link_token: str = "") -> UserView:
    """`roles` by project."""
    return UserView(
        id=user.id,
        name=user.name,
        display_name=user.display_name,
        email=user.email,
        is_instance_admin=user.is_instance_admin,
        has_password=bool(user.password_hash),
        has_second_factor=bool(user.totp_secret),
        oidc_issuer=user.oidc_issuer,
        created_ms=user.created_ms,
        last_login_ms=user.last_login_ms,
        disabled_ms=user.disabled_ms,
        roles=dict(roles),
        link_token=link_token,
    )


def session_view(session: Session, present_id: str) -> SessionView:
    """`present_id` is the reader's own session."""
    return SessionView(
        id=session.id,
        method=session.method,
        created_ms=session.created_ms,
        last_seen_ms=session.last_seen_ms,
        expires_ms=session.expires_ms,
        address=session.address,
        user_agent=session.user_agent,
        is_present=session.id == present_id,
    )


def key_view(key: ApiKey, secret: str = "") -> KeyView:
    """Without the hash."""
    return KeyView(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        project=key.project,
        scopes=key.scopes,
        owner_id=key.owner_id,
        created_ms=key.created_ms,
        expires_ms=key.expires_ms,
        last_used_ms=key.last_used_ms,
        secret=secret,
    )


def role_view(role: Role, *, is_built_in: bool) -> RoleView:
    """A role."""
    return RoleView(role.name, role.description, role.permissions, role.selector, is_built_in, role.version)


def project_view(project: Project) -> ProjectView:
    """A project."""
    return ProjectView(
        project.name, project.title, project.limits, project.version, project.created_ms, project.deleted_ms
    )


def audit_view(entry: AuditEntry) -> AuditView:
    """The hashes are part of it: whoever keeps an export can check it."""
    return AuditView(**{name: getattr(entry, name) for name in AuditView.__struct_fields__})
