"""Rows of notifications on their way, and of those that the page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from vedette.catalog.alert_records import BellRow, OutboxRow
from vedette.catalog.alert_tables import bell, bell_reads, outbox
from vedette.catalog.rows import as_record, as_records, as_row

WAITING: Final = "waiting"
SENT: Final = "sent"
DEAD: Final = "dead"
STATUSES: Final = (WAITING, SENT, DEAD)


def add(connection: Connection, rows: Sequence[OutboxRow]) -> None:
    """Put new ones at the end."""
    if not rows:
        return
    last = _last_seq(connection)
    values = [{**as_row(row), "seq": last + number} for number, row in enumerate(rows, start=1)]
    connection.execute(insert(outbox), values)


def waiting(connection: Connection, after_seq: int, limit: int) -> list[OutboxRow]:
    """Those that wait, oldest first."""
    asked = select(outbox).where(outbox.c.status == WAITING, outbox.c.seq > after_seq).order_by(outbox.c.seq)
    return as_records(OutboxRow, connection.execute(asked.limit(limit)))


def find(connection: Connection, project: str, outbox_id: str) -> OutboxRow | None:
    """One of a project."""
    row = connection.execute(select(outbox).where(outbox.c.project == project, outbox.c.id == outbox_id)).first()
    return None if row is None else as_record(OutboxRow, row)


def page(
    connection: Connection, project: str, status: str, group_key: str, before_seq: int, limit: int
) -> list[OutboxRow]:
    """Newest first; with a status or group only those."""
    asked = select(outbox).where(outbox.c.project == project)
    if status:
        asked = asked.where(outbox.c.status == status)
    if group_key:
        asked = asked.where(outbox.c.group_key == group_key)
    if before_seq:
        asked = asked.where(outbox.c.seq < before_seq)
    return as_records(OutboxRow, connection.execute(asked.order_by(outbox.c.seq.desc()).limit(limit)))


def mark(connection: Connection, ids: Sequence[str], **values: Any) -> int:
    """Change fields of some; how many there were."""
    return connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**values)).rowcount


def revive(connection: Connection, project: str, ids: Sequence[str], now_ms: int) -> int:
    """Let dead letters be tried again, behind all others; how many there were."""
    dead = (outbox.c.project == project) & (outbox.c.status == DEAD) & outbox.c.id.in_(ids)
    found = list(connection.execute(select(outbox.c.id).where(dead).order_by(outbox.c.seq)).scalars())
    last = _last_seq(connection)
    fresh = {"status": WAITING, "attempts": 0, "next_ms": now_ms, "done_ms": 0, "digest": "", "error": ""}
    for number, outbox_id in enumerate(found, start=1):
        connection.execute(update(outbox).where(outbox.c.id == outbox_id).values(seq=last + number, **fresh))
    return len(found)


def dead_of(connection: Connection, project: str, limit: int) -> list[str]:
    """Ids of dead letters, oldest first."""
    asked = select(outbox.c.id).where(outbox.c.project == project, outbox.c.status == DEAD).order_by(outbox.c.seq)
    return list(connection.execute(asked.limit(limit)).scalars())


def forget(connection: Connection, before_ms: int) -> None:
    """Remove what was done with, and what the page shows, before a moment."""
    connection.execute(delete(outbox).where(outbox.c.status != WAITING, outbox.c.done_ms < before_ms))
    connection.execute(delete(bell).where(bell.c.time_ms < before_ms))


def ring(connection: Connection, rows: Iterable[BellRow]) -> None:
    """Show notifications in the page; what is there already is not shown twice."""
    for row in rows:
        if connection.execute(select(bell.c.id).where(bell.c.id == row.id)).first() is None:
            connection.execute(insert(bell).values(as_row(row)))


def rung(connection: Connection, project: str, after_ms: int, limit: int) -> list[BellRow]:
    """Those of a project after a moment, newest first."""
    asked = select(bell).where(bell.c.project == project, bell.c.time_ms > after_ms)
    return as_records(BellRow, connection.execute(asked.order_by(bell.c.time_ms.desc(), bell.c.id).limit(limit)))


def read_until_ms(connection: Connection, project: str, reader: str) -> int:
    """Until when somebody has seen them all."""
    asked = select(bell_reads.c.read_ms).where(bell_reads.c.project == project, bell_reads.c.reader == reader)
    return int(connection.execute(asked).scalar() or 0)


def note_read(connection: Connection, project: str, reader: str, read_ms: int) -> None:
    """Somebody has seen all until a moment."""
    mine = (bell_reads.c.project == project) & (bell_reads.c.reader == reader)
    if not connection.execute(update(bell_reads).where(mine).values(read_ms=read_ms)).rowcount:
        connection.execute(insert(bell_reads).values(project=project, reader=reader, read_ms=read_ms))


def _last_seq(connection: Connection) -> int:
    return int(connection.execute(select(func.max(outbox.c.seq))).scalar() or 0)
