"""What a credential leads to."""

from __future__ import annotations

import msgspec

from vedette.auth.principal import Principal
from vedette.catalog.records import ApiKey, Session, User


class Identified(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking, and by what: a session or a key, one of the two."""

    principal: Principal
    session: Session | None = None
    key: ApiKey | None = None
    csrf: str = ""
    """Text that a browser has to repeat with every change; empty where a key asks."""
    rotation_due: bool = False
    """The token in the cookie is old: ask `Sessions.rotate` for a new one and send that with the answer."""


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A session that has just begun, and the only copy of its token."""

    token: str
    session: Session
    user: User
