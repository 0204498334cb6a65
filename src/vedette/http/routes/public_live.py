"""`WS /ws/public`: live results of the questions of a public link.

The token comes as the second subprotocol, behind `vedette.share`: a browser can set no other header of a socket, and
addresses end up in logs. Questions are named as in `public.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from vedette.catalog.records import Share
from vedette.clock import Clock
from vedette.dashboards.sharing.book import LINK
from vedette.dashboards.sharing.frozen import Opened, QuestionName
from vedette.errors import BadData, LimitExceeded, VedetteError
from vedette.http.json_requests import flag
from vedette.http.routes.live import same_origin, serve_socket
from vedette.http.routes.public import Door
from vedette.live.client import Client
from vedette.live.hub import Hub
from vedette.live.protocol import Ping, Subscribe, Unsubscribe, error_message, message

SUBPROTOCOL: Final = "vedette.share"
_POLICY_VIOLATION: Final = 1008
_LEAST_INTERVAL_MS: Final = 1_000
_ERROR_HEAD: Final = '{"type":"error"'


class Watch(QuestionName, frozen=True, tag_field="op", tag="subscribe", forbid_unknown_fields=True, kw_only=True):
    """Follow one of the link's questions."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    interval_ms: Annotated[int, msgspec.Meta(ge=_LEAST_INTERVAL_MS)] = _LEAST_INTERVAL_MS
    since_ms: Annotated[int, msgspec.Meta(ge=0)] = 0


_DECODER: Final = msgspec.json.Decoder(Watch | Unsubscribe | Ping)


class PublicLive:
    """The endpoint."""

    def __init__(self, door: Door, hub: Hub, clock: Clock, allowed_origins: Sequence[str], max_message: int) -> None:
        self._door = door
        self._hub = hub
        self._clock = clock
        self._allowed_origins = allowed_origins
        self._max_message_bytes = max_message
        self._viewers: Counter[str] = Counter()

    async def stream(self, socket: WebSocket) -> None:
        """Until either side ends it, or the link ends."""
        if not same_origin(socket.headers.get("origin"), socket.headers.get("host"), self._allowed_origins):
            await socket.close(_POLICY_VIOLATION, "origin not allowed")
            return
        share = await self._door.share(socket.scope, LINK, _token(socket))
        batch = flag(socket.query_params, "batch")
        opened = await self._door.open(share)
        client = self._connect(share, opened)
        self._viewers[share.id] += 1
        try:
            await socket.accept(SUBPROTOCOL)
            await serve_socket(client, socket, lambda text: self._heard(client, opened, text), _said, batch=batch)
        finally:
            self._hub.disconnect(client)
            self._viewers[share.id] -= 1
            if not self._viewers[share.id]:
                del self._viewers[share.id]

    def _connect(self, share: Share, opened: Opened) -> Client:
        book = self._door.book
        if not opened.frozen.time.last_ms:
            raise BadData("this link shows a time that is over")
        most = book.settings.max_viewers
        if self._viewers[share.id] >= most:
            raise LimitExceeded(f"{most} viewers follow this link", limit="sharing.max_viewers", value=most)
        matchers = book.narrowing(share)
        if matchers is None:
            raise BadData("this link has ended")
        return self._hub.connect(
            share.project, matchers, lambda: book.is_open(share) and book.narrowing(share) == matchers
        )

    async def _heard(self, client: Client, opened: Opened, text: str | bytes) -> None:
        try:
            wish = _DECODER.decode(text if len(text) <= self._max_message_bytes else b"")
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            if client.may_send():
                client.push(error_message(BadData(f"not a message of a public link: {error}")))
            else:
                client.close()
            return
        if not isinstance(wish, Watch):
            await self._hub.receive(client, msgspec.json.encode(wish))
            return
        try:
            subscribe = self._subscribe(opened, wish)
        except VedetteError as error:
            client.push(error_message(error, wish.id))
            return
        await self._hub.receive(client, msgspec.json.encode(subscribe))

    def _subscribe(self, opened: Opened, wish: Watch) -> Subscribe:
        question = opened.question(wish)
        oldest_ms = self._clock.now_ms() - question.span_ms
        return Subscribe(
            id=wish.id,
            promql=question.promql,
            step_ms=question.step_ms,
            interval_ms=wish.interval_ms,
            since_ms=max(wish.since_ms, oldest_ms) if wish.since_ms else 0,
        )


def _token(socket: WebSocket) -> str:
    offered = [part.strip() for part in socket.headers.get("sec-websocket-protocol", "").split(",")]
    return offered[1] if len(offered) == 2 and offered[0] == SUBPROTOCOL else ""


def _said(text: str) -> str:
    """A message as viewers may read it: texts of errors speak of questions and of values of labels."""
    if not text.startswith(_ERROR_HEAD):
        return text
    told = msgspec.json.decode(text)
    about = {"id": told["id"]} if "id" in told else {}
    return message("error", **about, error={"code": told["error"]["code"], "message": "This cannot be answered."})


def routes(
    door: Door, hub: Hub, clock: Clock, allowed_origins: Sequence[str], max_message_bytes: int
) -> list[BaseRoute]:
    """`max_message_bytes` bounds what a viewer may send at once."""
    live = PublicLive(door, hub, clock, allowed_origins, max_message_bytes)
    return [WebSocketRoute("/ws/public", live.stream)]
