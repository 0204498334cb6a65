"""Users: functions of a connection."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from vedette.catalog.epochs import raise_epoch
from vedette.catalog.records import User
from vedette.catalog.rows import as_record, as_records, as_row
from vedette.catalog.tables import preference_table, users
from vedette.errors import Conflict, NotFound


def every(connection: Connection) -> list[User]:
    """All users, by name."""
    return as_records(User, connection.execute(select(users).order_by(users.c.name)))


def get(connection: Connection, user_id: str) -> User:
    """Raises NotFound."""
    row = connection.execute(select(users).where(users.c.id == user_id)).first()
    if row is None:
        raise NotFound(f"there is no user with id {user_id!r}")
    return as_record(User, row)


def by_name(connection: Connection, name: str) -> User | None:
    """The user who signs in by this name."""
    row = connection.execute(select(users).where(users.c.name == name.lower())).first()
    return None if row is None else as_record(User, row)


def by_oidc(connection: Connection, issuer: str, subject: str) -> User | None:
    """The user whom an identity provider knows by this subject; nobody has the empty one."""
    if not subject:
        return None
    asked = select(users).where(users.c.oidc_issuer == issuer, users.c.oidc_subject == subject)
    row = connection.execute(asked).first()
    return None if row is None else as_record(User, row)


def add(connection: Connection, user: User) -> None:
    """Raises Conflict when the name, the id or the identity at a provider is taken."""
    _check_free(connection, user)
    connection.execute(insert(users).values(as_row(user)))
    raise_epoch(connection)


def replace(connection: Connection, user: User) -> None:
    """Save all fields of a user. Raises NotFound; Conflict when name or identity at a provider is taken."""
    _check_free(connection, user)
    changed = connection.execute(update(users).where(users.c.id == user.id).values(as_row(user)))
    if not changed.rowcount:
        raise NotFound(f"there is no user with id {user.id!r}")
    raise_epoch(connection)


def remove(connection: Connection, user_id: str) -> None:
    """With the sessions, memberships and preferences. Raises NotFound."""
    if not connection.execute(delete(users).where(users.c.id == user_id)).rowcount:
        raise NotFound(f"there is no user with id {user_id!r}")
    connection.execute(delete(preference_table).where(preference_table.c.user_id == user_id))
    raise_epoch(connection)


def note_logins(connection: Connection, moments_ms: Mapping[str, int]) -> None:
    """Save when users signed in last; that alone is no change that anybody needs to hear of."""
    if moments_ms:
        connection.execute(
            update(users).where(users.c.id == bindparam("of")).values(last_login_ms=bindparam("at_ms")),
            [{"of": user_id, "at_ms": at_ms} for user_id, at_ms in moments_ms.items()],
        )


def _check_free(connection: Connection, user: User) -> None:
    if user.name != user.name.lower():
        raise AssertionError("BUG: names of users are in lower case")
    named = by_name(connection, user.name)
    if named is not None and named.id != user.id:
        raise Conflict(f"there is a user {user.name!r} already")
    known = by_oidc(connection, user.oidc_issuer, user.oidc_subject)
    if known is not None and known.id != user.id:
        raise Conflict(f"that identity belongs to user {known.name!r} already")
