"""Changes of documents in the audit log, whichever route makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette.catalog.records import Document
from vedette.http.gate import Caller

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Also


def noting(audit: Audit, who: Caller, verb: str) -> Also:
    """What writes the line of a change within its transaction."""

    def note(connection: Connection, document: Document) -> None:
        audit.note_in(
            connection,
            who.actor,
            f"document.{verb}",
            object_kind=document.kind,
            object_id=document.id,
            project=document.project,
            detail={"name": document.name, "version": document.version},
        )

    return note
