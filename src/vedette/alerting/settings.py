"""Settings of notifications."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Span = Annotated[int, msgspec.Meta(ge=1_000, le=366 * 86_400_000)]


@dataclass(frozen=True, slots=True)
class AlertingSettings:
    """How alerts become notifications, and how these are delivered."""

    external_url: str = ""
    """Address under which people reach this server; notifications link to it."""
    resolve_timeout_ms: Span = 300_000
    """How long an alert of another server is believed that does not say when it ends."""
    max_alerts: Count = 500_000
    """Alerts of one project that are kept at a time; new ones beyond it are refused with status 422."""
    max_alerts_per_notification: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 200
    """Alerts that one notification lists; the others are counted."""
    max_attempts: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    """How often a notification is tried before it is put aside as a dead letter."""
    backoff_ms: Annotated[int, msgspec.Meta(ge=10, le=3_600_000)] = 1_000
    """How long to wait before the second try; doubled with each, and varied by a fifth."""
    max_backoff_ms: Span = 300_000
    """The longest wait between two tries."""
    rate_per_minute: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 60
    """Messages to one contact point in a minute; what is beyond waits."""
    digest_from: Annotated[int, msgspec.Meta(ge=2, le=100_000)] = 10
    """When so many notifications wait for one contact point, they become one message where its type has such."""
    retention_ms: Span = 30 * 86_400_000
    """How long the log of notifications and the page's bell go back."""
    smtp_server: str = ""
    """`host:port` of the mail server for contact points that name none. It may be on a private network."""
    smtp_from: str = ""
    """Sender of mails where a contact point names none."""
    smtp_username: str = ""
    """User at that mail server; empty: none is needed."""
    smtp_password: str = field(default="", repr=False)
    """Their password."""
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection to that mail server is protected: `starttls` must succeed, `tls` begins at once."""
