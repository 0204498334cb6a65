"""A running server as the command line sees it: its answers, and its errors as our own."""

from __future__ import annotations

from typing import Any

import httpx

from vedette.cli.options import API_KEY
from vedette.errors import (
    BadData,
    Cancelled,
    Conflict,
    Forbidden,
    LimitExceeded,
    NotFound,
    QuerySyntax,
    Timeout,
    TooBusy,
    Unauthenticated,
    Unavailable,
    VedetteError,
)

DEFAULT_URL = "http://127.0.0.1:9000"
_TIMEOUT_S = 300.0
_BY_CODE: dict[str, type[VedetteError]] = {
    kind.code: kind for kind in (BadData, NotFound, Conflict, Timeout, Cancelled, Unavailable)
}


class Remote:
    """HTTP calls to one server."""

    def __init__(self, url: str, key: str = "") -> None:
        """`key` is an API key, where the server asks for one."""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        # The server is named by the user; variables of a proxy are for other places.
        self._client = httpx.Client(base_url=url, timeout=_TIMEOUT_S, trust_env=False, headers=headers)
        self._url = url

    def __enter__(self) -> Remote:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def post(self, path: str, **options: Any) -> dict[str, Any]:
        """The JSON body of the answer. Raises the VedetteError that the server had, Unavailable without a server."""
        try:
            answer = self._client.post(path, **options)
        except httpx.HTTPError as error:
            raise Unavailable(f"no answer from {self._url}: {error}") from None
        try:
            body = answer.json() if answer.content else {}
        except ValueError:
            raise Unavailable(f"{self._url} answered {answer.status_code} without JSON: is it a Vedette?") from None
        if answer.is_error:
            raise _error_of(body, answer)
        return dict(body)


def _error_of(body: dict[str, Any], answer: httpx.Response) -> VedetteError:
    message = str(body.get("error") or f"status {answer.status_code}")
    position, limit = body.get("position"), body.get("limit")
    if position:
        return QuerySyntax(message, start=position["start"], end=position["end"])
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        after_s = float(answer.headers.get("retry-after", 1))
        return TooBusy(message, limit=str(limit and limit["name"]), value=0, retry_after_s=after_s)
    if limit:
        return LimitExceeded(message, limit=limit["name"], value=limit["value"])
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return Unauthenticated(f"{message} (--key-file or {API_KEY})")
    if answer.status_code == httpx.codes.FORBIDDEN:
        return Forbidden(message)
    known = _BY_CODE.get(str(body.get("code")))
    if known is not None:
        return known(message)
    return BadData(message) if answer.is_client_error else Unavailable(message)
