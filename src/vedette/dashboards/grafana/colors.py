"""Grafana's colours as ours: a status where a colour says how good a value is, else the token of the nearest hue."""

from __future__ import annotations

import colorsys
import re
from typing import Final, Literal

Status = Literal["ok", "info", "warn", "crit", "none"]
_NAMES: Final = ("red", "orange", "yellow", "green", "blue", "purple")
_STATUS: Final[dict[str, Status]] = {
    "red": "crit",
    "orange": "warn",
    "yellow": "warn",
    "green": "ok",
    "blue": "info",
    "purple": "info",
}
_TOKENS: Final = {"red": "s4", "orange": "s2", "yellow": "s6", "green": "s9", "blue": "s1", "purple": "s7"}
_HEX: Final = re.compile(r"#([0-9a-fA-F]{6})(?:[0-9a-fA-F]{2})?")
_SHORT_HEX: Final = re.compile(r"#([0-9a-fA-F]{3})")
_RGB: Final = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*[,)].*")
_GREYS: Final = frozenset({"text", "transparent", "white", "black", "grey", "gray", "none", "super-light-gray"})
_HUES: Final = (
    (18, "red"),
    (44, "orange"),
    (70, "yellow"),
    (165, "green"),
    (255, "blue"),
    (330, "purple"),
    (361, "red"),
)
_LEAST_SATURATION: Final = 0.15


def status_of(color: str) -> Status:
    """What a threshold or mapping of this colour says of a value."""
    return _STATUS.get(_hue(color), "none")


def token_of(color: str) -> str:
    """The token of the palette that is nearest; `s10`, a grey, for what has no hue."""
    return _TOKENS.get(_hue(color), "s10")


def _hue(color: str) -> str:
    lowered = color.strip().lower()
    if lowered in _GREYS:
        return ""
    named = next((name for name in _NAMES if name in lowered), "")
    if named:
        return named
    rgb = _rgb(color.strip())
    if rgb is None:
        return ""
    hue, _, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in rgb))
    if saturation < _LEAST_SATURATION:
        return ""
    return next(name for until, name in _HUES if hue * 360 < until)


def _rgb(color: str) -> tuple[int, int, int] | None:
    if match := _RGB.fullmatch(color):
        red, green, blue = (min(255, int(match[index])) for index in (1, 2, 3))
        return red, green, blue
    digits = ""
    if match := _HEX.fullmatch(color):
        digits = match[1]
    elif match := _SHORT_HEX.fullmatch(color):
        digits = "".join(digit * 2 for digit in match[1])
    if not digits:
        return None
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
