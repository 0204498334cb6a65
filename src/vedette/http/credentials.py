"""What a request offers to prove who sends it, read from its head in one pass."""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import parse_qsl

from msgspec import Struct
from starlette.types import Scope

from vedette.errors import BadData, Unauthenticated

SESSION_COOKIE: Final = "vedette_session"
_MAX_CREDENTIAL_CHARACTERS: Final = 512


class Credentials(Struct):
    """Empty texts are what is not there."""

    session: str = ""
    """Token of the session's cookie."""
    key: str = ""
    """Secret of an API key: bearer, `X-API-Key`, or the password of basic authentication."""
    ticket: str = ""
    csrf: str = ""
    project: str = ""
    origin: bool = False
    """Whether a browser says from which page the request comes; the layers before have checked which."""


def read_credentials(scope: Scope, cookie: str = SESSION_COOKIE) -> Credentials:
    """Raises Unauthenticated when what is offered cannot be read, BadData when it is offered twice."""
    found = Credentials()
    wanted = cookie.encode() + b"="
    for name, value in scope["headers"]:
        if name == b"cookie":
            if wanted in value:
                found.session = _cookie(value, wanted)
        elif name == b"authorization":
            # What nearly all programs send; whatever is odd goes the long way.
            if not found.key and value.startswith(b"Bearer vdt_") and len(value) < _MAX_CREDENTIAL_CHARACTERS:
                found.key = value[7:].decode("latin-1").rstrip()
            else:
                _take_key(found, _authorization(value))
        elif name == b"x-api-key":
            _take_key(found, _text(value))
        elif name == b"x-csrf-token":
            found.csrf = _text(value)
        elif name == b"x-vedette-project":
            found.project = _text(value)
        elif name == b"origin":
            found.origin = True
    query = scope["query_string"]
    if b"ticket=" in query or b"project=" in query:
        for name_text, value_text in parse_qsl(query.decode("latin-1")):
            if name_text == "ticket":
                found.ticket = value_text
            elif name_text == "project" and not found.project:
                found.project = value_text
    return found


def _take_key(found: Credentials, key: str) -> None:
    if not key:
        raise Unauthenticated("the API key is empty", reason="invalid")
    if found.key and found.key != key:
        raise BadData("the request offers two different API keys")
    found.key = key


def _text(value: bytes) -> str:
    return value.decode("latin-1")[:_MAX_CREDENTIAL_CHARACTERS].strip()


def _authorization(value: bytes) -> str:
    kind, _, rest = value.decode("latin-1").strip().partition(" ")
    rest = rest.strip()
    if len(rest) > _MAX_CREDENTIAL_CHARACTERS:
        raise Unauthenticated("the Authorization header is too long", reason="invalid")
    match kind.lower():
        # InfluxDB's clients say Token where others say Bearer.
        case "bearer" | "token":
            return rest
        case "basic":
            try:
                decoded = base64.b64decode(rest, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                raise Unauthenticated("the Authorization header is not valid basic authentication") from None
            return decoded.partition(":")[2]
        case _:
            raise Unauthenticated("the Authorization header may be Bearer, Token or Basic with an API key as password")


def _cookie(value: bytes, wanted: bytes) -> str:
    for part in value.split(b";"):
        part = part.strip()
        if part.startswith(wanted):
            return _text(part[len(wanted) :])
    return ""
