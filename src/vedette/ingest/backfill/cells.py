"""Label values in tables that people may open in a spreadsheet."""

from __future__ import annotations

from typing import Final

RISKY_IN_SPREADSHEETS: Final = ("=", "+", "-", "@", "\t", "\r", "\x00", "'")


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: a quote stands before what would begin one."""
    return "'" + text if text.startswith(RISKY_IN_SPREADSHEETS) else text


def from_plain_cell(text: str) -> str:
    """The text behind `plain_cell`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY_IN_SPREADSHEETS) else text
