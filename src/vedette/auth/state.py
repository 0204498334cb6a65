"""Who there is and what they may do, in memory: one immutable picture of the catalog, replaced when that changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from vedette.auth.permission import BUILT_IN_ROLES, IN_PROJECT, SCOPES, Permission
from vedette.auth.principal import Grant, Principal
from vedette.catalog.records import ApiKey, Membership, Project, Role, Session, User
from vedette.errors import BadData, VedetteError
from vedette.model.matcher import Matcher

_log = structlog.get_logger(__name__)
DEFAULT_PROJECT: Final = "default"


@dataclass(frozen=True, slots=True)
class Rows:
    """What is read from the catalog, at one moment; `epoch` is its number."""

    epoch: int
    users: Sequence[User] = ()
    roles: Sequence[Role] = ()
    memberships: Sequence[Membership] = ()
    projects: Sequence[Project] = ()
    sessions: Sequence[Session] = ()
    keys: Sequence[ApiKey] = ()


@dataclass(slots=True)
class State:
    """Look-up tables over rows; nothing in it changes but the principals that were asked for."""

    epoch: int
    users: dict[str, User] = field(default_factory=dict)
    user_ids: dict[str, str] = field(default_factory=dict)
    """By name."""
    subjects: dict[tuple[str, str], str] = field(default_factory=dict)
    """User ids by issuer and subject."""
    grants: dict[str, Grant] = field(default_factory=dict)
    """By role."""
    roles: dict[str, Role] = field(default_factory=dict)
    memberships: dict[str, dict[str, str]] = field(default_factory=dict)
    """Roles by user id and project, deleted projects left out."""
    projects: dict[str, Project] = field(default_factory=dict)
    """Deleted ones too."""
    sessions: dict[str, Session] = field(default_factory=dict)
    """By hash of the token."""
    keys: dict[str, ApiKey] = field(default_factory=dict)
    """By hash of the secret."""
    session_ids: dict[str, Session] = field(default_factory=dict)
    key_ids: dict[str, ApiKey] = field(default_factory=dict)
    can_be_administered: bool = False
    """Whether there is an instance admin who can sign in."""
    users_seen: dict[str, Principal] = field(default_factory=dict)
    keys_seen: dict[str, Principal | None] = field(default_factory=dict)

    def user(self, user_id: str) -> Principal | None:
        """A user as principal; None when there is none or it is disabled."""
        known = self.users_seen.get(user_id)
        if known is None:
            user = self.users.get(user_id)
            if user is None or user.disabled_ms:
                return None
            known = self.users_seen[user_id] = self._principal_of(user)
        return known

    def key(self, key: ApiKey) -> Principal | None:
        """A key as principal: its scopes, and of those what its owner may now; None when nothing is left to it."""
        if key.id not in self.keys_seen:
            self.keys_seen[key.id] = self._principal_of_key(key)
        return self.keys_seen[key.id]

    def is_live(self, project: str) -> bool:
        """Whether a project is there and not deleted."""
        found = self.projects.get(project)
        return found is not None and not found.deleted_ms

    def live_projects(self) -> list[Project]:
        """All that are not deleted, by name."""
        return sorted((project for project in self.projects.values() if not project.deleted_ms), key=lambda p: p.name)

    def _principal_of(self, user: User) -> Principal:
        roles = self.memberships.get(user.id, {})
        grants = {project: self.grants[role] for project, role in roles.items() if role in self.grants}
        return Principal(
            kind="user",
            id=user.id,
            name=user.name,
            is_instance_admin=user.is_instance_admin,
            grants=grants,
            home=_home(grants, user.is_instance_admin),
            user_id=user.id,
        )

    def _principal_of_key(self, key: ApiKey) -> Principal | None:
        if not self.is_live(key.project):
            return None
        permissions: frozenset[Permission] = frozenset().union(*(SCOPES.get(scope, ()) for scope in key.scopes))
        matchers: tuple[Matcher, ...] = ()
        if key.owner_id:
            owner = self.user(key.owner_id)
            grant = owner.grant(key.project) if owner is not None else None
            if grant is None:
                return None
            permissions &= grant.permissions
            matchers = grant.matchers
        grants = {key.project: Grant(role="key", permissions=permissions, matchers=matchers)}
        return Principal(kind="key", id=key.id, name=key.name, grants=grants, home=key.project, user_id=key.owner_id)


def build_state(rows: Rows) -> State:
    """Rows -> look-up tables."""
    state = State(epoch=rows.epoch)
    state.users = {user.id: user for user in rows.users}
    state.can_be_administered = any(
        user.is_instance_admin and not user.disabled_ms and (user.password_hash or user.oidc_subject)
        for user in rows.users
    )
    state.user_ids = {user.name: user.id for user in rows.users}
    state.subjects = {(user.oidc_issuer, user.oidc_subject): user.id for user in rows.users if user.oidc_subject}
    state.roles = {role.name: role for role in rows.roles}
    state.grants = _grants(rows.roles)
    state.projects = {project.name: project for project in rows.projects}
    for membership in rows.memberships:
        if state.is_live(membership.project):
            state.memberships.setdefault(membership.user_id, {})[membership.project] = membership.role
    state.sessions = {session.token_hash: session for session in rows.sessions}
    state.session_ids = {session.id: session for session in rows.sessions}
    state.keys = {key.secret_hash: key for key in rows.keys if not key.revoked_ms}
    state.key_ids = {key.id: key for key in rows.keys}
    return state


def matchers_of(selector: str) -> tuple[Matcher, ...]:
    """The selector of a role -> matchers; the empty text has none. Raises BadData."""
    if not selector.strip():
        return ()
    from vedette.promql.parser import parse_selector  # noqa: PLC0415 - most instances have no such role

    found = parse_selector(selector, may_match_empty=True)
    if not found:
        raise BadData("a selector without any condition narrows nothing; leave it empty")
    return found


def permissions_of(names: Iterable[str]) -> frozenset[Permission]:
    """Names as they are stored -> permissions; what is unknown or not of a project is left out."""
    known = {permission.value: permission for permission in IN_PROJECT}
    return frozenset(known[name] for name in names if name in known)


def _grants(roles: Sequence[Role]) -> dict[str, Grant]:
    found = {name: Grant(role=name, permissions=permissions) for name, permissions in BUILT_IN_ROLES.items()}
    for role in roles:
        if role.name in BUILT_IN_ROLES:
            continue
        try:
            matchers = matchers_of(role.selector)
        except VedetteError as error:
            # Better nothing than everything: who has only this role may nothing until it is repaired.
            _log.error("role_selector_unreadable", role=role.name, error=error.message)
            continue
        found[role.name] = Grant(role=role.name, permissions=permissions_of(role.permissions), matchers=matchers)
    return found


def _home(grants: dict[str, Grant], is_instance_admin: bool) -> str:
    if is_instance_admin or not grants or DEFAULT_PROJECT in grants:
        return DEFAULT_PROJECT
    return min(grants)
