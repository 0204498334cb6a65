"""The one place where requests leave this process: scrapes and HTTP discovery go through `HttpClient.get`."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from ssl import SSLContext, SSLError
from typing import Final, cast
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import cramjam

import vedette
from vedette.clock import Clock
from vedette.errors import BadData, Timeout, Unavailable
from vedette.scrape.config.http_options import HttpOptions, TlsOptions
from vedette.scrape.daemon_threads import DaemonThreads
from vedette.scrape.http_connection import Connection, RawAnswer, body_too_large
from vedette.scrape.resolver import Resolver
from vedette.scrape.tls import TlsContexts

MAX_REDIRECTS: Final = 10
IDLE_S: Final = 120.0
"""How long an unused connection is kept."""
_SWEEP_S: Final = 10.0
_HOST = re.compile(r"[A-Za-z0-9._:%-]+")
_PORTS: Final = {"http": 80, "https": 443}
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, and where from after redirects."""

    status: int
    content_type: str
    encoding: str
    body: bytes
    """As on the wire; see `plain_body`."""
    url: str

    def plain_body(self, max_body_bytes: int) -> bytes:
        """The body without compression, never beyond the limit. Raises LimitExceeded, BadData. Slow: use a thread."""
        if self.encoding in ("", "identity"):
            return self.body
        if self.encoding not in ("gzip", "x-gzip"):
            raise BadData(f"unknown content encoding {self.encoding!r}")
        return gunzip(self.body, max_body_bytes)


