"""Numbers that say whether something changed: one row for each family of tables, raised by whatever changes it."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from vedette.catalog.database import IDENTITY
from vedette.catalog.tables import epochs


def epoch_of(connection: Connection, family: str = IDENTITY) -> int:
    """The number of a family; 0 while nothing has ever changed."""
    found = connection.execute(select(epochs.c.epoch).where(epochs.c.family == family)).scalar()
    return 0 if found is None else int(found)


def raise_epoch(connection: Connection, family: str = IDENTITY) -> None:
    """Say, within the transaction that makes it, that there is a change."""
    changed = connection.execute(update(epochs).where(epochs.c.family == family).values(epoch=epochs.c.epoch + 1))
    if not changed.rowcount:
        connection.execute(insert(epochs).values(family=family, epoch=1))
