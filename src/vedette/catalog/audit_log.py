"""The audit log: lines without gaps, each with the hash of the one before; the database lets none be changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, insert, select, update

from vedette.catalog.epochs import epoch_of
from vedette.catalog.records import AuditEntry
from vedette.catalog.rows import as_records, as_row
from vedette.catalog.tables import audit_log, epochs, storable

FAMILY: Final = "audit"
"""The epoch that is the number of the last line: a log whose end was cut off does not reach it."""
_AT_ONCE: Final = 1000


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines; what is empty does not matter."""

    since_ms: int = 0
    until_ms: int = 0
    """Exclusive; 0: no end."""
    actor: str = ""
    actor_id: str = ""
    action: str = ""
    """An action, or with a dot at its end all that begin so: `user.`."""
    object_kind: str = ""
    object_id: str = ""
    project: str | None = None
    address: str = ""
    result: str = ""


def append(connection: Connection, entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    """Add lines in this order; as they are then. `seq` and the hashes of what is given are not looked at.

    The transaction must be one that writes (`Catalog.begin`): it is alone, so the chain has one end.
    """
    seq = epoch_of(connection, FAMILY)
    previous = connection.execute(select(audit_log.c.hash).where(audit_log.c.seq == seq)).scalar() or ""
    sealed = []
    for entry in entries:
        seq += 1
        line = msgspec.structs.replace(_storable(entry), seq=seq, previous_hash=previous, hash="")
        previous = hash_of(line)
        sealed.append(msgspec.structs.replace(line, hash=previous))
    if sealed:
        connection.execute(insert(audit_log), [as_row(line) for line in sealed])
        connection.execute(update(epochs).where(epochs.c.family == FAMILY).values(epoch=seq))
    return sealed


def _storable(entry: AuditEntry) -> AuditEntry:
    """The line as it will be read again: what somebody tries to log in as may be no text that a database takes."""
    fields: dict[str, Any] = {
        name: storable(value) for name, value in msgspec.structs.asdict(entry).items() if isinstance(value, str)
    }
    try:
        detail = msgspec.json.decode(msgspec.json.encode(entry.detail))
    except UnicodeEncodeError:
        detail = {"unreadable": storable(repr(entry.detail))}
    return msgspec.structs.replace(entry, **fields, detail=detail)


def hash_of(entry: AuditEntry) -> str:
    """SHA-256 of a line as JSON with sorted names and without its own hash, in hexadecimal."""
    fields = msgspec.to_builtins(entry)
    del fields["hash"]
    return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()


def search(connection: Connection, wanted: AuditFilter, limit: int, before_seq: int = 0) -> list[AuditEntry]:
    """The newest lines first; the next page begins before the last `seq` of this one."""
    asked = _matching(wanted).order_by(audit_log.c.seq.desc()).limit(limit)
    if before_seq:
        asked = asked.where(audit_log.c.seq < before_seq)
    return as_records(AuditEntry, connection.execute(asked))


def in_order(connection: Connection, wanted: AuditFilter, after_seq: int = 0) -> Iterator[AuditEntry]:
    """All lines that match, oldest first, read a thousand at a time; for exports and the check."""
    while True:
        asked = _matching(wanted).where(audit_log.c.seq > after_seq).order_by(audit_log.c.seq).limit(_AT_ONCE)
        found = as_records(AuditEntry, connection.execute(asked))
        yield from found
        if len(found) < _AT_ONCE:
            return
        after_seq = found[-1].seq


def verify(connection: Connection) -> list[str]:
    """What is wrong with the chain, in words; empty when each line follows from the one before and none is missing."""
    problems: list[str] = []
    seq, previous = 0, ""
    for entry in in_order(connection, AuditFilter()):
        if entry.seq != seq + 1:
            problems.append(f"lines {seq + 1} to {entry.seq - 1} are missing")
        elif entry.previous_hash != previous:
            problems.append(f"line {entry.seq} does not follow from line {seq}")
        if hash_of(entry) != entry.hash:
            problems.append(f"line {entry.seq} was changed")
        seq, previous = entry.seq, entry.hash
    end = epoch_of(connection, FAMILY)
    if seq < end:
        problems.append(f"lines {seq + 1} to {end} are missing")
    elif seq > end:
        problems.append(f"lines {end + 1} to {seq} were not written by Vedette")
    return problems


def _matching(wanted: AuditFilter) -> Select[tuple[object, ...]]:
    asked = select(audit_log)
    if wanted.since_ms:
        asked = asked.where(audit_log.c.time_ms >= wanted.since_ms)
    if wanted.until_ms:
        asked = asked.where(audit_log.c.time_ms < wanted.until_ms)
    if wanted.action.endswith("."):
        asked = asked.where(audit_log.c.action.startswith(wanted.action, autoescape=True))
    elif wanted.action:
        asked = asked.where(audit_log.c.action == wanted.action)
    if wanted.project is not None:
        asked = asked.where(audit_log.c.project == wanted.project)
    for name in ("actor", "actor_id", "object_kind", "object_id", "address", "result"):
        value = getattr(wanted, name)
        if value:
            asked = asked.where(audit_log.c[name] == value)
    return asked
