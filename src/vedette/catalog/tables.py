"""The tables as they are now, for SQLAlchemy Core. How they came to be is in migrations/; a test compares the two."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.types import TypeEngine

from vedette.catalog.records import ProjectLimits

HEAD: Final = "0005"
"""The newest revision of the schema; what is stored with another one is migrated at open."""


def storable(value: str) -> str:
    """The text with a sign in place of what PostgreSQL does not take: the character 0 and halves of a pair."""
    if value.isascii():
        return value.replace("\0", "\ufffd") if "\0" in value else value
    return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


class PlainText(TypeDecorator[str]):
    """Any text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        return None if value is None else storable(value)


class NamedText(PlainText):
    """Text that is sorted or paged by: in the order of its bytes on every back end and in every locale."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())


class JsonText(TypeDecorator[Any]):
    """A value that msgspec can describe, as JSON text, which both back ends keep as it is."""

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002 - SQLAlchemy's
        return msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - as above
        return None if value is None else msgspec.json.decode(value, type=self.shape)


def _text(name: str) -> Column[str]:
    return Column(name, PlainText, nullable=False, server_default="")


def _ms(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False, server_default=text("1"))


METADATA: Final = MetaData()

epochs: Final = Table(
    "epochs",
    METADATA,
    Column("family", NamedText, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
)

projects: Final = Table(
    "projects",
    METADATA,
    Column("name", NamedText, primary_key=True),
    _text("title"),
    Column("limits", JsonText(ProjectLimits), nullable=False),
    _version(),
    _ms("created_ms"),
    _ms("deleted_ms"),
)

users: Final = Table(
    "users",
    METADATA,
    Column("id", NamedText, primary_key=True),
    Column("name", NamedText, nullable=False, unique=True),
    _text("email"),
    _text("display_name"),
    _text("password_hash"),
    _ms("password_changed_ms"),
    Column("is_instance_admin", Boolean, nullable=False, server_default=text("false")),
    _text("totp_secret"),
    _ms("totp_last_step"),
    Column("recovery_hashes", JsonText(tuple[str, ...]), nullable=False),
    _text("oidc_issuer"),
    _text("oidc_subject"),
    _ms("created_ms"),
    _ms("last_login_ms"),
    _ms("disabled_ms"),
)
Index(
    "users_by_oidc",
    users.c.oidc_issuer,
    users.c.oidc_subject,
    unique=True,
    sqlite_where=text("oidc_subject <> ''"),
    postgresql_where=text("oidc_subject <> ''"),
)

roles: Final = Table(
    "roles",
    METADATA,
    Column("name", NamedText, primary_key=True),
    _text("description"),
    Column("permissions", JsonText(tuple[str, ...]), nullable=False),
    _text("selector"),
    _version(),
)

memberships: Final = Table(
    "memberships",
    METADATA,
    Column("user_id", NamedText, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("project", NamedText, ForeignKey("projects.name"), nullable=False),
    _text("role"),
    PrimaryKeyConstraint("user_id", "project"),
)
Index("memberships_by_project", memberships.c.project)

sessions: Final = Table(
    "sessions",
    METADATA,
    Column("id", NamedText, primary_key=True),
    Column("token_hash", NamedText, nullable=False, unique=True),
    _text("csrf_token"),
    Column("user_id", NamedText, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    _text("method"),
    _ms("created_ms"),
    _ms("last_seen_ms"),
    _ms("expires_ms"),
    _text("address"),
    _text("user_agent"),
)
Index("sessions_by_user", sessions.c.user_id)

api_keys: Final = Table(
    "api_keys",
    METADATA,
    Column("id", NamedText, primary_key=True),
    _text("name"),
    _text("prefix"),
    Column("secret_hash", NamedText, nullable=False, unique=True),
    Column("project", NamedText, ForeignKey("projects.name"), nullable=False),
    Column("scopes", JsonText(tuple[str, ...]), nullable=False),
    _text("owner_id"),
    _ms("created_ms"),
    _ms("expires_ms"),
    _ms("last_used_ms"),
    _ms("revoked_ms"),
)
Index("api_keys_by_project", api_keys.c.project)

audit_log: Final = Table(
    "audit_log",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _ms("time_ms"),
    _text("actor_kind"),
    _text("actor_id"),
    _text("actor"),
    _text("action"),
    _text("object_kind"),
    _text("object_id"),
    _text("project"),
    _text("address"),
    _text("result"),
    Column("detail", JsonText(dict[str, Any]), nullable=False),
    _text("request_id"),
    _text("previous_hash"),
    _text("hash"),
)
Index("audit_log_by_time", audit_log.c.time_ms, audit_log.c.seq)
Index("audit_log_by_actor", audit_log.c.actor, audit_log.c.seq)
Index("audit_log_by_action", audit_log.c.action, audit_log.c.seq)
Index("audit_log_by_project", audit_log.c.project, audit_log.c.seq)

documents: Final = Table(
    "documents",
    METADATA,
    Column("project", NamedText, ForeignKey("projects.name"), nullable=False),
    Column("kind", NamedText, nullable=False),
    Column("id", NamedText, nullable=False),
    Column("name", NamedText, nullable=False),
    Column("folded_name", NamedText, nullable=False),
    _version(),
    Column("spec", JsonText(dict[str, Any]), nullable=False),
    _ms("created_ms"),
    _text("created_by"),
    _ms("updated_ms"),
    _text("updated_by"),
    _ms("deleted_ms"),
    _text("folder"),
    _text("description"),
    _text("search"),
    PrimaryKeyConstraint("project", "kind", "id"),
)
Index(
    "documents_by_name",
    documents.c.project,
    documents.c.kind,
    documents.c.name,
    unique=True,
    sqlite_where=text("deleted_ms = 0"),
    postgresql_where=text("deleted_ms = 0"),
)
Index("documents_by_deletion", documents.c.project, documents.c.deleted_ms)
Index("documents_in_order", documents.c.project, documents.c.kind, documents.c.folded_name, documents.c.id)

document_versions: Final = Table(
    "document_versions",
    METADATA,
    Column("project", NamedText, nullable=False),
    Column("kind", NamedText, nullable=False),
    Column("document_id", NamedText, nullable=False),
    _version(),
    _text("name"),
    Column("spec", JsonText(dict[str, Any]), nullable=False),
    _ms("saved_ms"),
    _text("saved_by"),
    _text("message"),
    PrimaryKeyConstraint("project", "kind", "document_id", "version"),
    ForeignKeyConstraint(
        ["project", "kind", "document_id"],
        ["documents.project", "documents.kind", "documents.id"],
        ondelete="CASCADE",
    ),
)

document_tags: Final = Table(
    "document_tags",
    METADATA,
    Column("project", NamedText, nullable=False),
    Column("kind", NamedText, nullable=False),
    Column("document_id", NamedText, nullable=False),
    Column("tag", NamedText, nullable=False),
    PrimaryKeyConstraint("project", "kind", "tag", "document_id"),
    ForeignKeyConstraint(
        ["project", "kind", "document_id"],
        ["documents.project", "documents.kind", "documents.id"],
        ondelete="CASCADE",
    ),
)
Index("document_tags_by_document", document_tags.c.project, document_tags.c.kind, document_tags.c.document_id)

annotation_table: Final = Table(
    "annotations",
    METADATA,
    Column("project", NamedText, ForeignKey("projects.name"), nullable=False),
    Column("id", NamedText, nullable=False),
    _ms("time_ms"),
    _ms("end_ms"),
    _text("title"),
    _text("text"),
    Column("tags", JsonText(tuple[str, ...]), nullable=False),
    _text("dashboard"),
    _text("widget"),
    _version(),
    _ms("created_ms"),
    _text("created_by"),
    _ms("updated_ms"),
    _text("updated_by"),
    PrimaryKeyConstraint("project", "id"),
)
Index("annotations_by_time", annotation_table.c.project, annotation_table.c.time_ms, annotation_table.c.id)

preference_table: Final = Table(
    "preferences",
    METADATA,
    Column("user_id", NamedText, nullable=False),
    Column("project", NamedText, ForeignKey("projects.name"), nullable=False),
    Column("kind", NamedText, nullable=False),
    Column("value", NamedText, nullable=False),
    _ms("changed_ms"),
    PrimaryKeyConstraint("user_id", "project", "kind", "value"),
)

shares: Final = Table(
    "shares",
    METADATA,
    Column("id", NamedText, primary_key=True),
    Column("project", NamedText, ForeignKey("projects.name"), nullable=False),
    Column("kind", NamedText, nullable=False),
    Column("token_hash", NamedText, nullable=False, server_default=""),
    _text("title"),
    _text("dashboard"),
    Column("is_live", Boolean, nullable=False, server_default=text("false")),
    _text("owner_kind"),
    _text("owner_id"),
    Column("narrowing", JsonText(tuple[str, ...]), nullable=False),
    _ms("size_bytes"),
    _ms("created_ms"),
    _text("created_by"),
    _ms("expires_ms"),
    _ms("last_seen_ms"),
    _ms("views"),
    Column("content", LargeBinary, nullable=False),
)
Index("shares_by_project", shares.c.project, shares.c.kind, shares.c.created_ms)
Index(
    "shares_by_token",
    shares.c.token_hash,
    unique=True,
    sqlite_where=text("token_hash <> ''"),
    postgresql_where=text("token_hash <> ''"),
)

leases: Final = Table(
    "leases",
    METADATA,
    Column("name", NamedText, primary_key=True),
    _text("holder"),
    _ms("expires_ms"),
)