@dataclass(frozen=True, slots=True)
class _Url:
    """A checked URL; `target` is path and query, escaped."""

    scheme: str
    host: str
    port: int
    target: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a connection leads to; equal places may share connections."""

    scheme: str
    host: str
    port: int
    proxy: str = ""
    tls: TlsOptions = field(default_factory=TlsOptions)
    proxy_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class _Order:
    """One request, resolved as far as text goes."""

    place: _Place
    target: str
    headers: Headers
    compress: bool
    max_body_bytes: int


class HttpClient:
    """GET over HTTP/1.1 with kept connections; for use within one event loop."""

    def __init__(self, clock: Clock, max_connecting: int = 64) -> None:
        """`max_connecting` bounds the threads that look up names and read credential files."""
        self._clock = clock
        self._threads = DaemonThreads(max_connecting)
        self._resolver = Resolver(clock, self._threads)
        self._tls = TlsContexts()
        self._idle: dict[_Place, list[tuple[float, Connection]]] = {}
        self._sweep_s = clock.monotonic_s() + _SWEEP_S

    async def get(
        self,
        url: str,
        options: HttpOptions,
        *,
        headers: Headers = (),
        timeout_s: float,
        max_body_bytes: int,
        compress: bool = True,
    ) -> Answer:
        """Ask for a URL. The timeout covers everything from the name look-up to the last byte.

        Compression is not asked for on loopback, where it costs more than it saves. Raises Timeout, Unavailable
        (no connection), BadData (not HTTP, too many redirects) and LimitExceeded (body).
        """
        stage = ["connecting"]
        try:
            async with asyncio.timeout(timeout_s):
                return await self._follow(url, options, headers, compress, max_body_bytes, stage)
        except TimeoutError:
            raise Timeout(f"no answer within {timeout_s:g} s, it ended while {stage[0]}") from None

    async def close(self) -> None:
        """Close all kept connections; look-ups under way are left to themselves."""
        for idle in self._idle.values():
            for _, connection in idle:
                connection.abort()
        self._idle.clear()

    async def _follow(
        self, url: str, options: HttpOptions, headers: Headers, compress: bool, max_body_bytes: int, stage: list[str]
    ) -> Answer:
        origin = _origin(url)
        secret_headers = await self._threads.run(_headers_of, options) if _has_files(options) else _headers_of(options)
        for _ in range(MAX_REDIRECTS + 1):
            # Credentials and configured headers are for the host they were given for, never for where it points.
            sent = [*headers, *secret_headers] if _origin(url) == origin else list(headers)
            raw = await self._ask(_order(url, options, sent, compress, max_body_bytes), stage)
            location = raw.headers.get("location", "")
            if not (options.follow_redirects and raw.status in (301, 302, 303, 307, 308) and location):
                return Answer(
                    raw.status,
                    raw.headers.get("content-type", ""),
                    raw.headers.get("content-encoding", "").strip().lower(),
                    raw.body,
                    url,
                )
            url = urljoin(url, location)
        raise BadData(f"more than {MAX_REDIRECTS} redirects")

    async def _ask(self, order: _Order, stage: list[str]) -> RawAnswer:
        while True:
            stage[0] = "connecting"
            connection, compress = await self._connection(order)
            stage[0] = "waiting for the answer"
            reused = connection.served > 0
            try:
                raw = await connection.request(_head(order, compress), order.max_body_bytes)
            except Unavailable:
                # A kept connection may have been closed by the server just now; a fresh one has no such excuse.
                if reused:
                    continue
                raise
            self._keep(order.place, connection)
            return raw

    def _keep(self, place: _Place, connection: Connection) -> None:
        now_s = self._clock.monotonic_s()
        if connection.is_open:
            self._idle.setdefault(place, []).append((now_s, connection))
        if now_s < self._sweep_s:
            return
        self._sweep_s = now_s + _SWEEP_S
        for other, idle in list(self._idle.items()):
            while idle and (now_s - idle[0][0] > IDLE_S or not idle[0][1].is_open):
                idle.pop(0)[1].abort()
            if not idle:
                del self._idle[other]

    async def _connection(self, order: _Order) -> tuple[Connection, bool]:
        """A connection, kept or new, and whether to ask for compression on it."""
        idle = self._idle.get(order.place, [])
        while idle:
            _, connection = idle.pop()
            if connection.is_open:
                return connection, order.compress and not connection.is_loopback
        connection = await self._connect(order.place)
        return connection, order.compress and not connection.is_loopback

    async def _connect(self, place: _Place) -> Connection:
        loop = asyncio.get_running_loop()
        context = None
        if place.scheme == "https":
            context = await self._threads.run(self._tls.get, place.tls)
        server_name = (place.tls.server_name or place.host) if context else None
        if not place.proxy:
            return await self._open(place.host, place.port, context, server_name)
        proxy = urlsplit(place.proxy)
        connection = await self._open(proxy.hostname or "", proxy.port or 80, None, None)
        if context is None:
            return connection
        authority = _authority(place)
        own = "".join(f"{name}: {value}\r\n" for name, value in place.proxy_headers)
        head = f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{_proxy_auth(place.proxy)}{own}\r\n"
        raw = await connection.request(head.encode("latin-1"), 65_536, is_connect=True)
        if raw.status != 200:
            connection.abort()
            raise Unavailable(f"the proxy refused to connect: HTTP status {raw.status}")
        inner = Connection()
        try:
            transport = await loop.start_tls(connection.transport, inner, context, server_hostname=server_name)
        except (OSError, ValueError) as error:
            connection.abort()
            raise Unavailable(f"TLS through the proxy failed: {error}") from None
        inner.connection_made(cast("asyncio.Transport", transport))
        return inner

    async def _open(self, host: str, port: int, context: SSLContext | None, server_name: str | None) -> Connection:
        loop = asyncio.get_running_loop()
        addresses = await self._resolver.resolve(host)
        failure: Exception | None = None
        for position, (family, address) in enumerate(addresses):
            # An address that swallows packets leaves time for the others.
            patience_s = None if position == len(addresses) - 1 else 2.0
            try:
                async with asyncio.timeout(patience_s):
                    _, connection = await loop.create_connection(
                        Connection, address, port, family=family, ssl=context, server_hostname=server_name
                    )
                    return connection
            except (OSError, ValueError) as error:
                failure = error
        self._resolver.forget(host)
        raise Unavailable(f"cannot connect to {host} port {port}: {_reason(failure)}")


def gunzip(body: bytes, max_body_bytes: int) -> bytes:
    """Undo gzip. Raises LimitExceeded as soon as the text would be larger than allowed, BadData when it is damaged."""
    # The trailer states the size, which spares growing; it is not trusted: what does not fit goes the careful way.
    stated = int.from_bytes(body[-4:], "little") if body.startswith(b"\x1f\x8b") and len(body) >= 18 else 0
    if stated > max_body_bytes:
        raise body_too_large(max_body_bytes)
    if 0 < stated <= 1024 * len(body):
        plain = bytearray(stated)
        with suppress(cramjam.DecompressionError):
            if cramjam.gzip.decompress_into(body, plain) == stated:
                return bytes(plain)
    parts: list[bytes] = []
    size = 0
    rest = body
    try:
        while rest:
            stream = zlib.decompressobj(wbits=31)
            parts.append(stream.decompress(rest, max_body_bytes - size + 1))
            size += len(parts[-1])
            if size > max_body_bytes:
                raise body_too_large(max_body_bytes)
            if not stream.eof:
                raise BadData("the gzip stream is cut short")
            rest = stream.unused_data
    except zlib.error as error:
        raise BadData(f"not valid gzip: {error}") from None
    return b"".join(parts)


def check_url(url: str) -> str:
    """The URL itself. Raises BadData unless it is a complete http or https URL."""
    _split(url)
    return url


def _reason(failure: Exception | None) -> str:
    number = getattr(failure, "errno", None)
    if isinstance(failure, SSLError) or not isinstance(number, int):
        return str(failure) or type(failure).__name__
    # The event loop's own words repeat the address.
    return os.strerror(number)


def _origin(url: str) -> tuple[str, str, int]:
    parts = _split(url)
    return parts.scheme, parts.host, parts.port


@lru_cache(maxsize=16_384)
def _split(url: str) -> _Url:
    """The parts of a URL. Raises BadData."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadData(f"not a valid URL {url!r}: {error}") from None
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or parts.username is not None:
        raise BadData(f"not a valid http or https URL: {url!r}")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return _Url(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, path + (query and f"?{query}"))


