"""Routes of alerts and notifications; what answers them is imported with the first request, for a start needs none."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.http.json_requests import Threads

if TYPE_CHECKING:
    from vedette.alerting.service import Alerting
    from vedette.auth.audit import Audit

_V2: Final = "/api/v2"
_OWN: Final = "/api/v1/alerting"
_TABLE: Final = (
    ("GET", f"{_V2}/alerts", "alertmanager", "alerts"),
    ("POST", f"{_V2}/alerts", "alertmanager", "post_alerts"),
    ("GET", f"{_V2}/alerts/groups", "alertmanager", "groups"),
    ("GET", f"{_V2}/silences", "alertmanager", "silences"),
    ("POST", f"{_V2}/silences", "alertmanager", "put_silence"),
    ("GET", f"{_V2}/silence/{{id}}", "alertmanager", "silence"),
    ("DELETE", f"{_V2}/silence/{{id}}", "alertmanager", "expire"),
    ("GET", f"{_V2}/receivers", "alertmanager", "receivers"),
    ("GET", f"{_V2}/status", "alertmanager", "status"),
    ("GET", f"{_OWN}/alerts", "notifications", "alerts"),
    ("POST", f"{_OWN}/alerts/{{fingerprint}}/acknowledge", "notifications", "acknowledge"),
    ("DELETE", f"{_OWN}/alerts/{{fingerprint}}/acknowledge", "notifications", "unacknowledge"),
    ("GET", f"{_OWN}/contact-types", "notifications", "contact_types"),
    ("POST", f"{_OWN}/contact-points/test", "notifications", "test_contact"),
    ("POST", f"{_OWN}/routes/test", "notifications", "test_route"),
    ("POST", f"{_OWN}/silences/preview", "notifications", "preview_silence"),
    ("GET", f"{_OWN}/on-call", "notifications", "on_call"),
    ("GET", f"{_OWN}/notifications", "notifications", "log"),
    ("GET", f"{_OWN}/notifications/{{id}}", "notifications", "notification"),
    ("POST", f"{_OWN}/notifications/retry", "notifications", "retry"),
    ("GET", f"{_OWN}/bell", "notifications", "bell"),
    ("POST", f"{_OWN}/bell/read", "notifications", "read"),
    ("POST", f"{_OWN}/import", "notifications", "import_file"),
)
"""Method, path, and the file beside this one with the method of its `Endpoints` that answers."""


class _LateEndpoints:
    """The endpoints of a file, made when they are first asked for."""

    def __init__(self, make: Callable[[], Any], threads: Threads) -> None:
        self._make = make
        self._threads = threads
        self._made: Any = None

    def named(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        """One of them."""

        async def answer(request: Request) -> Response:
            if self._made is None:
                self._made = await self._threads.run(self._make)
            endpoint: Callable[[Request], Awaitable[Response]] = getattr(self._made, name)
            return await endpoint(request)

        return answer


def routes(alerting: Callable[[], Alerting], audit: Callable[[], Audit], threads: Threads) -> list[BaseRoute]:
    """`alerting` and `audit` are called in threads, and may open the catalog first."""

    def endpoints(file: str) -> _LateEndpoints:
        def make() -> object:
            made: object = importlib.import_module(f"vedette.http.routes.{file}").Endpoints(alerting, audit, threads)
            return made

        return _LateEndpoints(make, threads)

    files = {file: endpoints(file) for file in ("alertmanager", "notifications")}
    return [Route(path, files[file].named(name), methods=[method]) for method, path, file, name in _TABLE]
