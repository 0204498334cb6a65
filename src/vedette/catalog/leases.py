"""Named leases: of all processes that share a catalog one does what must be done once."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from vedette.catalog.tables import leases


def acquire(connection: Connection, name: str, holder: str, now_ms: int, length_ms: int) -> bool:
    """Take a lease that is free, has expired or is one's own, for `length_ms` from now; whether one has it then."""
    until_ms = now_ms + length_ms
    free = (leases.c.name == name) & ((leases.c.expires_ms <= now_ms) | (leases.c.holder == holder))
    if connection.execute(update(leases).where(free).values(holder=holder, expires_ms=until_ms)).rowcount:
        return True
    if holder_of(connection, name, 0) is not None:
        return False
    connection.execute(insert(leases).values(name=name, holder=holder, expires_ms=until_ms))
    return True


def renew(connection: Connection, name: str, holder: str, now_ms: int, length_ms: int) -> bool:
    """Keep a lease that one has; False when it has expired, for then another may have acted meanwhile."""
    mine = (leases.c.name == name) & (leases.c.holder == holder) & (leases.c.expires_ms > now_ms)
    return bool(connection.execute(update(leases).where(mine).values(expires_ms=now_ms + length_ms)).rowcount)


def release(connection: Connection, name: str, holder: str) -> None:
    """Give a lease back; nothing happens when another has it."""
    connection.execute(delete(leases).where((leases.c.name == name) & (leases.c.holder == holder)))


def holder_of(connection: Connection, name: str, now_ms: int) -> str | None:
    """Who has a lease at a moment; None: nobody."""
    asked = select(leases.c.holder).where(leases.c.name == name, leases.c.expires_ms > now_ms)
    return connection.execute(asked).scalar()
