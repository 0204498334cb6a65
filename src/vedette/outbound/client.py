"""The one way out for addresses that people type in: OIDC providers and webhooks. Scrapes have a client of their own,
with kept connections, on the same guard and the same connections.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import urljoin, urlsplit

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter

import vedette
from vedette.errors import BadData, LimitExceeded, Timeout, Unavailable, VedetteError
from vedette.outbound.connection import Connection, RawAnswer
from vedette.outbound.daemon_threads import DaemonThreads
from vedette.outbound.dial import dial, proxy_auth, tunnel
from vedette.outbound.guard import Checked, Guard
from vedette.outbound.gunzip import plain_body
from vedette.outbound.settings import OutboundSettings, Purpose
from vedette.outbound.url import Url, authority_of, read_url

P = ParamSpec("P")
T = TypeVar("T")

_log = structlog.get_logger(__name__)
MAX_REDIRECTS: Final = 5
_BODY_LIMIT: Final = "outbound.max_body"
_METHODS: Final = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE"))
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
# What the client says itself; a second value would make the request mean something else.
_RESERVED: Final = frozenset(
    ("host", "content-length", "transfer-encoding", "connection", "accept-encoding", "upgrade", "te", "trailer")
)
# All that goes along to another origin: a list of secrets would never be whole.
_HARMLESS: Final = frozenset(("accept", "accept-language", "content-type", "user-agent"))
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; header names are in lower case. `url` is where it was said, after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str = field(repr=False)

    def json(self) -> Any:
        """The body as JSON. Raises BadData."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise BadData(f"{read_url(self.url).place} answered with something that is no JSON: {error}") from None


@dataclass(frozen=True, slots=True)
class _Question:
    """One request on its way, perhaps redirected."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Outbound:
    """Asks other servers, each request on a connection of its own; thread-safe.

    TLS is always verified; proxies and credentials of the environment are not used.
    """

    def __init__(self, settings: OutboundSettings, guard: Guard, registry: CollectorRegistry) -> None:
        self._settings = settings
        self._guard = guard
        self._contexts: dict[tuple[int, int], ssl.SSLContext] = {}
        self._requests = Counter(
            "vedette_outbound_requests",
            "Requests to other servers by purpose and result: answered, refused, unavailable, timeout, too_large.",
            ["purpose", "result"],
            registry=registry,
        )

    def request(
        self,
        method: str,
        url: str,
        purpose: Purpose,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        redirects: bool = False,
        timeout_s: float | None = None,
        max_body_bytes: int | None = None,
    ) -> Answer:
        """As `request_async`, for use in a thread that has no event loop."""
        return asyncio.run(
            self.request_async(
                method,
                url,
                purpose,
                headers=headers,
                body=body,
                redirects=redirects,
                timeout_s=timeout_s,
                max_body_bytes=max_body_bytes,
            )
        )

    async def request_async(
        self,
        method: str,
        url: str,
        purpose: Purpose,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        redirects: bool = False,
        timeout_s: float | None = None,
        max_body_bytes: int | None = None,
    ) -> Answer:
        """Ask, whatever the status of the answer; limits are those of the settings where none are given.

        Raises BadData (must not be asked, or no HTTP), Unavailable (no connection), Timeout and LimitExceeded. Their
        messages and the log name the server, never path, query, headers or body.
        """
        limit_s = self._settings.timeout_s if timeout_s is None else timeout_s
        max_bytes = self._settings.max_body_bytes if max_body_bytes is None else max_body_bytes
        question = _Question(method, url, dict(headers or {}), body)
        started_s = perf_counter()
        result = "unavailable"
        try:
            _check_headers(question)
            async with asyncio.timeout(limit_s):
                answer = await self._follow(question, purpose, redirects, max_bytes)
        except TimeoutError:
            result = "timeout"
            raise Timeout(f"{_place(url)} did not answer within {limit_s:g} s") from None
        except VedetteError as error:
            result = _result(error)
            raise
        else:
            result = "answered"
            return answer
        finally:
            self._note(purpose, url, result, perf_counter() - started_s)

    def _note(self, purpose: Purpose, url: str, result: str, seconds: float) -> None:
        self._requests.labels(purpose.value, result).inc()
        duration_ms = round(seconds * 1000, 1)
        _log.info("outbound_request", purpose=purpose.value, place=_place(url), result=result, duration_ms=duration_ms)

    async def _follow(self, question: _Question, purpose: Purpose, redirects: bool, max_bytes: int) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            raw = await self._ask(question, purpose, max_bytes)
            location = raw.headers.get("location", "")
            if not (redirects and raw.status in _REDIRECTS and location):
                encoding = raw.headers.get("content-encoding", "").strip().lower()
                body = await asyncio.to_thread(plain_body, raw.body, encoding, max_bytes, _BODY_LIMIT)
                return Answer(raw.status, raw.headers, body, question.url)
            question = _redirected(question, raw.status, location)
        raise BadData(f"{_place(question.url)}: more than {MAX_REDIRECTS} redirects")

    async def _ask(self, question: _Question, purpose: Purpose, max_bytes: int) -> RawAnswer:
        url = read_url(question.url)
        through = self._settings.proxy_url
        if through:
            self._guard.admit_through_proxy(url.host, purpose)
            checked = Checked(url, ())
        else:
            checked = await _in_thread(self._guard.check, question.url, purpose)
        if purpose is Purpose.OIDC and url.scheme == "http":
            self._refuse_open_wire(checked)
        try:
            async with asyncio.timeout(self._settings.connect_timeout_s):
                connection = await self._connect(checked, through)
        except TimeoutError:
            raise Timeout(
                f"{url.place}: no connection within outbound.connect_timeout = {self._settings.connect_timeout_s:g} s"
            ) from None
        try:
            return await connection.request(_message(question, url, through), max_bytes)
        finally:
            connection.abort()

    async def _connect(self, checked: Checked, through: str) -> Connection:
        url = checked.url
        context = await _in_thread(self._context) if url.scheme == "https" else None
        if not through:
            return await dial(url.place, checked.addresses, url.port, context, url.host, _connection)
        proxy = urlsplit(through)
        host, port = proxy.hostname or "", proxy.port or 80
        addresses = await _in_thread(self._guard.resolve, host)
        connection = await dial(f"proxy {host} port {port}", addresses, port, make=_connection)
        if context is None:
            return connection
        authority = authority_of(url.scheme, url.host, url.port, with_port=True)
        head = f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{proxy_auth(through)}\r\n"
        return await tunnel(connection, head, context, url.host, _connection)

    def _refuse_open_wire(self, checked: Checked) -> None:
        """Who may sign in must not be decided by whoever stands between us and the provider."""
        if not checked.addresses or any(self._guard.is_public(address) for _, address in checked.addresses):
            raise BadData(f"{checked.url.place}: an OIDC provider on the public network must be asked over https")

    def _context(self) -> ssl.SSLContext:
        """What TLS trusts; made anew when the file of authorities changes. Raises Unavailable."""
        file = self._settings.ca_file
        try:
            stamp = _stamp(file)
            context = self._contexts.get(stamp)
            if context is None:
                context = ssl.create_default_context(cafile=str(file) if file else None)
                context.minimum_version = ssl.TLSVersion.TLSv1_2
                self._contexts = {stamp: context}
        except (OSError, ValueError) as error:
            raise Unavailable(f"outbound.ca_file = {file} cannot be used: {error}") from None
        return context


def _connection() -> Connection:
    return Connection(_BODY_LIMIT)


async def _in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """On a thread that neither the loop's end nor that of the process waits for: look-ups may hang."""
    return await DaemonThreads(1).run(call, *args, **kwargs)


