"""Requests that are answered at once, over a protocol on a wire that is not there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from prometheus_client import CollectorRegistry
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from vedette.errors import BadData, LimitExceeded, TooBusy
from vedette.http.answer import Answer
from vedette.http.app import Application
from vedette.http.gate import OpenGate
from vedette.http.settings import HttpSettings
from vedette.server.transport import HttpProtocol

PATH = "/api/v1/query"
FAILURES: dict[bytes, Exception] = {
    b"bad": BadData("line 3: no value"),
    b"busy": TooBusy("later", limit="query.max_waiting", value=20, retry_after_s=3),
    b"limit": LimitExceeded("too many", limit="query.max_series", value=10),
    b"bug": ZeroDivisionError("secret inside"),
}


class Wire(asyncio.Transport):
    """Remembers what reaches the socket."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:  # type: ignore[type-arg]
        assert not self.closed
        self.pieces.append(bytes(data))

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 40_000), "sockname": ("127.0.0.1", 9_000)}.get(name, default)

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Nothing is read anyway."""

    def resume_reading(self) -> None:
        """Nothing is read anyway."""

    def close(self) -> None:
        self.closed = True


class Endpoint:
    """Answers at once with the query string and the body, and the other way as well; `slow` only the other way."""

    def __init__(self) -> None:
        self.prompt = 0

    def at_once(self, scope: Scope, body: bytes | bytearray) -> Answer | None:
        asked = scope["query_string"]
        if asked == b"slow":
            return None
        self.prompt += 1
        if asked in FAILURES:
            raise FAILURES[asked]
        return Answer(b"%b|%b" % (asked, body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, body, more = scope["query_string"], b"", True
        while more:
            message = await receive()
            body += message["body"]
            more = message["more_body"]
        if asked in FAILURES:
            raise FAILURES[asked]
        await Answer(b"%b|%b" % (asked, body)).send(send)


class World:
    """A connection to an application with one route."""

    def __init__(self, make: Callable[[Endpoint], object] = lambda endpoint: endpoint) -> None:
        self.endpoint, self.wire, self.registry = Endpoint(), Wire(), CollectorRegistry()
        self.app = Application(HttpSettings(max_body_bytes=100), self.registry)
        self.route = Route(PATH, make(self.endpoint), methods=["GET", "POST"])  # type: ignore[arg-type]  # ASGI
        self.app.open([self.route], OpenGate())
        self.state = ServerState()
        self.state.default_headers = [(b"date", b"Tue, 14 Nov 2023 22:13:20 GMT")]
        config = uvicorn.Config(
            self.app, loop="none", lifespan="off", log_config=None, ws="none", limit_concurrency=10, proxy_headers=False
        )
        self.protocol = HttpProtocol(config, self.state, {}, asyncio.get_running_loop())
        self.protocol.connection_made(self.wire)

    def send(self, query: str = "", body: bytes = b"", *, host: str = "127.0.0.1:9000", more: str = "") -> None:
        """One request, whole."""
        self.protocol.data_received(request(query, body, host=host, more=more))

    async def answers(self) -> bytes:
        """All that came back, once every task has ended."""
        while self.state.tasks:
            await asyncio.wait(self.state.tasks)
        await asyncio.sleep(0)
        return b"".join(self.wire.pieces)


def request(query: str = "", body: bytes = b"", *, host: str = "127.0.0.1:9000", more: str = "") -> bytes:
    """A GET, or a POST when it has a body."""
    head = f"{'POST' if body else 'GET'} {PATH}?{query} HTTP/1.1\r\nHost: {host}\r\n{more}"
    return head.encode() + (b"Content-Length: %d\r\n\r\n" % len(body) if body else b"\r\n") + body


def parsed(answer: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """(status line, headers, body)."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines)
    assert len(headers) == len(lines)
    return status, headers, body


