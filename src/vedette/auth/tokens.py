"""Random tokens and their hashes. Only hashes are kept, and a look-up is by the hash, so nothing can be timed."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

KEY_PREFIX: Final = "vdt_"
_ID_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
MAX_TOKEN_LENGTH: Final = 256
"""Nothing of ours is longer; what is, is not even hashed."""


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def new_id(length: int = 12) -> str:
    """A random name without look-alike characters: public, not a secret."""
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(length))


def hash_token(token: str) -> str:
    """SHA-256 in hex; enough for 256 random bits, unlike for passwords. Lone surrogates are no error."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_key() -> tuple[str, str]:
    """An API key as (id, whole secret): `vdt_<id>_<secret>`."""
    key_id = new_id(8)
    return key_id, f"{KEY_PREFIX}{key_id}_{new_token()}"
