"""The client against real servers on this machine that lie, drip, bomb and point elsewhere."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog.testing
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from prometheus_client import CollectorRegistry

from vedette.errors import BadData, LimitExceeded, Timeout, Unavailable, VedetteError
from vedette.outbound.client import Answer, Outbound
from vedette.outbound.guard import Guard
from vedette.outbound.resolver import Resolved
from vedette.outbound.settings import OutboundSettings, Purpose

Reply = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
OPEN = ("127.0.0.0/8",)
METADATA = "169.254.169.254"


def answer(body: bytes = b"{}", *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer as bytes."""
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]).encode() + body


class Peer:
    """A server that notes what it is sent, whole requests, and replies with bytes or as a function does."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.names: list[str | None] = []
        self.reply: bytes | Reply = answer()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> None:
        if context is not None:
            context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._server = await asyncio.start_server(self._serve, host, self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            body = await reader.readexactly(int(length[0].partition(b":")[2])) if length else b""
            self.requests.append(head + body)
            if isinstance(self.reply, bytes):
                writer.write(self.reply)
                await writer.drain()
            else:
                await self.reply(head, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def peers(*hosts: str, context: ssl.SSLContext | None = None) -> AsyncIterator[list[Peer]]:
    """A server on each of these addresses."""
    made = [Peer() for _ in hosts]
    try:
        for peer, host in zip(made, hosts, strict=True):
            await peer.start(host, context)
        yield made
    finally:
        for peer in made:
            await peer.stop()


class Rig:
    """A client whose names lead where the test says; `asked` counts look-ups."""

    def __init__(self, *answers: Sequence[str], **settings: Any) -> None:
        """Each look-up gives the next of `answers`, the last one for ever."""
        self.asked: list[str] = []
        self.registry = CollectorRegistry()
        self._answers = list(answers) or [["127.0.0.1"]]
        made = OutboundSettings(**{"allow_networks": OPEN, "timeout_s": 20.0, **settings})
        self.client = Outbound(made, Guard(made, self._look_up), self.registry)

    def _look_up(self, host: str) -> Sequence[Resolved]:
        self.asked.append(host)
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(socket.AF_INET6 if ":" in address else socket.AF_INET, address) for address in found]

    async def get(self, url: str, **more: Any) -> Answer:
        return await self.client.request_async("GET", url, Purpose.WEBHOOK, **more)

    def count(self, result: str) -> float:
        labels = {"purpose": "webhook", "result": result}
        return self.registry.get_sample_value("vedette_outbound_requests_total", labels) or 0.0


async def test_asks_and_answers() -> None:
    """Method, headers and body arrive; status, headers and body come back; errors of the server are answers."""
    async with peers("127.0.0.1") as [peer]:
        rig = Rig()
        peer.reply = answer(b'{"a":1}', "X-Of: peer", status="503 Later")
        url = f"http://hook.test:{peer.port}/path?x=1"
        found = await rig.client.request_async("POST", url, Purpose.WEBHOOK, headers={"X-Own": "1"}, body=b"hello")
        assert (found.status, found.headers["x-of"], found.json(), found.url) == (503, "peer", {"a": 1}, url)
        head, _, body = peer.requests[0].partition(b"\r\n\r\n")
        assert head.startswith(f"POST /path?x=1 HTTP/1.1\r\nHost: hook.test:{peer.port}\r\n".encode())
        assert (b"X-Own: 1" in head, b"Content-Length: 5" in head, body) == (True, True, b"hello")
        assert rig.count("answered") == 1
        peer.reply = answer(b"no json")
        with pytest.raises(BadData, match="no JSON"):
            (await rig.get(url)).json()


async def test_works_in_a_thread() -> None:
    """Synchronous rooms ask from their threads, several at one time."""
    async with peers("127.0.0.1") as [peer]:
        client = Rig().client
        url = f"http://127.0.0.1:{peer.port}/"
        asks = [asyncio.to_thread(client.request, "GET", url, Purpose.WEBHOOK) for _ in range(4)]
        assert [found.status for found in await asyncio.gather(*asks)] == [200] * 4


async def test_the_checked_address_is_connected_to() -> None:
    """A name that leads elsewhere when asked again gains nothing: it is asked once for each request."""
    async with peers("127.0.0.2") as [peer]:
        rig = Rig(["127.0.0.2"], ["127.0.0.1"], allow_networks=("127.0.0.2/32",))
        url = f"http://rebind.test:{peer.port}/"
        assert (await rig.get(url)).status == 200
        assert rig.asked == ["rebind.test"]
        with pytest.raises(BadData, match=r"rebind\.test leads to 127\.0\.0\.1, this machine itself"):
            await rig.get(url)
        assert (len(peer.requests), rig.count("refused")) == (1, 1)


async def test_refused_addresses_of_a_name_are_never_tried() -> None:
    """Of several addresses only those that may be asked are connected to, also when those fail."""
    async with peers("127.0.0.1") as [peer]:
        rig = Rig(["127.0.0.1", "127.0.0.2"], allow_networks=("127.0.0.2/32",))
        with pytest.raises(Unavailable, match=rf"cannot connect to http://both\.test:{peer.port}: .*refused"):
            await rig.get(f"http://both.test:{peer.port}/")
        assert peer.requests == []


async def test_redirects_are_answers_unless_asked_for() -> None:
    """By default the client goes nowhere but where it was sent."""
    async with peers("127.0.0.1") as [peer]:
        peer.reply = answer(b"", "Location: /there", status="302 Found")
        found = await Rig().get(f"http://a.test:{peer.port}/")
        assert (found.status, found.headers["location"], len(peer.requests)) == (302, "/there", 1)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        (f"http://{METADATA}/latest/meta-data/", "metadata service"),
        ("http://[::ffff:a9fe:a9fe]/", "metadata service"),
        ("http://10.1.1.1/", "private address"),
        ("//0/", "unspecified"),
        ("file:///etc/passwd", "not a valid http or https URL"),
        ("gopher://a.test/", "not a valid http or https URL"),
        ("http://user:pw@a.test/", "user name and password"),
        ("http://a.test\\@b.test/", "backslash"),
    ],
)
async def test_redirects_are_checked_again(location: str, words: str) -> None:
    """Each hop is judged as if it had been asked for."""
    async with peers("127.0.0.1") as [peer]:
        peer.reply = answer(b"", f"Location: {location}", status="307 Temporary Redirect")
        made = OutboundSettings(allow_networks=OPEN)
        client = Outbound(made, Guard(made), CollectorRegistry())
        with pytest.raises(BadData, match=words):
            await client.request_async("GET", f"http://127.0.0.1:{peer.port}/", Purpose.WEBHOOK, redirects=True)
        assert len(peer.requests) == 1


async def test_secrets_stay_with_their_origin() -> None:
    """Within an origin a redirect keeps all headers, to another port or host only harmless ones go along."""
    secrets = {"Authorization": "Bearer a", "Cookie": "b=c", "X-API-Key": "d", "x-own-token": "e", "Accept": "text/x"}
    async with peers("127.0.0.1", "127.0.0.1") as [near, far]:

        async def point(head: bytes, writer: asyncio.StreamWriter) -> None:
            where = f"http://a.test:{far.port}/far" if b"/second" in head else "/second"
            writer.write(answer(b"", f"Location: {where}", status="302 Found"))

        near.reply = point
        rig = Rig()
        assert (await rig.get(f"http://a.test:{near.port}/", headers=secrets, redirects=True)).status == 200
        for request in near.requests:
            assert all(f"{name}: {value}".encode() in request for name, value in secrets.items())
        [head] = far.requests
        assert b"Accept: text/x" in head
        assert not any(name.lower().encode() in head.lower() for name in secrets if name != "Accept")


async def test_bodies_do_not_follow_to_others() -> None:
    """A body is sent again only to its own origin; 303 makes a GET of it, everywhere."""
    async with peers("127.0.0.1", "127.0.0.1") as [near, far]:
        rig = Rig()

        async def post() -> Answer:
            url = f"http://a.test:{near.port}/"
            return await rig.client.request_async("POST", url, Purpose.WEBHOOK, body=b"secret", redirects=True)

        near.reply = answer(b"", f"Location: http://a.test:{far.port}/", status="308 Permanent Redirect")
        with pytest.raises(BadData, match="redirects what was meant for it"):
            await post()
        assert far.requests == []
        near.reply = answer(b"", f"Location: http://a.test:{far.port}/", status="303 See Other")
        await post()
        assert far.requests[0].startswith(b"GET / ")
        assert b"secret" not in far.requests[0]


async def test_circles_end() -> None:
    """Five redirects are followed, no more."""
    async with peers("127.0.0.1") as [peer]:
        peer.reply = answer(b"", "Location: /", status="301 Moved")
        with pytest.raises(BadData, match="more than 5 redirects"):
            await Rig().get(f"http://a.test:{peer.port}/", redirects=True)
        assert len(peer.requests) == 6


async def drip(_head: bytes, writer: asyncio.StreamWriter) -> None:
    """One byte at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def hang(_head: bytes, _writer: asyncio.StreamWriter) -> None:
    """Nothing at all."""
    await asyncio.sleep(30)