def without_layers(endpoint: Endpoint) -> object:
    """The endpoint without its prompt side."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        await endpoint(scope, receive, send)

    class Long:
        __call__ = staticmethod(run)

    return Long()


@pytest.mark.parametrize("query", ["x=1", *(name.decode() for name in FAILURES)])
async def test_the_short_way_answers_as_the_long_one(query: str) -> None:
    """Status, headers and body are the same, for success and for every kind of failure; only the id differs."""
    short, long = World(), World(without_layers)
    short.send(query)
    long.send(query)
    assert short.wire.pieces
    assert not long.wire.pieces
    one, other = parsed(await short.answers()), parsed(await long.answers())
    ids = [answer[1].pop(b"x-request-id") for answer in (one, other)]
    assert (one[0], one[1]) == (other[0], other[1])
    assert one[2].replace(ids[0], b"id") == other[2].replace(ids[1], b"id")
    assert b"secret" not in one[2]
    assert (short.endpoint.prompt, long.endpoint.prompt) == (1, 0)


async def test_an_answer_at_once_is_one_piece_without_a_task() -> None:
    """It is on the wire when the data has been taken in, and counted like any other."""
    world = World()
    world.send("x=1", b"y" * 100)
    assert world.state.tasks == set()
    assert [parsed(piece)[2] for piece in world.wire.pieces] == [b"x=1|" + b"y" * 100]
    assert world.state.total_requests == 1
    labels = {"route": PATH, "method": "POST", "status": "200"}
    assert world.registry.get_sample_value("vedette_http_requests_total", labels) == 1
    count = world.registry.get_sample_value("vedette_http_request_duration_seconds_count", {"route": PATH})
    assert count == 1


async def test_what_cannot_be_answered_at_once_goes_the_long_way() -> None:
    """An endpoint that declines is asked again as an ASGI application, and counted once."""
    world = World()
    world.send("slow")
    assert parsed(await world.answers())[2] == b"slow|"
    labels = {"route": PATH, "method": "GET", "status": "200"}
    assert world.registry.get_sample_value("vedette_http_requests_total", labels) == 1


@pytest.mark.parametrize(
    ("host", "more", "body", "status"),
    [
        ("evil.example", "", b"", b"421"),
        ("127.0.0.1:9000", "Origin: http://evil.example\r\n", b"x", b"403"),
        ("127.0.0.1:9000", "", b"x" * 101, b"413"),
    ],
)
async def test_refusals_are_the_layers(host: str, more: str, body: bytes, status: bytes) -> None:
    """Foreign hosts, foreign pages and large bodies never reach the endpoint on the short way."""
    world = World()
    world.send("x=1", body, host=host, more=more)
    assert status in parsed(await world.answers())[0]
    assert world.endpoint.prompt == 0


async def test_nothing_is_answered_at_once_unless_ready() -> None:
    """After `shut` a request gets 503 and its reason."""
    world = World()
    world.app.shut("stopping")
    world.send("x=1")
    status, _, body = parsed(await world.answers())
    assert b"503" in status
    assert b"stopping" in body
    assert world.endpoint.prompt == 0


async def test_requests_sent_ahead_are_answered_in_order() -> None:
    """Of a piece with several only the first is answered at once, so that no client holds the loop for long."""
    world = World()
    world.protocol.data_received(b"".join(request(f"n={number}") for number in range(5)))
    assert world.endpoint.prompt == 1
    found = (await world.answers()).split(b"HTTP/1.1 ")[1:]
    assert [parsed(answer)[2] for answer in found] == [b"n=%d|" % number for number in range(5)]
    world.send("again")
    assert world.endpoint.prompt == 2


async def test_a_request_ahead_of_an_answer_waits_for_it() -> None:
    """A quick request does not overtake a slow one of the same connection."""
    world = World()
    world.send("slow")
    world.send("quick")
    assert world.endpoint.prompt == 0
    found = (await world.answers()).split(b"HTTP/1.1 ")[1:]
    assert [parsed(answer)[2] for answer in found] == [b"slow|", b"quick|"]


@pytest.mark.parametrize("cut", [10, 60, -3])
async def test_a_request_in_pieces_is_answered_when_it_is_whole(cut: int) -> None:
    """Wherever it is cut, in its head or its body."""
    world, whole = World(), request("x=1", b"body!")
    world.protocol.data_received(whole[:cut])
    await asyncio.sleep(0)
    assert world.wire.pieces == []
    world.protocol.data_received(whole[cut:])
    assert parsed(await world.answers())[2] == b"x=1|body!"


async def test_a_connection_that_shall_close_does() -> None:
    """The client's wish not to be kept is honoured after the answer."""
    world = World()
    world.send("x=1", more="Connection: close\r\n")
    status, headers, body = parsed(await world.answers())
    assert (b"200" in status, headers[b"connection"], body) == (True, b"close", b"x=1|")
    assert world.wire.closed


async def test_an_idle_connection_is_closed_and_a_used_one_is_not() -> None:
    """The time-out of idle connections starts with an answer at once too, and ends with the next request."""
    world = World()
    assert world.protocol.timeout_keep_alive_task is None
    world.send("x=1")
    first = world.protocol.timeout_keep_alive_task
    assert first is not None
    world.send("x=2")
    assert first.cancelled()
    assert world.protocol.timeout_keep_alive_task is not None
    world.protocol.timeout_keep_alive_task.cancel()
    world.protocol.timeout_keep_alive_handler()
    assert world.wire.closed


async def test_garbage_closes_the_connection() -> None:
    """What is no HTTP gets 400, after an answer at once as well as behind a request in the same piece."""
    world = World()
    world.send("x=1")
    world.protocol.data_received(b"\x00\x01 garbage\r\n\r\n")
    assert b"400 Bad Request" in world.wire.pieces[-1]
    assert world.wire.closed
    other = World()
    other.protocol.data_received(request("x=1") + b"\x00\x01 garbage\r\n\r\n")
    await other.answers()
    assert other.wire.closed
    assert other.endpoint.prompt == 0


async def test_a_client_that_does_not_read_is_not_written_to() -> None:
    """While the buffer to a client is full its requests wait, as on the long way."""
    world = World()
    world.protocol.pause_writing()
    world.send("x=1")
    await asyncio.sleep(0)
    assert world.wire.pieces == []
    world.protocol.resume_writing()
    assert parsed(await world.answers())[2] == b"x=1|"


async def test_too_many_connections_are_refused() -> None:
    """The limit of connections is checked before anything is answered at once."""
    world = World()
    for number in range(10):
        world.state.connections.add(number)  # type: ignore[arg-type]  # only counted
    world.send("x=1")
    assert b"503" in parsed(await world.answers())[0]
    assert world.endpoint.prompt == 0
