"""Passwords: what is accepted as one, and how they are hashed and checked (argon2id)."""

from __future__ import annotations

import threading
import unicodedata
from typing import TYPE_CHECKING, Final

from vedette.auth.common_passwords import COMMON_PASSWORDS
from vedette.auth.tokens import new_token
from vedette.errors import BadData, TooBusy

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MAX_PASSWORD_LENGTH: Final = 256
_WAIT_S: Final = 15.0


class Passwords:
    """Hashes and checks at most `workers` passwords at one time, since each takes 64 MiB; call it from a thread."""

    def __init__(self, min_length: int, workers: int) -> None:
        self._min_length = min_length
        self._workers = workers
        self._free = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._hasher: PasswordHasher | None = None
        self._nobodys_hash = ""

    def accept(self, password: str, user_name: str) -> str:
        """The password in the form that is hashed. Raises BadData that says what is wrong with it."""
        plain = unicodedata.normalize("NFC", password)
        if len(plain) < self._min_length:
            raise BadData(f"a password needs at least {self._min_length} characters, this one has {len(plain)}")
        if len(plain) > MAX_PASSWORD_LENGTH:
            raise BadData(f"a password may have at most {MAX_PASSWORD_LENGTH} characters")
        if not _is_text(plain):
            raise BadData("the password is not valid text")
        folded = plain.casefold()
        if folded == user_name.casefold() or folded == user_name.partition("@")[0].casefold():
            raise BadData("the password may not be the user name")
        if folded in COMMON_PASSWORDS or len(set(folded)) < 3:
            raise BadData("this password is among the first that are tried; take another one")
        return plain

    def hash(self, password: str, user_name: str) -> str:
        """argon2id of an acceptable password. Raises BadData, TooBusy."""
        plain = self.accept(password, user_name)
        with _Place(self._free, self._workers):
            return self._ready().hash(plain)

    def hash_again(self, password: str) -> str:
        """Of a password that was right just now, also when today it would not be accepted as a new one."""
        with _Place(self._free, self._workers):
            return self._ready().hash(unicodedata.normalize("NFC", password))

    def verify(self, password_hash: str, password: str) -> bool:
        """Whether it is the password; takes as long when there is no hash, as of a user who does not exist.

        Raises TooBusy when too many others are being checked.
        """
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - not on the way to ready

        plain = unicodedata.normalize("NFC", password[: MAX_PASSWORD_LENGTH * 4])
        usable = bool(password_hash and plain) and len(plain) <= MAX_PASSWORD_LENGTH and _is_text(plain)
        with _Place(self._free, self._workers):
            hasher = self._ready()
            try:
                hasher.verify(password_hash if usable else self._nobodys_hash, plain if usable else "x")
            except (VerificationError, InvalidHashError):
                return False
        return usable

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with weaker parameters than today's."""
        return self._ready().check_needs_rehash(password_hash)

    def _ready(self) -> PasswordHasher:
        with self._lock:
            if self._hasher is None:
                from argon2 import PasswordHasher  # noqa: PLC0415 - not on the way to ready

                hasher = PasswordHasher()
                self._nobodys_hash = hasher.hash(new_token())
                self._hasher = hasher
        return self._hasher


class _Place:
    """One of the few places where a password is worked on."""

    def __init__(self, free: threading.BoundedSemaphore, workers: int) -> None:
        self._free = free
        self._workers = workers

    def __enter__(self) -> None:
        if not self._free.acquire(timeout=_WAIT_S):
            raise TooBusy(
                "too many people are signing in", limit="auth.password_workers", value=self._workers, retry_after_s=5.0
            )

    def __exit__(self, *_: object) -> None:
        self._free.release()


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
