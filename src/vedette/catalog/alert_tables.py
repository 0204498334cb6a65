"""Tables of alerts, of what was told about them, and of notifications on their way."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, text

from vedette.catalog.tables import METADATA, JsonText, NamedText, PlainText


def _text(name: str) -> Column[str]:
    return Column(name, PlainText, nullable=False, server_default="")


def _ms(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


alerts: Final = Table(
    "alerts",
    METADATA,
    Column("project", NamedText, nullable=False),
    Column("fingerprint", NamedText, nullable=False),
    *(_text(name) for name in ("labels", "annotations", "state")),
    *(_ms(name) for name in ("active_ms", "changed_ms", "ends_ms")),
    *(_text(name) for name in ("value", "rule", "generator_url")),
    *(_ms(name) for name in ("updated_ms", "seq")),
    *(_text(name) for name in ("acked_by", "ack_note")),
    *(_ms(name) for name in ("acked_ms", "ack_until_ms", "ack_active_ms")),
    PrimaryKeyConstraint("project", "fingerprint"),
)
Index("alerts_by_seq", alerts.c.seq)

alert_groups: Final = Table(
    "alert_groups",
    METADATA,
    Column("project", NamedText, nullable=False),
    Column("group_key", NamedText, nullable=False),
    Column("target", NamedText, nullable=False),
    Column("firing", JsonText(tuple[str, ...]), nullable=False),
    Column("resolved", JsonText(tuple[str, ...]), nullable=False),
    _count("number"),
    *(_ms(name) for name in ("notified_ms", "started_ms")),
    _count("steps"),
    _text("thread"),
    PrimaryKeyConstraint("project", "group_key", "target"),
)

outbox: Final = Table(
    "outbox",
    METADATA,
    Column("id", NamedText, primary_key=True),
    _ms("seq"),
    Column("project", NamedText, nullable=False),
    *(_text(name) for name in ("target", "contact_point")),
    _count("integration"),
    *(_text(name) for name in ("type", "group_key", "reason")),
    Column("status", NamedText, nullable=False),
    _text("digest"),
    _count("attempts"),
    *(_ms(name) for name in ("created_ms", "next_ms", "done_ms")),
    *(_text(name) for name in ("error", "payload")),
)
Index("outbox_by_status", outbox.c.status, outbox.c.seq)
Index("outbox_by_project", outbox.c.project, outbox.c.seq)

bell: Final = Table(
    "bell",
    METADATA,
    Column("id", NamedText, primary_key=True),
    Column("project", NamedText, nullable=False),
    _ms("time_ms"),
    *(_text(name) for name in ("status", "severity", "title", "text", "group_key")),
    Column("labels", JsonText(dict[str, str]), nullable=False),
)
Index("bell_by_time", bell.c.project, bell.c.time_ms, bell.c.id)

bell_reads: Final = Table(
    "bell_reads",
    METADATA,
    Column("project", NamedText, nullable=False),
    Column("reader", NamedText, nullable=False),
    _ms("read_ms"),
    PrimaryKeyConstraint("project", "reader"),
)
