"""Texts of strangers in tables that people may open in a spreadsheet."""

from __future__ import annotations

import re
from typing import Final

# What spreadsheets take for the beginning of a formula, also behind white space, and what some of them leave out before
# it; the last four are = + - @ as East Asian keyboards have them. A quote, so that ours can be told from theirs.
_RISKY: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0']")


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: a quote stands before what would begin one."""
    return "'" + text if _RISKY.match(text) else text


def from_plain_cell(text: str) -> str:
    """The text behind `plain_cell`."""
    return text[1:] if text.startswith("'") and _RISKY.match(text, 1) else text


def csv_cell(text: str) -> str:
    """The same as RFC 4180 writes it: quoted, whatever is in it."""
    return '"' + plain_cell(text).replace('"', '""') + '"'
