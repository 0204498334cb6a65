"""Users: made, changed, disabled and removed by whoever administers the instance; everybody changes their own name."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import msgspec

from vedette.auth.actor import Actor
from vedette.auth.audit import Audit
from vedette.auth.directory import Directory
from vedette.auth.passwords import Passwords
from vedette.auth.permission import Permission
from vedette.auth.tokens import new_id
from vedette.catalog import keys as stored_keys
from vedette.catalog import sessions as stored_sessions
from vedette.catalog import users as stored
from vedette.catalog.records import User
from vedette.clock import Clock
from vedette.errors import BadData, Conflict, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,126}")
_MAX_TEXT: Final = 200
_SEEN_FROM_OUTSIDE: Final = ("name", "email", "display_name", "is_instance_admin", "disabled_ms", "password_changed_ms")


class UserChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a user; None leaves it."""

    name: str | None = None
    email: str | None = None
    display_name: str | None = None
    is_instance_admin: bool | None = None
    disabled: bool | None = None


class Users:
    """Everything here writes and belongs in a thread, but for the look-ups `all`, `get` and `named`."""

    def __init__(self, directory: Directory, audit: Audit, clock: Clock, passwords: Passwords) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock
        self._passwords = passwords

    def all(self, actor: Actor) -> list[User]:
        """Everybody, by name. Raises Forbidden."""
        actor.require(Permission.INSTANCE_ADMIN)
        return sorted(self._directory.state.users.values(), key=lambda user: user.name)

    def get(self, user_id: str) -> User:
        """Raises NotFound."""
        user = self._directory.state.users.get(user_id)
        if user is None:
            raise NotFound(f"there is no user with id {user_id!r}")
        return user

    def named(self, name: str) -> User:
        """Raises NotFound."""
        user = self._directory.state.users.get(self._directory.state.user_ids.get(name.strip().lower(), ""))
        if user is None:
            raise NotFound(f"there is no user {name!r}")
        return user

    def create(
        self,
        actor: Actor,
        name: str,
        *,
        password: str | None = None,
        email: str = "",
        display_name: str = "",
        is_instance_admin: bool = False,
    ) -> User:
        """A new user; without a password they need a link or OIDC. Raises Forbidden, BadData, Conflict."""
        actor.require(Permission.INSTANCE_ADMIN)
        user = self.made(name, email=email, display_name=display_name, is_instance_admin=is_instance_admin)
        if password is not None:
            password_hash = self._passwords.hash(password, user.name)
            user = msgspec.structs.replace(user, password_hash=password_hash, password_changed_ms=user.created_ms)
        with self._directory.change() as connection:
            self.add_in(connection, actor, user)
        return user

    def made(self, name: str, *, email: str = "", display_name: str = "", is_instance_admin: bool = False) -> User:
        """A user who is not stored yet. Raises BadData."""
        return User(
            # A capital, which names have not: nobody can be named as somebody else's id.
            id=f"U{new_id()}",
            name=name_of(name),
            email=_text_of(email, "e-mail address"),
            display_name=_text_of(display_name, "display name"),
            is_instance_admin=is_instance_admin,
            created_ms=self._clock.now_ms(),
        )

    def add_in(self, connection: Connection, actor: Actor, user: User) -> None:
        """Store a new user within a transaction. Raises Conflict."""
        stored.add(connection, user)
        detail = {"name": user.name, "is_instance_admin": user.is_instance_admin}
        self._audit.note_in(connection, actor, "user.create", object_kind="user", object_id=user.id, detail=detail)

    def update(self, actor: Actor, user_id: str, change: UserChange, *, expected: str | None = None) -> User:
        """Change a user; disabling ends all they have. `expected` is the tag that the user must still have.

        Everybody may change their own `email` and `display_name`. Raises Forbidden, NotFound, BadData, Conflict.
        """
        only_own = change.name is None and change.is_instance_admin is None and change.disabled is None
        if not (only_own and actor.principal.kind == "user" and actor.principal.id == user_id):
            actor.require(Permission.INSTANCE_ADMIN)
        with self._directory.change() as connection:
            before = stored.get(connection, user_id)
            after = self._changed(before, change)
            if expected is not None and expected != tag_of(before):
                raise Conflict(
                    f"user {before.name!r} was changed meanwhile", current=public(before), yours=public(after)
                )
            if not _administers(after):
                self._check_not_last(connection, before)
            stored.replace(connection, after)
            if after.disabled_ms:
                stored_sessions.remove_of_user(connection, user_id)
            changed = {
                name: getattr(after, name)
                for name in _SEEN_FROM_OUTSIDE
                if getattr(after, name) != getattr(before, name)
            }
            self._audit.note_in(connection, actor, "user.update", object_kind="user", object_id=user_id, detail=changed)
        return after

    def remove(self, actor: Actor, user_id: str) -> None:
        """Remove a user with all they have. Raises Forbidden, NotFound, Conflict for the last administrator."""
        actor.require(Permission.INSTANCE_ADMIN)
        with self._directory.change() as connection:
            user = stored.get(connection, user_id)
            self._check_not_last(connection, user)
            revoked = stored_keys.revoke_of_owner(connection, user_id, self._clock.now_ms())
            stored.remove(connection, user_id)
            detail = {"name": user.name, "keys_revoked": revoked}
            self._audit.note_in(connection, actor, "user.delete", object_kind="user", object_id=user_id, detail=detail)

    def end_sessions(self, actor: Actor, user_id: str) -> int:
        """Sign a user out everywhere; how many sessions there were. Raises Forbidden, NotFound."""
        actor.require(Permission.INSTANCE_ADMIN)
        with self._directory.change() as connection:
            stored.get(connection, user_id)
            ended = stored_sessions.remove_of_user(connection, user_id)
            detail = {"sessions": ended}
            self._audit.note_in(
                connection, actor, "user.end_sessions", object_kind="user", object_id=user_id, detail=detail
            )
        return ended

    def set_password(self, actor: Actor, user_id: str, password: str) -> None:
        """Give a user another password and sign them out everywhere. Raises Forbidden, NotFound, BadData."""
        actor.require(Permission.INSTANCE_ADMIN)
        password_hash = self._passwords.hash(password, self.get(user_id).name)
        with self._directory.change() as connection:
            self.set_password_in(connection, actor, stored.get(connection, user_id), password_hash)

    def set_password_in(self, connection: Connection, actor: Actor, user: User, password_hash: str) -> User:
        """Store a password's hash within a transaction; all sessions of the user end."""
        changed = msgspec.structs.replace(
            user,
            password_hash=password_hash,
            password_changed_ms=max(self._clock.now_ms(), user.password_changed_ms + 1),
        )
        stored.replace(connection, changed)
        stored_sessions.remove_of_user(connection, user.id)
        self._audit.note_in(connection, actor, "user.password", object_kind="user", object_id=user.id)
        return changed

    def set_identity(self, actor: Actor, user_id: str, issuer: str, subject: str) -> User:
        """Link a user to an identity at a provider, or to none with empty texts; they are signed out everywhere.

        Raises Forbidden, NotFound, BadData, Conflict when it is somebody else's.
        """
        actor.require(Permission.INSTANCE_ADMIN)
        if bool(issuer) != bool(subject):
            raise BadData("an identity is an issuer and a subject")
        with self._directory.change() as connection:
            user = stored.get(connection, user_id)
            changed = msgspec.structs.replace(
                user, oidc_issuer=_text_of(issuer, "issuer"), oidc_subject=_text_of(subject, "subject")
            )
            stored.replace(connection, changed)
            stored_sessions.remove_of_user(connection, user_id)
            detail = {"issuer": issuer, "subject": subject}
            self._audit.note_in(
                connection, actor, "user.identity", object_kind="user", object_id=user_id, detail=detail
            )
        return changed

    def set_instance_admin_in(
        self, connection: Connection, actor: Actor, user: User, *, is_instance_admin: bool
    ) -> User:
        """As a provider of identities says; the last administrator stays one."""
        changed = msgspec.structs.replace(user, is_instance_admin=is_instance_admin)
        if not is_instance_admin and self._is_last(connection, user):
            return user
        stored.replace(connection, changed)
        detail = {"is_instance_admin": is_instance_admin}
        self._audit.note_in(connection, actor, "user.update", object_kind="user", object_id=user.id, detail=detail)
        return changed

    def _changed(self, user: User, change: UserChange) -> User:
        disabled_ms = user.disabled_ms
        if change.disabled is not None:
            disabled_ms = (disabled_ms or self._clock.now_ms()) if change.disabled else 0
        return msgspec.structs.replace(
            user,
            name=user.name if change.name is None else name_of(change.name),
            email=user.email if change.email is None else _text_of(change.email, "e-mail address"),
            display_name=user.display_name
            if change.display_name is None
            else _text_of(change.display_name, "display name"),
            is_instance_admin=user.is_instance_admin if change.is_instance_admin is None else change.is_instance_admin,
            disabled_ms=disabled_ms,
        )

    def _check_not_last(self, connection: Connection, user: User) -> None:
        """Within the transaction, since two admins may remove each other at the same moment."""
        if self._is_last(connection, user):
            raise Conflict("this is the last administrator of the instance; make another one first")

    def _is_last(self, connection: Connection, user: User) -> bool:
        others = (other for other in stored.every(connection) if other.id != user.id)
        return _administers(user) and not any(map(_administers, others))


def _administers(user: User) -> bool:
    return user.is_instance_admin and not user.disabled_ms


def name_of(text: str) -> str:
    """A user name as it is kept. Raises BadData."""
    name = text.strip().lower()
    if not _NAME.fullmatch(name):
        raise BadData("a user name has 1 to 127 of a-z, 0-9 and . _ @ + -, and begins with a letter or digit")
    return name


def tag_of(user: User) -> str:
    """Changes whenever something changes that others see; for ETag and If-Match."""
    return hashlib.sha256(msgspec.json.encode([user.id, *public(user).values()])).hexdigest()[:16]


def public(user: User) -> dict[str, object]:
    """A user without anything secret."""
    return {"id": user.id, **{name: getattr(user, name) for name in _SEEN_FROM_OUTSIDE}}


def _text_of(text: str, what: str) -> str:
    cleaned = text.strip()
    if len(cleaned) > _MAX_TEXT or not cleaned.isprintable():
        raise BadData(f"the {what} may have at most {_MAX_TEXT} printable characters")
    return cleaned
