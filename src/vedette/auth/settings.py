"""Settings of signing in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]
PositiveMs = Annotated[int, msgspec.Meta(ge=1)]
PasswordLength = Annotated[int, msgspec.Meta(ge=8, le=128)]

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS


class OidcProvider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One provider of identities by OpenID Connect, `[auth.oidc.<name>]`; `<name>` is part of its addresses."""

    issuer: str
    """Address of the provider, exactly as its tokens name it; `/.well-known/openid-configuration` is below it."""
    client_id: str
    """What this server is called there."""
    client_secret_file: Path | None = None
    """File with the client's secret, readable by its owner alone; without it the client is a public one."""
    title: str = ""
    """What the button says; empty: the name of the section."""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    """What is asked for."""
    role_claim: str = ""
    """Claim with groups or roles, dotted where it is nested, such as `realm_access.roles`."""
    role_map: dict[str, str] = {}
    """Value of that claim -> `<project>:<role>`, or `instance:admin`; applied at each sign-in."""
    allowed_domains: tuple[str, ...] = ()
    """Only people whose verified e-mail address is of one of these; empty: no such condition."""
    auto_create: bool = False
    """Make a user of whoever signs in for the first time; else an administrator has to link them."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"issuer must be an address such as https://sso.example.org, not {self.issuer!r}")
        if "@" in parts.netloc:
            # Nor is it repeated: it is what others would see.
            raise ValueError("issuer must hold no user name and password")
        if not self.client_id:
            raise ValueError("client_id is empty")
        if bool(self.role_map) != bool(self.role_claim):
            raise ValueError("role_claim and role_map are needed both")
        for value, target in self.role_map.items():
            project, _, role = target.partition(":")
            if not project or not role or (project == "instance" and role != "admin"):
                raise ValueError(f"role_map: {value} must lead to project:role or instance:admin, not {target!r}")


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """How people and programs prove who they are, and for how long that holds."""

    session_idle_ms: PositiveMs = 12 * _HOUR_MS
    """A session ends when nothing was asked with it for so long; an open live stream asks all the time."""
    session_lifetime_ms: PositiveMs = 30 * _DAY_MS
    """A session ends so long after signing in, whatever happens."""
    session_rotation_ms: PositiveMs = _HOUR_MS
    """Age at which the token in a session's cookie is replaced."""
    session_rotation_grace_ms: PositiveMs = 60_000
    """A replaced token still works for so long, for requests that were under way."""
    max_sessions_per_user: Count = 50
    """Signing in beyond it ends the session that was used least recently."""
    password_min_length: PasswordLength = 10
    """Characters of a password, at the least."""
    password_workers: Count = 2
    """Passwords that are checked at one time; each check takes 64 MiB for a few hundredths of a second."""
    login_free_attempts: Count = 5
    """Wrong passwords for a user, or from an address, before further attempts are delayed."""
    login_delay_ms: PositiveMs = 1_000
    """Delay after the first attempt beyond those; doubles with every further one."""
    login_delay_max_ms: PositiveMs = 15 * _MINUTE_MS
    """Longest such delay; also for how long failures are remembered."""
    ticket_lifetime_ms: PositiveMs = 30_000
    """A ticket for a socket or event stream works once and for so long."""
    setup_lifetime_ms: PositiveMs = _DAY_MS
    """The link to set the server up, and links to set a password, work for so long."""
    oidc: dict[str, OidcProvider] = field(default_factory=dict)
    """Providers of identities by name, each a section `[auth.oidc.<name>]`."""
