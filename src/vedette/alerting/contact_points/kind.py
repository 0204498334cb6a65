"""What a way to reach people is: its options, and how a notification becomes a request."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Protocol

from msgspec import Meta, Struct, field

from vedette.alerting.notification import Notification
from vedette.alerting.settings import AlertingSettings
from vedette.alerting.templates import Templates, data_of
from vedette.catalog.alert_records import BellRow
from vedette.errors import BadData, TooBusy, Unavailable
from vedette.model.alert import Courses

Secret = Annotated[str, Meta(max_length=10_000, extra_json_schema={"format": "password", "writeOnly": True})]
"""Kept sealed, and never shown again."""
Template = Annotated[str, Meta(max_length=20_000, extra_json_schema={"format": "template"})]
Line = Annotated[str, Meta(max_length=2_000)]
_MAX_SHOWN: Final = 200
_OK: Final = range(200, 300)
_LATER: Final = frozenset((408, 425, 429, *range(500, 600)))


class HttpRequest(Struct, frozen=True):
    """To be sent through the guarded client; redirects are not followed."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class MailRequest(Struct, frozen=True):
    """To be sent through the guarded mail client."""

    host: str
    port: int
    tls: str
    username: str
    password: str
    sender: str
    recipients: tuple[str, ...]
    message: bytes
    is_trusted: bool
    """Whether the operator, and not somebody with fewer rights, has named the server."""


class BellRequest(Struct, frozen=True):
    """To be shown in the page."""

    row: BellRow


class AppriseRequest(Struct, frozen=True):
    """To be sent by Apprise; `kind` is `info`, `success` or `failure`."""

    url: str
    title: str
    body: str
    kind: str


OutgoingRequest = HttpRequest | MailRequest | BellRequest | AppriseRequest


class Reply(Struct, frozen=True):
    """What the other side said."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Circumstances(Struct, frozen=True):
    """What a request depends on besides the notification."""

    settings: AlertingSettings
    templates: Templates
    now_ms: int
    thread: str = ""
    """What the other side calls the conversation about this group; empty: there is none yet."""
    courses: Courses | None = None
    """Who knows what the alerts' series were like."""


class Kind(Protocol):
    """One way. Stateless."""

    name: ClassVar[str]
    title: ClassVar[str]
    options: ClassVar[type[Struct]]
    secrets: ClassVar[frozenset[str]]
    """Options that are kept sealed."""
    place: ClassVar[frozenset[str]]
    """Options that say where secrets are sent: who changes one must give the secrets anew."""
    has_digest: ClassVar[bool]
    """Whether many notifications may become one message."""
    tells_acknowledged: ClassVar[bool]

    def check(self, options: Any, templates: Templates, /) -> None:
        """Raises BadData, with the option that is wrong, for what the types let pass."""
        ...

    def render(self, options: Any, notification: Notification, circumstances: Circumstances, /) -> OutgoingRequest:
        """The exact request. Raises BadData, such as for a template that fails."""
        ...

    def read(self, reply: Reply, thread: str, /) -> str:
        """What the conversation is called from now on. Raises TooBusy or Unavailable (later), BadData (never)."""
        ...


def filled(circumstances: Circumstances, template: str, notification: Notification, otherwise: str) -> str:
    """A text of somebody's own, or what is said where they gave none. Raises BadData."""
    return circumstances.templates.fill(template, data_of(notification)) if template else otherwise


def check_status(reply: Reply, *, tell_body: bool = False) -> None:
    """Raises TooBusy or Unavailable for what may pass later, BadData for what is refused for good."""
    if reply.status in _OK:
        return
    said = f": {reply.body[:_MAX_SHOWN].decode('utf-8', 'replace').strip()}" if tell_body and reply.body else ""
    words = f"the receiver answered with HTTP status {reply.status}{said}"
    after = reply.headers.get("retry-after", "")
    if reply.status in _LATER:
        if after.isascii() and after.isdigit() and len(after) <= 5:
            raise TooBusy(words, limit="receiver", value=0, retry_after_s=float(after))
        raise Unavailable(words)
    raise BadData(words)
