"""Rows of alerts, of acknowledgements, and of what was told about groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from vedette.catalog.alert_records import AlertRow, GroupRow
from vedette.catalog.alert_tables import alert_groups, alerts
from vedette.catalog.epochs import epoch_of, raise_epoch
from vedette.catalog.rows import as_records, as_row

FAMILY: Final = "alerts"
_SAID: Final = (
    *("labels", "annotations", "state", "active_ms", "changed_ms", "ends_ms", "value", "rule", "generator_url"),
    *("updated_ms", "seq"),
)
_AT_ONCE: Final = 500


def next_seq(connection: Connection) -> int:
    """The number of the change that this transaction makes."""
    raise_epoch(connection, FAMILY)
    return epoch_of(connection, FAMILY)


def save(connection: Connection, rows: Iterable[AlertRow]) -> None:
    """Write what was said of alerts; acknowledgements stay as they are."""
    values = [as_row(row) for row in rows]
    if values:
        connection.execute(_upsert(connection, alerts, ("project", "fingerprint"), _SAID), values)


def since(connection: Connection, seq: int) -> list[AlertRow]:
    """What has changed after a number."""
    return as_records(AlertRow, connection.execute(select(alerts).where(alerts.c.seq > seq)))


def acknowledge(connection: Connection, row: AlertRow) -> None:
    """Write the acknowledgement of an alert, or take it back."""
    names = ("acked_by", "ack_note", "acked_ms", "ack_until_ms", "ack_active_ms", "seq")
    connection.execute(
        update(alerts)
        .where(alerts.c.project == row.project, alerts.c.fingerprint == row.fingerprint)
        .values({name: getattr(row, name) for name in names})
    )


def forget(connection: Connection, keys: Sequence[tuple[str, str]], seq: int) -> None:
    """Remove alerts by (project, fingerprint), unless they were said again after `seq`."""
    by_project: dict[str, list[str]] = {}
    for project, fingerprint in keys:
        by_project.setdefault(project, []).append(fingerprint)
    for project, fingerprints in by_project.items():
        for start in range(0, len(fingerprints), _AT_ONCE):
            wanted = alerts.c.fingerprint.in_(fingerprints[start : start + _AT_ONCE])
            connection.execute(delete(alerts).where(alerts.c.project == project, wanted, alerts.c.seq <= seq))


def groups(connection: Connection) -> list[GroupRow]:
    """All that was told."""
    return as_records(GroupRow, connection.execute(select(alert_groups)))


def save_groups(connection: Connection, rows: Iterable[GroupRow]) -> None:
    """Note what was told."""
    values = [as_row(row) for row in rows]
    names = ("firing", "resolved", "number", "notified_ms", "started_ms", "steps")
    if values:
        # What the other side calls the conversation is noted by whoever sends.
        statement = _upsert(connection, alert_groups, ("project", "group_key", "target"), names)
        connection.execute(statement, values)


def set_thread(connection: Connection, project: str, group_key: str, target: str, thread: str) -> None:
    """Note what the other side calls the conversation."""
    connection.execute(update(alert_groups).where(_is(project, group_key, target)).values(thread=thread))


def thread_of(connection: Connection, project: str, group_key: str, target: str) -> str:
    """What the other side calls the conversation; empty where there is none yet."""
    found = connection.execute(select(alert_groups.c.thread).where(_is(project, group_key, target))).scalar()
    return str(found or "")


def forget_groups(connection: Connection, before_ms: int) -> None:
    """Remove what was told for the last time before a moment."""
    connection.execute(delete(alert_groups).where(alert_groups.c.notified_ms < before_ms))


def _is(project: str, group_key: str, target: str) -> Any:
    table = alert_groups.c
    return and_(table.project == project, table.group_key == group_key, table.target == target)


def _upsert(connection: Connection, table: Table, key: Sequence[str], names: Sequence[str]) -> Any:
    make: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = make(table)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in names}
    )
