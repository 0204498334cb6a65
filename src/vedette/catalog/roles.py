"""Custom roles: functions of a connection. The built-in ones are no rows."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from vedette.catalog.epochs import raise_epoch
from vedette.catalog.records import Role
from vedette.catalog.rows import as_record, as_records, as_row
from vedette.catalog.tables import memberships, roles
from vedette.errors import Conflict, NotFound


def every(connection: Connection) -> list[Role]:
    """All custom roles, by name."""
    return as_records(Role, connection.execute(select(roles).order_by(roles.c.name)))


def get(connection: Connection, name: str) -> Role:
    """Raises NotFound."""
    row = connection.execute(select(roles).where(roles.c.name == name)).first()
    if row is None:
        raise NotFound(f"there is no role {name!r}")
    return as_record(Role, row)


def add(connection: Connection, role: Role) -> None:
    """Raises Conflict when the name is taken."""
    if connection.execute(select(roles.c.name).where(roles.c.name == role.name)).first():
        raise Conflict(f"there is a role {role.name!r} already")
    connection.execute(insert(roles).values(as_row(role)))
    raise_epoch(connection)


def replace(connection: Connection, role: Role, expected_version: int) -> Role:
    """Save a role; as it is then, with the next version. Raises NotFound; Conflict when the version is not this."""
    now = get(connection, role.name)
    if now.version != expected_version:
        raise Conflict(
            f"role {role.name!r} was changed meanwhile: it has version {now.version}, not {expected_version}",
            current=msgspec.to_builtins(now),
            yours=msgspec.to_builtins(role),
        )
    saved = msgspec.structs.replace(role, version=now.version + 1)
    connection.execute(update(roles).where(roles.c.name == role.name).values(as_row(saved)))
    raise_epoch(connection)
    return saved


def remove(connection: Connection, name: str) -> None:
    """Raises NotFound; Conflict while somebody has the role."""
    get(connection, name)
    holders = connection.execute(select(memberships.c.user_id).where(memberships.c.role == name)).all()
    if holders:
        raise Conflict(f"role {name!r} is held by {len(holders)} members; give them another one first")
    connection.execute(delete(roles).where(roles.c.name == name))
    raise_epoch(connection)
