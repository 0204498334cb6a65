"""Sends one request of a contact point by whatever it goes, and says how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, Protocol

from msgspec import Struct

from vedette.alerting.config import ProjectConfig
from vedette.alerting.contact_points.kind import (
    AppriseRequest,
    BellRequest,
    Circumstances,
    HttpRequest,
    Kind,
    MailRequest,
    OutgoingRequest,
    Reply,
)
from vedette.alerting.contact_points.registry import kind_of, options_of
from vedette.alerting.document import Integration
from vedette.alerting.notification import Notification
from vedette.alerting.secret_options import KEPT, Seal, opened
from vedette.alerting.settings import AlertingSettings
from vedette.alerting.templates import Templates
from vedette.clock import Clock
from vedette.errors import BadData
from vedette.model.alert import Courses
from vedette.outbound.apprise import AppriseClient
from vedette.outbound.client import Outbound
from vedette.outbound.mail import MailClient
from vedette.outbound.settings import Purpose

_MAX_REPLY_BYTES: Final = 64 * 1024
_THREADS: Final = 4


class Sent(Struct, frozen=True):
    """It has arrived."""

    thread: str = ""
    bell: BellRequest | None = None
    """To be shown in the page, in the transaction that notes the sending."""
    remark: str = ""


class Prepared(Struct, frozen=True):
    """A request with whose it is."""

    kind: Kind
    request: OutgoingRequest
    thread: str


class Sender(Protocol):
    """What notifications are sent by; tests have servers of their own behind it."""

    async def send(self, prepared: Prepared) -> Sent:
        """Raises TooBusy, Unavailable, Timeout (later) or another VedetteError (never)."""
        ...


class Requests:
    """Notification -> request, with the secrets."""

    def __init__(
        self,
        settings: AlertingSettings,
        templates: Templates,
        clock: Clock,
        seal: Callable[[], Seal],
        courses: Courses | None = None,
    ) -> None:
        """`seal` reads the instance's key when the first secret is needed."""
        self._settings = settings
        self.templates = templates
        self._clock = clock
        self._seal = seal
        self._courses = courses

    def prepare(self, integration: Integration, notification: Notification, thread: str = "") -> Prepared:
        """Raises BadData for options or templates that do not fit, Corruption for secrets of another instance."""
        kind = kind_of(integration.type)
        options: Any = options_of(kind, opened(integration.options, self._seal()))
        around = Circumstances(self._settings, self.templates, self._clock.now_ms(), thread, self._courses)
        return Prepared(kind, kind.render(options, notification, around), thread)

    def secrets_of(self, integration: Integration) -> list[str]:
        """For hiding them in what is shown."""
        names = kind_of(integration.type).secrets
        return [str(value) for name, value in opened(integration.options, self._seal()).items() if name in names]

    def found(self, config: ProjectConfig, contact_point: str, number: int, kind: str) -> Integration:
        """An integration as it is now. Raises BadData when it is not there any more."""
        point = config.contact_points.get(contact_point)
        if point is None or number >= len(point.integrations) or point.integrations[number].type != kind:
            raise BadData(f"contact point {contact_point!r} has no {kind} at place {number} any more")
        return point.integrations[number]


class OutboundSender:
    """Over the guarded clients."""

    def __init__(self, outbound: Outbound, mail: MailClient, apprise: AppriseClient) -> None:
        self._outbound = outbound
        self._mail = mail
        self._apprise = apprise
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="notifications")

    async def send(self, prepared: Prepared) -> Sent:
        request = prepared.request
        match request:
            case HttpRequest():
                answer = await self._outbound.request_async(
                    request.method,
                    request.url,
                    Purpose.WEBHOOK,
                    headers=request.headers,
                    body=request.body,
                    max_body_bytes=_MAX_REPLY_BYTES,
                )
                reply = Reply(answer.status, dict(answer.headers), answer.body)
                return Sent(prepared.kind.read(reply, prepared.thread))
            case MailRequest():
                refused = await asyncio.get_running_loop().run_in_executor(self._threads, partial(self._post, request))
                return Sent(remark=f"refused for {', '.join(refused)}"[:500] if refused else "")
            case BellRequest():
                return Sent(bell=request)
            case AppriseRequest():
                send = partial(self._apprise.send, request.url, request.title, request.body, request.kind)
                await asyncio.get_running_loop().run_in_executor(self._threads, send)
                return Sent()

    def close(self) -> None:
        """Let go of threads; what hangs ends with its time-out."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _post(self, request: MailRequest) -> list[str]:
        return self._mail.send(
            request.host,
            request.port,
            request.tls,
            (request.username, request.password),
            request.sender,
            request.recipients,
            request.message,
            is_trusted=request.is_trusted,
        )


def described(request: OutgoingRequest, secrets: list[str]) -> dict[str, Any]:
    """The exact request for people to look at; secrets are hidden wherever they stand."""

    def hidden(text: str) -> str:
        for secret in secrets:
            if secret:
                text = text.replace(secret, KEPT)
        return text

    match request:
        case HttpRequest():
            headers = {name: hidden(value) for name, value in request.headers.items()}
            body = hidden(request.body.decode("utf-8", "replace"))
            return {"method": request.method, "url": hidden(request.url), "headers": headers, "body": body}
        case MailRequest():
            place = f"smtp://{request.host}:{request.port}"
            headers = {"From": request.sender, "To": ", ".join(request.recipients), "TLS": request.tls}
            body = hidden(request.message.decode("utf-8", "replace"))
            return {"method": "MAIL", "url": place, "headers": headers, "body": body}
        case AppriseRequest():
            title = {"title": hidden(request.title), "type": request.kind}
            return {"method": "APPRISE", "url": hidden(request.url), "headers": title, "body": hidden(request.body)}
        case BellRequest():
            row = request.row
            return {
                "method": "BELL",
                "url": "",
                "headers": {"severity": row.severity},
                "body": f"{row.title}\n{row.text}",
            }