@pytest.mark.parametrize("reply", [drip, hang])
async def test_slow_servers_are_left_in_time(reply: Reply) -> None:
    """The time is for all of a request, not for the silence between two bytes."""
    async with peers("127.0.0.1") as [peer]:
        peer.reply = reply
        rig = Rig(timeout_s=0.2)
        with pytest.raises(Timeout, match=rf"http://a\.test:{peer.port} did not answer within 0\.2 s"):
            await rig.get(f"http://a.test:{peer.port}/")
        assert rig.count("timeout") == 1


async def test_connections_have_a_time_of_their_own() -> None:
    """Who takes a connection and then does not shake hands is left before the time of the request is up."""
    async with peers("127.0.0.1") as [peer]:
        with pytest.raises(Timeout, match=r"no connection within outbound\.connect_timeout = 0\.2 s"):
            await Rig(connect_timeout_s=0.2).get(f"https://a.test:{peer.port}/")


async def test_dead_name_servers_are_left_in_time() -> None:
    """A look-up that hangs holds up neither the request nor the thread that asked."""
    settings = OutboundSettings(timeout_s=0.2)

    def never(_host: str) -> Sequence[Resolved]:
        time.sleep(20)
        return []

    client = Outbound(settings, Guard(settings, never), CollectorRegistry())
    asking = asyncio.to_thread(client.request, "GET", "http://a.test/", Purpose.WEBHOOK)
    with pytest.raises(Timeout):
        await asyncio.wait_for(asking, 10)


