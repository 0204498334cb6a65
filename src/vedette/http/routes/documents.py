"""`/api/v1/documents/{kind}`: make, list, change, delete and restore documents, and their history.

A change names the version that it is based on by `If-Match`; who is not up to date gets 409 with both versions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.catalog.document_spec import MAX_MESSAGE, MAX_NAME
from vedette.catalog.records import Document
from vedette.errors import BadData, Conflict, NotFound
from vedette.http.document_audit import noting
from vedette.http.document_kinds import KINDS, DocumentKind
from vedette.http.gate import Caller, caller
from vedette.http.json_requests import (
    MAX_VERSION_DIGITS,
    Threads,
    answer,
    expected_version,
    flag,
    number,
    read_document,
)

if TYPE_CHECKING:
    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Also, Documents

_PATH: Final = "/api/v1/documents/{kind}"
_MAX_SEARCH: Final = 200
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
Message = Annotated[str, msgspec.Meta(max_length=MAX_MESSAGE)]


class NewDocument(msgspec.Struct, forbid_unknown_fields=True):
    """What makes a document; without `id` it gets a random one."""

    name: Name
    spec: dict[str, Any]
    id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{0,64}$")] = ""
    message: Message = ""


class ChangedDocument(msgspec.Struct, forbid_unknown_fields=True):
    """The whole new state of a document."""

    name: Name
    spec: dict[str, Any]
    message: Message = ""


class Restoration(msgspec.Struct, forbid_unknown_fields=True):
    """The version to go back to; 0: bring back a document that is deleted, as it was."""

    version: Annotated[int, msgspec.Meta(ge=0, le=10**MAX_VERSION_DIGITS - 1)] = 0


def any_change(_kind: str, _project: str, _document_id: str) -> None:
    """Where all documents may be changed by whoever may change documents."""


class DocumentRoutes:
    """Endpoints; what waits for the database runs in threads."""

    def __init__(
        self,
        documents: Callable[[], Documents],
        audit: Callable[[], Audit],
        threads: Threads,
        max_document_bytes: int,
        kinds: Mapping[str, DocumentKind],
        check_change: Callable[[str, str, str], None],
    ) -> None:
        self._documents = documents
        self._audit = audit
        self._threads = threads
        self._max_document_bytes = max_document_bytes
        self._kinds = kinds
        self._check_change = check_change

    async def list(self, request: Request) -> Response:
        """Without content, by name."""
        kind, who = self._may(request, change=False)
        asked = request.query_params
        include_deleted = flag(asked, "deleted")
        if include_deleted:
            # What was thrown away is shown to those who may bring it back.
            who.actor.require(kind.write, who.project)
        search = asked.get("search", "")
        if len(search) > _MAX_SEARCH:
            raise BadData(f"search: {len(search)} characters are more than {_MAX_SEARCH}")
        page = await self._threads.run(
            lambda: self._documents().list(
                kind.name,
                who.project,
                name=asked.get("name", ""),
                tag=asked.get("tag", ""),
                search=search,
                include_deleted=include_deleted,
                limit=number(asked, "limit", 100),
                after=asked.get("after", ""),
            )
        )
        return answer(page.documents, next=page.next)

    async def create(self, request: Request) -> Response:
        """Answers 201."""
        kind, who = self._may(request, change=True)
        new = await read_document(request, NewDocument, self._max_document_bytes)
        kind.check(new.spec)
        document = await self._change(
            kind,
            lambda: self._documents().create(
                kind.name,
                who.project,
                new.name,
                kind.keep(new.spec, None),
                who.principal.name,
                document_id=new.id,
                message=new.message,
                also=self._noting(who, "create"),
            ),
        )
        made = _document(kind, document, 201)
        made.headers["location"] = f"/api/v1/documents/{kind.name}/{document.id}"
        return made

    async def get(self, request: Request) -> Response:
        """With content."""
        kind, who = self._may(request, change=False)
        document_id = request.path_params["id"]
        found = await self._threads.run(lambda: self._documents().get(kind.name, who.project, document_id))
        return _document(kind, found)

    async def update(self, request: Request) -> Response:
        """The whole document anew."""
        kind, who = self._may(request, change=True)
        expected = expected_version(request)
        changed = await read_document(request, ChangedDocument, self._max_document_bytes)
        kind.check(changed.spec)
        document_id = request.path_params["id"]

        def save() -> Document:
            former = self._documents().get(kind.name, who.project, document_id).spec if kind.show else None
            return self._documents().update(
                kind.name,
                who.project,
                document_id,
                name=changed.name,
                spec=kind.keep(changed.spec, former),
                by=who.principal.name,
                expected_version=expected,
                message=changed.message,
                also=self._noting(who, "update"),
            )

        return _document(kind, await self._change(kind, save))

    async def delete(self, request: Request) -> Response:
        """It can be restored for some time."""
        kind, who = self._may(request, change=True)
        expected = expected_version(request)
        document_id, by, also = request.path_params["id"], who.principal.name, self._noting(who, "delete")
        deleted = await self._change(
            kind,
            lambda: self._documents().delete(
                kind.name, who.project, document_id, by=by, expected_version=expected, also=also
            ),
        )
        return _document(kind, deleted)

    async def restore(self, request: Request) -> Response:
        """From being deleted, or to a former version."""
        kind, who = self._may(request, change=True)
        version = (await read_document(request, Restoration, self._max_document_bytes)).version
        document_id, by, also = request.path_params["id"], who.principal.name, self._noting(who, "restore")
        if version:
            expected = expected_version(request)
            back = await self._change(
                kind,
                lambda: self._documents().restore_version(
                    kind.name, who.project, document_id, version, by=by, expected_version=expected, also=also
                ),
            )
            return _document(kind, back)
        back = await self._threads.run(
            lambda: self._documents().restore(kind.name, who.project, document_id, by=by, also=also)
        )
        return _document(kind, back)

    async def versions(self, request: Request) -> Response:
        """Without content, newest first."""
        kind, who = self._may(request, change=False)
        asked, document_id = request.query_params, request.path_params["id"]
        limit, before = number(asked, "limit", 50), number(asked, "before", max_digits=MAX_VERSION_DIGITS)
        found = await self._threads.run(
            lambda: self._documents().versions(kind.name, who.project, document_id, limit=limit, before=before)
        )
        return answer(found)

    async def version(self, request: Request) -> Response:
        """With content."""
        kind, who = self._may(request, change=False)
        document_id = request.path_params["id"]
        version = number(request.path_params, "version", max_digits=MAX_VERSION_DIGITS)
        found = await self._threads.run(lambda: self._documents().version(kind.name, who.project, document_id, version))
        return answer(msgspec.structs.replace(found, spec=kind.show(found.spec)) if kind.show else found)

    def _may(self, request: Request, *, change: bool) -> tuple[DocumentKind, Caller]:
        """The kind and who asks. Raises NotFound for an unknown kind, Forbidden for one that is not theirs."""
        who = caller(request.scope)
        name = request.path_params["kind"]
        kind = self._kinds.get(name)
        if kind is None:
            raise NotFound(f"there are no documents of kind {name[:100]!r}; there are {', '.join(self._kinds)}")
        who.actor.require(kind.write if change else kind.read, who.project)
        if change and "id" in request.path_params:
            self._check_change(name, who.project, request.path_params["id"])
        return kind, who

    def _noting(self, who: Caller, verb: str) -> Also:
        return noting(self._audit(), who, verb)

    async def _change(self, kind: DocumentKind, job: Callable[[], Document]) -> Document:
        """Both sides of a conflict are shown as documents are."""
        try:
            return await self._threads.run(job)
        except Conflict as error:
            for side in (error.current, error.yours):
                if kind.show is not None and isinstance(side, dict) and isinstance(side.get("spec"), dict):
                    side["spec"] = kind.show(side["spec"])
            raise


def routes(
    documents: Callable[[], Documents],
    audit: Callable[[], Audit],
    threads: Threads,
    max_document_bytes: int,
    kinds: Mapping[str, DocumentKind] = KINDS,
    check_change: Callable[[str, str, str], None] = any_change,
) -> list[BaseRoute]:
    """`documents` and `audit` are called in threads, and may open the catalog first.

    `check_change` is asked with kind, project and id before one is changed, and raises Forbidden.
    """
    them = DocumentRoutes(documents, audit, threads, max_document_bytes, kinds, check_change)
    return [
        Route(_PATH, them.list, methods=["GET"]),
        Route(_PATH, them.create, methods=["POST"]),
        Route(_PATH + "/{id}", them.get, methods=["GET"]),
        Route(_PATH + "/{id}", them.update, methods=["PUT"]),
        Route(_PATH + "/{id}", them.delete, methods=["DELETE"]),
        Route(_PATH + "/{id}/restore", them.restore, methods=["POST"]),
        Route(_PATH + "/{id}/versions", them.versions, methods=["GET"]),
        Route(_PATH + "/{id}/versions/{version}", them.version, methods=["GET"]),
    ]


def _document(kind: DocumentKind, document: Document, status: int = 200) -> Response:
    shown = msgspec.structs.replace(document, spec=kind.show(document.spec)) if kind.show else document
    return answer(shown, status, tag=document.version)
