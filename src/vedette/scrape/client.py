"""Asks targets and HTTP discoveries, through `HttpClient.get`: many small requests over kept connections."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Final
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import vedette
from vedette.clock import Clock
from vedette.errors import BadData, Timeout, Unavailable
from vedette.outbound.connection import Connection, RawAnswer
from vedette.outbound.daemon_threads import DaemonThreads
from vedette.outbound.dial import basic, dial, proxy_auth, tunnel
from vedette.outbound.guard import Guard
from vedette.outbound.gunzip import plain_body
from vedette.outbound.resolver import Resolved, Resolver
from vedette.outbound.settings import Purpose
from vedette.outbound.url import Url, authority_of, read_url
from vedette.scrape.config.http_options import HttpOptions, TlsOptions
from vedette.scrape.tls import TlsContexts

MAX_REDIRECTS: Final = 10
IDLE_S: Final = 120.0
"""How long an unused connection is kept."""
_SWEEP_S: Final = 10.0
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
        return plain_body(self.body, self.encoding, max_body_bytes)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a connection leads to; equal places may share connections."""

    scheme: str
    host: str
    port: int
    proxy: str = ""
    tls: TlsOptions = field(default_factory=TlsOptions)
    proxy_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    purpose: Purpose | None = None
    """What its addresses were judged for; None where the operator named the place."""

    @property
    def authority(self) -> str:
        """Host and port as requests have them."""
        with_port = bool(self.proxy) and self.scheme == "https"
        return authority_of(self.scheme, self.host, self.port, with_port=with_port)


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

    def __init__(self, clock: Clock, guard: Guard, max_connecting: int = 64) -> None:
        """`max_connecting` bounds the threads that look up names and read credential files."""
        self._clock = clock
        self._guard = guard
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
        purpose: Purpose = Purpose.SCRAPE,
        is_trusted: bool = True,
    ) -> Answer:
        """Ask for a URL. The timeout covers everything from the name look-up to the last byte.

        The guard judges where the URL leads to, unless it `is_trusted`: written down by the operator. Other origins
        that it redirects to are always judged.

        Compression is not asked for on loopback, where it costs more than it saves. Raises Timeout, Unavailable
        (no connection), BadData (not HTTP, too many redirects) and LimitExceeded (body).
        """
        stage = ["connecting"]
        try:
            async with asyncio.timeout(timeout_s):
                return await self._follow(
                    url, options, headers, compress, max_body_bytes, None if is_trusted else purpose, purpose, stage
                )
        except TimeoutError:
            raise Timeout(f"no answer within {timeout_s:g} s, it ended while {stage[0]}") from None

    async def close(self) -> None:
        """Close all kept connections; look-ups under way are left to themselves."""
        for idle in self._idle.values():
            for _, connection in idle:
                connection.abort()
        self._idle.clear()

    async def _follow(
        self,
        url: str,
        options: HttpOptions,
        headers: Headers,
        compress: bool,
        max_body_bytes: int,
        own_purpose: Purpose | None,
        purpose: Purpose,
        stage: list[str],
    ) -> Answer:
        origin = read_url(url).origin
        secret_headers = await self._threads.run(_headers_of, options) if _has_files(options) else _headers_of(options)
        for _ in range(MAX_REDIRECTS + 1):
            # Credentials and configured headers are for the host they were given for, never for where it points.
            is_own = read_url(url).origin == origin
            sent = [*headers, *secret_headers] if is_own else list(headers)
            judged_for = own_purpose if is_own else purpose
            raw = await self._ask(_order(url, options, sent, compress, max_body_bytes, judged_for), stage)
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
        context = await self._threads.run(self._tls.get, place.tls) if place.scheme == "https" else None
        server_name = place.tls.server_name or place.host
        if not place.proxy:
            return await self._open(place, context, server_name)
        if place.purpose is not None:
            self._guard.admit_through_proxy(place.host, place.purpose)
        proxy = urlsplit(place.proxy)
        host, port = proxy.hostname or "", proxy.port or 80
        connection = await self._dial(host, await self._resolver.resolve(host), port)
        if context is None:
            return connection
        authority = place.authority
        own = "".join(f"{name}: {value}\r\n" for name, value in place.proxy_headers)
        head = f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{proxy_auth(place.proxy)}{own}\r\n"
        return await tunnel(connection, head, context, server_name)

    async def _open(self, place: _Place, context: SSLContext | None, server_name: str) -> Connection:
        addresses: Sequence[Resolved] = await self._resolver.resolve(place.host)
        if place.purpose is not None:
            addresses = self._guard.admitted(place.host, addresses, place.purpose)
        return await self._dial(place.host, addresses, place.port, context, server_name)

    async def _dial(
        self,
        host: str,
        addresses: Sequence[Resolved],
        port: int,
        context: SSLContext | None = None,
        server_name: str | None = None,
    ) -> Connection:
        try:
            return await dial(f"{host} port {port}", addresses, port, context, server_name)
        except Unavailable:
            self._resolver.forget(host)
            raise


def _place(url: Url, options: HttpOptions, purpose: Purpose | None) -> _Place:
    proxy = _proxy(url.scheme, url.host, options)
    if url.scheme == "http":
        return _Place(url.scheme, url.host, url.port, proxy, purpose=purpose)
    proxy_headers = tuple((name, value) for name, values in options.proxy_headers for value in values)
    return _Place(url.scheme, url.host, url.port, proxy, options.tls, proxy_headers if proxy else (), purpose)


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


def _order(
    url: str, options: HttpOptions, headers: Headers, compress: bool, max_body_bytes: int, purpose: Purpose | None
) -> _Order:
    parts = read_url(url)
    place = _place(parts, options, purpose)
    target = parts.target
    if place.proxy and place.scheme == "http":
        target = f"http://{place.authority}{target}"
    return _Order(place, target, headers, compress, max_body_bytes)


def _head(order: _Order, compress: bool) -> bytes:
    lines = [f"GET {order.target} HTTP/1.1", f"Host: {order.place.authority}"]
    lines.append(f"User-Agent: Vedette/{vedette.__version__}")
    lines.append(f"Accept-Encoding: {'gzip' if compress else 'identity'}")
    lines += [f"{name}: {value}" for name, value in order.headers]
    proxy = proxy_auth(order.place.proxy) if order.place.proxy and order.place.scheme == "http" else ""
    try:
        return ("\r\n".join(lines) + f"\r\n{proxy}\r\n").encode("latin-1")
    except UnicodeEncodeError:
        raise BadData("a header holds characters that HTTP cannot carry") from None


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
            headers.append(("Authorization", basic(auth.username.read(), auth.password.read())))
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
