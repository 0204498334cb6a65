"""From settings to a serving process and back: binds, builds, serves, and on a signal drains and closes in order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Generator
from typing import cast

import structlog
import uvicorn
from prometheus_client import CollectorRegistry

from vedette.clock import Clock
from vedette.config.load import Loaded
from vedette.errors import Conflict, Unavailable, VedetteError
from vedette.http.app import Application
from vedette.http.middleware.origin import is_loopback
from vedette.http.routes import health
from vedette.http.settings import HttpSettings
from vedette.server.build import build
from vedette.server.certificate import ServerCertificate, certificate_of
from vedette.server.instance import Instance
from vedette.server.settings import Settings
from vedette.server.transport import HttpProtocol, web_socket_protocol

_log = structlog.get_logger(__name__)
_HARD_EXIT_CODE = 130
_BACKLOG = 2048
_WANTED_FILES = 65_536
_SWITCH_INTERVAL_S = 0.001


def serve(
    loaded: Loaded[Settings], clock: Clock, announce: Callable[[str], None], invite: Callable[[str], None]
) -> None:
    """Serve until a signal says stop; `announce` gets the URL once requests are answered.

    `invite` then gets the one-time link that makes the first administrator, as long as there is none.

    Raises VedetteError when the server cannot start.
    """
    _raise_file_limit()
    # Beside a thread that works in Python (sealing, merging, a query) others wait for the interpreter this long, and
    # an append does so several times: with Python's 5 ms the 99th percentile of a small append was 30 ms, so it is 7.
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    # Starting and stopping are told by our own lines.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    http = loaded.require().http
    registry = CollectorRegistry()
    certificate = certificate_of(http, registry)
    sock = bind(http)
    if exposure(http):
        _log.warning("listening_without_tls", host=http.host)
    with contextlib.closing(sock), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_Run(loaded, clock, announce, invite, sock, registry, certificate).run())


def _raise_file_limit() -> None:
    """Each live client and each block needs a file descriptor; the usual soft limit of 1024 is for other programs."""
    try:
        import resource  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(_WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def bind(settings: HttpSettings) -> socket.socket:
    """The listening socket. Raises Conflict when the port is taken, Unavailable when the address cannot be used."""
    if settings.no_auth and not is_loopback(settings.host):
        raise Unavailable(
            f"http.host = {settings.host} with --no-auth would let other machines in without any check of who they "
            "are; listen on 127.0.0.1, or leave out --no-auth"
        )
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((settings.host, settings.port))
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise Conflict(f"port {settings.port} of {settings.host} is in use by another program") from None
        raise Unavailable(f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}") from None
    sock.set_inheritable(False)
    return sock


def exposure(settings: HttpSettings) -> str:
    """What to tell an operator whose server can be overheard; empty when it cannot."""
    if settings.tls_cert_file is not None or is_loopback(settings.host):
        return ""
    return (
        f"Warning: {settings.host} is reached over the network without TLS: passwords, keys and samples can be read "
        "on their way. Set http.tls_cert_file and http.tls_key_file, or serve behind a proxy that speaks TLS."
    )


def url_of(sock: socket.socket, scheme: str = "http") -> str:
    """Where a browser finds a listening socket."""
    host, port = sock.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - recognised, not bound
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: stopping has an order that only the run below knows."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class _Run:
    def __init__(
        self,
        loaded: Loaded[Settings],
        clock: Clock,
        announce: Callable[[str], None],
        invite: Callable[[str], None],
        sock: socket.socket,
        registry: CollectorRegistry,
        certificate: ServerCertificate | None,
    ) -> None:
        settings = loaded.require()
        self._loaded = loaded
        self._clock = clock
        self._announce = announce
        self._invite = invite
        self._url = ""
        self._setup_token = ""
        self._sock = sock
        self._stop = asyncio.Event()
        self._instance: Instance | None = None
        self._reloading: asyncio.Task[None] | None = None
        self._registry = registry
        self._certificate = certificate
        self._app = Application(settings.http, self._registry, health.always(self._state))
        self._server = _Server(_uvicorn_config(self._app, settings.http, certificate))

    def _state(self) -> str:
        return "" if self._app.is_ready else self._app.reason

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal)
        loop.add_signal_handler(signal.SIGHUP, self._on_hangup)
        serving = asyncio.create_task(self._server.serve(sockets=[self._sock]))
        try:
            instance = await asyncio.to_thread(build, self._loaded, self._clock, self._registry)
        except BaseException:
            await self._end_requests(serving)
            raise
        try:
            await self._serve_until_stopped(instance)
            _log.info("stopping")
            self._app.shut("stopping")
            self._instance = None
            await instance.stop()
        finally:
            await self._end_requests(serving)
            await asyncio.to_thread(instance.close)

    async def _serve_until_stopped(self, instance: Instance) -> None:
        if self._stop.is_set():
            return
        if self._certificate is not None:
            instance.on_reload(self._certificate.reload)
            instance.background("certificate", self._certificate.watch)
        instance.tell_setup = self._on_setup_token
        await instance.start()
        self._instance = instance
        self._app.open(instance.routes, instance.gate, instance.fallback)
        self._url = url_of(self._sock, "http" if self._certificate is None else "https")
        self._announce(self._url)
        self._on_setup_token(self._setup_token)
        await instance.warm()
        # What lives from here to the end need not be looked at by any collection; the command line has switched them
        # off for the start, which makes nearly nothing but what lives on.
        gc.freeze()
        # New series are objects that stay, too: looking at the young ones every 700 was a third of what they cost.
        gc.set_threshold(10_000, 20, 10)
        gc.enable()
        await self._stop.wait()

    def _on_setup_token(self, token: str) -> None:
        """The link needs both, whichever is known first."""
        self._setup_token = token
        if self._url and token:
            self._invite(f"{self._url}/setup#{token}")

    async def _end_requests(self, serving: asyncio.Task[None]) -> None:
        self._server.should_exit = True
        await serving

    def _on_hangup(self) -> None:
        if self._instance is not None:
            self._reloading = asyncio.create_task(_reload(self._instance))

    def _on_signal(self) -> None:
        if self._stop.is_set():
            # The operator insists: what is acknowledged is in the log and will be there at the next start.
            os._exit(_HARD_EXIT_CODE)
        self._stop.set()


async def _reload(instance: Instance) -> None:
    try:
        await instance.reload()
        _log.info("reloaded")
    except VedetteError as error:
        _log.error("not_reloaded", errors=error.message.splitlines())


def _uvicorn_config(app: Application, settings: HttpSettings, certificate: ServerCertificate | None) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        loop="none",
        http=HttpProtocol,
        ws=cast("type[asyncio.Protocol]", web_socket_protocol),
        ws_max_size=settings.max_message_bytes,
        ws_ping_interval=20.0,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=settings.max_connections,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=max(1, round(settings.drain_timeout_s)),
    )
    if certificate is not None:
        # Uvicorn's own would be made of files once; this one takes each handshake's certificate from where it changes.
        config.load()
        config.ssl = certificate.context
    return config
