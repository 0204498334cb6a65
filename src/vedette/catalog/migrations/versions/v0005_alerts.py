"""Alerts, what was told about them, and notifications on their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NAMED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "alerts",
        _named("project"),
        _named("fingerprint"),
        *(_text(name) for name in ("labels", "annotations", "state")),
        *(_ms(name) for name in ("active_ms", "changed_ms", "ends_ms")),
        *(_text(name) for name in ("value", "rule", "generator_url")),
        *(_ms(name) for name in ("updated_ms", "seq")),
        *(_text(name) for name in ("acked_by", "ack_note")),
        *(_ms(name) for name in ("acked_ms", "ack_until_ms", "ack_active_ms")),
        sa.PrimaryKeyConstraint("project", "fingerprint"),
    )
    op.create_index("alerts_by_seq", "alerts", ["seq"])
    op.create_table(
        "alert_groups",
        *(_named(name) for name in ("project", "group_key", "target")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("firing", "resolved")),
        _count("number"),
        *(_ms(name) for name in ("notified_ms", "started_ms")),
        _count("steps"),
        _text("thread"),
        sa.PrimaryKeyConstraint("project", "group_key", "target"),
    )
    _outbox()
    _bell()


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _NAMED, primary_key=True),
        _ms("seq"),
        _named("project"),
        *(_text(name) for name in ("target", "contact_point")),
        _count("integration"),
        *(_text(name) for name in ("type", "group_key", "reason")),
        _named("status"),
        _text("digest"),
        _count("attempts"),
        *(_ms(name) for name in ("created_ms", "next_ms", "done_ms")),
        *(_text(name) for name in ("error", "payload")),
    )
    op.create_index("outbox_by_status", "outbox", ["status", "seq"])
    op.create_index("outbox_by_project", "outbox", ["project", "seq"])


def _bell() -> None:
    op.create_table(
        "bell",
        sa.Column("id", _NAMED, primary_key=True),
        _named("project"),
        _ms("time_ms"),
        *(_text(name) for name in ("status", "severity", "title", "text", "group_key")),
        sa.Column("labels", sa.Text, nullable=False),
    )
    op.create_index("bell_by_time", "bell", ["project", "time_ms", "id"])
    op.create_table(
        "bell_reads",
        *(_named(name) for name in ("project", "reader")),
        _ms("read_ms"),
        sa.PrimaryKeyConstraint("project", "reader"),
    )


def _named(name: str) -> sa.Column[str]:
    return sa.Column(name, _NAMED, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _ms(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text("0"))


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0"))
