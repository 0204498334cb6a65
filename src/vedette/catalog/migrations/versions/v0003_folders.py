"""Lists say which folder a document is in and what it is about, and find it by words; preferences of people."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from vedette.catalog.document_spec import description_of, folder_of, search_text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAMED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_AT_ONCE = 500
_FILLED = ("folder", "description", "search")


def upgrade() -> None:
    """Add the columns, fill them from the documents there are, and make the table of preferences."""
    for name in _FILLED:
        op.add_column("documents", sa.Column(name, sa.Text, nullable=False, server_default=""))
    _fill(op.get_bind())
    op.create_table(
        "preferences",
        sa.Column("user_id", _NAMED, nullable=False),
        sa.Column("project", _NAMED, sa.ForeignKey("projects.name"), nullable=False),
        sa.Column("kind", _NAMED, nullable=False),
        sa.Column("value", _NAMED, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("user_id", "project", "kind", "value"),
    )


def _fill(connection: sa.Connection) -> None:
    table = sa.table("documents", *map(sa.column, ("project", "kind", "id", "name", "spec", *_FILLED)))
    keys = connection.execute(sa.select(table.c.project, table.c.kind, table.c.id)).all()
    change = sa.update(table).where(
        table.c.project == sa.bindparam("of_project"),
        table.c.kind == sa.bindparam("of_kind"),
        table.c.id == sa.bindparam("of_id"),
    )
    for begin in range(0, len(keys), _AT_ONCE):
        values = []
        for project, kind, document_id in keys[begin : begin + _AT_ONCE]:
            one = sa.and_(table.c.project == project, table.c.kind == kind, table.c.id == document_id)
            name, text = connection.execute(sa.select(table.c.name, table.c.spec).where(one)).one()
            spec = json.loads(text)
            values.append(
                {
                    "of_project": project,
                    "of_kind": kind,
                    "of_id": document_id,
                    "folder": folder_of(spec),
                    "description": description_of(spec),
                    "search": search_text(name, spec),
                }
            )
        connection.execute(change.values({name: sa.bindparam(name) for name in _FILLED}), values)
