"""Signed-in browsers: functions of a connection."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, or_, select, update

from vedette.catalog.epochs import raise_epoch
from vedette.catalog.records import Session
from vedette.catalog.rows import as_records, as_row
from vedette.catalog.tables import sessions


def every(connection: Connection) -> list[Session]:
    """All sessions, oldest first."""
    return as_records(Session, connection.execute(select(sessions).order_by(sessions.c.created_ms, sessions.c.id)))


def add(connection: Connection, session: Session) -> None:
    """Its user must exist."""
    connection.execute(insert(sessions).values(as_row(session)))
    raise_epoch(connection)


def replace_token(connection: Connection, session_id: str, old_hash: str, new_hash: str) -> bool:
    """Give a session another token; False, and nothing is done, when its token is not the old one any more."""
    mine = (sessions.c.id == session_id) & (sessions.c.token_hash == old_hash)
    changed = bool(connection.execute(update(sessions).where(mine).values(token_hash=new_hash)).rowcount)
    if changed:
        raise_epoch(connection)
    return changed


def remove(connection: Connection, session_ids: Collection[str]) -> int:
    """How many of them were there."""
    return _remove(connection, sessions.c.id.in_(session_ids)) if session_ids else 0


def remove_of_user(connection: Connection, user_id: str, but: str = "") -> int:
    """All sessions of a user, but the one with the id `but`; how many there were."""
    return _remove(connection, (sessions.c.user_id == user_id) & (sessions.c.id != but))


def remove_expired(connection: Connection, now_ms: int, idle_ms: int) -> int:
    """Those that are over or were not used for `idle_ms`; how many there were."""
    return _remove(connection, or_(sessions.c.expires_ms <= now_ms, sessions.c.last_seen_ms <= now_ms - idle_ms))


def note_seen(connection: Connection, moments_ms: Mapping[str, int]) -> None:
    """Save when sessions were used last; that alone is no change that anybody needs to hear of."""
    if moments_ms:
        connection.execute(
            update(sessions).where(sessions.c.id == bindparam("of")).values(last_seen_ms=bindparam("at_ms")),
            [{"of": session_id, "at_ms": at_ms} for session_id, at_ms in moments_ms.items()],
        )


def _remove(connection: Connection, condition: ColumnElement[bool]) -> int:
    count = connection.execute(delete(sessions).where(condition)).rowcount
    if count:
        raise_epoch(connection)
    return count
