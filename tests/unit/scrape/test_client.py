"""The HTTP client against servers that behave badly."""

from __future__ import annotations

import asyncio
import gzip
import random
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from vedette.clock import SystemClock
from vedette.errors import BadData, LimitExceeded, Timeout, Unavailable, VedetteError
from vedette.outbound.daemon_threads import DaemonThreads
from vedette.outbound.guard import Guard
from vedette.outbound.gunzip import gunzip
from vedette.outbound.settings import OutboundSettings, Purpose
from vedette.scrape.client import Answer, HttpClient
from vedette.scrape.config.http_options import Authorization, BasicAuth, HttpOptions, Secret, TlsOptions

PLAIN = HttpOptions()


@pytest_asyncio.fixture
async def client() -> AsyncIterator[HttpClient]:
    made = HttpClient(SystemClock(), Guard(OutboundSettings()), max_connecting=4)
    yield made
    await made.close()


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]).encode() + body


def replying(data: bytes) -> Any:
    async def reply(_head: str, writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return reply


async def get(client: HttpClient, url: str, options: HttpOptions = PLAIN, **more: Any) -> Answer:
    return await client.get(url, options, **{"timeout_s": 5.0, "max_body_bytes": 10_000, **more})


async def test_keeps_its_connection(client: HttpClient, target: Any) -> None:
    """Two requests to one place go over one connection."""
    for _ in range(2):
        found = await get(client, target.url)
        assert (found.status, found.body, found.content_type) == (200, b"m 1\n", "text/plain")
    assert target.connections == 1
    assert "Host: " + target.address in target.heads[0]


async def test_a_closed_connection_is_replaced(client: HttpClient, target: Any) -> None:
    """A kept connection that the server closed meanwhile costs a new connection, not a failure."""
    await get(client, target.url)
    port = target.port
    await target.stop()
    target.port = port
    await target.start()
    assert (await get(client, target.url)).status == 200


async def test_chunked_and_close_delimited_bodies(client: HttpClient, target: Any) -> None:
    """All three ways to end a body are understood."""
    target.reply = replying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nm 1\r\n1\r\n\n\r\n0\r\n\r\n")
    assert (await get(client, target.url)).body == b"m 1\n"

    async def until_close(_head: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nm 2\n")
        await writer.drain()
        writer.close()

    target.reply = until_close
    assert (await get(client, target.url)).body == b"m 2\n"


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nm"],
)
async def test_a_hanging_target_is_left_in_time(client: HttpClient, target: Any, start: bytes) -> None:
    """Wherever in its answer a target stops, the timeout ends the request and its connection."""
    target.reply = replying(start)
    with pytest.raises(Timeout, match=r"no answer within 0\.1 s"):
        await get(client, target.url, timeout_s=0.1)
    await asyncio.wait_for(target.closed.wait(), 5)


async def test_a_dripping_target_is_left_in_time(client: HttpClient, target: Any) -> None:
    """The timeout is for the whole answer, not for the silence between two bytes."""

    async def drip(_head: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    target.reply = drip
    with pytest.raises(Timeout):
        await get(client, target.url, timeout_s=0.2)


async def test_large_bodies_are_refused(client: HttpClient, target: Any) -> None:
    """A body beyond the limit is not read to its end, whether or not it states its length."""
    target.reply = replying(answer(b"x" * 10_001))
    with pytest.raises(LimitExceeded, match="body_size_limit = 10000"):
        await get(client, target.url)
    chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
    target.reply = replying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 3 + b"0\r\n\r\n")
    with pytest.raises(LimitExceeded, match="body_size_limit = 10000"):
        await get(client, target.url)


async def test_endless_headers_are_refused(client: HttpClient, target: Any) -> None:
    """Headers have a limit of their own."""
    target.reply = replying(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100_000)
    with pytest.raises(LimitExceeded, match="headers of more than"):
        await get(client, target.url)


@pytest.mark.parametrize("data", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x01\x00", b"HTTP/9.9 xx\r\n\r\n"])
async def test_other_protocols_are_no_answer(client: HttpClient, target: Any, data: bytes) -> None:
    """A port that speaks something else gives a message, not a crash."""
    target.reply = replying(data)
    with pytest.raises(BadData, match="not an HTTP answer"):
        await get(client, target.url)


async def test_a_cut_body_is_no_answer(client: HttpClient, target: Any) -> None:
    """A connection that ends before the stated length is a failure."""

    async def cut(_head: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nm 1\n")
        await writer.drain()
        writer.close()

    target.reply = cut
    with pytest.raises(Unavailable, match="closed after 4 bytes"):
        await get(client, target.url)


async def test_refused_and_unknown_hosts(client: HttpClient, target: Any) -> None:
    """Messages name host, port and reason."""
    await target.stop()
    with pytest.raises(Unavailable, match=rf"cannot connect to 127\.0\.0\.1 port {target.port}: .*refused"):
        await get(client, target.url)
    with pytest.raises(Unavailable, match=r"no address for host 'nowhere\.invalid'"):
        await get(client, "http://nowhere.invalid/metrics")


async def test_follows_redirects_within_reason(client: HttpClient, target: Any) -> None:
    """A redirect is followed, a circle of them ends."""

    async def redirect(head: str, writer: asyncio.StreamWriter) -> None:
        if "/metrics" in head:
            writer.write(answer(b"", "Location: /there", status="302 Found"))
        else:
            writer.write(answer(b"m 3\n"))

    target.reply = redirect
    found = await get(client, target.url)
    assert (found.body, found.url) == (b"m 3\n", f"http://{target.address}/there")
    unfollowed = await get(client, target.url, HttpOptions(follow_redirects=False))
    assert unfollowed.status == 302
    target.reply = replying(answer(b"", "Location: /metrics", status="301 Moved"))
    with pytest.raises(BadData, match="more than 10 redirects"):
        await get(client, target.url)


async def test_credentials_stay_with_their_host(client: HttpClient, target: Any, other_target: Any) -> None:
    """Neither Authorization nor configured headers follow a redirect to another host."""
    target.reply = replying(answer(b"", f"Location: {other_target.url}", status="307 Temporary Redirect"))
    options = HttpOptions(
        basic_auth=BasicAuth(Secret("me"), Secret("secret")), headers=(("X-Token", (Secret("abc"),)),)
    )
    await get(client, target.url, options, headers=(("Accept", "text/plain"),))
    assert "Authorization: Basic bWU6c2VjcmV0" in target.heads[0]
    assert "X-Token: abc" in target.heads[0]
    assert "Authorization" not in other_target.heads[0]
    assert "X-Token" not in other_target.heads[0]
    assert "Accept: text/plain" in other_target.heads[0]


async def test_redirects_to_other_schemes_are_refused(client: HttpClient, target: Any) -> None:
    """A target cannot make us open files."""
    target.reply = replying(answer(b"", "Location: file:///etc/passwd", status="302 Found"))
    with pytest.raises(BadData, match="not a valid http or https URL"):
        await get(client, target.url)


async def test_credential_files_are_read_for_each_request(client: HttpClient, target: Any, tmp_path: Path) -> None:
    """A rotated token is used with the next request; a missing file is a message."""
    token = tmp_path / "token"
    options = HttpOptions(authorization=Authorization("Bearer", Secret(file=token)))
    token.write_text("one\n")
    await get(client, target.url, options)
    token.write_text("two\n")
    await get(client, target.url, options)
    assert ["Bearer one" in target.heads[0], "Bearer two" in target.heads[1]] == [True, True]
    token.write_text("two\r\nX-Evil: 1")
    with pytest.raises(BadData, match="line break"):
        await get(client, target.url, options)
    token.unlink()
    with pytest.raises(Unavailable, match="cannot read credentials"):
        await get(client, target.url, options)


async def test_compression_is_not_asked_for_on_loopback(client: HttpClient, target: Any) -> None:
    """Where bytes cost nothing, unpacking them would."""
    await get(client, target.url, compress=True)
    assert "Accept-Encoding: identity" in target.heads[0]


def test_gunzip_bounds_what_it_makes() -> None:
    """A bomb ends at the limit, also when its trailer lies about its size; damage is a message."""
    bomb = gzip.compress(b"0" * 50_000_000)
    with pytest.raises(LimitExceeded, match="body_size_limit = 1000"):
        gunzip(bomb, 1000)
    lying = bomb[:-4] + (10).to_bytes(4, "little")
    with pytest.raises(LimitExceeded, match="body_size_limit = 1000"):
        gunzip(lying, 1000)
    assert gunzip(gzip.compress(b"a\n") + gzip.compress(b"b\n"), 100) == b"a\nb\n"
    assert gunzip(gzip.compress(b"x" * 1000), 1000) == b"x" * 1000
    for damaged in (bomb[:100], b"no gzip at all, but long enough", gzip.compress(b"x" * 100)[:-12]):
        with pytest.raises(BadData):
            gunzip(damaged, 100_000_000)


async def test_a_proxy_is_asked_for_the_whole_url(client: HttpClient, target: Any) -> None:
    """Plain requests through a proxy carry the absolute URL and the proxy's credentials; no_proxy goes direct."""
    options = HttpOptions(proxy_url=f"http://u:p@{target.address}", no_proxy="direct.test,127.0.0.1")
    await get(client, "http://somewhere.test:8080/metrics?a=b", options)
    assert target.heads[0].startswith("GET http://somewhere.test:8080/metrics?a=b HTTP/1.1\r\nHost: somewhere.test")
    assert "Proxy-Authorization: Basic dTpw" in target.heads[0]
    await get(client, target.url, options)
    assert target.heads[1].startswith("GET /metrics HTTP/1.1")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost with its key beside it."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "cert.pem"


async def test_tls_is_verified(client: HttpClient, certificate: Path, make_target: Any) -> None:
    """An unknown certificate is refused; a configured authority, a server name or skipping the check make it work."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    secure = make_target()
    await secure.start(context)
    url = f"https://127.0.0.1:{secure.port}/metrics"
    with pytest.raises(Unavailable, match="certificate"):
        await get(client, url)
    assert (await get(client, url, HttpOptions(tls=TlsOptions(insecure_skip_verify=True)))).status == 200
    named = TlsOptions(ca_file=certificate, server_name="localhost")
    assert (await get(client, url, HttpOptions(tls=named))).status == 200
    with pytest.raises(Unavailable, match=r"certificate|mismatch"):
        await get(client, url, HttpOptions(tls=TlsOptions(ca_file=certificate)))
    with pytest.raises(Unavailable, match="TLS set-up failed"):
        await get(client, url, HttpOptions(tls=TlsOptions(ca_file=certificate.with_name("gone.pem"))))
    await secure.stop()


async def test_damaged_answers_never_crash(client: HttpClient, target: Any) -> None:
    """Whatever a server sends, the outcome is an answer or an error of ours, in time."""
    chance = random.Random(7)
    good = [
        answer(b"m 1\n" * 50, "Content-Type: text/plain", "X-A: b"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nm 1\nm\r\n3\r\n 2\n\r\n0\r\n\r\n",
        answer(b"", "Location: http://127.0.0.1:1/x", status="302 Found"),
        b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"m 1\n"),
    ]
    outcomes = set()
    for _ in range(300):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randint(0, 4)):
            place = chance.randrange(len(data))
            data[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        target.reply = replying(bytes(data))
        try:
            outcomes.add((await get(client, target.url, timeout_s=0.05)).status)
        except VedetteError as error:
            outcomes.add(error.code)
    assert {200, "bad_data", "timeout", "unavailable"} <= outcomes


async def test_tls_goes_through_a_proxy(client: HttpClient, certificate: Path, target: Any, make_target: Any) -> None:
    """HTTPS through a proxy is a tunnel: the proxy sees host, port and its own headers; a refusal is told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    secure = make_target()
    await secure.start(context)

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", secure.port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pipe(reader, upstream_writer), pipe(upstream_reader, writer), return_exceptions=True)

    heads: list[str] = []
    proxy = await asyncio.start_server(tunnel, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    options = HttpOptions(
        proxy_url=f"http://u:p@127.0.0.1:{port}",
        proxy_headers=(("X-Route", ("a",)),),
        tls=TlsOptions(ca_file=certificate),
    )
    for _ in range(2):
        assert (await get(client, "https://localhost:9999/metrics", options)).body == b"m 1\n"
    assert len(heads) == 1
    assert heads[0].startswith("CONNECT localhost:9999 HTTP/1.1\r\nHost: localhost:9999\r\n")
    assert "Proxy-Authorization: Basic dTpw" in heads[0]
    assert "X-Route: a" in heads[0]
    assert "Proxy-Authorization" not in secure.heads[0]
    target.reply = replying(answer(b"", status="407 Proxy Authentication Required"))
    refusing = HttpOptions(proxy_url=f"http://{target.address}")
    with pytest.raises(Unavailable, match="the proxy refused to connect: HTTP status 407"):
        await get(client, "https://localhost:9999/metrics", refusing)
    proxy.close()
    await secure.stop()


async def test_a_hanging_call_keeps_only_its_own_place() -> None:
    """Calls beyond the limit wait; a cancelled caller gives its place back only when its thread has finished."""
    threads = DaemonThreads(2)
    release = threading.Event()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(threads.run(release.wait, 10), 0.02)
    assert await threads.run(pow, 2, 5) == 32
    second = asyncio.create_task(threads.run(release.wait, 10))
    await asyncio.sleep(0)
    third = asyncio.create_task(threads.run(pow, 2, 3))
    await asyncio.sleep(0.02)
    assert not third.done()
    release.set()
    assert await asyncio.wait_for(third, 5) == 8
    assert await second
    with pytest.raises(ZeroDivisionError):
        await threads.run(divmod, 1, 0)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "scrape-connect")


async def test_addresses_are_judged_before_connecting(target: Any) -> None:
    """Nothing is sent where the guard forbids it, not even over a connection that is open for the operator's own."""
    client = HttpClient(SystemClock(), Guard(OutboundSettings(allow_private=())), max_connecting=4)
    try:
        assert (await get(client, target.url)).status == 200
        for url in (
            target.url,
            target.url.replace("127.0.0.1", "localhost"),
            target.url.replace("127.0.0.1", "0x7f.1"),
        ):
            with pytest.raises(BadData, match="this machine itself, which may not be asked for scrape"):
                await get(client, url, is_trusted=False)
        assert (target.connections, len(target.heads)) == (1, 1)
    finally:
        await client.close()


async def test_redirects_of_trusted_targets_are_judged(target: Any, other_target: Any) -> None:
    """The operator named one origin: where that points to is judged, its own paths are not."""
    client = HttpClient(SystemClock(), Guard(OutboundSettings(allow_private=())), max_connecting=4)
    try:
        for location in (other_target.url, "http://169.254.169.254/latest/meta-data/"):
            target.reply = replying(answer(b"", f"Location: {location}", status="302 Found"))
            with pytest.raises(BadData, match="may not be asked for discovery"):
                await get(client, target.url, purpose=Purpose.DISCOVERY)
        assert other_target.heads == []

        async def redirect(head: str, writer: asyncio.StreamWriter) -> None:
            writer.write(
                answer(b"", "Location: /there", status="302 Found") if "/metrics" in head else answer(b"m 3\n")
            )

        target.reply = redirect
        assert (await get(client, target.url)).body == b"m 3\n"
    finally:
        await client.close()


async def test_proxied_targets_are_judged_where_they_are_addresses(target: Any) -> None:
    """A proxy looks names up itself; an address, however written, is judged here."""
    client = HttpClient(SystemClock(), Guard(OutboundSettings()), max_connecting=4)
    options = HttpOptions(proxy_url=f"http://{target.address}")
    try:
        assert (await get(client, "http://somewhere.test/metrics", options, is_trusted=False)).status == 200
        for host in ("169.254.169.254", "0xa9fea9fe", "[::ffff:a9fe:a9fe]"):
            with pytest.raises(BadData, match="metadata service"):
                await get(client, f"http://{host}/", options, is_trusted=False)
        assert len(target.heads) == 1
    finally:
        await client.close()
