"""Panels of text: Markdown stays, of HTML the words, headings, lists and links are kept."""

from __future__ import annotations

import html
import re
from typing import Final

_HEADINGS: Final = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCKS: Final = frozenset({"p", "div", "ul", "ol", "table", "tr", "section", "header", "center", "br", "pre"})
_UNSEEN: Final = frozenset({"script", "style"})
_BLANKS: Final = re.compile(r"\n\s*\n\s*")
_SPACES: Final = re.compile(r"\s+")
_TAG: Final = re.compile(r"(<[^<>]*>)")
_NAME: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_HREF: Final = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def from_html(written: str) -> str:
    """Markdown with what of a page of HTML is words."""
    reader = _Reader()
    for piece in _TAG.split(written):
        reader.take(piece)
    lines = (line.strip() for line in "".join(reader.pieces).split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


class _Reader:
    """Takes tags and the words between them; not html.parser, whose time grows with the square of what is malformed."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._addresses: list[str] = []
        self._unseen = 0

    def take(self, piece: str) -> None:
        match = _NAME.match(piece) if piece.endswith(">") else None
        if match is not None:
            self._tag(match[2].lower(), piece, ends=bool(match[1]))
        elif not piece.startswith("<") and not self._unseen:
            self.pieces.append(_SPACES.sub(" ", html.unescape(piece)))

    def _tag(self, name: str, piece: str, *, ends: bool) -> None:
        if name in _UNSEEN:
            self._unseen = max(0, self._unseen + (-1 if ends else 1))
        elif name == "a":
            self._link(piece, ends=ends)
        elif name in ("b", "strong"):
            self.pieces.append("**")
        elif name == "li" and not ends:
            self.pieces.append("\n- ")
        elif name in _HEADINGS:
            self.pieces.append("\n\n" if ends else "\n\n" + _HEADINGS[name])
        elif name in _BLOCKS:
            self.pieces.append("\n\n")

    def _link(self, piece: str, *, ends: bool) -> None:
        if not ends:
            match = _HREF.search(piece)
            address = next((group for group in match.groups() if group), "") if match else ""
            self._addresses.append(html.unescape(address))
            self.pieces.append("[")
        elif self._addresses:
            address = self._addresses.pop().replace(")", "%29").replace(" ", "%20")
            self.pieces.append(f"]({address})")


def in_code(words: str) -> str:
    """Words of others within Markdown, as they are."""
    return "`" + words.replace("`", "'").replace("\n", " ") + "`"
