"""Quantities as people write them: durations (`15s`) and sizes (`512MiB`)."""

from __future__ import annotations

import re
from typing import Final

from vedette.errors import BadData
from vedette.model.duration import UNITS_MS, parse_duration_ms, print_duration_ms

UNITS_BYTES: Final = {
    "B": 1,
    "kB": 10**3,
    "KiB": 2**10,
    "MB": 10**6,
    "MiB": 2**20,
    "GB": 10**9,
    "GiB": 2**30,
    "TB": 10**12,
    "TiB": 2**40,
}
_DECIMAL = re.compile(r"(\d+\.\d+)(ms|s|m|h|d)")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zA-Z]*)")


def parse_size_bytes(text: str) -> int:
    """Bytes of a size such as `512MiB`, `1.5GB` or `0`. Raises BadData."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise BadData(f"not a valid size: {text!r} (write for example 512MiB)")
    number, unit = match.groups()
    if not unit and float(number) != 0:
        raise BadData(f"size without a unit: {text!r} (write for example {number}MiB)")
    by_lower = {name.lower(): factor for name, factor in UNITS_BYTES.items()}
    factor = by_lower.get(unit.lower() or "b")
    if factor is None:
        raise BadData(f"unknown unit of size {unit!r} in {text!r}; known are {', '.join(UNITS_BYTES)}")
    return int(float(number) * factor)


def print_size_bytes(size_bytes: int) -> str:
    """The shortest exact notation with a binary unit."""
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        if size_bytes and size_bytes % UNITS_BYTES[unit] == 0:
            return f"{size_bytes // UNITS_BYTES[unit]}{unit}"
    return f"{size_bytes}B" if size_bytes else "0"


def parse_setting_duration_ms(text: str) -> float:
    """A duration as in PromQL, or a decimal number with one unit such as `0.5ms`. Raises BadData."""
    try:
        return parse_duration_ms(text)
    except BadData:
        decimal = _DECIMAL.fullmatch(text)
        if decimal is None:
            raise BadData(f"not a valid duration: {text!r} (write for example 15s, 250ms or 1h30m)") from None
        return float(decimal[1]) * UNITS_MS[decimal[2]]


def print_setting_duration(duration_ms: float) -> str:
    """The notation the settings file uses."""
    whole = int(duration_ms)
    return print_duration_ms(whole) if whole == duration_ms else f"{duration_ms:g}ms"
