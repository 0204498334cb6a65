"""Projects and their members: functions of a connection."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from vedette.catalog.epochs import raise_epoch
from vedette.catalog.records import Membership, Project
from vedette.catalog.rows import as_record, as_records, as_row
from vedette.catalog.tables import memberships, projects
from vedette.errors import Conflict, NotFound


def every(connection: Connection) -> list[Project]:
    """All projects, by name, those that are deleted among them."""
    return as_records(Project, connection.execute(select(projects).order_by(projects.c.name)))


def get(connection: Connection, name: str) -> Project:
    """Deleted or not. Raises NotFound."""
    row = connection.execute(select(projects).where(projects.c.name == name)).first()
    if row is None:
        raise NotFound(f"there is no project {name!r}")
    return as_record(Project, row)


def add(connection: Connection, project: Project) -> None:
    """Raises Conflict when the name is taken, also by one that is deleted."""
    if connection.execute(select(projects.c.name).where(projects.c.name == project.name)).first():
        raise Conflict(f"there is a project {project.name!r} already")
    connection.execute(insert(projects).values(as_row(project)))
    raise_epoch(connection)


def replace(connection: Connection, project: Project, expected_version: int) -> Project:
    """Save a project; as it is then, with the next version. Raises NotFound; Conflict when the version is not this."""
    now = get(connection, project.name)
    if now.version != expected_version:
        raise Conflict(
            f"project {project.name!r} was changed meanwhile: it has version {now.version}, not {expected_version}",
            current=msgspec.to_builtins(now),
            yours=msgspec.to_builtins(project),
        )
    saved = msgspec.structs.replace(project, version=now.version + 1)
    connection.execute(update(projects).where(projects.c.name == project.name).values(as_row(saved)))
    raise_epoch(connection)
    return saved


def memberships_of_all(connection: Connection) -> list[Membership]:
    """Who has which role where."""
    asked = select(memberships).order_by(memberships.c.project, memberships.c.user_id)
    return as_records(Membership, connection.execute(asked))


def members(connection: Connection, project: str) -> list[Membership]:
    """The members of a project."""
    asked = select(memberships).where(memberships.c.project == project).order_by(memberships.c.user_id)
    return as_records(Membership, connection.execute(asked))


def set_member(connection: Connection, membership: Membership) -> None:
    """Give a user a role in a project, in place of the one they have. User and project must exist."""
    values = as_row(membership)
    mine = (memberships.c.user_id == membership.user_id) & (memberships.c.project == membership.project)
    if not connection.execute(update(memberships).where(mine).values(values)).rowcount:
        connection.execute(insert(memberships).values(values))
    raise_epoch(connection)


def remove_member(connection: Connection, project: str, user_id: str) -> None:
    """Raises NotFound."""
    theirs = (memberships.c.user_id == user_id) & (memberships.c.project == project)
    if not connection.execute(delete(memberships).where(theirs)).rowcount:
        raise NotFound(f"user {user_id!r} is no member of project {project!r}")
    raise_epoch(connection)
