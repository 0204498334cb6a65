"""Annotations: marks on the time axis that people and programs make."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NAMED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "annotations",
        sa.Column("project", _NAMED, sa.ForeignKey("projects.name"), nullable=False),
        sa.Column("id", _NAMED, nullable=False),
        *(_ms(name) for name in ("time_ms", "end_ms")),
        *(_text(name) for name in ("title", "text")),
        sa.Column("tags", sa.Text, nullable=False),
        *(_text(name) for name in ("dashboard", "widget")),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        _ms("created_ms"),
        _text("created_by"),
        _ms("updated_ms"),
        _text("updated_by"),
        sa.PrimaryKeyConstraint("project", "id"),
    )
    op.create_index("annotations_by_time", "annotations", ["project", "time_ms", "id"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _ms(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text("0"))
