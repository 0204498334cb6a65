"""What a caller may ask for beside the query itself."""

from __future__ import annotations

from msgspec import Struct

from vedette.model.matcher import Matcher


class QueryOptions(Struct, frozen=True):
    """All have a default."""

    timeout_s: float = 0.0
    """Less than the configured limit, which 0 stands for."""
    lookback_ms: int = 0
    """0 is the configured look-back."""
    limit: int = 0
    """Series of the answer; 0 is no limit."""
    per_step_stats: bool = False
    matchers: tuple[Matcher, ...] = ()
    """Every selector is narrowed by them where it meets the storage."""
    is_standing: bool = False
    """Asked again and again by the server itself, which bounds how many: projects' limits of concurrency pass it."""


DEFAULT_OPTIONS = QueryOptions()
