"""URLs against other readers: nobody may see another host in what is accepted here."""

from __future__ import annotations

from contextlib import suppress

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.errors import BadData
from vedette.outbound.url import read_url

PIECES = [
    "a.test",
    "evil.test",
    "127.0.0.1",
    "[::1]",
    "@",
    ":",
    "/",
    "\\",
    "?",
    "#",
    "//",
    "%40",
    "%2f",
    "%00",
    "..",
    ".",
]
PIECES += [
    "user",
    ":80",
    ":0x50",
    "\t",
    "\r\n",
    " ",
    "\u3002",
    "\uff0f",
    "\u2100",
    "\u00ad",
    "[",
    "]",
    ";",
    "&",
    "=",
    "http:",
]
text = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=6).map("".join)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(["http://", "https://", "HTTP://", "http:/", "http:"]), text)
def test_readers_agree_on_the_host(scheme: str, rest: str) -> None:
    """What is accepted has the host and port that another reader sees, and no part that would break a request line."""
    try:
        url = read_url(scheme + rest)
    except BadData:
        return
    assert url.host.isascii()
    assert url.target.startswith("/")
    assert url.target.isascii()
    assert not any(letter <= " " or letter == "\x7f" for letter in url.host + url.target)
    with suppress(httpx.InvalidURL):
        other = httpx.URL(scheme + rest)
        assert (other.host.lower(), other.userinfo) == (url.host, b"")
        assert (other.port or {"http": 80, "https": 443}[url.scheme]) == url.port


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["http://", "https://"]), text)
def test_what_is_read_reads_the_same_again(scheme: str, rest: str) -> None:
    """Place and target make a URL that means the same."""
    try:
        url = read_url(scheme + rest)
    except BadData:
        return
    again = read_url(url.place + url.target)
    assert (again.origin, again.target) == (url.origin, url.target)
