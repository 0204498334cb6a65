"""Moments and durations as people type them on a command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from vedette.errors import BadData
from vedette.model.duration import parse_duration_ms

_RELATIVE = re.compile(r"now(?:([+-])(.+))?")


def parse_moment_ms(text: str, now_ms: int) -> int:
    """`now`, `now-6h`, `2026-08-01`, `2026-08-01T12:00:00Z` (UTC without an offset) or seconds since 1970."""
    relative = _RELATIVE.fullmatch(text.replace(" ", ""))
    if relative:
        sign, duration = relative.groups()
        shift_ms = parse_duration_ms(duration) if duration else 0
        return now_ms - shift_ms if sign == "-" else now_ms + shift_ms
    try:
        return round(float(text) * 1000)
    except (ValueError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadData(
            f"not a moment: {text!r} (write for example now-6h, 2026-08-01T12:00:00Z or seconds since 1970)"
        ) from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def print_moment(time_ms: int) -> str:
    """ISO 8601 in UTC, milliseconds only where there are some; plain milliseconds outside the calendar."""
    try:
        moment = datetime.fromtimestamp(time_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return f"{time_ms}ms"
    return moment.isoformat(timespec="milliseconds" if time_ms % 1000 else "seconds").replace("+00:00", "Z")
