"""The tree of errors. Codes are stable and public; HTTP statuses live in http/errors.py, exit codes in cli/errors.py.

VedetteError
├── BadData            the request or file is wrong; says which line, field or position
│   └── QuerySyntax    PromQL or SQL text that does not parse or type-check; carries a span
├── Unauthenticated    nobody, or nobody known, is asking
├── Forbidden          somebody known is asking, who may not; names the permission that is missing
├── NotFound           no such thing
├── Conflict           somebody else changed it, or two processes share one folder; carries both versions of a document
├── LimitExceeded      a configured limit was hit; names it, its value and how to raise it
│   └── TooBusy        try again later (back-pressure); carries retry_after_s
├── Timeout            a query ran longer than allowed
├── Cancelled          the caller went away or an operator killed it
├── Unsupported        a known feature that this build does not answer
├── Unavailable        starting, stopping, disk full or read-only
└── Corruption         stored bytes fail their checksum or make no sense
"""

from __future__ import annotations

from typing import ClassVar


class VedetteError(Exception):
    """Root of all errors that are meant for a user; `code` is stable, the text may change."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadData(VedetteError):
    """Input that cannot be accepted."""

    code = "bad_data"


class QuerySyntax(BadData):
    """Query text that does not parse or type-check; `start` and `end` are 0-based offsets into the text."""

    code = "bad_query"

    def __init__(self, message: str, *, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


class Unauthenticated(VedetteError):
    """Who is asking is not known; `reason` is stable: `required`, `invalid`, `expired`, `second_factor`, `setup`."""

    code = "unauthenticated"

    def __init__(self, message: str, *, reason: str = "required") -> None:
        super().__init__(message)
        self.reason = reason


class Forbidden(VedetteError):
    """Who is asking may not do this."""

    code = "forbidden"

    def __init__(self, message: str, *, permission: str = "") -> None:
        super().__init__(message)
        self.permission = permission


class NotFound(VedetteError):
    """The named thing does not exist."""

    code = "not_found"


class Conflict(VedetteError):
    """The thing changed meanwhile or is held by another process; `current` and `yours` are JSON where there are two."""

    code = "conflict"

    def __init__(self, message: str, *, current: object = None, yours: object = None) -> None:
        super().__init__(message)
        self.current = current
        self.yours = yours


class LimitExceeded(VedetteError):
    """A configured limit was hit."""

    code = "limit_exceeded"

    def __init__(self, message: str, *, limit: str, value: float) -> None:
        super().__init__(message)
        self.limit = limit
        self.value = value


class TooBusy(LimitExceeded):
    """Back-pressure: the same request may pass later."""

    code = "too_busy"

    def __init__(self, message: str, *, limit: str, value: float, retry_after_s: float = 1.0) -> None:
        super().__init__(message, limit=limit, value=value)
        self.retry_after_s = retry_after_s


class Timeout(VedetteError):
    """The work took longer than allowed."""

    code = "timeout"


class Cancelled(VedetteError):
    """The caller went away or an operator stopped the work."""

    code = "cancelled"


class Unsupported(VedetteError):
    """A known feature that is not answered here."""

    code = "unsupported"


class Unavailable(VedetteError):
    """The service cannot do this now."""

    code = "unavailable"


class Corruption(VedetteError):
    """Stored bytes are damaged."""

    code = "corruption"
