"""What is done to samples and to the server itself, in the audit log; the catalog's rooms note their own changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import structlog

from vedette.errors import Unavailable, VedetteError
from vedette.http.gate import Caller

if TYPE_CHECKING:
    from vedette.auth.audit import Audit

T = TypeVar("T")

_log = structlog.get_logger(__name__)
_FAILED: Final = "failed"


class Deeds:
    """Writes their lines; all methods belong in a thread."""

    def __init__(self, audit: Callable[[], Audit]) -> None:
        """`audit` may open the catalog first."""
        self._audit = audit

    def do(
        self,
        who: Caller,
        action: str,
        job: Callable[[], T],
        *,
        project: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> T:
        """Do what cannot be undone, or lets data out: the line is written before, and a failure is one more.

        Raises what the job raises, and Unavailable, with nothing done, where the line cannot be written.
        """
        audit, actor = self._audit(), who.actor
        audit.note(actor, action, project=project, detail=detail)
        try:
            return job()
        except VedetteError as error:
            why = {**(detail or {}), "why": error.code}
            audit.note(actor, action, project=project, result=_FAILED, detail=why)
            raise

    def done(self, who: Caller, action: str, *, project: str = "", detail: Mapping[str, Any] | None = None) -> None:
        """Tell what was done; the same of the same actor counts once a minute, and no catalog makes it fail."""
        try:
            self._audit().later(who.actor, action, project=project, detail=detail)
        except Unavailable as error:
            # Only where nobody signs in does anything go on without the catalog.
            _log.error("audit_line_not_written", action=action, error=error.message)
