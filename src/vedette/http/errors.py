"""Errors -> HTTP: the only place that knows status codes. The body is Prometheus' with our code and place added."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import orjson
import structlog
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vedette.errors import (
    BadData,
    Cancelled,
    Conflict,
    Corruption,
    Forbidden,
    LimitExceeded,
    NotFound,
    QuerySyntax,
    Timeout,
    TooBusy,
    Unauthenticated,
    Unavailable,
    Unsupported,
    VedetteError,
)
from vedette.http.middleware.headers import API_HEADERS

_log = structlog.get_logger(__name__)

# (class, status, Prometheus' errorType), first match wins. 4xx tells a remote-write sender to give up on the
# request, 429 and 5xx to send it again; Prometheus answers 422 to a query that cannot be executed.
_TRANSLATION: Final[tuple[tuple[type[VedetteError], int, str], ...]] = (
    (QuerySyntax, 400, "bad_data"),
    (BadData, 400, "bad_data"),
    (Unauthenticated, 401, "unauthorized"),
    (Forbidden, 403, "forbidden"),
    (NotFound, 404, "not_found"),
    (Conflict, 409, "bad_data"),
    (TooBusy, 429, "unavailable"),
    (LimitExceeded, 422, "execution"),
    (Timeout, 503, "timeout"),
    (Cancelled, 503, "canceled"),
    (Unsupported, 422, "execution"),
    (Unavailable, 503, "unavailable"),
    (Corruption, 500, "internal"),
    (VedetteError, 500, "internal"),
)
_BY_STATUS: Final = {
    400: ("bad_data", "bad_data"),
    403: ("forbidden", "bad_data"),
    404: ("not_found", "not_found"),
    405: ("method_not_allowed", "bad_data"),
    413: ("limit_exceeded", "bad_data"),
    415: ("unsupported", "bad_data"),
    421: ("misdirected", "bad_data"),
    428: ("precondition_required", "bad_data"),
}
UNAVAILABLE_RETRY_AFTER_S: Final = 1
_DENIAL: Final = "websocket.http.response"
_WITH_LABELS: Final = ("/metrics/", "/api/v1/import/prometheus/metrics/")


def request_id_of(scope: Scope) -> str:
    """The id that the access layer gave this request."""
    return str(scope.get("vedette.request_id", ""))


def path_for_log(scope: Scope) -> str:
    """The path without the labels of pushed groups: they may be what must not be kept."""
    path = str(scope.get("path", ""))
    return next((f"{place}..." for place in _WITH_LABELS if path.startswith(place)), path)


def status_of(error: VedetteError) -> tuple[int, str]:
    """(HTTP status, Prometheus' errorType) of an error."""
    if isinstance(error, LimitExceeded) and "max_body" in error.limit:
        return 413, "bad_data"
    for kind, status, error_type in _TRANSLATION:
        if isinstance(error, kind):
            return status, error_type
    raise AssertionError(f"BUG: {type(error).__name__} is not in the tree of errors")


def describe(error: VedetteError, error_type: str, request_id: str) -> dict[str, object]:
    """The JSON body of an error."""
    body: dict[str, object] = {
        "status": "error",
        "errorType": error_type,
        "error": error.message,
        "code": error.code,
        "request_id": request_id,
    }
    if isinstance(error, QuerySyntax):
        body["position"] = {"start": error.start, "end": error.end}
    if isinstance(error, Unauthenticated):
        body["reason"] = error.reason
    if isinstance(error, Forbidden) and error.permission:
        body["permission"] = error.permission
    if isinstance(error, Conflict) and error.current is not None:
        body["current"], body["yours"] = error.current, error.yours
    if isinstance(error, LimitExceeded):
        body["limit"] = {"name": error.limit, "value": error.value}
    return body


def response_to(error: VedetteError, request_id: str) -> Response:
    """The answer to a request that failed with a known error."""
    status, error_type = status_of(error)
    headers = {}
    if isinstance(error, TooBusy):
        # Whoever came back a moment too early would be refused again; a thousandth is how numbers are rounded.
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after_s - 0.001)))
    elif isinstance(error, Unavailable):
        headers["retry-after"] = str(UNAVAILABLE_RETRY_AFTER_S)
    return _json(describe(error, error_type, request_id), status, headers)


def response_of_status(status: int, message: str, request_id: str, headers: dict[str, str] | None = None) -> Response:
    """The answer where HTTP itself has been violated: unknown path, wrong method, foreign host."""
    code, error_type = _BY_STATUS.get(status, ("bad_data", "bad_data"))
    body = {"status": "error", "errorType": error_type, "error": message, "code": code, "request_id": request_id}
    return _json(body, status, headers)


def response_to_bug(request_id: str) -> Response:
    """The answer to an unforeseen error: an id to find it in the log, nothing of its inside."""
    message = f"internal error; the server's log has it under request id {request_id}"
    body = {
        "status": "error",
        "errorType": "internal",
        "error": message,
        "code": VedetteError.code,
        "request_id": request_id,
    }
    return _json(body, 500)


def response_to_any(error: Exception, scope: Scope) -> Response:
    """The answer to a request that failed with whatever; what is our own fault is logged."""
    request_id = request_id_of(scope)
    if isinstance(error, VedetteError) and status_of(error)[0] != 500:
        return response_to(error, request_id)
    if isinstance(error, HTTPException):
        return response_of_status(error.status_code, error.detail, request_id, dict(error.headers or {}))
    _log.error("request_failed", request_id=request_id, path=path_for_log(scope), exc_info=error)
    return response_to(error, request_id) if isinstance(error, VedetteError) else response_to_bug(request_id)


def _json(body: Mapping[str, object], status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


class Errors:
    """Turns what the application raises into an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, note_start)
        except Exception as error:  # noqa: BLE001 - the outermost place: whatever it is, the client gets an answer
            await self._answer(error, started, scope, receive, send)

    async def _answer(self, error: Exception, started: bool, scope: Scope, receive: Receive, send: Send) -> None:
        response = response_to_any(error, scope)
        if scope["type"] == "websocket" and (started or _DENIAL not in scope.get("extensions", {})):
            await _close_socket(error, started, send)
        elif started:
            # Too late for a status: breaking the connection is what tells the client that the body is not whole.
            raise error
        else:
            if scope["type"] == "websocket":
                # Before it is one, a socket is a request: programs are told as by any other what is wrong, and when to
                # come again.
                response.raw_headers.extend(API_HEADERS)
            await response(scope, receive, send)


async def _close_socket(error: Exception, started: bool, send: Send) -> None:
    if not started:
        await send({"type": "websocket.close", "code": 1008})
        return
    known = isinstance(error, VedetteError)
    reason = str(error)[:100] if known else "internal error"
    try:
        await send({"type": "websocket.close", "code": 1008 if known else 1011, "reason": reason})
    except RuntimeError:
        # Already closed, which is what is wanted.
        return
