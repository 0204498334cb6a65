"""What can be permitted, the built-in roles and the scopes of keys as sets of permissions."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Permission(Enum):
    """A right in one project, but for the last, which is one over the whole instance."""

    # There is one of each: that needs no hash of their names, which Python would compute anew each time.
    __hash__ = object.__hash__

    METRICS_READ = "metrics:read"
    """Ask questions, by query or live; narrowed by the selector of a role that has one."""
    STATUS_READ = "status:read"
    """Facts about a whole project: targets, cardinality, sizes. Not for roles narrowed by a selector."""
    DOCUMENTS_READ = "documents:read"
    """See dashboards and other documents."""
    DOCUMENTS_WRITE = "documents:write"
    """Make, change and delete them."""
    SAMPLES_WRITE = "samples:write"
    """Send samples."""
    SERIES_DELETE = "series:delete"
    """Delete and back-fill samples."""
    PROJECT_ADMIN = "project:admin"
    """Members, keys, limits, privacy rules, other people's queries and the audit log of the project."""
    INSTANCE_ADMIN = "instance:admin"
    """Users, roles, projects, settings, snapshots and the whole audit log."""


_VIEW: Final = frozenset({Permission.METRICS_READ, Permission.STATUS_READ, Permission.DOCUMENTS_READ})
_EDIT: Final = _VIEW | {Permission.DOCUMENTS_WRITE}
_ADMIN: Final = _EDIT | {Permission.SAMPLES_WRITE, Permission.SERIES_DELETE, Permission.PROJECT_ADMIN}

BUILT_IN_ROLES: Final[dict[str, frozenset[Permission]]] = {"viewer": _VIEW, "editor": _EDIT, "admin": _ADMIN}
"""Roles of every project; custom roles may not take their names."""

SCOPES: Final[dict[str, frozenset[Permission]]] = {
    "ingest": frozenset({Permission.SAMPLES_WRITE}),
    "read": _VIEW,
    "edit": _EDIT,
    "admin": _ADMIN,
}
"""What a key with a scope may, at the most."""

ALL: Final = frozenset(Permission)
IN_PROJECT: Final = ALL - {Permission.INSTANCE_ADMIN}
"""What a custom role may hold."""
