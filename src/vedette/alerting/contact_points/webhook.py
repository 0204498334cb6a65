"""Webhooks: Alertmanager's JSON or a body of one's own, signed where there is a secret to sign with."""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated, ClassVar, Final, Literal

import msgspec
from msgspec import Meta, Struct

from vedette.alerting.contact_points.kind import (
    Circumstances,
    HttpRequest,
    Line,
    Reply,
    Secret,
    Template,
    check_status,
    filled,
)
from vedette.alerting.notification import Notification, alertmanager_json
from vedette.alerting.templates import Templates
from vedette.errors import BadData
from vedette.outbound.url import read_url

SIGNATURE: Final = "X-Vedette-Signature"
_OURS: Final = frozenset(("idempotency-key", "content-type", "authorization", SIGNATURE.lower()))


class WebhookOptions(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`body` is a template; empty: the JSON of Alertmanager's webhooks, version 4."""

    url: Annotated[str, Meta(min_length=1, max_length=2_000, extra_json_schema={"format": "uri"})]
    method: Literal["POST", "PUT"] = "POST"
    authorization: Secret = ""
    """The whole value of the header, such as `Bearer abc`."""
    hmac_secret: Secret = ""
    """With it each request is signed: `X-Vedette-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body" in hex>`."""
    headers: Annotated[dict[Line, Line], Meta(max_length=50)] = {}
    content_type: Line = "application/json"
    body: Template = ""


class Webhook:
    """POST or PUT to an address."""

    name: ClassVar[str] = "webhook"
    title: ClassVar[str] = "Webhook"
    options: ClassVar[type[Struct]] = WebhookOptions
    secrets: ClassVar[frozenset[str]] = frozenset(("authorization", "hmac_secret"))
    place: ClassVar[frozenset[str]] = frozenset(("url",))
    has_digest: ClassVar[bool] = False
    tells_acknowledged: ClassVar[bool] = True

    def check(self, options: WebhookOptions, templates: Templates) -> None:
        read_url(options.url)
        for header in options.headers:
            if header.lower() in _OURS:
                raise BadData(f"headers: {header!r} has an option of its own or is set by Vedette")
        templates.check(options.body)

    def render(self, options: WebhookOptions, notification: Notification, circumstances: Circumstances) -> HttpRequest:
        body = (
            filled(circumstances, options.body, notification, "").encode()
            if options.body
            else msgspec.json.encode(alertmanager_json(notification))
        )
        headers = {**options.headers, "Content-Type": options.content_type, "Idempotency-Key": notification.id}
        if options.authorization:
            headers["Authorization"] = options.authorization
        if options.hmac_secret:
            headers[SIGNATURE] = sign(options.hmac_secret, circumstances.now_ms // 1000, body)
        return HttpRequest(options.method, options.url, headers, body)

    def read(self, reply: Reply, thread: str) -> str:
        check_status(reply)
        return thread


def sign(secret: str, time_s: int, body: bytes) -> str:
    """The value of the header by which a receiver knows who sent a body, and when."""
    digest = hmac.new(secret.encode(), b"%d." % time_s + body, hashlib.sha256).hexdigest()
    return f"t={time_s},v1={digest}"
