"""Keys of programs: functions of a connection."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, insert, select, update

from vedette.catalog.epochs import raise_epoch
from vedette.catalog.records import ApiKey
from vedette.catalog.rows import as_record, as_records, as_row
from vedette.catalog.tables import api_keys
from vedette.errors import NotFound


def every(connection: Connection, project: str = "") -> list[ApiKey]:
    """All keys, or those of a project, oldest first, revoked ones among them."""
    asked = select(api_keys).order_by(api_keys.c.created_ms, api_keys.c.id)
    return as_records(ApiKey, connection.execute(asked.where(api_keys.c.project == project) if project else asked))


def get(connection: Connection, key_id: str) -> ApiKey:
    """Raises NotFound."""
    row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).first()
    if row is None:
        raise NotFound(f"there is no key with id {key_id!r}")
    return as_record(ApiKey, row)


def add(connection: Connection, key: ApiKey) -> None:
    """Its project must exist."""
    connection.execute(insert(api_keys).values(as_row(key)))
    raise_epoch(connection)


def revoke(connection: Connection, key_id: str, now_ms: int) -> None:
    """From now on it is no key; one that was revoked before stays as it was. Raises NotFound."""
    get(connection, key_id)
    valid = (api_keys.c.id == key_id) & (api_keys.c.revoked_ms == 0)
    connection.execute(update(api_keys).where(valid).values(revoked_ms=now_ms))
    raise_epoch(connection)


def revoke_of_owner(connection: Connection, owner_id: str, now_ms: int) -> int:
    """Revoke all keys of a user; how many there were."""
    theirs = (api_keys.c.owner_id == owner_id) & (api_keys.c.revoked_ms == 0)
    count = connection.execute(update(api_keys).where(theirs).values(revoked_ms=now_ms)).rowcount if owner_id else 0
    if count:
        raise_epoch(connection)
    return count


def note_used(connection: Connection, moments_ms: Mapping[str, int]) -> None:
    """Save when keys were used last; that alone is no change that anybody needs to hear of."""
    if moments_ms:
        connection.execute(
            update(api_keys).where(api_keys.c.id == bindparam("of")).values(last_used_ms=bindparam("at_ms")),
            [{"of": key_id, "at_ms": at_ms} for key_id, at_ms in moments_ms.items()],
        )