def _stamp(file: Path | None) -> tuple[int, int]:
    if file is None:
        return 0, 0
    info = file.stat()
    return info.st_mtime_ns, info.st_size


def _place(url: str) -> str:
    try:
        return read_url(url).place
    except BadData:
        return "a URL that is not valid"


def _result(error: VedetteError) -> str:
    if isinstance(error, LimitExceeded):
        return "too_large"
    if isinstance(error, Timeout):
        return "timeout"
    return "unavailable" if isinstance(error, Unavailable) else "refused"


def _check_headers(question: _Question) -> None:
    if question.method not in _METHODS:
        raise BadData(f"{question.method!r} is not one of {', '.join(sorted(_METHODS))}")
    for name, value in question.headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _RESERVED:
            raise BadData(f"header {name!r} cannot be set")
        if _BAD_VALUE.search(value) or not value.isascii():
            raise BadData(f"the value of header {name} holds a character that HTTP cannot carry")


def _redirected(question: _Question, status: int, location: str) -> _Question:
    """What to ask next. Raises BadData where that would give something away."""
    before = read_url(question.url)
    target = urljoin(question.url, location)
    after = read_url(target)
    if before.scheme == "https" and after.scheme == "http":
        raise BadData(f"{before.place} redirects to {after.place}, which is not encrypted")
    method, headers, body = question.method, question.headers, question.body
    if status == 303 or (status in (301, 302) and method == "POST"):
        method, body = "GET", b""
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    if before.origin != after.origin:
        if body:
            raise BadData(f"{before.place} redirects what was meant for it to {after.place}")
        headers = {name: value for name, value in headers.items() if name.lower() in _HARMLESS}
    return _Question(method, target, headers, body)


def _message(question: _Question, url: Url, through: str) -> bytes:
    """The request as it goes over the wire."""
    plain_proxy = through and url.scheme == "http"
    target = url.place + url.target if plain_proxy else url.target
    lines = [f"{question.method} {target} HTTP/1.1", f"Host: {url.authority}", "Connection: close"]
    lines.append("Accept-Encoding: gzip")
    if not any(name.lower() == "user-agent" for name in question.headers):
        lines.append(f"User-Agent: Vedette/{vedette.__version__}")
    lines += [f"{name}: {value}" for name, value in question.headers.items()]
    if question.body or question.method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(question.body)}")
    head = "\r\n".join(lines) + f"\r\n{proxy_auth(through) if plain_proxy else ''}\r\n"
    return head.encode("latin-1") + question.body
