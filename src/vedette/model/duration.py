"""Durations as Prometheus writes them: `1h30m`, `250ms`."""

from __future__ import annotations

import re

from vedette.errors import BadData

UNITS_MS = {
    "y": 365 * 86_400_000,
    "w": 7 * 86_400_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1000,
    "ms": 1,
}
_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?")


def parse_duration_ms(text: str) -> int:
    """Milliseconds of a duration such as `5m`, `1h30m` or `0`. Raises BadData."""
    if text == "0":
        return 0
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise BadData(f"not a valid duration: {text!r}")
    return sum(int(count) * unit for count, unit in zip(match.groups(), UNITS_MS.values(), strict=True) if count)


def print_duration_ms(duration_ms: int) -> str:
    """The shortest exact notation; negative durations get a minus sign."""
    if duration_ms == 0:
        return "0s"
    sign, rest = ("-", -duration_ms) if duration_ms < 0 else ("", duration_ms)
    text = ""
    for unit, size_ms in UNITS_MS.items():
        # As Prometheus: years and weeks only where nothing finer is needed.
        if unit in ("y", "w") and rest % size_ms:
            continue
        count, rest = divmod(rest, size_ms)
        if count:
            text += f"{count}{unit}"
    return sign + text
