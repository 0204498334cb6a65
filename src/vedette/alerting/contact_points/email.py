"""Mail: plain text and HTML, one conversation for each group, over TLS unless that is switched off."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Annotated, ClassVar, Final, Literal, cast

from msgspec import Meta, Struct

from vedette.alerting.chart_png import HEIGHT_PX, WIDTH_PX
from vedette.alerting.contact_points.kind import Circumstances, Line, MailRequest, Reply, Secret, Template, filled
from vedette.alerting.mail_chart import MailChart, chart_of
from vedette.alerting.notification import Notification, lines_of, title_of
from vedette.alerting.templates import Templates
from vedette.errors import BadData

_PORTS: Final = {"tls": 465, "starttls": 587, "none": 25}
_MAX_SUBJECT: Final = 200
_COLORS: Final = {"firing": "#b42318", "resolved": "#067647"}
Recipient = Annotated[str, Meta(min_length=3, max_length=254)]


class EmailOptions(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Without `server` that of the settings is used, with its user."""

    to: Annotated[tuple[Recipient, ...], Meta(min_length=1, max_length=100)]
    server: Line = ""
    """`host` or `host:port`."""
    sender: Annotated[str, Meta(max_length=254)] = ""
    username: Line = ""
    password: Secret = ""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    subject: Template = ""
    text: Template = ""
    chart: bool = True
    """Whether a chart of what the alerts watched goes along."""


class Email:
    """A mail for each notification."""

    name: ClassVar[str] = "email"
    title: ClassVar[str] = "E-mail"
    options: ClassVar[type[Struct]] = EmailOptions
    secrets: ClassVar[frozenset[str]] = frozenset(("password",))
    place: ClassVar[frozenset[str]] = frozenset(("server", "username", "tls"))
    has_digest: ClassVar[bool] = True
    tells_acknowledged: ClassVar[bool] = False

    def check(self, options: EmailOptions, templates: Templates) -> None:
        for address in (*options.to, *([options.sender] if options.sender else [])):
            address_of(address)
        if options.server:
            server_of(options.server, options.tls)
        if options.password and options.tls == "none":
            raise BadData("tls: a password is not sent over a connection that anybody can read")
        for text in (options.subject, options.text):
            templates.check(text)

    def render(self, options: EmailOptions, notification: Notification, circumstances: Circumstances) -> MailRequest:
        settings = circumstances.settings
        own = bool(options.server)
        server, tls = (options.server, options.tls) if own else (settings.smtp_server, settings.smtp_tls)
        if not server:
            raise BadData("server: there is none, and alerting.smtp_server names none either")
        host, port = server_of(server, tls)
        sender = options.sender or settings.smtp_from
        if not sender:
            raise BadData("sender: there is none, and alerting.smtp_from names none either")
        message = _message(options, notification, circumstances, sender)
        return MailRequest(
            host=host,
            port=port,
            tls=tls,
            username=options.username if own else settings.smtp_username,
            password=options.password if own else settings.smtp_password,
            sender=address_of(sender).addr_spec,
            recipients=tuple(address_of(it).addr_spec for it in options.to),
            message=message.as_bytes(policy=SMTP),
            is_trusted=not own,
        )

    def read(self, _reply: Reply, thread: str) -> str:
        return thread


def address_of(text: str) -> Address:
    """An address. Raises BadData for what is none, line breaks among it."""
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError):
        raise BadData(f"{text[:100]!r} is no address such as ops@example.org") from None
    if not address.username or not address.domain or any(it.isspace() or not it.isprintable() for it in text):
        raise BadData(f"{text[:100]!r} is no address such as ops@example.org")
    return address


def server_of(text: str, tls: str) -> tuple[str, int]:
    """Host and port. Raises BadData."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, str(_PORTS[tls])
    host = host.strip("[]")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 65_536:
        raise BadData(f"server: {text[:100]!r} is no host:port")
    return host, int(port)


def _message(
    options: EmailOptions, notification: Notification, circumstances: Circumstances, sender: str
) -> EmailMessage:
    title = filled(circumstances, options.subject, notification, title_of(notification))
    text = filled(circumstances, options.text, notification, "\n".join(lines_of(notification)))
    # A label may hold a line break, with which a header would end and another begin.
    subject = " ".join(title.split())[:_MAX_SUBJECT]
    domain = address_of(sender).domain
    message = EmailMessage(policy=SMTP)
    message["From"] = address_of(sender)
    message["To"] = [address_of(it) for it in options.to]
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.fromtimestamp(notification.created_ms / 1000, UTC))
    message["Message-ID"] = f"<{notification.id}@{domain}>"
    # Mail programs show what becomes of a group as one conversation.
    message["In-Reply-To"] = message["References"] = f"<{notification.group_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Vedette-Status"] = notification.status
    link = f"\n\n{notification.url}" if notification.url else ""
    message.set_content(f"{title}\n\n{text}{link}\n")
    chart = chart_of(notification, circumstances.courses) if options.chart and circumstances.courses else None
    picture = f"{notification.id}.chart@{domain}"
    message.add_alternative(_html(notification, title, text, _figure(chart, picture)), subtype="html")
    if chart is not None:
        (_, shown) = message.iter_parts()
        place = f"<{picture}>"
        cast("EmailMessage", shown).add_related(
            chart.png, "image", "png", cid=place, filename="chart.png", disposition="inline"
        )
    return message


def _figure(chart: MailChart | None, picture: str) -> str:
    if chart is None:
        return ""
    return (
        f"<p style='margin:12px 0 4px'><img src='cid:{picture}' width='{WIDTH_PX}' height='{HEIGHT_PX}'"
        f" alt='{html.escape(chart.alt, quote=True)}' style='display:block;max-width:100%;height:auto'></p>"
        f"<p style='margin:0 0 12px;font-size:12px;color:#475467'>{chart.html}</p>"
    )


def _html(notification: Notification, title: str, text: str, figure: str) -> str:
    """Tables and styles within elements are all that mail programs agree on; every text is escaped."""
    color = _COLORS[notification.status]
    lines = "".join(f"<p style='margin:0 0 8px'>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
    link = (
        f"<p><a href='{html.escape(notification.url, quote=True)}' style='color:#1849a9'>Open in Vedette</a></p>"
        if notification.url
        else ""
    )
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title></title></head>"
        "<body style='margin:0;font:15px/1.5 system-ui,sans-serif;color:#1d2939'>"
        f"<table role='presentation' width='100%' cellpadding='0' cellspacing='0'><tr>"
        f"<td style='border-left:6px solid {color};padding:16px 20px'>"
        f"<h1 style='font-size:19px;margin:0 0 12px'>{html.escape(title)}</h1>{lines}{figure}{link}"
        "</td></tr></table></body></html>\n"
    )
