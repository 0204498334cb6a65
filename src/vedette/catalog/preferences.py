"""What somebody likes to find first in a project: stars, what they looked at last, where they begin."""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from vedette.catalog.records import Preferences
from vedette.catalog.tables import preference_table

MAX_STARS: Final = 1_000
MAX_RECENT: Final = 30
Kind = Literal["star", "recent", "home"]


def of(connection: Connection, user_id: str, project: str) -> Preferences:
    """What is noted; nothing where nobody has noted anything."""
    table = preference_table.c
    asked = select(table.kind, table.value).where(table.user_id == user_id, table.project == project)
    noted: dict[str, list[str]] = {}
    for kind, value in connection.execute(asked.order_by(table.changed_ms.desc(), table.value)):
        noted.setdefault(kind, []).append(value)
    home = noted.get("home", [""])[0]
    return Preferences(stars=tuple(noted.get("star", ())), recent=tuple(noted.get("recent", ())), home=home)


def note(connection: Connection, user_id: str, project: str, kind: Kind, value: str, now_ms: int) -> None:
    """Put it first. Of stars and of what was looked at only the newest are kept, of homes one."""
    one = _is(user_id, project, kind, value)
    if not connection.execute(update(preference_table).where(one).values(changed_ms=now_ms)).rowcount:
        row = {"user_id": user_id, "project": project, "kind": kind, "value": value, "changed_ms": now_ms}
        connection.execute(insert(preference_table).values(row))
    table = preference_table.c
    mine = and_(table.user_id == user_id, table.project == project, table.kind == kind)
    newest_first = select(table.value).where(mine).order_by(table.changed_ms.desc(), table.value)
    most = {"star": MAX_STARS, "recent": MAX_RECENT, "home": 1}[kind]
    for (old,) in connection.execute(newest_first.offset(most)).all():
        connection.execute(delete(preference_table).where(_is(user_id, project, kind, old)))


def forget(connection: Connection, user_id: str, project: str, kind: Kind, value: str = "") -> None:
    """Take one back; without a value all of the kind."""
    table = preference_table.c
    mine = and_(table.user_id == user_id, table.project == project, table.kind == kind)
    connection.execute(delete(preference_table).where(_is(user_id, project, kind, value) if value else mine))


def _is(user_id: str, project: str, kind: str, value: str) -> ColumnElement[bool]:
    table = preference_table.c
    return and_(table.user_id == user_id, table.project == project, table.kind == kind, table.value == value)
