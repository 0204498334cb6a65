"""Operations of live results."""

from __future__ import annotations

from typing import Final

from vedette.http.openapi.operation import Content, Operation, parameter

_PROTOCOL: Final = """Frames are JSON texts. The client sends
`{"op":"subscribe","id":"a","promql":"up","step_ms":1000,"interval_ms":1000,"since_ms":0}`, or `selector` instead of
`promql` for raw samples as they arrive, `{"op":"unsubscribe","id":"a"}` and `{"op":"ping","sent_ms":0}`. The server
sends `hello`, `series` (each series of a subscription once, with a key), `frame` (timestamps and values by key),
`dropped`, `error`, `pong` and `heartbeat`."""

BATCH: Final = parameter(
    "batch", "Whether the messages that wait together come as one array; false if not given.", "boolean"
)

LIVE: Final[dict[tuple[str, str], Operation]] = {
    ("WS", "/ws/metrics/stream"): Operation(
        "Live results over a WebSocket",
        "live",
        {101: Content("The connection is a WebSocket from here on.", "")},
        description=_PROTOCOL,
        parameters=(BATCH,),
        errors=(403,),
    ),
    ("GET", "/stream/metrics"): Operation(
        "Live results as Server-Sent Events",
        "live",
        {200: Content("Events named as the messages of the WebSocket, with the same bodies.", "text/event-stream")},
        parameters=(
            parameter("promql", "An expression to watch.", many=True),
            parameter("selector", "A selector whose raw samples to watch.", many=True),
            parameter("step_ms", "Distance of the values; 1000 if not given.", "integer"),
            parameter("interval_ms", "How often to send: 1000, 5000, 30000, 60000, or 0 as samples arrive.", "integer"),
            parameter("since_ms", "Newest moment the client has; what it missed is sent first.", "integer"),
        ),
        errors=(400, 422),
    ),
}