@pytest.mark.parametrize(
    "reply",
    [
        answer(b"x" * 10_001),
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 3,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 20_000,
        answer(gzip.compress(b"0" * 9_000_000), "Content-Encoding: gzip"),
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100_000,
    ],
    ids=["body", "stated", "chunked", "until close", "bomb", "headers"],
)
async def test_large_answers_are_refused(reply: bytes) -> None:
    """Whatever is larger than the limit, on the wire or unpacked, is not taken in."""
    async with peers("127.0.0.1") as [peer]:
        peer.reply = reply
        rig = Rig(max_body_bytes=10_000)
        with pytest.raises(LimitExceeded) as failure:
            await rig.get(f"http://a.test:{peer.port}/")
        assert failure.value.limit in ("outbound.max_body", "head_bytes")
        assert rig.count("too_large") == 1


async def test_compressed_answers_are_unpacked() -> None:
    """Up to the limit gzip is undone; what is not gzip although it says so is refused, and so are other codings."""
    async with peers("127.0.0.1") as [peer]:
        rig = Rig(max_body_bytes=100_000)
        url = f"http://a.test:{peer.port}/"
        peer.reply = answer(gzip.compress(b"x" * 100_000), "Content-Encoding: gzip")
        assert (await rig.get(url)).body == b"x" * 100_000
        peer.reply = answer(gzip.compress(b"x" * 100_001), "Content-Encoding: gzip")
        with pytest.raises(LimitExceeded, match=r"outbound\.max_body = 100000"):
            await rig.get(url)
        peer.reply = answer(b"plain", "Content-Encoding: gzip")
        with pytest.raises(BadData, match="not valid gzip"):
            await rig.get(url)
        peer.reply = answer(b"plain", "Content-Encoding: gzip, gzip")
        with pytest.raises(BadData, match="unknown content encoding"):
            await rig.get(url)


