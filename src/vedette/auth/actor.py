"""Who does something, and from where: what changes need to be checked and noted."""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.auth.permission import Permission
from vedette.auth.principal import Principal
from vedette.errors import Forbidden

NOBODY: Final = Principal(kind="anonymous", id="", name="", grants={})
"""Somebody who has not signed in."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A principal with the circumstances of a request."""

    principal: Principal
    address: str = ""
    """Where they are."""
    user_agent: str = ""
    request_id: str = ""
    session_id: str = ""
    """Their session, where they have one."""

    @property
    def kind(self) -> str:
        """As the audit log calls it."""
        return "anonymous" if self.principal.kind == "anyone" else self.principal.kind

    def require(self, permission: Permission, project: str = "") -> None:
        """Raises Forbidden unless they have the right."""
        if not self.principal.may(permission, project):
            where = f" in project {project}" if project and permission is not Permission.INSTANCE_ADMIN else ""
            raise Forbidden(f"{permission.value} is needed{where}", permission=permission.value)


CLI: Final = Actor(principal=Principal(kind="cli", id="", name="command line", is_instance_admin=True, grants={}))
"""Whoever may read and write the data folder may do everything."""


def anonymous(address: str = "", user_agent: str = "", request_id: str = "") -> Actor:
    """Somebody who is about to say who they are."""
    return Actor(principal=NOBODY, address=address, user_agent=user_agent, request_id=request_id)
