"""Whom a request comes from and what they may do where. Built from the catalog, immutable, cheap to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from vedette.auth.permission import ALL, Permission
from vedette.model.matcher import Matcher


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What a principal may do in one project."""

    role: str
    permissions: frozenset[Permission]
    matchers: tuple[Matcher, ...] = ()
    """Every question is narrowed to series that fulfil all of these."""


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """A user, a key, or everybody where nobody signs in."""

    kind: str
    """`user`, `key` or `anyone`."""
    id: str
    name: str
    is_instance_admin: bool = False
    grants: Mapping[str, Grant]
    """By project; what is not there is not permitted, but for instance admins."""
    home: str = "default"
    """The project that is meant where a request names none."""
    user_id: str = ""
    """The user behind it; of a key its owner."""

    def grant(self, project: str) -> Grant | None:
        """What they may do in a project; None: nothing, not even know that it exists."""
        return _EVERYTHING if self.is_instance_admin else self.grants.get(project)

    def may(self, permission: Permission, project: str) -> bool:
        """Whether they have a right in a project. `STATUS_READ` needs a role without a selector."""
        if permission is Permission.INSTANCE_ADMIN:
            return self.is_instance_admin
        grant = self.grant(project)
        if grant is None or permission not in grant.permissions:
            return False
        return permission is not Permission.STATUS_READ or not grant.matchers

    def narrowing(self, project: str) -> tuple[Matcher, ...]:
        """Matchers that every question of theirs carries."""
        grant = self.grant(project)
        return grant.matchers if grant else ()


_EVERYTHING: Final = Grant(role="instance admin", permissions=ALL)

ANYONE: Final = Principal(kind="anyone", id="", name="anyone", is_instance_admin=True, grants={})
"""With `--no-auth` everybody who reaches the port is this."""