@pytest.mark.parametrize("headers", [{"X": "a\r\nY: b"}, {"X\r\nY": "b"}, {"X": "\u00e4"}, {"Host": "b"}, {"X Y": "b"}])
async def test_headers_cannot_be_made_up(headers: dict[str, str]) -> None:
    """Line breaks, other characters and headers of the client's own are refused before anything is sent."""
    rig = Rig()
    with pytest.raises(BadData, match="header"):
        await rig.get("http://a.test:9/", headers=headers)
    with pytest.raises(BadData, match="is not one of"):
        await rig.client.request_async("GET /x HTTP/1.1\r\n", "http://a.test:9/", Purpose.WEBHOOK)
    assert rig.asked == []


def authority(folder: Path, *names: str) -> ssl.SSLContext:
    """A server's context with a certificate of its own for these names; the certificate is `cert.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


async def test_certificates_are_checked_for_the_name(tmp_path: Path) -> None:
    """The address is pinned, the name is what TLS is about: it is sent, and the certificate must be for it."""
    async with peers("127.0.0.1", context=authority(tmp_path, "a.test")) as [peer]:
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            await Rig().get(f"https://a.test:{peer.port}/")
        rig = Rig(ca_file=tmp_path / "cert.pem")
        assert (await rig.get(f"https://a.test:{peer.port}/")).status == 200
        assert peer.names[-1] == "a.test"
        with pytest.raises(Unavailable, match=r"(?i)hostname mismatch|not valid for 'b\.test'"):
            await rig.get(f"https://b.test:{peer.port}/")
        with pytest.raises(Unavailable, match=r"outbound\.ca_file = .*gone\.pem cannot be used"):
            await Rig(ca_file=tmp_path / "gone.pem").get(f"https://a.test:{peer.port}/")


async def test_redirects_never_leave_tls(tmp_path: Path) -> None:
    """From https to http nothing is followed."""
    async with peers("127.0.0.1", context=authority(tmp_path, "a.test")) as [peer]:
        peer.reply = answer(b"", "Location: http://a.test/", status="302 Found")
        with pytest.raises(BadData, match="which is not encrypted"):
            await Rig(ca_file=tmp_path / "cert.pem").get(f"https://a.test:{peer.port}/", redirects=True)


async def test_oidc_is_encrypted_on_the_public_network() -> None:
    """A provider in the clear is taken on a listed private network only."""
    rig = Rig(["93.184.216.34"])
    with pytest.raises(BadData, match="must be asked over https"):
        await rig.client.request_async("GET", "http://sso.test/", Purpose.OIDC)
    async with peers("127.0.0.1") as [peer]:
        found = await Rig().client.request_async("GET", f"http://sso.test:{peer.port}/", Purpose.OIDC)
        assert found.status == 200


async def test_proxies_are_only_those_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's are not used; the setting's gets whole URLs and its own credentials, addresses are judged."""
    async with peers("127.0.0.1", "127.0.0.1") as [peer, proxy]:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        await Rig().get(f"http://a.test:{peer.port}/")
        assert (len(peer.requests), len(proxy.requests)) == (1, 0)
        rig = Rig(proxy_url=f"http://u:p%40@127.0.0.1:{proxy.port}")
        await rig.get("http://inside.test:8080/x")
        assert proxy.requests[0].startswith(b"GET http://inside.test:8080/x HTTP/1.1\r\nHost: inside.test:8080\r\n")
        assert b"Proxy-Authorization: Basic dTpwQA==" in proxy.requests[0]
        assert "inside.test" not in rig.asked
        for address in (METADATA, "0xa9fea9fe"):
            with pytest.raises(BadData, match="metadata service"):
                await rig.get(f"http://{address}/")
        assert len(proxy.requests) == 1


