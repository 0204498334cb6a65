"""Who asks: trusted proxies are believed, clients cannot make anything up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from starlette.types import Receive, Scope, Send

from vedette.config.load import load
from vedette.http.app import Application
from vedette.http.gate import address_of
from vedette.http.middleware.headers import SecurityHeaders
from vedette.http.middleware.proxy import TrustedProxies
from vedette.http.settings import HttpSettings
from vedette.server.settings import Settings

Header = tuple[bytes, bytes]
FOR, PROTO, HOST = b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"


async def nobody(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """An application that does nothing."""


def seen(trusted: tuple[str, ...], peer: str | None, *headers: Header, kind: str = "http") -> dict[str, Any]:
    """The scope behind the layer of a request from `peer` with these headers."""
    scope: dict[str, Any] = {
        "type": kind,
        "scheme": "http" if kind == "http" else "ws",
        "client": (peer, 1234) if peer is not None else None,
        "headers": [(b"host", b"own"), *headers],
    }
    TrustedProxies(nobody, trusted).note(scope)
    return scope


def sender(trusted: tuple[str, ...], peer: str | None, *headers: Header) -> str:
    return address_of(seen(trusted, peer, *headers))


def test_without_trusted_proxies_nothing_is_believed() -> None:
    """By default the headers mean nothing, whoever sends them: address, scheme and host stay as they came."""
    given_headers = ((FOR, b"1.2.3.4"), (PROTO, b"https"), (HOST, b"evil.test"), (b"forwarded", b"for=1.2.3.4"))
    for trusted in ((), ("10.0.0.0/8",)):
        scope = seen(trusted, "192.0.2.1", *given_headers)
        assert (address_of(scope), scope["scheme"], dict(scope["headers"])[b"host"]) == ("192.0.2.1", "http", b"own")
    assert sender((), None, *given_headers) == ""


def test_the_last_untrusted_address_counts() -> None:
    """What a client puts in front of what proxies add is not believed."""
    trusted = ("10.0.0.0/8", "fd00::/8")
    assert sender(trusted, "10.0.0.1", (FOR, b"192.0.2.9")) == "192.0.2.9"
    assert sender(trusted, "10.0.0.1", (FOR, b"1.1.1.1, 127.0.0.1, 192.0.2.9")) == "192.0.2.9"
    assert sender(trusted, "10.0.0.1", (FOR, b"1.1.1.1, 192.0.2.9, 10.0.0.2, fd00::7")) == "192.0.2.9"
    assert sender(trusted, "10.0.0.1", (FOR, b"1.1.1.1"), (FOR, b"192.0.2.9")) == "192.0.2.9"
    assert sender(trusted, "10.0.0.1", (FOR, b"10.0.0.3, 10.0.0.2")) == "10.0.0.3"
    assert sender(trusted, "10.0.0.1") == "10.0.0.1"


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        (b"192.0.2.9:4711", "192.0.2.9"),
        (b"[2001:db8::1]:4711", "2001:db8::1"),
        (b"2001:db8::1", "2001:db8::1"),
        (b"::ffff:192.0.2.9", "192.0.2.9"),
        (b"unknown", "10.0.0.1"),
        (b"", "10.0.0.1"),
        (b"192.0.2.9, _hidden", "10.0.0.1"),
        (b"192.0.2.9 evil", "10.0.0.1"),
        (b"\xff", "10.0.0.1"),
        (b"0x7f.1", "10.0.0.1"),
    ],
)
def test_notations_of_addresses(entry: bytes, address: str) -> None:
    """Ports and brackets are taken off; where a proxy tells no address its own is all that is known."""
    assert sender(("10.0.0.1",), "10.0.0.1", (FOR, entry)) == address
    assert sender(("10.0.0.1",), "::ffff:10.0.0.1", (FOR, b"192.0.2.9")) == "192.0.2.9"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.ip_addresses().map(str))
def test_clients_cannot_choose_their_address(made_up: bytes, client: str) -> None:
    """Whatever a client sends, behind a proxy that appends the true address that one is seen."""
    assume(client != "127.0.0.1" and not client.startswith("::ffff:"))
    assert sender(("127.0.0.1",), "127.0.0.1", (FOR, made_up + b", " + client.encode())) == client


def test_scheme_and_host_are_the_clients() -> None:
    """For pages and sockets; a scheme that is none changes nothing."""
    scope = seen(("10.0.0.1",), "10.0.0.1", (PROTO, b"http, HTTPS"), (HOST, b"a.test, vedette.example:8443"))
    assert (scope["scheme"], scope["headers"][0]) == ("https", (b"host", b"vedette.example:8443"))
    assert [value for name, value in scope["headers"] if name == b"host"] == [b"vedette.example:8443"]
    assert seen(("10.0.0.1",), "10.0.0.1", (PROTO, b"https"), kind="websocket")["scheme"] == "wss"
    assert seen(("10.0.0.1",), "10.0.0.1", (PROTO, b"javascript"))["scheme"] == "http"


def test_wrong_networks_are_told() -> None:
    """A setting that could not mean what was meant is refused at start."""
    [problem] = load(Settings, None, {}, {"http.trusted_proxies": "10.0.0.1/8"}).problems
    assert "trusted_proxies: 10.0.0.1/8 has host bits set" in problem.message


async def headers_of(app: Any, scope: Scope) -> dict[bytes, bytes]:
    """Headers of the answer to a GET."""
    found: dict[bytes, bytes] = {}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        found.update(message.get("headers", ()))

    base = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "client": ("127.0.0.1", 9)}
    await app({**base, "headers": [], "scheme": "http", **scope}, receive, send)
    return found


async def test_transport_security_is_for_encrypted_names() -> None:
    """Browsers are told to stay with TLS only where they came by it, also to the proxy, and never for localhost."""
    app = Application(HttpSettings(trusted_proxies=("127.0.0.1",)), CollectorRegistry())
    hsts = b"strict-transport-security"
    host = (b"host", b"127.0.0.1:9000")
    assert (await headers_of(app, {"scheme": "https", "headers": [host]}))[hsts] == b"max-age=31536000"
    assert (await headers_of(app, {"headers": [host, (PROTO, b"https")]}))[hsts] == b"max-age=31536000"
    assert hsts not in await headers_of(app, {"headers": [host]})
    assert hsts not in await headers_of(app, {"scheme": "https", "headers": [(b"host", b"localhost:9000")]})
    never = Application(HttpSettings(hsts_max_age_s=0), CollectorRegistry())
    assert hsts not in await headers_of(never, {"scheme": "https", "headers": [host]})


async def test_answers_are_not_kept() -> None:
    """API answers are stored nowhere, unless an answer says otherwise; pages switch off what they do not need."""

    def answering(*headers: Header) -> SecurityHeaders:
        async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": list(headers)})

        return SecurityHeaders(answer, 0)

    plain = await headers_of(answering(), {})
    assert plain[b"cache-control"] == b"no-store"
    assert plain[b"cross-origin-opener-policy"] == plain[b"cross-origin-resource-policy"] == b"same-origin"
    kept = await headers_of(answering((b"cache-control", b"max-age=1")), {})
    assert kept[b"cache-control"] == b"max-age=1"
    page = await headers_of(answering((b"content-security-policy", b"x")), {})
    assert (page[b"content-security-policy"], b"cache-control" in page) == (b"x", False)
    assert b"camera=()" in page[b"permissions-policy"]
