"""Dashboards, rules and all else that is JSON with a name: versions, a history, no change overwritten unseen."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from vedette.catalog import document_rows as rows
from vedette.catalog.database import Catalog
from vedette.catalog.document_spec import check_id, check_spec, checked_message, checked_name, tags_of
from vedette.catalog.records import Document, DocumentPage, DocumentVersion, DocumentVersionHead
from vedette.catalog.settings import CatalogSettings
from vedette.catalog.tables import storable
from vedette.clock import Clock
from vedette.errors import BadData, Conflict, LimitExceeded, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

Also = Callable[["Connection", Document], None]
"""To be done in the transaction that changes a document: both or none, such as a line of the audit log."""
_MAX_LIMIT: Final = 1000
_ID_BYTES: Final = 12


class Documents:
    """All documents of a catalog. What belongs to another project or kind is not there: every question names both."""

    def __init__(self, catalog: Catalog, clock: Clock, settings: CatalogSettings | None = None) -> None:
        self._catalog = catalog
        self._clock = clock
        self._settings = settings or CatalogSettings()

    def create(
        self,
        kind: str,
        project: str,
        name: str,
        spec: dict[str, Any],
        by: str,
        *,
        document_id: str = "",
        message: str = "",
        also: Also | None = None,
    ) -> Document:
        """A new document with version 1; without `document_id` it gets a random one.

        Raises BadData for a name, id or spec that cannot be, NotFound without the project, Conflict when name or id is
        taken, LimitExceeded when there are too many or it is too large.
        """
        if document_id:
            check_id(document_id)
        name, message, tags = checked_name(name), checked_message(message), self._check(spec)
        now_ms = self._clock.now_ms()
        document = Document(
            kind=kind,
            id=document_id or secrets.token_hex(_ID_BYTES),
            project=project,
            name=name,
            version=1,
            spec=spec,
            created_ms=now_ms,
            created_by=by,
            updated_ms=now_ms,
            updated_by=by,
        )
        with self._catalog.begin() as connection:
            self._check_room(connection, document)
            rows.add(connection, document)
            self._note(connection, document, message, tags)
            _do(also, connection, document)
        return document

    def _check_room(self, connection: Connection, document: Document) -> None:
        rows.check_project(connection, document.project)
        self._forget(connection, document.project)
        self._check_quota(connection, document.project)
        if rows.find(connection, document.kind, document.project, document.id) is not None:
            raise Conflict(f"there is a {document.kind} with id {document.id!r} already, or was until it was deleted")
        self._check_name(connection, document)

    def get(self, kind: str, project: str, document_id: str, *, include_deleted: bool = False) -> Document:
        """Raises NotFound."""
        with self._catalog.read() as connection:
            return _get(connection, kind, project, document_id, include_deleted=include_deleted)

    def list(
        self,
        kind: str,
        project: str,
        *,
        name: str = "",
        tag: str = "",
        search: str = "",
        include_deleted: bool = False,
        limit: int = 100,
        after: str = "",
    ) -> DocumentPage:
        """Documents without their content in the order of their names; those whose name contains a text, in any case.

        Of `search` every word must be in the name, a tag, the description or the title of a widget.

        Raises BadData when `after` is from no page, or `limit` is not 1 to 1000.
        """
        _check_limit(limit)
        conditions = rows.matching(kind, project, name, tag, search, include_deleted=include_deleted)
        with self._catalog.read() as connection:
            found = rows.page(connection, conditions, _read_place(after) if after else None, limit + 1)
        shown = found[:limit]
        more = len(found) > limit
        return DocumentPage(
            documents=tuple(head for _, head in shown),
            next=_write_place(shown[-1][0], shown[-1][1].id) if more else "",
        )

    def search(self, kind: str, project: str, text: str, limit: int) -> tuple[Document, ...]:
        """Documents with their content that `list` finds by `search`. Raises BadData when `limit` is not 1 to 1000."""
        _check_limit(limit)
        conditions = rows.matching(kind, project, "", "", text, include_deleted=False)
        with self._catalog.read() as connection:
            return tuple(rows.found(connection, conditions, limit))

    def every(self, kind: str, project: str = "") -> tuple[Document, ...]:
        """All documents of a kind with their content, of one project or of all; for rooms that act on them.

        Those of projects that are deleted are not among them; deleting a project raises the epoch `identity`.
        """
        with self._catalog.read() as connection:
            return tuple(rows.every(connection, kind, project))

    def epoch(self, kind: str) -> int:
        """A number that grows with every change to documents of a kind, whichever process makes it."""
        return self._catalog.epoch(rows.family(kind))

    def update(
        self,
        kind: str,
        project: str,
        document_id: str,
        *,
        name: str,
        spec: dict[str, Any],
        by: str,
        expected_version: int,
        message: str = "",
        also: Also | None = None,
    ) -> Document:
        """The document as it is then, with the next version.

        Raises Conflict, with `current` and `yours`, when its version is not the expected one; else as `create`.
        """
        name, message, tags = checked_name(name), checked_message(message), self._check(spec)
        with self._catalog.begin() as connection:
            now = _get(connection, kind, project, document_id)
            saved = msgspec.structs.replace(
                now, name=name, spec=spec, version=now.version + 1, updated_ms=self._clock.now_ms(), updated_by=by
            )
            _check_version(now, expected_version, saved)
            self._save(connection, saved, message, tags)
            _do(also, connection, saved)
        return saved

    def delete(
        self, kind: str, project: str, document_id: str, *, by: str, expected_version: int, also: Also | None = None
    ) -> Document:
        """Its name is free then, and for `catalog.deleted_retention` it can be restored.

        Raises as `update`; Conflict for a folder that something is in.
        """
        now_ms = self._clock.now_ms()
        with self._catalog.begin() as connection:
            now = _get(connection, kind, project, document_id)
            deleted = msgspec.structs.replace(now, deleted_ms=now_ms, updated_ms=now_ms, updated_by=by)
            _check_version(now, expected_version, deleted)
            _check_empty(connection, now)
            rows.save(connection, deleted)
            self._forget(connection, project)
            _do(also, connection, deleted)
        return deleted

    def restore(self, kind: str, project: str, document_id: str, *, by: str, also: Also | None = None) -> Document:
        """Bring back what was deleted. Raises NotFound; Conflict when it is not deleted or its name is taken again."""
        with self._catalog.begin() as connection:
            rows.check_project(connection, project)
            self._forget(connection, project)
            now = _get(connection, kind, project, document_id, include_deleted=True)
            if not now.deleted_ms:
                raise Conflict(f"the {kind} {document_id!r} is not deleted")
            self._check_quota(connection, project)
            back = msgspec.structs.replace(now, deleted_ms=0, updated_ms=self._clock.now_ms(), updated_by=by)
            self._check_name(connection, back)
            rows.save(connection, back)
            _do(also, connection, back)
        return back

    def restore_version(
        self,
        kind: str,
        project: str,
        document_id: str,
        version: int,
        *,
        by: str,
        expected_version: int,
        also: Also | None = None,
    ) -> Document:
        """Make a former state the newest version. Raises as `update`, and NotFound when that state is not kept."""
        with self._catalog.begin() as connection:
            now = _get(connection, kind, project, document_id)
            former = _get_version(connection, now, version)
            saved = msgspec.structs.replace(
                now,
                name=former.name,
                spec=former.spec,
                version=now.version + 1,
                updated_ms=self._clock.now_ms(),
                updated_by=by,
            )
            _check_version(now, expected_version, saved)
            self._save(connection, saved, f"version {version} again", tags_of(saved.spec))
            _do(also, connection, saved)
        return saved

    def versions(
        self, kind: str, project: str, document_id: str, *, limit: int = 50, before: int = 0
    ) -> tuple[DocumentVersionHead, ...]:
        """The history without content, newest first, also of what is deleted; `before`: the last version of a page.

        Raises NotFound; BadData when `limit` is not 1 to 1000.
        """
        _check_limit(limit)
        with self._catalog.read() as connection:
            document = _get(connection, kind, project, document_id, include_deleted=True)
            return tuple(rows.versions(connection, document, before, limit))

    def version(self, kind: str, project: str, document_id: str, version: int) -> DocumentVersion:
        """One state of the history. Raises NotFound."""
        with self._catalog.read() as connection:
            document = _get(connection, kind, project, document_id, include_deleted=True)
            return _get_version(connection, document, version)

    def _check(self, spec: dict[str, Any]) -> tuple[str, ...]:
        check_spec(spec, self._settings.max_document_bytes)
        return tags_of(spec)

    def _save(self, connection: Connection, document: Document, message: str, tags: tuple[str, ...]) -> None:
        self._check_name(connection, document)
        rows.save(connection, document)
        self._note(connection, document, message, tags)

    def _note(self, connection: Connection, document: Document, message: str, tags: tuple[str, ...]) -> None:
        rows.set_tags(connection, document, tags)
        rows.add_version(connection, document, message, self._settings.max_document_versions)

    def _check_name(self, connection: Connection, document: Document) -> None:
        other = rows.find_named(connection, document.kind, document.project, document.name)
        if other is not None and other.id != document.id:
            raise Conflict(f"there is a {document.kind} named {document.name!r} already: its id is {other.id}")

    def _check_quota(self, connection: Connection, project: str) -> None:
        most = self._settings.max_documents
        if rows.count(connection, project) >= most:
            raise LimitExceeded(
                f"project {project!r} has {most} documents, as many as catalog.max_documents allows",
                limit="catalog.max_documents",
                value=most,
            )

    def _forget(self, connection: Connection, project: str) -> None:
        until_ms = self._clock.now_ms() - self._settings.deleted_retention_ms
        rows.forget_deleted(connection, project, until_ms, self._settings.max_documents)


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= _MAX_LIMIT:
        raise BadData(f"limit must be 1 to {_MAX_LIMIT}")


def _do(also: Also | None, connection: Connection, document: Document) -> None:
    if also is not None:
        also(connection, document)


def _get(
    connection: Connection, kind: str, project: str, document_id: str, *, include_deleted: bool = False
) -> Document:
    document = rows.find(connection, kind, project, document_id)
    if document is None or (document.deleted_ms and not include_deleted):
        raise NotFound(f"there is no {kind} with id {document_id!r}")
    return document


def _get_version(connection: Connection, document: Document, version: int) -> DocumentVersion:
    found = rows.version(connection, document, version)
    if found is None:
        raise NotFound(f"version {version} of {document.kind} {document.id!r} is not kept")
    return found


def _check_empty(connection: Connection, document: Document) -> None:
    inside = rows.holds(connection, document.project, document.id) if document.kind == rows.FOLDER else 0
    if inside:
        what = "one document is" if inside == 1 else f"{inside} documents are"
        raise Conflict(f"{what} in the folder {document.name!r}: move or delete first what is in it")


def _check_version(now: Document, expected_version: int, yours: Document) -> None:
    if now.version != expected_version:
        raise Conflict(
            f"{now.kind} {now.id!r} was changed meanwhile: it has version {now.version}, not {expected_version}",
            current=rows.conflict_of(now),
            yours=rows.conflict_of(msgspec.structs.replace(yours, version=expected_version)),
        )


def _write_place(folded_name: str, document_id: str) -> str:
    """The place behind a document in the order of names, as a text for a URL."""
    return base64.urlsafe_b64encode(msgspec.json.encode([folded_name, document_id])).decode()


def _read_place(text: str) -> tuple[str, str]:
    try:
        folded_name, document_id = msgspec.json.decode(base64.urlsafe_b64decode(text), type=tuple[str, str])
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise BadData("after: not a text that a former page gave as `next`") from None
    return storable(folded_name), storable(document_id)