async def test_proxies_tunnel_tls(tmp_path: Path) -> None:
    """Through a proxy TLS is with the server behind it, whose certificate is checked."""
    async with peers("127.0.0.1", context=authority(tmp_path, "a.test")) as [peer], peers("127.0.0.1") as [proxy]:

        async def tunnel(_head: bytes, writer: asyncio.StreamWriter) -> None:
            transport = writer.transport
            far_reader, far = await asyncio.open_connection("127.0.0.1", peer.port)
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            near = readers[transport]
            await asyncio.gather(pump(near, far), pump(far_reader, writer))

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(65_536):
                sink.write(data)
                await sink.drain()
            sink.close()

        readers: dict[Any, asyncio.StreamReader] = {}
        serve = proxy._serve

        async def noting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            readers[writer.transport] = reader
            await serve(reader, writer)

        await proxy.stop()
        proxy.port, proxy.reply = 0, tunnel
        proxy._server = await asyncio.start_server(noting, "127.0.0.1", 0)
        port = proxy._server.sockets[0].getsockname()[1]
        rig = Rig(proxy_url=f"http://127.0.0.1:{port}", ca_file=tmp_path / "cert.pem")
        assert (await rig.get("https://a.test/x")).status == 200
        assert proxy.requests[0].startswith(b"CONNECT a.test:443 HTTP/1.1\r\n")
        assert peer.requests[0].startswith(b"GET /x HTTP/1.1\r\nHost: a.test\r\n")
        with pytest.raises(Unavailable, match="TLS through the proxy failed"):
            await rig.get("https://b.test/x")


async def test_nothing_secret_is_told() -> None:
    """Errors and the log name the server; paths, queries, headers and bodies of webhooks are secrets."""
    async with peers("127.0.0.1") as [peer]:
        circle = answer(b"", "Location: /s3cret", status="302 Found")
        replies: list[bytes | Reply] = [answer(), hang, circle, b"s3cret?"]
        headers = {"Authorization": "s3cret"}
        said: list[str] = []
        with structlog.testing.capture_logs() as logs:
            for reply in replies:
                peer.reply = reply
                client = Rig(timeout_s=0.3).client
                url = f"http://a.test:{peer.port}/s3cret?token=s3cret"
                try:
                    found = await client.request_async(
                        "POST", url, Purpose.WEBHOOK, headers=headers, body=b"s3cret", redirects=True
                    )
                    said.append(repr(found))
                except VedetteError as error:
                    said.append(f"{error.message} {error!r} {error.__cause__!r}")
            for bad in ("http://s3cret:s3cret@a.test/", "ftp://a.test/s3cret"):
                with pytest.raises(BadData) as refused:
                    await Rig().get(bad)
                said.append(refused.value.message)
        assert len(said) == len(replies) + 2
        assert [text for text in said if "s3cret" in text] == []
        assert "s3cret" not in repr(logs)
        assert logs[0]["place"] == f"http://a.test:{peer.port}"
