"""Who has which role in a project. Nobody can give, or take, what is more than they have themselves."""

from __future__ import annotations

import msgspec

from vedette.auth.actor import Actor
from vedette.auth.audit import Audit
from vedette.auth.directory import Directory
from vedette.auth.permission import Permission
from vedette.auth.principal import Grant
from vedette.catalog import projects as stored
from vedette.catalog.records import Membership, User
from vedette.errors import BadData, Forbidden, NotFound


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A user with their role in a project."""

    user_id: str
    name: str
    display_name: str
    role: str
    disabled: bool


class Members:
    """Reads from memory; changes write and belong in a thread."""

    def __init__(self, directory: Directory, audit: Audit) -> None:
        self._directory = directory
        self._audit = audit

    def roles_of(self, user_id: str) -> dict[str, str]:
        """A user's roles by project."""
        return dict(self._directory.state.memberships.get(user_id, {}))

    def of_project(self, actor: Actor, project: str) -> list[Member]:
        """By name. Raises Forbidden."""
        actor.require(Permission.PROJECT_ADMIN, project)
        state = self._directory.state
        found = []
        for user_id, roles in state.memberships.items():
            user = state.users.get(user_id)
            if user is not None and project in roles:
                found.append(_member(user, roles[project]))
        return sorted(found, key=lambda member: member.name)

    def of_user(self, user_id: str) -> dict[str, str]:
        """Roles of a user by project."""
        return dict(sorted(self._directory.state.memberships.get(user_id, {}).items()))

    def assign(self, actor: Actor, project: str, user: str, role: str) -> Member:
        """Give a user, by id or name, a role in place of the one they have.

        Neither role may be more than the actor's own. Raises Forbidden, NotFound, BadData.
        """
        whom = self._user(actor, project, user)
        grant = self._directory.state.grants.get(role)
        if grant is None:
            raise BadData(f"there is no role {role!r}")
        _check_not_more(actor, project, grant)
        self._check_present(actor, project, whom)
        with self._directory.change() as connection:
            stored.set_member(connection, Membership(user_id=whom.id, project=project, role=role))
            detail = {"name": whom.name, "role": role}
            self._audit.note_in(
                connection,
                actor,
                "member.assign",
                object_kind="user",
                object_id=whom.id,
                project=project,
                detail=detail,
            )
        return _member(whom, role)

    def remove(self, actor: Actor, project: str, user: str) -> None:
        """Take a user's role. Raises Forbidden, NotFound."""
        whom = self._user(actor, project, user)
        self._check_present(actor, project, whom)
        with self._directory.change() as connection:
            stored.remove_member(connection, project, whom.id)
            self._audit.note_in(
                connection,
                actor,
                "member.remove",
                object_kind="user",
                object_id=whom.id,
                project=project,
                detail={"name": whom.name},
            )

    def _user(self, actor: Actor, project: str, text: str) -> User:
        actor.require(Permission.PROJECT_ADMIN, project)
        if actor.principal.kind == "key":
            raise Forbidden("a key cannot change who is a member")
        state = self._directory.state
        if not state.is_live(project):
            raise NotFound(f"there is no project {project!r}")
        found = state.users.get(text) or state.users.get(state.user_ids.get(text.strip().lower(), ""))
        if found is None:
            raise NotFound(f"there is no user {text!r}")
        return found

    def _check_present(self, actor: Actor, project: str, user: User) -> None:
        state = self._directory.state
        role = state.memberships.get(user.id, {}).get(project)
        grant = state.grants.get(role) if role is not None else None
        if grant is not None:
            _check_not_more(actor, project, grant)


def _check_not_more(actor: Actor, project: str, grant: Grant) -> None:
    own = actor.principal.grant(project)
    if own is None or not grant.permissions <= own.permissions:
        raise Forbidden(f"role {grant.role} is more than you have yourself", permission=Permission.PROJECT_ADMIN.value)
    if not set(own.matchers) <= set(grant.matchers):
        raise Forbidden(
            f"role {grant.role} shows series that you may not see", permission=Permission.METRICS_READ.value
        )


def _member(user: User, role: str) -> Member:
    return Member(
        user_id=user.id, name=user.name, display_name=user.display_name, role=role, disabled=bool(user.disabled_ms)
    )
