"""Custom roles: named sets of permissions, narrowed by a selector where it has one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vedette.auth.actor import Actor
from vedette.auth.audit import Audit
from vedette.auth.directory import Directory
from vedette.auth.permission import BUILT_IN_ROLES, IN_PROJECT, Permission
from vedette.auth.principal import Principal
from vedette.auth.state import matchers_of
from vedette.catalog import roles as stored
from vedette.catalog.records import Role
from vedette.errors import BadData, NotFound

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_MAX_DESCRIPTION: Final = 500
_MAX_SELECTOR: Final = 2000


class Roles:
    """Everything here writes and belongs in a thread, but for the look-ups."""

    def __init__(self, directory: Directory, audit: Audit) -> None:
        self._directory = directory
        self._audit = audit

    def all(self) -> list[Role]:
        """The built-in roles and then the custom ones by name."""
        custom = self._directory.state.roles
        return [*map(_built_in, BUILT_IN_ROLES), *(custom[name] for name in sorted(custom))]

    def get(self, name: str) -> Role:
        """Raises NotFound."""
        if name in BUILT_IN_ROLES:
            return _built_in(name)
        role = self._directory.state.roles.get(name)
        if role is None:
            raise NotFound(f"there is no role {name!r}")
        return role

    def seen_by(self, principal: Principal) -> list[Role]:
        """The built-in ones, their own and those that they may give: a selector tells of series."""
        return [role for role in self.all() if self._is_seen(principal, role.name)]

    def get_seen(self, principal: Principal, name: str) -> Role:
        """One of those. Raises NotFound."""
        role = self.get(name)
        if not self._is_seen(principal, name):
            raise NotFound(f"there is no role {name!r}")
        return role

    def _is_seen(self, principal: Principal, name: str) -> bool:
        if principal.is_instance_admin or name in BUILT_IN_ROLES:
            return True
        grant = self._directory.state.grants.get(name)
        narrowed = set(grant.matchers) if grant is not None else set()
        return any(
            own.role == name or (Permission.PROJECT_ADMIN in own.permissions and set(own.matchers) <= narrowed)
            for own in principal.grants.values()
        )

    def create(
        self, actor: Actor, name: str, permissions: Sequence[str], *, selector: str = "", description: str = ""
    ) -> Role:
        """A new role. Raises Forbidden, BadData, Conflict."""
        actor.require(Permission.INSTANCE_ADMIN)
        role = _made(name, permissions, selector, description)
        with self._directory.change() as connection:
            stored.add(connection, role)
            self._audit.note_in(
                connection, actor, "role.create", object_kind="role", object_id=name, detail=_detail(role)
            )
        return role

    def update(
        self,
        actor: Actor,
        name: str,
        permissions: Sequence[str],
        *,
        selector: str = "",
        description: str = "",
        expected_version: int,
    ) -> Role:
        """Change a role, for everybody who has it at once. Raises Forbidden, NotFound, BadData, Conflict."""
        actor.require(Permission.INSTANCE_ADMIN)
        role = _made(name, permissions, selector, description)
        with self._directory.change() as connection:
            saved = stored.replace(connection, role, expected_version)
            self._audit.note_in(
                connection, actor, "role.update", object_kind="role", object_id=name, detail=_detail(role)
            )
        return saved

    def remove(self, actor: Actor, name: str) -> None:
        """Raises Forbidden, NotFound, Conflict while somebody has the role."""
        actor.require(Permission.INSTANCE_ADMIN)
        if name in BUILT_IN_ROLES:
            raise BadData(f"role {name} is built in")
        with self._directory.change() as connection:
            stored.remove(connection, name)
            self._audit.note_in(connection, actor, "role.delete", object_kind="role", object_id=name)


def _made(name: str, permissions: Sequence[str], selector: str, description: str) -> Role:
    if not _NAME.fullmatch(name):
        raise BadData("the name of a role has 1 to 63 of a-z, 0-9 and -, and begins with a letter or digit")
    if name in BUILT_IN_ROLES:
        raise BadData(f"role {name} is built in")
    known = [permission.value for permission in Permission if permission in IN_PROJECT]
    for permission in permissions:
        if permission not in known:
            raise BadData(f"{permission!r} is no permission of a role; there are {', '.join(known)}")
    if not permissions:
        raise BadData("a role needs at least one permission")
    if len(selector) > _MAX_SELECTOR or len(description) > _MAX_DESCRIPTION or not description.isprintable():
        raise BadData(
            f"a selector may have {_MAX_SELECTOR} characters, a description {_MAX_DESCRIPTION} printable ones"
        )
    matchers_of(selector)
    ordered = tuple(permission for permission in known if permission in permissions)
    return Role(name=name, description=description.strip(), permissions=ordered, selector=selector.strip())


def _built_in(name: str) -> Role:
    held = BUILT_IN_ROLES[name]
    return Role(name=name, description="built in", permissions=tuple(p.value for p in Permission if p in held))


def _detail(role: Role) -> dict[str, object]:
    return {"permissions": role.permissions, "selector": role.selector}
