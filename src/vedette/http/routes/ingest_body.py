"""Taking bodies in: bounded one by one and all together, then decompressed and stored in a worker thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope

from vedette.errors import Cancelled, LimitExceeded, TooBusy, Unavailable, Unsupported
from vedette.http.gate import caller
from vedette.ingest.sample_rates import LIMIT
from vedette.ingest.settings import IngestSettings

T = TypeVar("T")

_LEAST_BYTES: Final = 4096
"""What a request counts at least, for all that comes with it."""


class Headers:
    """The headers of a request as text, read when asked for; names in lower case."""

    def __init__(self, scope: Scope) -> None:
        self._headers = dict(scope["headers"])

    def get(self, name: str) -> str:
        """The value, or an empty text."""
        value: bytes = self._headers.get(name.encode(), b"")
        return value.decode("latin-1")


class Intake:
    """Bodies on their way through the process; all methods but the jobs run in the event loop."""

    def __init__(
        self,
        settings: IngestSettings,
        executor: Executor,
        registry: CollectorRegistry,
        check_rate: Callable[[str], None] = lambda _project: None,
    ) -> None:
        """`check_rate` raises TooBusy for a project that has sent more samples than it may."""
        self.settings = settings
        self._check_rate = check_rate
        self._executor = executor
        self._in_flight_bytes = 0
        in_flight = Gauge(
            "vedette_ingest_in_flight_bytes", "Bodies being received, decoded or stored.", registry=registry
        )
        in_flight.set_function(lambda: self._in_flight_bytes)
        refused = Counter(
            "vedette_ingest_refused_requests", "Requests of which nothing was taken.", ["reason"], registry=registry
        )
        self._refused = {reason: refused.labels(reason) for reason in ("too_large", "too_busy", "rate")}

    @property
    def in_flight_bytes(self) -> int:
        """Bytes that are being received, decoded or stored."""
        return self._in_flight_bytes

    async def run(self, scope: Scope, receive: Receive, job: Callable[[bytes], T]) -> T:
        """Receive the body and do the job with it in a worker thread.

        Raises LimitExceeded for a body that is too large, Unavailable when too much is under way, TooBusy when the
        project has sent more samples than it may: before the body is read, so that a refusal costs little.
        """
        self._check(caller(scope).project)
        held = _Held(self)
        try:
            declared = Headers(scope).get("content-length")
            if declared.isdecimal() and len(declared) < 19:
                held.grow_to(int(declared))
            body = await _receive(receive, held)
            return await self._work(job, body)
        finally:
            held.release()

    async def run_bytes(self, project: str, body: bytes, job: Callable[[bytes], T]) -> T:
        """The same for bytes that are already here."""
        self._check(project)
        held = _Held(self)
        try:
            held.grow_to(len(body))
            return await self._work(job, body)
        finally:
            held.release()

    def _check(self, project: str) -> None:
        try:
            self._check_rate(project)
        except TooBusy:
            self._refused["rate"].inc()
            raise

    async def _work(self, job: Callable[[bytes], T], body: bytes) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, job, body)
        except TooBusy as error:
            if error.limit == LIMIT:
                # It has been used up since `run` looked.
                self._refused["rate"].inc()
                raise
            # Senders keep a request that got 503 and come again; after 429 many of them throw it away.
            self._refused["too_busy"].inc()
            raise Unavailable(error.message) from error
        except LimitExceeded:
            # Decompressed it is too large, or the store is at a limit of its own.
            self.refuse_large()
            raise
        except Unsupported as error:
            # The encoding of the body; 415 makes senders try another one.
            raise HTTPException(415, error.message) from error

    def take(self, count_bytes: int, own_bytes: int) -> None:
        """Count further bytes of a request that holds `own_bytes`; one alone always gets through."""
        limit = self.settings.max_in_flight_bytes
        if self._in_flight_bytes + count_bytes > limit and self._in_flight_bytes > own_bytes:
            self._refused["too_busy"].inc()
            raise Unavailable(f"more than ingest.max_in_flight = {limit} bytes of samples are being taken in")
        self._in_flight_bytes += count_bytes

    def refuse_large(self) -> None:
        """Count a body that is too large."""
        self._refused["too_large"].inc()

    def give_back(self, count_bytes: int) -> None:
        """The bytes of a request are done with."""
        self._in_flight_bytes -= count_bytes


class _Held:
    """What one request holds."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._bytes = 0
        self.grow_to(_LEAST_BYTES)

    def grow_to(self, count_bytes: int) -> None:
        limit = self._intake.settings.max_body_bytes
        if count_bytes > limit:
            self._intake.refuse_large()
            raise LimitExceeded(
                f"the body is larger than ingest.max_body = {limit} bytes", limit="ingest.max_body", value=limit
            )
        if count_bytes > self._bytes:
            self._intake.take(count_bytes - self._bytes, self._bytes)
            self._bytes = count_bytes

    def release(self) -> None:
        self._intake.give_back(self._bytes)
        self._bytes = 0


async def _receive(receive: Receive, held: _Held) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Cancelled("the sender went away before its request was whole")
        piece = message.get("body", b"")
        if piece:
            size += len(piece)
            held.grow_to(size)
            pieces.append(piece)
        if not message.get("more_body", False):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
