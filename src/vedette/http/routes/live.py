"""Live results over WebSocket (`/ws/metrics/stream`) and Server-Sent Events (`/stream/metrics`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from vedette.auth.permission import Permission
from vedette.errors import BadData, LimitExceeded, Unavailable
from vedette.http.gate import caller
from vedette.http.json_requests import flag
from vedette.live.client import Client
from vedette.live.hub import Hub
from vedette.live.protocol import Subscribe

_GOING_AWAY = 1001
_POLICY_VIOLATION = 1008
_TRY_AGAIN_LATER = 1013
_MESSAGE_TOO_BIG = 1009
_BATCH_BYTES = 64 * 1024


def routes(hub: Hub, allowed_origins: Sequence[str] = ()) -> list[Route | WebSocketRoute]:
    """Both transports of the live protocol."""

    async def stream(socket: WebSocket) -> None:
        if not same_origin(socket.headers.get("origin"), socket.headers.get("host"), allowed_origins):
            await socket.close(_POLICY_VIOLATION, "origin not allowed")
            return
        batch = flag(socket.query_params, "batch")
        try:
            client = _connect(hub, socket.scope)
        except (LimitExceeded, Unavailable) as error:
            await socket.close(_TRY_AGAIN_LATER, error.message)
            return
        await socket.accept()
        try:
            await serve_socket(client, socket, lambda text: hub.receive(client, text), batch=batch)
        finally:
            hub.disconnect(client)

    async def events(request: Request) -> StreamingResponse:
        wishes = _wishes(request)
        client = _connect(hub, request.scope)
        return StreamingResponse(
            _event_stream(hub, client, wishes),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    return [WebSocketRoute("/ws/metrics/stream", stream), Route("/stream/metrics", events, methods=["GET"])]


def _connect(hub: Hub, scope: Scope) -> Client:
    who = caller(scope)
    return hub.connect(who.project, who.matchers, lambda: who.may_still(Permission.METRICS_READ))


def same_origin(origin: str | None, host: str | None, allowed: Sequence[str]) -> bool:
    """Whether a browser page may open this socket; programs that are no browsers send no Origin."""
    if origin is None or origin in allowed:
        return True
    return bool(host) and urlsplit(origin).netloc.lower() == (host or "").lower()


async def serve_socket(
    client: Client,
    socket: WebSocket,
    heard: Callable[[str | bytes], Awaitable[None]],
    said: Callable[[str], str] = lambda text: text,
    *,
    batch: bool,
) -> None:
    """Until either side ends: gives what comes to `heard`, and sends what `said` makes of each message.

    With `batch` the messages that wait together are sent as one array.
    """

    async def send() -> None:
        while (text := await client.next_message()) is not None:
            if batch:
                texts = [text, *client.more_messages(_BATCH_BYTES)]
                await socket.send_text(f"[{','.join(map(said, texts))}]")
            else:
                await socket.send_text(said(text))
        await socket.close(_GOING_AWAY, "the server stops")

    sender = asyncio.create_task(send())
    try:
        while True:
            message = await socket.receive()
            if message["type"] != "websocket.receive" or sender.done():
                break
            text = message.get("text")
            await heard(text if text is not None else message.get("bytes") or b"")
    finally:
        sender.cancel()
        with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError, OSError):
            await sender
        if socket.application_state is WebSocketState.CONNECTED and socket.client_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, OSError):
                await socket.close()


def _wishes(request: Request) -> list[Subscribe]:
    """`?promql=..&promql=..&selector=..&step_ms=..&interval_ms=..&since_ms=..`; ids are q0, q1, ... in that order.

    After a reconnect browsers send Last-Event-ID, the newest moment they have of any subscription, which stands for
    `since_ms`; one step is sent again, since the others may be that much behind.
    """
    query = request.query_params
    try:
        step_ms, interval_ms = int(query.get("step_ms", "1000")), int(query.get("interval_ms", "1000"))
        since_ms = int(query.get("since_ms", "0"))
        if "last-event-id" in request.headers:
            since_ms = max(0, int(request.headers["last-event-id"]) - step_ms)
    except ValueError as error:
        raise BadData(f"step_ms, interval_ms, since_ms and Last-Event-ID are whole numbers: {error}") from error
    wishes = [("promql", text) for text in query.getlist("promql")]
    wishes += [("selector", text) for text in query.getlist("selector")]
    if not wishes:
        raise BadData("at least one promql or selector parameter is needed")
    return [
        Subscribe(
            id=f"q{index}",
            promql=text if kind == "promql" else "",
            selector=text if kind == "selector" else "",
            step_ms=step_ms,
            interval_ms=interval_ms,
            since_ms=since_ms,
        )
        for index, (kind, text) in enumerate(wishes)
    ]


async def _event_stream(hub: Hub, client: Client, wishes: Sequence[Subscribe]) -> AsyncIterator[bytes]:
    try:
        for wish in wishes:
            await hub.receive(client, msgspec.json.encode(wish))
        while (text := await client.next_message()) is not None:
            yield _event(text)
    finally:
        hub.disconnect(client)


def _event(text: str) -> bytes:
    kind, _, _ = text.removeprefix('{"type":"').partition('"')
    newest = ""
    if kind == "frame":
        moments = text.partition('"timestamps_ms":[')[2].partition("]")[0]
        newest = f"id: {moments.rpartition(',')[2]}\n" if moments else ""
    return f"event: {kind}\n{newest}data: {text}\n\n".encode()
