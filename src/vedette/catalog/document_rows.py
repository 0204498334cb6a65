"""Rows of documents: statements within a transaction of `Documents`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, tuple_, update

from vedette.catalog.document_spec import description_of, folder_of, search_text
from vedette.catalog.epochs import raise_epoch
from vedette.catalog.records import Document, DocumentHead, DocumentVersion, DocumentVersionHead
from vedette.catalog.rows import as_record, as_records, as_row
from vedette.catalog.tables import document_tags, document_versions, documents, projects
from vedette.errors import NotFound

FOLDER = "folder"
"""The kind of documents that others are in."""
_DERIVED = ("folded_name", "folder", "description", "search")
_RECORD = [column for column in documents.c if column.name not in _DERIVED]
_HEAD = [column for column in _RECORD if column.name != "spec"] + [documents.c.folder, documents.c.description]
_MAX_WORDS = 10
_VERSION = [column for column in document_versions.c if column.name not in ("project", "kind")]
_VERSION_HEAD = [column for column in _VERSION if column.name != "spec"]


def family(kind: str) -> str:
    """The epoch of the documents of a kind."""
    return f"documents/{kind}"


def check_project(connection: Connection, project: str) -> None:
    """Raises NotFound when there is no such project, or it is deleted."""
    asked = select(projects.c.name).where(projects.c.name == project, projects.c.deleted_ms == 0)
    if connection.execute(asked).first() is None:
        raise NotFound(f"there is no project {project!r}")


def find(connection: Connection, kind: str, project: str, document_id: str) -> Document | None:
    """A document, deleted or not."""
    row = connection.execute(select(*_RECORD).where(_is(kind, project, document_id))).first()
    return None if row is None else as_record(Document, row)


def find_named(connection: Connection, kind: str, project: str, name: str) -> Document | None:
    """The document with this name that is not deleted."""
    named = and_(
        documents.c.project == project, documents.c.kind == kind, documents.c.name == name, documents.c.deleted_ms == 0
    )
    row = connection.execute(select(*_RECORD).where(named)).first()
    return None if row is None else as_record(Document, row)


def count(connection: Connection, project: str) -> int:
    """How many documents of all kinds a project has, those that are deleted not counted."""
    asked = select(func.count()).select_from(documents)
    return connection.execute(asked.where(documents.c.project == project, documents.c.deleted_ms == 0)).scalar_one()


def every(connection: Connection, kind: str, project: str) -> list[Document]:
    """All documents with their content, in the order of their names; `project` empty: of all projects there are."""
    there = select(projects.c.name).where(projects.c.deleted_ms == 0)
    asked = select(*_RECORD).where(
        documents.c.kind == kind, documents.c.deleted_ms == 0, documents.c.project.in_(there)
    )
    if project:
        asked = asked.where(documents.c.project == project)
    ordered = asked.order_by(documents.c.project, documents.c.folded_name, documents.c.id)
    return as_records(Document, connection.execute(ordered))


def page(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    after: tuple[str, str] | None,
    limit: int,
) -> list[tuple[str, DocumentHead]]:
    """(folded name, document without content) in the order of the names, from behind `after` on."""
    asked = select(*_HEAD, documents.c.folded_name).where(*conditions)
    if after is not None:
        asked = asked.where(tuple_(documents.c.folded_name, documents.c.id) > tuple_(*after))
    rows = connection.execute(asked.order_by(documents.c.folded_name, documents.c.id).limit(limit)).mappings().all()
    if not rows:
        return []
    tags = _tags(connection, rows[0]["project"], rows[0]["kind"], [row["id"] for row in rows])
    found = []
    for row in rows:
        fields = dict(row)
        folded = fields.pop("folded_name")
        found.append((folded, DocumentHead(**fields, tags=tuple(tags.get(row["id"], ())))))
    return found


def matching(
    kind: str, project: str, name: str, tag: str, search: str = "", *, include_deleted: bool
) -> list[ColumnElement[bool]]:
    """Conditions on documents; what is empty does not matter. Of `search` every word must be found."""
    conditions = [documents.c.project == project, documents.c.kind == kind]
    if not include_deleted:
        conditions.append(documents.c.deleted_ms == 0)
    if name:
        conditions.append(documents.c.folded_name.contains(name.casefold(), autoescape=True))
    words = search.casefold().split()[:_MAX_WORDS]
    conditions += [documents.c.search.contains(word, autoescape=True) for word in words]
    if tag:
        tagged = select(document_tags.c.document_id).where(
            document_tags.c.project == project, document_tags.c.kind == kind, document_tags.c.tag == tag
        )
        conditions.append(documents.c.id.in_(tagged))
    return conditions


def holds(connection: Connection, project: str, folder: str) -> int:
    """How many documents that are not deleted say that they are in a folder."""
    asked = select(func.count()).select_from(documents)
    there = and_(documents.c.project == project, documents.c.folder == folder, documents.c.deleted_ms == 0)
    return connection.execute(asked.where(there)).scalar_one()


def found(connection: Connection, conditions: Sequence[ColumnElement[bool]], limit: int) -> list[Document]:
    """Documents with their content in the order of their names."""
    asked = select(*_RECORD).where(*conditions).order_by(documents.c.folded_name, documents.c.id).limit(limit)
    return as_records(Document, connection.execute(asked))


def add(connection: Connection, document: Document) -> None:
    """A row that is new."""
    connection.execute(insert(documents).values(_row(document)))
    raise_epoch(connection, family(document.kind))


def save(connection: Connection, document: Document) -> None:
    """All fields of a row that exists."""
    connection.execute(
        update(documents).where(_is(document.kind, document.project, document.id)).values(_row(document))
    )
    raise_epoch(connection, family(document.kind))


def _row(document: Document) -> dict[str, Any]:
    return as_row(document) | {
        "folded_name": document.name.casefold(),
        "folder": folder_of(document.spec),
        "description": description_of(document.spec),
        "search": search_text(document.name, document.spec),
    }


def set_tags(connection: Connection, document: Document, tags: Sequence[str]) -> None:
    """In place of those it had."""
    key = {"project": document.project, "kind": document.kind, "document_id": document.id}
    connection.execute(delete(document_tags).where(*(document_tags.c[name] == value for name, value in key.items())))
    if tags:
        connection.execute(insert(document_tags), [{**key, "tag": tag} for tag in tags])


def add_version(connection: Connection, document: Document, message: str, keep: int) -> None:
    """Note the present state in the history; of it the newest `keep` stay."""
    row: dict[str, Any] = {
        "project": document.project,
        "kind": document.kind,
        "document_id": document.id,
        "version": document.version,
        "name": document.name,
        "spec": document.spec,
        "saved_ms": document.updated_ms,
        "saved_by": document.updated_by,
        "message": message,
    }
    connection.execute(insert(document_versions).values(row))
    old = document_versions.c.version <= document.version - keep
    connection.execute(delete(document_versions).where(_version_of(document), old))


def versions(connection: Connection, document: Document, before: int, limit: int) -> list[DocumentVersionHead]:
    """Newest first; `before` 0: from the newest on."""
    asked = select(*_VERSION_HEAD).where(_version_of(document))
    if before:
        asked = asked.where(document_versions.c.version < before)
    newest_first = asked.order_by(document_versions.c.version.desc()).limit(limit)
    return as_records(DocumentVersionHead, connection.execute(newest_first))


def version(connection: Connection, document: Document, number: int) -> DocumentVersion | None:
    """One saved state."""
    asked = select(*_VERSION).where(_version_of(document), document_versions.c.version == number)
    row = connection.execute(asked).first()
    return None if row is None else as_record(DocumentVersion, row)


def forget_deleted(connection: Connection, project: str, until_ms: int, keep: int) -> None:
    """Remove for ever what was deleted until a moment, and of the rest all but the newest `keep`."""
    deleted = and_(documents.c.project == project, documents.c.deleted_ms > 0)
    connection.execute(delete(documents).where(deleted, documents.c.deleted_ms <= until_ms))
    newest_first = select(documents.c.kind, documents.c.id).where(deleted).order_by(documents.c.deleted_ms.desc())
    for kind, document_id in connection.execute(newest_first.offset(keep).limit(1000)).all():
        connection.execute(delete(documents).where(_is(kind, project, document_id)))


def _tags(connection: Connection, project: str, kind: str, ids: Sequence[str]) -> dict[str, list[str]]:
    asked = select(document_tags.c.document_id, document_tags.c.tag).where(
        document_tags.c.project == project, document_tags.c.kind == kind, document_tags.c.document_id.in_(ids)
    )
    found: dict[str, list[str]] = {}
    for document_id, tag in connection.execute(asked.order_by(document_tags.c.tag)):
        found.setdefault(document_id, []).append(tag)
    return found


def _is(kind: str, project: str, document_id: str) -> ColumnElement[bool]:
    return and_(documents.c.project == project, documents.c.kind == kind, documents.c.id == document_id)


def _version_of(document: Document) -> ColumnElement[bool]:
    return and_(
        document_versions.c.project == document.project,
        document_versions.c.kind == document.kind,
        document_versions.c.document_id == document.id,
    )


def conflict_of(document: Document) -> dict[str, Any]:
    """A document as JSON, for whoever has to choose between two."""
    shown: dict[str, Any] = msgspec.to_builtins(document)
    return shown