def _place(url: _Url, options: HttpOptions) -> _Place:
    proxy = _proxy(url.scheme, url.host, options)
    if url.scheme == "http":
        return _Place(url.scheme, url.host, url.port, proxy)
    proxy_headers = tuple((name, value) for name, values in options.proxy_headers for value in values)
    return _Place(url.scheme, url.host, url.port, proxy, options.tls, proxy_headers if proxy else ())


def _proxy(scheme: str, host: str, options: HttpOptions) -> str:
    if options.proxy_from_environment:
        proxy = getproxies().get(scheme, "")
        return "" if not proxy or proxy_bypass(host) else proxy
    if not options.proxy_url:
        return ""
    for name in filter(None, (part.strip().lower() for part in options.no_proxy.split(","))):
        if name == "*" or host.lower() == name.lstrip(".") or host.lower().endswith("." + name.lstrip(".")):
            return ""
    return options.proxy_url


def _order(url: str, options: HttpOptions, headers: Headers, compress: bool, max_body_bytes: int) -> _Order:
    parts = _split(url)
    place = _place(parts, options)
    target = parts.target
    if place.proxy and place.scheme == "http":
        target = f"http://{_authority(place)}{target}"
    return _Order(place, target, headers, compress, max_body_bytes)


def _authority(place: _Place) -> str:
    host = f"[{place.host}]" if ":" in place.host else place.host
    default = place.port == _PORTS[place.scheme] and not (place.proxy and place.scheme == "https")
    return host if default else f"{host}:{place.port}"


def _head(order: _Order, compress: bool) -> bytes:
    lines = [f"GET {order.target} HTTP/1.1", f"Host: {_authority(order.place)}"]
    lines.append(f"User-Agent: Vedette/{vedette.__version__}")
    lines.append(f"Accept-Encoding: {'gzip' if compress else 'identity'}")
    lines += [f"{name}: {value}" for name, value in order.headers]
    proxy = _proxy_auth(order.place.proxy) if order.place.proxy and order.place.scheme == "http" else ""
    try:
        return ("\r\n".join(lines) + f"\r\n{proxy}\r\n").encode("latin-1")
    except UnicodeEncodeError:
        raise BadData("a header holds characters that HTTP cannot carry") from None


def _proxy_auth(proxy: str) -> str:
    parts = urlsplit(proxy)
    if parts.username is None:
        return ""
    return f"Proxy-Authorization: {_basic(parts.username, parts.password or '')}\r\n"


def _basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def _has_files(options: HttpOptions) -> bool:
    secrets = [secret for _, values in options.headers for secret in values]
    if options.basic_auth:
        secrets += [options.basic_auth.username, options.basic_auth.password]
    if options.authorization:
        secrets.append(options.authorization.credentials)
    return any(secret.file for secret in secrets)


def _headers_of(options: HttpOptions) -> list[tuple[str, str]]:
    """Configured headers with their secrets. Raises Unavailable when a file cannot be read."""
    headers = []
    try:
        if options.basic_auth:
            auth = options.basic_auth
            headers.append(("Authorization", _basic(auth.username.read(), auth.password.read())))
        if options.authorization:
            credentials = options.authorization.credentials.read()
            headers.append(("Authorization", f"{options.authorization.type} {credentials}".strip()))
        for name, values in options.headers:
            headers += [(name, secret.read()) for secret in values]
    except OSError as error:
        raise Unavailable(f"cannot read credentials from {error.filename}: {error.strerror}") from None
    if any("\r" in value or "\n" in value for _, value in headers):
        raise BadData("credentials or a header hold a line break")
    return headers
