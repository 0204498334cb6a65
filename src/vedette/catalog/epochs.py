"""Numbers that say whether something changed: one row for each family of tables, raised by whatever changes it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from vedette.catalog.database import IDENTITY
from vedette.catalog.tables import epochs

# Asked several times a second: a statement that is made anew costs more than its answer.
_ONE: Final = select(epochs.c.epoch).where(epochs.c.family == bindparam("family"))
_ALL: Final = select(epochs.c.family, epochs.c.epoch)


def epoch_of(connection: Connection, family: str = IDENTITY) -> int:
    """The number of a family; 0 while nothing has ever changed."""
    found = connection.execute(_ONE, {"family": family}).scalar()
    return 0 if found is None else int(found)


def all_epochs(connection: Connection) -> dict[str, int]:
    """The numbers of all families that have ever changed, in one question."""
    return {family: int(epoch) for family, epoch in connection.execute(_ALL)}


def raise_epoch(connection: Connection, family: str = IDENTITY) -> None:
    """Say, within the transaction that makes it, that there is a change."""
    changed = connection.execute(update(epochs).where(epochs.c.family == family).values(epoch=epochs.c.epoch + 1))
    if not changed.rowcount:
        connection.execute(insert(epochs).values(family=family, epoch=1))
