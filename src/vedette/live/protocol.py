"""Live messages: what clients may say, and the JSON that is sent to them. No transport, no state."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec
import numpy as np
import orjson

from vedette.errors import BadData, LimitExceeded, QuerySyntax, VedetteError
from vedette.model.labels import Labels
from vedette.model.special import BoolArray, FloatArray, IntArray

INTERVALS_MS: Final = (0, 1_000, 5_000, 30_000, 60_000)
"""0 is "as it arrives"; 2 s is allowed too for brokers' habits."""
_ALLOWED_INTERVALS_MS: Final = frozenset((*INTERVALS_MS, 2_000, 10_000, 300_000))
_MAX_STEP_MS: Final = 86_400_000


class Subscribe(msgspec.Struct, tag_field="op", tag="subscribe", forbid_unknown_fields=True):
    """Ask for a PromQL expression each `interval_ms`, or for the raw samples of a selector as they arrive."""

    id: str
    promql: str = ""
    selector: str = ""
    step_ms: int = 1_000
    interval_ms: int = 1_000
    since_ms: int = 0


class Unsubscribe(msgspec.Struct, tag_field="op", tag="unsubscribe", forbid_unknown_fields=True):
    """End one subscription."""

    id: str


class Ping(msgspec.Struct, tag_field="op", tag="ping", forbid_unknown_fields=True):
    """Ask for a pong, to measure the round trip and the clocks' offset."""

    sent_ms: float = 0


ClientMessage = Subscribe | Unsubscribe | Ping
_DECODER = msgspec.json.Decoder(ClientMessage)


def parse_message(text: str | bytes) -> ClientMessage:
    """A client's message. Raises BadData."""
    try:
        message: ClientMessage = _DECODER.decode(text)
    except msgspec.MsgspecError as error:
        raise BadData(f"not a live message: {error}") from error
    if isinstance(message, Subscribe):
        check_subscribe(message)
    return message


def check_subscribe(message: Subscribe) -> None:
    """Raise BadData when the wish makes no sense."""
    if not message.id or len(message.id) > 200:
        raise BadData("subscription id must have 1 to 200 characters")
    if bool(message.promql) == bool(message.selector):
        raise BadData("a subscription has either promql or selector")
    if message.interval_ms not in _ALLOWED_INTERVALS_MS:
        allowed = ", ".join(str(interval) for interval in sorted(_ALLOWED_INTERVALS_MS))
        raise BadData(f"interval_ms must be one of {allowed}")
    if not 1 <= message.step_ms <= _MAX_STEP_MS:
        raise BadData("step_ms must be between 1 and 86400000")
    if message.since_ms < 0:
        raise BadData("since_ms must not be negative")


def encode_values(values: FloatArray, present: BoolArray | None) -> list[float | str | None]:
    """One series' values for JSON: null where absent, strings for NaN and infinities."""
    answer: list[float | str | None] = values.tolist()
    finite = np.isfinite(values)
    if not finite.all():
        for index in np.flatnonzero(~finite):
            answer[index] = encode_special(float(values[index]))
    if present is not None:
        for index in np.flatnonzero(~present):
            answer[index] = None
    return answer


def encode_special(value: float) -> str:
    """The text of a value that JSON has no number for."""
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"


def frame_tail(
    timestamps_ms: IntArray, values: Mapping[int, Sequence[float | str | None]], now_ms: int, ingested_ms: int
) -> str:
    """All of a frame message but its head, so that it is encoded once for all clients; see `with_head`."""
    body = {
        "timestamps_ms": timestamps_ms.tolist(),
        "values": {str(key): column for key, column in values.items()},
        "now_ms": now_ms,
        "ingested_ms": ingested_ms,
    }
    return orjson.dumps(body)[1:].decode()


def series_tail(series: Sequence[tuple[int, Labels]]) -> str:
    """All of a series message but its head."""
    listed = b",".join(b'{"key":%d,"labels":%s}' % (key, labels.json) for key, labels in series)
    return f'"series":[{listed.decode()}]}}'


def with_head(kind: Literal["frame", "series"], subscription_id: str, tail: str) -> str:
    """The whole message for one subscription."""
    return f'{{"type":"{kind}","id":{orjson.dumps(subscription_id).decode()},{tail}'


def message(kind: str, **fields: object) -> str:
    """Any other message."""
    return orjson.dumps({"type": kind, **fields}).decode()


def error_message(error: VedetteError, subscription_id: str | None = None) -> str:
    """An error as a client gets it."""
    body: dict[str, object] = {"code": error.code, "message": error.message}
    if isinstance(error, QuerySyntax):
        body["position"] = {"start": error.start, "end": error.end}
    if isinstance(error, LimitExceeded):
        body["limit"] = {"name": error.limit, "value": error.value}
    if subscription_id is None:
        return message("error", error=body)
    return message("error", id=subscription_id, error=body)
