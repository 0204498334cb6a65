"""Operations on documents."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from vedette.catalog.records import Document, DocumentHead, DocumentVersion, DocumentVersionHead
from vedette.http.document_kinds import KINDS
from vedette.http.openapi.operation import Content, Operation, Parameter, in_path, parameter
from vedette.http.routes.documents import ChangedDocument, NewDocument, Restoration


class DocumentAnswer(msgspec.Struct):
    """A document; its version is also the `ETag`."""

    status: Literal["success"]
    data: Document


class DocumentListAnswer(msgspec.Struct):
    """Documents without content; with `after` = `next` the list goes on, empty is its end."""

    status: Literal["success"]
    data: list[DocumentHead]
    next: str


class VersionAnswer(msgspec.Struct):
    """A saved state."""

    status: Literal["success"]
    data: DocumentVersion


class VersionListAnswer(msgspec.Struct):
    """Saved states without content, newest first."""

    status: Literal["success"]
    data: list[DocumentVersionHead]


_PATH: Final = "/api/v1/documents/{kind}"
_KINDS: Final = {"type": "string", "enum": [*KINDS, "contact_point"]}
_KIND: Final = Parameter("kind", "What it is.", "path", required=True, schema=_KINDS)
_ID: Final = in_path("id", "Its id.")
_ETAG_SCHEMA: Final[dict[str, Any]] = {"type": "string", "pattern": '^"[0-9]+"$'}
_IF_MATCH: Final = Parameter(
    "If-Match", "The ETag of the version that is changed.", "header", required=True, schema=_ETAG_SCHEMA
)
_CHANGED: Final = (400, 404, 409, 422, 428)
_DOCUMENT: Final = {200: Content("The document as it is now.", shape=DocumentAnswer)}

DOCUMENTS: Final[dict[tuple[str, str], Operation]] = {
    ("GET", _PATH): Operation(
        "Documents of a kind, by name",
        "documents",
        {200: Content("Documents without content.", shape=DocumentListAnswer)},
        parameters=(
            _KIND,
            parameter("name", "A part of the name, in any case."),
            parameter("search", "Words that are all in the name, tags, description or titles of widgets."),
            parameter("tag", "One of the texts in `spec.tags`."),
            Parameter("deleted", "Also those that are deleted.", schema={"type": "string", "enum": ["true", "false"]}),
            Parameter("limit", "How many at most.", schema={"type": "integer", "minimum": 1, "maximum": 1000}),
            parameter("after", "`next` of the page before."),
        ),
        errors=(400, 404),
    ),
    ("POST", _PATH): Operation(
        "Make a document",
        "documents",
        {201: Content("The new document.", shape=DocumentAnswer)},
        parameters=(_KIND,),
        bodies=(Content("Name and content.", shape=NewDocument),),
        errors=(400, 404, 409, 422),
    ),
    ("GET", _PATH + "/{id}"): Operation("A document", "documents", _DOCUMENT, parameters=(_KIND, _ID), errors=(404,)),
    ("PUT", _PATH + "/{id}"): Operation(
        "Change a document",
        "documents",
        _DOCUMENT,
        description="Who is not up to date gets 409 with `current`, the stored document, and `yours`.",
        parameters=(_KIND, _ID, _IF_MATCH),
        bodies=(Content("The whole new state.", shape=ChangedDocument),),
        errors=_CHANGED,
    ),
    ("DELETE", _PATH + "/{id}"): Operation(
        "Delete a document",
        "documents",
        _DOCUMENT,
        description="It can be restored for the time of `catalog.deleted_retention`.",
        parameters=(_KIND, _ID, _IF_MATCH),
        errors=_CHANGED,
    ),
    ("POST", _PATH + "/{id}/restore"): Operation(
        "Bring back a deleted document, or a former version",
        "documents",
        _DOCUMENT,
        description="With `version` in the body that state becomes the newest version; that needs `If-Match`.",
        parameters=(_KIND, _ID, Parameter("If-Match", _IF_MATCH.description, "header", schema=_ETAG_SCHEMA)),
        bodies=(Content("Empty, or the version to go back to.", shape=Restoration),),
        errors=_CHANGED,
    ),
    ("GET", _PATH + "/{id}/versions"): Operation(
        "The history of a document",
        "documents",
        {200: Content("Its saved states.", shape=VersionListAnswer)},
        parameters=(
            _KIND,
            _ID,
            Parameter("limit", "How many at most.", schema={"type": "integer", "minimum": 1, "maximum": 1000}),
            Parameter("before", "The last version of the page before.", schema={"type": "integer", "minimum": 0}),
        ),
        errors=(400, 404),
    ),
    ("GET", _PATH + "/{id}/versions/{version}"): Operation(
        "A former state of a document",
        "documents",
        {200: Content("The state.", shape=VersionAnswer)},
        parameters=(_KIND, _ID, Parameter("version", "Its number.", "path", True, {"type": "integer", "minimum": 1})),
        errors=(400, 404),
    ),
}
