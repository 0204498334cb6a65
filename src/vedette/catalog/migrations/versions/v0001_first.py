"""The first schema: users, roles, projects, sessions, keys, audit log, documents, leases."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NAMED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make all tables; the project `default` is there from the beginning."""
    _identity()
    _credentials()
    _audit()
    _documents()
    op.create_table("leases", _key("name"), _text("holder"), _ms("expires_ms"))
    epochs = op.create_table("epochs", _key("family"), sa.Column("epoch", sa.BigInteger, nullable=False))
    op.bulk_insert(epochs, [{"family": "identity", "epoch": 1}, {"family": "audit", "epoch": 0}])


def _named(name: str, *more: Any, **options: Any) -> sa.Column[str]:
    return sa.Column(name, _NAMED, *more, nullable=False, **options)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, _NAMED, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _json(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _ms(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text("0"))


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1"))


def _unique_where(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def _identity() -> None:
    projects = op.create_table(
        "projects", _key("name"), _text("title"), _json("limits"), _version(), _ms("created_ms"), _ms("deleted_ms")
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    now_ms = "CAST(strftime('%s', 'now') AS INTEGER) * 1000" if on_sqlite else "floor(extract(epoch FROM now()) * 1000)"
    op.execute(projects.insert().values(name="default", limits="{}", created_ms=sa.literal_column(now_ms)))
    op.create_table(
        "users",
        _key("id"),
        _named("name", unique=True),
        *(_text(name) for name in ("email", "display_name", "password_hash")),
        _ms("password_changed_ms"),
        sa.Column("is_instance_admin", sa.Boolean, nullable=False, server_default=sa.text("false")),
        _text("totp_secret"),
        _ms("totp_last_step"),
        _json("recovery_hashes"),
        *(_text(name) for name in ("oidc_issuer", "oidc_subject")),
        *(_ms(name) for name in ("created_ms", "last_login_ms", "disabled_ms")),
    )
    _unique_where("users_by_oidc", "users", ["oidc_issuer", "oidc_subject"], "oidc_subject <> ''")
    op.create_table("roles", _key("name"), _text("description"), _json("permissions"), _text("selector"), _version())
    op.create_table(
        "memberships",
        _named("user_id", sa.ForeignKey("users.id", ondelete="CASCADE")),
        _named("project", sa.ForeignKey("projects.name")),
        _text("role"),
        sa.PrimaryKeyConstraint("user_id", "project"),
    )
    op.create_index("memberships_by_project", "memberships", ["project"])


def _credentials() -> None:
    op.create_table(
        "sessions",
        _key("id"),
        _named("token_hash", unique=True),
        _text("csrf_token"),
        _named("user_id", sa.ForeignKey("users.id", ondelete="CASCADE")),
        _text("method"),
        *(_ms(name) for name in ("created_ms", "last_seen_ms", "expires_ms")),
        *(_text(name) for name in ("address", "user_agent")),
    )
    op.create_index("sessions_by_user", "sessions", ["user_id"])
    op.create_table(
        "api_keys",
        _key("id"),
        *(_text(name) for name in ("name", "prefix")),
        _named("secret_hash", unique=True),
        _named("project", sa.ForeignKey("projects.name")),
        _json("scopes"),
        _text("owner_id"),
        *(_ms(name) for name in ("created_ms", "expires_ms", "last_used_ms", "revoked_ms")),
    )
    op.create_index("api_keys_by_project", "api_keys", ["project"])


def _audit() -> None:
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        _ms("time_ms"),
        *(_text(name) for name in ("actor_kind", "actor_id", "actor", "action", "object_kind", "object_id")),
        *(_text(name) for name in ("project", "address", "result")),
        _json("detail"),
        *(_text(name) for name in ("request_id", "previous_hash", "hash")),
    )
    for name, column in (("time", "time_ms"), ("actor", "actor"), ("action", "action"), ("project", "project")):
        op.create_index(f"audit_log_by_{name}", "audit_log", [column, "seq"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{verb.lower()} BEFORE {verb} ON audit_log "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()"
    )


def _documents() -> None:
    op.create_table(
        "documents",
        _named("project", sa.ForeignKey("projects.name")),
        *(_named(name) for name in ("kind", "id", "name", "folded_name")),
        _version(),
        _json("spec"),
        _ms("created_ms"),
        _text("created_by"),
        _ms("updated_ms"),
        _text("updated_by"),
        _ms("deleted_ms"),
        sa.PrimaryKeyConstraint("project", "kind", "id"),
    )
    _unique_where("documents_by_name", "documents", ["project", "kind", "name"], "deleted_ms = 0")
    op.create_index("documents_by_deletion", "documents", ["project", "deleted_ms"])
    op.create_index("documents_in_order", "documents", ["project", "kind", "folded_name", "id"])
    op.create_table(
        "document_versions",
        *(_named(name) for name in ("project", "kind", "document_id")),
        _version(),
        _text("name"),
        _json("spec"),
        _ms("saved_ms"),
        *(_text(name) for name in ("saved_by", "message")),
        sa.PrimaryKeyConstraint("project", "kind", "document_id", "version"),
        _to_document(),
    )
    op.create_table(
        "document_tags",
        *(_named(name) for name in ("project", "kind", "document_id", "tag")),
        sa.PrimaryKeyConstraint("project", "kind", "tag", "document_id"),
        _to_document(),
    )
    op.create_index("document_tags_by_document", "document_tags", ["project", "kind", "document_id"])


def _to_document() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project", "kind", "document_id"],
        ["documents.project", "documents.kind", "documents.id"],
        ondelete="CASCADE",
    )
