"""Rows of annotations."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from vedette.catalog.records import Annotation
from vedette.catalog.rows import as_record, as_records, as_row
from vedette.catalog.tables import annotation_table


def add(connection: Connection, annotation: Annotation) -> None:
    """Store a new one."""
    connection.execute(insert(annotation_table).values(as_row(annotation)))


def find(connection: Connection, project: str, annotation_id: str) -> Annotation | None:
    """One of a project; None where the project has no such."""
    row = connection.execute(select(annotation_table).where(_is(project, annotation_id))).first()
    return None if row is None else as_record(Annotation, row)


def save(connection: Connection, annotation: Annotation) -> None:
    """Write what has changed."""
    connection.execute(
        update(annotation_table).where(_is(annotation.project, annotation.id)).values(as_row(annotation))
    )


def remove(connection: Connection, project: str, annotation_id: str) -> None:
    """For good."""
    connection.execute(delete(annotation_table).where(_is(project, annotation_id)))


def count(connection: Connection, project: str) -> int:
    """How many a project has."""
    asked = select(func.count()).select_from(annotation_table).where(annotation_table.c.project == project)
    return int(connection.execute(asked).scalar_one())


def within(
    connection: Connection, project: str, start_ms: int, end_ms: int, dashboards: Sequence[str] | None, limit: int
) -> list[Annotation]:
    """Those that touch a time, newest first; with `dashboards` only those about one of them."""
    table = annotation_table.c
    conditions = [table.project == project, table.time_ms <= end_ms, table.end_ms >= start_ms]
    if dashboards is not None:
        conditions.append(table.dashboard.in_(dashboards))
    asked = select(annotation_table).where(*conditions).order_by(table.time_ms.desc(), table.id.desc()).limit(limit)
    return as_records(Annotation, connection.execute(asked))


def _is(project: str, annotation_id: str) -> ColumnElement[bool]:
    return and_(annotation_table.c.project == project, annotation_table.c.id == annotation_id)
