"""`WS /api/v1/push`: samples over a WebSocket, one report for each message.

A message is a JSON samples document, until a first message such as `{"format": "influx", "precision": "ms"}` names
another notation: `json`, `influx` or `exposition` (with `content_type`). Text and binary frames are alike.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final, Literal

import msgspec
import orjson
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from vedette.auth.permission import Permission
from vedette.errors import BadData, LimitExceeded, TooBusy, VedetteError
from vedette.http.gate import Caller, caller
from vedette.http.rates import RateClass
from vedette.http.routes.ingest_body import Intake
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.protocols import exposition, influx, json_samples
from vedette.ingest.report import IngestReport

_GREETING_BYTES: Final = 512
"""Longer messages are no greeting."""
_POLICY_VIOLATION: Final = 1008
_LOOK_S: Final = 2.0
"""How often it is checked whether somebody who sends nothing may stay."""
_ENDED: Final = "the key or session has ended"


class Greeting(msgspec.Struct, forbid_unknown_fields=True):
    """The first message, if it names a format."""

    format: Literal["json", "influx", "exposition"]
    precision: str = "ns"
    content_type: str = ""

    def options(self) -> Any:
        """Options of the protocol. Raises BadData."""
        match self.format:
            case "influx":
                if self.precision not in influx.PRECISIONS:
                    raise BadData(f"precision {self.precision!r} is none of ns, us, ms, s, m, h")
                return influx.Options(self.precision)
            case "exposition":
                return exposition.Options(self.content_type)
            case _:
                return json_samples.Options()


def routes(pipeline: Pipeline, intake: Intake) -> list[BaseRoute]:
    """The socket; a sender has one message under way at a time, the next is read when it is stored."""

    async def push(socket: WebSocket) -> None:
        await socket.accept()
        who = caller(socket.scope)
        session = _Session(pipeline, intake, who)
        usher = asyncio.create_task(_usher_out(socket, who))
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                text = message.get("text")
                body = text.encode("utf-8", "surrogatepass") if text is not None else message.get("bytes") or b""
                if not who.may_still(Permission.SAMPLES_WRITE):
                    await socket.close(_POLICY_VIOLATION, _ENDED)
                    return
                await socket.send_text(orjson.dumps(await session.answer(body)).decode())
        except (WebSocketDisconnect, RuntimeError):
            # The sender went away while its answer was under way; what it sent is stored.
            return
        finally:
            usher.cancel()

    return [WebSocketRoute("/api/v1/push", push)]


async def _usher_out(socket: WebSocket, who: Caller) -> None:
    """End the connection soon after the key or session has."""
    while True:
        await asyncio.sleep(_LOOK_S)
        if not who.may_still(Permission.SAMPLES_WRITE):
            with suppress(RuntimeError, OSError):
                await socket.close(_POLICY_VIOLATION, _ENDED)
            return


class _Session:
    """One connection."""

    def __init__(self, pipeline: Pipeline, intake: Intake, who: Caller) -> None:
        self._pipeline = pipeline
        self._who = who
        self._project = who.project
        self._intake = intake
        self._is_first = True
        self._protocol = "json"
        self._options: Any = json_samples.Options()

    async def answer(self, body: bytes) -> dict[str, Any]:
        """What the sender hears about a message; its own errors do not end the connection."""
        is_first, self._is_first = self._is_first, False
        try:
            self._who.count(RateClass.INGEST)
            limit = self._intake.settings.max_message_bytes
            if len(body) > limit:
                raise LimitExceeded(
                    f"the message is larger than ingest.max_message = {limit} bytes",
                    limit="ingest.max_message",
                    value=limit,
                )
            if is_first and self._greet(body):
                return {"format": self._protocol}
            report = await self._intake.run_bytes(self._project, body, self._store)
        except TooBusy as error:
            used_up = {"name": error.limit, "value": error.value}
            more = {"limit": used_up, "retry_after_s": round(error.retry_after_s, 3)}
            return {"error": {"code": error.code, "message": error.message, **more}}
        except VedetteError as error:
            return {"error": {"code": error.code, "message": error.message}}
        return report.as_json()

    def _greet(self, body: bytes) -> bool:
        if len(body) > _GREETING_BYTES or b'"format"' not in body:
            return False
        try:
            greeting = msgspec.json.decode(body, type=Greeting)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadData(f"the first message names no format: {error}") from None
        self._protocol, self._options = greeting.format, greeting.options()
        return True

    def _store(self, body: bytes) -> IngestReport:
        return self._pipeline.push_source(self._project, self._protocol).write(body, self._options).report
