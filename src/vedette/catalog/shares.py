"""Rows of what was given away. Their content is read alone, since it is large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from vedette.catalog.epochs import raise_epoch
from vedette.catalog.records import Share
from vedette.catalog.rows import as_record, as_records, as_row
from vedette.catalog.tables import shares

FAMILY: Final = "shares"
_HEAD: Final = [column for column in shares.c if column.name != "content"]


def add(connection: Connection, share: Share, content: bytes) -> None:
    """Store a new one."""
    connection.execute(insert(shares).values(content=content, **as_row(share)))
    raise_epoch(connection, FAMILY)


def find(connection: Connection, project: str, kind: str, share_id: str) -> Share | None:
    """One of a project; None where the project has no such."""
    row = connection.execute(select(*_HEAD).where(_is(project, kind, share_id))).first()
    return None if row is None else as_record(Share, row)


def every(connection: Connection) -> list[Share]:
    """Those of all projects that can be opened without signing in."""
    return as_records(Share, connection.execute(select(*_HEAD).where(shares.c.token_hash != "")))


def of_project(connection: Connection, project: str, kind: str, limit: int) -> list[Share]:
    """Newest first."""
    asked = select(*_HEAD).where(shares.c.project == project, shares.c.kind == kind)
    return as_records(
        Share, connection.execute(asked.order_by(shares.c.created_ms.desc(), shares.c.id.desc()).limit(limit))
    )


def content(connection: Connection, share_id: str) -> bytes | None:
    """What it shows; None where it is gone."""
    found = connection.execute(select(shares.c.content).where(shares.c.id == share_id)).scalar()
    return None if found is None else bytes(found)


def set_token(connection: Connection, share: Share, token_hash: str) -> None:
    """Open it to whoever has a token, or to nobody with an empty hash."""
    connection.execute(update(shares).where(_is(share.project, share.kind, share.id)).values(token_hash=token_hash))
    raise_epoch(connection, FAMILY)


def remove(connection: Connection, share: Share) -> None:
    """For good."""
    connection.execute(delete(shares).where(_is(share.project, share.kind, share.id)))
    raise_epoch(connection, FAMILY)


def forget(connection: Connection, until_ms: int) -> int:
    """Remove all that expired before a moment; how many."""
    gone = connection.execute(delete(shares).where(shares.c.expires_ms < until_ms)).rowcount
    if gone:
        raise_epoch(connection, FAMILY)
    return gone


def count(connection: Connection, project: str, kind: str) -> int:
    """How many a project has."""
    asked = select(func.count()).select_from(shares).where(shares.c.project == project, shares.c.kind == kind)
    return int(connection.execute(asked).scalar_one())


def note_seen(connection: Connection, seen: Mapping[str, tuple[int, int]]) -> None:
    """Write back id -> (when it was seen last, how often more)."""
    for share_id, (last_seen_ms, views) in seen.items():
        connection.execute(
            update(shares)
            .where(shares.c.id == share_id)
            .values(last_seen_ms=last_seen_ms, views=shares.c.views + views)
        )


def _is(project: str, kind: str, share_id: str) -> ColumnElement[bool]:
    return and_(shares.c.project == project, shares.c.kind == kind, shares.c.id == share_id)
