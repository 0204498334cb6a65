"""The one reading of a URL: what is checked is what is connected to, because nobody reads it a second time."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit

from msgspec import Struct

from vedette.errors import BadData

PORTS: Final = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9._:%-]+")
# The standard library leaves some of these out silently, others read them as part of the host or the path.
_ODD = re.compile(r"[\x00-\x20\x7f\\]")


class Url(Struct, frozen=True):
    """A checked URL; `target` is path and query, escaped."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What credentials belong to."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        return authority_of(self.scheme, self.host, self.port)

    @property
    def place(self) -> str:
        """The URL without path and query, which may hold secrets: for messages."""
        return f"{self.scheme}://{self.authority}"


def authority_of(scheme: str, host: str, port: int, *, with_port: bool = False) -> str:
    """Host and port, the port left out where it is the scheme's own."""
    host = f"[{host}]" if ":" in host else host
    return host if port == PORTS[scheme] and not with_port else f"{host}:{port}"


@lru_cache(maxsize=16_384)
def read_url(url: str) -> Url:
    """The parts of a complete http or https URL without user name. Raises BadData, which repeats no secret."""
    if _ODD.search(url):
        raise BadData("not a valid URL: it holds a space, a backslash or a control character")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadData(f"not a valid URL: {error}") from None
    if parts.username is not None or parts.password is not None:
        raise BadData("not a valid http or https URL: user name and password do not belong into it")
    if parts.scheme not in PORTS or not _HOST.fullmatch(host):
        raise BadData(f"not a valid http or https URL: {parts.scheme}://{parts.netloc}")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return Url(parts.scheme, host, PORTS[parts.scheme] if port is None else port, path + (query and f"?{query}"))
