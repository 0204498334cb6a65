"""Errors -> exit codes and one line of text; the only place that knows exit codes.

0 done, 1 failed for a reason of our own (a bug), 2 wrong usage, 3 bad input or settings, 4 not there, 5 conflict
(port or folder in use), 6 a limit was hit, 7 cannot be done now, 8 stored data is damaged, 9 not permitted,
130 interrupted.
"""

from __future__ import annotations

from typing import Final

from vedette.errors import (
    BadData,
    Cancelled,
    Conflict,
    Corruption,
    Forbidden,
    LimitExceeded,
    NotFound,
    QuerySyntax,
    Timeout,
    Unauthenticated,
    Unavailable,
    Unsupported,
    VedetteError,
)

OK: Final = 0
BUG: Final = 1
USAGE: Final = 2
DAMAGED: Final = 8
INTERRUPTED: Final = 130

_EXIT_CODES: Final[tuple[tuple[type[VedetteError], int], ...]] = (
    (BadData, 3),
    (Unsupported, 3),
    (NotFound, 4),
    (Conflict, 5),
    (LimitExceeded, 6),
    (Timeout, 6),
    (Cancelled, INTERRUPTED),
    (Unavailable, 7),
    (Corruption, DAMAGED),
    (Unauthenticated, 9),
    (Forbidden, 9),
    (VedetteError, BUG),
)


def exit_code_of(error: VedetteError) -> int:
    """The exit code of an error."""
    return next(code for kind, code in _EXIT_CODES if isinstance(error, kind))


def text_of(error: VedetteError, query: str = "") -> str:
    """What to print; a syntax error shows its place below the query."""
    if isinstance(error, QuerySyntax) and query and "\n" not in query:
        marker = " " * error.start + "^" * max(1, error.end - error.start)
        return f"vedette: {error.message}\n  {query}\n  {marker}"
    return f"vedette: {error.message}"
