"""Panels of text: Markdown stays, of HTML the words, headings, lists and links are kept."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_HEADINGS: Final = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCKS: Final = frozenset({"p", "div", "ul", "ol", "table", "tr", "section", "header", "center", "br", "pre"})
_UNSEEN: Final = frozenset({"script", "style"})
_BLANKS: Final = re.compile(r"\n\s*\n\s*")
_SPACES: Final = re.compile(r"[ \t\r\f\v]+")


def from_html(written: str) -> str:
    """Markdown with what of a page of HTML is words."""
    reader = _Reader()
    reader.feed(written)
    reader.close()
    lines = (line.strip() for line in "".join(reader.pieces).split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._addresses: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _HEADINGS:
            self.pieces.append("\n\n" + _HEADINGS[tag])
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag == "a":
            self._addresses.append(dict(attrs).get("href") or "")
            self.pieces.append("[")
        elif tag in ("b", "strong"):
            self.pieces.append("**")
        elif tag in _BLOCKS:
            self.pieces.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "a" and self._addresses:
            address = self._addresses.pop().replace(")", "%29").replace(" ", "%20")
            self.pieces.append(f"]({address})")
        elif tag in ("b", "strong"):
            self.pieces.append("**")
        elif tag in _BLOCKS or tag in _HEADINGS:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(_SPACES.sub(" ", data.replace("\n", " ")))


def in_code(words: str) -> str:
    """Words of others within Markdown, as they are."""
    return "`" + words.replace("`", "'").replace("\n", " ") + "`"
