"""What is given away: public links to dashboards, and snapshots with their data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NAMED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "shares",
        sa.Column("id", _NAMED, primary_key=True),
        sa.Column("project", _NAMED, sa.ForeignKey("projects.name"), nullable=False),
        sa.Column("kind", _NAMED, nullable=False),
        sa.Column("token_hash", _NAMED, nullable=False, server_default=""),
        *(_text(name) for name in ("title", "dashboard")),
        sa.Column("is_live", sa.Boolean, nullable=False, server_default=sa.text("false")),
        *(_text(name) for name in ("owner_kind", "owner_id")),
        sa.Column("narrowing", sa.Text, nullable=False),
        *(_ms(name) for name in ("size_bytes", "created_ms")),
        _text("created_by"),
        *(_ms(name) for name in ("expires_ms", "last_seen_ms", "views")),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_index("shares_by_project", "shares", ["project", "kind", "created_ms"])
    op.create_index(
        "shares_by_token",
        "shares",
        ["token_hash"],
        unique=True,
        sqlite_where=sa.text("token_hash <> ''"),
        postgresql_where=sa.text("token_hash <> ''"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _ms(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text("0"))
