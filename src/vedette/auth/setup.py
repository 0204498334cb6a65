"""The first day, and links to set a password: one-time tokens instead of any password that is there by default."""

from __future__ import annotations

import base64
import binascii
import hmac
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from vedette.auth.actor import Actor
from vedette.auth.audit import Audit
from vedette.auth.directory import Directory
from vedette.auth.instance_key import InstanceKey, replace_secret_file, secrets_folder
from vedette.auth.passwords import Passwords
from vedette.auth.permission import Permission
from vedette.auth.settings import AuthSettings
from vedette.auth.tokens import MAX_TOKEN_LENGTH, new_token
from vedette.auth.users import Users
from vedette.catalog import users as stored
from vedette.catalog.records import User
from vedette.clock import Clock
from vedette.errors import Conflict, NotFound, Unauthenticated

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LINK: Final = "link."
_WRONG: Final = "the link is not valid, was used or is too old"


class SetUp:
    """Makes and takes one-time tokens; everything here belongs in a thread, but for `required`."""

    def __init__(
        self,
        directory: Directory,
        audit: Audit,
        clock: Clock,
        settings: AuthSettings,
        key: InstanceKey,
        data: Path,
        users: Users,
        passwords: Passwords,
    ) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock
        self._lifetime_ms = settings.setup_lifetime_ms
        self._key = key
        self._data = data
        self._users = users
        self._passwords = passwords
        self._lock = threading.Lock()

    @property
    def required(self) -> bool:
        """Whether nobody can administer this instance yet."""
        return not self._directory.state.can_be_administered

    def begin(self) -> str:
        """A new token for the set-up page, in place of any before; empty when somebody can administer already."""
        path = self._path()
        with self._lock:
            if not self.required:
                path.unlink(missing_ok=True)
                return ""
            token = new_token()
            ends_ms = self._clock.now_ms() + self._lifetime_ms
            replace_secret_file(path, f"{token} {ends_ms}\n".encode())
            return token

    def link(self, actor: Actor, user_id: str) -> str:
        """A token by which a user sets a password; it works once and ends with any other change of the password.

        Raises Forbidden, NotFound, Conflict for a disabled user.
        """
        actor.require(Permission.INSTANCE_ADMIN)
        with self._directory.write() as connection:
            user = stored.get(connection, user_id)
            if user.disabled_ms:
                raise Conflict(f"user {user.name!r} is disabled")
            self._audit.note_in(connection, actor, "user.link", object_kind="user", object_id=user_id)
        ends_ms = self._clock.now_ms() + self._lifetime_ms
        return _LINK + base64.urlsafe_b64encode(
            b"%s.%d.%s" % (user.id.encode(), ends_ms, self._mark(user, ends_ms).encode())
        ).decode().rstrip("=")

    def take(self, token: str, name: str, password: str, actor: Actor) -> tuple[User, bool]:
        """Use a token: set a password; the user, and whether it was the set-up of the instance.

        `name` is of the first administrator, and unused with a link. Raises Unauthenticated, BadData, Conflict.
        """
        if token.startswith(_LINK):
            return self._take_link(token, password, actor), False
        return self._take_setup(token, name, password, actor), True

    def _take_setup(self, token: str, name: str, password: str, actor: Actor) -> User:
        with self._lock:
            self._check_setup(token, actor)
            user = self._users.made(name, is_instance_admin=True)
            password_hash = self._passwords.hash(password, user.name)
            with self._directory.change() as connection:
                if any(_can_sign_in(other) for other in stored.every(connection)):
                    raise Conflict("somebody has set this server up already")
                user = self._first(connection, actor, user, password_hash)
            self._path().unlink(missing_ok=True)
        return user

    def _first(self, connection: Connection, actor: Actor, user: User, password_hash: str) -> User:
        now_ms = self._clock.now_ms()
        known = stored.by_name(connection, user.name)
        if known is not None:
            # Made before without a password, or disabled: whoever holds the token may do everything anyway.
            user = msgspec.structs.replace(known, is_instance_admin=True, disabled_ms=0)
        user = msgspec.structs.replace(user, password_hash=password_hash, password_changed_ms=now_ms)
        if known is None:
            stored.add(connection, user)
        else:
            stored.replace(connection, user)
        self._audit.note_in(
            connection, actor, "setup", object_kind="user", object_id=user.id, detail={"name": user.name}
        )
        return user

    def _check_setup(self, token: str, actor: Actor) -> None:
        try:
            known, _, ends_ms = self._path().read_text("ascii").partition(" ")
            in_time = self._clock.now_ms() < int(ends_ms)
        except (OSError, ValueError):
            known, in_time = "", False
        given = token.encode("utf-8", "replace")[:MAX_TOKEN_LENGTH]
        if not (known and in_time and self.required and hmac.compare_digest(given, known.encode())):
            self._refuse(actor, "setup", "")

    def _take_link(self, token: str, password: str, actor: Actor) -> User:
        user_id, ends_ms, mark = _read_link(token)
        user = self._directory.state.users.get(user_id)
        if user is None or user.disabled_ms or not self._is_valid(user, ends_ms, mark):
            self._refuse(actor, "user.link.use", user_id)
            raise NotFound(user_id)
        password_hash = self._passwords.hash(password, user.name)
        with self._directory.change() as connection:
            user = stored.get(connection, user_id)
            if user.disabled_ms or not self._is_valid(user, ends_ms, mark):
                raise Unauthenticated(_WRONG, reason="invalid")
            return self._users.set_password_in(connection, actor, user, password_hash)

    def _refuse(self, actor: Actor, action: str, user_id: str) -> None:
        self._audit.note(actor, action, object_kind="user", object_id=user_id, result="refused")
        raise Unauthenticated(_WRONG, reason="invalid")

    def _is_valid(self, user: User, ends_ms: int, mark: str) -> bool:
        return self._clock.now_ms() < ends_ms and hmac.compare_digest(self._mark(user, ends_ms), mark)

    def _mark(self, user: User, ends_ms: int) -> str:
        """Only this instance can make it, and it changes with the password."""
        text = f"{user.id} {ends_ms} {user.password_changed_ms} {user.password_hash}"
        return hmac.new(self._key.derive("password links"), text.encode(), "sha256").hexdigest()

    def _path(self) -> Path:
        return secrets_folder(self._data) / "setup.token"


def _read_link(token: str) -> tuple[str, int, str]:
    """User id, end and mark; empty ones when it is not one of ours."""
    text = token.removeprefix(_LINK)[: 2 * MAX_TOKEN_LENGTH]
    try:
        parts = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split(".")
        user_id, ends_ms, mark = parts
        return user_id, int(ends_ms), mark
    except (ValueError, binascii.Error):
        return "", 0, ""


def _can_sign_in(user: User) -> bool:
    return user.is_instance_admin and not user.disabled_ms and bool(user.password_hash or user.oidc_subject)
